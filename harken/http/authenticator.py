"""The `Authenticator` port: from a bearer token to a principal."""

from __future__ import annotations

from typing import Protocol

from harken.http.principal import Principal


class Authenticator(Protocol):
    """API keys today (`harken.http.api_keys.ApiKeys`); OIDC tokens are another implementation."""

    async def authenticate(self, token: str) -> Principal | None:
        """Whose token this is; None if it is nobody's, or was revoked more than seconds ago.

        The token is whatever a caller sent: any length, any characters. Raises
        `StoreUnavailable` where it cannot be told now.
        """
        ...
