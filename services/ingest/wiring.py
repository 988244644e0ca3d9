"""Builds the ingest service from the kit."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harken.channels.exchange import Clients
from harken.domain.time import seconds
from harken.runtime.relay import OutboxRelay
from harken.runtime.retry import Backoff
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from harken.runtime.settings import Settings
from services.ingest.addressing import AddressingStep
from services.ingest.alerting.api import alert_routes
from services.ingest.alerting.attempt import Attempt
from services.ingest.alerting.delivering import AlertDelivering
from services.ingest.alerting.mail import MailSender, MailServer
from services.ingest.alerting.receivers_api import receiver_routes
from services.ingest.alerting.sender import Sender
from services.ingest.alerting.stage import TrackerAlerts
from services.ingest.alerting.webhook import WebhookSender
from services.ingest.alerts import SERVICE
from services.ingest.connections_api import connection_routes
from services.ingest.copies.lately import LatelySaid
from services.ingest.copies.step import CopiesStep
from services.ingest.copies.waves import Waves
from services.ingest.domain.receiver import By
from services.ingest.enrichment import Enrichment
from services.ingest.intake import Intake
from services.ingest.language.authors import AuthorLanguages
from services.ingest.language.step import LanguageStep
from services.ingest.listener import Listener, Listening, Rhythm
from services.ingest.mentions_api import mention_routes
from services.ingest.poller import Poller
from services.ingest.problems import PROBLEMS
from services.ingest.seen import SeenBefore
from services.ingest.sources_api import source_routes
from services.ingest.trackers.api import tracker_routes
from services.ingest.trackers.changes import Changed, TrackerChanges
from services.ingest.trackers.matching import TrackerMatching
from services.ingest.trackers.preview import Previews
from services.ingest.webhooks_api import webhook_routes


def routes(kit: Kit, changed: Changed) -> Service:
    """All of the API but the intake. ``changed`` returns when a change of trackers is matched in
    this process, if it is one that matches."""
    settings = kit.settings
    changes = TrackerChanges(kit.store, changed, settings.trackers_limit)
    previews = Previews(kit.store, settings.preview_rows, settings.preview_seconds, time.monotonic)
    return Service(
        SERVICE,
        routers=[
            connection_routes(kit.store, kit.channels.vault),
            source_routes(kit.store),
            tracker_routes(kit.store, changes, previews),
            alert_routes(kit.store),
            receiver_routes(kit.store, kit.channels.vault, mail=bool(settings.smtp_host)),
        ],
        problems=PROBLEMS,
    )


async def matched_elsewhere() -> None:
    """For `routes` in a process that takes nothing in: those that do look each second, and are
    woken by the change."""


@asynccontextmanager
async def process(kit: Kit) -> AsyncIterator[Service]:
    """What a process of its own runs."""
    yield intake(kit, TrackerMatching(kit.store))


def intake(kit: Kit, matching: TrackerMatching) -> Service:
    """The intake, by HTTP and by listening, and the alerts over it."""
    settings = kit.settings
    seen = SeenBefore(kit.store)
    authors = AuthorLanguages(kit.store, kit.clock)
    lately = _lately_said(kit)
    # Trackers ask for the language.
    steps: list[Enrichment] = [
        AddressingStep(kit.store),
        LanguageStep(authors),
        matching,
        CopiesStep(lately),
    ]
    taking = Intake(kit.log, seen, settings.intake_queue, settings.intake_timeout, steps)
    listening = Listening(
        kit.store,
        taking,
        kit.channels,
        kit.clock,
        holder=kit.new_id(),
        rhythm=Rhythm(settings.poll_quiet, settings.poll_longest),
        # Replicas and sources must not look all at the same moment.
        jitter=lambda pause: pause * random.uniform(0.9, 1.1),  # noqa: S311
        failing_for=seconds(settings.failing_alert),
    )
    poller = Poller(kit.store, lambda key: Listener(key, listening))
    return Service(
        SERVICE,
        routers=[
            mention_routes(taking, kit.store, kit.channels),
            webhook_routes(taking, kit.store, kit.channels),
        ],
        problems=PROBLEMS,
        workers=[
            poller,
            seen,
            authors,
            matching,
            lately,
            StageRunner.of(TrackerAlerts(kit.store, settings.stage_batch), kit),
            _delivering(kit),
            OutboxRelay.of(SERVICE, kit),
        ],
    )


def _lately_said(kit: Kit) -> LatelySaid:
    window = seconds(kit.settings.copies_window)
    waves = Waves(window, kit.settings.copies_remembered)
    return LatelySaid(kit.store, kit.clock, waves, window, kit.new_id)


def _delivering(kit: Kit) -> AlertDelivering:
    settings = kit.settings
    clients = Clients(private_addresses=settings.private_addresses)
    senders: dict[By, Sender] = {
        By.WEBHOOK: WebhookSender(clients, kit.channels.vault, settings.alert_timeout),
        By.EMAIL: MailSender(_mail_server(settings)),
    }
    backoff = Backoff.of(settings)
    attempt = Attempt(kit.store, senders)
    return AlertDelivering(kit.store, attempt, kit.new_id(), backoff, clients.close)


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_from,
        settings.alert_timeout,
        settings.public_address,
    )
