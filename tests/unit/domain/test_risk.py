"""Risk words are found in five languages, inflected, hurried and shouted; moods are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.risk import RiskTopic, find_risks
from harken.domain.risk.match import LONGEST_TEXT, fold
from tests.unit.domain.critical import OF_ANY_TOPIC, SENTENCES

FOUND = [
    ("The kettle caught fire this morning", RiskTopic.FIRE_SAFETY),
    ("MY CHARGER EXPLODED", RiskTopic.FIRE_SAFETY),
    ("my daughter got an electric shock from your lamp", RiskTopic.INJURY),
    ("I can see other customers in my app", RiskTopic.DATA_LEAK),
    ("you'll hear from the ombudsman", RiskTopic.REGULATOR),
    ("I just want to die", RiskTopic.SELF_HARM),
    ("you charged me and it is fraud", RiskTopic.FRAUD),
    ("Czajnik się zapalił, w kuchni leci dym", RiskTopic.FIRE_SAFETY),
    ("czajnik sie zapalil", RiskTopic.FIRE_SAFETY),
    ("Syn jest poparzony i leży w szpitalu", RiskTopic.INJURY),
    ("Widzę dane innych klientów", RiskTopic.DATA_LEAK),
    ("zgłaszam sprawę do UOKiK", RiskTopic.REGULATOR),
    ("Konvice začala hořet", RiskTopic.FIRE_SAFETY),
    ("Telefon mi vybuchl v kapse!!", RiskTopic.FIRE_SAFETY),
    ("dceru odvezla zachranka", RiskTopic.INJURY),
    ("unikly údaje zákazníků, řeším to s ČOI", RiskTopic.REGULATOR),
    ("Чайник загорелся", RiskTopic.FIRE_SAFETY),
    ("ребенок получил ожоги", RiskTopic.INJURY),
    ("произошла утечка персональных данных", RiskTopic.DATA_LEAK),
    ("пишу жалобу в Роспотребнадзор", RiskTopic.REGULATOR),
    ("Tējkanna aizdegās virtuvē", RiskTopic.FIRE_SAFETY),
    ("berns savainojas, bijam slimnica", RiskTopic.INJURY),
    ("redzu cita klienta datus, datu noplūde", RiskTopic.DATA_LEAK),
    ("ziņošu PTAC", RiskTopic.REGULATOR),
]

NOT_CRITICAL = [
    "You guys are on fire 🔥 best service ever",
    "This shop is on fire",
    "killing it with the new menu",
    "I'm dying of laughter",
    "I'm dying to try the new flavour",
    "this feature is a killer, love it",
    "I burst into tears of joy",
    "This song broke my heart",
    "my phone is blowing up with messages",
    "that burger is to die for",
    "I like to explore the internet with your phone",
    "My kettle leaked all over the floor and nobody answers my letters!",
    "why is it not in the app on Fire TV?",
    "Ale czad, dziękuję!",
    "Ta promocja to ogień",
    "umieram ze śmiechu",
    "ten serial złamał mi serce",
    "nie pali się, mogę poczekać",
    "wybuchłem śmiechem",
    "pracuję u was, jesteście fajnym miejscem zatrudnienia",
    "Čtu vaše recenze každý den",
    "umírám smíchy",
    "nehoří, můžu počkat",
    "to mi zlomilo srdce",
    "otrávená obsluha, ale jídlo dobré",
    "klávesová zkratka je super",
    "majitel urážel hosty",
    "hotel je skromný, ale horká voda teče",
    "Это просто бомба, спасибо",
    "умираю со смеху",
    "не горит, могу подождать",
    "взрыв вкуса!",
    "спасибо за скорую помощь!",
    "Super serviss, paldies!",
    "mirstu no smiekliem",
    "nedeg, varu pagaidīt",
    "īsts garšu sprādziens",
    "Tiesa, tā ir!",
    "Paldies par ātro palīdzību!",
    "zomieram od smiechu",
]
FLOORED = {
    RiskTopic.INJURY,
    RiskTopic.SELF_HARM,
    RiskTopic.DATA_LEAK,
    RiskTopic.REGULATOR,
    RiskTopic.FIRE_SAFETY,
}


@pytest.mark.parametrize(("text", "topic"), FOUND)
def test_a_risk_is_found_however_it_is_typed(text: str, topic: RiskTopic) -> None:
    assert topic in {risk.topic for risk in find_risks(text)}
    assert topic in {risk.topic for risk in find_risks(text.upper())}


EVERY = [
    (topic, sentence)
    for by_topic in SENTENCES.values()
    for topic, sentences in by_topic.items()
    for sentence in sentences
]


@pytest.mark.parametrize(("topic", "sentence"), EVERY)
def test_what_must_not_wait_is_found(topic: str, sentence: str) -> None:
    for typed in (sentence, sentence.upper(), fold(sentence)):
        assert topic in {risk.topic for risk in find_risks(typed)}


@pytest.mark.parametrize("sentence", OF_ANY_TOPIC)
def test_what_must_not_wait_is_found_under_some_topic(sentence: str) -> None:
    assert find_risks(sentence)


def test_every_language_has_sentences_of_all_topics_that_have_floors() -> None:
    for language, by_topic in SENTENCES.items():
        assert by_topic.keys() >= FLOORED, language


def test_what_is_told_is_the_lexicons_word() -> None:
    [risk] = find_risks("Our Kettle Nr. 7 was on fire last night")
    assert risk.entry == "kettle* … on fire"


@pytest.mark.parametrize("text", NOT_CRITICAL)
def test_a_figure_of_speech_is_no_risk(text: str) -> None:
    assert FLOORED.isdisjoint(risk.topic for risk in find_risks(text))


def test_each_topic_is_told_once_in_the_order_of_the_topics() -> None:
    found = find_risks("fire! it caught fire, exploded, and I am in hospital; lawsuit follows")
    topics = [risk.topic for risk in found]
    assert topics == sorted(set(topics), key=list(RiskTopic).index)
    assert topics == [RiskTopic.INJURY, RiskTopic.FIRE_SAFETY, RiskTopic.LEGAL]


def test_what_stands_beyond_the_longest_text_is_not_read() -> None:
    assert find_risks("a " * LONGEST_TEXT + "caught fire") == ()


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert all(risk.entry for risk in find_risks(text))
