"""`SearchIndex` on Elasticsearch, by the official client."""

from harken.search.elasticsearch.errors import AccessDenied
from harken.search.elasticsearch.index import ElasticsearchIndex
from harken.search.elasticsearch.settings import ElasticsearchSettings

__all__ = ["AccessDenied", "ElasticsearchIndex", "ElasticsearchSettings"]
