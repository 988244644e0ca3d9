"""`harken serve`: one part of the distributed edition as a process."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module

from harken.runtime.settings import Settings


class Name(StrEnum):
    INGEST = "ingest"
    SENTIMENT = "sentiment"
    ROUTER = "router"
    RESPONDER = "responder"
    SEARCH = "search"
    RATES = "rates"
    API = "api"


def serve(name: Name, settings: Settings) -> int:
    """Its exit status. Only what this one needs is loaded."""
    from harken.runtime.program import run_service

    elsewhere = {Name.API: "cli.front", Name.RATES: "services.router.rates.wiring"}
    module = elsewhere.get(name, f"services.{name}.wiring")
    return run_service(name, settings, import_module(module).process)
