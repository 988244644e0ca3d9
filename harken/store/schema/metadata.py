"""The one collection of tables, and the column kinds that both engines share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Text

METADATA = MetaData()

SCHEMA_VERSION = 3
"""Grows with the first change of the schema after a release; a newer file is refused, an older one
brought up to date (`harken.store.sqlite.schema`)."""


def text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def optional_text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=True, **options)


def whole(name: str, **options: Any) -> Column[int]:
    return Column(name, BigInteger, nullable=False, **options)


def optional_whole(name: str, **options: Any) -> Column[int]:
    return Column(name, BigInteger, nullable=True, **options)


def blob(name: str, **options: Any) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False, **options)
