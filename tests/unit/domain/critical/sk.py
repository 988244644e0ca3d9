"""Slovak."""

SENTENCES = {
    "injury": (
        "Veko mixéra odletelo a porezalo mi ruku",
        "syn sa popálil na vašej žehličke",
        "Sedíme na pohotovosti kvôli vášmu hrncu",
        "babku odviezla sanitka po vašej polievke",
        "Celá rodina sa otrávila vaším šalátom",
        "našťastie nikto nie je zranený, ale polica spadla vedľa dieťaťa",
        "mám zlomené zápästie z vašej kolobežky",
        "dcéra mala alergickú reakciu, orechy na etikete neboli!!",
        "skoro sa udusil kúskom plastu v jogurte",
        "v detskej kaši bol kúsok skla",
        "kopla ma elektrina z vášho ohrievača",
    ),
    "self_harm": (
        "už nevládzem, chcem sa zabiť",
        "kvôli dlhom už nechcem žiť",
        "brat má samovražedné myšlienky",
        "asi si niečo urobím",
    ),
    "data_leak": (
        "Prečo vo svojom účte vidím cudzie objednávky?",
        "poslali ste mi faktúru iného zákazníka aj s adresou",
        "niekto sa mi nabúral do účtu",
        "Unikli moje údaje z vášho obchodu",
        "hackli mi účet",
    ),
    "regulator": (
        "Dávam to na SOI",
        "obraciam sa na obchodnú inšpekciu",
        "sťažnosť na Úrad na ochranu osobných údajov už odišla",
        "rieši to ombudsman",
    ),
    "fire_safety": (
        "Horí mi kanvica!",
        "Nabíjačka v noci začala horieť",
        "z práčky ide dym",
        "batéria sa nafúkla a syčí",
        "zástrčka sa roztavila a cítiť spáleninu",
        "sporak, unika plyn",
        "hriankovač zaiskril a potom vybuchol",
        "na diaľnici prestali fungovať brzdy",
        "kvôli vášmu ohrievaču sme mali požiar",
    ),
    "legal": (
        "Ozve sa vám môj právnik",
        "uvidíme sa na súde",
        "podáme žalobu",
        "podám na vás trestné oznámenie",
    ),
    "fraud": (
        "Váš predajca ma podviedol",
        "strhli ste mi peniaze dvakrát!",
        "mám na karte platby, ktoré som nerobila",
        "podvodná stránka s vaším logom",
    ),
    "discrimination": (
        "Váš strážnik bol rasista na môjho muža",
        "odmietli ma obslúžiť kvôli vozíku, to je diskriminácia",
        "vodič obťažoval moju dcéru",
    ),
    "press": (
        "Som novinárka a prosím o vyjadrenie",
        "pôjdem s tým do novín",
        "dám to do médií",
        "píšem z redakcie, prosím o stanovisko",
    ),
}

MORE = (
    "Poschodová posteľ spadla na dcéru a má zlomenú ruku",
    "po vašom koláči dostal anafylaktický šok",
    "asi si vezmem život",
    "iný zákazník vidí moje objednávky a adresu",
    "máte únik dát",
    "čakajte kontrolu zo SOI",
    "powerbanka začala dymiť",
    "garáž zhorela kvôli vašej nabíjačke",
    "ozvú sa vám naši právnici",
    "idem s tým na súd",
    "neoprávnená platba 30 eur",
    "váš obchod je podvod",
    "pokladníčka mala rasistické poznámky",
    "píšem článok, prosím o vyjadrenie",
    "z nového sporáka cítiť plyn",
)
"""Of any topic."""
