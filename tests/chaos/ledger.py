"""What was promised to those outside, written down by them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class Asked(NamedTuple):
    """A reply that was accepted for sending."""

    case: str
    text: str


class Taken(NamedTuple):
    """An assignment that its agent was told of; ``fence`` numbers the case's assignments."""

    case: str
    fence: int


@dataclass(slots=True)
class Ledger:
    """Filled by many threads, each entry by one: plain dictionaries and sets do.

    ``accepted`` are ids of mentions that were answered 202. ``asked`` is by reply id. ``refused``
    are texts that were refused with a reason. ``taken`` says to whom. ``accepted_offers`` brought
    their agent a case; ``refused_offers`` were answered 409. ``turned_away`` counts the mentions'
    requests that were to come again later.
    """

    accepted: set[str] = field(default_factory=set)
    asked: dict[str, Asked] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    taken: dict[Taken, set[str]] = field(default_factory=dict)
    accepted_offers: set[str] = field(default_factory=set)
    refused_offers: set[str] = field(default_factory=set)
    outages: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0
