"""The `EventLog` port on the embedded file."""

from harken.log.sqlite.log import SqliteLog

__all__ = ["SqliteLog"]
