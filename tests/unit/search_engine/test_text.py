from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.search.analysis import Analysed, analyse, warm_up
from harken.search.analysis.text import forms
from harken.search.analysis.version import RULES, version
from harken.testing.conformance.search_index_words import AWKWARD
from harken.testing.corpus import texts

LANGUAGES = st.sampled_from(["en", "pl", "cs", "ru", "lv", "", "de"])
PIECES = st.sampled_from(
    [
        "#tag_1",
        "@name@host.example",
        "https://www.a.example/ž",
        "👍🏽",
        "👩‍💻",
        "🇱🇻",
        "don't",
        "ё",
        "東京",
    ]
)
TEXTS = st.lists(st.text(max_size=6) | PIECES, max_size=8).map("".join)


def words(text: str) -> list[str]:
    return list(analyse(text, "").words)


def marks(text: str) -> list[str]:
    return [mark for mark, _ in analyse(text, "").marks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two parcels, one lost.", ["two", "parcels", "one", "lost"]),
        ("don’t can't Trellmoor's l'eau", ["dont", "cant", "trellmoor", "s", "l", "eau"]),
        ("e-mail A/B snake_case", ["e", "mail", "a", "b", "snake", "case"]),
        ("12,50 12.50 1 299 v2.0", ["12", "50", "12", "50", "1", "299", "v2", "0"]),
        ("https://www.a.example/b?c=1#d", ["a", "example", "b", "c", "1", "d"]),
        ("HTTP://a.example www.a.example", ["a", "example", "a", "example"]),
        ("http:// www. https", ["http", "www", "https"]),
        ("help@a.example", ["help", "a", "example"]),
        ("#Tag @Name", ["tag", "name"]),
        ("👍🏽👍 ok❤️", ["👍", "👍", "ok", "❤"]),
        ("👩‍💻👨‍👩‍👧", ["👩‍💻", "👨‍👩‍👧"]),
        ("🇱🇻🇵🇱🇱", ["🇱🇻", "🇵🇱"]),
        ("1️⃣ ① ½", ["1", "1", "12"]),
        ("東京です abc東京", ["東", "京", "で", "す", "abc", "東", "京"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("Привет, Wi-Fi!", ["привет", "wi", "fi"]),
        ("re\u200bfund soft\u00ad-hyphen", ["refund", "soft", "hyphen"]),
        ("\u202eabc\u202c", ["abc"]),
        ("a\x00b \ud800c", ["a", "b", "c"]),
        ("... !!! :-)", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#Refund #děkuji_moc ＃wide", ["#refund", "#dekuji_moc", "#wide"]),
        ("#2026 #2026goals #_ #", ["#2026goals"]),
        ("#a#b &#39; https://a.example/#frag", ["#a", "#b"]),
        ("@Brand, @brand.help. @a-b", ["@brand", "@brand.help", "@a-b"]),
        ("@Brand@Social.Example!", ["@brand", "@brand@social.example"]),
        ("help@a.example @", []),
        ("https://social.example/@brand/1", ["@brand"]),
        ("no marks", []),
    ],
)
def test_marks(text: str, expected: list[str]) -> None:
    assert marks(text) == expected


@given(TEXTS, LANGUAGES)
def test_offsets_point_at_the_words_in_order(text: str, language: str) -> None:
    analysed = analyse(text, language)
    assert len(analysed.words) == len(analysed.stems) == len(analysed.offsets)
    end = 0
    for (start, stop), word in zip(analysed.offsets, analysed.words, strict=True):
        assert end <= start < stop <= len(text)
        assert forms(text[start:stop], language)[0] == word
        end = stop
    for mark, (start, stop) in analysed.marks:
        assert text[start:stop][0] in "#@＃＠"
        assert mark[0] in "#@"


@given(TEXTS, LANGUAGES)
def test_words_and_keys_join_by_spaces(text: str, language: str) -> None:
    """Engines store both fields as one string each."""
    analysed = analyse(text, language)
    assert " ".join(analysed.words).split(" ") == (list(analysed.words) or [""])
    assert " ".join(analysed.keys).split(" ") == (list(analysed.keys) or [""])
    assert not any('"' in found for found in (*analysed.words, *analysed.keys))
    " ".join((*analysed.words, *analysed.keys)).encode()


@given(TEXTS)
def test_case_does_not_matter(text: str) -> None:
    lower = text.lower()
    assert words(lower.upper()) == words(lower.upper().lower())


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_any_text_has_an_analysis(text: str) -> None:
    for language in ("en", "pl", "cs", "ru", "lv", "", "\ud800"):
        assert isinstance(analyse(text, language), Analysed)


def test_an_unknown_language_has_words_and_no_stems() -> None:
    assert analyse("Zwei Pakete", "de").words == ("zwei", "pakete")
    assert set(analyse("Zwei Pakete", "de").stems) == {""}


def test_languages_may_have_regions() -> None:
    assert analyse("parcels", "en-GB") == analyse("parcels", "EN_us") == analyse("parcels", "en")


def test_keys_are_stems_and_marks_without_repetition() -> None:
    assert analyse("parcels, parcel #parcel 12", "en").keys == ("en:parcel", "#parcel")


def test_threads_get_the_same_stems() -> None:
    warm_up()
    given_texts = [(each.text, each.language) for each in texts()]
    expected = [analyse(*each) for each in given_texts]

    def analysed_again(_: int) -> list[Analysed]:
        forms.cache_clear()
        return [analyse(*each) for each in given_texts]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(analysed_again, range(16))) == [expected] * 16


def test_changed_rules_have_a_new_version() -> None:
    """If this fails, raise `RULES` so that indexes are made anew, and write the digest here.

    After an upgrade of a stemmer the digest alone is new: `version` names the libraries.
    """
    digest = blake2b(digest_size=8)
    for each in texts():
        analysed = analyse(each.text, each.language)
        digest.update(" ".join((*analysed.words, *analysed.keys)).encode())
    assert (RULES, digest.hexdigest()) == (1, "9a326e58a2888d0b")
    assert version().startswith(f"{RULES}/")
