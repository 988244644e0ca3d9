"""The demo, at full speed: whatever customers post is heard, and answered once."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cli.demo.run import run
from cli.demo.script import load, schedule
from tests.e2e.serve_null import PROGRAM

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

CONVERSATIONS = 20


async def test_everything_posted_is_heard_and_answered_once() -> None:
    printed = StringIO()
    status = await run(Console(file=printed, width=120), 50, CONVERSATIONS, program=PROGRAM)
    rows = told(printed.getvalue())
    posts = sum(len(s.conversation.posts) for s in schedule(load())[:CONVERSATIONS])
    assert status == 0, printed.getvalue()
    assert rows["customers' posts on the network"] == str(posts)
    assert rows["of these found as mentions"] == str(posts)
    assert rows["replies sent, by Harken's count"] == str(posts)
    assert rows["replies on the network"] == f"{posts}, 0 of them twice"
    assert rows["customers who gave up waiting"] == "0"
    assert rows["cases"] == str(CONVERSATIONS)
    assert rows["by tone"] == f"negative {posts}"
    assert rows["cases still open"].split()[0] in {"none", "critical"}


def told(printed: str) -> dict[str, str]:
    """The summary's rows."""
    cells = (line.strip("│ \n").split("│") for line in printed.splitlines() if "│" in line)
    return {row[0].strip(): row[1].strip() for row in cells if len(row) == 2}
