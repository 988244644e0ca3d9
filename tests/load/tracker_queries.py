"""Queries as listening teams write them, in five languages, about brands that do not exist."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

_SYLLABLES = [
    "bri",
    "van",
    "tel",
    "mo",
    "ra",
    "quen",
    "dor",
    "lis",
    "pet",
    "ka",
    "zun",
    "fel",
    "ost",
    "nim",
    "gar",
    "wy",
    "sol",
    "tem",
    "ba",
    "rud",
]
_PRODUCTS = """
kettle lamp toaster blender heater coffee machine | czajnik lampa toster ekspres grzejnik paczka
| konvice lampa kávovar topinkovač zásilka balík | чайник лампа тостер кофеварка посылка заказ
| tējkanna lampa tosteris kafijas sūtījums pasūtījums
"""
_COMPLAINTS = """
leaks broken late refund smoke invoice waiting answer worst cancelled
| cieknie zepsuty zwrot reklamacja faktura czekam dym paczka nikt awaria
| teče rozbitý vrácení reklamace faktura čekám kouř nikdo závada zpoždění
| течёт сломан возврат жалоба счёт жду дым никто брак задержка
| tek salūzis atmaksa sūdzība rēķins gaidu dūmi neviens brāķis kavējas
"""
_NOISE = "job jobs hiring | praca oferta | práce brigáda | вакансия работа | darbs vakance"
_SERVICE = [
    '"customer service"',
    '~"obsługa klienta"',
    '~"zákaznický servis"',
    '~"служба поддержки"',
    '~"klientu serviss"',
]
LANGUAGES = ("en", "pl", "cs", "ru", "lv")


def _lists(text: str) -> list[list[str]]:
    return [words.split() for words in text.split("|")]


PRODUCTS, COMPLAINTS, NOISE = _lists(_PRODUCTS), _lists(_COMPLAINTS), _lists(_NOISE)


def names(count: int) -> list[str]:
    """Brands and products."""
    lots = random.Random(11)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(lots.choices(_SYLLABLES, k=lots.choice((2, 3, 3, 4)))).capitalize()] = None
    return list(found)


def queries(count: int, brands: list[str]) -> Iterator[str]:
    """Each hundred has the same mixture: a third are about a brand alone, most others join a
    brand with common words, eight have nothing but common words."""
    lots = random.Random(7)
    deck = [kind for kind, share in _KINDS for _ in range(share)]
    for _ in range(0, count, len(deck)):
        for kind in lots.sample(deck, len(deck)):
            yield kind(lots, lots.choice(brands), lots.randrange(len(LANGUAGES)))


def _any(lots: random.Random, words: list[str], most: int) -> str:
    chosen = lots.sample(words, min(len(words), lots.randint(1, most)))
    return chosen[0] if len(chosen) == 1 else f"({' OR '.join(chosen)})"


def _brand(lots: random.Random, name: str, language: int) -> str:
    return f"({name} OR #{name} OR @{name}) -{_any(lots, NOISE[language], 2)}"


def _topic(lots: random.Random, name: str, language: int) -> str:
    return f'({name} OR "{name} shop") {_any(lots, COMPLAINTS[language], 5)}'


def _near(lots: random.Random, name: str, language: int) -> str:
    return f"{name} NEAR/6 {_any(lots, COMPLAINTS[language], 4)}"


def _category(lots: random.Random, name: str, language: int) -> str:
    product = _any(lots, PRODUCTS[language], 3)
    complaint = _any(lots, COMPLAINTS[language], 3)
    return f"{product} {complaint} -{name} -{_any(lots, NOISE[language], 2)}"


def _campaign(lots: random.Random, name: str, language: int) -> str:
    return f"#{name}{2020 + lots.randrange(9)} OR #{name}Sale* OR #my{name}"


def _service(lots: random.Random, name: str, language: int) -> str:
    return f"{name} AND {_SERVICE[language]}"


def _links(lots: random.Random, name: str, language: int) -> str:
    return f"(domain:{name.lower()}.example OR url:shop.example/{name.lower()}) -author:{name}"


def _beginning(lots: random.Random, name: str, language: int) -> str:
    return f"{name}* {_any(lots, PRODUCTS[language], 4)}"


def _facts(lots: random.Random, name: str, language: int) -> str:
    return f'lang:{LANGUAGES[language]} (="{name}" OR author:{name}) network:mastodon'


_Kind = Callable[[random.Random, str, int], str]
_KINDS: list[tuple[_Kind, int]] = [
    (_brand, 34),
    (_topic, 25),
    (_near, 10),
    (_category, 8),
    (_campaign, 7),
    (_service, 5),
    (_links, 5),
    (_beginning, 3),
    (_facts, 3),
]
