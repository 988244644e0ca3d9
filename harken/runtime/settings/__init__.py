"""Settings: from ``HARKEN_*`` variables, then a ``.env`` file, then the defaults.

Each class of these modules is one concern; `Settings` is all of them.
"""

from __future__ import annotations

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from harken.runtime.settings.engines import Distributed, Elasticsearch, Kafka
from harken.runtime.settings.listening import Alerting, Intake, Networks, Trackers
from harken.runtime.settings.process import Place, Secrecy, Telemetry
from harken.runtime.settings.stages import Keeping, Stages, ToneTagging

PREFIX = "HARKEN_"


class Settings(
    Place,
    Secrecy,
    Telemetry,
    Intake,
    Networks,
    Trackers,
    Alerting,
    ToneTagging,
    Stages,
    Distributed,
    Kafka,
    Elasticsearch,
    Keeping,
    BaseSettings,
):
    """All of them. Raises ``ValidationError`` for a wrong value."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    @property
    def distributed(self) -> bool:
        return bool(self.postgres_url)


CONCERNS: tuple[type[BaseModel], ...] = Settings.__bases__[:-1]


def wrong_settings(error: ValidationError) -> list[str]:
    """A line for each."""
    return [
        f"{PREFIX}{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg']}"
        for one in error.errors()
    ]
