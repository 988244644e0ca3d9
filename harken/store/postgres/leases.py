"""Leases with a growing epoch; the epoch is never used twice, not even by the same holder."""

from __future__ import annotations

NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

CLAIM = """
INSERT INTO leases AS kept (lease, holder, epoch, until)
VALUES (%(lease)s, %(holder)s, 1, {now} + %(length)s)
ON CONFLICT (lease) DO UPDATE SET
    holder = excluded.holder,
    until = excluded.until,
    epoch = kept.epoch + CASE WHEN kept.holder = excluded.holder THEN 0 ELSE 1 END
WHERE kept.holder IN ('', excluded.holder) OR kept.until <= {now}
RETURNING epoch
"""
"""No row where another has it. ``{now}`` is `NOW`, or a parameter."""

RELEASE = "UPDATE leases SET holder = '', until = 0 WHERE lease = %s AND holder = %s"
