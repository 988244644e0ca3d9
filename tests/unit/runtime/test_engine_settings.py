"""What is set of how to reach the engines gets to their clients."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509

from harken.runtime.distributed import elasticsearch_settings, kafka_settings
from harken.runtime.settings import Settings
from harken.search.elasticsearch import ElasticsearchSettings
from harken.testing.certificates import self_signed


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return self_signed(tmp_path / "own.pem", x509.DNSName("broker.example"))


def given(monkeypatch: pytest.MonkeyPatch, engine: str, **values: str | Path) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"HARKEN_{engine}_{name.upper()}", str(value))
    return Settings(_env_file=None)


def test_kafkas_login_and_certificates(monkeypatch: pytest.MonkeyPatch, pem: Path) -> None:
    settings = given(
        monkeypatch, "KAFKA", servers="a:1", security="SASL_SSL", mechanism="SCRAM-SHA-256",
        user="harken", password="hush", ca=pem, certificate=pem, key=pem,
    )  # fmt: skip
    told = kafka_settings(settings).client()
    tls = told.pop("ssl_context")
    assert told == {
        "bootstrap_servers": "a:1",
        "client_id": "harken",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": "harken",
        "sasl_plain_password": "hush",
    }
    assert (tls.verify_mode, tls.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(tls.get_ca_certs()) == 1


def test_without_security_kafka_is_told_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, "KAFKA", servers="a:1", user="harken", password="hush")
    assert set(kafka_settings(settings).client()) == {
        "bootstrap_servers", "client_id", "security_protocol",
    }  # fmt: skip


def test_elasticsearchs_login_and_certificates(monkeypatch: pytest.MonkeyPatch, pem: Path) -> None:
    settings = given(
        monkeypatch, "ELASTICSEARCH", urls="https://a:1", prefix="ours", user="harken",
        password="hush", api_key="k", ca=pem, certificate=pem, key=pem, replicas="2", timeout="7",
    )  # fmt: skip
    assert elasticsearch_settings(settings) == ElasticsearchSettings(
        "https://a:1", "ours", "harken", "hush", "k", pem, pem, pem, replicas=2, timeout=7.0
    )
