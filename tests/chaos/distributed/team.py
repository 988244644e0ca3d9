"""Who is on duty: those who answer on the network, and those who read the forum."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import cycle

from harken.domain.case import SkillLevel
from harken.domain.time import seconds
from services.router.domain.people import CRISIS
from services.router.domain.policy import GENERAL_QUEUE, Offering, RoutingPolicy, Rule
from tests.chaos.duty import MOODS, Duty
from tests.chaos.load import Load
from tests.e2e.calling import Caller
from tests.e2e.networks import connect

SOCIAL, FORUM = "social", "forum"
TEAMS: Mapping[str, Sequence[str]] = {
    "eva": (SOCIAL, CRISIS),
    "jan": (SOCIAL, CRISIS),
    "mia": (SOCIAL,),
    "ben": (FORUM, CRISIS),
    "ida": (FORUM,),
}
"""Agents with their skills."""
CAPACITY = 5
QUICK = RoutingPolicy(
    rules=(
        *RoutingPolicy().rules,
        Rule("forum", GENERAL_QUEUE, required=(SkillLevel(FORUM, 1),), networks=("forum",)),
        Rule("social", GENERAL_QUEUE, required=(SkillLevel(SOCIAL, 1),), networks=("mastodon",)),
    ),
    offering=Offering(
        accept_within=seconds(4),
        declined_for=seconds(3),
        missed_for=seconds(2),
        missed_limit=1_000,
    ),
    lease=seconds(20),
    returned_for=seconds(2),
    silence=seconds(60),
)
"""Everything that runs out does so between two faults, and over them."""


def hire(admin: Caller, network: str) -> dict[str, str]:
    """A connection to the network, and the agents; returns their keys by name."""
    connect(admin, "mastodon", {"instance": network}, {"access_token": "northkettle-token"})
    keys = {}
    for name, names in TEAMS.items():
        skills = [{"name": skill, "level": 2} for skill in ("language:en", *names)]
        agent = {"id": name, "name": name.title(), "skills": skills, "capacity": CAPACITY}
        admin.post("/v1/agents", agent)
        roles = ["agent", "crisis"] if CRISIS in names else ["agent"]
        made = admin.post("/v1/api-keys", {"name": name, "roles": roles, "agent": name})
        keys[name] = made["key"]
    return keys


def on_duty(load: Load, lot: int) -> list[Duty]:
    moods = cycle(MOODS)
    return [Duty(load, name, random.Random(f"{lot} {name}"), moods) for name in TEAMS]
