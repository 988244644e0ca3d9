"""A vault for tests, whose key protects nothing."""

from __future__ import annotations

from harken.channels.vault import KEY_BYTES, Vault


def open_vault(letter: bytes = b"k") -> Vault:
    """Equal letters are equal keys."""
    return Vault([letter * KEY_BYTES])
