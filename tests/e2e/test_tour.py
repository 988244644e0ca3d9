"""README's tour, pasted line by line into a shell beside the real program with the real model."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harken.testing.processes import free_port, start_harken

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
PATIENCE = 240.0


@pytest.mark.e2e
def test_the_tour_works_as_it_is_written(tmp_path: Path) -> None:
    harken = start_harken(tmp_path)
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script(harken.address)],
            cwd=ROOT,
            env={**os.environ, "HARKEN_KEY": harken.key, "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        harken.stop()
    shown = done.stdout
    assert done.returncode == 0, shown[-3_000:] + done.stderr[-3_000:]
    assert '"severity_class": "critical"' in shown
    assert '"factor": "risk:fire_safety"' in shown
    assert '"polarity": "negative"' in shown
    assert '"assignee": "me"' in shown
    assert '"state": "sent"' in shown
    assert '"in_reply_to_id"' in shown, "the network does not show the reply in the thread"
    assert shown.count("Please unplug it now") >= 2
    assert '"first_response"' in shown


def script(address: str) -> str:
    """The tour with free ports, and this Python's own folder in front of the path."""
    blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    network = free_port()
    return (
        "\n".join(blocks)
        .replace("$PWD/.venv/bin", str(Path(sys.executable).parent))
        .replace("http://127.0.0.1:8080", address)
        .replace("127.0.0.1:3999", f"127.0.0.1:{network}")
        .replace("harken mastodon >", f"harken mastodon --port {network} >")
    )
