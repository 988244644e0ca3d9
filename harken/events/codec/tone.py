"""Tones and tagged mentions. A tone's numbers have single precision on the wire."""

from __future__ import annotations

from types import MappingProxyType

from harken.domain.facts import TaggedMention
from harken.domain.time import Instant
from harken.domain.tone import Emotion, Polarity, Tone
from harken.events.codec.mention import decode_mention
from harken.events.codec.wire import Words, instant, stamp
from harken.events.v1 import mention_pb2
from harken.events.v1 import tone_pb2 as pb

POLARITIES = Words(Polarity, pb.Polarity, "POLARITY", Polarity.NEUTRAL)
EMOTIONS = Words(Emotion, pb.Emotion, "EMOTION", Emotion.SURPRISE)
"""Its default is never read: a score for an emotion not known here is left out."""


def encode_tone(tone: Tone) -> pb.Tone:
    return pb.Tone(
        polarity=POLARITIES.name(tone.polarity),
        negative=tone.polarities.get(Polarity.NEGATIVE, 0.0),
        neutral=tone.polarities.get(Polarity.NEUTRAL, 0.0),
        positive=tone.polarities.get(Polarity.POSITIVE, 0.0),
        certainty=tone.certainty,
        emotions=[
            pb.EmotionScore(
                emotion=EMOTIONS.name(emotion), probability=probability, shown=emotion in tone.shown
            )
            for emotion, probability in tone.emotions.items()
        ],
        urgency=tone.urgency,
        offence=tone.offence,
        reasons=[
            pb.ReasonScore(reason=reason, probability=probability)
            for reason, probability in tone.reasons.items()
        ],
        language_known=tone.language_known,
        model=tone.model,
    )


def decode_tone(message: pb.Tone) -> Tone:
    """``shown`` comes in the order of ``emotions``."""
    scores = [
        (emotion, score)
        for score in message.emotions
        if (emotion := EMOTIONS.known(score.emotion)) is not None
    ]
    return Tone(
        polarity=POLARITIES.member(message.polarity),
        polarities=MappingProxyType(
            {
                Polarity.NEGATIVE: message.negative,
                Polarity.NEUTRAL: message.neutral,
                Polarity.POSITIVE: message.positive,
            }
        ),
        certainty=message.certainty,
        emotions=MappingProxyType({emotion: score.probability for emotion, score in scores}),
        shown=tuple(emotion for emotion, score in scores if score.shown),
        urgency=message.urgency,
        offence=message.offence,
        reasons=MappingProxyType({score.reason: score.probability for score in message.reasons}),
        language_known=message.language_known,
        model=message.model,
    )


def tag(mention: mention_pb2.Mention, tone: Tone | None, tagged_at: Instant) -> pb.TaggedMention:
    """Wraps the mention as it was received, with all that this code does not know of it."""
    return pb.TaggedMention(
        mention=mention,
        tone=None if tone is None else encode_tone(tone),
        tagged_at=stamp(tagged_at),
    )


def decode_tagged(message: pb.TaggedMention) -> TaggedMention:
    return TaggedMention(
        mention=decode_mention(message.mention),
        tone=decode_tone(message.tone) if message.HasField("tone") else None,
        tagged_at=instant(message.tagged_at),
    )
