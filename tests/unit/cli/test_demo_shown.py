"""What the demo shows: states from events, and the drawing of a state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console

from cli.demo.display import plain, render
from cli.demo.network import BRAND, Status
from cli.demo.shown import AgentLine, Shown

AT = "2026-03-01T09:30:{:02}.000Z"


def a_status(id_: str, account: str, second: int, parent: str | None = None) -> Status:
    text = f"text of {id_}"
    return Status(id_, account, text, "public", AT.format(second), f"http://x/{id_}", parent)


def a_case(revision: int, state: str, severity: str = "CRITICAL") -> dict[str, Any]:
    case = {
        "id": "c1",
        "revision": str(revision),
        "state": f"CASE_STATE_{state}",
        "severity": {"severity_class": f"SEVERITY_CLASS_{severity}"},
        "assignee": "eva",
    }
    return {"kind": "case", "payload": {"case": case}}


def a_mention(source_id: str, polarity: str) -> dict[str, Any]:
    tagged = {
        "mention": {"source_id": source_id, "language": "cs"},
        "tone": {"polarity": f"POLARITY_{polarity}"},
    }
    return {"kind": "mention", "payload": {"mention": {"tagged": tagged}}}


def seen(statuses: Iterable[Status]) -> Shown:
    shown = Shown()
    for status in statuses:
        shown.see_post(status)
    return shown


def test_only_the_first_answer_counts_for_the_first_reply() -> None:
    shown = seen(
        [
            a_status("1", "mara", 0),
            a_status("2", "tomek", 1),
            a_status("3", BRAND, 4, "1"),
            a_status("4", "mara", 10, "3"),
            a_status("5", BRAND, 40, "4"),
            a_status("6", BRAND, 7, "2"),
        ]
    )
    assert (shown.posted, shown.delivered) == (3, 3)
    assert shown.first_replies == [4.0, 6.0]
    assert shown.median_first_reply == 5.0


def test_nothing_answered_has_no_median() -> None:
    assert seen([a_status("1", "mara", 0)]).median_first_reply is None


def test_a_case_is_as_its_greatest_revision_says() -> None:
    shown = Shown()
    assert shown.see_event(a_case(2, "ASSIGNED")) == "eva"
    shown.see_event(a_case(1, "QUEUED"))
    assert shown.counted() == {("critical", "assigned"): 1}


def test_an_event_that_could_not_be_read_changes_nothing() -> None:
    shown = Shown()
    assert shown.see_event({"kind": "case", "payload": None}) == ""
    assert not shown.cases


def test_a_frame_shows_posts_with_their_tone_and_who_does_what() -> None:
    shown = seen([a_status("1", "mara", 0), a_status("2", BRAND, 3, "1")])
    shown.see_event(a_mention("1", "NEGATIVE"))
    shown.see_event(a_case(1, "OFFERED"))
    shown.agents["eva"] = AgentLine("Eva", "cs", crisis=True, held=1, doing="writes to @mara")
    console = Console(width=140)
    with console.capture() as frame:
        console.print(render(shown))
    text = frame.get()
    assert "mara" in text
    assert "negative" in text
    assert "writes to @mara" in text
    assert "critical" in text


def test_the_plain_line_has_every_count() -> None:
    shown = seen([a_status("1", "mara", 0), a_status("2", BRAND, 3, "1")])
    shown.see_event(a_mention("1", "POSITIVE"))
    shown.see_event(a_case(1, "ASSIGNED"))
    shown.heard, shown.answered = 1, 1
    assert plain(shown).split("  ")[-1] == (
        "posted 1, heard 1, tagged 1, answered 1, delivered 1, resolved 0, "
        "critical cases 1, median first reply 3.0 s"
    )
