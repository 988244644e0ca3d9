"""How the bytes of a file are written is found out, or asked for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.replay.encoding import detect_encoding, named_encoding
from cli.replay.problems import CannotTell
from tests.unit.replay.kit import SENTENCES


@pytest.mark.parametrize("page", SENTENCES)
def test_a_code_page_is_known_by_its_letters(page: str) -> None:
    said = "\r\n".join(SENTENCES[page])
    assert detect_encoding(said.encode(page), whole=True) == page


@settings(deadline=None)
@given(st.sampled_from(sorted(SENTENCES)), st.data())
def test_what_is_told_is_right(page: str, data: st.DataObject) -> None:
    """However little there is to tell it by: it says so rather than be wrong."""
    said = data.draw(st.text(st.sampled_from("".join(SENTENCES[page]))))
    whole = "; ".join(data.draw(st.permutations(SENTENCES[page]))) + said
    assert read_as_told(whole[: data.draw(st.integers(20, len(whole)))], page)


def read_as_told(said: str, page: str) -> bool:
    raw = said.encode(page)
    try:
        return raw.decode(detect_encoding(raw, whole=True)) == said
    except CannotTell:
        return True


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1), st.integers(0, 3))
def test_utf_8_is_known_even_cut_within_a_character(said: str, cut: int) -> None:
    raw = ("ž" + said).encode()
    head = raw[: len(raw) - cut]
    if "\0" not in said and len(head) > 1:
        assert detect_encoding(head, whole=False) == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_known_with_and_without_a_mark(encoding: str) -> None:
    raw = "text;author\nЧайник;ann\n".encode(encoding)
    assert raw.decode(detect_encoding(raw, whole=True)) == "text;author\nЧайник;ann\n"


def test_what_fits_several_pages_is_asked_for() -> None:
    with pytest.raises(CannotTell, match="--encoding"):
        detect_encoding("text\nõ\n".encode("cp1257"), whole=True)


@pytest.mark.parametrize("page", ["koi8-r", "cp866", "iso8859-5", "iso8859-2", "cp852"])
def test_a_page_that_we_do_not_tell_apart_is_no_other(page: str) -> None:
    said = "\n".join(SENTENCES["cp1250" if page in ("iso8859-2", "cp852") else "cp1251"])
    assert read_as_told(said, page)


def test_a_name_is_understood_or_refused() -> None:
    assert named_encoding("windows-1257") == "cp1257"
    assert named_encoding("UTF8") == "utf-8-sig"
    for name in ("windows-9999", "base64"):
        with pytest.raises(CannotTell, match="--encoding"):
            named_encoding(name)
