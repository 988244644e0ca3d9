"""A tagged mention as the facts that routing needs, without the text."""

from __future__ import annotations

from harken.domain.facts import TaggedMention
from harken.domain.mention import Change, Mention
from harken.domain.risk import find_risks
from harken.domain.tone import Polarity, Tone
from services.router.domain.commands import AnsweredElsewhere, PlaceMention, RetractMention
from services.router.severity.facts import SeverityFacts

LIKELY_REASON = 0.5
"""A contact reason less probable than this is not written into the case."""

LIKELY_LANGUAGE = 0.5
"""A language less certain than this asks for nobody who speaks it."""

_SILENCE = Tone(Polarity.NEUTRAL, {}, certainty=0.0)


def command_of(tagged: TaggedMention) -> PlaceMention | RetractMention | AnsweredElsewhere:
    mention = tagged.mention
    if mention.echo:
        return AnsweredElsewhere(
            mention=mention.id,
            revision=mention.revision,
            connection=mention.connection,
            source_id=mention.source_id,
            thread_root=mention.thread_root,
            parent=mention.parent,
            visibility=mention.visibility,
            created_at=mention.created_at,
            historical=mention.historical,
        )
    if mention.change is Change.RETRACTION:
        return RetractMention(mention.id, mention.revision)
    capability = mention.capability
    return PlaceMention(
        mention=mention.id,
        revision=mention.revision,
        network=mention.network,
        connection=mention.connection,
        author=mention.author.id,
        source_id=mention.source_id,
        thread_root=mention.thread_root,
        parent=mention.parent,
        kind=mention.kind,
        visibility=mention.visibility,
        language=mention.language if mention.language_certainty >= LIKELY_LANGUAGE else "",
        created_at=mention.created_at,
        received_at=mention.received_at,
        facts=facts_of(mention, tagged.tone),
        direct=mention.direct,
        historical=mention.historical,
        answerable=capability.public or capability.private or capability.by_person_only,
        trackers=mention.trackers,
        contact_reason=_likely_reason(tagged.tone),
    )


def facts_of(mention: Mention, tone: Tone | None) -> SeverityFacts:
    """The text is read here for the last time: for its risk words."""
    heard = tone or _SILENCE
    return SeverityFacts(
        polarity=tone.polarity if tone else None,
        negative=_share(heard.polarities.get(Polarity.NEGATIVE, 0.0)),
        certainty=_share(heard.certainty),
        emotions={emotion: _share(value) for emotion, value in heard.emotions.items()},
        urgency=_share(heard.urgency),
        offence=_share(heard.offence),
        risks=find_risks(mention.text),
        reach=mention.reach,
        followers=mention.author.followers,
        verified=mention.author.verified,
        visibility=mention.visibility,
    )


def _share(value: float) -> float:
    """Within [0, 1]; what is no number counts as 0."""
    return min(max(value, 0.0), 1.0) if value == value else 0.0


def _likely_reason(tone: Tone | None) -> str:
    if tone is None or not tone.reasons:
        return ""
    reason, probability = max(tone.reasons.items(), key=lambda item: (item[1], item[0]))
    return reason if probability >= LIKELY_REASON else ""
