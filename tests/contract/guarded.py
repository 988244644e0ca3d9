"""Servers of a test's own, beside the local ones: they speak TLS only, and let in who may."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509

from deploy.local import kafka, packages, place, postgres, servers
from harken.testing.certificates import self_signed
from harken.testing.engines import REQUIRED, left_out
from harken.testing.processes import free_port

HOST = "127.0.0.1"
USER, SERVICE, OPERATOR, PASSWORD = "harken", "service", "operator", "harken"
"""The first may do anything, on both servers; the next ones, on Kafka, what they are allowed."""

_KAFKA = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=LOGIN://127.0.0.1:{login},CERTIFICATE://127.0.0.1:{certificate},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=LOGIN://127.0.0.1:{login},CERTIFICATE://127.0.0.1:{certificate}
listener.security.protocol.map=LOGIN:SASL_SSL,CERTIFICATE:SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CERTIFICATE
ssl.keystore.type=PEM
ssl.keystore.location={own}
ssl.truststore.type=PEM
ssl.truststore.location={trusted}
listener.name.certificate.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.login.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}" user_{service}="{password}" user_{operator}="{password}";
listener.name.login.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.login.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:CN=test;User:{user}
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
"""  # noqa: E501
_POSTGRES = """\
ssl = on
ssl_cert_file = '{own}'
ssl_key_file = '{own}'
hba_file = '{rules}'
fsync = off
"""
_TLS_ONLY = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class Broker:
    """``login`` asks for user and password, ``certificate`` for ``client``; ``own`` is what it
    shows."""

    login: str
    certificate: str
    own: Path
    client: Path


@contextmanager
def guarded_kafka(folder: Path) -> Iterator[Broker]:
    own = self_signed(folder / "broker.pem", x509.IPAddress(IPv4Address(HOST)))
    client = self_signed(folder / "client.pem", x509.DNSName("harken.example"))
    trusted = folder / "trusted.pem"
    trusted.write_bytes(own.read_bytes() + client.read_bytes())
    login, certificate = free_port(), free_port()
    properties = _KAFKA.format(
        login=login, certificate=certificate, controller=free_port(), own=own, trusted=trusted,
        user=USER, service=SERVICE, operator=OPERATOR, password=PASSWORD, data=folder / "data",
    )  # fmt: skip
    scram = [
        f"--add-scram=SCRAM-SHA-{bits}=[name={USER},password={PASSWORD}]" for bits in (256, 512)
    ]
    try:
        with starting():
            lib = kafka.jars(place.made() / "kafka")
            kafka.launch(folder, lib, properties, login, format_options=scram)
        yield Broker(f"{HOST}:{login}", f"{HOST}:{certificate}", own, client)
    finally:
        servers.kill(folder)


@contextmanager
def guarded_postgres(certificate: Path) -> Iterator[str]:
    """Its address; it shows the certificate. The folder is one that another user may see."""
    home, port = place.made() / f"guarded-{uuid4().hex[:10]}", free_port()
    home.mkdir()
    own, rules = home / "own.pem", home / "rules.conf"
    own.write_bytes(certificate.read_bytes())
    own.chmod(0o600)
    rules.write_text(_TLS_ONLY)
    try:
        with starting():
            postgres.launch(home, _POSTGRES.format(own=own, rules=rules), port)
        yield f"postgresql://{USER}:{PASSWORD}@{HOST}:{port}/harken"
    finally:
        servers.stop(home, signal.SIGINT)
        shutil.rmtree(home)


@contextmanager
def starting() -> Iterator[None]:
    """Nothing is installed for a server unless the tests require it; then the test is left out."""
    with pytest.MonkeyPatch.context() as environment:
        if os.environ.get(REQUIRED) != "1":
            environment.setenv(packages.NO_INSTALL, "1")
        try:
            yield
        except servers.DidNotStart as error:
            left_out(str(error))
