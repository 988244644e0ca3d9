"""The schema, one module per writing service; both engines create the same tables.

Times are microseconds since the epoch. A column named ``body`` holds an aggregate's whole state
as JSON (see ``harken.store.body``); the other columns are what queries filter and order by.
"""

from harken.store.schema import infrastructure, ingest, responder, router, search
from harken.store.schema.metadata import METADATA

__all__ = ["METADATA", "infrastructure", "ingest", "responder", "router", "search"]
