"""What trackers match, as their users would say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harken.testing.builders import author, mention
from services.ingest.tracking import QueryError, TrackerIndex, build_index, pieces


def hears(query: str, text: str, language: str = "en", **changes: Any) -> bool:
    said = mention(text, language=language, **changes)
    return TrackerIndex({"it": query}).match(said) == ("it",)


@pytest.mark.parametrize(
    ("language", "word", "forms"),
    [
        ("en", "kettle", "kettle kettles Kettle KETTLES"),
        ("en", "refund", "refunds refunded refunding"),
        ("pl", "czajnik", "czajnik czajnika czajniki czajnikiem czajników CZAJNIKA"),
        ("pl", "żółty", "żółta żółtego zolty zolta"),
        ("cs", "konvice", "konvice konvici konvicemi konvicí"),
        ("ru", "чайник", "чайник чайника чайники чайником чайников"),
        ("lv", "tējkanna", "tējkanna tējkannu tējkannas tējkannām tejkannu"),
        ("pl", "Brivanta", "Brivanta Brivanty Brivantą brivante"),
        ("cs", "Brivanta", "Brivanta Brivanty Brivantě Brivantou"),
        ("lv", "Brivanta", "Brivanta Brivantas Brivantai"),
        ("ru", "Бриванта", "Бриванта Бриванту Бриванте"),
    ],
)
def test_a_word_is_found_in_all_its_forms(language: str, word: str, forms: str) -> None:
    for form in forms.split():
        assert hears(word, f"… {form}!", language), form
        assert hears(word, f"… {form}!", "", language_certainty=0.0), f"{form}, language unknown"
        assert hears(form, f"… {word}!", language), f"{form} asked"


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("kettle leaks", "it leaks, the kettle", "the kettle"),
        ("kettle AND leak", "leaking kettles", "leaking"),
        ("kettle OR teapot", "my teapots", "my cup"),
        ("kettle NOT job", "a kettle", "kettle jobs"),
        ("kettle -job", "a kettle", "kettle jobs"),
        ("kettle AND NOT job AND -offer", "a kettle", "kettle offers"),
        ("kettle −job –offer", "a kettle", "kettle offers"),
        ("kettle -(job OR offer)", "a kettle", "kettle offer"),
        ('"customer care"', "Customer Cäre", "customers care"),
        ('"kettle"', "a kettle", "kettles"),
        ('~"customer service"', "customers’ services", "customer X service"),
        ("e-mail", "two E-Mails", "email"),
        ('="Lush"', "I love Lush.", "lush green"),
        ('="Žabka"', "in Žabka", "in Zabka"),
        ("=Lush", "I love Lush.", "LUSH"),
        ("kettl*", "kettledrum", "kett"),
        ('"kettle hand*"', "a kettle handle", "kettle has hands"),
        ("kettle NEAR/2 leak", "leaks in my kettle", "leaks, as so often, my kettle"),
        ("leak NEAR/0 kettle", "kettle leaks", "kettle it leaks"),
        ("kettle NEAR/1 kettle", "kettle, kettle", "kettle"),
        ('(leak OR "cracked lid") NEAR/1 #kettle', "cracked lid of #Kettle", "a cracked #kettle"),
        ("#refund", "#Refund now", "refund"),
        ("#refund*", "#refundnow", "#refun"),
        ("refund", "#Refund", "#refunderclub"),
        ("@brivanta", "hello @Brivanta@social.example", "brivanta"),
        ("@brivanta@social.example", "hello @brivanta@social.example", "@brivanta"),
        ("brivanta", "hello @brivanta", "hello @ola@brivanta.example"),
        ("brivanta", "mail help@brivanta.example", "https://brivanta.example/brivanta"),
        (
            "domain:brivanta.example",
            "see https://www.Shop.brivanta.example/x?y",
            "notbrivanta.example",
        ),
        ("domain:brivanta.example", "see brivanta.example.", "me@brivanta.example"),
        ("domain:žaba.example", "https://xn--aba-b3a.example", "https://zaba.example"),
        ("domain:xn--aba-b3a.example", "http://Žaba.example/x", "https://zaba.example"),
        ("url:https://xn--aba-b3a.example/", "http://Žaba.example/x", "https://zaba.example"),
        ("url:brivanta.example/sale", "(HTTPS://brivanta.example/Sale)", "brivanta.example/x"),
        ("🔥", "so 🔥!", "so fire"),
        ("👍", "👍🏽", "👎"),
        ("東京", "今日は東京タワー", "京東"),
        ("ｋｅｔｔｌｅ", "kettle", "cattle"),
        ("kettle “hot water”", "hot water in a kettle", "water hot kettle"),
        ("don't", "I don’t", "I do not"),
    ],
)
def test_operators(query: str, found: str, not_found: str) -> None:
    assert hears(query, found)
    assert not hears(query, not_found)


def test_filters() -> None:
    for query in (
        "lang:pl",
        "language:PL-pl",
        "network:Mastodon",
        "author:ola",
        "author:@OLA@hearth.example",
        'author:"ola nowak"',
        "site:hearth.example",
        "domain:hearth.example",
        "url:example/@",
    ):
        ola = author("ola", handle="Ola@hearth.example")
        said = replace(mention("kettle", language="pl"), author=replace(ola, name="Ola Nowak"))
        assert TrackerIndex({"it": f"kettle {query}"}).match(said), query
        assert not TrackerIndex({"it": f"kettle -{query}"}).match(said), query
        other = mention("kettle", author="jan", network="forum", url="https://forum.example/1")
        assert not TrackerIndex({"it": f"kettle {query}"}).match(other), query


def test_a_mention_has_the_trackers_that_match_sorted() -> None:
    index = TrackerIndex({"b": "kettle", "a": "#tea", "c": "cup"})
    assert index.match(mention("kettle #tea")) == ("a", "b")


async def test_an_index_can_be_built_beside_the_event_loop() -> None:
    index = await build_index({"it": "kettle"})
    assert index.match(mention("kettles")) == ("it",)
    with pytest.raises(QueryError):
        await build_index({"it": "("})


def test_more_words_than_are_remembered_are_matched_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pieces, "PIECES_REMEMBERED", 100)
    monkeypatch.setattr(pieces, "WORDS_REMEMBERED", 100)
    index = TrackerIndex({f"t{n}": f"word{n}" for n in range(0, 1_000, 10)})
    for _ in range(2):
        for n in range(1_000):
            expected = (f"t{n}",) if n % 10 == 0 else ()
            assert index.match(mention(f"word{n}")) == expected
    (kept,) = index._pieces.values()
    assert len(kept) + len(kept._before) <= 200


def test_without_trackers_no_mention_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("services.ingest.tracking.index.Pieces")
    assert TrackerIndex({}).match(mention("kettle")) == ()
