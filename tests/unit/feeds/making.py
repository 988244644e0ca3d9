"""Feeds made on the spot. The brand is Tarn & Toll, which does not exist."""

from __future__ import annotations

from collections.abc import Iterable

DATE = "Mon, 02 Mar 2026 09:{minute:02}:00 GMT"


def item(
    name: str, text: str = "", *, minute: int | None = 0, link: str = "", title: str = ""
) -> str:
    date = "" if minute is None else f"<pubDate>{DATE.format(minute=minute)}</pubDate>"
    linked = f"<link>{link}</link>" if link else ""
    titled = f"<title>{title}</title>" if title else ""
    return (
        f'<item><guid isPermaLink="false">{name}</guid>{titled}{linked}'
        f"<description>{text or name}</description>{date}</item>"
    )


def rss(items: Iterable[str], head: str = "") -> bytes:
    told = f"<title>Kettle News</title><link>https://news.example/</link>{head}"
    return f'<rss version="2.0"><channel>{told}{"".join(items)}</channel></rss>'.encode()
