from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.mastodon.counting import graphemes, length

CASES = [
    ("", 0),
    ("kettle", 6),
    ("čajník", 6),
    ("e\u0301", 1),
    ("👩‍👩‍👧‍👦", 1),
    ("🇱🇻🇵🇱", 2),
    ("a\nb", 3),
    ("a\r\nb", 3),
    ("https://x.example", 23),
    ("https://shop.example/" + "a" * 300, 23),
    ("http://shop.example/a?b=c#d", 23),
    ("https://shop.example/a.", 24),
    ("(https://shop.example/a)", 25),
    ("https://shop.example/a_(b)", 23),
    ("https://shop.example/a, https://shop.example/b", 48),
    ("https://čajník.example/cesta", 23),
    ("https://shop.example:8443/a", 23),
    ("https://shop.example/@mara@far.example", 23),
    ("https://localhost/aaaa", 22),
    ("xhttps://shop.example/aaaaaaaaaaaaaaaaaaa", 41),
    ("shop.example/a", 14),
    ("@mara", 5),
    ("@mara@far.example", 5),
    ("@mara@far.example, hello", 12),
    ("mail me@far.example", 19),
    ("@mara@far.example @tomek@far.example", 12),
    ("@ma.ra-x@far-away.example.", 9),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_length_is_mastodons(text: str, expected: int) -> None:
    assert length(text) == expected


def test_the_instance_says_what_an_url_counts() -> None:
    assert length("https://shop.example/" + "a" * 50, 25) == 25


@given(st.text(st.characters(exclude_characters="@:")))
def test_without_links_and_handles_graphemes_are_counted(text: str) -> None:
    assert length(text) == graphemes(text) <= len(text)


@given(st.text(max_size=200), st.integers(0, 100))
def test_any_text_has_a_length(text: str, url_length: int) -> None:
    assert length(text, url_length) >= 0


@given(st.lists(st.sampled_from(["kettle", "żółw", "👩‍👩‍👧", "https://shop.example/a/b?c=d",
                                 "@mara@far.example"]), max_size=30))  # fmt: skip
def test_the_parts_of_a_text_add_up(words: list[str]) -> None:
    parts = sum(length(word) for word in words) + max(len(words) - 1, 0)
    assert length(" ".join(words)) == parts


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["https://shop.example/" + "(" * 20_000, "@" + "a." * 20_000,
                                  "https://" + "a." * 20_000, "http" * 20_000])  # fmt: skip
def test_hostile_texts_are_counted_in_time(text: str) -> None:
    assert length(text) > 0
