"""What our own answers answer, where an export says the conversation only.

Harken finds the case of an answer by the post that it answers. So an answer without one is given
the last post of its conversation that was not ours.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

KEPT = 10_000
"""Conversations remembered, the latest."""


class Threads:
    def __init__(self) -> None:
        self._last: OrderedDict[str, str] = OrderedDict()

    def follow(self, body: dict[str, Any]) -> None:
        """Adds the parent, if it is one of ours without any and the conversation is known."""
        thread = body.get("thread_root", "")
        if not thread:
            return
        if not body.get("own"):
            self._last[thread] = body["source_id"]
            self._last.move_to_end(thread)
            if len(self._last) > KEPT:
                self._last.popitem(last=False)
        elif not body.get("parent") and thread in self._last:
            body["parent"] = self._last[thread]
