"""Builds the ingest service from the kit."""

from __future__ import annotations

import random

from harken.runtime.relay import OutboxRelay
from harken.runtime.service import Kit, Service
from services.ingest.alerts import SERVICE
from services.ingest.connections_api import connection_routes
from services.ingest.intake import Intake
from services.ingest.language.authors import AuthorLanguages
from services.ingest.language.step import LanguageStep
from services.ingest.mentions_api import mention_routes
from services.ingest.poller import Poller, Rhythm
from services.ingest.seen import SeenBefore
from services.ingest.sources import SourceStates
from services.ingest.sources_api import source_routes
from services.ingest.webhooks_api import webhook_routes


def wire(kit: Kit) -> Service:
    settings = kit.settings
    seen = SeenBefore(kit.store, kit.clock)
    authors = AuthorLanguages(kit.store, kit.clock)
    steps = [LanguageStep(authors)]
    intake = Intake(kit.log, seen, settings.intake_queue, settings.intake_timeout, steps)
    states = SourceStates(kit.clock)
    poller = Poller(
        kit.store,
        intake,
        kit.channels,
        states,
        holder=kit.new_id(),
        rhythm=Rhythm(settings.poll_quiet, settings.poll_longest),
        # Replicas and sources must not look all at the same moment.
        jitter=lambda pause: pause * random.uniform(0.9, 1.1),  # noqa: S311
    )
    return Service(
        SERVICE,
        routers=[
            mention_routes(intake, kit.store, kit.channels),
            webhook_routes(intake, kit.store, kit.channels),
            connection_routes(kit.store),
            source_routes(kit.store, states),
        ],
        workers=[poller, seen, authors, OutboxRelay.of(SERVICE, kit)],
    )
