"""Generates ``harken/events/v1`` from ``proto/harken/v1``; ``--check`` fails where they differ."""

from __future__ import annotations

import filecmp
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "proto"
GENERATED = ROOT / "harken" / "events" / "v1"


def generate(target: Path) -> None:
    """The code's home is ``harken.events.v1``, the schema's package ``harken.v1``."""
    schemas = sorted(str(path.relative_to(SCHEMAS)) for path in SCHEMAS.glob("harken/v1/*.proto"))
    well_known = str(files("grpc_tools") / "_proto")
    with tempfile.TemporaryDirectory() as scratch:
        flags = [f"-I{SCHEMAS}", f"-I{well_known}"]
        outputs = [f"--python_out={scratch}", f"--pyi_out={scratch}"]
        if protoc.main(["protoc", *flags, *outputs, *schemas]) != 0:
            raise SystemExit("protoc refused the schemas")
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(Path(scratch, "harken", "v1").iterdir()):
            code = path.read_text().replace("from harken.v1 import", "from harken.events.v1 import")
            (target / path.name).write_text(code)
    (target / "__init__.py").write_text('"""Generated from proto/harken/v1. Do not edit."""\n')


def drifted() -> list[str]:
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        generate(fresh)
        names = {path.name for path in fresh.iterdir()} | {
            path.name for path in GENERATED.iterdir() if path.is_file()
        }
        return [
            name
            for name in sorted(names)
            if not (fresh / name).exists()
            or not (GENERATED / name).exists()
            or not filecmp.cmp(fresh / name, GENERATED / name, shallow=False)
        ]


def main() -> None:
    if "--check" in sys.argv[1:]:
        if names := drifted():
            raise SystemExit(f"generated code differs from proto/: {', '.join(names)}; make proto")
        return
    generate(GENERATED)


if __name__ == "__main__":
    main()
