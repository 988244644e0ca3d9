"""English risk words."""

RISKS = {
    "injury": (
        "injur*", "hospital", "hospitali*", "ambulance", "got hurt", "was hurt", "hurt my",
        "hurt her", "hurt his", "burned my", "burnt my", "burned her", "burnt her", "burned his",
        "burnt his", "bleeding", "food poisoning", "poisoned", "allergic reaction", "anaphyla*",
        "choked on", "choking on", "broken bone*", "broke my arm", "broke my leg",
        "lost consciousness", "emergency room", "electric shock", "electrocut*", "passed out",
        "severe burn*", "swallowed a", "cut my hand", "cut his hand", "cut her hand",
    ),
    "self_harm": (
        "kill myself", "killing myself", "suicid*", "end my life", "ending my life", "self harm*",
        "hurt myself", "want to die", "no reason to live", "don t want to live",
    ),
    "data_leak": (
        "data leak*", "data breach*", "leaked my", "leaked our", "my data leaked",
        "personal data of", "someone else s data", "someone else s account",
        "someone else s order", "someone else s invoice", "another customer s",
        "other customers data", "other people s data", "my card details were", "passwords leaked",
        "identity theft", "my account was hacked", "account got hacked", "exposed my",
        "see other customers",
    ),
    "regulator": (
        "ombudsman", "trading standards", "data protection authority", "consumer protection*",
        "the regulator", "report* you to the authorities", "financial conduct authority",
        "food safety authority", "health inspector*", "gdpr complaint", "attorney general",
    ),
    "fire_safety": (
        "caught fire", "catches fire", "catching fire", "set on fire", "burst into flames",
        "up in flames", "was in flames", "is in flames", "exploded", "explosion",
        "started smoking", "smoke coming", "smoke came", "smoke out of", "gas leak*",
        "short circuit*", "overheat*", "sparks fl*", "sparks coming", "carbon monoxide",
        "brakes failed", "brake failure", "plug melted", "cable melted", "charger melted",
        "socket melted", "battery swell*", "swollen battery", "burning smell",
        "smells of burning",
    ),
    "legal": (
        "my lawyer", "our lawyer", "a lawyer", "lawsuit", "sue you", "suing you",
        "take you to court", "legal action", "class action", "solicitor", "see you in court",
        "small claims",
    ),
    "fraud": (
        "scam", "scammed", "scammers", "fraud", "fraudulent*", "charged twice", "stole my money",
        "stolen my money", "phishing", "fake website", "unauthori* charge*",
        "unauthori* payment*", "unauthori* transaction*",
    ),
    "discrimination": (
        "racist", "racism", "sexist", "homophob*", "transphob*", "antisemit*", "discriminat*",
        "sexual harass*", "harassed me", "harassed her",
    ),
    "press": (
        "journalist", "i m a reporter", "going to the press", "contact the press", "newspaper",
        "tv station", "investigative report*", "request for comment",
    ),
    "boycott": (
        "boycott*", "cancel your subscriptions", "everyone should leave",
    ),
}  # fmt: skip
