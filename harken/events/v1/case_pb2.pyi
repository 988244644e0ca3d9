import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from harken.events.v1 import mention_pb2 as _mention_pb2
from harken.events.v1 import tone_pb2 as _tone_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SeverityClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEVERITY_CLASS_UNSPECIFIED: _ClassVar[SeverityClass]
    SEVERITY_CLASS_LOW: _ClassVar[SeverityClass]
    SEVERITY_CLASS_NORMAL: _ClassVar[SeverityClass]
    SEVERITY_CLASS_HIGH: _ClassVar[SeverityClass]
    SEVERITY_CLASS_CRITICAL: _ClassVar[SeverityClass]

class CaseState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_STATE_UNSPECIFIED: _ClassVar[CaseState]
    CASE_STATE_QUEUED: _ClassVar[CaseState]
    CASE_STATE_OFFERED: _ClassVar[CaseState]
    CASE_STATE_ASSIGNED: _ClassVar[CaseState]
    CASE_STATE_WAITING: _ClassVar[CaseState]
    CASE_STATE_SNOOZED: _ClassVar[CaseState]
    CASE_STATE_RESOLVED: _ClassVar[CaseState]
    CASE_STATE_MERGED: _ClassVar[CaseState]

class ClockKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOCK_KIND_UNSPECIFIED: _ClassVar[ClockKind]
    CLOCK_KIND_HOLDING_REPLY: _ClassVar[ClockKind]
    CLOCK_KIND_FIRST_REPLY: _ClassVar[ClockKind]
    CLOCK_KIND_NEXT_REPLY: _ClassVar[ClockKind]
    CLOCK_KIND_RESOLUTION: _ClassVar[ClockKind]
    CLOCK_KIND_APPROVAL: _ClassVar[ClockKind]

class PostSide(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POST_SIDE_UNSPECIFIED: _ClassVar[PostSide]
    POST_SIDE_CUSTOMER: _ClassVar[PostSide]
    POST_SIDE_BRAND: _ClassVar[PostSide]
SEVERITY_CLASS_UNSPECIFIED: SeverityClass
SEVERITY_CLASS_LOW: SeverityClass
SEVERITY_CLASS_NORMAL: SeverityClass
SEVERITY_CLASS_HIGH: SeverityClass
SEVERITY_CLASS_CRITICAL: SeverityClass
CASE_STATE_UNSPECIFIED: CaseState
CASE_STATE_QUEUED: CaseState
CASE_STATE_OFFERED: CaseState
CASE_STATE_ASSIGNED: CaseState
CASE_STATE_WAITING: CaseState
CASE_STATE_SNOOZED: CaseState
CASE_STATE_RESOLVED: CaseState
CASE_STATE_MERGED: CaseState
CLOCK_KIND_UNSPECIFIED: ClockKind
CLOCK_KIND_HOLDING_REPLY: ClockKind
CLOCK_KIND_FIRST_REPLY: ClockKind
CLOCK_KIND_NEXT_REPLY: ClockKind
CLOCK_KIND_RESOLUTION: ClockKind
CLOCK_KIND_APPROVAL: ClockKind
POST_SIDE_UNSPECIFIED: PostSide
POST_SIDE_CUSTOMER: PostSide
POST_SIDE_BRAND: PostSide

class SeverityReason(_message.Message):
    __slots__ = ("factor", "value", "weight", "contribution", "evidence")
    FACTOR_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    factor: str
    value: float
    weight: float
    contribution: float
    evidence: str
    def __init__(self, factor: _Optional[str] = ..., value: _Optional[float] = ..., weight: _Optional[float] = ..., contribution: _Optional[float] = ..., evidence: _Optional[str] = ...) -> None: ...

class Severity(_message.Message):
    __slots__ = ("score", "severity_class", "reasons", "overridden_by")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_CLASS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDDEN_BY_FIELD_NUMBER: _ClassVar[int]
    score: int
    severity_class: SeverityClass
    reasons: _containers.RepeatedCompositeFieldContainer[SeverityReason]
    overridden_by: str
    def __init__(self, score: _Optional[int] = ..., severity_class: _Optional[_Union[SeverityClass, str]] = ..., reasons: _Optional[_Iterable[_Union[SeverityReason, _Mapping]]] = ..., overridden_by: _Optional[str] = ...) -> None: ...

class SlaClock(_message.Message):
    __slots__ = ("kind", "started_at", "target_microseconds", "due", "paused_at", "paused_microseconds", "stopped_at", "warned", "calendar")
    KIND_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    TARGET_MICROSECONDS_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    PAUSED_AT_FIELD_NUMBER: _ClassVar[int]
    PAUSED_MICROSECONDS_FIELD_NUMBER: _ClassVar[int]
    STOPPED_AT_FIELD_NUMBER: _ClassVar[int]
    WARNED_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    kind: ClockKind
    started_at: _timestamp_pb2.Timestamp
    target_microseconds: int
    due: _timestamp_pb2.Timestamp
    paused_at: _timestamp_pb2.Timestamp
    paused_microseconds: int
    stopped_at: _timestamp_pb2.Timestamp
    warned: _containers.RepeatedScalarFieldContainer[int]
    calendar: str
    def __init__(self, kind: _Optional[_Union[ClockKind, str]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., target_microseconds: _Optional[int] = ..., due: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., paused_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., paused_microseconds: _Optional[int] = ..., stopped_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., warned: _Optional[_Iterable[int]] = ..., calendar: _Optional[str] = ...) -> None: ...

class Post(_message.Message):
    __slots__ = ("ref", "side", "at", "visibility", "polarity", "certainty", "automatic", "agent", "historical")
    REF_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    POLARITY_FIELD_NUMBER: _ClassVar[int]
    CERTAINTY_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    HISTORICAL_FIELD_NUMBER: _ClassVar[int]
    ref: str
    side: PostSide
    at: _timestamp_pb2.Timestamp
    visibility: _mention_pb2.Visibility
    polarity: _tone_pb2.Polarity
    certainty: float
    automatic: bool
    agent: str
    historical: bool
    def __init__(self, ref: _Optional[str] = ..., side: _Optional[_Union[PostSide, str]] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., visibility: _Optional[_Union[_mention_pb2.Visibility, str]] = ..., polarity: _Optional[_Union[_tone_pb2.Polarity, str]] = ..., certainty: _Optional[float] = ..., automatic: _Optional[bool] = ..., agent: _Optional[str] = ..., historical: _Optional[bool] = ...) -> None: ...

class SkillLevel(_message.Message):
    __slots__ = ("name", "level")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    name: str
    level: int
    def __init__(self, name: _Optional[str] = ..., level: _Optional[int] = ...) -> None: ...

class Case(_message.Message):
    __slots__ = ("tenant", "id", "revision", "network", "connection", "author", "visibility", "thread_root", "language", "state", "severity", "queue", "opened_at", "updated_at", "deadline", "required", "preferred", "assignee", "fence", "posts", "clocks", "tags", "contact_reason", "no_reply_needed", "spam", "historical", "resolved_at", "reopened", "previous", "merged_into", "snoozed_until", "risk_topics", "latest_mention", "answerable", "posts_left_out", "escalated", "kind", "direct", "trackers")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    THREAD_ROOT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    FENCE_FIELD_NUMBER: _ClassVar[int]
    POSTS_FIELD_NUMBER: _ClassVar[int]
    CLOCKS_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_REASON_FIELD_NUMBER: _ClassVar[int]
    NO_REPLY_NEEDED_FIELD_NUMBER: _ClassVar[int]
    SPAM_FIELD_NUMBER: _ClassVar[int]
    HISTORICAL_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_AT_FIELD_NUMBER: _ClassVar[int]
    REOPENED_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    MERGED_INTO_FIELD_NUMBER: _ClassVar[int]
    SNOOZED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    RISK_TOPICS_FIELD_NUMBER: _ClassVar[int]
    LATEST_MENTION_FIELD_NUMBER: _ClassVar[int]
    ANSWERABLE_FIELD_NUMBER: _ClassVar[int]
    POSTS_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DIRECT_FIELD_NUMBER: _ClassVar[int]
    TRACKERS_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    id: str
    revision: int
    network: str
    connection: str
    author: str
    visibility: _mention_pb2.Visibility
    thread_root: str
    language: str
    state: CaseState
    severity: Severity
    queue: str
    opened_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    deadline: _timestamp_pb2.Timestamp
    required: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    preferred: _containers.RepeatedCompositeFieldContainer[SkillLevel]
    assignee: str
    fence: int
    posts: _containers.RepeatedCompositeFieldContainer[Post]
    clocks: _containers.RepeatedCompositeFieldContainer[SlaClock]
    tags: _containers.RepeatedScalarFieldContainer[str]
    contact_reason: str
    no_reply_needed: bool
    spam: bool
    historical: bool
    resolved_at: _timestamp_pb2.Timestamp
    reopened: int
    previous: str
    merged_into: str
    snoozed_until: _timestamp_pb2.Timestamp
    risk_topics: _containers.RepeatedScalarFieldContainer[str]
    latest_mention: str
    answerable: bool
    posts_left_out: int
    escalated: bool
    kind: _mention_pb2.Kind
    direct: bool
    trackers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tenant: _Optional[str] = ..., id: _Optional[str] = ..., revision: _Optional[int] = ..., network: _Optional[str] = ..., connection: _Optional[str] = ..., author: _Optional[str] = ..., visibility: _Optional[_Union[_mention_pb2.Visibility, str]] = ..., thread_root: _Optional[str] = ..., language: _Optional[str] = ..., state: _Optional[_Union[CaseState, str]] = ..., severity: _Optional[_Union[Severity, _Mapping]] = ..., queue: _Optional[str] = ..., opened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deadline: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., required: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., preferred: _Optional[_Iterable[_Union[SkillLevel, _Mapping]]] = ..., assignee: _Optional[str] = ..., fence: _Optional[int] = ..., posts: _Optional[_Iterable[_Union[Post, _Mapping]]] = ..., clocks: _Optional[_Iterable[_Union[SlaClock, _Mapping]]] = ..., tags: _Optional[_Iterable[str]] = ..., contact_reason: _Optional[str] = ..., no_reply_needed: _Optional[bool] = ..., spam: _Optional[bool] = ..., historical: _Optional[bool] = ..., resolved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reopened: _Optional[int] = ..., previous: _Optional[str] = ..., merged_into: _Optional[str] = ..., snoozed_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., risk_topics: _Optional[_Iterable[str]] = ..., latest_mention: _Optional[str] = ..., answerable: _Optional[bool] = ..., posts_left_out: _Optional[int] = ..., escalated: _Optional[bool] = ..., kind: _Optional[_Union[_mention_pb2.Kind, str]] = ..., direct: _Optional[bool] = ..., trackers: _Optional[_Iterable[str]] = ...) -> None: ...
