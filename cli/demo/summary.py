"""What came out, asked of Harken's API and counted on the network's side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from cli.demo.api import Api
from cli.demo.network import Network

CLOSED = {"resolved", "merged"}


@dataclass(frozen=True, slots=True)
class Summary:
    """``lost`` are addresses of customers' posts that no mention was found for.

    ``sent`` counts replies that Harken holds for sent; ``on_network`` what stands there.
    """

    posted: int
    lost: tuple[str, ...]
    sent: int
    on_network: int
    twice: int
    unanswered: int
    open_cases: Mapping[str, int]
    languages: Mapping[str, int]
    tones: Mapping[str, int]
    figures: Mapping[str, Any]
    slowest: float | None = None

    @property
    def exact(self) -> bool:
        """Nothing lost, nothing twice, and both sides agree on what was answered."""
        return not self.lost and not self.twice and self.sent == self.on_network


async def gather(api: Api, network: Network, unanswered: int, slowest: float | None) -> Summary:
    statuses = await network.everything()
    posts = [status.url for status in statuses if not status.ours]
    answers = Counter(status.in_reply_to_id for status in statuses if status.ours)
    pages = api.pages("/v1/search", kind="mention", limit=100)
    found = {hit["fields"].get("url") async for hit in pages}
    counted = await api.get("/v1/search", kind="mention", facet=["language", "polarity"], limit=1)
    sent = await api.get("/v1/search", kind="reply", filter="state:sent", limit=1)
    cases = api.pages("/v1/cases", limit=100)
    still = [case async for case in cases if case["state"] not in CLOSED]
    return Summary(
        posted=len(posts),
        lost=tuple(url for url in posts if url not in found),
        sent=sent["total"],
        on_network=answers.total(),
        twice=sum(count - 1 for count in answers.values()),
        unanswered=unanswered,
        open_cases=Counter(case["severity"]["severity_class"] for case in still),
        languages=counted["facets"]["language"],
        tones=counted["facets"]["polarity"],
        figures=await api.get("/v1/kpis"),
        slowest=slowest,
    )


def draw(summary: Summary) -> RenderableType:
    first = summary.figures["first_response"]
    table = Table(title="What came out", title_justify="left", show_header=False)
    for name, value in (
        ("customers' posts on the network", str(summary.posted)),
        ("of these found as mentions", str(summary.posted - len(summary.lost))),
        ("replies sent, by Harken's count", str(summary.sent)),
        ("replies on the network", f"{summary.on_network}, {summary.twice} of them twice"),
        ("customers who gave up waiting", str(summary.unanswered)),
        ("cases", str(summary.figures["volume"]["cases"])),
        ("first response, median and p90", f"{_time(first['median'])}, {_time(first['p90'])}"),
        ("slowest first answer", _time(summary.slowest)),
        ("SLA attainment", _attainment(summary.figures["sla_attainment"])),
        ("cases still open", _listed(summary.open_cases) or "none"),
        ("by language", _listed(summary.languages)),
        ("by tone", _listed(summary.tones)),
    ):
        table.add_row(name, value)
    verdict = "Nothing was lost, nothing was sent twice." if summary.exact else _wrong(summary)
    return Group(table, verdict)


def _wrong(summary: Summary) -> str:
    lost = "".join(f"\n  {url}" for url in summary.lost)
    return f"Something is wrong: {len(summary.lost)} posts were not heard.{lost}"


def _attainment(kinds: Mapping[str, Any]) -> str:
    told = (f"{kind} {each['met']}/{each['met'] + each['missed']}" for kind, each in kinds.items())
    return ", ".join(told) or "–"


def _listed(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered)


def _time(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f} s"
