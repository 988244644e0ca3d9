"""The API's document says enough: examples, descriptions, problems and bounds everywhere."""

from __future__ import annotations

from pathlib import Path

from cli.embedded import open_embedded
from cli.up import everything
from harken.runtime.program import make_app
from harken.runtime.settings import Settings
from harken.testing.fakes.tone_model import NullTone
from harken.testing.openapi import check_openapi


async def test_every_operation_is_documented_with_examples_and_problems(tmp_path: Path) -> None:
    async with open_embedded(Settings(data=tmp_path)) as embedded:
        app = make_app(embedded.kit, everything(embedded, NullTone()), {})
        assert check_openapi(app) == []
