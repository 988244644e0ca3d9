"""A table comes back as it was written, whatever its encoding, its delimiter, and its faults."""

from __future__ import annotations

import csv
import io
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.replay.lines import LONGEST
from cli.replay.mention import Prepared, Reading
from cli.replay.opening import BEGINNING
from cli.replay.plan import Asked
from cli.replay.problems import CannotReplay, CannotTell, Refusal
from cli.replay.rows import NOT_TEXT, TOO_LONG, Row
from cli.replay.table import BAD_QUOTES, WRONG_COUNT
from tests.unit.replay.kit import read, refused

NAMES = ["Full Text", "Author", "Date (UTC)", "Page Type"]
LETTERS = {
    "utf-8": st.characters(codec="utf-8", exclude_characters="\0"),
    "utf-8-sig": st.characters(codec="utf-8", exclude_characters="\0"),
    "utf-16": st.characters(codec="utf-8", exclude_characters="\0"),
    "cp1250": st.sampled_from('ąęłžřů„” abc,;|\t\n\r"'),
    "cp1251": st.sampled_from('привет№ abc,;|\t\n\r"'),
    "cp1257": st.sampled_from('āčēģīķļņšūž abc,;|\t\n\r"'),
}
DELIMITERS = (",", ";", "\t", "|")
WHEN, WHERE = "2017-10-31 22:10", "forum"


def written(rows: list[list[str]], delimiter: str, ending: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    # It quotes line ends other than its own only where it is told to.
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL if ending == "\r\n" else csv.QUOTE_ALL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerows(rows)
    return text.getvalue()


@settings(deadline=None)
@given(st.sampled_from(sorted(LETTERS)), st.sampled_from(DELIMITERS), st.data())
def test_any_table_comes_back(encoding: str, delimiter: str, data: st.DataObject) -> None:
    cells = st.text(LETTERS[encoding], max_size=30)
    rows = data.draw(st.lists(st.tuples(cells, cells), max_size=20))
    table = [[text, author, WHEN, WHERE] for text, author in rows]
    plain = [["Hello", "ann", WHEN, WHERE]] * 2
    raw = written([NAMES, *plain, *table], delimiter).encode(encoding)
    asked = Asked(encoding=encoding if encoding.startswith("cp") else "", delimiter=delimiter)
    _, found = read(raw, asked)
    assert [list(row.values.values()) for row in found if isinstance(row, Row)] == plain + table


@settings(deadline=None)
@given(st.sampled_from(DELIMITERS), st.sampled_from(["\n", "\r\n", "\r"]))
def test_the_delimiter_and_the_line_ends_are_found(delimiter: str, ending: str) -> None:
    rows = [[f"It leaks, {n}; again\nand again", f"u{n}", WHEN, WHERE] for n in range(5)]
    how, found = read(written([NAMES, *rows], delimiter, ending).encode())
    assert how.table is not None
    assert how.table.dialect.delimiter == delimiter
    assert len(found) == 5


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    raw = (
        "Text,Author,Date,Network\r\n"
        '"It leaks.\r\n\r\nAgain.",ann,2017-10-31T22:10Z,forum\r\n'
        "\r\n"
        "One,too,many,cells,here\r\n"
        "\u2028 is no end of a line,bob,2017-10-31T22:10Z,forum\r\n"
    )
    _, found = read(raw.encode())
    assert [row.line for row in found] == [2, 6, 7]
    assert refused(found) == [(6, WRONG_COUNT)]


def test_a_quote_that_never_closes_takes_one_line_only() -> None:
    good = [f"It leaks {n},u{n},2017-10-31T22:10Z,forum" for n in range(50)]
    lines = ["Text,Author,Date,Network", *good]
    lines[10] = '"It leaks,ann,2017-10-31T22:10Z,forum'
    lines[20] = 'It leaks,"ann" said bob,2017-10-31T22:10Z,forum'
    _, found = read("\n".join(lines).encode())
    assert refused(found) == [(11, BAD_QUOTES), (21, BAD_QUOTES)]
    assert len(found) == 50


def test_quotes_may_be_text() -> None:
    raw = b'Text\tAuthor\tDate\tNetwork\n"Best ever" they said\tann\t2017-10-31T22:10Z\tforum\n'
    assert refused(read(raw + raw[25:], Asked(quoted=False))[1]) == []
    with pytest.raises(CannotReplay):
        read(raw)


def test_a_stray_byte_refuses_its_row_alone() -> None:
    rows = ["Tējkanna nestrādā,ann,2017-10-31T22:10Z,forum".encode()] * 40
    rows[20] = rows[20] + b"\xe1"
    how, found = read(b"\n".join([b"Text,Author,Date,Network", *rows]))
    assert how.encoding == "utf-8"
    assert refused(found) == [(22, NOT_TEXT)]


def test_what_turns_up_past_the_beginning_refuses_its_row() -> None:
    rows = [b"It leaks again and again and again,ann,2017-10-31T22:10Z,forum"] * 20_000
    rows[-2] = "Čajník teče,ann,2017-10-31T22:10Z,forum".encode("cp1250")
    raw = b"\n".join([b"Text,Author,Date,Network", *rows])
    assert len(raw) > BEGINNING
    _, found = read(raw)
    assert refused(found) == [(20_000, NOT_TEXT)]
    assert len(found) == 20_000


def test_a_line_without_end_is_cut_and_refused() -> None:
    raw = b"Text,Author,Date,Network\nIt leaks,ann,2017-10-31T22:10Z,forum\n"
    raw += b"x" * (3 * LONGEST) + b"\nIt leaks,bob,2017-10-31T22:10Z,forum\n"
    _, found = read(raw)
    assert refused(found) == [(3, TOO_LONG)]
    assert found[-1].line == 4


def test_headings_are_found_below_other_lines() -> None:
    raw = (
        "Report;Kettles in autumn;;\n"
        "From;2017-10-01;;\n\n"
        "Tytuł;Treść;Autor;Data publikacji (GMT)\n"
        "Czajnik;Nie działa;ann;31.10.2017 22:10\n"
    )
    how, found = read(raw.encode(), Asked(constants={"network": "forum"}))
    assert how.table is not None
    assert how.table.headings == 4
    assert [row.line for row in found] == [5]


def test_headings_may_be_named_and_cells_that_two_delimiters_part_are_asked_for() -> None:
    raw = b"a;b,c;d\n1;2,3;4\n5;6,7;8\n"
    with pytest.raises(CannotTell, match="--delimiter"):
        read(raw)
    named = {"text": "a", "author": "b,c", "time": "d"}
    asked = Asked(delimiter=";", headings=1, columns=named, constants={"network": "forum"})
    assert len(read(raw, asked)[1]) == 2
    with pytest.raises(CannotReplay, match="--headings"):
        read(raw, Asked(delimiter=";", headings=9))


HEADINGS = b"Text,Author,Date (UTC),Network\n"


@settings(deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from([b'"', b",", b";", b"\n", b"\r", b"x", b"\xe1", b"\0", b"{", b"2017-10-31"])
    ).map(b"".join),
    st.booleans(),
)
def test_any_bytes_are_read_or_refused(junk: bytes, headed: bool) -> None:
    raw = (HEADINGS if headed else b"") + junk
    try:
        how, rows = read(raw)
    except CannotReplay:
        return
    reading = Reading(how.columns, how.dates)
    for row in rows:
        assert row.line >= 1
        if isinstance(row, Row):
            assert isinstance(reading.mention(row), Prepared | Refusal)
