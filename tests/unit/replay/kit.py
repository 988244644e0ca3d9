"""Files as bytes, and what is read from them."""

from __future__ import annotations

import io

from cli.replay.opening import BEGINNING, Opened
from cli.replay.plan import Asked, Plan, plan
from cli.replay.rows import Row, Unreadable

SENTENCES = {
    "cp1250": (
        "Zamówiłam czajnik tydzień temu i wciąż nie dotarł. Proszę o odpowiedź!",
        "Dziękuję, już działa, świetna obsługa.",
        "Konvice po týdnu přestala fungovat, kdo mi vrátí peníze?",
        "Příliš žluťoučký kůň úpěl ďábelské ódy.",
        "Kanvica prestala fungovať, ďakujem za rýchlu odpoveď.",
    ),
    "cp1251": (
        "Чайник перестал работать через неделю, верните деньги!",
        "Спасибо, всё пришло вовремя. Очень довольна.",
        "Почему никто не отвечает на North Kettle уже третий день?",
    ),
    "cp1257": (
        "Tējkanna pēc nedēļas vairs nestrādā, kas man atdos naudu?",
        "Paldies, viss strādā lieliski! Ļoti ātri atbildējāt.",
        "Kāpēc neviens neatbild uz manām ziņām jau trešo dienu?",
    ),
}
"""Of the languages of each code page."""


def opened(data: bytes) -> Opened:
    return Opened(
        head=data[:BEGINNING],
        whole=len(data) < BEGINNING,
        stream=io.BufferedReader(io.BytesIO(data)),
        size=len(data),
        position=lambda: 0,
    )


def read(data: bytes, asked: Asked | None = None) -> tuple[Plan, list[Row | Unreadable]]:
    how = plan(opened(data), asked or Asked())
    return how, list(how.rows(opened(data)))


def refused(rows: list[Row | Unreadable]) -> list[tuple[int, str]]:
    """The lines and reasons of those that are none."""
    return [(row.line, row.refusal.reason) for row in rows if isinstance(row, Unreadable)]
