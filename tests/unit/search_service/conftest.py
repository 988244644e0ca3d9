from tests.unit.search_service.kit import search

__all__ = ["search"]
