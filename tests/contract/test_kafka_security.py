"""A real broker that speaks TLS only: who may comes in, who may not is told why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.protocol.admin import CreateAclsRequest
from cryptography import x509

from harken.clock import SystemClock
from harken.domain.time import days
from harken.events.topics import MENTIONS_TAGGED, RATES, TOPICS
from harken.log.kafka import KafkaLog, KafkaSettings, KafkaTopics
from harken.log.port import LogUnavailable
from harken.runtime.distributed import kafka_settings, opened_log
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart
from harken.store.port import Store
from harken.testing.certificates import self_signed
from harken.testing.conformance.event_log import PATIENCE, new, started, take
from harken.testing.fakes.store import store_in
from harken.testing.kafka import administrator
from harken.testing.runtime import quick_settings, running
from services.router.rates.worker.counting import RateCounter
from tests.contract.guarded import OPERATOR, PASSWORD, SERVICE, USER, Broker, guarded_kafka
from tests.unit.router.rate_events import bad_quarter_of_an_hour

MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
TOPIC, GROUP = 2, 3
READ, WRITE = 3, 4
KEEPING = (5, 8, 10, 11)  # Create, Describe, DescribeConfigs, AlterConfigs
PREFIXED, ALLOW = 4, 3
"""Kafka's own numbers."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with guarded_kafka(tmp_path_factory.mktemp("kafka")) as broker:
        owner = kafka_settings(by_password(broker))
        asyncio.run(allow(owner, SERVICE, [(TOPIC, READ), (TOPIC, WRITE), (GROUP, READ)]))
        asyncio.run(allow(owner, OPERATOR, [(TOPIC, right) for right in KEEPING]))
        operator = by_password(broker, kafka_user=OPERATOR, kafka_mechanism="PLAIN")
        asyncio.run(KafkaTopics(kafka_settings(operator)).apply(TOPICS.values()))
        yield broker


async def allow(owner: KafkaSettings, user: str, rights: Sequence[tuple[int, int]]) -> None:
    """On what begins with the prefix."""
    async with administrator(owner) as admin:
        for kind, operation in rights:
            asked = CreateAclsRequest(
                kind, owner.prefix, PREFIXED, f"User:{user}", "*", operation, ALLOW
            )
            (done,) = (await admin._send_request(asked)).creation_responses
            assert done[0] == 0, done


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with store_in(tmp_path, SystemClock()) as store:
        yield store


def by_password(broker: Broker, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "kafka_servers": broker.login,
        "kafka_prefix": "ours-",
        "kafka_security": "SASL_SSL",
        "kafka_user": USER,
        "kafka_password": PASSWORD,
        "kafka_ca": broker.own,
    }
    return quick_settings(**{**given, **changes})


def by_certificate(broker: Broker, certificate: Path) -> Settings:
    return quick_settings(
        kafka_servers=broker.certificate,
        kafka_prefix="ours-",
        kafka_security="SSL",
        kafka_ca=broker.own,
        kafka_certificate=certificate,
        kafka_key=certificate,
    )


async def goes_through(settings: Settings, store: Store) -> bool:
    """One record, written and read."""
    name = uuid4().hex.encode()
    async with opened_log(settings, store) as log:
        before = sum((await log.ends([new().topic])).values())
        await log.publish([new(name)])
        read = await take(await started(log, group=name.decode()), before + 1)
    return name in [record.value for record in read]


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_a_password_opens_it(broker: Broker, store: Store, mechanism: str) -> None:
    assert await goes_through(by_password(broker, kafka_mechanism=mechanism), store)


async def test_a_certificate_of_our_own_opens_it(broker: Broker, store: Store) -> None:
    assert await goes_through(by_certificate(broker, broker.client), store)


async def test_services_do_with_the_rights_that_are_documented(
    broker: Broker, store: Store
) -> None:
    service = by_password(broker, kafka_user=SERVICE, kafka_mechanism="PLAIN")
    assert await goes_through(service, store)
    with pytest.raises(LogUnavailable, match="TopicAuthorizationFailed"):
        await KafkaTopics(kafka_settings(service)).apply(TOPICS.values())


async def test_so_does_one_who_keeps_the_topics(broker: Broker) -> None:
    operator = by_password(broker, kafka_user=OPERATOR, kafka_mechanism="PLAIN")
    topics = KafkaTopics(kafka_settings(operator))
    longer = replace(MENTIONS_TAGGED, retention=days(9))
    assert len(await topics.apply([longer])) == 1
    assert await topics.check([longer]) == []
    assert len(await topics.apply([MENTIONS_TAGGED])) == 1


async def test_so_does_the_counting_of_rates(broker: Broker) -> None:
    own = kafka_settings(by_password(broker, kafka_user=SERVICE, kafka_mechanism="PLAIN"))
    log = KafkaLog(own)
    await log.publish([said.record() for said in bad_quarter_of_an_hour(5)])
    async with asyncio.timeout(6 * PATIENCE), running(RateCounter(own, log, SystemClock())):
        while not any((await log.ends([RATES.name])).values()):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await log.close()


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_a_wrong_password_ends_the_start_at_once(
    broker: Broker, store: Store, mechanism: str
) -> None:
    wrong = by_password(broker, kafka_mechanism=mechanism, kafka_password="guessed")
    with pytest.raises(CannotStart, match=r"refuses the login: .*\(see HARKEN_KAFKA_\*\)"):
        async with opened_log(wrong, store):
            pass


async def test_so_does_a_broker_whose_certificate_nobody_signed_whom_we_trust(
    broker: Broker, store: Store, tmp_path: Path
) -> None:
    other = self_signed(tmp_path / "other.pem", x509.DNSName("other.example"))
    for wrong in (by_password(broker, kafka_ca=other), by_password(broker, kafka_ca=None)):
        with pytest.raises(CannotStart, match=r"certificate is refused: .*HARKEN_KAFKA_\*"):
            async with opened_log(wrong, store):
                pass


async def test_so_does_one_that_is_reached_by_another_name(broker: Broker, store: Store) -> None:
    wrong = by_password(broker, kafka_servers=broker.login.replace("127.0.0.1", "localhost"))
    with pytest.raises(CannotStart, match="Hostname mismatch"):
        async with opened_log(wrong, store):
            pass


async def test_a_certificate_that_the_broker_does_not_know_opens_nothing(
    broker: Broker, store: Store, tmp_path: Path
) -> None:
    other = self_signed(tmp_path / "other.pem", x509.DNSName("harken.example"))
    await closes_the_connection(by_certificate(broker, other), store)


@pytest.mark.parametrize("security", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT"])
async def test_nothing_is_said_to_it_but_over_tls_and_by_who_logs_in(
    broker: Broker, store: Store, security: str
) -> None:
    await closes_the_connection(by_password(broker, kafka_security=security), store)


async def closes_the_connection(settings: Settings, store: Store) -> None:
    impatient = settings.model_copy(update={"start_patience": 0.0})
    said = r"closes the connection: perhaps .*see HARKEN_KAFKA_\*"
    with pytest.raises(CannotStart, match=said):
        async with opened_log(impatient, store):
            pass


async def test_to_a_running_process_a_wrong_password_is_a_log_that_is_away(broker: Broker) -> None:
    """It may be in the middle of a rotation."""
    wrong = replace(kafka_settings(by_password(broker)), password="withdrawn")
    log = KafkaLog(wrong)
    for use in (log.publish([new()]), log.consumer("g", [MENTIONS_TAGGED.name]).poll(1, PATIENCE)):
        with pytest.raises(LogUnavailable, match="refuses the login"):
            await use
    await log.close()
