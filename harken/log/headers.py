"""How record headers are stored in one column: MessagePack of ``[[name, value], ...]``."""

from __future__ import annotations

import msgspec

from harken.log.port import Headers

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Headers)
_NONE = _encoder.encode(())


def pack_headers(headers: Headers) -> bytes:
    return _encoder.encode(headers) if headers else _NONE


def unpack_headers(packed: bytes) -> Headers:
    """Raises ``msgspec.ValidationError`` for bytes that `pack_headers` did not make."""
    return _decoder.decode(packed) if packed != _NONE else ()
