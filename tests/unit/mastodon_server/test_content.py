from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from harken.channels.html import html_to_text
from harken.domain.time import Instant
from harken.testing.mastodon.content import entities, html
from harken.testing.mastodon.model import Account

ADDRESS = "http://127.0.0.1:3999"
MARA = Account(1, "mara", "", "Mara", 0, "t", Instant(0))
FAR = Account(2, "tomek", "far.example", "Tomek", 0, "u", Instant(0))


def find(username: str, host: str) -> Account | None:
    known = {("mara", ""): MARA, ("tomek", "far.example"): FAR}
    return known.get((username.lower(), host.lower()))


def test_text_becomes_mastodons_html() -> None:
    rendered = html("@mara see https://www.shop.example/" + "a" * 30 + " #Čajník", find, ADDRESS)
    assert rendered == (
        '<p><span class="h-card" translate="no"><a href="http://127.0.0.1:3999/@mara"'
        ' class="u-url mention">@<span>mara</span></a></span> see '
        f'<a href="https://www.shop.example/{"a" * 30}" target="_blank" rel="nofollow noopener"'
        ' translate="no"><span class="invisible">https://www.</span>'
        f'<span class="ellipsis">shop.example/{"a" * 17}</span>'
        f'<span class="invisible">{"a" * 13}</span></a> '
        '<a href="http://127.0.0.1:3999/tags/čajník" class="mention hashtag" rel="tag">'
        "#<span>Čajník</span></a></p>"
    )


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("a\nb", "<p>a<br />b</p>"),
        ("a\r\nb", "<p>a<br />b</p>"),
        ("a\n\nb\n\n\n\nc\n", "<p>a</p><p>b</p><p>c</p>"),
        ('<b> & "x"', "<p>&lt;b&gt; &amp; &quot;x&quot;</p>"),
        ("@nobody hi", "<p>@nobody hi</p>"),
        ("a@mara", "<p>a@mara</p>"),
        ("#1 &#38;", "<p>#1 &amp;#38;</p>"),
    ],
)
def test_the_rest_is_escaped(text: str, rendered: str) -> None:
    assert html(text, find, ADDRESS) == rendered


def test_entities_are_found_where_people_mean_them() -> None:
    found = entities("@mara @tomek@far.example @Mara #a_1 #A_1 x#b https://x.example/@mara#c", find)
    assert found.mentions == (1, 2)
    assert found.tags == ("a_1",)


@given(st.text(max_size=200))
def test_any_text_makes_safe_html_that_reads_back(text: str) -> None:
    rendered = html(text, find, ADDRESS)
    tags = {
        node.tag
        for node in LexborHTMLParser(rendered.encode("utf-8", "replace").decode()).css("body *")
    }
    assert tags <= {"p", "br", "a", "span"}
    if text.isalnum():
        assert html_to_text(rendered) == text
