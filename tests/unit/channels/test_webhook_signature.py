from __future__ import annotations

import pytest
from standardwebhooks import Webhook

from harken.channels.port import NotVerified
from harken.channels.webhook.signature import TOLERANCE, sign, verify
from harken.domain.time import Instant, seconds, to_datetime
from harken.testing.fakes.clock import START
from harken.testing.webhook_network.network import DEFAULT_SECRET

OTHER = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhpcnR5IGJ5dGVz"
BODY = '{"id": "1", "text": "čajník 🫖"}'
SIGNED = sign((DEFAULT_SECRET,), "msg-1", START, BODY)


def check(
    headers: dict[str, str], body: bytes = BODY.encode(), *secrets: str, at: Instant = START
) -> None:
    verify(secrets or (DEFAULT_SECRET,), headers, body, at)


def test_what_we_sign_the_published_library_verifies_and_the_other_way_round() -> None:
    theirs = Webhook(DEFAULT_SECRET).sign("msg-1", to_datetime(START), BODY)
    assert SIGNED["webhook-signature"] == theirs
    check(SIGNED)


def test_either_of_several_signatures_and_secrets_will_do() -> None:
    check({**SIGNED, "webhook-signature": f"v1,AAAA v2,xyz {SIGNED['webhook-signature']}"})
    check(SIGNED, BODY.encode(), OTHER, DEFAULT_SECRET)
    both = sign((OTHER, DEFAULT_SECRET), "msg-1", START, BODY)
    check(both, BODY.encode(), OTHER)
    check(both, BODY.encode(), DEFAULT_SECRET)


@pytest.mark.parametrize("off", [-TOLERANCE, TOLERANCE])
def test_clocks_may_differ_by_the_tolerance(off: int) -> None:
    check(SIGNED, at=Instant(START + off))
    with pytest.raises(NotVerified, match="five minutes"):
        check(SIGNED, at=Instant(START + off + (seconds(1) if off > 0 else -seconds(1))))


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("value", ["", "x", "v1,", "²", "9" * 40, "-1", "v1,é", "1e9"])
def test_a_wrong_header_is_not_verified(name: str, value: str) -> None:
    with pytest.raises(NotVerified):
        check({**SIGNED, name: value})


@pytest.mark.parametrize("name", SIGNED)
def test_every_header_is_needed(name: str) -> None:
    with pytest.raises(NotVerified):
        check({key: value for key, value in SIGNED.items() if key != name})


@pytest.mark.parametrize("body", [b"", BODY.encode() + b" ", b"\xff\xfe", b"\x00"])
def test_another_body_is_not_verified(body: bytes) -> None:
    with pytest.raises(NotVerified):
        check(SIGNED, body)


def test_another_secret_does_not_verify() -> None:
    with pytest.raises(NotVerified):
        check(SIGNED, BODY.encode(), OTHER)
