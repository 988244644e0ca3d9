"""A TensorFlow checkpoint, written here byte for byte as its format says, is read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.recipe import variables

SHAPES = {"module/bert/a/bias": (3,), "module/bert/a/kernel": (3, 2), "module/bert/b": (300, 1)}


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _message(shape: tuple[int, ...], offset: int, size: int, kind: int) -> bytes:
    dimensions = b"".join(_field(2, _field(1, count)) for count in shape)
    checksum = _varint(6 << 3 | 5) + b"\1\2\3\4"
    where = _field(4, offset) if offset else b""
    return _field(1, kind) + _field(2, dimensions) + where + _field(5, size) + checksum


def _block(rows: list[tuple[bytes, bytes]]) -> bytes:
    """Keys share what they can with the one before; one place to start a search from."""
    out, before = b"", b""
    for key, value in rows:
        shared = next(
            (i for i, (a, b) in enumerate(zip(key, before, strict=False)) if a != b),
            min(len(key), len(before)),
        )
        own = key[shared:]
        out += _varint(shared) + _varint(len(own)) + _varint(len(value)) + own + value
        before = key
    return out + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def _checkpoint(
    folder: Path, *, kind: int = 1, compressed: bool = False
) -> Iterator[npt.NDArray[np.float32]]:
    """An index of one block for each two variables, and the data beside it."""
    data, rows = b"", [(b"", b"header")]
    for name, shape in SHAPES.items():
        values = np.random.default_rng(len(name)).normal(size=shape).astype("<f4")
        rows.append((name.encode(), _message(shape, len(data), values.nbytes, kind)))
        data += values.tobytes()
        yield values
    table, handles = b"", []
    for start in range(0, len(rows), 2):
        part = rows[start : start + 2]
        block = _block(part)
        handles.append((part[-1][0], _varint(len(table)) + _varint(len(block))))
        table += block + bytes([compressed]) + b"sum!"
    top = _block(handles)
    footer = _varint(0) + _varint(0) + _varint(len(table)) + _varint(len(top))
    table += top + b"\0sum!" + footer.ljust(40, b"\0") + b"magical!"
    (folder / "index").write_bytes(table)
    (folder / "data").write_bytes(data)


def test_every_variable_is_found_in_its_shape(tmp_path: Path) -> None:
    written = list(_checkpoint(tmp_path))
    found = list(variables.entries(tmp_path / "index"))
    assert {entry.name: entry.shape for entry in found} == SHAPES
    for entry, values in zip(found, written, strict=True):
        np.testing.assert_array_equal(variables.read(tmp_path / "data", entry), values)


@pytest.mark.parametrize(("kind", "compressed"), [(2, False), (1, True)])
def test_what_is_of_another_kind_is_refused(tmp_path: Path, kind: int, compressed: bool) -> None:
    list(_checkpoint(tmp_path, kind=kind, compressed=compressed))
    with pytest.raises(variables.NotReadable):
        list(variables.entries(tmp_path / "index"))
