"""`GET /v1/copies`: a supervisor sees what is said again and again, the largest wave first."""

from __future__ import annotations

from typing import Any

from harken.domain.ids import MentionId
from harken.domain.mention import Mention
from harken.domain.time import after, before, days, minutes, rfc3339
from harken.testing.api import OTHER, TENANT
from harken.testing.builders import NOW, mention
from tests.unit.search_service.kit import SearchKit


def said(n: int, text: str, **changes: Any) -> Mention:
    given = {"tenant": TENANT, "author": f"author{n}", **changes}
    return mention(text, source_id=str(n), **given)


async def waves(search: SearchKit, **params: str) -> Any:
    asked = {"until": rfc3339(after(NOW, days(1))), **params}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return await search.get(f"/v1/copies?{query}")


async def test_waves_have_their_newest_text_and_their_counts(search: SearchKit) -> None:
    spam = said(1, "Win a free kettle!", created_at=before(NOW, minutes(60)))
    share = said(2, "Parcels are late")
    await search.take(
        spam,
        share,
        said(3, "WIN a free kettle", copy_of=spam.id, created_at=before(NOW, minutes(3))),
        said(4, "Win a free kettle 2", copy_of=spam.id, author="author3", network="forum"),
        said(5, "RT: Parcels are late", copy_of=share.id),
        said(6, "My kettle leaks"),
    )
    first, second = (await waves(search))["items"]
    assert (first["first"], first["text"]) == (spam.id, "Win a free kettle 2")
    assert (first["copies"], first["authors"]) == (2, 1)
    assert first["networks"] == {"mastodon": 1, "forum": 1}
    assert first["first_at"] == rfc3339(spam.created_at)
    assert first["last_at"] > first["first_at"]
    assert (second["first"], second["copies"]) == (share.id, 1)


async def test_the_inbox_can_fold_a_wave_and_look_into_it(search: SearchKit) -> None:
    spam = said(1, "Win a free kettle!")
    await search.take(spam, said(2, "Win a kettle!", copy_of=spam.id), said(3, "My kettle leaks"))
    found = await search.get("/v1/search?facet=copy_of&kind=mention")
    assert found["facets"]["copy_of"] == {spam.id: 1}
    inside = await search.get(f"/v1/search?filter=copy_of:{spam.id}")
    assert [hit["text"] for hit in inside["items"]] == ["Win a kettle!"]


async def test_a_wave_whose_first_post_is_gone_shows_its_last(search: SearchKit) -> None:
    await search.take(said(2, "Win a kettle!", copy_of=MentionId("gone")))
    [wave] = (await waves(search))["items"]
    assert (wave["text"], wave["first_at"]) == ("Win a kettle!", None)


async def test_a_wave_whose_first_post_was_edited_shows_what_is_still_said(
    search: SearchKit,
) -> None:
    spam = said(1, "Win a free kettle!")
    await search.take(spam, said(2, "Win a free kettle", copy_of=spam.id))
    await search.take(said(1, "I like gardens", revision=2))
    [wave] = (await waves(search))["items"]
    assert (wave["first"], wave["text"]) == (spam.id, "Win a free kettle")


async def test_pages_follow_each_other(search: SearchKit) -> None:
    for n in range(5):
        copies = [said(10 * n + k, f"Spam {n}", copy_of=MentionId(f"w{n}")) for k in range(5 - n)]
        await search.take(*copies)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        found = await waves(search, limit="2", **cursor)
        seen += [wave["first"] for wave in found["items"]]
        cursor = {"cursor": found["next_cursor"]}
    assert seen == ["w0", "w1", "w2", "w3", "w4"]
    assert cursor == {"cursor": None}


async def test_waves_are_of_the_period_and_of_the_tenant(search: SearchKit) -> None:
    await search.take(
        said(1, "Spam", copy_of=MentionId("w1"), created_at=before(NOW, days(9))),
        said(2, "Spam", copy_of=MentionId("w2"), tenant=OTHER),
    )
    assert (await waves(search))["items"] == []
    found = await waves(search, since=rfc3339(before(NOW, days(10))))
    assert [wave["first"] for wave in found["items"]] == ["w1"]


async def test_a_period_must_have_an_end_after_its_beginning(search: SearchKit) -> None:
    moment = rfc3339(NOW)
    problem = await search.get(f"/v1/copies?since={moment}&until={moment}", status=422)
    assert problem["detail"]
