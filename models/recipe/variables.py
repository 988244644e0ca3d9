"""Variables of a TensorFlow checkpoint, read without TensorFlow.

A checkpoint's index is a sorted table of LevelDB's format: blocks of keys that share their
beginnings with the key before, and at the end a footer that leads to the block of blocks. Its
values are ``BundleEntryProto`` messages that say where in the data file a variable lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
FOOTER = 48
FLOAT = 1


class NotReadable(ValueError):
    """A checkpoint of another kind: compressed, in several files, or not of float32."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a variable lies: ``size`` bytes from ``offset`` on, in the order of rows."""

    name: str
    shape: tuple[int, ...]
    offset: int
    size: int


def read(data: Path, entry: Entry) -> Floats:
    """The variable's values, in its shape."""
    flat = np.fromfile(data, dtype="<f4", count=entry.size // 4, offset=entry.offset)
    return flat.reshape(entry.shape)


def entries(index: Path) -> Iterator[Entry]:
    """Every variable that the index names, by name."""
    table = index.read_bytes()
    footer = table[-FOOTER:]
    place = 0
    for _ in range(2):
        _, place = _varint(footer, place)
    offset, place = _varint(footer, place)
    size, _ = _varint(footer, place)
    for _, handle in _block(table, offset, size):
        begin, place = _varint(handle, 0)
        length, _ = _varint(handle, place)
        for key, value in _block(table, begin, length):
            if key:
                yield _entry(key.decode(), value)


def _entry(name: str, message: bytes) -> Entry:
    found: dict[int, int] = {}
    shape: tuple[int, ...] = ()
    for number, value in _fields(message):
        if isinstance(value, int):
            found[number] = value
        elif number == 2:
            shape = tuple(_sizes(value))
    if found.get(1) != FLOAT or found.get(3, 0) != 0:
        raise NotReadable(f"{name} is not float32 in the first data file")
    return Entry(name, shape, found.get(4, 0), found[5])


def _sizes(shape: bytes) -> Iterator[int]:
    for number, dimension in _fields(shape):
        if number == 2 and isinstance(dimension, bytes):
            yield next((v for n, v in _fields(dimension) if n == 1 and isinstance(v, int)), 0)


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of one block; what follows its entries are places to start a search."""
    if table[offset + size] != 0:
        raise NotReadable("the index is compressed")
    block = table[offset : offset + size]
    starts = int.from_bytes(block[-4:], "little")
    end, place, key = size - 4 - 4 * starts, 0, b""
    while place < end:
        shared, place = _varint(block, place)
        own, place = _varint(block, place)
        length, place = _varint(block, place)
        key = key[:shared] + block[place : place + own]
        place += own
        yield key, block[place : place + length]
        place += length


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Numbers and values of a Protobuf message; fixed numbers (a checksum) as their bytes."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        kind = tag & 7
        if kind == 0:
            value, place = _varint(message, place)
            yield tag >> 3, value
            continue
        if kind == 2:
            length, place = _varint(message, place)
        elif kind == 5:
            length = 4
        else:
            raise NotReadable(f"a field of wire type {kind}")
        yield tag >> 3, message[place : place + length]
        place += length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A base-128 number and the place behind it."""
    number = shift = 0
    while True:
        part = data[place]
        place += 1
        number |= (part & 127) << shift
        shift += 7
        if part < 128:
            return number, place
