"""Trackers, thousands at once."""

from services.ingest.domain.tracking import QueryError
from services.ingest.tracking.index import TrackerIndex, build_index, check_query

__all__ = ["QueryError", "TrackerIndex", "build_index", "check_query"]
