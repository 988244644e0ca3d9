"""The bytes of a file or of standard input, unpacked, with a look at how they begin."""

from __future__ import annotations

import gzip
import io
import os
import select
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from cli.replay.problems import CannotReplay

BEGINNING = 1024 * 1024
"""Bytes at the beginning that decide how the rest is read."""
STANDARD_INPUT = "-"
_BUFFER = 64 * 1024
_GZIP = b"\x1f\x8b"
_SPREADSHEET = b"PK\x03\x04"
_BROKEN = (OSError, EOFError, zlib.error)

Stopping = Callable[[], bool]


class BrokenOff(CannotReplay):
    """The bytes end where they should not; all before that was good."""


@dataclass(frozen=True, slots=True)
class Opened:
    """``head`` is the beginning, ``whole`` says that it is everything; ``stream`` has all of it.

    ``size`` is 0 where it is not known; ``position`` counts towards it.
    """

    head: bytes
    whole: bool
    stream: io.BufferedReader
    size: int
    position: Callable[[], int]


@contextmanager
def open_bytes(name: str, stopping: Stopping) -> Iterator[Opened]:
    """``stopping`` ends the wait for a pipe. Raises `CannotReplay`."""
    raw, size = _open(name, stopping)
    with closing(raw):
        counted = _Counted(raw)
        begun = _looked_at(name, counted)
        yield Opened(
            head=begun.head,
            whole=len(begun.head) < BEGINNING,
            stream=io.BufferedReader(begun, _BUFFER),
            size=size,
            position=lambda: counted.read_so_far,
        )


def _looked_at(name: str, raw: io.RawIOBase) -> _Begun:
    try:
        packed = _begun(io.BufferedReader(raw, _BUFFER), len(_GZIP))
        stream: io.RawIOBase = packed
        if packed.head == _GZIP:
            stream = _Unpacked(gzip.GzipFile(fileobj=io.BufferedReader(packed)))
        begun = _begun(stream, BEGINNING)
    except _BROKEN as error:
        raise CannotReplay(f"{name} cannot be read: {error}") from error
    if begun.head.startswith(_SPREADSHEET):
        raise CannotReplay(f"{name} is a spreadsheet or a zip archive: save it as CSV")
    return begun


def _open(name: str, stopping: Stopping) -> tuple[io.RawIOBase, int]:
    if name == STANDARD_INPUT:
        return _Waiting(io.FileIO(sys.stdin.fileno(), closefd=False), stopping), 0
    try:
        file = Path(name).open("rb", buffering=0)  # noqa: SIM115 - lives as long as the process
    except OSError as error:
        raise CannotReplay(f"{name} cannot be read: {error.strerror}") from error
    known = os.fstat(file.fileno())
    return (file, known.st_size) if S_ISREG(known.st_mode) else (_Waiting(file, stopping), 0)


def _begun(stream: io.RawIOBase | io.BufferedReader, size: int) -> _Begun:
    head = bytearray()
    while len(head) < size:
        piece = stream.read(size - len(head))
        if not piece:
            break
        head += piece
    return _Begun(bytes(head), stream)


class _Readable(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        piece = self.take(len(into))
        into[: len(piece)] = piece
        return len(piece)

    def take(self, most: int) -> bytes:
        raise NotImplementedError


class _Begun(_Readable):
    """A stream that was looked at: its head comes first."""

    def __init__(self, head: bytes, rest: io.RawIOBase | io.BufferedReader) -> None:
        self.head = head
        self._left = head
        self._rest = rest

    def take(self, most: int) -> bytes:
        if self._left:
            piece, self._left = self._left[:most], self._left[most:]
            return piece
        return self._rest.read(most) or b""


class _Unpacked(_Readable):
    """What is unpacked. Raises `BrokenOff` where the archive ends too early or is damaged."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed

    def take(self, most: int) -> bytes:
        try:
            return self._packed.read1(most)
        except _BROKEN as error:
            raise BrokenOff(f"the gzip file is damaged: {error}") from error


class _Counted(_Readable):
    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.read_so_far = 0

    def take(self, most: int) -> bytes:
        try:
            piece = self._raw.read(most) or b""
        except OSError as error:
            raise BrokenOff(f"the file cannot be read any further: {error.strerror}") from error
        self.read_so_far += len(piece)
        return piece


class _Waiting(_Readable):
    """A pipe: ends when it is time to stop, even if nothing comes any more."""

    def __init__(self, pipe: io.RawIOBase, stopping: Stopping) -> None:
        self._pipe = pipe
        self._stopping = stopping

    def close(self) -> None:
        self._pipe.close()
        super().close()

    def take(self, most: int) -> bytes:
        while not select.select([self._pipe], [], [], 0.2)[0]:
            if self._stopping():
                return b""
        return self._pipe.read(most) or b""
