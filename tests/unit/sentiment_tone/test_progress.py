"""Training that was cut short goes on from its checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip(
    "torch", reason="training needs the extra `training` (make test-recipe)"
)

STEPS = 12


class CutShort(Exception):
    """The power goes."""


def trained(folder: Path, cut_at: int = STEPS) -> tuple[list[float], list[int]]:
    """The averaged weights, and the batches that were learnt from."""
    from models.recipe import progress

    torch.manual_seed(1)
    network = torch.nn.Linear(3, 1)
    seen: list[int] = []

    def batches() -> Iterator[int]:
        yield from range(STEPS)

    def loss_of(batch: int) -> Any:
        if batch == cut_at:
            raise CutShort
        seen.append(batch)
        return (network(torch.full((4, 3), float(batch))) - 1.0).square().mean()

    average = progress.Average(network, 0.9)
    progress.train(
        network,
        [torch.optim.AdamW(network.parameters(), lr=0.01)],
        loss_of,
        batches(),
        steps=STEPS,
        warm_up=0.1,
        folder=folder,
        label="test",
        checkpoint_seconds=0.0,
        average=average,
    )
    return average.weights["weight"].flatten().tolist(), seen


def test_training_that_was_cut_short_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    weights, _ = trained(whole)
    with pytest.raises(CutShort):
        trained(cut, cut_at=7)
    assert trained(cut) == (weights, list(range(7, STEPS)))
    assert trained(cut) == (weights, []), "what is finished is not begun again"
