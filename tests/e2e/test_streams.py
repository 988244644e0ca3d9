"""A hashtag is followed as it streams, by server-sent events or over a WebSocket: a post, its edit
and its deletion, and how it is doing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harken.testing.processes import RunningHarken, running_mastodon
from tests.e2e.calling import Caller, eventually
from tests.e2e.networks import connect
from tests.e2e.serve_null import start_null

pytestmark = pytest.mark.e2e

SELDOM = {"poll_quiet": "3600", "look_again": "3600"}
"""Only a stream can bring anything in time."""


@pytest.fixture
def harken(tmp_path: Path) -> Iterator[RunningHarken]:
    running = start_null(tmp_path, settings=SELDOM)
    yield running
    running.kill()


@pytest.mark.parametrize("software", ["mastodon", "gotosocial"])
def test_a_stream_brings_a_post_its_edit_and_its_deletion(
    harken: RunningHarken, software: str
) -> None:
    with (
        Caller(harken.address, harken.key) as admin,
        running_mastodon(software=software) as address,
    ):
        made = connect(
            admin, "mastodon", {"instance": address}, {"access_token": "northkettle-token"}
        )
        tag = {"connection": made["id"], "kind": "hashtag", "settings": {"tag": "northkettle"}}
        path = f"/v1/sources/{admin.post('/v1/sources', tag)['id']}"
        eventually(lambda: admin.get(path)["mode"] == "stream")

        headers = {"Authorization": "Bearer mara-token"}
        with httpx.Client(base_url=address, headers=headers, trust_env=False) as mara:
            text = "My #northkettle leaks onto the walnut table"
            post = mara.post("/api/v1/statuses", json={"status": text}).json()
            eventually(lambda: found(admin, "walnut") == [text])
            edited = "My #northkettle leaks onto the marble table"
            mara.put(f"/api/v1/statuses/{post['id']}", json={"status": edited})
            eventually(lambda: found(admin, "marble") == [edited])
            assert found(admin, "walnut") == []
            mara.delete(f"/api/v1/statuses/{post['id']}")
            eventually(lambda: found(admin, "marble") == [])

        source: dict[str, Any] = eventually(
            lambda: (seen := admin.get(path))["accepted"] == 3 and seen
        )
        assert source["lag_seconds"] >= 0
        assert source["heard_at"] >= source["newest_at"]
        assert (source["failures"], source["gaps"]) == (0, [])
        assert source["holder"]


def found(admin: Caller, words: str) -> list[str]:
    hits = admin.get("/v1/search", q=words, kind="mention")["items"]
    return [hit["text"] for hit in hits]
