"""Opens the brand's office in Harken: connection, skills, queues, agents with their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cli.demo.api import Api, Refused
from cli.demo.network import BRAND, Network
from cli.demo.phrases import Phrases, Situation
from cli.demo.script import LANGUAGES
from cli.demo.team import TEAM, Member

QUEUES = (("general", "Everything that customers write"), ("crisis", "What cannot wait"))
CAPACITY = 10


@dataclass(frozen=True, slots=True)
class Office:
    """``desks`` are keys by agent; ``board`` may lead, ``onlooker`` may only look.

    ``saved`` are the ids of the saved replies.
    """

    connection: str
    saved: dict[Situation, str]
    board: str = field(repr=False)
    onlooker: str = field(repr=False)
    desks: dict[str, str] = field(repr=False)


async def open_office(admin: Api, network: Network, phrases: Phrases) -> Office:
    connection = await admin.post(
        "/v1/connections",
        {
            "network": "mastodon",
            "name": "Brivanta",
            "settings": {"instance": network.address, "allow_http": "true"},
            "secrets": {"access_token": f"{BRAND}-token"},
        },
    )
    for language in LANGUAGES:
        await _have(admin, "/v1/skills", {"name": f"language:{language}"})
    await _have(admin, "/v1/skills", {"name": "crisis", "description": "May act in a crisis"})
    for queue, name in QUEUES:
        await _have(admin, "/v1/queues", {"id": queue, "name": name})
    desks = {member.id: await _hire(admin, member) for member in TEAM}
    saved = {each: await _save(admin, each, texts) for each, texts in phrases.items()}
    board = await _key(admin, "The demo's board", "supervisor")
    onlooker = await _key(admin, "Onlooker", "auditor")
    return Office(connection["id"], saved, board, onlooker, desks)


async def _hire(admin: Api, member: Member) -> str:
    agent = {"id": member.id, "name": member.name, "skills": member.skills, "capacity": CAPACITY}
    await _have(admin, "/v1/agents", agent)
    return await _key(admin, member.name, "agent", member.id)


async def _save(admin: Api, situation: Situation, texts: Mapping[str, str]) -> str:
    made = await admin.post("/v1/saved-replies", {"name": situation.value, "texts": dict(texts)})
    return str(made["id"])


async def _key(admin: Api, name: str, role: str, agent: str | None = None) -> str:
    made = await admin.post("/v1/api-keys", {"name": name, "roles": [role], "agent": agent})
    return str(made["key"])


async def _have(admin: Api, path: str, body: dict[str, object]) -> None:
    """Makes it, unless it is there."""
    try:
        await admin.post(path, body)
    except Refused as refused:
        if refused.status != 409:
            raise
