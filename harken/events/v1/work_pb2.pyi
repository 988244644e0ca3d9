import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from harken.events.v1 import case_pb2 as _case_pb2
from harken.events.v1 import tone_pb2 as _tone_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DecisionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DECISION_KIND_UNSPECIFIED: _ClassVar[DecisionKind]
    DECISION_KIND_QUEUED: _ClassVar[DecisionKind]
    DECISION_KIND_ASSIGNED: _ClassVar[DecisionKind]
    DECISION_KIND_OFFERED: _ClassVar[DecisionKind]
    DECISION_KIND_RETURNED: _ClassVar[DecisionKind]
    DECISION_KIND_ESCALATED: _ClassVar[DecisionKind]

class NoticeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTICE_KIND_UNSPECIFIED: _ClassVar[NoticeKind]
    NOTICE_KIND_SLA_WARNING: _ClassVar[NoticeKind]
    NOTICE_KIND_SLA_BREACH: _ClassVar[NoticeKind]
    NOTICE_KIND_CRITICAL_CASE: _ClassVar[NoticeKind]
    NOTICE_KIND_NOBODY_AVAILABLE: _ClassVar[NoticeKind]
DECISION_KIND_UNSPECIFIED: DecisionKind
DECISION_KIND_QUEUED: DecisionKind
DECISION_KIND_ASSIGNED: DecisionKind
DECISION_KIND_OFFERED: DecisionKind
DECISION_KIND_RETURNED: DecisionKind
DECISION_KIND_ESCALATED: DecisionKind
NOTICE_KIND_UNSPECIFIED: NoticeKind
NOTICE_KIND_SLA_WARNING: NoticeKind
NOTICE_KIND_SLA_BREACH: NoticeKind
NOTICE_KIND_CRITICAL_CASE: NoticeKind
NOTICE_KIND_NOBODY_AVAILABLE: NoticeKind

class PlacedMention(_message.Message):
    __slots__ = ("tagged", "case_id", "severity")
    TAGGED_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    tagged: _tone_pb2.TaggedMention
    case_id: str
    severity: _case_pb2.Severity
    def __init__(self, tagged: _Optional[_Union[_tone_pb2.TaggedMention, _Mapping]] = ..., case_id: _Optional[str] = ..., severity: _Optional[_Union[_case_pb2.Severity, _Mapping]] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("tenant", "id", "case_id", "kind", "agent", "at")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    id: str
    case_id: str
    kind: DecisionKind
    agent: str
    at: _timestamp_pb2.Timestamp
    def __init__(self, tenant: _Optional[str] = ..., id: _Optional[str] = ..., case_id: _Optional[str] = ..., kind: _Optional[_Union[DecisionKind, str]] = ..., agent: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("tenant", "id", "kind", "case_id", "detail", "at")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    id: str
    kind: NoticeKind
    case_id: str
    detail: str
    at: _timestamp_pb2.Timestamp
    def __init__(self, tenant: _Optional[str] = ..., id: _Optional[str] = ..., kind: _Optional[_Union[NoticeKind, str]] = ..., case_id: _Optional[str] = ..., detail: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Work(_message.Message):
    __slots__ = ("mention", "case", "decision", "notice")
    MENTION_FIELD_NUMBER: _ClassVar[int]
    CASE_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    mention: PlacedMention
    case: _case_pb2.Case
    decision: Decision
    notice: Notice
    def __init__(self, mention: _Optional[_Union[PlacedMention, _Mapping]] = ..., case: _Optional[_Union[_case_pb2.Case, _Mapping]] = ..., decision: _Optional[_Union[Decision, _Mapping]] = ..., notice: _Optional[_Union[Notice, _Mapping]] = ...) -> None: ...
