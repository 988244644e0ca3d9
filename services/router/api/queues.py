"""`/v1/queues`: where work waits."""

from __future__ import annotations

from fastapi import APIRouter, Response

from harken.domain.ids import QueueId
from harken.http.etag import IfMatch, etag
from harken.http.idempotency import Idempotent
from harken.http.openapi import problems
from harken.http.pagination import Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import conflict, not_found
from harken.http.routing import api_router
from harken.store.port import Store
from harken.store.schema.router import QUEUES
from services.router.api.access import Lead, Reader, ask, by
from services.router.api.people_models import (
    NewQueue,
    QueueAnswer,
    QueueEdit,
)
from services.router.api.tables import NEW, ByName, NamePath, Tables
from services.router.commands_client import RouterCommands
from services.router.domain.commands import (
    RemoveQueue,
    UpsertQueue,
)
from services.router.domain.people import Queue


def queue_routes(store: Store, commands: RouterCommands) -> APIRouter:
    router = api_router("Queues")
    tables = Tables(store)

    async def shown(caller: Principal, id_: str, response: Response) -> QueueAnswer:
        queue = await tables.one(caller, QUEUES, id_, Queue)
        if queue is None:
            raise not_found("queue")
        response.headers["ETag"] = etag(queue.revision)
        return _queue_answer(queue)

    @router.post(
        "/v1/queues",
        status_code=201,
        operation_id="create_queue",
        summary="Add a queue",
        # A repeat may come after the thing was removed.
        responses=problems(404),
    )
    async def create_queue(
        body: NewQueue, caller: Lead, once: Idempotent, response: Response
    ) -> QueueAnswer:
        """Settings for the queue of this id, from now on."""
        command = UpsertQueue(by(caller), QueueId(body.id), body.name, body.pull_only, NEW)
        if not once.started and await tables.one(caller, QUEUES, body.id, Queue) is not None:
            raise conflict("already-exists", "There is a queue with this id.")
        await ask(commands, caller, once, command)
        return await shown(caller, body.id, response)

    @router.get("/v1/queues", operation_id="list_queues", summary="All queues")
    async def list_queues(caller: Reader, paging: Paging) -> Page[QueueAnswer]:
        """In the order of their ids. Rules may name queues that have no settings of their own."""
        queues = await tables.some(caller, QUEUES, Queue, paging)
        return page(queues, paging, _queue_answer, lambda queue: ByName(queue.id))

    @router.get("/v1/queues/{queue}", operation_id="get_queue", summary="A queue")
    async def get_queue(queue: NamePath, caller: Reader, response: Response) -> QueueAnswer:
        """Its settings; what waits in it is in `/v1/cases`."""
        return await shown(caller, queue, response)

    @router.put("/v1/queues/{queue}", operation_id="change_queue", summary="Change a queue")
    async def change_queue(
        queue: NamePath, body: QueueEdit, caller: Lead, match: IfMatch, once: Idempotent,
        response: Response,
    ) -> QueueAnswer:  # fmt: skip
        """Whole: what is left out takes its default."""
        if await tables.one(caller, QUEUES, queue, Queue) is None:
            raise not_found("queue")
        command = UpsertQueue(by(caller), QueueId(queue), body.name, body.pull_only, match)
        await ask(commands, caller, once, command)
        return await shown(caller, queue, response)

    @router.delete(
        "/v1/queues/{queue}", status_code=204, operation_id="remove_queue", summary="Drop a queue"
    )
    async def remove_queue(queue: NamePath, caller: Lead, match: IfMatch, once: Idempotent) -> None:
        """Its cases stay in it and are handed out as by default."""
        await ask(commands, caller, once, RemoveQueue(by(caller), QueueId(queue), match))

    return router


def _queue_answer(queue: Queue) -> QueueAnswer:
    return QueueAnswer(
        id=queue.id, revision=queue.revision, name=queue.name, pull_only=queue.pull_only
    )
