"""The one collection of tables, and the column kinds that both engines share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Text

METADATA = MetaData()

SCHEMA_VERSION = 2
"""Grows with every change of the schema; a data folder of another version is refused."""


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
