"""How to reach a Kafka cluster."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Security = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """``prefix`` leads the names of topics and groups, where several Harkens share a cluster.

    ``send_deadline`` is in seconds: the idempotent producer itself would try for ever.
    ``ca``, ``certificate`` and ``key`` are PEM files; without ``ca`` the system's authorities rule.
    """

    servers: str
    prefix: str = ""
    security: Security = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    send_deadline: float = 10.0

    def client(self) -> dict[str, Any]:
        """What every client of aiokafka takes. Raises ``OSError`` for files that are not there."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "client_id": "harken",
            "security_protocol": self.security,
        }
        if self.security.endswith("SSL"):
            context = ssl.create_default_context(cafile=self.ca)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
            options["ssl_context"] = context
        if self.security.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return options
