"""Builds the responder service from the kit."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import APIRouter

from harken.channels.registry import Channels
from harken.domain.time import seconds
from harken.runtime.relay import OutboxRelay
from harken.runtime.retry import Backoff
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from harken.store.port import Store
from services.responder.api.composing import Composer
from services.responder.api.decisions import decision_routes
from services.responder.api.drafts import draft_routes
from services.responder.api.replies import reply_routes
from services.responder.api.saved_replies import saved_reply_routes
from services.responder.attempt import Attempt
from services.responder.delivery import Delivery
from services.responder.domain.delivery_terms import USUAL, Terms
from services.responder.problems import PROBLEMS
from services.responder.read_back import ReadBack
from services.responder.recording import Recording
from services.responder.replies import SERVICE
from services.responder.stage import ResponderStage


def routes(kit: Kit) -> Service:
    """The API alone: it needs a delivery somewhere, not here."""
    return Service(SERVICE, routers=api(kit.store, kit.channels), problems=PROBLEMS)


def loops(kit: Kit) -> Service:
    settings = kit.settings
    terms = replace(USUAL, deadline=seconds(settings.network_timeout))
    backoff = Backoff.of(settings)
    return Service(
        SERVICE,
        workers=[
            StageRunner.of(ResponderStage(kit.store, settings.stage_batch), kit),
            delivery(kit.store, kit.channels, terms, backoff, time.monotonic),
            OutboxRelay.of(SERVICE, kit),
        ],
    )


@asynccontextmanager
async def process(kit: Kit) -> AsyncIterator[Service]:
    """What a process of its own runs."""
    yield loops(kit)


def api(store: Store, channels: Channels) -> Sequence[APIRouter]:
    composer = Composer(channels)
    return [
        reply_routes(store, composer),
        decision_routes(store, composer),
        draft_routes(store, composer),
        saved_reply_routes(store),
    ]


def delivery(
    store: Store,
    channels: Channels,
    terms: Terms,
    backoff: Backoff,
    monotonic: Callable[[], float],
) -> Delivery:
    """``monotonic`` gives seconds that never go back."""
    recording = Recording(store, terms, backoff)
    return Delivery(
        store,
        recording,
        Attempt(store, channels, recording, terms, monotonic),
        ReadBack(store, channels, recording),
        backoff,
    )
