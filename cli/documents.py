"""Writes the documents that are generated from code; ``--check`` fails where one has drifted."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.embedded import open_embedded
from cli.up import everything
from harken.domain.tone import Polarity, Tone, ToneText
from harken.http.openapi import document
from harken.runtime.program import make_app
from harken.runtime.settings import Settings
from harken.runtime.settings.document import table as settings_table
from harken.telemetry import fields, metrics

ROOT = Path(__file__).resolve().parent.parent


class _NoTone:
    """Stands in for the model: documents need none."""

    name = "none"

    def tag(self, texts: Sequence[ToneText]) -> list[Tone]:
        return [Tone(Polarity.NEUTRAL, {}, 0.0) for _ in texts]


async def openapi() -> str:
    with tempfile.TemporaryDirectory() as folder:
        chosen = Settings(data=Path(folder), _env_file=None)
        async with open_embedded(chosen) as embedded:
            app = make_app(embedded.kit, everything(embedded, _NoTone()), {})
            return json.dumps(document(app), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def documents() -> Mapping[Path, str]:
    return {
        ROOT / "docs" / "settings.md": settings_table(),
        ROOT / "docs" / "metrics.md": metrics.table(),
        ROOT / "docs" / "log-fields.md": fields.table(),
        ROOT / "docs" / "openapi.json": asyncio.run(openapi()),
    }


def main() -> None:
    made = documents()
    if "--check" in sys.argv[1:]:
        drifted = [
            str(path.relative_to(ROOT))
            for path, text in made.items()
            if not path.exists() or path.read_text(encoding="utf-8") != text
        ]
        if drifted:
            raise SystemExit(f"not as the code says: {', '.join(drifted)}; run `make documents`")
        return
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
