"""The model's own multilingual vocabulary: the warm start's WordPieces, pruned and extended."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from services.sentiment.tone.normalise import LOUD, STRETCHED

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ALPHABET = 800
"""Signs that pieces are learnt of; a rarer one is unknown."""


def learn(texts: Sequence[str], size: int, min_frequency: int = 4) -> list[str]:
    """About ``size`` WordPieces of ``texts`` (normalised), most useful first."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    counts = Counter(sign for text in texts for sign in text if not sign.isspace())
    often = sorted(counts, key=lambda sign: (-counts[sign], sign))[:ALPHABET]
    # Left to itself, the trainer numbers signs in the order of a hash that differs each time, and
    # pieces of equal use come in the order of these numbers.
    inner = [f"##{sign}" for sign in sorted(often)]
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        min_frequency=min_frequency,
        limit_alphabet=len(often),
        initial_alphabet=often,
        show_progress=False,
        special_tokens=["[UNK]", *inner],
        continuing_subword_prefix="##",
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary = tokenizer.get_vocab()
    return sorted((piece for piece in vocabulary if piece != "[UNK]"), key=vocabulary.__getitem__)


def extend(old: Sequence[str], learnt: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Special pieces, then every old or learnt piece that spells some of ``texts``.

    Old pieces that no text uses are left out: they would only be weight to carry.
    """
    known = dict.fromkeys((*old, LOUD, STRETCHED, *learnt))
    tokenizer = build([*SPECIAL, *(piece for piece in known if piece not in SPECIAL)])
    used: Counter[int] = Counter()
    for start in range(0, len(texts), 10_000):
        for encoding in tokenizer.encode_batch(list(texts[start : start + 10_000])):
            used.update(encoding.ids)
    kept = [
        piece
        for piece in known
        if piece not in SPECIAL
        and (used[tokenizer.token_to_id(piece) or 0] > 1 or len(piece.removeprefix("##")) == 1)
        and not _foreign(piece)
    ]
    return [*SPECIAL, *kept]


def _foreign(piece: str) -> bool:
    """Single signs of scripts in which the model has nothing to read."""
    sign = piece.removeprefix("##")
    if len(sign) != 1 or ord(sign) < 0x530:
        return False
    return unicodedata.category(sign).startswith(("L", "M"))


def build(pieces: Sequence[str], max_tokens: int | None = None) -> Tokenizer:
    """The fast tokenizer over ``pieces``; it lower-cases and composes, and keeps accents."""
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(
        models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=64)  # noqa: S106
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(piece, vocabulary[piece]) for piece in ("[CLS]", "[SEP]")],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def spelled(
    pieces: Sequence[str], old: Sequence[str], table: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Embeddings ``[pieces, width]``: the old row, or the mean of the old pieces that spell it."""
    place = {piece: index for index, piece in enumerate(old)}
    speller = Tokenizer(models.WordPiece(place, unk_token="[UNK]"))  # noqa: S106
    unknown = place["[UNK]"]
    mean = table[1000:].mean(axis=0)
    out = np.empty((len(pieces), table.shape[1]), dtype=np.float32)
    for index, piece in enumerate(pieces):
        if piece in place:
            out[index] = table[place[piece]]
            continue
        ids = [one for one in _spell(speller, piece, place) if one != unknown]
        out[index] = table[ids].mean(axis=0) if ids else mean
    return out


def _spell(speller: Tokenizer, piece: str, place: dict[str, int]) -> list[int]:
    inner = piece.startswith("##")
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFD", piece.removeprefix("##"))
        if not unicodedata.combining(sign)
    )
    if not plain:
        return []
    if inner:
        return _inner(plain, place)
    return list(speller.encode(plain, add_special_tokens=False).ids)


def _inner(plain: str, place: dict[str, int]) -> list[int]:
    """Greedy longest match of continuation pieces."""
    ids: list[int] = []
    start = 0
    while start < len(plain):
        for end in range(len(plain), start, -1):
            found = place.get("##" + plain[start:end])
            if found is not None:
                ids.append(found)
                start = end
                break
        else:
            start += 1
    return ids
