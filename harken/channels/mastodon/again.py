"""Looking again at what was heard lately: edits, deletions, and what turned up far behind.

The newest pages show at once what was edited among them and what came behind the trail (a post
that federated late). What was known and does not stand there any more is asked for one by one:
it is gone, or it only moved out of reach. What is no longer known (see
`harken.channels.mastodon.cursor.KNOWN`) is not looked at again: only a stream tells of its edits
and its deletion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile
from math import ceil
from urllib.parse import quote

from harken.channels.mastodon.api import MastodonApi, Missing
from harken.channels.mastodon.cursor import Cursor, Known
from harken.channels.mastodon.hear import hear
from harken.channels.mastodon.links import older_than
from harken.channels.mastodon.listen import (
    PAGE,
    Query,
    item_id,
    page_at,
    read_items,
    written,
)
from harken.channels.mastodon.mention import Hearing, retraction
from harken.channels.mastodon.settings import Account
from harken.channels.mastodon.threads import Threads
from harken.channels.port import Parsed
from harken.channels.revisions import edited
from harken.domain.ids import AuthorId
from harken.domain.mention import Author, Mention

ASKED_ONE_BY_ONE = 20
"""At most in one look; the others wait for the next."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is read, and how its mentions are made."""

    account: Account
    query: Query
    hearing: Hearing


async def look_again(
    api: MastodonApi, place: Place, threads: Threads, cursor: Cursor
) -> tuple[Parsed, Cursor]:
    """What changed, and the cursor that knows it.

    Raises `ChannelUnavailable`, `ConnectionRefused`.
    """
    shown = await _newest(api, place, cursor.known)
    known = {each.id: each.revision for each in cursor.known}
    # What stands before all that is known is older than what we keep in mind.
    reach = dropwhile(lambda id_: id_ not in known, shown)
    items = [shown[id_] for id_ in reach if _changed(shown[id_], known.get(id_), place.hearing)]
    parsed = await hear(items, place.hearing, place.account, threads)
    missing = [each for each in cursor.known if each.id not in shown][:ASKED_ONE_BY_ONE]
    alone = [await _ask(api, place, threads, each) for each in missing]
    mentions, cursor = cursor.handing_over([*parsed.mentions, *(m for m in alone if m)])
    cursor = cursor.looked(list(shown), {each.id for each in missing})
    return Parsed(mentions, parsed.unreadable), cursor


def taken_back(hearing: Hearing, known: Known) -> Mention:
    """A retraction that says whose post it was, so that it goes the way of the post."""
    return replace(retraction(hearing, known.id), author=Author(AuthorId(known.author), ""))


async def _newest(api: MastodonApi, place: Place, known: Sequence[Known]) -> dict[str, object]:
    """Items by their status's id, oldest first, as far back as what is known can stand."""
    left = {each.id for each in known}
    shown: list[object] = []
    where: tuple[tuple[str, str], ...] = ()
    for _ in range(max(ceil(len(known) / PAGE), 1)):
        answer = await page_at(api, place.account, place.query, *where)
        items = read_items(answer)
        shown += items
        left -= {item_id(_status(item)) for item in items}
        if not (left and items):
            break
        where = (("max_id", older_than(answer.headers) or item_id(items[-1])),)
    return {item_id(_status(item)): item for item in reversed(shown)}


async def _ask(api: MastodonApi, place: Place, threads: Threads, known: Known) -> Mention | None:
    """As the instance shows it now; None where it cannot be read."""
    try:
        answer = await api.read(place.account, f"/api/v1/statuses/{quote(known.id, safe='')}")
        parsed = await hear([answer.json()], place.hearing, place.account, threads)
    except Missing:
        return taken_back(place.hearing, known)
    except ValueError:
        return None
    return next(iter(parsed.mentions), None)


def _changed(item: object, known: int | None, hearing: Hearing) -> bool:
    """Or came so late that it was not heard yet. What cannot be read is for others to say."""
    status = _status(item)
    if known is None:
        return written(status) >= hearing.since
    try:
        return not isinstance(status, dict) or edited(status.get("edited_at")) > known
    except (ValueError, TypeError):
        return True


def _status(item: object) -> object:
    """A notification's status; a status itself."""
    return item.get("status", item) if isinstance(item, dict) else item
