"""Revisions as entity tags: ``ETag`` on what may be edited, ``If-Match`` on the edit.

    @router.put("/v1/queues/{queue}")
    async def change_queue(queue: str, body: Queue, caller: Admin, match: IfMatch,
                           response: Response) -> QueueAnswer:
        check_match(match, current.revision)         # 412 where it is another one
        ...
        response.headers["ETag"] = etag(revision)

`IfMatch` may be left out by callers (last writer wins), `MustMatch` may not (428).
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from harken.http.problem import Problem

_TAG = re.compile(r'"(\d{1,18})"')
_NEVER = -1


def etag(revision: int) -> str:
    return f'"{revision}"'


async def if_match(
    header: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="The `ETag` that the edit is based on; `*` for any.",
            max_length=100,
        ),
    ] = None,
) -> int | None:
    """The revision that the caller saw; None for no condition.

    A tag that is not of ours (weak, foreign, several at once) gives a revision that never was.
    """
    if header is None or header.strip() == "*":
        return None
    found = _TAG.fullmatch(header.strip())
    return _NEVER if found is None else int(found[1])


IfMatch = Annotated[int | None, Depends(if_match)]


async def must_match(seen: IfMatch) -> int:
    if seen is None:
        raise Problem(
            428,
            "precondition-required",
            "If-Match needed",
            "Send the `ETag` that you saw as `If-Match`, so that no other edit is lost.",
        )
    return seen


MustMatch = Annotated[int, Depends(must_match)]


def check_match(seen: int | None, current: int) -> None:
    """Raises the problem 412 ``changed-meanwhile`` where somebody else edited in between."""
    if seen is not None and seen != current:
        raise changed_meanwhile(current)


def changed_meanwhile(current: int) -> Problem:
    return Problem(
        412,
        "changed-meanwhile",
        "Changed meanwhile",
        "Somebody else changed it: load it again, and decide again.",
        more={"current": etag(current)},
    )
