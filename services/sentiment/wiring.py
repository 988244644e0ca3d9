"""Builds the sentiment service from the kit and a tagger."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harken.domain.mention import Lane
from harken.domain.tone import ToneModel
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart
from services.sentiment.api import tone_routes
from services.sentiment.stage import SentimentStage
from services.sentiment.tagger import Tagger
from services.sentiment.tone import ModelFolderError, load_model

SERVICE = "sentiment"


def bundled_or_named(settings: Settings) -> ToneModel:
    """Takes a second or more. Raises `CannotStart`."""
    threads = settings.tone_threads or os.cpu_count() or 1
    try:
        return load_model(settings.tone_model, threads=threads)
    except ModelFolderError as unusable:
        raise CannotStart(str(unusable)) from unusable


def make_tagger(settings: Settings, model: ToneModel) -> Tagger:
    return Tagger(model, settings.tone_batch)


async def load_tagger(settings: Settings) -> Tagger:
    """Raises `CannotStart`."""
    model = await asyncio.to_thread(bundled_or_named, settings)
    return make_tagger(settings, model)


def routes(tagger: Tagger) -> Service:
    return Service(SERVICE, routers=[tone_routes(tagger)])


def loops(kit: Kit, tagger: Tagger) -> Service:
    """One stage per lane over one model."""
    stages = [SentimentStage(lane, tagger, kit.clock, kit.settings.stage_batch) for lane in Lane]
    return Service(SERVICE, workers=[StageRunner.of(stage, kit) for stage in stages])


@asynccontextmanager
async def process(kit: Kit) -> AsyncIterator[Service]:
    """What a process of its own runs."""
    yield loops(kit, await load_tagger(kit.settings))
