"""Every number of the recipe, in one place; ``TINY`` is the same recipe in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Configuration:
    """Sizes in pieces, rows or tokens; rates per step; times in seconds.

    ``multilingual_layers`` is how deep the multilingual encoder is asked which new pieces are used
    like which old ones (0: they begin as spelled). ``ngram_tables`` names the languages of every
    region of the n-gram tables (those that share one also learn together) and the logarithm of its
    buckets; the flags' regions are smaller by ``ngram_side_shift``. ``start`` is the folder of a
    shipped model to go on from, its pieces and weights kept; what fine-tuning makes of it is
    averaged with it, where it weighs ``start_share``. With no ``steps`` its network stays as it is,
    to the byte.
    """

    name: str = "harken-tone-small"
    seed: int = 20_260
    learnt_pieces: int = 30_000
    layers: int = 6
    width: int = 384
    heads: int = 12
    inner: int = 1_536
    warm_start: bool = True
    multilingual_layers: int = 8
    start: Path | None = None
    start_share: float = 0.4
    max_tokens: int = 128
    training_tokens: int = 72
    batch_tokens: int = 2_048
    adaptation_steps: int = 2_000
    steps: int = 9_000
    seconds: float = inf
    warm_up: float = 0.06
    embedding_rate: float = 3e-4
    encoder_rate: float = 6e-5
    head_rate: float = 1e-3
    adaptation_encoder_rate: float = 1e-4
    language_exponent: float = 0.6
    dropout: float = 0.1
    adaptation_exponent: float = 0.3
    folded_share: float = 0.1
    average_decay: float = 0.998
    checkpoint_seconds: float = 240.0
    ngram_tables: tuple[tuple[tuple[str, ...], int], ...] = (
        (("en",), 21),
        (("pl",), 19),
        (("cs",), 19),
        (("sk",), 19),
        (("ru",), 19),
        (("lv",), 19),
        (("de", "es", "fr", "it", "pt"), 19),
    )
    ngram_side_shift: int = 2
    ngram_polarity_strength: float = 4.0
    ngram_flag_strength: float = 8.0
    ngram_iterations: int = 100

    @property
    def keeps_network(self) -> bool:
        """Whether only the n-gram half and the readout are made anew."""
        return self.start is not None and self.steps == 0


FULL = Configuration()
TINY = Configuration(
    name="tiny",
    learnt_pieces=300,
    layers=1,
    width=32,
    heads=2,
    inner=64,
    warm_start=False,
    multilingual_layers=0,
    batch_tokens=256,
    training_tokens=32,
    adaptation_steps=3,
    steps=12,
    checkpoint_seconds=0.0,
    ngram_iterations=20,
    ngram_tables=((("en",), 12), (("ru",), 10)),
)
