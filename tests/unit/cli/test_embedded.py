"""The embedded edition's adapters: leases after a kill, and where its channels may reach."""

from __future__ import annotations

from pathlib import Path
from time import time_ns

import pytest

from cli.embedded import open_embedded, serve_embedded
from harken.channels.port import ChannelUnavailable, Connection, ConnectionRefused, Source
from harken.clock import SystemClock
from harken.domain.ids import ConnectionId, SourceId, TenantId
from harken.log.port import NewRecord
from harken.runtime.settings import Settings
from harken.store.changes import ChangeSet, Outgoing


async def test_a_restart_does_not_wait_for_a_dead_holders_lease(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    async with open_embedded(settings) as killed:
        before = await killed.store.claim("decider:main", "the dead one", 3_600)
    async with serve_embedded(settings) as embedded:
        after = await embedded.store.claim("decider:main", "the next one", 3_600)
    assert before is not None
    assert after == before + 1


async def test_operators_commands_leave_a_serving_processs_leases_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    async with serve_embedded(settings) as serving:
        await serving.store.claim("decider:main", "the serving one", 3_600)
        async with open_embedded(settings) as beside:
            assert await beside.store.claim("decider:main", "another", 3_600) is None


async def test_connections_reach_this_machine_only_if_the_operator_says_so(tmp_path: Path) -> None:
    source = Source(TenantId("main"), SourceId("s"), ConnectionId("c"), "notifications")
    connection = Connection(
        source.tenant,
        source.connection,
        "mastodon",
        "Ours",
        {"instance": "http://127.0.0.1:9"},
        {"access_token": "t"},
    )
    usual = Settings(data=tmp_path)
    allowing = usual.model_copy(update={"private_addresses": True})
    for settings, outcome in ((allowing, ChannelUnavailable), (usual, ConnectionRefused)):
        async with open_embedded(settings) as embedded:
            with pytest.raises(outcome):
                await embedded.kit.channels.of("mastodon").fetch(connection, source, "")


async def test_a_clock_that_was_set_back_goes_on_after_what_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path)
    ahead = 3_600 * 1_000_000_000
    monkeypatch.setattr("cli.embedded.SystemClock", lambda: SystemClock(lambda: time_ns() + ahead))
    event = Outgoing("router", TenantId("main"), "work", b"k", "case-1", 1, b"")
    record = NewRecord("work", b"k", b"v")
    for first, second in (("store", "log"), ("log", "store")):
        async with open_embedded(settings) as embedded:
            for engine in (first, second):
                if engine == "log":
                    await embedded.log.publish([record])
                else:
                    await embedded.store.submit(ChangeSet(outbox=[event]))
            before = max(await embedded.store.newest(), await embedded.log.newest())
        monkeypatch.setattr("cli.embedded.SystemClock", SystemClock)
        async with open_embedded(settings) as embedded:
            async with embedded.store.reading() as snapshot:
                assert snapshot.now > before
            await embedded.store.submit(ChangeSet(outbox=[event]))
            assert await embedded.store.newest() > before
