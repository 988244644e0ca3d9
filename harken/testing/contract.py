"""Schemathesis against a running app: does it keep what its OpenAPI document promises?"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

# Beside the usual ones: a cursor, filter or period may have the right form and still mean nothing
# (422), and an edit may be based on a revision that never was (412, 428).
_ACCEPTED = ("2xx", "401", "403", "404", "409", "412", "422", "428")
_CONFIG = f"""\
[checks]
positive_data_acceptance.expected-statuses = [{", ".join(f'"{status}"' for status in _ACCEPTED)}]
"""


async def probe(
    address: str,
    token: str,
    folder: Path,
    *,
    examples: int = 10,
    without: Sequence[str] = (),
    phases: str = "examples,coverage,fuzzing",
) -> str:
    """What was found wrong; "" for nothing. ``without`` are paths, such as endless streams.

    ``folder`` is a scratch folder.
    """
    config = folder / "schemathesis.toml"
    config.write_text(_CONFIG)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    options = [
        f"{address}/openapi.json",
        f"--header=Authorization: Bearer {token}",
        f"--max-examples={examples}",
        f"--phases={phases}",
        "--request-timeout=10",
        "--seed=1",
        "--no-color",
        *(f"--exclude-path={path}" for path in without),
    ]
    running = await asyncio.create_subprocess_exec(
        *command,
        *options,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await running.communicate()
    return "" if running.returncode == 0 else output.decode()
