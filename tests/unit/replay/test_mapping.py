"""Rows become mentions: by the names of columns as exports have them, or as a person says."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.replay.dates import Dates
from cli.replay.mention import (
    BAD_TIME,
    NO_AUTHOR,
    NO_NETWORK,
    NO_TEXT,
    NO_TIME,
    NUL,
    ROUNDED,
    TOO_LONG,
    Prepared,
    Reading,
    language_of,
    network_of,
)
from cli.replay.plan import Asked
from cli.replay.problems import CannotReplay, CannotTell, Refusal
from cli.replay.rows import NO_OBJECT, NOT_JSON, NOT_TEXT, Row
from tests.unit.replay.kit import read, refused

ROW: dict[str, Any] = {
    "text": "My kettle leaks.",
    "author": "ann",
    "created_at": "2017-10-31T22:10:47Z",
    "network": "Forum",
}


def lines(*rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def mention(row: dict[str, Any], asked: Asked | None = None, **how: Any) -> Prepared | Refusal:
    """The last of several rows, so that they are told by the others."""
    found, rows = read(lines(row, row), asked)
    assert isinstance(rows[-1], Row)
    return Reading(found.columns, found.dates, **how).mention(rows[-1])


def body(row: dict[str, Any], asked: Asked | None = None, **how: Any) -> dict[str, Any]:
    prepared = mention(row, asked, **how)
    assert isinstance(prepared, Prepared), prepared
    return prepared.body


def cells(names: str, values: str, **asked: Any) -> dict[str, Any]:
    raw = f"{names}\n{values}\n{values}".encode()
    how, rows = read(raw, Asked(**asked))
    assert isinstance(rows[0], Row)
    prepared = Reading(how.columns, how.dates).mention(rows[0])
    assert isinstance(prepared, Prepared), prepared
    return prepared.body


def test_an_export_in_english_is_understood() -> None:
    found = cells(
        "Mention URL;Date (GMT);Author;Full Name;Full Text;Title;Language;Page Type;Reach;"
        "Twitter Followers;Sentiment",
        "https://forum.example/7;2017-10-31 22:10:47.0;hollis;Hollis Wren;;It leaks;English;"
        "X (Twitter);12,345;1 204;negative",
    )
    assert found.pop("source_id")
    assert found == {
        "network": "twitter",
        "author": {"id": "hollis", "name": "Hollis Wren", "followers": 1204},
        "text": "It leaks",
        "language": "en",
        "url": "https://forum.example/7",
        "reach": 12345,
    }


@pytest.mark.parametrize(
    ("names", "language"),
    [
        ("Data publikacji;Autor;Treść;Język;Platforma;Zasięg;Adres URL", "polski"),
        ("Datum publikace;Autor;Obsah;Jazyk;Typ zdroje;Dosah;Odkaz", "čeština"),
        ("Дата публикации;Автор;Текст;Язык;Площадка;Охват;Ссылка", "русский"),
        ("Publicēšanas datums;Autors;Teksts;Valoda;Platforma;Sasniedzamība;Saite", "latviešu"),
    ],
)
def test_exports_in_other_languages_are_understood(names: str, language: str) -> None:
    values = f"31.10.2017 22:10;ann;Nu gan;{language};Форум;1 500;https://forum.example/7"
    found = cells(names, values, dates=Dates(zone=UTC))
    assert found["network"] == "forum"
    assert found["reach"] == 1500
    assert found["language"] in ("pl", "cs", "ru", "lv")
    assert found["url"] == "https://forum.example/7"


def test_nested_json_as_networks_have_it() -> None:
    found = body(
        {
            "id_str": "925842",
            "full_text": "@northkettle it leaks &amp; smokes",
            "created_at": "Tue Oct 31 22:10:47 +0000 2017",
            "lang": "en",
            "in_reply_to_status_id_str": "925000",
            "user": {
                "id_str": "77",
                "screen_name": "hollis",
                "name": "Hollis",
                "followers_count": 12,
                "verified": True,
            },
        },
        Asked(constants={"network": "twitter"}, columns={"name": "user.name"}),
    )
    assert found["source_id"] == "925842"
    assert found["parent"] == "925000"
    assert found["author"] == {
        "id": "77",
        "handle": "hollis",
        "name": "Hollis",
        "followers": 12,
        "verified": True,
    }


def test_columns_are_taken_as_they_are_named() -> None:
    row = {"n": 7, "body": "It leaks", "by": "", "nick": "ann", "day": "31.10.2017", "at": "22:10"}
    columns = {"text": "body", "id": "n", "author": "by,nick", "time": "day+at", "thread": ""}
    asked = Asked(columns=columns, constants={"network": "forum"}, dates=Dates(zone=UTC))
    prepared = mention(row, asked)
    assert isinstance(prepared, Prepared)
    assert prepared.body["source_id"] == "7"
    assert prepared.body["author"]["id"] == "ann"
    assert prepared.at == 1_509_487_800_000_000
    with pytest.raises(CannotReplay, match="no column 'nowhere'"):
        mention(row, Asked(columns={"text": "nowhere"}))


def test_a_date_takes_its_time_of_day_from_its_own_column() -> None:
    how, _ = read(b"Text;Author;Date;Time;Network\nIt leaks;ann;2017-10-31;22:10 UTC;forum\n")
    assert str(how.columns.sources["time"][0]) == "Date + Time"


def test_what_nothing_fills_is_asked_for() -> None:
    with pytest.raises(CannotTell, match="--map network=COLUMN or --set network=VALUE"):
        read(lines({"text": "a", "author": "b", "created_at": "2017-10-31T22:10:47Z"}))
    how, _ = read(
        lines({"text": "a", "author": "b", "created_at": "2017-10-31T22:10:47Z"}),
        Asked(connection="abc"),
    )
    assert "network" not in how.columns.sources


def test_what_a_spreadsheet_put_before_an_id_is_left_out() -> None:
    assert body(ROW | {"id": "'925842"})["source_id"] == "925842"
    assert body(ROW | {"id": "'tis"})["source_id"] == "'tis"


def test_rows_without_an_id_get_the_same_one_every_time() -> None:
    one = body(ROW)["source_id"]
    assert one == body(ROW)["source_id"]
    others = [{"text": "It smokes."}, {"author": "bob"}, {"network": "blog"}]
    others += [{"created_at": "2017-10-31T22:10:48Z"}]
    assert len({one, *(body(ROW | other)["source_id"] for other in others)}) == 5


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": "  "}, NO_TEXT),
        ({"text": None}, NO_TEXT),
        ({"author": ""}, NO_AUTHOR),
        ({"created_at": ""}, NO_TIME),
        ({"created_at": "yesterday"}, BAD_TIME),
        ({"created_at": "1066-10-14T09:00:00Z"}, BAD_TIME),
        ({"network": "***"}, NO_NETWORK),
        ({"text": "half \ud83d of it"}, NOT_TEXT),
        ({"author": "nul\0"}, NUL),
        ({"text": "x" * 100_001}, TOO_LONG),
        ({"id": "9.25842E+17"}, ROUNDED),
    ],
)
def test_a_row_that_cannot_be_one_is_refused(change: dict[str, Any], reason: str) -> None:
    _, rows = read(lines(ROW | {"id": "1"}, ROW | {"id": "1"} | change))
    how, _ = read(lines(ROW | {"id": "1"}))
    assert isinstance(rows[1], Row)
    found = Reading(how.columns, how.dates).mention(rows[1])
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_lines_that_are_no_objects_are_refused_alone() -> None:
    raw = lines(ROW) + b'{"text": "half\n\n[1]\n' + b"[" * 100_000 + b"\n" + lines(ROW)
    _, rows = read(raw)
    assert refused(rows) == [(2, NOT_JSON), (4, NO_OBJECT), (5, NOT_JSON)]
    assert [row.line for row in rows] == [1, 2, 4, 5, 6]
    with pytest.raises(CannotReplay, match="one JSON array"):
        read(b"[" + lines(ROW) + b"]")


def test_our_own_posts_are_told_by_their_handle() -> None:
    ours = body(ROW | {"author": "@NorthKettle"}, own=frozenset({"northkettle"}))
    assert ours["own"]
    assert ours["author"] == {"id": "NorthKettle"}
    assert "own" not in body(ROW, own=frozenset({"northkettle"}))


def test_networks_and_languages_are_written_as_harken_writes_them() -> None:
    assert [network_of(one) for one in ("Twitter", "X", "Форумы", "Sociální sítě", "VK", "7")] == [
        "twitter",
        "twitter",
        "forum",
        "socialni-site",
        "vk",
        "",
    ]
    assert [language_of(one) for one in ("EN-us", "Čeština", "und", "unknown")] == [
        "en",
        "cs",
        "",
        "",
    ]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ROW)), st.text() | st.integers() | st.none()))
def test_any_row_is_prepared_or_refused(change: dict[str, Any]) -> None:
    how, _ = read(lines(ROW))
    found = Reading(how.columns, how.dates).mention(Row(1, ROW | change))
    assert isinstance(found, Prepared | Refusal)
    if isinstance(found, Prepared):
        json.dumps(found.body, ensure_ascii=False).encode()
