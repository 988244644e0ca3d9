"""Rows go over as they are, but for three things; what comes back otherwise is found out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Table

from cli.migrate.copying import Copied, NotTheSame, copy_all
from harken.channels.vault import KEY_BYTES, Vault
from harken.store.body import decode, encode
from harken.store.changes import ChangeSet, Insert
from harken.store.port import Store
from harken.store.schema.ingest import ALERT_RECEIVERS
from harken.store.schema.router import NOTES, RATES
from harken.testing.builders import NOW, TENANT
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.rows import row_of
from services.ingest.alerting.receivers import secret_place
from services.ingest.domain.receiver import By, Receiver

OLD, NEW = (Vault([bytes([n]) * KEY_BYTES]) for n in (1, 2))
BOTH = Vault([bytes([2]) * KEY_BYTES, bytes([1]) * KEY_BYTES])


class Kept:
    """A `Filling` in memory, which may forget or spoil a row."""

    def __init__(self, spoil: str = "") -> None:
        self.tables: dict[str, list[Mapping[str, Any]]] = {}
        self._spoil = spoil

    async def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        self.tables.setdefault(table.name, []).extend(rows)

    async def rows(self, table: Table) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        found = [tuple(row.values()) for row in reversed(self.tables.get(table.name, []))]
        if found and self._spoil == "forget":
            found.pop()
        if found and self._spoil == "change":
            found[0] = (*found[0][:-1], 999)
        yield found


async def copy(store: Store, vault: Vault, kept: Kept) -> Copied:
    async with store.reading() as snapshot:
        return await copy_all(snapshot.across_tenants(), cast("Any", kept), vault, lambda *_: None)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with store_in(tmp_path, FakeClock()) as store:
        yield store


def receiver(secret: str) -> Insert:
    place = secret_place(TENANT, "r-1")
    one = Receiver(TENANT, "r-1", "Desk", By.WEBHOOK, NOW, secret=OLD.seal(secret, *place))
    row = {"tenant": TENANT, "id": "r-1", "revision": 3, "name": "Desk", "body": encode(one)}
    return Insert(ALERT_RECEIVERS, row)


async def test_pages_are_put_together_again(store: Store) -> None:
    notes = [row_of(NOTES, tenant=TENANT, id=f"n{n:04}") for n in range(2_300)]
    await store.submit(ChangeSet(writes=[Insert(NOTES, note) for note in notes]))
    kept = Kept()
    copied = await copy(store, NEW, kept)
    assert kept.tables["notes"] == notes
    assert copied.sums["notes"].rows == 2_300


async def test_a_secret_is_sealed_under_the_first_key_and_its_row_keeps_its_revision(
    store: Store,
) -> None:
    await store.submit(ChangeSet(writes=[receiver("whsec")]))
    kept = Kept()
    assert (await copy(store, BOTH, kept)).lost == []
    [row] = kept.tables["alert_receivers"]
    assert row["revision"] == 3
    secret = decode(row["body"], Receiver).secret
    assert NEW.open(secret, *secret_place(TENANT, "r-1")) == "whsec"


async def test_a_secret_that_does_not_open_is_told_and_kept(store: Store) -> None:
    given = receiver("whsec")
    await store.submit(ChangeSet(writes=[given]))
    kept = Kept()
    [lost] = (await copy(store, NEW, kept)).lost
    assert "Desk" in lost
    assert kept.tables["alert_receivers"] == [given.row]


async def test_counts_of_the_old_log_stay_beside_those_of_the_new_one(store: Store) -> None:
    counts = [row_of(RATES, tenant=TENANT, partition=n, mentions=5) for n in (0, 7)]
    await store.submit(ChangeSet(writes=[Insert(RATES, each) for each in counts]))
    kept = Kept()
    await copy(store, NEW, kept)
    assert [row["partition"] for row in kept.tables["rates"]] == [-1, -8]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [("forget", "2 rows were written and 1 read back"), ("change", "2 read back, which differ")],
)
async def test_what_comes_back_otherwise_is_refused(store: Store, spoil: str, why: str) -> None:
    notes = [row_of(NOTES, tenant=TENANT, id=f"n{n}") for n in range(2)]
    await store.submit(ChangeSet(writes=[Insert(NOTES, note) for note in notes]))
    with pytest.raises(NotTheSame, match=f"notes: .*{why}"):
        await copy(store, NEW, Kept(spoil))
