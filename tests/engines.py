"""The local engines, as settings of those who stand on all three."""

from __future__ import annotations

from deploy.local import place
from harken.testing.engines import need


def local_engines() -> dict[str, str]:
    """By the settings' names in code. Leaves the test out, or fails it, where one is missing."""
    need("PostgreSQL", f"127.0.0.1:{place.POSTGRES_PORT}")
    need("Elasticsearch", f"127.0.0.1:{place.ELASTICSEARCH_PORT}")
    return {
        "kafka_servers": need("Kafka", place.KAFKA),
        "postgres_url": place.POSTGRES,
        "elasticsearch_urls": place.ELASTICSEARCH,
        "elasticsearch_user": place.ELASTICSEARCH_USER,
        "elasticsearch_password": place.ELASTICSEARCH_PASSWORD,
    }
