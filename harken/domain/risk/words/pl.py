"""Polish risk words."""

RISKS = {
    "injury": (
        "obrażeni*", "szpital*", "karetk*", "pogotowi*", "poparz*", "oparz*", "skaleczył*",
        "skaleczon*", "zranił*", "zranion*", "zatru*", "krwawi*", "krwawił*", "złamał* rękę",
        "złamał* nogę", "reakcj* alergiczn*", "uczuleni* na wasz*", "udławił*", "zadławił*",
        "stracił* przytomność", "poraził* prąd*", "porażeni* prąd*", "porażon* prąd*", "na sor",
        "uszczerb* na zdrowiu", "zakrztusił*",
    ),
    "self_harm": (
        "zabić się", "zabiję się", "samobój*", "odebrać sobie życie", "nie chcę żyć",
        "nie chce mi się żyć", "skończyć ze sobą", "samookalecz*",
    ),
    "data_leak": (
        "wyciek* danych", "wyciekł* dan*", "wyciekł* moje", "dane osobowe", "danych osobowych",
        "cudze dane", "cudzych danych", "dane innych", "danych innych", "dane innego klient*",
        "dane obcej", "włamali się na moje konto", "włamani* na konto", "ukradziono mi dane",
        "kradzież* tożsamości", "cudze zamówieni*", "cudza faktur*", "cudzą faktur*",
        "faktur* innego klient*", "hasła wyciekły",
    ),
    "regulator": (
        "uokik", "uodo", "rodo", "rzecznik* konsument*", "rzecznik* finansow*", "knf", "sanepid*",
        "inspekcj* handlow*", "urząd ochrony", "urzędu ochrony", "do uke", "federacj* konsument*",
    ),
    "fire_safety": (
        "zapalił*", "zapali się", "stanął w płomieniach", "stanęła w płomieniach", "stoi w ogniu",
        "wybuchł*", "wybuch baterii", "nastąpił wybuch", "eksplo*", "pożar*", "dymi", "dymił*",
        "zaczął dymić", "leci dym", "wydobywa się dym", "ulatnia się gaz", "wyciek gazu",
        "zwarci*", "przegrzew*", "przegrzał*", "iskrz*", "stopił*", "zatruci* czadem",
        "tlenek węgla", "hamulce nie", "napuchnięt* bateri*", "spuchnięt* bateri*",
        "spuchła bateria", "smród spaleni*", "śmierdzi spaleni*",
    ),
    "legal": (
        "prawnik*", "adwokat*", "pozew*", "pozwę", "pozwać", "do sądu", "w sądzie",
        "kroki prawne", "kroków prawnych", "drog* sądow*", "wezwani* przedsądow*",
    ),
    "fraud": (
        "oszust*", "oszukali", "oszukano", "oszukuj*", "wyłudz*", "naciągacz*", "okradli",
        "ukradli mi pieniądze", "phishing*", "fałszyw* stron*", "pobrali dwa razy",
        "pobrano dwa razy", "podwójn* obciążeni*",
    ),
    "discrimination": (
        "rasis*", "rasizm*", "seksis*", "homofob*", "transfob*", "antysemi*", "dyskrymin*",
        "molestow*", "molestuj*", "ksenofob*",
    ),
    "press": (
        "dziennikar*", "redakcj*", "do prasy", "do gazety", "do mediów", "w telewizji",
        "do telewizji", "reporter*", "prośba o komentarz",
    ),
    "boycott": (
        "bojkot*",
    ),
}  # fmt: skip
