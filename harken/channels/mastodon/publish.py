"""Posting a reply, and telling apart what surely did not happen from what may have."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from harken.channels.exchange import AddressRefused, Answer, NeverSent, NoAnswer
from harken.channels.mastodon.api import MastodonApi, Missing, explanation
from harken.channels.mastodon.payload import StatusEntity, read_posted, read_status
from harken.channels.mastodon.settings import Account, authorization
from harken.channels.patience import patience
from harken.channels.port import (
    ChannelUnavailable,
    ConnectionRefused,
    NotNow,
    OutcomeUnknown,
    Published,
    PublishRequest,
    Refused,
)
from harken.domain.mention import Visibility

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_DEFINITE = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})
_WHY = {
    401: "our access token is no longer accepted",
    403: "our account may not post here",
    404: "the post that we answer is gone, or not visible to us any more",
    413: "the text is too long for the server",
    422: "the server does not accept the text",
}


@dataclass(frozen=True, slots=True)
class Posted:
    published: Published
    parent: StatusEntity


async def publish(api: MastodonApi, account: Account, request: PublishRequest) -> Posted:
    """Reads the parent (its visibility, and whether it is still there), then posts once.

    Raises `Refused`, `NotNow`, `OutcomeUnknown`.
    """
    clock = asyncio.get_running_loop().time
    ends = clock() + request.deadline
    try:
        async with asyncio.timeout(request.deadline):
            own_id, parent = await _before(api, account, request)
    except TimeoutError as late:
        raise _too_late(account) from late
    left = ends - clock()
    if left < request.deadline / 4:
        raise _too_late(account)
    try:
        answer = await api.clients.exchange(
            "POST",
            account.base.join("/api/v1/statuses"),
            deadline=left,
            headers={
                **authorization(account),
                "Idempotency-Key": request.key,
                "Content-Type": "application/json",
            },
            content=json.dumps(_form(request, parent, account, own_id)).encode(),
        )
    except AddressRefused as refused:
        raise Refused(str(refused)) from refused
    except NeverSent as never:
        raise NotNow(str(never), 5.0) from never
    except NoAnswer as nothing:
        raise OutcomeUnknown(str(nothing)) from nothing
    return Posted(_outcome(api, account, answer), parent)


def _too_late(account: Account) -> NotNow:
    """Better not to begin than to be cut off in the middle."""
    return NotNow(f"{account.host} took too long to show what we answer", 5.0)


def addressed(text: str, acct: str, host: str) -> str:
    """``text`` with the handle of whom it answers in front, unless it names them already.

    Mastodon tells nobody about a reply that does not name them, and shows them no direct one.
    ``acct`` is as the instance names the account: without a host where it is the instance's own.
    """
    names = [acct] if "@" in acct else [acct, f"{acct}@{host}"]
    for name in names:
        if re.search(rf"(?<![\w/=@])@{re.escape(name)}(?![\w@]|[.-]\w)", text, re.IGNORECASE):
            return text
    return f"@{acct} {text}"


def posted_visibility(requested: Visibility, parent: str | None) -> str:
    """Never wider than the parent's. What is private goes to its author alone: followers-only
    would show our answer to all of our followers.
    """
    if requested is Visibility.PRIVATE:
        return "direct"
    if parent in {"public", "unlisted"}:
        return parent
    return "unlisted" if parent == "local" else "direct"


async def _before(
    api: MastodonApi, account: Account, request: PublishRequest
) -> tuple[str, StatusEntity]:
    """Our account's id and the parent: whatever fails here, surely nothing was posted."""
    try:
        own_id = await api.own_id(account)
        answer = await api.read(
            account, f"/api/v1/statuses/{quote(request.parent_source_id, safe='')}"
        )
        return own_id, read_status(answer.json())
    except Missing:
        raise Refused(f"{account.host}: {_WHY[404]}") from None
    except ConnectionRefused as refused:
        raise Refused(str(refused)) from refused
    except ChannelUnavailable as away:
        raise NotNow(str(away), away.retry_after) from away
    except ValueError as wrong:
        raise NotNow(f"{account.host} showed an unreadable post: {wrong}", 30.0) from wrong


def _form(
    request: PublishRequest, parent: StatusEntity, account: Account, own_id: str
) -> dict[str, str]:
    to_ourselves = str(parent.account.id) == own_id
    text = request.text
    if not to_ourselves:
        text = addressed(text, parent.account.acct, account.host)
    form = {
        "status": text,
        "in_reply_to_id": request.parent_source_id,
        "visibility": posted_visibility(request.visibility, parent.visibility),
        # Unknown to Mastodon; others would read our text as Markdown if the account says so.
        "content_type": "text/plain",
    }
    if _LANGUAGE.fullmatch(request.language):
        form["language"] = request.language
    return form


def _outcome(api: MastodonApi, account: Account, answer: Answer) -> Published:
    status = answer.status
    if answer.ok:
        try:
            posted = read_posted(answer.json())
        except ValueError as wrong:
            raise OutcomeUnknown(
                f"{account.host} answered {status}, unreadable: {wrong}"
            ) from wrong
        return Published(str(posted.id), posted.url or posted.uri or "")
    if status == 429:
        wait = patience(answer.headers, api.clock.now())
        raise NotNow(f"{account.host} takes no more posts from us for now", wait)
    said = f"{account.host} answered {status}{explanation(answer)}"
    if status in _DEFINITE:
        why = _WHY.get(status, "the server refuses the request")
        raise Refused(f"{said} ({why})")
    raise OutcomeUnknown(said)
