from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from harken.channels.mastodon.settings import read_account
from harken.channels.port import Connection
from harken.channels.settings import Misconfigured
from harken.channels.vault import KEY_BYTES, CannotOpen, Vault, opening, read_keys, sealed
from harken.domain.ids import ConnectionId, TenantId
from harken.testing.secrecy import open_vault
from tests.unit.channels.instance import CONNECTION

OLD, NEW = b"o" * KEY_BYTES, b"n" * KEY_BYTES
PLACE = ("connection", "northkettle", "c1", "access_token")


def test_a_sealed_secret_says_nothing_and_opens_again() -> None:
    vault = open_vault()
    kept = vault.seal("příliš tajné", *PLACE)
    assert "tajné" not in kept
    assert kept.isascii()
    assert vault.open(kept, *PLACE) == "příliš tajné"


def test_equal_secrets_do_not_look_equal() -> None:
    assert open_vault().seal("s", *PLACE) != open_vault().seal("s", *PLACE)


@pytest.mark.parametrize(
    "place", [PLACE[:3], ("connection", "lowmill", *PLACE[2:]), (), ("a", "b")]
)
def test_it_opens_in_its_own_place_alone(place: tuple[str, ...]) -> None:
    vault = open_vault()
    with pytest.raises(CannotOpen, match="another's"):
        vault.open(vault.seal("s", *PLACE), *place)


def test_places_that_read_alike_are_different() -> None:
    vault = open_vault()
    with pytest.raises(CannotOpen):
        vault.open(vault.seal("s", "a", "bc"), "ab", "c")


def test_another_key_is_said_never_an_empty_secret() -> None:
    kept = Vault([OLD]).seal("s", *PLACE)
    with pytest.raises(CannotOpen, match=r"under the key [0-9a-f]{8}, which is not here"):
        Vault([NEW]).open(kept, *PLACE)


@pytest.mark.parametrize("at", [20, 30, -8])
@pytest.mark.parametrize("letter", ["", "A"])
def test_what_was_altered_does_not_open(at: int, letter: str) -> None:
    vault = open_vault()
    kept = vault.seal("secret", *PLACE)
    altered = kept[:at] + (letter if kept[at] != "A" or not letter else "B") + kept[at:][1:]
    with pytest.raises(CannotOpen, match="altered"):
        vault.open(altered, *PLACE)


def test_a_key_is_replaced_while_both_are_there() -> None:
    kept = Vault([OLD]).seal("s", *PLACE)
    both = Vault([NEW, OLD])
    assert not both.is_current(kept)
    anew = both.seal(both.open(kept, *PLACE), *PLACE)
    assert both.is_current(anew)
    assert Vault([NEW]).open(anew, *PLACE) == "s"


def test_what_was_kept_plain_is_read_and_counts_as_not_sealed() -> None:
    vault = open_vault()
    assert vault.open("plain-token", *PLACE) == "plain-token"
    assert not vault.is_current("plain-token")


def test_keys_are_read_in_both_spellings_of_base64() -> None:
    key = bytes(range(KEY_BYTES - 4)) + b"\xfb\xef\xff\xfe"
    standard, for_urls = base64.b64encode(key), base64.urlsafe_b64encode(key)
    assert standard != for_urls
    assert read_keys(f" {standard.decode()}\n{for_urls.decode()} ", "it") == [key, key]
    assert read_keys("", "it") == []


@pytest.mark.parametrize(
    "text", ["short", base64.b64encode(b"x" * 31).decode(), "ž" * 44, "=" * 44]
)
def test_a_wrong_key_is_named_by_its_number_and_not_quoted(text: str) -> None:
    good = base64.b64encode(OLD).decode()
    with pytest.raises(ValueError, match="key 2 of the file is not 32 bytes") as wrong:
        read_keys(f"{good} {text}", "the file")
    assert text not in str(wrong.value)


# --- of connections


def test_a_connections_secrets_open_when_they_are_asked_for() -> None:
    vault = open_vault()
    kept = sealed(CONNECTION, vault)
    assert kept.secrets["access_token"] != "secret"
    opened = opening(kept, vault)
    assert sorted(opened.secrets) == ["access_token"]
    assert read_account(opened).token == "secret"
    assert "secret" not in repr(opened)


def test_a_secret_copied_to_another_connection_or_tenant_does_not_open() -> None:
    vault = open_vault()
    kept = sealed(CONNECTION, vault)
    others: list[Connection] = [
        replace(kept, id=ConnectionId("c2")),
        replace(kept, tenant=TenantId("lowmill")),
        replace(kept, secrets={"secret": kept.secrets["access_token"]}),
    ]
    for other in others:
        with pytest.raises(CannotOpen):
            dict(opening(other, vault).secrets)


def test_a_lost_secret_is_a_problem_of_the_connection() -> None:
    """Which its channel reports like any other that a person has to mend."""
    kept = sealed(CONNECTION, Vault([OLD]))
    with pytest.raises(Misconfigured, match="which is not here"):
        read_account(opening(kept, Vault([NEW])))
