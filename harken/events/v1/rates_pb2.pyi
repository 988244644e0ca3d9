import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SeriesCount(_message.Message):
    __slots__ = ("tracker", "topic", "mentions", "negative")
    TRACKER_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    MENTIONS_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_FIELD_NUMBER: _ClassVar[int]
    tracker: str
    topic: str
    mentions: int
    negative: int
    def __init__(self, tracker: _Optional[str] = ..., topic: _Optional[str] = ..., mentions: _Optional[int] = ..., negative: _Optional[int] = ...) -> None: ...

class PartialCounts(_message.Message):
    __slots__ = ("tenant", "minute", "partition", "highest_offset", "series")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    MINUTE_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_OFFSET_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    minute: _timestamp_pb2.Timestamp
    partition: int
    highest_offset: int
    series: _containers.RepeatedCompositeFieldContainer[SeriesCount]
    def __init__(self, tenant: _Optional[str] = ..., minute: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., partition: _Optional[int] = ..., highest_offset: _Optional[int] = ..., series: _Optional[_Iterable[_Union[SeriesCount, _Mapping]]] = ...) -> None: ...
