"""Every service as a process of its own, on the real engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from harken.testing.fleet import Fleet
from tests.e2e.calling import Caller, eventually
from tests.e2e.mentions import forum_mention
from tests.e2e.serve_null import SERVE
from tests.engines import local_engines

pytestmark = pytest.mark.e2e


def test_what_two_intakes_accept_is_tagged_routed_and_found(tmp_path: Path) -> None:
    with Fleet.on(local_engines(), tmp_path, program=SERVE) as fleet:
        fleet.start_all({"ingest": 2, "router": 2, "search": 2})
        with (
            Caller(fleet.address("ingest", 0), fleet.key) as one,
            Caller(fleet.address("ingest", 1), fleet.key) as other,
            Caller(fleet.address("api"), fleet.key) as api,
        ):
            one.post("/v1/mentions", [forum_mention(f"a{n}", f"ann-{n}") for n in range(50)])
            other.post("/v1/mentions", [forum_mention(f"b{n}", f"bob-{n}") for n in range(50)])
            eventually(lambda: api.get("/v1/search", kind="mention")["total"] == 100)
            eventually(lambda: api.get("/v1/search", kind="case")["total"] == 100)
        assert set(fleet.stop_all().values()) == {0}
