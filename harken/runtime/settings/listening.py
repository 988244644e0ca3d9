"""What comes in, from where, and who is told of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


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
        False,
        description="Whether connections, feeds and webhooks may lead to this machine and to "
        "private networks. If not, requests go to public addresses only, checked when "
        "connecting, and use no proxy named by the environment. `make run` and `make serve` "
        "allow it",
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
