"""Builds the sentiment service from the kit."""

from __future__ import annotations

from harken.domain.mention import Lane
from harken.domain.tone import ToneModel
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from services.sentiment.api import tone_routes
from services.sentiment.stage import SentimentStage
from services.sentiment.tagger import Tagger


def wire(kit: Kit, model: ToneModel) -> Service:
    """One stage per lane over one model; ``model`` is loaded by `services.sentiment.tone`."""
    tagger = Tagger(model, kit.settings.tone_batch)
    stages = [SentimentStage(lane, tagger, kit.clock, kit.settings.stage_batch) for lane in Lane]
    return Service(
        "sentiment",
        routers=[tone_routes(tagger)],
        workers=[StageRunner.of(stage, kit) for stage in stages],
    )
