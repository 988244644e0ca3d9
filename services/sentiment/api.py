"""`POST /v1/tone`: the tone of texts on request, by the same model that tags mentions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from harken.domain.mention import Lane
from harken.domain.tone import Emotion, Polarity, Tone, ToneText
from harken.http.access import Caller
from harken.http.models import ApiModel, bounded, examples
from harken.http.routing import api_router
from services.sentiment.tagger import Tagger

MOST_TEXTS = 100
LONGEST_TEXT = 10_000


class TextToTag(ApiModel):
    """One text."""

    model_config = examples({"text": "Three weeks and still no parcel!", "language": "en"})

    text: Annotated[str, bounded(LONGEST_TEXT, least=0)]
    language: Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")] = ""
    """ISO 639 code, or empty where it is not known."""


class ToneRequest(ApiModel):
    """Texts to tag."""

    model_config = examples(
        {
            "texts": [
                {"text": "Three weeks and still no parcel!", "language": "en"},
                {"text": "Děkuji, všechno funguje."},
            ]
        }
    )

    texts: Annotated[list[TextToTag], Field(min_length=1, max_length=MOST_TEXTS)]


class ToneAnswer(ApiModel):
    """The tone of one text. Probabilities lie between 0 and 1."""

    model_config = examples(
        {
            "polarity": "negative",
            "polarities": {"negative": 0.94, "neutral": 0.05, "positive": 0.01},
            "certainty": 0.91,
            "emotions": {"anger": 0.71, "sadness": 0.22},
            "shown": ["anger"],
            "urgency": 0.4,
            "offence": 0.02,
            "reasons": {"delivery": 0.83},
            "language_known": True,
        }
    )

    polarity: Polarity
    polarities: dict[Polarity, float]
    certainty: float
    """Calibrated probability that the polarity is right."""
    emotions: dict[Emotion, float]
    shown: list[Emotion]
    """The emotions over their own thresholds."""
    urgency: float
    offence: float
    reasons: dict[str, float]
    """Contact reasons, as far as the model knows any."""
    language_known: bool
    """False where the model was not trained for the text's language or script."""


class ToneAnswers(ApiModel):
    """One tone per text, in order."""

    model_config = examples(
        {
            "model": "harken-tone-small@1",
            "tones": [
                {
                    "polarity": "negative",
                    "polarities": {"negative": 0.94, "neutral": 0.05, "positive": 0.01},
                    "certainty": 0.91,
                    "emotions": {"anger": 0.71},
                    "shown": ["anger"],
                    "urgency": 0.4,
                    "offence": 0.02,
                    "reasons": {},
                    "language_known": True,
                }
            ],
        }
    )

    model: str
    tones: list[ToneAnswer]


def tone_routes(tagger: Tagger) -> APIRouter:
    router = api_router("Tone")

    @router.post("/v1/tone", operation_id="tag_texts", summary="Tag texts with their tone")
    async def tag_texts(body: ToneRequest, _: Caller) -> ToneAnswers:
        """Nothing is stored. For up to 100 texts of up to 10,000 characters."""
        texts = [ToneText(one.text, one.language) for one in body.texts]
        # Somebody waits for this answer, as an agent waits for an urgent mention.
        tones = await tagger.tag(texts, Lane.URGENT)
        return ToneAnswers(model=tagger.model_name, tones=[tone_answer(tone) for tone in tones])

    return router


def tone_answer(tone: Tone) -> ToneAnswer:
    return ToneAnswer(
        polarity=tone.polarity,
        polarities={polarity: round(share, 4) for polarity, share in tone.polarities.items()},
        certainty=round(tone.certainty, 4),
        emotions={emotion: round(share, 4) for emotion, share in tone.emotions.items()},
        shown=list(tone.shown),
        urgency=round(tone.urgency, 4),
        offence=round(tone.offence, 4),
        reasons={reason: round(share, 4) for reason, share in tone.reasons.items()},
        language_known=tone.language_known,
    )
