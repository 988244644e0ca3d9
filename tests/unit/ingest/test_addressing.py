"""Answers to our own posts are addressed to us, whether they name us or not."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Table

from harken.domain.ids import TenantId
from harken.domain.mention import Mention
from harken.store.changes import ChangeSet, Insert
from harken.store.schema.responder import OWN_POSTS, REPLIES
from harken.testing.builders import CONNECTION, TENANT, mention, retraction
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.rows import row_of
from services.ingest.addressing import AddressingStep


def about_us(source_id: str, parent: str = "", root: str = "", **changes: object) -> Mention:
    given = {"direct": False, "parent": parent, "thread_root": root or source_id, **changes}
    return mention("same here", source_id=source_id, **given)  # type: ignore[arg-type]


def ours(table: Table, post: str) -> Insert:
    named = {OWN_POSTS.name: "source_id", REPLIES.name: "network_id"}[table.name]
    return Insert(table, row_of(table, tenant=TENANT, connection=CONNECTION, **{named: post}))


async def test_answers_to_our_posts_and_in_their_threads_are_to_us(tmp_path: Path) -> None:
    async with store_in(tmp_path, FakeClock()) as store:
        await store.submit(ChangeSet(writes=[ours(OWN_POSTS, "post"), ours(REPLIES, "reply")]))
        said = [
            about_us("1", parent="post"),
            about_us("2", parent="reply"),
            about_us("3", parent="other", root="post"),
            about_us("4", parent="other", root="another"),
            about_us("5"),
            about_us("post"),
            about_us("6", parent="post", connection="conn-elsewhere"),
            about_us("7", parent="post", tenant=TenantId("brass-owl")),
            about_us("8", parent="post", echo=True),
        ]
        step = AddressingStep(store)
        heard = await step.enrich(TENANT, [one for one in said if one.tenant == TENANT])
        assert [one.source_id for one in heard if one.direct] == ["1", "2", "3"]
        assert await step.enrich(said[7].tenant, [said[7]]) == [said[7]]
        assert await step.enrich(TENANT, heard) == heard
        gone = retraction(about_us("9", parent="post"))
        assert await step.enrich(TENANT, [gone, mention()]) == [gone, mention()]
