"""Settings come from the environment, then `.env`, then the defaults; the document names all."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from harken.runtime.settings import CONCERNS, PREFIX, Settings
from harken.runtime.settings.document import table


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def test_the_environment_rules_over_the_file_and_the_file_over_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("HARKEN_PORT=9001\nHARKEN_HOST=::1\nUNRELATED=1\nHARKEN_TONE_MODEL=\n")
    monkeypatch.setenv("HARKEN_PORT", "9002")
    settings = Settings()
    assert (settings.port, settings.host, settings.log_level) == (9002, "::1", "info")
    assert settings.tone_model is None


def test_arguments_rule_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARKEN_PORT", "9002")
    assert Settings(port=0).port == 0


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "70000"), ("LOG_LEVEL", "loud"), ("RETRY_FIRST", "0")]
)
def test_a_wrong_value_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"HARKEN_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_settings_do_not_change_while_running() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


def test_the_document_has_one_row_for_every_setting_with_what_it_means() -> None:
    rows = [line for line in table().splitlines() if line.startswith("| `HARKEN_")]
    named = {row.split("`")[1] for row in rows}
    assert named == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert len(rows) == len(named)
    assert all(field.description for field in Settings.model_fields.values())


def test_every_concern_is_part_of_the_settings() -> None:
    assert {name for concern in CONCERNS for name in concern.model_fields} == set(
        Settings.model_fields
    )
