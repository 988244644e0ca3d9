from tests.unit.ingest.kit import ingest

__all__ = ["ingest"]
