"""How much a text presses, by words: a lexicon per language, written for this project.

A phrase counts where words begin with its parts in order ("injur" also finds "injuries"; "$" ends a
part that is a whole word). A text without any diacritics is matched by the lexicon without them.
Evidence adds up as independent chances: ``1 - product(1 - weight)``. It says how soon someone
should look, not how bad it is: severity has its own rules in the router.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache

from services.sentiment.tone.normalise import LOUD, folded

SAFETY = 0.9
PRESSING = 0.6
WAITING = 0.35
LOUD_MARK = 0.1
KEY = 2
"""Letters by which phrases are found; no phrase begins with a shorter word."""

_WORD = re.compile(r"\w+|[!?]{2,}|⇧")

_ENGLISH: Mapping[float, tuple[str, ...]] = {
    SAFETY: (
        "emergency",
        "caught fire",
        "on fire",
        "is burning",
        "smoke$",
        "exploded",
        "gas leak",
        "injured",
        "hospital$",
        "ambulance",
        "allergic reaction",
        "poisoned",
        "electric shock",
        "kill myself",
        "end my life",
        "suicid",
        "data leak",
        "data breach",
        "hacked",
        "account stolen",
        "identity theft",
    ),
    PRESSING: (
        "urgent",
        "asap",
        "immediately",
        "right now",
        "right away",
        "as soon as possible",
        "need help now",
        "stranded",
        "locked out",
        "deadline",
        "lawyer",
        "police$",
        "sue you",
        "fraud$",
        "before tomorrow",
        "charged twice",
    ),
    WAITING: (
        "still waiting",
        "still no",
        "no answer",
        "no reply",
        "nobody answers",
        "nobody replies",
        "for weeks",
        "for days",
        "third time",
        "please help",
        "hours now",
        "how much longer",
    ),
}
_POLISH: Mapping[float, tuple[str, ...]] = {
    SAFETY: (
        "pożar",
        "pali się",
        "kłęby dymu",
        "wybuch",
        "ulatnia się gaz",
        "szpital",
        "karetk",
        "zatru",
        "porazi",
        "ranny$",
        "ranna$",
        "oparz",
        "uczuleni",
        "samobój",
        "zabić się",
        "wyciek danych",
        "włama",
        "skradzion",
    ),
    PRESSING: (
        "piln",
        "natychmiast",
        "jak najszybciej",
        "od razu",
        "w tej chwili",
        "na już",
        "prawnik",
        "adwokat",
        "policj",
        "oszust",
        "do jutra",
        "rzecznik",
        "do sądu",
    ),
    WAITING: (
        "nadal czeka",
        "wciąż czeka",
        "ciągle czeka",
        "brak odpowiedzi",
        "nikt nie odpowiada",
        "nikt nie odpisuje",
        "od tygodni",
        "od tygodnia",
        "od kilku dni",
        "trzeci raz",
        "proszę o pomoc",
        "ile jeszcze",
    ),
}
_CZECH: Mapping[float, tuple[str, ...]] = {
    SAFETY: (
        "požár",
        "hoří$",
        "kouř",
        "výbuch",
        "vybuch",
        "uniká plyn",
        "nemocnic",
        "sanitk",
        "záchrank",
        "otráv",
        "otrav",
        "zásah proudem",
        "zraněn",
        "popál",
        "alergick",
        "sebevra",
        "zabít se",
        "únik dat",
        "hacknut",
        "hacknul",
        "ukraden",
    ),
    PRESSING: (
        "nalehav",
        "naléhav",
        "okamžit",
        "ihned",
        "hned teď",
        "co nejdřív",
        "co nejrychleji",
        "spěchá",
        "právník",
        "policie",
        "podvod",
        "do zítřka",
        "žalob",
        "neprodleně",
    ),
    WAITING: (
        "stále čekám",
        "pořád čekám",
        "furt čekám",
        "žádná odpověď",
        "nikdo neodpovídá",
        "nikdo nereaguje",
        "už týden",
        "několik dní",
        "potřetí",
        "prosím o pomoc",
        "jak dlouho ještě",
    ),
}
_RUSSIAN: Mapping[float, tuple[str, ...]] = {
    SAFETY: (
        "пожар",
        "горит$",
        "загорел",
        "дым",
        "взорв",
        "взрыв",
        "утечка",
        "больниц",
        "скорую",
        "отрав",
        "ударило током",
        "ранен$",
        "ранена$",
        "травм",
        "ожог",
        "аллерги",
        "самоубий",
        "покончить с собой",
        "взлом",
        "украли",
        "слили данные",
    ),
    PRESSING: (
        "срочн",
        "немедленн",
        "прямо сейчас",
        "как можно скорее",
        "как можно быстрее",
        "юрист",
        "адвокат",
        "полици",
        "мошенн",
        "до завтра",
        "в суд",
        "роспотребнадзор",
        "прокуратур",
    ),
    WAITING: (
        "до сих пор жду",
        "всё ещё жду",
        "все еще жду",
        "никто не отвечает",
        "нет ответа",
        "уже неделю",
        "вторую неделю",
        "несколько дней",
        "третий раз",
        "помогите",
        "сколько можно",
    ),
}
_LATVIAN: Mapping[float, tuple[str, ...]] = {
    SAFETY: (
        "ugunsgrēk",
        "aizdeg",
        "dūmi$",
        "dūmo$",
        "deg$",
        "sadeg",
        "sprādzien",
        "uzsprāg",
        "gāzes noplūde",
        "slimnīc",
        "ātrā palīdzība",
        "ātro palīdzību",
        "saindē",
        "ievainot",
        "apdedz",
        "alerģisk",
        "pašnāvīb",
        "datu noplūde",
        "uzlauz",
        "nozag",
    ),
    PRESSING: (
        "steidzam",
        "nekavējoties",
        "tūlīt",
        "pēc iespējas ātrāk",
        "cik ātri vien",
        "jurist",
        "advokāt",
        "policij",
        "krāpnie",
        "krāpšan",
        "līdz rītdienai",
        "tiesā$",
        "ptac$",
    ),
    WAITING: (
        "joprojām gaidu",
        "vēl aizvien gaidu",
        "vēl gaidu",
        "neviens neatbild",
        "nav atbildes",
        "jau nedēļu",
        "vairākas dienas",
        "trešo reizi",
        "palīdziet",
        "lūdzu palīdzību",
        "cik ilgi vēl",
    ),
}
_LEXICA: Mapping[str, Mapping[float, tuple[str, ...]]] = {
    "en": _ENGLISH,
    "pl": _POLISH,
    "cs": _CZECH,
    "sk": _CZECH,
    "ru": _RUSSIAN,
    "lv": _LATVIAN,
}


def urgency(text: str, language: str) -> float:
    """0 (nothing presses) to 1, of a normalised text.

    The English words count in every language, as people mix them in. Of an unknown language only
    these are known.
    """
    words = [match.group() for match in _WORD.finditer(text)]
    phrases = _phrases(language, bare=text.isascii())
    found = {
        weight
        for start, word in enumerate(words)
        for weight, parts in phrases.get(word[:KEY], ())
        if _follows(words, start, parts)
    }
    if LOUD in words or "!!" in text:
        found.add(LOUD_MARK)
    return 1 - math.prod(1 - weight for weight in found)


def _follows(words: list[str], start: int, parts: tuple[str, ...]) -> bool:
    if start + len(parts) > len(words):
        return False
    return all(_fits(words[start + place], part) for place, part in enumerate(parts))


def _fits(word: str, part: str) -> bool:
    return word == part[:-1] if part.endswith("$") else word.startswith(part)


@cache
def _phrases(
    language: str, *, bare: bool
) -> Mapping[str, tuple[tuple[float, tuple[str, ...]], ...]]:
    """(weight, parts) of every phrase read for ``language``, by how its first word begins."""
    lexica = [_ENGLISH]
    if language in _LEXICA and language != "en":
        lexica.append(_LEXICA[language])
    index: dict[str, list[tuple[float, tuple[str, ...]]]] = {}
    for lexicon in lexica:
        for weight, phrases in lexicon.items():
            for phrase in phrases:
                parts = tuple((folded(phrase) if bare else phrase).split())
                index.setdefault(parts[0][:KEY], []).append((weight, parts))
    return {key: tuple(found) for key, found in index.items()}
