"""Alerts by e-mail: plain text, with the texts' beginnings and links."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from aiosmtplib import SMTPException, SMTPRecipientsRefused, send

from harken.domain.time import Instant, to_datetime
from services.ingest.alerting.sender import NotDelivered
from services.ingest.domain.alert import Alert
from services.ingest.domain.receiver import Receiver

_PERMANENT = 500
"""SMTP replies from here on will not change by themselves (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; without a ``host`` there is none. ``deadline`` is in seconds.

    ``public_address`` is where Harken is reached from outside, "" where mails should not say.
    """

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    user: str
    password: str = field(repr=False)
    sender: str
    deadline: float
    public_address: str = ""


class MailSender:
    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, receiver: Receiver, alert: Alert, id_: str, now: Instant) -> str:
        server = self._server
        if not server.host:
            raise NotDelivered("no mail server is set up")
        try:
            # Its own timeout is for each step.
            async with asyncio.timeout(server.deadline):
                refused, _ = await send(
                    letter(receiver, alert, id_, now, server),
                    recipients=list(receiver.to),
                    hostname=server.host,
                    port=server.port,
                    username=server.user or None,
                    password=server.password or None,
                    use_tls=server.security == "tls",
                    start_tls=server.security == "starttls",
                    timeout=server.deadline,
                )
        except SMTPRecipientsRefused as every:
            final = all(one.code >= _PERMANENT for one in every.recipients)
            raise NotDelivered("the mail server refused every mailbox", final=final) from every
        except (SMTPException, OSError) as failed:
            why = str(failed) or type(failed).__name__
            raise NotDelivered(f"the mail server: {why}") from failed
        return f"the mail server refused {', '.join(sorted(refused))}" if refused else ""


def letter(
    receiver: Receiver, alert: Alert, id_: str, now: Instant, server: MailServer
) -> EmailMessage:
    """``id_`` becomes its Message-ID, by which mail programs know a second copy."""
    made = EmailMessage()
    made["From"] = server.sender
    made["To"] = ", ".join(receiver.to)
    made["Subject"] = " ".join(alert.title.split())
    made["Date"] = format_datetime(to_datetime(now))
    made["Message-ID"] = f"<{id_}@{server.sender.rpartition('@')[2].rstrip('>')}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(_text(alert, server.public_address))
    return made


def _text(alert: Alert, public_address: str) -> str:
    parts = [alert.title]
    if alert.text:
        parts.append(alert.text)
    for quote in alert.quotes:
        lines = (f"{quote.author} on {quote.network}:", quote.text, quote.url)
        parts.append("\n".join(line for line in lines if line))
    if public_address:
        parts.append(f"{public_address.rstrip('/')}/v1/alerts/{alert.id}")
    return "\n\n".join(parts) + "\n"
