"""A few plain pages, so that a person can see the threads and our answers in a browser."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from harken.domain.time import to_datetime
from harken.testing.mastodon.content import html
from harken.testing.mastodon.entities import Entities
from harken.testing.mastodon.instance import Instance
from harken.testing.mastodon.model import Status
from harken.testing.mastodon.timelines import Timelines

_SHOWN = 100
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem }
article { border: 1px solid #8884; border-radius: .6rem; padding: .6rem 1rem; margin: .6rem 0 }
article.focus { border-color: #6364ff; border-width: 2px }
article p { margin: .4rem 0; overflow-wrap: anywhere }
header, footer { color: #777; font-size: .85rem }
.invisible { font-size: 0 } .ellipsis::after { content: "…" }
"""


def page_routes(instance: Instance, entities: Entities) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    pages = _Pages(instance, entities)

    @router.get("/")
    async def front() -> Response:
        return pages.front()

    @router.get("/tags/{tag}")
    async def tag(tag: str) -> Response:
        return pages.tag(tag)

    @router.get("/avatar.svg")
    async def avatar() -> Response:
        drawn = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><circle r="1"/></svg>'
        return Response(drawn, media_type="image/svg+xml")

    @router.get("/@{acct}")
    async def account(acct: str) -> Response:
        return pages.account(acct)

    @router.get("/@{acct}/{status_id}")
    async def thread(acct: str, status_id: str) -> Response:
        return pages.thread(acct, status_id)

    return router


class _Pages:
    """What anyone may see, without signing in."""

    def __init__(self, instance: Instance, entities: Entities) -> None:
        self._instance = instance
        self._entities = entities
        self._timelines = Timelines(instance)

    def front(self) -> Response:
        roots = [each for each in self._timelines.public() if each.in_reply_to is None]
        shown = roots[: -_SHOWN - 1 : -1]
        articles = "".join(self._thread(each, depth=0) for each in shown)
        return _page("A local instance", articles or "<p>Nobody has said anything yet.</p>")

    def tag(self, tag: str) -> Response:
        found = self._timelines.tag(tag)[: -_SHOWN - 1 : -1]
        return _page(f"#{tag}", "".join(self._article(each) for each in found))

    def account(self, acct: str) -> Response:
        user, _, host = acct.partition("@")
        account = self._instance.world.find(user, host)
        if account is None:
            return _page("Not found", "<p>Nobody has that name here.</p>", 404)
        found = self._timelines.of_account(account, None)[: -_SHOWN - 1 : -1]
        return _page(f"@{account.acct}", "".join(self._article(each) for each in found))

    def thread(self, acct: str, status_id: str) -> Response:
        status = self._instance.visible(status_id, None)
        right = self._entities.status_url(status)
        if not right.endswith(f"/@{acct}/{status_id}"):
            return RedirectResponse(right)
        above = self._timelines.ancestors(status, None)
        below = self._timelines.descendants(status, None)
        articles = [self._article(each, focus=each is status) for each in (*above, status, *below)]
        return _page("A thread", "".join(articles))

    def _thread(self, status: Status, depth: int) -> str:
        below = self._timelines.descendants(status, None)
        nested = "".join(self._article(each) for each in below)
        inset = f'<div style="margin-left:{2 + depth}rem">{nested}</div>' if nested else ""
        return self._article(status) + inset

    def _article(self, status: Status, *, focus: bool = False) -> str:
        account = self._instance.world.accounts[status.account]
        address = self._instance.settings.address
        said = html(status.text, self._instance.world.find, address)
        warning = f"<p><strong>{escape(status.spoiler)}</strong></p>" if status.spoiler else ""
        when = to_datetime(status.created_at).strftime("%Y-%m-%d %H:%M:%S UTC")
        edited = " · edited" if status.edited_at else ""
        return (
            f'<article id="status-{status.id}"{" class=focus" if focus else ""}>'
            f"<header><strong>{escape(account.display_name)}</strong> @{account.acct}</header>"
            f"{warning}{said}"
            f'<footer><a href="{self._entities.status_url(status)}">{when}</a>{edited}</footer>'
            "</article>"
        )


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        f'<h1><a href="/">{escape(title)}</a></h1>{body}</html>',
        status,
    )
