"""The local engines. What is called here leaves the test out, or fails it, where one is missing."""

from __future__ import annotations

from deploy.local import place
from harken.search.elasticsearch import ElasticsearchSettings
from harken.testing.engines import need


def local_engines() -> dict[str, str]:
    """All three, by the settings' names in code."""
    need_postgres()
    need_elasticsearch()
    return {
        "kafka_servers": need_kafka(),
        "postgres_url": place.POSTGRES,
        "elasticsearch_urls": place.ELASTICSEARCH,
        "elasticsearch_user": place.ELASTICSEARCH_USER,
        "elasticsearch_password": place.ELASTICSEARCH_PASSWORD,
    }


def need_kafka() -> str:
    """Its address."""
    return need("Kafka", place.KAFKA)


def need_postgres() -> None:
    need("PostgreSQL", f"127.0.0.1:{place.POSTGRES_PORT}")


def need_elasticsearch() -> None:
    need("Elasticsearch", f"127.0.0.1:{place.ELASTICSEARCH_PORT}")


def local_elasticsearch(prefix: str) -> ElasticsearchSettings:
    """Whether it is there or not."""
    return ElasticsearchSettings(
        place.ELASTICSEARCH,
        prefix=prefix,
        user=place.ELASTICSEARCH_USER,
        password=place.ELASTICSEARCH_PASSWORD,
        replicas=0,
    )
