"""Which edition a command works on, and what it says where that is only half named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from runpy import run_module

import pytest
from typer.testing import CliRunner

from cli.main import app
from harken.runtime.settings import PREFIX, Settings

KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
NAMED = {
    "POSTGRES_URL": "postgresql://harken:hunter2@127.0.0.1:1/harken",
    "KAFKA_SERVERS": "127.0.0.1:1",
    "ELASTICSEARCH_URLS": "http://127.0.0.1:1",
    "SECRETS_KEY": KEY,
    "START_PATIENCE": "0",
    "POSTGRES_PATIENCE": "0.5",
}


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def said(*words: str, status: int, settings: Mapping[str, str]) -> str:
    variables = {f"{PREFIX}{name}": value for name, value in settings.items()}
    ran = CliRunner().invoke(app, list(words), env=variables)
    assert ran.exit_code == status, ran.output
    return ran.output


@pytest.mark.parametrize("lacking", ["KAFKA_SERVERS", "ELASTICSEARCH_URLS", "SECRETS_KEY"])
@pytest.mark.parametrize("words", [("serve", "router"), ("dlq", "list")], ids=lambda w: w[0])
def test_half_a_set_of_engines_is_refused_by_name(
    words: tuple[str, ...], lacking: str, capfd: pytest.CaptureFixture[str]
) -> None:
    named = {name: value for name, value in NAMED.items() if name != lacking}
    output = said(*words, status=1, settings=named) + capfd.readouterr().err
    assert f"the distributed edition needs HARKEN_{lacking} as well" in output


@pytest.mark.parametrize("name", ["KAFKA_CA", "ELASTICSEARCH_KEY"])
def test_a_file_that_is_not_there_is_refused_by_name(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = {**NAMED, name: "lost.pem"}
    output = said("serve", "router", status=1, settings=settings) + capfd.readouterr().err
    assert f"HARKEN_{name} names no file: lost.pem" in output


def test_a_key_for_secrets_that_is_none_is_not_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    settings = {**NAMED, "SECRETS_KEY": "hunter2"}
    output = said("serve", "router", status=1, settings=settings) + capfd.readouterr().err
    assert "key 1 of HARKEN_SECRETS_KEY is not 32 bytes" in output
    assert "hunter2" not in output


def test_engines_that_are_away_end_the_start_with_status_1(
    capfd: pytest.CaptureFixture[str],
) -> None:
    output = said("serve", "router", status=1, settings=NAMED) + capfd.readouterr().err
    assert "Harken's router cannot start: PostgreSQL" in output
    assert "hunter2" not in output


def test_a_part_is_served_on_engines_only(capfd: pytest.CaptureFixture[str]) -> None:
    output = said("serve", "router", status=1, settings={}) + capfd.readouterr().err
    assert "set HARKEN_POSTGRES_URL" in output


@pytest.mark.parametrize("name", ["ingest", "sentiment", "router", "responder", "search"])
def test_each_service_is_a_program_of_its_own(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_module(f"services.{name}", run_name="__main__")
    printed = capfd.readouterr().err
    assert ended.value.code == 1
    assert f"Harken's {name} cannot start: " in printed
    assert "set HARKEN_POSTGRES_URL" in printed


def test_a_data_folder_is_not_served_where_engines_are_named() -> None:
    assert "`harken serve`" in said("up", status=1, settings=NAMED)


def test_commands_work_on_a_data_folder_that_is_named_whatever_else_is(tmp_path: Path) -> None:
    words = ("tenant", "create", "lowmill", "--data", str(tmp_path / "data"))
    assert said(*words, status=0, settings=NAMED).startswith("hk_")


def test_the_settings_do_not_show_what_is_secret() -> None:
    assert "hunter2" not in repr(Settings(postgres_url=NAMED["POSTGRES_URL"]))
