"""Short texts in known languages, as people write to brands. All written for these tests."""

from __future__ import annotations

OURS = {
    "en": (
        "Still no word about my refund, it has been two weeks now",
        "thank you for the quick help yesterday",
        "Your app keeps crashing when I open my orders",
        "@tarntoll the kettle arrived broken https://tarntoll.example/t/9",
        "cant log in since this morning, anyone else?",
    ),
    "pl": (
        "Od tygodnia czekam na zwrot pieniędzy i cisza",
        "dziekuje za szybka pomoc",
        "Czajnik przecieka, co mam zrobić?",
        "@tarntoll paczka znowu nie doszła 😡",
        "Nie mogę zalogować się do aplikacji",
    ),
    "cs": (
        "Už týden čekám na vrácení peněz a nikdo se neozývá",
        "děkuji za rychlou pomoc",
        "Konvice teče, co s tím mám dělat?",
        "@tarntoll zásilka zase nepřišla 😡",
        "Nemůžu se přihlásit do aplikace",
    ),
    "ru": (
        "Неделю жду возврата денег, и тишина",
        "спасибо за быструю помощь",
        "Чайник протекает, что мне делать?",
        "@tarntoll посылка опять не пришла 😡",
        "Не могу войти в приложение",
    ),
    "lv": (
        "Jau nedēļu gaidu naudas atmaksu un neviens neatbild",
        "paldies par ātro palīdzību",
        "Tējkanna tek, ko man darīt?",
        "@tarntoll sūtījums atkal nav pienācis 😡",
        "Nevaru pieslēgties lietotnei",
    ),
    "sk": (
        "Už týždeň čakám na vrátenie peňazí a nikto sa neozýva",
        "ďakujem za rýchlu pomoc",
        "Kanvica tečie, čo s tým mám robiť?",
        "Neviem sa prihlásiť do aplikácie",
    ),
}

OTHERS = {
    "de": ("Ich warte seit zwei Wochen auf mein Geld", "Danke für die schnelle Hilfe!"),
    "fr": ("J'attends mon remboursement depuis deux semaines",),
    "uk": ("Чому моя посилка досі не прийшла?", "Як мені зайти в кабінет"),
    "bg": ("Защо пратката ми още не е пристигнала?",),
    "lt": ("Kodėl mano siuntinys vis dar neatvyko?", "Labai ačiū už greitą pagalbą!"),
    "et": ("Suur aitäh kiire abi eest!",),
    "hu": ("Nagyon köszönöm a gyors segítséget!",),
    "el": ("Γιατί δεν έχει φτάσει ακόμα το πακέτο μου;",),
    "ja": ("荷物がまだ届きません。どうなっていますか？",),
}

SPEECHLESS = (
    "",
    "   ",
    "😂😂😂",
    "ok",
    "OK!",
    "+1",
    "???",
    "12345",
    "haha",
    "lol",
    "xD",
    "@tarntoll",
    "https://tarntoll.example/kettle",
    "@tarntoll 😡😡",
    "Anna Nowak",
    "#!",
    "\ud83d",
)
"""None of these shows a language."""
