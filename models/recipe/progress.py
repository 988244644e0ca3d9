"""The loop around both trainings: schedule, resumable checkpoints, a line of progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn


def precision() -> torch.dtype:
    """bfloat16 where the CPU multiplies it faster than float32 (probed), else float32."""
    left, right = torch.randn(1_024, 384), torch.randn(384, 1_536)
    seconds = {}
    for kind in (torch.float32, torch.bfloat16):
        a, b = left.to(kind), right.to(kind)
        a[:64] @ b
        start = time.perf_counter()
        a @ b
        seconds[kind] = time.perf_counter() - start
    return min(seconds, key=seconds.__getitem__)


def rate_factor(step: int, steps: int, warm_up: float) -> float:
    """Linear up over ``warm_up`` of the steps, then linear down to zero."""
    rise = max(1, round(steps * warm_up))
    if step < rise:
        return (step + 1) / rise
    return max(0.0, (steps - step) / max(1, steps - rise))


class Average:
    """An exponential moving average of the weights, warmed up so that it forgets the start."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights = {name: value.clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        keep = min(self.decay, (1 + step) / (10 + step))
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                self.weights[name].lerp_(value, 1 - keep)


def train(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    loss_of: Callable[[object], Tensor],
    batches: Iterator[object],
    *,
    steps: int,
    warm_up: float,
    folder: Path,
    label: str,
    checkpoint_seconds: float,
    average: Average | None = None,
    average_every: int = 4,
) -> None:
    """Run ``steps`` updates; resume from ``folder/label.pt`` where it exists."""
    path = folder / f"{label}.pt"
    rates = [group["lr"] for group in optimiser.param_groups]
    first = _resume(path, network, optimiser, average)
    for _ in range(first):
        next(batches)
    kind = precision()
    smooth, saved, began = None, time.monotonic(), time.monotonic()
    network.train()
    for step in range(first, steps):
        factor = rate_factor(step, steps, warm_up)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        with torch.autocast("cpu", dtype=kind, enabled=kind is not torch.float32):
            loss = loss_of(next(batches))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if average is not None and step % average_every == 0:
            average.update(network, step // average_every)
        value = float(loss.detach())
        smooth = value if smooth is None else 0.98 * smooth + 0.02 * value
        if (step + 1) % 50 == 0 or step + 1 == steps:
            pace = (time.monotonic() - began) / (step + 1 - first)
            left = pace * (steps - step - 1) / 60
            print(
                f"{label} {step + 1}/{steps} loss {smooth:.4f} {pace:.2f} s/step, "
                f"{left:.0f} min left",
                flush=True,
            )
        if time.monotonic() - saved > checkpoint_seconds or step + 1 == steps:
            _save(path, network, optimiser, average, step + 1, rates)
            saved = time.monotonic()


def _save(
    path: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    average: Average | None,
    step: int,
    rates: list[float],
) -> None:
    for group, rate in zip(optimiser.param_groups, rates, strict=True):
        group["lr"] = rate
    state = {
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "average": average.weights if average is not None else None,
        "step": step,
    }
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def _resume(
    path: Path, network: nn.Module, optimiser: torch.optim.Optimizer, average: Average | None
) -> int:
    """The step to go on from; 0 where there is no checkpoint."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    if average is not None and state["average"] is not None:
        average.weights = state["average"]
    print(f"resuming {path.stem} at step {state['step']}", flush=True)
    return int(state["step"])
