"""Who works in the demo: two agents for each language, one of them authorised in a crisis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    id: str
    name: str
    language: str
    crisis: bool = False

    @property
    def skills(self) -> list[dict[str, object]]:
        languages = dict.fromkeys((self.language, "en"))
        levels = [(f"language:{each}", 5 if each == self.language else 2) for each in languages]
        if self.crisis:
            levels.append(("crisis", 4))
        return [{"name": name, "level": level} for name, level in levels]


TEAM = (
    Member("nora", "Nora", "en"),
    Member("miles", "Miles", "en", crisis=True),
    Member("kasia", "Kasia", "pl"),
    Member("piotr", "Piotr", "pl", crisis=True),
    Member("jana", "Jana", "cs"),
    Member("tomas", "Tomáš", "cs", crisis=True),
    Member("lena", "Лена", "ru"),
    Member("anton", "Антон", "ru", crisis=True),
    Member("agnese", "Agnese", "lv"),
    Member("juris", "Juris", "lv", crisis=True),
)
