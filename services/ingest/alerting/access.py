"""Who may see alerts, and who may say where they go."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from harken.domain.roles import Role
from harken.http.access import allowed
from harken.http.principal import Principal
from services.ingest.alerts import AUDIENCE

Editor = Annotated[Principal, Depends(allowed(Role.SUPERVISOR))]
Reader = Annotated[Principal, Depends(allowed(*AUDIENCE))]
