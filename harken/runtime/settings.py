"""Settings: from ``HARKEN_*`` variables, then a ``.env`` file, then the defaults below.

Each class is one concern; `Settings` is all of them. ``docs/settings.md`` is generated from here:
``python -m harken.runtime.settings --table``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "HARKEN_"


class Place(BaseModel):
    """Where it keeps its data and where it answers"""

    data: Path = Field(Path("data"), description="The data folder; made if it is not there")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8080, ge=0, le=65_535, description="Port to listen on; 0 takes a free one")
    cors_origins: tuple[str, ...] = Field(
        (),
        description="User interfaces that browsers may call from, as a JSON array of "
        "`https://host[:port]`",
    )
    stop_deadline: float = Field(
        20.0, gt=0, description="Seconds that a graceful stop may take, all in all"
    )
    silent_limit: float = Field(
        60.0, gt=0, description="Seconds without progress after which a loop counts as hung"
    )


class Secrecy(BaseModel):
    """What it keeps to itself"""

    secrets_key: str = Field(
        "",
        repr=False,
        description="Key under which the secrets of connections and of alerts' receivers are kept: "
        "32 random bytes in base64, as `openssl rand -base64 32` prints them. Several, apart by "
        "spaces, while one replaces another: the first seals, all open. Empty takes the key in "
        "the data folder's `secrets.key`, which is made at the first start",
    )


class Telemetry(BaseModel):
    """What it says of itself"""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least level to log"
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="One JSON object per line, or lines for people"
    )
    otlp_endpoint: str = Field(
        "",
        description="Base address of an OpenTelemetry collector (OTLP over HTTP), such as "
        "`http://localhost:4318`; empty exports no traces",
    )
    trace_share: float = Field(
        1.0, ge=0, le=1, description="Share of new traces that are exported; callers' choices rule"
    )


class Intake(BaseModel):
    """What it takes in"""

    intake_queue: int = Field(
        20_000, ge=1, description="Mentions that may wait to become durable; more are answered 503"
    )
    intake_timeout: float = Field(
        5.0, gt=0, description="Seconds that an intake request may wait before it is answered 503"
    )
    body_limit: int = Field(
        10 * 1024 * 1024, ge=1_024, description="Bytes of a request body; a longer one is refused"
    )
    copies_window: float = Field(
        172_800.0,
        ge=0,
        description="Seconds after a public mention, or its last copy, within which a "
        "near-identical one counts as a copy of it",
    )
    copies_remembered: int = Field(
        50_000,
        ge=0,
        description="Different public mentions that copies are looked for among, about 1.5 KB "
        "each; 0 looks for none",
    )


class Networks(BaseModel):
    """How it speaks with the networks"""

    network_timeout: float = Field(
        15.0, gt=0, description="Seconds that posting a reply may take, the whole exchange"
    )
    poll_quiet: float = Field(5.0, gt=0, description="Seconds between two looks at a quiet source")
    poll_longest: float = Field(
        300.0, gt=0, description="Longest pause in seconds before a failing source is tried again"
    )
    feed_pause: float = Field(
        300.0,
        gt=0,
        description="Seconds between two looks at a feed; feeds may ask for more, up to an hour",
    )
    look_again: float = Field(
        120.0,
        gt=0,
        description="Seconds between two looks at what a source brought lately, for edits, "
        "deletions and late arrivals that no stream tells of",
    )
    failing_alert: float = Field(
        900.0, gt=0, description="Seconds of failure after which people are told of a source"
    )
    private_addresses: bool = Field(
        True,
        description="Whether connections may lead to this machine and to private networks. Refuse "
        "it wherever tenants are not trusted with your network: then requests go to public "
        "addresses only, checked when connecting, and use no proxy named by the environment",
    )


class Trackers(BaseModel):
    """What is tracked"""

    trackers_limit: int = Field(10_000, ge=0, description="Trackers that one tenant may have")
    preview_rows: int = Field(
        20_000, ge=1, description="Mentions that one preview of a tracker may look at"
    )
    preview_seconds: float = Field(
        5.0, gt=0, description="Seconds that one preview of a tracker may take"
    )


class Alerting(BaseModel):
    """How alerts get out"""

    alert_timeout: float = Field(
        10.0, gt=0, le=20, description="Seconds that one attempt to deliver an alert may take"
    )
    smtp_host: str = Field("", description="Mail server; without one there is no alert by e-mail")
    smtp_port: int = Field(587, ge=1, le=65_535, description="Its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to it is protected"
    )
    smtp_user: str = Field("", description="User name there; empty signs in as nobody")
    smtp_password: str = Field("", repr=False, description="The user's password")
    smtp_from: str = Field("harken@localhost", description="Sender of the mails")
    public_address: str = Field(
        "", description="Where people reach Harken, such as `https://harken.example`, for links"
    )


class ToneTagging(BaseModel):
    """How it tags"""

    tone_model: Path | None = Field(
        None,
        description="Folder of a Hugging Face sequence-classification checkpoint, or of an "
        "exported tone model; empty takes the bundled one",
    )
    tone_batch: int = Field(64, ge=1, le=1_024, description="The most texts in one model run")
    tone_threads: int = Field(
        0, ge=0, description="Threads of the model; 0 takes one per processor core"
    )


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


class Stages(BaseModel):
    """How records flow"""

    stage_batch: int = Field(
        256, ge=1, le=10_000, description="The most records that one poll brings"
    )
    poll_timeout: float = Field(1.0, gt=0, description="Seconds that an empty poll waits")
    retry_first: float = Field(
        0.1, gt=0, description="Upper bound in seconds of the first pause before a retry"
    )
    retry_longest: float = Field(
        30.0, gt=0, description="Upper bound in seconds of any pause before a retry"
    )
    stalled_limit: float = Field(
        600.0,
        gt=0,
        description="Seconds that a consumer may be without its log, or without the records that "
        "wait there, before the process ends: its next start connects anew",
    )
    dead_letter_limit: int = Field(
        100,
        ge=1,
        description="Dead letters of one consumer group within the window; with so many it "
        "pauses, alive and not ready",
    )
    dead_letter_window: float = Field(300.0, gt=0, description="Seconds of that window")


class Keeping(BaseModel):
    """How long things are kept"""

    retention_interval: float = Field(
        600.0, gt=0, description="Seconds between two rounds that remove what has aged out"
    )
    events_kept: float = Field(
        3.0, ge=1, description="Days for which event streams can be resumed from where they ended"
    )
    commands_kept: float = Field(
        400.0,
        ge=2,
        description="Days that applied routing commands are kept: the recorded history. A replay "
        "from the beginning needs all of it; what is left explains itself",
    )
    rates_kept: float = Field(
        60.0, ge=1, description="Days that the counts of each minute are kept, for crisis detection"
    )
    decisions_kept: float = Field(
        400.0, ge=1, description="Days that it can be asked why a case went where it went"
    )
    seen_kept: float = Field(
        30.0, ge=1, description="Days after which a mention that comes again is looked at anew"
    )
    dead_letters_kept: float = Field(
        30.0, ge=1, description="Days that dead letters wait for a person"
    )


CONCERNS = (
    Place,
    Secrecy,
    Telemetry,
    Intake,
    Networks,
    Trackers,
    Alerting,
    ToneTagging,
    Stages,
    Distributed,
    Kafka,
    Elasticsearch,
    Keeping,
)


class Settings(
    Place,
    Secrecy,
    Telemetry,
    Intake,
    Networks,
    Trackers,
    Alerting,
    ToneTagging,
    Stages,
    Distributed,
    Kafka,
    Elasticsearch,
    Keeping,
    BaseSettings,
):
    """All of them. Raises ``ValidationError`` for a wrong value."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    @property
    def distributed(self) -> bool:
        return bool(self.postgres_url)


def wrong_settings(error: ValidationError) -> list[str]:
    """A line for each."""
    return [
        f"{PREFIX}{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg']}"
        for one in error.errors()
    ]


def _default(field: FieldInfo) -> str:
    match field.get_default():
        case None | "" | ():
            return ""
        case bool(switch):
            return f"`{str(switch).lower()}`"
        case float(number) if number.is_integer():
            return f"`{int(number)}`"
        case other:
            return f"`{other}`"


def _kind(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(field.annotation))
    if get_origin(field.annotation) is tuple:
        return "JSON array"
    kinds = {str: "text", bool: "true or false", int: "whole number", float: "number"}
    return next((word for kind, word in kinds.items() if kind is field.annotation), "path")


def _lines() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield (
        "Generated from `harken/runtime/settings.py`. Each is read from the environment, then "
        "from a `.env` file in the working folder, then takes its default."
    )
    for concern in CONCERNS:
        yield ""
        yield f"## {concern.__doc__}"
        yield ""
        yield "| Variable | Value | Default | Meaning |"
        yield "|---|---|---|---|"
        for name, field in concern.model_fields.items():
            variable = f"`{PREFIX}{name.upper()}`"
            yield f"| {variable} | {_kind(field)} | {_default(field)} | {field.description} |"


def table() -> str:
    """The document, in Markdown."""
    return "\n".join(_lines()) + "\n"


if __name__ == "__main__" and "--table" in sys.argv[1:]:
    sys.stdout.write(table())
