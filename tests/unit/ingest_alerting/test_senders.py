"""Alerts as they leave: signed calls, and letters."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from harken.channels.exchange import Clients
from harken.channels.webhook.signature import verify
from harken.testing.builders import NOW, TENANT, mention
from harken.testing.mailbox import running_mailbox
from harken.testing.processes import free_port
from harken.testing.secrecy import open_vault
from services.ingest.alerting.mail import MailSender, MailServer, letter
from services.ingest.alerting.sender import NotDelivered
from services.ingest.alerting.webhook import WebhookSender
from services.ingest.domain.alert import Alert, AlertKind, quoted
from services.ingest.domain.receiver import By, Receiver

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
HOOK = Receiver(TENANT, "r", "Desk", By.WEBHOOK, NOW, url="https://desk.example/in", secret=SECRET)
BOX = Receiver(TENANT, "m", "Mail", By.EMAIL, NOW, to=("a@desk.example", "b@desk.example"))
ALERT = Alert(
    TENANT,
    "alert-1",
    AlertKind.TRACKER_MATCHED,
    "tracker-1",
    NOW,
    "Žluté konvice: a match",
    quotes=quoted([mention("Konvice teče\nuž od rána.")]),
)


async def call(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    clients = Clients(transport=httpx.MockTransport(answer), private_addresses=True)
    try:
        await WebhookSender(clients, open_vault(), 5.0).send(HOOK, ALERT, "delivery-1", NOW)
    finally:
        await clients.close()


async def test_a_call_is_signed_and_says_what_happened() -> None:
    came: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        came.append(request)
        return httpx.Response(204)

    await call(answer)
    [request] = came
    told = json.loads(request.content)
    verify([SECRET], request.headers, request.content, NOW)
    assert request.headers["webhook-id"] == "delivery-1"
    assert (told["type"], told["data"]["title"]) == ("tracker.matched", ALERT.title)
    assert told["data"]["mentions"][0]["text"] == "Konvice teče už od rána."


@pytest.mark.parametrize(
    ("status", "final", "wait"), [(503, False, 7.0), (404, False, 0.0), (410, True, 0.0)]
)
async def test_what_a_refusal_means(status: int, final: bool, wait: float) -> None:
    headers = {"Retry-After": "7"} if wait else {}
    with pytest.raises(NotDelivered) as refused:
        await call(lambda _: httpx.Response(status, headers=headers))
    assert (refused.value.final, refused.value.wait) == (final, wait)
    assert str(status) in str(refused.value)


async def test_no_webhook_leads_into_a_private_network_where_that_is_refused() -> None:
    clients = Clients(private_addresses=False)
    inside = replace(HOOK, url="http://127.0.0.1:9/in")
    with pytest.raises(NotDelivered) as refused:
        await WebhookSender(clients, open_vault(), 5.0).send(inside, ALERT, "1", NOW)
    await clients.close()
    assert refused.value.final


def server(port: int) -> MailServer:
    return MailServer(
        "127.0.0.1",
        port,
        "none",
        "",
        "",
        "Harken <alerts@harken.example>",
        5.0,
        "https://h.example",
    )


async def test_a_letter_arrives_with_beginnings_and_links() -> None:
    with running_mailbox() as box:
        note = await MailSender(server(box.port)).send(BOX, ALERT, "delivery-1", NOW)
    [came] = box.letters
    assert note == ""
    assert came["Subject"] == ALERT.title
    assert came["Message-ID"] == "<delivery-1@harken.example>"
    assert came["To"] == "a@desk.example, b@desk.example"
    text = came.get_content()
    assert came.get_content_type() == "text/plain"
    assert "Konvice teče už od rána." in text
    assert ALERT.quotes[0].url in text
    assert "https://h.example/v1/alerts/alert-1" in text


async def test_a_mailbox_that_is_refused_is_noted_and_all_of_them_are_final() -> None:
    with running_mailbox() as box:
        sender = MailSender(server(box.port))
        some = replace(BOX, to=("no@desk.example", "b@desk.example"))
        assert "no@desk.example" in await sender.send(some, ALERT, "1", NOW)
        none = replace(BOX, to=("no@desk.example",))
        with pytest.raises(NotDelivered) as refused:
            await sender.send(none, ALERT, "1", NOW)
    assert refused.value.final


async def test_a_mail_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotDelivered) as away:
        await MailSender(server(free_port())).send(BOX, ALERT, "1", NOW)
    assert not away.value.final


async def test_a_mail_server_that_says_nothing_keeps_nobody_long() -> None:
    async def mute(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    over = asyncio.Event()
    silent = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    with pytest.raises(NotDelivered, match="the mail server:"):
        await MailSender(replace(server(port), deadline=0.2)).send(BOX, ALERT, "1", NOW)
    over.set()
    silent.close()
    await silent.wait_closed()


def test_no_name_can_forge_a_header() -> None:
    forged = replace(ALERT, title="Kettles\r\nBcc: all@desk.example")
    made = letter(BOX, forged, "1", NOW, server(25))
    assert made["Bcc"] is None
    assert made["Subject"] == "Kettles Bcc: all@desk.example"
