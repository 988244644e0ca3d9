"""Latvian risk words."""

RISKS = {
    "injury": (
        "ievainoj*", "ievainot*", "savainoj*", "savainot*", "traum*", "slimnīc*",
        "ātrā palīdzība", "ātro palīdzību", "ātrās palīdzības", "neatliekam* palīdzīb*",
        "apdedzin*", "apdegum*", "applaucēj*", "saindēj*", "saindēšan*", "asiņo*", "lauza roku",
        "lauza kāju", "salauza roku", "salauza kāju", "lūzum*", "alerģisk* reakcij*", "aizrijās",
        "aizrīj*", "zaudēja samaņu", "strāvas triecien*", "sagriezu roku", "sagrieza roku",
        "uzņemšanas nodaļ*",
    ),
    "self_harm": (
        "pašnāvīb*", "nogalināt sevi", "nogalināšu sevi", "negribu dzīvot", "negribas dzīvot",
        "darīt sev galu", "izdarīšu pašnāv*", "paškaitēj*",
    ),
    "data_leak": (
        "datu noplūd*", "noplūd* dati", "noplūda mani", "noplūduši dati", "nopludin*",
        "personas dati", "personas datus", "personas datu", "svešus datus", "sveši dati",
        "citu klientu dat*", "cita klienta", "svešs pasūtījums", "svešu pasūtījumu",
        "svešu rēķinu", "uzlauzt* kont*", "uzlauza manu", "uzlauza kontu", "identitātes zādzīb*",
        "noplūda paroles",
    ),
    "regulator": (
        "ptac", "patērētāju tiesību", "patērētāju aizsardzīb*", "datu valsts inspekcij*",
        "pārtikas un veterinār*", "pvd", "veselības inspekcij*", "latvijas bank*", "fktk", "sprk",
        "tiesībsarg*", "konkurences padom*",
    ),
    "fire_safety": (
        "aizdeg*", "uzliesmo*", "sāka degt", "deg zilās", "liesmās", "eksplod*", "sprādzien*",
        "uzsprāg*", "ugunsgrēk*", "dūmo*", "nāk dūmi", "sāka dūmot", "gāzes noplūd*",
        "īssavienojum*", "pārkarst*", "pārkarsa*", "dzirksteļ*", "izkusa", "izkusis",
        "tvana gāze", "nenostrādāja bremzes", "bremzes nedarbo*", "uzpūtusies baterija",
        "uzpūtās baterija", "deguma smaka", "smird pēc deguma",
    ),
    "legal": (
        "jurist*", "advokāt*", "tiesā", "uz tiesu", "tiesāties", "tiesāšos", "prasīb* tiesā",
        "tiesvedīb*", "iesūdzē*",
    ),
    "fraud": (
        "krāpni*", "krāpšan*", "apkrāp*", "piekrāp*", "izkrāp*", "nozaga naudu", "divreiz noņēma",
        "noņēma divreiz", "pikšķerēšan*", "viltus lap*", "viltus mājaslap*", "afēr*",
    ),
    "discrimination": (
        "rasis*", "seksis*", "homofob*", "antisemīt*", "diskrimin*", "seksuāl* uzmākšan*",
        "uzmācās", "ksenofob*",
    ),
    "press": (
        "žurnālist*", "redakcij*", "uz presi", "avīzei", "medijiem", "televīzijai", "reportier*",
        "lūdzu komentāru",
    ),
    "boycott": (
        "boikot*",
    ),
}  # fmt: skip
