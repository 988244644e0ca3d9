"""Masked-language adaptation: the encoder meets the new pieces before any label."""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import BertModel

from models.recipe import batches, network, progress
from models.recipe.configuration import Configuration

MASK = 4
SPECIAL_PIECES = 5
MASKED_SHARE = 0.15


def adapt(
    bert: BertModel,
    rows: Sequence[Sequence[int]],
    languages: Sequence[str],
    configuration: Configuration,
    folder: Path,
) -> None:
    """Train ``bert`` in place on masked pieces of ``rows`` (piece ids with [CLS] and [SEP])."""
    torch.manual_seed(configuration.seed)
    model = network.MaskedLanguage(bert)
    table = bert.embeddings.word_embeddings.weight
    head = [*model.dense.parameters(), *model.norm.parameters(), model.bias]
    chosen = {id(value) for value in (table, *head)}
    rest = [value for value in model.parameters() if id(value) not in chosen]
    optimiser = torch.optim.AdamW(
        [
            {"params": [table], "lr": configuration.embedding_rate, "weight_decay": 0.0},
            {"params": rest, "lr": configuration.adaptation_encoder_rate, "weight_decay": 0.01},
            {"params": head, "lr": configuration.head_rate, "weight_decay": 0.0},
        ],
        fused=True,
    )

    def loss_of(batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        return model(*batch)

    progress.train(
        model,
        [optimiser],
        loss_of,
        _masked(rows, languages, configuration, bert.config.vocab_size),
        steps=configuration.adaptation_steps,
        warm_up=configuration.warm_up,
        folder=folder,
        label="adaptation",
        checkpoint_seconds=configuration.checkpoint_seconds,
    )


def _masked(
    rows: Sequence[Sequence[int]],
    languages: Sequence[str],
    configuration: Configuration,
    pieces: int,
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    rng = np.random.default_rng(configuration.seed)
    lengths = np.asarray([len(row) for row in rows])
    weights = batches.language_weights(languages, configuration.adaptation_exponent)
    for chosen in batches.draw(lengths, weights, configuration.batch_tokens, rng):
        ids, mask = batches.padded([rows[index] for index in chosen])
        hit = (rng.random(ids.shape) < MASKED_SHARE) & (ids >= SPECIAL_PIECES)
        hit[0, 1] = True
        targets = np.where(hit, ids, -100)
        fate = rng.random(ids.shape)
        ids = np.where(hit & (fate < 0.8), MASK, ids)
        chance = rng.integers(SPECIAL_PIECES, pieces, ids.shape)
        ids = np.where(hit & (fate >= 0.9), chance, ids)
        yield torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(targets)
