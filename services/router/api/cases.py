"""`GET /v1/cases` and `GET /v1/cases/{case}`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy import case as sql_case

from harken.domain.case import Case, CaseState
from harken.domain.ids import CaseId
from harken.domain.severity import SeverityClass
from harken.http.etag import etag
from harken.http.models import bounded
from harken.http.openapi import problems
from harken.http.pagination import Cursor, Page, PageRequest, Paging, page
from harken.http.principal import Principal
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.port import Store
from harken.store.schema.router import CASES
from services.router.api.access import Reader, own_agent
from services.router.api.case_models import CaseDetail, CaseSummary
from services.router.api.presence import Presence, present
from services.router.api.reading import case_detail, find_case, summaries
from services.router.api.signs import SignsOfLife
from services.router.loading import OPEN

View = Literal["all", "mine", "unassigned"]
Order = Literal["updated", "urgent"]
CasePath = Annotated[
    str, Path(min_length=1, max_length=100, description="The case's id."), bounded(100)
]
Word = Annotated[str, bounded(100)]

_RANK: ColumnElement[int] = sql_case(
    (CASES.c.severity_class == SeverityClass.CRITICAL.value, 0), else_=1
)
"""Critical work first."""


class LastUpdated(Cursor, frozen=True):
    updated_at: int
    id: str


class MostUrgent(Cursor, frozen=True):
    rank: int
    deadline: int
    id: str


def case_routes(store: Store, presence: Presence, signs: SignsOfLife) -> APIRouter:
    router = api_router("Cases")

    @router.get(
        "/v1/cases",
        operation_id="list_cases",
        summary="Inbox views",
        responses=problems(409),
    )
    async def list_cases(
        caller: Reader,
        paging: Paging,
        view: Annotated[
            View, Query(description="`mine`: assigned to the caller; `unassigned`: waiting.")
        ] = "all",
        order: Annotated[
            Order, Query(description="`urgent`: as they are served; else latest change first.")
        ] = "updated",
        state: Annotated[
            list[CaseState] | None, Query(max_length=10, description="Only in one of these.")
        ] = None,
        severity: Annotated[
            list[SeverityClass] | None, Query(max_length=4, description="Only of these classes.")
        ] = None,
        queue: Annotated[Word | None, Query(description="Only of this queue.")] = None,
        assignee: Annotated[Word | None, Query(description="Only of this agent.")] = None,
        network: Annotated[Word | None, Query(description="Only from this network.")] = None,
        connection: Annotated[Word | None, Query(description="Only to this account.")] = None,
    ) -> Page[CaseSummary]:
        """Without `state` the open ones, for `mine` and `unassigned`; else all."""
        query = _view(view, caller)
        if state:
            query = query.where(CASES.c.state.in_([one.value for one in state]))
        elif view != "all":
            query = query.where(CASES.c.state.in_(OPEN))
        if severity:
            query = query.where(CASES.c.severity_class.in_([one.value for one in severity]))
        for column, value in (
            (CASES.c.queue, queue),
            (CASES.c.assignee, assignee),
            (CASES.c.network, network),
            (CASES.c.connection, connection),
        ):
            if value is not None:
                query = query.where(column == value)
        query = _ordered(query, order, paging)
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            found = await rows.all(query.limit(paging.limit + 1))
            cases = [decode(row.body, Case) for row in found]
            shown = {s.id: s for s in await summaries(rows, cases)}
        await signs.seen(caller)
        return page(cases, paging, lambda case: shown[case.id], lambda case: _cursor(case, order))

    @router.get("/v1/cases/{case}", operation_id="get_case", summary="A case with its timeline")
    async def get_case(case: CasePath, caller: Reader, response: Response) -> CaseDetail:
        """Looking at a case shows others that one does, and keeps one's assignment."""
        id_ = CaseId(case)
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            found = await find_case(rows, id_)
            now = snapshot.now
            answer = await case_detail(rows, found, await present(rows, id_, now, caller.agent))
        if caller.agent is not None:
            await presence.views(caller.tenant, id_, caller.agent, now)
        await signs.seen(caller, id_)
        response.headers["ETag"] = etag(found.revision)
        return answer

    return router


def _view(view: View, caller: Principal) -> Select[Any]:
    query = select(CASES.c.body)
    if view == "mine":
        return query.where(CASES.c.assignee == own_agent(caller))
    if view == "unassigned":
        waiting = (CaseState.QUEUED.value, CaseState.OFFERED.value)
        return query.where(CASES.c.assignee.is_(None), CASES.c.state.in_(waiting))
    return query


def _ordered(query: Select[Any], order: Order, paging: PageRequest) -> Select[Any]:
    table = CASES.c
    if order == "urgent":
        served = (_RANK, table.deadline, table.id)
        last = paging.after(MostUrgent)
        if last is not None:
            query = query.where(tuple_(*served) > (last.rank, last.deadline, last.id))
        return query.order_by(*served)
    changed = (table.updated_at, table.id)
    latest = paging.after(LastUpdated)
    if latest is not None:
        query = query.where(tuple_(*changed) < (latest.updated_at, latest.id))
    return query.order_by(*(column.desc() for column in changed))


def _cursor(case: Case, order: Order) -> Cursor:
    if order == "urgent":
        critical = case.severity.severity_class is SeverityClass.CRITICAL
        return MostUrgent(0 if critical else 1, case.deadline, case.id)
    return LastUpdated(case.updated_at, case.id)
