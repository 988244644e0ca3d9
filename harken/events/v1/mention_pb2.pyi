import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KIND_UNSPECIFIED: _ClassVar[Kind]
    KIND_POST: _ClassVar[Kind]
    KIND_COMMENT: _ClassVar[Kind]
    KIND_DIRECT_MESSAGE: _ClassVar[Kind]
    KIND_REVIEW: _ClassVar[Kind]
    KIND_ARTICLE: _ClassVar[Kind]

class Visibility(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VISIBILITY_UNSPECIFIED: _ClassVar[Visibility]
    VISIBILITY_PUBLIC: _ClassVar[Visibility]
    VISIBILITY_PRIVATE: _ClassVar[Visibility]

class Change(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANGE_UNSPECIFIED: _ClassVar[Change]
    CHANGE_CONTENT: _ClassVar[Change]
    CHANGE_RETRACTION: _ClassVar[Change]

class Counting(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUNTING_UNSPECIFIED: _ClassVar[Counting]
    COUNTING_CODE_POINTS: _ClassVar[Counting]
    COUNTING_UTF16_UNITS: _ClassVar[Counting]
    COUNTING_MASTODON: _ClassVar[Counting]
KIND_UNSPECIFIED: Kind
KIND_POST: Kind
KIND_COMMENT: Kind
KIND_DIRECT_MESSAGE: Kind
KIND_REVIEW: Kind
KIND_ARTICLE: Kind
VISIBILITY_UNSPECIFIED: Visibility
VISIBILITY_PUBLIC: Visibility
VISIBILITY_PRIVATE: Visibility
CHANGE_UNSPECIFIED: Change
CHANGE_CONTENT: Change
CHANGE_RETRACTION: Change
COUNTING_UNSPECIFIED: Counting
COUNTING_CODE_POINTS: Counting
COUNTING_UTF16_UNITS: Counting
COUNTING_MASTODON: Counting

class Mention(_message.Message):
    __slots__ = ("tenant", "id", "revision", "network", "connection", "source", "scope", "source_id", "kind", "visibility", "author", "text", "created_at", "received_at", "capability", "thread_root", "parent", "language", "language_certainty", "media", "url", "reach", "trackers", "direct", "historical", "echo", "change", "copy_of")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_AT_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    THREAD_ROOT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CERTAINTY_FIELD_NUMBER: _ClassVar[int]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    REACH_FIELD_NUMBER: _ClassVar[int]
    TRACKERS_FIELD_NUMBER: _ClassVar[int]
    DIRECT_FIELD_NUMBER: _ClassVar[int]
    HISTORICAL_FIELD_NUMBER: _ClassVar[int]
    ECHO_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    COPY_OF_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    id: str
    revision: int
    network: str
    connection: str
    source: str
    scope: str
    source_id: str
    kind: Kind
    visibility: Visibility
    author: Author
    text: str
    created_at: _timestamp_pb2.Timestamp
    received_at: _timestamp_pb2.Timestamp
    capability: ReplyCapability
    thread_root: str
    parent: str
    language: str
    language_certainty: float
    media: _containers.RepeatedCompositeFieldContainer[Media]
    url: str
    reach: int
    trackers: _containers.RepeatedScalarFieldContainer[str]
    direct: bool
    historical: bool
    echo: bool
    change: Change
    copy_of: str
    def __init__(self, tenant: _Optional[str] = ..., id: _Optional[str] = ..., revision: _Optional[int] = ..., network: _Optional[str] = ..., connection: _Optional[str] = ..., source: _Optional[str] = ..., scope: _Optional[str] = ..., source_id: _Optional[str] = ..., kind: _Optional[_Union[Kind, str]] = ..., visibility: _Optional[_Union[Visibility, str]] = ..., author: _Optional[_Union[Author, _Mapping]] = ..., text: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., received_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., capability: _Optional[_Union[ReplyCapability, _Mapping]] = ..., thread_root: _Optional[str] = ..., parent: _Optional[str] = ..., language: _Optional[str] = ..., language_certainty: _Optional[float] = ..., media: _Optional[_Iterable[_Union[Media, _Mapping]]] = ..., url: _Optional[str] = ..., reach: _Optional[int] = ..., trackers: _Optional[_Iterable[str]] = ..., direct: _Optional[bool] = ..., historical: _Optional[bool] = ..., echo: _Optional[bool] = ..., change: _Optional[_Union[Change, str]] = ..., copy_of: _Optional[str] = ...) -> None: ...

class Author(_message.Message):
    __slots__ = ("id", "handle", "name", "followers", "verified")
    ID_FIELD_NUMBER: _ClassVar[int]
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    FOLLOWERS_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_FIELD_NUMBER: _ClassVar[int]
    id: str
    handle: str
    name: str
    followers: int
    verified: bool
    def __init__(self, id: _Optional[str] = ..., handle: _Optional[str] = ..., name: _Optional[str] = ..., followers: _Optional[int] = ..., verified: _Optional[bool] = ...) -> None: ...

class Media(_message.Message):
    __slots__ = ("kind", "url", "description")
    KIND_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    kind: str
    url: str
    description: str
    def __init__(self, kind: _Optional[str] = ..., url: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class ReplyCapability(_message.Message):
    __slots__ = ("public", "private", "until", "max_length", "counting", "url_length", "by_person_only", "why_not")
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    COUNTING_FIELD_NUMBER: _ClassVar[int]
    URL_LENGTH_FIELD_NUMBER: _ClassVar[int]
    BY_PERSON_ONLY_FIELD_NUMBER: _ClassVar[int]
    WHY_NOT_FIELD_NUMBER: _ClassVar[int]
    public: bool
    private: bool
    until: _timestamp_pb2.Timestamp
    max_length: int
    counting: Counting
    url_length: int
    by_person_only: bool
    why_not: str
    def __init__(self, public: _Optional[bool] = ..., private: _Optional[bool] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., max_length: _Optional[int] = ..., counting: _Optional[_Union[Counting, str]] = ..., url_length: _Optional[int] = ..., by_person_only: _Optional[bool] = ..., why_not: _Optional[str] = ...) -> None: ...
