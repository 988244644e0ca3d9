"""What every process has: a place, secrets, a voice."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field


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
