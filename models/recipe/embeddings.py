"""First embeddings of new pieces: among English ones that a multilingual encoder sees used alike.

Spelled by old pieces, words of other languages begin as noise, Cyrillic ones all the same. Here
every piece is the mean of the multilingual encoder's states wherever some text has it, less the
mean of the text's language, and a new piece begins as the mean of the old pieces nearest to it.

In the manner of Minixhofer et al., "WECHSEL" (NAACL 2022) and Dobler and de Melo, "FOCUS" (EMNLP
2023), with states in context instead of static vectors.
"""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer
from transformers import BertModel

from models.recipe import batches, multilingual, progress

Floats = npt.NDArray[np.float32]
MAX_TOKENS = 48
MEETINGS = 2
"""In how many texts a piece is looked for."""
NEIGHBOURS = 10
SHARPNESS = 20.0
"""How much more a nearer neighbour weighs: the exponent per unit of cosine."""
STRANGE, AKIN = 0.2, 0.5
"""Cosine of the nearest neighbour below which a piece stays as spelled, above which it is not."""
ENGLISH = 0.6
"""The share of its meetings in English texts from which on an old piece is an English word."""
BATCH_TOKENS = 2_048
TOLD = 4_000
"""After how many texts a line says how far it is."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors ``[pieces, width]``, and how often each piece was met, and so in English."""

    values: Floats
    met: npt.NDArray[np.int64]
    met_in_english: npt.NDArray[np.int64]


def vectors(
    texts: Sequence[tuple[str, str]], ours: Tokenizer, bert: BertModel, theirs: Tokenizer
) -> Vectors:
    """What ``bert`` sees in our pieces, over as few ``texts`` (and languages) as meet them all."""
    encoded = ours.encode_batch([text for text, _ in texts])
    chosen = _enough(encoded, ours.get_vocab_size())
    names = sorted({language for _, language in texts})
    place = {name: index for index, name in enumerate(names)}
    width = bert.config.hidden_size
    sums = np.zeros((ours.get_vocab_size(), width), dtype=np.float32)
    met = np.zeros((ours.get_vocab_size(), len(names)), dtype=np.int64)
    all_states, all_tokens = np.zeros((len(names), width)), np.zeros((len(names), 1))
    read = theirs.encode_batch([texts[index][0] for index in chosen])
    lengths = np.asarray([len(each.ids) for each in read])
    order = np.argsort(lengths, kind="stable")
    kind = progress.precision()
    for start, stop in batches.cut(lengths[order], BATCH_TOKENS):
        part = [read[at] for at in order[start:stop]]
        ids, mask = batches.padded([each.ids for each in part])
        found = multilingual.states(bert, ids, mask, kind)
        for at, their, states in zip(order[start:stop], part, found, strict=True):
            language = place[texts[chosen[at]][1]]
            inner = states[1 : len(their.ids) - 1]
            all_states[language] += inner.sum(axis=0)
            all_tokens[language] += len(inner)
            _add(encoded[chosen[at]], their, inner, sums, met[:, language])
        if start // TOLD < stop // TOLD:
            print(f"multilingual encoder: {stop} of {len(order)} texts read", flush=True)
    count = np.maximum(met.sum(axis=1, keepdims=True), 1)
    middle = met @ (all_states / np.maximum(all_tokens, 1)) / count
    values = (sums / count - middle).astype(np.float32)
    values /= np.linalg.norm(values, axis=1, keepdims=True) + 1e-6
    english = met[:, place["en"]] if "en" in place else np.zeros(len(met), dtype=np.int64)
    return Vectors(values, met.sum(axis=1), english)


def _enough(encoded: Sequence[Encoding], pieces: int) -> list[int]:
    """Texts, in a fixed shuffled order, of which each has a piece not yet met often enough."""
    met = np.zeros(pieces, dtype=np.int64)
    chosen = []
    for index in np.random.default_rng(0).permutation(len(encoded)):
        ids = np.asarray(encoded[index].ids)
        if len(ids) < MAX_TOKENS and (met[ids] < MEETINGS).any():
            chosen.append(int(index))
            np.add.at(met, ids, 1)
    return chosen


def _add(
    ours: Encoding,
    theirs: Encoding,
    states: Floats,
    sums: Floats,
    met: npt.NDArray[np.int64],
) -> None:
    """Add to each of our pieces the mean of the states of the signs that it stands on."""
    spans = theirs.offsets[1:-1]
    first = 0
    for piece, (begin, end) in zip(ours.ids[1:-1], ours.offsets[1:-1], strict=True):
        while first < len(spans) and spans[first][1] <= begin:
            first += 1
        last = first
        while last < len(spans) and spans[last][0] < end:
            last += 1
        if last > first:
            sums[piece] += states[first:last].mean(axis=0)
            met[piece] += 1


def initial(pieces: Sequence[str], old: Sequence[str], spelled: Floats, seen: Vectors) -> Floats:
    """Embeddings ``[pieces, width]``: of old pieces as ``spelled``, of new ones by their kin."""
    known = set(old)
    is_old = np.asarray([piece in known for piece in pieces])
    word = np.asarray([len(piece) > 1 and piece.isalpha() for piece in pieces])
    in_english = seen.met_in_english > ENGLISH * seen.met
    bank = np.flatnonzero(is_old & word & in_english & (seen.met >= MEETINGS))
    new = np.flatnonzero(~is_old & (seen.met > 0))
    table = spelled.copy()
    if len(bank) < NEIGHBOURS:
        return table
    middle = spelled[is_old].mean(axis=0)
    apart = spelled[bank] - middle
    length = float(np.median(np.linalg.norm(apart, axis=1)))
    for start in range(0, len(new), 2_000):
        some = new[start : start + 2_000]
        likeness = seen.values[some] @ seen.values[bank].T
        nearest = np.argpartition(-likeness, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
        cosines = np.take_along_axis(likeness, nearest, axis=1)
        best = cosines.max(axis=1, keepdims=True)
        weights = np.exp(SHARPNESS * (cosines - best))
        weights /= weights.sum(axis=1, keepdims=True)
        mean = (weights[:, :, None] * apart[nearest]).sum(axis=1)
        mean *= length / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-6)
        trust = np.clip((best - STRANGE) / (AKIN - STRANGE), 0, 1)
        table[some] = (1 - trust) * spelled[some] + trust * (middle + mean)
    return table
