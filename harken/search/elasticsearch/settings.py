"""How to reach an Elasticsearch cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elasticsearch import AsyncElasticsearch

_PREFIX = re.compile(r"(?!.*-g\d)[a-z][a-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class ElasticsearchSettings:
    """``urls``: one or more nodes, comma separated; an ``api_key`` goes before user and password.

    ``prefix`` leads the names of indices, templates and aliases, where several Harkens share a
    cluster. ``timeout`` is of one request, in seconds. ``ca``, ``certificate`` and ``key`` are PEM
    files; without ``ca`` the system's authorities rule. Certificates are always verified.
    Raises ``ValueError`` for a prefix that could reach another one's indices.
    """

    urls: str
    prefix: str = "harken"
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    replicas: int = 1
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if not _PREFIX.fullmatch(self.prefix):
            raise ValueError(f"{self.prefix!r} is no prefix for names of indices")

    def connect(self) -> AsyncElasticsearch:
        """Opens no connection yet. Raises ``ValueError`` for an address without scheme or port."""
        options: dict[str, Any] = {}
        if self.api_key:
            options["api_key"] = self.api_key
        elif self.user:
            options["basic_auth"] = (self.user, self.password)
        if self.ca is not None:
            options["ca_certs"] = str(self.ca)
        if self.certificate is not None:
            options["client_cert"] = str(self.certificate)
            options["client_key"] = None if self.key is None else str(self.key)
        return AsyncElasticsearch(
            [url.strip() for url in self.urls.split(",")],
            request_timeout=self.timeout,
            # Another node is tried where one is away. Pauses are the callers' business.
            max_retries=2,
            retry_on_status=(),
            **options,
        )
