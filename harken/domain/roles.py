"""Roles of those who call the API."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    INGEST = "ingest"
    AGENT = "agent"
    APPROVER = "approver"
    CRISIS = "crisis"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"
