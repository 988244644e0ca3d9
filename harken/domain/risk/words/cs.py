"""Czech risk words."""

RISKS = {
    "injury": (
        "zraněn*", "zranil*", "poranil*", "poraněn*", "úraz*", "nemocnic*", "záchrank*",
        "sanitk*", "popálil*", "popálenin*", "popálen*", "opařil*", "opařen*", "pořezal*",
        "otráv*", "otrav* jídl*", "krvácí*", "krvácel*", "zlomil* ruku", "zlomil* nohu",
        "zlomenin*", "alergick* reakc*", "dusil* se", "udusil*", "zadusil*", "ztratil* vědomí",
        "zásah* proudem", "kopnul* proud", "dostal* ránu proudem", "na pohotovost*",
    ),
    "self_harm": (
        "zabít se", "zabiju se", "sebevra*", "vzít si život", "nechci žít", "nechce se mi žít",
        "skoncovat se životem", "sebepoškoz*",
    ),
    "data_leak": (
        "únik* dat", "únik* osobních", "únik* údaj*", "unikl* data", "unikl* moje",
        "unikl* údaj*", "osobní údaje", "osobních údajů", "cizí údaje", "cizích údajů",
        "údaje jiných", "údaje jiného", "data jiných", "cizí objednávk*", "cizí faktur*",
        "hacknut* účet", "hackli mi účet", "napaden* účet", "krádež* identity", "unikla hesla",
        "účet jiného zákazník*",
    ),
    "regulator": (
        "čoi", "obchodní inspekc*", "obchodní inspekci", "úřad* pro ochranu", "uoou", "úoou",
        "gdpr stížnost", "telekomunikační* úřad*", "hygien* stanic*", "na hygienu", "szpi",
        "ombudsman*", "česk* národní bank*", "finanční arbitr*", "dtest*",
    ),
    "fire_safety": (
        "začal* hořet", "hoří to", "nám hoří", "mi hoří", "hořel*", "vzplanul*", "vzňal*",
        "vznítil*", "v plamenech", "výbuch*", "vybuchl*", "explo*", "požár*", "kouří se",
        "začalo se kouřit", "začal* kouřit", "jde z toho kouř", "únik plynu", "unikal plyn",
        "zkrat*", "přehřív*", "přehřál*", "jiskř*", "roztavil*", "roztekl*", "oxid uhelnatý",
        "selhaly brzdy", "selhání brzd", "nafoukl* bateri*", "nafouknut* bateri*",
        "smrdí spáleni*",
    ),
    "legal": (
        "právník*", "advokát*", "žalob*", "zažaluj*", "žalovat", "k soudu", "u soudu", "soudně",
        "právní kroky", "právních kroků", "předžalob*",
    ),
    "fraud": (
        "podvod*", "podvedl*", "okradl*", "ukradli mi peníze", "phishing*", "falešn* strán*",
        "strhli dvakrát", "strhli mi dvakrát", "dvakrát stržen*", "neoprávněn* platb*",
    ),
    "discrimination": (
        "rasis*", "sexis*", "homofob*", "transfob*", "antisemit*", "diskrimin*",
        "sexuální obtěžován*", "obtěžoval* mě", "xenofob*",
    ),
    "press": (
        "novinář*", "redakc*", "do novin", "do médií", "do televize", "v televizi", "reportér*",
        "žádost o vyjádření",
    ),
    "boycott": (
        "bojkot*",
    ),
}  # fmt: skip
