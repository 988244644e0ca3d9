"""A mention comes in, gets its tone, reaches a person, is answered, and can be found again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.calling import Caller, eventually, hire
from tests.e2e.conftest import Start
from tests.e2e.networks import NETWORKS, Answered, Network

pytestmark = pytest.mark.e2e

COMPLAINT = "My kettle leaked all over the floor and nobody answers my letters!"
ANSWER = "We are sorry, Mara. Please tell us the number under the kettle."
THANKS = "It says NK-204, thank you for looking into it."


@pytest.mark.parametrize("network", NETWORKS)
def test_a_mention_goes_the_whole_way(start: Start, network: str) -> None:
    harken = start()
    admin = Caller(harken.address, harken.key)
    with admin, NETWORKS[network](admin, harken.address) as there:
        agent = hire(admin, harken.address, "eva")
        with agent:
            said = there.say(COMPLAINT)
            case = the_case(agent)
            assert_heard(case, there)
            assert_explained(admin, case)

            taken = agent.post(f"/v1/cases/{case['id']}/assign", {})
            assert (taken["state"], taken["assignee"]) == ("assigned", "eva")
            reply = agent.post(f"/v1/cases/{case['id']}/replies", {"text": ANSWER}, once="first")
            again = agent.post(f"/v1/cases/{case['id']}/replies", {"text": ANSWER}, once="first")
            assert again["id"] == reply["id"]
            sent(agent, reply["id"])
            assert_answered_once(there, said)
            assert_found(agent)
            assert_counted(admin, network)

        first_start = harken.seconds
        assert harken.stop() == 0
        harken = start(harken.port)
        print(f"first start {first_start:.1f} s, second {harken.seconds:.1f} s")  # noqa: T201
        with Caller(harken.address, agent.key) as agent:
            assert_kept(agent, case["id"])
            there.say(THANKS, thread=said)
            eventually(lambda: THANKS in " ".join(texts(agent, case["id"])))
            assert_answered_once(there, said)


def the_case(agent: Caller) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = agent.get("/v1/cases")["items"]
        return agent.get(f"/v1/cases/{found[0]['id']}") if found else None

    return eventually(look)


def assert_heard(case: dict[str, Any], network: Network) -> None:
    [mention] = case["timeline"]
    assert COMPLAINT in mention["text"]
    assert case["network"] == network.name
    assert mention["tone"]["polarity"] == "negative"
    assert mention["tone"]["certainty"] == pytest.approx(0.8)
    assert case["severity"]["score"] > 0
    assert "polarity" in {reason["factor"] for reason in case["severity"]["reasons"]}
    assert case["capability"]["public"]
    assert {clock["kind"] for clock in case["clocks"]} >= {"first_reply"}


def assert_explained(admin: Caller, case: dict[str, Any]) -> None:
    decision = admin.get(f"/v1/decisions/{case['decisions'][-1]}")
    assert decision["case"] == case["id"]
    assert decision["why"]
    assert decision["excluded"] == {"status:offline": ["eva"]}


def sent(agent: Caller, reply: str) -> None:
    eventually(lambda: agent.get(f"/v1/replies/{reply}")["state"] == "sent")


def assert_answered_once(network: Network, said: str) -> None:
    [answered] = network.answers()
    assert isinstance(answered, Answered)
    assert answered.parent == said
    assert ANSWER in answered.text


def assert_found(agent: Caller) -> None:
    def look(kind: str, words: str) -> bool:
        return bool(agent.get("/v1/search", q=words, kind=kind, language="en")["total"] == 1)

    eventually(lambda: look("mention", "leaking kettles"))
    eventually(lambda: look("reply", "numbered kettles"))


def assert_counted(admin: Caller, network: str) -> None:
    figures = eventually(
        lambda: (found := admin.get("/v1/kpis"))["first_response"]["count"] and found
    )
    assert figures["volume"]["by_network"] == {network: 1}
    assert figures["volume"]["by_polarity"] == {"negative": 1}
    assert figures["first_response"]["count"] == figures["first_response"]["of"] == 1
    assert figures["sla_attainment"]["first_reply"] == {"met": 1, "missed": 0, "share": 1.0}


def texts(agent: Caller, case: str) -> list[str]:
    return [entry["text"] for entry in agent.get(f"/v1/cases/{case}")["timeline"]]


def assert_kept(agent: Caller, case: str) -> None:
    complaint, answer = texts(agent, case)
    assert COMPLAINT in complaint
    assert ANSWER in answer
    assert agent.get(f"/v1/cases/{case}")["assignee"] == "eva"
    assert_found(agent)
