import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from harken.events.v1 import mention_pb2 as _mention_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Polarity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POLARITY_UNSPECIFIED: _ClassVar[Polarity]
    POLARITY_NEGATIVE: _ClassVar[Polarity]
    POLARITY_NEUTRAL: _ClassVar[Polarity]
    POLARITY_POSITIVE: _ClassVar[Polarity]

class Emotion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EMOTION_UNSPECIFIED: _ClassVar[Emotion]
    EMOTION_ANGER: _ClassVar[Emotion]
    EMOTION_DISGUST: _ClassVar[Emotion]
    EMOTION_FEAR: _ClassVar[Emotion]
    EMOTION_JOY: _ClassVar[Emotion]
    EMOTION_SADNESS: _ClassVar[Emotion]
    EMOTION_SURPRISE: _ClassVar[Emotion]
POLARITY_UNSPECIFIED: Polarity
POLARITY_NEGATIVE: Polarity
POLARITY_NEUTRAL: Polarity
POLARITY_POSITIVE: Polarity
EMOTION_UNSPECIFIED: Emotion
EMOTION_ANGER: Emotion
EMOTION_DISGUST: Emotion
EMOTION_FEAR: Emotion
EMOTION_JOY: Emotion
EMOTION_SADNESS: Emotion
EMOTION_SURPRISE: Emotion

class EmotionScore(_message.Message):
    __slots__ = ("emotion", "probability", "shown")
    EMOTION_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    emotion: Emotion
    probability: float
    shown: bool
    def __init__(self, emotion: _Optional[_Union[Emotion, str]] = ..., probability: _Optional[float] = ..., shown: _Optional[bool] = ...) -> None: ...

class ReasonScore(_message.Message):
    __slots__ = ("reason", "probability")
    REASON_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    reason: str
    probability: float
    def __init__(self, reason: _Optional[str] = ..., probability: _Optional[float] = ...) -> None: ...

class Tone(_message.Message):
    __slots__ = ("polarity", "negative", "neutral", "positive", "certainty", "emotions", "urgency", "offence", "reasons", "language_known", "model")
    POLARITY_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_FIELD_NUMBER: _ClassVar[int]
    NEUTRAL_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_FIELD_NUMBER: _ClassVar[int]
    CERTAINTY_FIELD_NUMBER: _ClassVar[int]
    EMOTIONS_FIELD_NUMBER: _ClassVar[int]
    URGENCY_FIELD_NUMBER: _ClassVar[int]
    OFFENCE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_KNOWN_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    polarity: Polarity
    negative: float
    neutral: float
    positive: float
    certainty: float
    emotions: _containers.RepeatedCompositeFieldContainer[EmotionScore]
    urgency: float
    offence: float
    reasons: _containers.RepeatedCompositeFieldContainer[ReasonScore]
    language_known: bool
    model: str
    def __init__(self, polarity: _Optional[_Union[Polarity, str]] = ..., negative: _Optional[float] = ..., neutral: _Optional[float] = ..., positive: _Optional[float] = ..., certainty: _Optional[float] = ..., emotions: _Optional[_Iterable[_Union[EmotionScore, _Mapping]]] = ..., urgency: _Optional[float] = ..., offence: _Optional[float] = ..., reasons: _Optional[_Iterable[_Union[ReasonScore, _Mapping]]] = ..., language_known: _Optional[bool] = ..., model: _Optional[str] = ...) -> None: ...

class TaggedMention(_message.Message):
    __slots__ = ("mention", "tone", "tagged_at")
    MENTION_FIELD_NUMBER: _ClassVar[int]
    TONE_FIELD_NUMBER: _ClassVar[int]
    TAGGED_AT_FIELD_NUMBER: _ClassVar[int]
    mention: _mention_pb2.Mention
    tone: Tone
    tagged_at: _timestamp_pb2.Timestamp
    def __init__(self, mention: _Optional[_Union[_mention_pb2.Mention, _Mapping]] = ..., tone: _Optional[_Union[Tone, _Mapping]] = ..., tagged_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
