"""Critical sentences by topic, six languages, as customers type them. All written for the tests."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.domain.critical import cs, en, lv, pl, ru, sk

Sentences = Mapping[str, tuple[str, ...]]

SENTENCES: Mapping[str, Sentences] = {
    "en": en.SENTENCES,
    "pl": pl.SENTENCES,
    "cs": cs.SENTENCES,
    "ru": ru.SENTENCES,
    "lv": lv.SENTENCES,
    "sk": sk.SENTENCES,
}
"""Whatever must not wait in a queue, also where it was denied ("nobody was hurt")."""

OF_ANY_TOPIC = (*en.MORE, *pl.MORE, *cs.MORE, *ru.MORE, *lv.MORE, *sk.MORE)
