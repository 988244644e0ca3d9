"""From the HTML of a post or an article to the plain text that its author wrote.

Servers of Mastodon's API differ in their HTML: Mastodon splits links into invisible and shortened
spans, GoToSocial drops the scheme, Pleroma and Markdown posts bring lists, quotes and link texts.
Custom emoji stay as their ``:shortcode:``; where a server made them images, the image's text is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from harken.channels.untrusted import clean

_DEEPEST = 64
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table", "dl"})
_LINES = frozenset({"div", "tr", "dt", "dd", "hr", "section", "article", "figure", "figcaption"})
_SILENT = frozenset(
    {"script", "style", "template", "head", "title", "noscript", "iframe", "object"}
)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_GAPS = re.compile(r"\n{3,}")
_SCHEME = re.compile(r"\A(?:https?://)?(?:www\.)?", re.IGNORECASE)


def html_to_text(html: str, *, addresses: bool = True) -> str:
    """Never raises; whatever is no HTML comes out as the text that a browser would show.

    Where a link's words hide its address, that follows in brackets, unless ``addresses`` is false.
    """
    storable = html.encode("utf-8", "replace").decode()
    body = LexborHTMLParser(storable).body
    if body is None:
        return ""
    return clean(_tidy(_Rendering(addresses).children(body, 0)))


def _tidy(text: str) -> str:
    lines = "\n".join(line.strip(" \t") for line in text.split("\n"))
    return _GAPS.sub("\n\n", lines).strip()


@dataclass(frozen=True, slots=True)
class _Rendering:
    addresses: bool

    def children(self, node: LexborNode, depth: int) -> str:
        parts: list[str] = []
        child = node.first_child
        while child is not None:
            parts.append(self._render(child, depth + 1))
            child = child.next
        return "".join(parts)

    def _render(self, node: LexborNode, depth: int) -> str:
        tag = node.tag or ""
        if tag == "-text":
            return _SPACES.sub(" ", node.text_content or "")
        if tag in _SILENT or tag.startswith("-"):
            return ""
        if depth > _DEEPEST:
            return _SPACES.sub(" ", node.text())
        return self._element(node, tag, depth)

    def _element(self, node: LexborNode, tag: str, depth: int) -> str:
        if tag == "br":
            return "\n"
        if tag == "img":
            return node.attributes.get("alt") or ""
        if tag == "a":
            return self._link(node, depth)
        if tag == "pre":
            return f"\n\n{node.text()}\n\n"
        inner = self.children(node, depth)
        if tag == "blockquote":
            quoted = "\n".join(f"> {line}" for line in _tidy(inner).split("\n"))
            return f"\n\n{quoted}\n\n"
        if tag == "li":
            return f"\n- {_tidy(inner)}"
        if tag in _PARAGRAPHS:
            return f"\n\n{inner}\n\n"
        return f"\n{inner}\n" if tag in _LINES else inner

    def _link(self, node: LexborNode, depth: int) -> str:
        """Handles and hashtags as shown; a shortened address whole."""
        shown = self.children(node, depth)
        href = (node.attributes.get("href") or "").strip()
        kinds = (node.attributes.get("class") or "").split()
        label = shown.strip()
        if not href.lower().startswith(("http://", "https://")) or not _leads_elsewhere(
            kinds, label
        ):
            return shown
        if label and not _shortened(label, href):
            return f"{shown} ({href})" if self.addresses else shown
        return href if label or self.addresses else ""


def _leads_elsewhere(kinds: list[str], label: str) -> bool:
    """Is this a link to somewhere, not a handle or a hashtag?"""
    return not ({"mention", "hashtag", "u-url"} & set(kinds) or label.startswith(("@", "#")))


def _shortened(label: str, href: str) -> bool:
    said = _SCHEME.sub("", label).rstrip("/").casefold()
    whole = _SCHEME.sub("", href).rstrip("/").casefold()
    if said.endswith(("…", "...")):
        return whole.startswith(said.rstrip("…."))
    return said == whole
