"""Learning pieces: the same from the same texts, whatever order a process's hashes have."""

from __future__ import annotations

import random

from models.recipe import vocabulary


def _texts() -> list[str]:
    """Words of equal use throughout, and signs in plenty, so that every tie shows."""
    rng = random.Random(4)
    signs = [chr(code) for code in (*range(0x61, 0x7B), *range(0x430, 0x450))]
    words = ["".join(rng.sample(signs, 5)) for _ in range(300)]
    return [" ".join(words)] * 5


def test_the_same_texts_teach_the_same_pieces() -> None:
    first = vocabulary.learn(_texts(), 800)
    assert all(vocabulary.learn(_texts(), 800) == first for _ in range(5))
    assert any(len(piece.removeprefix("##")) > 2 for piece in first)
    assert len(first) == len(set(first)) == 799


def test_rare_signs_are_left_out_beyond_the_alphabet() -> None:
    many = [chr(0x4E00 + number) for number in range(vocabulary.ALPHABET)]
    learnt = vocabulary.learn([" ".join(many)] * 9 + ["ж ж"], 2 * vocabulary.ALPHABET + 1)
    assert many[0] in learnt
    assert "ж" not in learnt
