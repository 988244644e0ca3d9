"""The command's own part: what it is told, what it says, and what it ends with."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

EXPORT = (
    "Full Text;Author;Date;Page Type\n"
    "It leaks;ann;13/03/2025 10:00;Forum\n"
    "It smokes;bob;14/03/2025 11:30;Forum\n"
    ";bob;14/03/2025 11:31;Forum\n"
)


def run(folder: Path, *more: str, text: str = EXPORT) -> tuple[int, str]:
    file = folder / "export.csv"
    file.write_text(text, encoding="utf-8")
    ended = CliRunner().invoke(app, ["replay", str(file), *more], env={"HARKEN_KEY": ""})
    return ended.exit_code, ended.output


def test_a_dry_run_says_what_it_decided_and_shows_the_first_rows(tmp_path: Path) -> None:
    status, said = run(tmp_path, "--zone", "Europe/Riga", "--dry-run")
    assert status == 0
    assert "read as a table with semicolons, utf-8, headings on line 1" in said
    assert "text from Full Text" in said
    assert "id derived from network, author, time and text" in said
    assert "dates day-first, Europe/Riga" in said
    assert 'line 2: {"created_at":"2025-03-13T08:00:00Z","network":"forum"' in said
    assert "line 4 is refused: the text is missing" in said
    assert "Of the first 3 rows 1 are refused. Nothing was sent." in said


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ((), "--zone"),
        (("--zone", "Mars/Olympus"), "no such zone"),
        (("--zone", "UTC", "--map", "text=Nowhere"), "no column 'Nowhere'"),
        (("--map", "colour=Author"), "FIELD is one of text, id"),
        (("--set", "network"), "FIELD"),
        (("--dates", "sideways"), "day-first, month-first, year-first"),
        (("--rate", "fast"), "200/s"),
        (("--rate", "5/s", "--speed", "2"), "exclude each other"),
        (("--delimiter", "comma and tab"), "semicolon"),
        (("--encoding", "rot13"), "--encoding"),
        (("--zone", "UTC"), "HARKEN_KEY is not set"),
    ],
)
def test_what_it_cannot_do_it_says_in_one_line(
    tmp_path: Path, options: tuple[str, ...], named: str
) -> None:
    status, said = run(tmp_path, *options)
    assert status == 2
    last = said.strip().splitlines()[-1]
    assert last.startswith("Cannot replay: ")
    assert named in last


def test_a_recorded_pace_needs_rows_in_order(tmp_path: Path) -> None:
    rows = [f"It leaks;ann;{day}/03/2025 10:00;Forum" for day in range(31, 10, -1)]
    backwards = "\n".join(["Full Text;Author;Date;Page Type", *rows])
    status, said = run(tmp_path, "--zone", "UTC", "--speed", "1", text=backwards)
    assert status == 2
    assert "from the oldest to the newest" in said


def test_other_kinds_of_files_are_named(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"PK\x03\x04 and more")
    ended = CliRunner().invoke(app, ["replay", str(book)])
    assert ended.exit_code == 2
    assert "save it as CSV" in ended.output
    assert "there is nothing in it" in run(tmp_path, text="")[1]
