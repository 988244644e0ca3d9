"""The risk lexicons, one module per language, and the idioms that mean no harm.

An entry is one or more words in a row; a word that ends in ``*`` is a beginning, which is how
inflected forms are met; ``a|b`` is either word; ``…`` lets up to three other words come between.
Case and diacritics do not matter. Entries name events, not moods: what is said in anger every day
("I'm dying to…", "killer feature") must not match.
"""

from collections.abc import Mapping
from types import MappingProxyType

from harken.domain.risk.words import cs, en, lv, pl, ru, sk

Lexicon = Mapping[str, tuple[str, ...]]

LEXICONS: Mapping[str, Lexicon] = MappingProxyType(
    {
        "en": en.RISKS,
        "pl": pl.RISKS,
        "cs": cs.RISKS,
        "ru": ru.RISKS,
        "lv": lv.RISKS,
        "sk": sk.RISKS,
    }
)

IDIOMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": en.IDIOMS,
        "pl": pl.IDIOMS,
        "cs": cs.IDIOMS,
        "ru": ru.IDIOMS,
        "lv": lv.IDIOMS,
        "sk": sk.IDIOMS,
    }
)
"""What lies within one of these is not found."""
