"""Trackers, thousands at once."""

from services.ingest.domain.tracking import QueryError
from services.ingest.tracking.index import TrackerIndex, check_query

__all__ = ["QueryError", "TrackerIndex", "check_query"]
