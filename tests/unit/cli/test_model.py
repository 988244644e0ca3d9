"""`harken model`: labelled texts measured on the command line, agents' corrections among them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.model import app

EXPORTED = [
    {"text": "Tak to je skvělé", "label": "positive", "lang": "cs", "source": "tone-corrections"},
    {"text": "Worst service ever!", "label": "negative", "lang": "en", "split": "train"},
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "corrections.jsonl"
    path.write_text("\n".join(map(json.dumps, EXPORTED)) + "\n", encoding="utf-8")
    return path


def test_a_models_figures_are_shown_by_language(data: Path) -> None:
    shown = CliRunner().invoke(app, ["evaluate", str(data)])
    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    assert lines[0].endswith(": 2 texts")
    assert [line.split()[0] for line in lines[2:5]] == ["all", "cs", "en"]


def test_a_model_does_not_differ_from_itself(data: Path) -> None:
    shown = CliRunner().invoke(app, ["compare", "bundled", "bundled", str(data)])
    assert shown.exit_code == 0
    assert "right alone: 0 and 0; by chance with probability 1.000" in shown.output


def test_what_is_no_model_or_no_data_is_said(data: Path, tmp_path: Path) -> None:
    absent = CliRunner().invoke(app, ["evaluate", str(data), "--model", str(tmp_path / "absent")])
    assert (absent.exit_code, "no config.json" in absent.output) == (2, True)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    assert CliRunner().invoke(app, ["evaluate", str(empty)]).exit_code == 2
