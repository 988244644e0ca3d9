"""The recipe: rows of the sets become a table, and the table is measured on rows it never saw."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from models.languages.__main__ import main
from models.languages.rows import LANGUAGES, Row, held_out, training
from models.languages.train import train
from services.ingest.language.letters import letters_of
from services.ingest.language.ngrams import NgramTable
from tests.unit.ingest_language.texts import OURS

ROWS = [Row("ours", language, text, True) for language in OURS for text in OURS[language]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sets, one of which may only be measured on; with rows that nobody may look at."""
    for path, language in (("emotion/pl_xed", "pl"), ("sentiment/ru_rusentiment", "ru")):
        rows = [
            {"text": f"{text} {n}", "lang": language, "split": split}
            for text in OURS[language]
            for n in range(40)
            for split in ("train", "test")
        ]
        file = tmp_path / f"{path}.jsonl.gz"
        file.parent.mkdir(exist_ok=True)
        with gzip.open(file, "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_the_same_rows_give_the_same_table(tmp_path: Path) -> None:
    first, second = train(ROWS), train(ROWS)
    first.save(tmp_path / "table.npz")
    loaded = NgramTable.load(tmp_path / "table.npz")
    assert loaded.languages == LANGUAGES
    assert np.array_equal(loaded.below, second.below)
    assert np.array_equal(loaded.peak, second.peak)


def test_a_table_knows_the_texts_that_it_was_made_from() -> None:
    table = train(ROWS)
    for row in ROWS:
        found = table.read(letters_of(row.text).words).likelihoods
        assert table.languages[int(found.argmax())] == row.language


def test_what_is_measured_on_was_not_trained_on(folder: Path) -> None:
    trained, held = list(training(folder)), list(held_out(folder))
    assert {row.language for row in trained} == {"pl"}
    assert {row.language for row in held} == {"pl", "ru"}
    assert {row.text for row in trained}.isdisjoint(row.text for row in held)
    assert len(trained) + sum(row.language == "pl" for row in held) == 5 * 40


def test_the_table_is_made_and_measured(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "made.npz"
    options = ["--folder", str(folder), "--table", str(table)]
    assert main(["train", *options]) == 0
    assert main(["evaluate", *options]) == 0
    assert "ru sentiment/ru_rusentiment (never trained on)" in capsys.readouterr().out
    assert main(["evaluate", "--folder", str(folder / "nowhere")]) == 2
