from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.html import html_to_text

CASES = {
    "a mention and a shortened link, by Mastodon": (
        (
            '<p><span class="h-card" translate="no"><a href="https://social.example/@kettle"'
            ' class="u-url mention">@<span>kettle</span></a></span> see '
            '<a href="https://www.shop.example/very/long/path?x=1&amp;y=2" target="_blank">'
            '<span class="invisible">https://www.</span><span class="ellipsis">shop.example/very/'
            '</span><span class="invisible">long/path?x=1&amp;y=2</span></a>, please</p>'
        ),
        "@kettle see https://www.shop.example/very/long/path?x=1&y=2, please",
    ),
    "paragraphs and line breaks": (
        "<p>one<br>two<br />three</p><p>four</p>",
        "one\ntwo\nthree\n\nfour",
    ),
    "a hashtag": (
        (
            '<p><a href="https://social.example/tags/kettle" class="mention hashtag" rel="tag">'
            "#<span>kettle</span></a> leaks</p>"
        ),
        "#kettle leaks",
    ),
    "a link without its scheme, by GoToSocial": (
        '<p>see <a href="https://shop.example/a/" rel="nofollow noreferrer">shop.example/a</a></p>',
        "see https://shop.example/a/",
    ),
    "a link cut with an ellipsis": (
        '<a href="https://shop.example/abcdef">shop.example/abc…</a>',
        "https://shop.example/abcdef",
    ),
    "a link with words, by Markdown": (
        '<p>it is <a href="https://shop.example/return">in the rules</a>.</p>',
        "it is in the rules (https://shop.example/return).",
    ),
    "a mention without classes, by Pleroma": (
        '<span><a href="https://social.example/users/kettle">@kettle</a></span> hello',
        "@kettle hello",
    ),
    "a script in a link": ('<a href="javascript:alert(1)">press</a>', "press"),
    "a link without a text": ('<a href="https://shop.example/x"></a>', "https://shop.example/x"),
    "emoji as short codes and as images": (
        'boiling :kettle: <img class="emoji" alt=":steam:" src="https://x.example/s.png">',
        "boiling :kettle: :steam:",
    ),
    "a quote": ("<blockquote><p>it is fine</p></blockquote><p>no</p>", "> it is fine\n\nno"),
    "a list": ("<p>broken:</p><ul><li>lid</li><li>spout</li></ul>", "broken:\n\n- lid\n- spout"),
    "code keeps its lines": ("<pre><code>a  b\nc</code></pre>", "a  b\nc"),
    "entities": ("1 &lt; 2 &amp;&amp; &quot;x&quot; &#39;y&#39; &hellip;", "1 < 2 && \"x\" 'y' …"),
    "white space of the source": ("<p>a\n   b</p>\n<p> c </p>", "a b\n\nc"),
    "plain text": ("no tags at all", "no tags at all"),
    "scripts, styles and comments": ("a<script>x</script><style>y</style><!-- z -->b", "ab"),
    "nothing": ("", ""),
    "a frameset": ("<frameset><frame></frameset>", ""),
    "half a tag": ("<p>before <b", "before"),
    "half a character": ("<p>\ud83d x</p>", "? x"),
    "control characters": ("<p>a\x00\x07b\x1b[31m</p>", "ab[31m"),
}


@pytest.mark.parametrize(("html", "text"), CASES.values(), ids=CASES.keys())
def test_html_becomes_what_was_written(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_deep_nesting_is_read_to_its_end() -> None:
    assert html_to_text("<div>" * 20_000 + "deep" + "</div>" * 20_000) == "deep"
    assert html_to_text("<blockquote>" * 500 + "deep").endswith("deep")


@given(st.text())
def test_no_text_makes_it_fail(html: str) -> None:
    text = html_to_text(html)
    assert text == text.strip()
    text.encode()


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
TAGS = st.sampled_from(
    ["p", "b", "div", "span", "a", "ul", "li", "blockquote", "h1", "em", "code", "table", "section"]
)
MARKUP = st.recursive(
    WORDS.map(escape),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{' '.join(parts)}</{tag}>",
        TAGS,
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=15,
)


@given(MARKUP)
def test_no_tag_is_left(html: str) -> None:
    text = html_to_text(html)
    assert "<" not in text
    assert not text.startswith("\n")


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_words_come_out_in_their_order(words: list[str]) -> None:
    html = "".join(f"<p>{escape(word)}</p>" for word in words)
    assert html_to_text(html).split() == words


SIGNS = st.characters(min_codepoint=33, max_codepoint=0x2FFF, categories=["L", "N", "P", "S"])


@given(st.lists(st.text(SIGNS, min_size=1), min_size=1))
def test_what_was_escaped_comes_back(words: list[str]) -> None:
    said = " ".join(words)
    assert html_to_text(f"<p>{escape(said)}</p>") == said
