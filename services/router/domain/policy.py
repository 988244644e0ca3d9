"""The routing policy: a tenant's rules, as values with defaults that work on the first day."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from harken.domain.case import SkillLevel
from harken.domain.ids import QueueId
from harken.domain.mention import Kind, Visibility
from harken.domain.policy import SlaPolicy
from harken.domain.severity import SeverityClass
from harken.domain.time import Duration, days, minutes, seconds
from services.router.domain.people import CRISIS, LOWEST_LEVEL
from services.router.severity.policy import SeverityPolicy

GENERAL_QUEUE = QueueId("general")
CRISIS_QUEUE = QueueId("crisis")

_HALF_A_MINUTE = seconds(30)
_TWO_MINUTES = minutes(2)
_FIVE_MINUTES = minutes(5)
_TEN_MINUTES = minutes(10)
_QUARTER_OF_AN_HOUR = minutes(15)
_WEEK = days(7)


@dataclass(frozen=True, slots=True)
class Rule:
    """Where work goes and what it takes. Empty conditions fit everything.

    ``risk_topics`` and ``trackers`` fit where one of them is among those of the case.
    """

    name: str
    queue: QueueId
    required: tuple[SkillLevel, ...] = ()
    preferred: tuple[SkillLevel, ...] = ()
    severity: tuple[SeverityClass, ...] = ()
    risk_topics: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    visibility: tuple[Visibility, ...] = ()
    languages: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    contact_reasons: tuple[str, ...] = ()
    direct: bool | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """How much capacity a case takes; the first that fits rules. Empty conditions fit all."""

    units: int
    networks: tuple[str, ...] = ()
    visibility: tuple[Visibility, ...] = ()

    def fits(self, network: str, visibility: Visibility) -> bool:
        return (not self.networks or network in self.networks) and (
            not self.visibility or visibility in self.visibility
        )


class LanguageFallback(StrEnum):
    """Who gets work in a language that nobody on the roster has."""

    ANYBODY = "anybody"
    SUPERVISORS = "supervisors"


_CRITICAL = Rule(
    name="critical",
    queue=CRISIS_QUEUE,
    required=(SkillLevel(CRISIS, LOWEST_LEVEL),),
    severity=(SeverityClass.CRITICAL,),
)


@dataclass(frozen=True, slots=True)
class Offering:
    """Which work must be accepted, and what declining or missing an offer brings.

    ``missed_limit``: so many missed in a row, without any other sign of life, pause an agent.
    """

    severity: tuple[SeverityClass, ...] = (SeverityClass.CRITICAL,)
    accept_within: Duration = _HALF_A_MINUTE
    declined_for: Duration = _TEN_MINUTES
    missed_for: Duration = _TWO_MINUTES
    missed_limit: int = 2


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """``rules``: the first that fits; where none does, ``default``.

    ``lease``: an assignment without any activity returns to the queue after it. ``silence``: an
    agent without any sign of life goes offline after it. ``reopens_within``: a message so soon
    after resolution reopens its case, a later one opens a new case. ``interruptible`` work is
    returned where critical work needs its place.
    """

    version: int = 0
    rules: tuple[Rule, ...] = (_CRITICAL,)
    default: Rule = Rule(name="default", queue=GENERAL_QUEUE)
    weights: tuple[Weight, ...] = ()
    language_required: bool = True
    language_fallback: LanguageFallback = LanguageFallback.ANYBODY
    interruptible: tuple[SeverityClass, ...] = (SeverityClass.NORMAL, SeverityClass.LOW)
    offering: Offering = field(default_factory=Offering)
    lease: Duration = _QUARTER_OF_AN_HOUR
    returned_for: Duration = _FIVE_MINUTES
    silence: Duration = _TEN_MINUTES
    last_assignee_within: Duration = _WEEK
    reopens_within: Duration = _WEEK
    route_history: bool = False
    sla: SlaPolicy = field(default_factory=SlaPolicy)
    severity: SeverityPolicy = field(default_factory=SeverityPolicy)

    def weight(self, network: str, visibility: Visibility) -> int:
        fitting = (w.units for w in self.weights if w.fits(network, visibility))
        return next(fitting, 1)
