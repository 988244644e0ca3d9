from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.search.analysis import latvian
from harken.search.analysis.folding import fold
from harken.search.analysis.stems import LANGUAGES, _algorithm, stem


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "refund refunds refunded refunding REFUND"),
        ("en", "delivery deliveries"),
        ("pl", "reklamacja reklamację reklamacji reklamacje reklamacją"),
        ("pl", "klient klienta klientów klientem klientami"),
        ("pl", "obsługa obsługi obsługę obsluga obslugi"),
        ("cs", "reklamace reklamaci reklamací"),
        ("cs", "zásilka zásilky zásilku zasilku"),
        ("cs", "zákazník zákazníci zákazníkům zákazníka"),
        ("ru", "посылка посылку посылки ПОСЫЛКОЙ"),
        ("ru", "ёлка елка ёлки елку"),
        ("lv", "piegāde piegādes piegādi piegādē piegādēm piegade piegadi"),
        ("lv", "sūtījums sūtījuma sūtījumu sūtījumi sūtījumiem sutijums sutijumu"),
        ("lv", "atgriešana atgriešanu atgriešanas atgriesana"),
        ("lv", "strādāt strādā strādāja strādāju stradat"),
        ("lv", "biete biešu bietes"),
        ("lv", "kafija kafijas kafiju"),
        ("lv", "internets interneta internetu"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, words: str) -> None:
    stems = {stem(word, language) for word in words.split()}
    assert len(stems) == 1
    assert stems.pop().startswith(f"{language}:")


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "refund", "find"),
        ("pl", "cisza", "ciało"),
        ("pl", "musze", "mu"),
        ("ru", "май", "мама"),
        ("lv", "strādā", "nestrādā"),
        ("lv", "atgriešana", "atgriezt"),
        ("lv", "cena", "cepums"),
    ],
)
def test_other_words_have_other_stems(language: str, one: str, other: str) -> None:
    assert stem(one, language) != stem(other, language)


@pytest.mark.parametrize("word", ["12", "v2", "👍", "a" * 51, "東1", "", "x\u0301\u0323"])
def test_what_is_no_plain_word_has_no_stem(word: str) -> None:
    assert stem(word, "en") == ""


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=20))
def test_case_does_not_change_a_stem(word: str) -> None:
    for language in LANGUAGES:
        assert stem(word.upper().lower(), language) == stem(word.upper(), language)


@given(st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=20))
def test_every_word_has_a_latvian_stem(word: str) -> None:
    assert latvian.stem(word.lower()) is not None


def test_the_dictionary_knows_forms() -> None:
    assert latvian.dictionary_form("biešu") == "biete"
    assert latvian.dictionary_form("trellmoor") is None


LATIN = "abcdefghijklmnoprstuvwyząćęłńóśźżáčďéěíňřšťúůýžāēģīķļņū"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


@given(st.text(LATIN, min_size=3, max_size=12), st.text(CYRILLIC, min_size=3, max_size=12))
def test_no_algorithm_changes_words_of_another_script(latin: str, cyrillic: str) -> None:
    assert fold(_algorithm("ru")(latin)) == fold(latin) == stem(latin, "ru")[3:]
    for language in set(LANGUAGES) - {"ru"}:
        assert fold(_algorithm(language)(cyrillic)) == fold(cyrillic)
        assert stem(cyrillic, language) == f"{language}:{fold(cyrillic)}"


def test_words_in_two_scripts_are_stemmed() -> None:
    assert stem("ретweets", "en") == stem("ретweet", "en")
