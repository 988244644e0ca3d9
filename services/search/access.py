"""Who may search and measure."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from harken.domain.roles import Role
from harken.http.access import allowed
from harken.http.principal import Principal

Reader = Annotated[
    Principal,
    Depends(allowed(Role.AGENT, Role.APPROVER, Role.CRISIS, Role.SUPERVISOR, Role.AUDITOR)),
]
