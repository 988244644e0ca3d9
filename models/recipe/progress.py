"""The loop around both trainings: schedule, resumable checkpoints, a line of progress."""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

Batch = TypeVar("Batch")


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


def rate_factor(done: float, warm_up: float) -> float:
    """Linear up over the first ``warm_up`` of the way, then linear down to zero at its end."""
    if done < warm_up:
        return (done + 1e-3) / (warm_up + 1e-3)
    return max(0.0, (1 - done) / (1 - warm_up))


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
    optimisers: Sequence[torch.optim.Optimizer],
    loss_of: Callable[[Batch], Tensor],
    batches: Iterator[Batch],
    *,
    steps: int,
    warm_up: float,
    folder: Path,
    label: str,
    checkpoint_seconds: float,
    seconds: float = math.inf,
    average: Average | None = None,
    average_every: int = 4,
) -> None:
    """Run ``steps`` updates, or as many as fit into ``seconds`` in all; the rates fall to zero by
    then. Resumes from ``folder/label.pt`` where it exists. A limit in seconds makes the result
    depend on the machine's speed.
    """
    run = _Run(folder / f"{label}.pt", network, optimisers, average)
    run.resume()
    for _ in range(run.step):
        next(batches)
    kind = precision()
    clock = _Clock(label, run.step, steps, seconds, run.spent)
    network.train()
    while clock.done(run.step) < 1:
        run.set_rates(rate_factor(clock.done(run.step), warm_up))
        with torch.autocast("cpu", dtype=kind, enabled=kind is not torch.float32):
            loss = loss_of(next(batches))
        network.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(_dense(network), 1.0)
        for optimiser in optimisers:
            optimiser.step()
        if average is not None and run.step % average_every == 0:
            average.update(network, run.step // average_every)
        run.step += 1
        clock.tell(run.step, float(loss.detach()))
        if clock.due(checkpoint_seconds):
            run.save(clock.spent)
    run.save(clock.spent)


def _dense(network: nn.Module) -> list[nn.Parameter]:
    """What is clipped together; a sparse gradient is Adam's to scale."""
    return [each for each in network.parameters() if each.grad is None or not each.grad.is_sparse]


class _Clock:
    """How far the training is, and the line that says so."""

    def __init__(self, label: str, step: int, steps: int, seconds: float, spent: float) -> None:
        self._label, self._first, self._steps, self._seconds = label, step, steps, seconds
        self._before = spent
        self._began = self._saved = time.monotonic()
        self._smooth = math.nan

    @property
    def spent(self) -> float:
        return self._before + time.monotonic() - self._began

    def done(self, step: int) -> float:
        """The share of the way, by steps or by the clock, whichever is farther."""
        return max(step / self._steps, self.spent / self._seconds)

    def tell(self, step: int, loss: float) -> None:
        self._smooth = loss if math.isnan(self._smooth) else 0.98 * self._smooth + 0.02 * loss
        if step % 25 == 0 or step == self._steps:
            pace = (time.monotonic() - self._began) / (step - self._first)
            left = min(pace * (self._steps - step), self._seconds - self.spent) / 60
            print(
                f"{self._label} {step}/{self._steps} loss {self._smooth:.4f} {pace:.2f} s/step, "
                f"{left:.0f} min left",
                flush=True,
            )

    def due(self, every: float) -> bool:
        """Whether a checkpoint is due; asked once, it counts as taken."""
        if time.monotonic() - self._saved <= every:
            return False
        self._saved = time.monotonic()
        return True


class _Run:
    """What a checkpoint holds."""

    def __init__(
        self,
        path: Path,
        network: nn.Module,
        optimisers: Sequence[torch.optim.Optimizer],
        average: Average | None,
    ) -> None:
        self._path, self._network, self._optimisers = path, network, optimisers
        self._average = average
        self._groups = [group for each in optimisers for group in each.param_groups]
        self._rates = [group["lr"] for group in self._groups]
        self.step = 0
        self.spent = 0.0

    def set_rates(self, factor: float) -> None:
        for group, rate in zip(self._groups, self._rates, strict=True):
            group["lr"] = rate * factor

    def save(self, spent: float) -> None:
        state = {
            "network": self._network.state_dict(),
            "optimisers": [each.state_dict() for each in self._optimisers],
            "average": self._average.weights if self._average is not None else None,
            "step": self.step,
            "spent": spent,
        }
        part = self._path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._path)

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if not self._path.exists():
            return
        state = torch.load(self._path, weights_only=True)
        self._network.load_state_dict(state["network"])
        for optimiser, kept in zip(self._optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        self._groups = [group for each in self._optimisers for group in each.param_groups]
        if self._average is not None and state["average"] is not None:
            self._average.weights = state["average"]
        self.step, self.spent = int(state["step"]), float(state["spent"])
        print(f"resuming {self._path.stem} at step {self.step}", flush=True)
