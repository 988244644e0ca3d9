"""Neutral and plain care sentences written for this project, for languages whose sets lack them.

Russian, Polish and Slovak tweets were labelled positive or negative only, and no set has neutral
customer questions in Polish, Czech, Russian or Latvian. These frames are filled with everyday
words to give the model neutral questions and notices to read. They only train; nothing is measured
on them.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping

Frames = Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]

PER_LANGUAGE = 600

# language -> (questions with {x}, notices with {x}, things)
_FRAMES: Frames = {
    "en": (
        (
            "What are the opening hours for {x}?",
            "Where can I find information about {x}?",
            "Hi, could you tell me how {x} works?",
            "Is {x} available on Sunday?",
            "How long does {x} usually take?",
            "Do I need a receipt for {x}?",
            "Can I change the date of {x}?",
            "Who do I contact about {x}?",
        ),
        (
            "The notice about {x} is on the website.",
            "I sent you a message about {x} on Tuesday.",
            "From 1 June the rules for {x} change.",
            "Reading about {x} on the way to work.",
            "Today they wrote about {x} in the newspaper.",
        ),
        (
            "the delivery",
            "my order",
            "the loyalty card",
            "the new app",
            "the invoice",
            "the return",
            "the tram line",
            "the branch in the centre",
            "the contract",
            "the gift voucher",
            "the subscription",
            "home internet",
        ),
    ),
    "pl": (
        (
            "Jakie są godziny otwarcia, jeśli chodzi o {x}?",
            "Gdzie znajdę informacje: {x}?",
            "Dzień dobry, jak to działa: {x}?",
            "Ile to trwa: {x}?",
            "Czy potrzebny jest paragon, gdy w grę wchodzi {x}?",
            "Czy w niedzielę też jest możliwe: {x}?",
            "Do kogo napisać w sprawie: {x}?",
            "czy ktoś wie, od kiedy jest {x}?",
        ),
        (
            "Wysłałam wiadomość we wtorek, temat: {x}.",
            "Od 1 czerwca zmieniają się zasady: {x}.",
            "W gazecie dziś piszą, temat: {x}.",
            "Na stronie jest ogłoszenie: {x}.",
            "Czekam na odpowiedź, sprawa dotyczy: {x}.",
        ),
        (
            "dostawa",
            "zamówienie",
            "karta stałego klienta",
            "nowa aplikacja",
            "faktura",
            "zwrot towaru",
            "linia tramwajowa",
            "oddział w centrum",
            "umowa",
            "karta podarunkowa",
            "abonament",
            "internet domowy",
        ),
    ),
    "cs": (
        (
            "Jaká je otevírací doba, když jde o {x}?",
            "Kde najdu informace o tématu {x}?",
            "Dobrý den, jak funguje {x}?",
            "Jak dlouho obvykle trvá {x}?",
            "Je potřeba účtenka, když řeším {x}?",
            "Jde to i v neděli: {x}?",
            "Na koho se mám obrátit, téma {x}?",
            "nevíte někdo, odkdy platí {x}?",
        ),
        (
            "V úterý jsem vám psal, předmět: {x}.",
            "Od 1. června se mění pravidla: {x}.",
            "V novinách dnes píšou: {x}.",
            "Na webu je oznámení: {x}.",
            "Čekám na odpověď, věc: {x}.",
        ),
        (
            "doručení",
            "objednávka",
            "věrnostní karta",
            "nová aplikace",
            "faktura",
            "vrácení zboží",
            "tramvajová linka",
            "pobočka v centru",
            "smlouva",
            "dárkový poukaz",
            "předplatné",
            "domácí internet",
        ),
    ),
    "ru": (
        (
            "Подскажите, какие часы работы: {x}?",
            "Где найти информацию: {x}?",
            "Здравствуйте, как работает {x}?",
            "Сколько обычно занимает {x}?",
            "Нужен ли чек, если это {x}?",
            "А в воскресенье тоже есть {x}?",
            "К кому обратиться по вопросу: {x}?",
            "кто знает, с какого числа {x}?",
        ),
        (
            "Во вторник я вам написал, тема: {x}.",
            "С 1 июня меняются правила: {x}.",
            "Сегодня в газете пишут: {x}.",
            "На сайте есть объявление: {x}.",
            "Жду ответа, вопрос: {x}.",
            "Читаю по дороге на работу, тема: {x}.",
        ),
        (
            "доставка",
            "заказ",
            "карта клиента",
            "новое приложение",
            "счёт",
            "возврат товара",
            "трамвай номер пять",
            "отделение в центре",
            "договор",
            "подарочный сертификат",
            "подписка",
            "домашний интернет",
        ),
    ),
    "lv": (
        (
            "Kāds ir darba laiks, ja vajadzīga {x}?",
            "Kur var atrast informāciju: {x}?",
            "Labdien, kā notiek {x}?",
            "Cik ilgi parasti notiek {x}?",
            "Vai vajag čeku, ja ir {x}?",
            "Vai svētdienā arī ir {x}?",
            "Kam rakstīt par tēmu: {x}?",
            "vai kāds zina, no kura datuma ir {x}?",
        ),
        (
            "Otrdien nosūtīju jums ziņu, temats: {x}.",
            "No 1. jūnija mainās noteikumi: {x}.",
            "Avīzē šodien raksta: {x}.",
            "Mājaslapā ir paziņojums: {x}.",
            "Gaidu atbildi, jautājums: {x}.",
        ),
        (
            "piegāde",
            "pasūtījuma saņemšana",
            "klienta karte",
            "jaunā lietotne",
            "rēķina apmaksa",
            "preces atgriešana",
            "tramvaja līnija",
            "filiāle centrā",
            "līguma slēgšana",
            "dāvanu karte",
            "abonementa maiņa",
            "mājas internets",
        ),
    ),
}
_OPENINGS = ("", "", "@user ", "RT @user ")
_ENDINGS = ("", "", " http", " #info")


def neutral(seed: int) -> Iterator[tuple[str, str]]:
    """(text, language) of neutral sentences, the same for the same seed."""
    for language, (questions, notices, things) in _FRAMES.items():
        every = [
            opening + frame.format(x=thing) + ending
            for frame, thing, opening, ending in itertools.product(
                (*questions, *notices), things, _OPENINGS, _ENDINGS
            )
        ]
        kept = random.Random(f"{seed}{language}").sample(sorted(set(every)), PER_LANGUAGE)
        for text in kept:
            yield text, language
