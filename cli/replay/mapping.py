"""Which column fills which field of a mention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cli.replay.columns import candidates
from cli.replay.problems import CannotReplay, CannotTell, Refusal

FIELDS = (
    "text",
    "id",
    "author",
    "handle",
    "name",
    "followers",
    "verified",
    "time",
    "network",
    "url",
    "language",
    "reach",
    "thread",
    "parent",
    "kind",
    "visibility",
    "revision",
    "direct",
)
_BY_PEOPLE_ONLY = ("kind", "visibility", "revision", "direct")
"""Fields that no column fills by its name alone."""
_FALL_BACK = ("text", "author", "handle", "name", "url")
"""Fields that the next column may fill where the best one is empty."""
_NEEDED = frozenset({"text", "author", "time"})
_DEPTH = 3

NO_VALUE = "a cell holds several values where one is needed"


class NoText(Exception):
    """A cell that holds no single value; the refusal says which."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Source:
    """Columns whose values are joined with a space, such as a date and its time of day."""

    columns: tuple[str, ...]

    def read(self, values: Mapping[str, Any]) -> str:
        """ "" where it is empty. Raises `NoText`."""
        return " ".join(part for column in self.columns if (part := _text(values, column)))

    def __str__(self) -> str:
        return " + ".join(self.columns)


@dataclass(frozen=True, slots=True)
class MentionMap:
    """``sources`` by field: the first that is not empty fills it; else ``constants`` do."""

    sources: Mapping[str, Sequence[Source]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def read(self, values: Mapping[str, Any], name: str) -> str:
        """Raises `NoText`."""
        for source in self.sources.get(name, ()):
            found = source.read(values)
            if found:
                return found
        return self.constants.get(name, "")

    def used(self) -> set[str]:
        """The columns that fill something."""
        alternatives = (one for found in self.sources.values() for one in found)
        return {column for one in alternatives for column in one.columns}


def choose(
    names: Sequence[str],
    asked: Mapping[str, str],
    constants: Mapping[str, str],
    first: Sequence[Mapping[str, Any]],
) -> MentionMap:
    """Maps what was asked for as asked, an empty column to nothing, and the rest by name.

    ``first`` are the first rows. Raises `CannotReplay` for a column that is not there.
    """
    sources: dict[str, Sequence[Source]] = {}
    for name in FIELDS:
        if name in asked:
            if asked[name]:
                sources[name] = [_asked(part, names) for part in _alternatives(asked[name], names)]
        elif name not in constants and name not in _BY_PEOPLE_ONLY:
            found = candidates(names, name)
            sources[name] = [Source((one,)) for one in found[: None if name in _FALL_BACK else 1]]
    if "time" not in asked and sources.get("time"):
        sources["time"] = [_with_clock(sources["time"][0], names, first)]
    return MentionMap({name: found for name, found in sources.items() if found}, dict(constants))


def check_needed(columns: MentionMap, names: Sequence[str], more: AbstractSet[str]) -> None:
    """Raises `CannotTell` where nothing fills what every mention needs, and ``more``."""
    missing = [
        name
        for name in FIELDS
        if name in _NEEDED | more and name not in columns.sources and name not in columns.constants
    ]
    if missing:
        raise CannotTell(
            f"no column looks like {' or '.join(missing)} (there are: {', '.join(names)})",
            " ".join(f"--map {name}=COLUMN or --set {name}=VALUE" for name in missing),
        )


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns of JSON objects, nested ones with dots, in the order in which they appear."""
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(_leaves(row, "", _DEPTH)))
    return list(found)


def _leaves(value: Mapping[str, Any], before: str, depth: int) -> Iterable[str]:
    for key, inner in value.items():
        if isinstance(inner, dict) and depth > 1:
            yield from _leaves(inner, f"{before}{key}.", depth - 1)
        else:
            yield f"{before}{key}"


def _alternatives(written: str, names: Sequence[str]) -> list[str]:
    return [written] if written in names else [part.strip() for part in written.split(",")]


def _asked(written: str, names: Sequence[str]) -> Source:
    parts = (written,) if written in names else tuple(part.strip() for part in written.split("+"))
    for part in parts:
        if part not in names:
            raise CannotReplay(f"there is no column {part!r} (there are: {', '.join(names)})")
    return Source(parts)


def _with_clock(date: Source, names: Sequence[str], first: Sequence[Mapping[str, Any]]) -> Source:
    """A date without a time of day takes it from a column of its own, if there is one."""
    for clock in candidates(names, "clock"):
        of_the_day = Source((clock,))
        if clock not in date.columns and _says_hours(of_the_day, first):
            return date if _says_hours(date, first) else Source((*date.columns, clock))
    return date


def _says_hours(source: Source, first: Sequence[Mapping[str, Any]]) -> bool:
    with suppress(NoText):
        return any(":" in source.read(values) for values in first)
    return False


def _text(values: Mapping[str, Any], column: str) -> str:
    found = _look_up(values, column)
    if isinstance(found, str):
        return found.strip()
    if found is None:
        return ""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int):
        return str(found)
    if isinstance(found, float):
        return str(int(found)) if found.is_integer() and abs(found) < 2**53 else str(found)
    raise NoText(Refusal(NO_VALUE, column))


def _look_up(values: Mapping[str, Any], column: str) -> Any:
    """A key as it is written, else the way through nested objects."""
    if column in values:
        return values[column]
    head, _, rest = column.partition(".")
    inner = values.get(head)
    return _look_up(inner, rest) if rest and isinstance(inner, dict) else None
