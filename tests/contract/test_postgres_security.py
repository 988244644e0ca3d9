"""A real PostgreSQL that speaks TLS only, by what ``HARKEN_POSTGRES_URL`` says of it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from cli.main import app
from harken.runtime.distributed import opened_store
from harken.runtime.starting import CannotStart
from harken.store.changes import Insert
from harken.store.schema.router import SKILLS
from harken.testing.certificates import self_signed
from harken.testing.conformance.store import rows, skill, writes
from harken.testing.runtime import quick_settings
from tests.contract.guarded import guarded_postgres


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("certificates") / "postgres.pem"
    return self_signed(file, x509.IPAddress(IPv4Address("127.0.0.1")))


@pytest.fixture(scope="module")
def address(certificate: Path) -> Iterator[str]:
    """Verified; the tables are made over it."""
    with guarded_postgres(certificate) as bare:
        address = f"{bare}?sslmode=verify-full&sslrootcert={certificate}"
        made = CliRunner().invoke(app, ["store", "upgrade", "--address", address])
        assert made.exit_code == 0, made.output
        yield address


async def test_what_is_written_over_tls_is_read_there(address: str) -> None:
    async with opened_store(quick_settings(postgres_url=address)) as store:
        await store.submit(writes(Insert(SKILLS, skill())))
        assert await rows(store, SKILLS) == [skill()]


async def test_a_wrong_password_is_told(address: str) -> None:
    wrong = address.replace(":harken@", ":guessed@")
    assert 'password authentication failed for user "harken"' in await why_not(wrong)
    refused = CliRunner().invoke(app, ["store", "check", "--address", wrong])
    assert (refused.exit_code, "password authentication failed" in refused.output) == (1, True)


async def test_a_server_whose_certificate_nobody_signed_whom_we_trust_is_told(
    address: str, certificate: Path, tmp_path: Path
) -> None:
    other = self_signed(tmp_path / "other.pem", x509.DNSName("other.example"))
    assert "certificate verify failed" in await why_not(
        address.replace(str(certificate), str(other))
    )


async def test_so_is_one_that_is_reached_by_another_name(address: str) -> None:
    assert "does not match host name" in await why_not(address.replace("127.0.0.1", "localhost"))


async def test_nothing_is_said_in_the_clear_where_the_server_asks_for_tls(address: str) -> None:
    assert "no encryption" in await why_not(address.replace("verify-full", "disable"))


async def why_not(address: str) -> str:
    """What a start says that gives up."""
    impatient = quick_settings(postgres_url=address, start_patience=0.0)
    with pytest.raises(CannotStart, match="see HARKEN_POSTGRES_URL") as refused:
        async with opened_store(impatient):
            pass
    return str(refused.value)
