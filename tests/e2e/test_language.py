"""A mention that tells no language gets one, and is found by the forms of its words."""

from __future__ import annotations

import pytest

from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import Start
from tests.e2e.mentions import forum_mention

pytestmark = pytest.mark.e2e


def test_a_polish_post_is_known_as_polish_and_found_by_other_forms(start: Start) -> None:
    harken = start()
    said = forum_mention("p-1", "ola", "Reklamacja leży od tygodnia, a czajnik dalej przecieka")
    del said["language"]
    emoji = forum_mention("p-2", "ola", "😡😡😡")
    del emoji["language"]
    with Caller(harken.address, harken.key) as admin:
        admin.post("/v1/mentions", said)
        found = eventually(
            lambda: admin.get("/v1/search", q="reklamacji czajnika", kind="mention")["items"]
        )
        assert [hit["language"] for hit in found] == ["pl"]
        admin.post("/v1/mentions", emoji)
        lent = eventually(
            lambda: [
                hit
                for hit in admin.get("/v1/search", kind="mention")["items"]
                if hit["text"] == emoji["text"]
            ]
        )
        assert lent[0]["language"] == "pl"
