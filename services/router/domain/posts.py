"""A case's history of posts: in order, without doubles, bounded."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace

from harken.domain.case import Case, Post, PostSide
from harken.domain.ids import MentionId
from harken.domain.time import Instant

MOST_POSTS = 200
FIRST_POSTS = 50
"""Of a longer case the first posts are kept, and the latest: its middle is left out."""


def with_post(case: Case, post: Post) -> Case:
    """In the order of (at, ref); one with the same ref is replaced."""
    posts = [other for other in case.posts if other.ref != post.ref]
    insort(posts, post, key=_order)
    left_out = case.posts_left_out
    if len(posts) > MOST_POSTS:
        del posts[FIRST_POSTS]
        left_out += 1
    return replace(case, posts=tuple(posts), posts_left_out=left_out, latest_mention=_latest(posts))


def without_post(case: Case, ref: str) -> Case:
    posts = [post for post in case.posts if post.ref != ref]
    return replace(case, posts=tuple(posts), latest_mention=_latest(posts))


def post(case: Case, ref: str) -> Post | None:
    return next((post for post in case.posts if post.ref == ref), None)


def is_answer(post: Post) -> bool:
    """Written by a person of ours; holding replies and bot answers are none."""
    return post.side is PostSide.BRAND and not post.automatic


def unanswered(case: Case) -> int:
    """How often the customer wrote since our last answer."""
    count = 0
    for entry in reversed(case.posts):
        if is_answer(entry):
            break
        count += entry.side is PostSide.CUSTOMER
    return count


def answered_before(case: Case) -> bool:
    return any(is_answer(entry) for entry in case.posts)


def wrote_after(case: Case, at: Instant) -> bool:
    """Whether the customer wrote, live, after that instant."""
    return any(
        entry.side is PostSide.CUSTOMER and not entry.historical and entry.at > at
        for entry in reversed(case.posts)
    )


def _order(entry: Post) -> tuple[Instant, str]:
    return (entry.at, entry.ref)


def _latest(posts: list[Post]) -> MentionId | None:
    mentions = (entry.ref for entry in reversed(posts) if entry.side is PostSide.CUSTOMER)
    ref = next(mentions, None)
    return None if ref is None else MentionId(ref)
