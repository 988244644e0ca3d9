"""Secrets at rest: sealed under a key that is kept apart from them, each for its own place."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from harken.channels.port import Connection
from harken.channels.settings import Misconfigured

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_PREFIX = "sealed:"


class CannotOpen(Misconfigured):
    """The secret was sealed under a key that is not here, or for another place."""


class Vault:
    """AES-256-GCM with random nonces (NIST SP 800-38D). The first key seals, any of them opens.

    A place is what the secret belongs to, as words; a sealed secret that was copied elsewhere does
    not open there.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_name(key): key for key in keys}
        self._first = _name(keys[0])

    def seal(self, text: str, *place: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        hidden = _cipher(self._keys[self._first]).encrypt(nonce, text.encode(), _about(place))
        kept = base64.urlsafe_b64encode(nonce + hidden).decode("ascii")
        return f"{_PREFIX}{self._first}:{kept}"

    def open(self, kept: str, *place: str) -> str:
        """What was kept before there were keys comes back as it is. Raises `CannotOpen`."""
        if not kept.startswith(_PREFIX):
            return kept
        name, _, sealed = kept.removeprefix(_PREFIX).partition(":")
        key = self._keys.get(name)
        if key is None:
            raise CannotOpen(
                f"a secret was sealed under the key {name}, which is not here: add that key to "
                "HARKEN_SECRETS_KEY, or give the secret again"
            )
        from cryptography.exceptions import InvalidTag

        try:
            data = base64.urlsafe_b64decode(sealed)
            opened = _cipher(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _about(place))
        except (InvalidTag, ValueError) as wrong:
            raise CannotOpen("a secret was altered, or is another's: give it again") from wrong
        return opened.decode()

    def is_current(self, kept: str) -> bool:
        """Whether it is sealed, and under the first key."""
        return kept.startswith(f"{_PREFIX}{self._first}:")


class _Secrets(Mapping[str, str]):
    """A connection's, opened one by one when they are asked for."""

    def __init__(self, vault: Vault, connection: Connection) -> None:
        self._vault = vault
        self._kept = connection.secrets
        self._place = ("connection", connection.tenant, connection.id)

    def __getitem__(self, name: str) -> str:
        return self._vault.open(self._kept[name], *self._place, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def opening(connection: Connection, vault: Vault) -> Connection:
    """As it was kept, to one whose secrets open when asked for; then they raise `CannotOpen`."""
    return replace(connection, secrets=_Secrets(vault, connection))


def sealed(connection: Connection, vault: Vault) -> Connection:
    """To be kept. Raises `CannotOpen` where its secrets are of such a one, and do not open."""
    place = ("connection", connection.tenant, connection.id)
    secrets = {name: vault.seal(text, *place, name) for name, text in connection.secrets.items()}
    return replace(connection, secrets=secrets)


def read_keys(text: str, where: str) -> list[bytes]:
    """Keys in base64, apart by spaces. Raises ``ValueError``, which says where but quotes none."""
    keys = []
    for number, word in enumerate(text.split(), 1):
        try:
            key = base64.b64decode(word.translate(str.maketrans("-_", "+/")), validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise ValueError(f"key {number} of {where} is not {KEY_BYTES} bytes in base64")
        keys.append(key)
    return keys


def _name(key: bytes) -> str:
    """Tells keys apart and says nothing of them."""
    return sha256(b"harken: the name of a key\0" + key).hexdigest()[:8]


def _about(place: Sequence[str]) -> bytes:
    return msgspec.json.encode(place)


def _cipher(key: bytes) -> AESGCM:
    # Loaded when the first secret is needed: a start should be quick.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
