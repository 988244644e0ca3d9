from __future__ import annotations

import pytest

from harken.channels.settings import Misconfigured, address, switched_on


@pytest.mark.parametrize(
    "text",
    [
        "https://social.example",
        "http://localhost:3999",
        "http://127.0.0.1:3999",
        "http://[::1]:3999",
        "http://kettle.localhost/replies?x=1",
    ],
)
def test_https_and_this_machine_may_be_spoken_to(text: str) -> None:
    assert str(address(text, name="instance", allow_http=False)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://social.example", "allow_http"),
        ("http://10.0.0.1", "allow_http"),
        ("http://localhost.far.example", "allow_http"),
        ("ftp://social.example", "full address"),
        ("social.example", "full address"),
        ("https://", "full address"),
        ("https://me:pass@social.example", "user name"),
        ("https://[::1", "no address"),
        ("https://social.example:port", "no address"),
        ("https://social.example:65536", "no port 65536"),
        ("https://social.example:0", "no port 0"),
    ],
)
def test_others_are_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(Misconfigured, match=why):
        address(text, name="instance", allow_http=False)


def test_plain_http_elsewhere_needs_the_connections_word() -> None:
    assert address("http://10.0.0.1", name="instance", allow_http=True).scheme == "http"
    assert switched_on({"allow_http": "True"}, "allow_http")
    assert not switched_on({"allow_http": "no"}, "allow_http")
    assert not switched_on({}, "allow_http")
