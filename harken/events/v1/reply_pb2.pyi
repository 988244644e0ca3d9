import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from harken.events.v1 import mention_pb2 as _mention_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Action(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_UNSPECIFIED: _ClassVar[Action]
    ACTION_REPLY: _ClassVar[Action]
    ACTION_PRIVATE_REPLY: _ClassVar[Action]
    ACTION_HOLDING_REPLY: _ClassVar[Action]

class DeliveryState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_STATE_UNSPECIFIED: _ClassVar[DeliveryState]
    DELIVERY_STATE_AWAITING_APPROVAL: _ClassVar[DeliveryState]
    DELIVERY_STATE_PLANNED: _ClassVar[DeliveryState]
    DELIVERY_STATE_CLAIMED: _ClassVar[DeliveryState]
    DELIVERY_STATE_SENDING: _ClassVar[DeliveryState]
    DELIVERY_STATE_SENT: _ClassVar[DeliveryState]
    DELIVERY_STATE_REFUSED: _ClassVar[DeliveryState]
    DELIVERY_STATE_UNKNOWN: _ClassVar[DeliveryState]
    DELIVERY_STATE_ABSENT: _ClassVar[DeliveryState]
    DELIVERY_STATE_CANCELLED: _ClassVar[DeliveryState]
    DELIVERY_STATE_WITHDRAWN: _ClassVar[DeliveryState]
ACTION_UNSPECIFIED: Action
ACTION_REPLY: Action
ACTION_PRIVATE_REPLY: Action
ACTION_HOLDING_REPLY: Action
DELIVERY_STATE_UNSPECIFIED: DeliveryState
DELIVERY_STATE_AWAITING_APPROVAL: DeliveryState
DELIVERY_STATE_PLANNED: DeliveryState
DELIVERY_STATE_CLAIMED: DeliveryState
DELIVERY_STATE_SENDING: DeliveryState
DELIVERY_STATE_SENT: DeliveryState
DELIVERY_STATE_REFUSED: DeliveryState
DELIVERY_STATE_UNKNOWN: DeliveryState
DELIVERY_STATE_ABSENT: DeliveryState
DELIVERY_STATE_CANCELLED: DeliveryState
DELIVERY_STATE_WITHDRAWN: DeliveryState

class Reply(_message.Message):
    __slots__ = ("tenant", "id", "revision", "case_id", "connection", "network", "parent", "parent_source_id", "action", "visibility", "text", "language", "agent", "automatic", "state", "created_at", "updated_at", "sent_at", "network_id", "network_url", "why")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PARENT_SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    NETWORK_ID_FIELD_NUMBER: _ClassVar[int]
    NETWORK_URL_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    id: str
    revision: int
    case_id: str
    connection: str
    network: str
    parent: str
    parent_source_id: str
    action: Action
    visibility: _mention_pb2.Visibility
    text: str
    language: str
    agent: str
    automatic: bool
    state: DeliveryState
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    sent_at: _timestamp_pb2.Timestamp
    network_id: str
    network_url: str
    why: str
    def __init__(self, tenant: _Optional[str] = ..., id: _Optional[str] = ..., revision: _Optional[int] = ..., case_id: _Optional[str] = ..., connection: _Optional[str] = ..., network: _Optional[str] = ..., parent: _Optional[str] = ..., parent_source_id: _Optional[str] = ..., action: _Optional[_Union[Action, str]] = ..., visibility: _Optional[_Union[_mention_pb2.Visibility, str]] = ..., text: _Optional[str] = ..., language: _Optional[str] = ..., agent: _Optional[str] = ..., automatic: _Optional[bool] = ..., state: _Optional[_Union[DeliveryState, str]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., network_id: _Optional[str] = ..., network_url: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class Delivery(_message.Message):
    __slots__ = ("tenant", "reply", "revision", "case_id", "connection", "network", "parent", "action", "visibility", "state", "network_id", "agent", "automatic", "at", "why", "asks")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NETWORK_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    reply: str
    revision: int
    case_id: str
    connection: str
    network: str
    parent: str
    action: Action
    visibility: _mention_pb2.Visibility
    state: DeliveryState
    network_id: str
    agent: str
    automatic: bool
    at: _timestamp_pb2.Timestamp
    why: str
    asks: bool
    def __init__(self, tenant: _Optional[str] = ..., reply: _Optional[str] = ..., revision: _Optional[int] = ..., case_id: _Optional[str] = ..., connection: _Optional[str] = ..., network: _Optional[str] = ..., parent: _Optional[str] = ..., action: _Optional[_Union[Action, str]] = ..., visibility: _Optional[_Union[_mention_pb2.Visibility, str]] = ..., state: _Optional[_Union[DeliveryState, str]] = ..., network_id: _Optional[str] = ..., agent: _Optional[str] = ..., automatic: _Optional[bool] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., why: _Optional[str] = ..., asks: _Optional[bool] = ...) -> None: ...
