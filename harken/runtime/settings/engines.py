"""The distributed edition's engines."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field


class Distributed(BaseModel):
    """The distributed edition: PostgreSQL, Kafka and Elasticsearch, all three of them"""

    postgres_url: str = Field(
        "",
        repr=False,
        description="The database, as libpq takes it: `postgresql://user:password@host/database` "
        "or `host=… dbname=…`. Where it is set, every command works on the three engines, where "
        "not, on a data folder",
    )
    postgres_schema: str = Field(
        "harken",
        pattern=r"^[a-z_][a-z0-9_]{0,39}$",
        description="The schema in it, where several Harkens share a database",
    )
    postgres_connections: int = Field(
        16, ge=2, description="The most connections of one process, besides the one that listens"
    )
    postgres_patience: float = Field(
        5.0, gt=0, description="Seconds that one piece of work waits for a connection"
    )
    start_patience: float = Field(
        60.0,
        ge=0,
        description="Seconds that a starting process waits for engines that are away, or lack "
        "their topics, before it ends with status 1",
    )


class Kafka(BaseModel):
    """The event log on Kafka"""

    kafka_servers: str = Field("", description="Brokers to ask first: `host:port`, comma separated")
    kafka_prefix: str = Field("", description="Leads the names of topics and groups")
    kafka_replication: int = Field(3, ge=1, description="Copies of each record, of new topics")
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How to speak with the brokers"
    )
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="How to log in, with SASL"
    )
    kafka_user: str = Field("", description="Who logs in, with SASL")
    kafka_password: str = Field("", repr=False, description="And by which password")
    kafka_ca: Path | None = Field(
        None, description="Authorities to trust (PEM); empty takes the system's"
    )
    kafka_certificate: Path | None = Field(
        None, description="Our own certificate (PEM), where brokers ask for one"
    )
    kafka_key: Path | None = Field(None, description="And its key (PEM)")


class Elasticsearch(BaseModel):
    """The search index on Elasticsearch"""

    elasticsearch_urls: str = Field(
        "", description="Nodes to ask: `http[s]://host:port`, comma separated"
    )
    elasticsearch_prefix: str = Field(
        "harken", description="Leads the names of indices, templates and aliases"
    )
    elasticsearch_user: str = Field("", description="Who logs in")
    elasticsearch_password: str = Field("", repr=False, description="And by which password")
    elasticsearch_api_key: str = Field(
        "", repr=False, description="An encoded API key, in place of user and password"
    )
    elasticsearch_ca: Path | None = Field(
        None, description="Authorities to trust (PEM); empty takes the system's"
    )
    elasticsearch_certificate: Path | None = Field(
        None, description="Our own certificate (PEM), where nodes ask for one"
    )
    elasticsearch_key: Path | None = Field(None, description="And its key (PEM)")
    elasticsearch_replicas: int = Field(
        1, ge=0, description="Copies of each shard beside the first, of new indices"
    )
    elasticsearch_timeout: float = Field(
        30.0, gt=0, description="Seconds that one request to it may take"
    )
