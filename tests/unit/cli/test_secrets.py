"""Secrets in the data folder: sealed, under which key, and what becomes of those kept before."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from cli.embedded import WrongKeys, open_embedded
from cli.up import greet
from harken.channels.port import Connection
from harken.domain.ids import ConnectionId, TenantId
from harken.runtime.settings import Settings
from harken.store.body import encode
from harken.store.changes import ChangeSet, Insert, Write
from harken.store.schema.ingest import ALERT_RECEIVERS, CONNECTIONS
from harken.testing.builders import TENANT
from harken.testing.fakes.clock import START
from services.ingest.alerting.receivers import secret_place
from services.ingest.connections import find_connection
from services.ingest.domain.receiver import By, Receiver
from services.ingest.sealing import seal_anew

TOKEN = "a-token-of-ours"
CONNECTION = Connection(
    TENANT,
    ConnectionId("c1"),
    "mastodon",
    "Ours",
    {"instance": "https://social.example"},
    {"access_token": TOKEN},
)
RECEIVER = Receiver(TENANT, "r1", "Desk", By.WEBHOOK, START, "https://desk.example", secret=TOKEN)


def key(letter: bytes) -> str:
    return base64.b64encode(letter * 32).decode()


def plain(table: str) -> Write:
    """As version 1 kept them."""
    if table == "connections":
        row = {"network": "mastodon", "created_at": 1, "body": encode(CONNECTION), "id": "c1"}
        return Insert(CONNECTIONS, {**row, "tenant": TENANT, "revision": 1, "name": "Ours"})
    row = {"tenant": TENANT, "id": "r1", "revision": 1, "name": "Desk", "body": encode(RECEIVER)}
    return Insert(ALERT_RECEIVERS, row)


def contents(folder: Path) -> list[bytes]:
    """Every byte that is there, in free pages too."""
    return [file.read_bytes() for file in folder.iterdir()]


async def start(folder: Path, keys: str = "") -> tuple[str, str, list[str]]:
    """The token as it opens and as it is kept, after a start; and what was lost."""
    async with open_embedded(Settings(data=folder, secrets_key=keys)) as embedded:
        vault = embedded.kit.channels.vault
        lost = list(await seal_anew(embedded.store, vault))
        async with embedded.store.reading() as snapshot:
            rows = snapshot.for_tenant(TenantId(TENANT))
            kept = await rows.first(select(CONNECTIONS.c.body))
            found = await find_connection(rows, CONNECTION.id, vault)
        assert kept is not None
        assert found is not None
        return "" if lost else found[1].secrets["access_token"], kept.body, lost


async def test_what_was_kept_plain_is_sealed_at_the_next_start(tmp_path: Path) -> None:
    async with open_embedded(Settings(data=tmp_path)) as embedded:
        writes = [plain("connections"), plain("receivers")]
        await embedded.store.submit(ChangeSet(writes=writes))
        assert await seal_anew(embedded.store, embedded.kit.channels.vault) == []
    opened, kept, lost = await start(tmp_path)
    assert (opened, lost) == (TOKEN, [])
    assert TOKEN not in kept
    assert await start(tmp_path) == (opened, kept, lost), "what is sealed stays as it is"
    async with open_embedded(Settings(data=tmp_path)) as embedded:
        async with embedded.store.reading() as snapshot:
            (row,) = await snapshot.across_tenants().all(select(ALERT_RECEIVERS.c.body))
        assert TOKEN not in row.body
    assert not any(TOKEN.encode() in data for data in contents(tmp_path))


async def test_keys_are_replaced_in_two_starts(tmp_path: Path) -> None:
    async with open_embedded(Settings(data=tmp_path)) as embedded:
        await embedded.store.submit(ChangeSet(writes=[plain("connections")]))
    _, own, _ = await start(tmp_path)
    opened, given, lost = await start(tmp_path, key(b"1"))
    assert (opened, lost) == (TOKEN, [])
    assert given != own
    (tmp_path / "secrets.key").unlink()
    assert await start(tmp_path, key(b"1")) == (TOKEN, given, [])
    opened, anew, _ = await start(tmp_path, f"{key(b'2')} {key(b'1')}")
    assert opened == TOKEN
    assert await start(tmp_path, key(b"2")) == (TOKEN, anew, [])


async def test_a_wrong_key_is_said_and_harms_nothing(tmp_path: Path) -> None:
    async with open_embedded(Settings(data=tmp_path, secrets_key=key(b"1"))) as embedded:
        writes = [plain("connections"), plain("receivers")]
        await embedded.store.submit(ChangeSet(writes=writes))
    before = await start(tmp_path, key(b"1"))
    _, _, lost = await start(tmp_path, key(b"2"))
    assert [line.partition(":")[0] for line in lost] == [
        f"connection Ours of {TENANT}",
        f"receiver Desk of {TENANT}",
    ]
    assert all("HARKEN_SECRETS_KEY" in line for line in lost)
    assert await start(tmp_path, key(b"1")) == before
    said = io.StringIO()
    greet(Console(file=said, width=400), "http://127.0.0.1:1", "model", None, lost)
    assert "A secret does not open. connection Ours of" in said.getvalue()


async def test_a_key_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(WrongKeys, match="key 1 of HARKEN_SECRETS_KEY"):
        async with open_embedded(Settings(data=tmp_path, secrets_key="hunter2")):
            pass


@pytest.mark.parametrize("damaged", [b"", b"\xff\xfe", b"c2hvcnQ="])
async def test_a_damaged_key_file_is_said_and_left_as_it_is(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "secrets.key"
    file.write_bytes(damaged)
    for keys in ("", key(b"1")):
        with pytest.raises(WrongKeys, match=r"key 1 of secrets\.key is not 32 bytes"):
            async with open_embedded(Settings(data=tmp_path, secrets_key=keys)):
                pass
    assert file.read_bytes() == damaged


def test_a_receivers_secret_has_a_place_of_its_own() -> None:
    assert secret_place(TENANT, "r1") != secret_place(TENANT, "r2")
