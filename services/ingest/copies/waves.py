"""What was said lately, as sketches in memory: finds the first of a text's kind at once."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass

from harken.domain.ids import MentionId, TenantId
from harken.domain.time import Duration, Instant
from services.ingest.copies.sketch import keys_of, near


@dataclass(slots=True)
class Said:
    """The first of its kind. ``last`` is when it, or a copy of it, was written last."""

    tenant: TenantId
    mention: MentionId
    last: Instant
    sketch: bytes


class Waves:
    """The last ``most`` kinds of texts, of all tenants; about 1.5 KB each.

    A key leads to the newest kind that has it, so a text is compared with as many as it has keys,
    however much is remembered. Copies are not remembered themselves: a wave takes the place of
    one text.
    """

    def __init__(self, window: Duration, most: int) -> None:
        self._window = window
        self.most = most
        self._said: OrderedDict[tuple[TenantId, MentionId, bytes], Said] = OrderedDict()
        self._by_key: defaultdict[TenantId, dict[int, Said]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._said)

    def first(
        self, tenant: TenantId, mention: MentionId, sketch: bytes, written: Instant
    ) -> MentionId | None:
        """The mention that this one is a copy of; itself where it is the first; None where it is
        not known yet (see `remember`)."""
        found = (tenant, mention, sketch)
        if found in self._said:
            return mention
        by_key = self._by_key[tenant]
        for key in keys_of(sketch):
            said = by_key.get(key)
            if said is None or abs(written - said.last) > self._window:
                continue
            if near(said.sketch, sketch):
                said.last = max(said.last, written)
                return said.mention
        return None

    def remember(self, said: Said) -> None:
        found = (said.tenant, said.mention, said.sketch)
        if found in self._said:
            return
        self._said[found] = said
        by_key = self._by_key[said.tenant]
        for key in keys_of(said.sketch):
            by_key[key] = said
        while len(self._said) > self.most:
            _, oldest = self._said.popitem(last=False)
            by_key = self._by_key[oldest.tenant]
            for key in keys_of(oldest.sketch):
                if by_key.get(key) is oldest:
                    del by_key[key]
