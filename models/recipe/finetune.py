"""Multi-task fine-tuning of the adapted encoder."""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from models.recipe import batches, network, progress
from models.recipe.adapt import MASK, SPECIAL_PIECES
from models.recipe.configuration import Configuration
from models.recipe.labels import FLAGS, POLARITIES
from models.recipe.rows import Row, origins, said_by_people
from services.sentiment.tone.normalise import folded

MASKED_SHARE = 0.06
UNUSED = -2.0
"""The habit of a set towards a label that its guideline lacks: seldom, not never."""
FLAG_LOSS = 1.0


@dataclass(frozen=True, slots=True)
class Targets:
    """What the rows say, as arrays over rows; -1 (polarity) and nan (flags) are unknown."""

    polarity: Tensor
    polarity_weight: Tensor
    origin: Tensor
    flags: Tensor
    flag_weight: Tensor


def targets_of(rows: Sequence[Row]) -> Targets:
    place = {source: index for index, source in enumerate(origins(rows))}
    flags = torch.full((len(rows), len(FLAGS)), torch.nan)
    for index, row in enumerate(rows):
        for name, value in row.flags.items():
            flags[index, FLAGS.index(name)] = float(value)
    return Targets(
        torch.tensor([-1 if r.polarity is None else POLARITIES.index(r.polarity) for r in rows]),
        torch.tensor([row.polarity_weight for row in rows]),
        torch.tensor([place[row.origin] for row in rows]),
        flags,
        torch.tensor([row.flag_weight for row in rows]),
    )


class OriginBias(nn.Module):
    """Habits of labelling that the model is not to learn, left out when it serves.

    A set whose guideline has no neutral is taken to use it seldom: its rows say little against
    neutral elsewhere, yet a clearly coloured tweet is not to be called neutral. Where polarity is
    only inferred, the set's shares are a habit of ours, learnt beside the model. What people
    labelled with all three has no habit of its own: the model may learn from a text where it
    comes from.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        sources = origins(rows)
        place = {source: index for index, source in enumerate(sources)}
        counts = torch.ones(len(sources), len(POLARITIES))
        for row in rows:
            if row.polarity is not None:
                counts[place[row.origin], POLARITIES.index(row.polarity)] += 1
        used = torch.tensor([[name in s.classes for name in POLARITIES] for s in sources]).float()
        free = torch.tensor([[float(not said_by_people(source))] for source in sources])
        shares = (counts + 0.02 * counts.sum(1, keepdim=True)).log()
        mean = (shares * used).sum(1, keepdim=True) / used.sum(1, keepdim=True)
        self.bias = nn.Parameter((shares - mean) * used * free)
        self.register_buffer("used", used)
        self.register_buffer("free", free)

    def forward(self, origin: Tensor) -> Tensor:
        used = self.used[origin]
        return self.bias[origin] * used * self.free[origin] + UNUSED * (1 - used)


class Trainee(nn.Module):
    """The network with the habits of the sets."""

    def __init__(self, tone: network.ToneNetwork, rows: Sequence[Row]) -> None:
        super().__init__()
        self.tone = tone
        self.habits = OriginBias(rows)


def loss_of(trainee: Trainee, ids: Tensor, mask: Tensor, said: Targets) -> Tensor:
    """Weighted polarity cross-entropy plus the mean binary cross-entropy of all known flags."""
    logits = trainee.tone(ids, mask).float()
    polarity = logits[:, : len(POLARITIES)] + trainee.habits(said.origin)
    known = said.polarity >= 0
    loss = logits.sum() * 0.0
    if known.any():
        each = nn.functional.cross_entropy(
            polarity[known], said.polarity[known], reduction="none", label_smoothing=0.0
        )
        loss = loss + (each * said.polarity_weight[known]).sum() / len(logits)
    told = ~said.flags.isnan()
    if told.any():
        each = nn.functional.binary_cross_entropy_with_logits(
            logits[:, len(POLARITIES) :], said.flags.nan_to_num(), reduction="none"
        )
        weight = told * said.flag_weight[:, None]
        per_row = (each * weight).sum(1) / told.sum(1).clamp(min=1)
        loss = loss + FLAG_LOSS * per_row.sum() / len(logits)
    return loss


def finetune(
    tone: network.ToneNetwork,
    tokenizer: Tokenizer,
    rows: Sequence[Row],
    configuration: Configuration,
    folder: Path,
) -> network.ToneNetwork:
    """``tone`` trained (its averaged weights).

    A batch reads few of the pieces, so the embedding table has sparse gradients and an Adam that
    touches only the rows that were read.
    """
    torch.manual_seed(configuration.seed)
    _drop(tone.bert, configuration.dropout)
    trainee = Trainee(tone, rows)
    embedding = tone.bert.embeddings.word_embeddings
    embedding.sparse = True
    table = embedding.weight
    heads = [*trainee.tone.heads.parameters(), *trainee.habits.parameters()]
    chosen = {id(value) for value in (table, *heads)}
    rest = [value for value in trainee.parameters() if id(value) not in chosen]
    dense = torch.optim.AdamW(
        [
            {"params": rest, "lr": configuration.encoder_rate, "weight_decay": 0.01},
            {"params": heads, "lr": configuration.head_rate, "weight_decay": 0.0},
        ],
        fused=True,
    )
    sparse = torch.optim.SparseAdam([table], lr=configuration.embedding_rate)
    average = progress.Average(trainee, configuration.average_decay)

    def loss(batch: tuple[Tensor, Tensor, Targets]) -> Tensor:
        return loss_of(trainee, *batch)

    progress.train(
        trainee,
        [dense, sparse],
        loss,
        _batches(tokenizer, rows, configuration),
        steps=configuration.steps,
        warm_up=configuration.warm_up,
        folder=folder,
        label="finetune",
        checkpoint_seconds=configuration.checkpoint_seconds,
        seconds=configuration.seconds,
        average=average,
    )
    embedding.sparse = False
    trainee.load_state_dict(average.weights)
    trainee.eval()
    return trainee.tone


def _drop(bert: BertModel, share: float) -> None:
    """Leave out ``share`` of the hidden values, against learning small sets by heart."""
    for module in bert.modules():
        if isinstance(module, nn.Dropout):
            module.p = share


def _batches(
    tokenizer: Tokenizer, rows: Sequence[Row], configuration: Configuration
) -> Iterator[tuple[Tensor, Tensor, Targets]]:
    rng = np.random.default_rng(configuration.seed)
    tokenizer.enable_truncation(configuration.training_tokens)
    plain = [each.ids for each in tokenizer.encode_batch([row.text for row in rows])]
    bare = [each.ids for each in tokenizer.encode_batch([folded(row.text) for row in rows])]
    lengths = np.asarray([len(ids) for ids in plain])
    weights = batches.language_weights(
        [row.language for row in rows], configuration.language_exponent
    ) * np.asarray([row.share for row in rows])
    said = targets_of(rows)
    for chosen in batches.draw(lengths, weights, configuration.batch_tokens, rng):
        strip = rng.random(len(chosen)) < configuration.folded_share
        ids, mask = batches.padded(
            [(bare if s else plain)[i] for i, s in zip(chosen, strip, strict=True)]
        )
        hit = (rng.random(ids.shape) < MASKED_SHARE) & (ids >= SPECIAL_PIECES)
        ids = np.where(hit, MASK, ids)
        at = torch.from_numpy(chosen)
        yield (
            torch.from_numpy(ids),
            torch.from_numpy(mask),
            Targets(
                said.polarity[at],
                said.polarity_weight[at],
                said.origin[at],
                said.flags[at],
                said.flag_weight[at],
            ),
        )
