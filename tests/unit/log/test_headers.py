from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.log.headers import pack_headers, unpack_headers
from harken.log.port import Headers

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=40)), max_size=5).map(tuple))
def test_headers_come_back_as_they_were(headers: Headers) -> None:
    assert unpack_headers(pack_headers(headers)) == headers


def test_other_bytes_are_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack_headers(b"\xc1")
    with pytest.raises(msgspec.ValidationError):
        unpack_headers(msgspec.msgpack.encode({"a": 1}))
