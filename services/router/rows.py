"""Aggregates as rows: the columns that queries filter by, and the whole as ``body``."""

from __future__ import annotations

from typing import Any

from harken.domain.case import Case
from harken.domain.ids import TenantId
from harken.store.body import encode
from services.router.domain.offer import Offer
from services.router.domain.outcome import Decision, ToneCorrection
from services.router.domain.people import Agent, Queue, Skill


def case_row(case: Case) -> dict[str, Any]:
    return {
        "tenant": case.tenant,
        "id": case.id,
        "revision": case.revision,
        "network": case.network,
        "connection": case.connection,
        "author": case.author,
        "thread_root": case.thread_root,
        "state": case.state.value,
        "severity_class": case.severity.severity_class.value,
        "queue": case.queue,
        "assignee": case.assignee,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "deadline": case.deadline,
        "body": encode(case),
    }


def decision_row(decision: Decision) -> dict[str, Any]:
    return {
        "tenant": decision.tenant,
        "id": decision.id,
        "case_id": decision.case,
        "at": decision.at,
        "body": encode(decision),
    }


def agent_row(agent: Agent) -> dict[str, Any]:
    return {
        "tenant": agent.tenant,
        "id": agent.id,
        "revision": agent.revision,
        "name": agent.name,
        "status": agent.status.value,
        "body": encode(agent),
    }


def offer_row(offer: Offer) -> dict[str, Any]:
    return {
        "tenant": offer.tenant,
        "id": offer.id,
        "revision": offer.revision,
        "case_id": offer.case,
        "agent": offer.agent,
        "state": offer.state.value,
        "until": offer.until,
        "body": encode(offer),
    }


def queue_row(queue: Queue) -> dict[str, Any]:
    return {
        "tenant": queue.tenant,
        "id": queue.id,
        "revision": queue.revision,
        "name": queue.name,
        "body": encode(queue),
    }


def skill_row(skill: Skill) -> dict[str, Any]:
    return {
        "tenant": skill.tenant,
        "name": skill.name,
        "revision": skill.revision,
        "body": encode(skill),
    }


def correction_row(tenant: TenantId, correction: ToneCorrection) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "mention": correction.mention,
        "case_id": correction.case,
        "label": correction.polarity.value,
        "corrected_by": correction.by,
        "at": correction.at,
    }
