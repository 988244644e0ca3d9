"""Slovak risk words: those that Czech ones do not meet."""

_DEVICE = (
    "kanvic*|hriankovač*|nabíjačk*|telefón*|mobil*|batéri*|akumulátor*|notebook*|sušičk*|práčk*|"
    "umývačk*|rúra|rúre|sporák*|ohrievač*|radiátor*|chladničk*|mrazničk*|mikrovlnk*|fritéz*|mixér*|"
    "lamp*|žiarovk*|televízor*|kolobežk*|auto|zástrčk*|zásuvk*|kábel*|adaptér*|kotol|kotla|bojler*|"
    "žehličk*|slúchadl*|motor*|vysávač*|dom|byt|kuchyň*"
)
_BODY = "ruku|ruky|prst|prsty|nohu|nohy|tvár|oko|oči|hlavu|zápästie|koleno|členok|rebro|rebrá|nos"

RISKS = {
    "injury": (
        "vriac* vod*|olej*|čaj*", "zlomil*|vylomil* … zub",
        "skrutk*|klinec|sklo|drôt|šváb* … v|vo … burger*|jedle|poliev*|šalát*|chleb*|pizz*",
        "v burgri|jedle|polievke|šaláte|chlebe|pizzi … skrutk*|sklo|drôt|šváb*", "zranen*",
        "zranil*", "poranen*", "úraz", "úrazu", "úrazom", "nemocnic*", "záchrank*", "sanitk*",
        "popálil*",
        "popálenin*", "oparil*", "obaril*", f"porezal*|rozrezal*|pricvikl* … {_BODY}",
        "porezal* sa|ma|mi", "otrávil* sa|sme|nás|ma", "sa|sme otrávil*", "otrav* jedl*",
        "krvácal*", "krváca*", f"zlomil* … {_BODY}", f"zlomen* {_BODY}|ruk*|noh*|zápäst*|rebr*",
        "zlomenin*", "alergick* reakci*|šok*", "anafyla*", "dusil* sa", "sa dusil*", "udusil*",
        "zadusil*", "stratil* vedomie", "v bezvedomí", "otras* mozgu",
        "kopl*|kopla … elektrin*|prúd*", "zásah* … prúdom", "na pohotovosti|pohotovosť|urgent*",
        "kúsok|kúsky|kus skla|kovu|plastu|drôtu", "črep*", "skoro … zomrel*|zabil*",
        "mohlo … zabiť",
    ),
    "self_harm": (
        "vziať|vezmem … život", "život nemá … cenu|zmysel", "skočím z mosta|okna|strechy",
        "zabiť sa", "sa zabiť", "zabijem sa", "sa zabijem", "samovra*", "nechcem|nechce … žiť",
        "si niečo urobím|spravím", "chcem … zomrieť|umrieť", "nemá zmysel žiť",
        "vziať|vezmem si život", "skončiť so životom|všetkým",
    ),
    "data_leak": (
        "iný|iní|cudz*|niekto zákazník|ľudia|človek … vidí|vidia … moj*", "v|vo cudzom účt*",
        "zdravotn* dokument* … cudz*|in*", "poslali … cudziemu|inému", "únik* … dát|údajov|hesiel",
        "unikl* … údaje|dáta|heslá|moje", "osobné údaje", "osobných údajov",
        "cudzi* … údaj*|objednávk*|faktúr*|účet|účte|čísla|adres*|dáta",
        ("údaj*|objednávk*|faktúr*|účet|adres* … iného|iných|niekoho|cudzích … zákazník*|klient*|"
         "ľudí|človeka|osoby|iného"),
        "faktúr*|objednávk*|údaje iného", "hackli", "hacknut*", "hackol*", "nabúral* … účt*|účet",
        "ukrad* … údaje|identitu", "krádež* identity",
        "databáz* … zákazníkov|klientov … pred*|unik*",
    ),
    "regulator": (
        "zo soi", "soi … kontrol*|sťažnos*", "na|u soi", "obchodn* inšpekci*", "úrad* na ochranu",
        "gdpr sťažnosť", "sťažnosť … gdpr", "národn* bank* slovensk*", "nbs",
        "verejn* ochran* práv", "regulačn* úrad*", "hygienik*", "na hygienu", "štátn* veterinár*",
        "inšpektorát*",
    ),
    "fire_safety": (
        "zhorel* … kvôli|od|celý|celá", "zapálil* … dom|byt|kuchyň*|nám",
        "zo|z zásuvk* … isk*|dym*", "lietajú|lietali iskry", "začal* … horieť", "horí to",
        "to horí", "mi|nám horí", "horí mi|nám", "horel*",
        f"{_DEVICE} … horí|chytil*|vybuchl*|dymí|iskrí|zhorel*|vzplanul*",
        "zhorel* … byt|dom|kuchyň*|nám|mi", "vyhorel*", "vzplanul*", "vznietil*", "v plameňoch",
        "výbuch*", "vybuchol", "vybuchl*", "explodov*", "explózi*", "požiar*", "hasič*",
        "ide|išiel|valí|vychádza|stúpa … dym", "dym z", "začal* … dymiť|iskriť", "únik plynu",
        "unik* … plyn", "cítiť|smrdí … plyn*|spálen*|dym*", "spálenin*", "skrat", "skratu",
        "skratoval*", "prehriev*", "prehrial*", "zaiskril*", "iskril*", "iskry", "roztavil*",
        "roztaven*", "oxid* uhoľnat*", "zlyhal* brzdy", "brzd* … nefung*|zlyhal*|prestal*",
        "prestal* … brzdy|brzdiť", "batéri* … nafúk*|syčí|vyteká", "nafúk* … batéri*",
    ),
    "legal": (
        "na políciu|polícii", "polícii … nahlás*|podá*|oznám*", "právnik*", "právničk*", "advokát*",
        "žalob*", "zažaluje*", "žalovať", "na súd*", "pred súd*", "súdiť sa", "sa súdiť",
        "právne kroky", "trestn* oznámenie",
    ),
    "fraud": (
        "strhl* … trikrát|niekoľkokrát|viackrát", "podvod*", "podviedl*", "podviedol", "okradl*",
        "okradnut*", "zlodej*", "ukrad* … peniaze|kartu", "falošn* … stránk*|web*|obchod*|profil*",
        "strhl* … dvakrát", "dvakrát strh*|zaplat*",
        "platb*|transakci* … nerobil*|nezadal*|neschválil*", "neoprávnen* … platb*|transakci*",
        "vydáva sa za",
    ),
    "discrimination": (
        "postihnut*|invalid* … odmiet*|nepustil*", "rasist*", "rasizm*", "sexist*", "sexizm*",
        "homofób*", "diskrimin*", "obťažoval* … ma|moju|dcér*|ženu|manželk*", "xenofób*",
        "antisemit*", "odmietli … obslúžiť … vozík*|róm*",
    ),
    "press": (
        "som … novinár*|redaktor*", "do novín|médií|televízie", "z|do redakcie",
        "prosím|prosíme|žiadosť o vyjadrenie|stanovisko|komentár", "medializ*",
    ),
    "boycott": (
        "bojkot*",
    ),
}  # fmt: skip

IDIOMS = (
    "zomrieť|umieram|umrieť od smiechu|smiechu|hanby|hladu", "nehorí", "zlomil* … srdce",
    "výbuch* smiechu|radosti", "prst* … porezal* papier*",
)  # fmt: skip
