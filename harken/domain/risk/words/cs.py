"""Czech risk words."""

_DEVICE = (
    "konvic*|toustovač*|topinkovač*|nabíječk*|telefon*|mobil*|bateri*|akumulátor*|notebook*|sušičk*|"
    "pračk*|myčk*|trouba|troubě|sporák*|vařič*|topení|přímotop*|ledničk*|lednice|mrazák*|mikrovlnk*|"
    "fritéz*|mixér*|lamp*|žárovk*|televiz*|koloběžk*|elektrokol*|auto|zástrčk*|zásuvk*|kabel*|"
    "adaptér*|router*|kotel|kotle|bojler*|žehličk*|sluchátk*|powerbank*|žehličk*|motor*|vysavač*|"
    "konzol*|tiskárn*|prodlužovačk*|fén|fénu|dům|byt|kuchyň|kuchyni"
)
_BODY = (
    "ruku|ruce|rukou|prst|prsty|nohu|nohy|chodidlo|obličej|tvář|oko|oči|hlavu|zápěstí|koleno|"
    "kotník|pusu|ret|jazyk|krk|žebro|žebra|rameno|nos|kyčel|klíční"
)

RISKS = {
    "injury": (
        "vařící|vroucí voda|vodu|vodou|olej|olejem|čaj|káva|polévka",
        "voda|olej|čaj|káva … vylil* … na dítě|mě|ruku|ruce|nohu|syna|dceru",
        "zlomil*|vylomil*|vyrazil* … zub",
        ("šroub*|hřebík|sklo|drát|kov|plast|šváb*|červ* … v|ve … burger*|jídle|polév*|saláte*|"
         "chleb*|pizz*|kaši"),
        "v burgru|jídle|polévce|salátu|chlebu|pizze … šroub*|hřebík|sklo|drát|šváb*|červ*|vlas",
        "skončil* v|na … nemocnic*|jip|pohotovost*", "zraněn*", "zranil*", "zranění", "poranil*",
        "poraněn*", "úraz", "úrazu", "úrazem", "úrazy", "úrazov*", "nemocnic*", "záchrank*",
        "sanitk*", "záchranář*", "popálil*", "popálenin*", "popálen*",
        "spálil* … ruku|prsty|obličej|se", "opařil*", "opařen*", "pořezal*", "pořezan*",
        f"rozřízl*|říz*|uřízl*|rozdrtil*|přiskřípl* … {_BODY}", "otrávil* se|jsme|nás|mě|ho|ji",
        "se|jsme otrávil*", "otrav* jídl*", "otravou|otravu|otravy|otrava jíd*|z", "přiotrávil*",
        "salmonel*", "krvácí*", "krvácel*", "krvácení", f"zlomil* … {_BODY}",
        f"zlomen* {_BODY}|ruk*|noh*|žebr*", "zlomenin*", "vymknut*", "výron*",
        "alergick* reakc*|šok*", "anafyla*", "dusil* se", "se dusil*", "udusil*", "zadusil*",
        "zakuckal*", "ztratil* vědomí", "v bezvědomí", "omdlel*", "otřes* mozku",
        "zásah* proudem|elektřinou", "kopnul*|kopl*|kope|kopla … proud*|elektřin*",
        "dostal* … ránu proudem|elektřinou|elektrikou|od", "proud … kopnul|zasáhl|zabil",
        "na|v pohotovost*", "na|v jip|aru", "střep*",
        "sklo|kus skla|kov|drát|plast … v|ve jídle|jogurtu|kaši|polévce|salátu|chlebu",
        "kousek|kousky|kus|kusy skla|kovu|drátu|plastu", "málem … zabil*|umřel*|umřela|zemřel*",
        "mohlo … zabít", "mohl* … přijít o život", "ohrožen* života|na životě",
        "nikomu se nic nestalo", "nikomu nic nestalo", "přišel|přišla o prst|oko|miminko",
        "šili|šití … ruku|čelo|stehy", "stehy|stehů",
    ),
    "self_harm": (
        "život nemá … cenu|smysl", "zabít se", "se zabít", "zabiju se", "se zabiju", "sebevra*",
        "vzít|vezmu si život", "si vzít|vezmu život", "nechci|nechce|nemá|nemám … žít",
        "nechce se mi žít", "skoncovat|skoncuju se životem|vším|sebou", "sebepoškoz*",
        "si něco udělám|udělat", "chci|chtěl*|radši … umřít|zemřít|nebýt", "nemá cenu|smysl žít",
        "všechno ukončím|ukončit", "skočím|skočit z mostu|okna|střechy|pod", "oběsím|oběsit se",
        "řežu se",
    ),
    "data_leak": (
        "jin*|cizí* zákazník*|člověk|lidé|někdo … vidí|viděl* … moj*|mé|objednávk*|adres*",
        "zdravotn* dokument*|záznam*", "poslali|posíláte|poslal* … cizím*|jiném*|někomu",
        "v cizím účt*", "ukradli … čísl*|karet|data|údaje|hesl*", "únik* … dat|údajů|hesel",
        "únik* osobních|údaj*|hesel|informací",
        "unikl* … data|údaj*|hesla|moje|naše|čísl*|informac*", "osobní údaje", "osobních údajů",
        "osobními údaji",
        ("cizí* … údaj*|objednávk*|faktur*|účet|účtu|data|čísl*|adres*|zásilk*|balík|jmén*|"
         "telefon*|lidí"),
        ("údaj*|data|objednávk*|faktur*|účet|adres* … jin*|někoho|cizích|ostatních … zákazník*|"
         "klient*|lidí|jiného|osob*|člověka|uživatel*"),
        "objednávk*|údaje|faktur*|zprávy … někoho jiného|cizího",
        "jin* zákazník*|klient* … údaj*|data|faktur*|adres*", "hacknut*", "hacknul*", "hackli",
        "hackeři", "hackerů|hackerům|hackerem", "napaden* účet|účtu",
        "naboural*|nabourali … účt*|účet", "ukrad* … data|údaje|identitu|účet",
        "krádež* … identity|dat|údajů",
        "databáz*|dat*|údaj* … zákazník*|klientů … prodá*|prodej*|unik*|fór*",
        "data|údaje … prodávají|prodej|na fóru", "dark webu", "porušení gdpr|ochrany",
        "zneužit* … údaj*|dat|karty",
    ),
    "regulator": (
        "z|od hygieny", "čoi", "obchodní* inspekc*", "úřad* pro|na ochranu", "uoou", "úoou",
        "gdpr stížnost", "stížnost … gdpr", "na|u|k čtú", "podnět|stížnost|podání … čtú",
        "telekomunikační* úřad*", "energetick* regulační*", "na|u erú", "hygien* stanic*",
        "na hygienu", "hygiena … měla|přijde|podívat|kuchyn*|zavřít|zkontrol*", "hygienik*", "szpi",
        "potravinářsk* inspekc*", "veterinární* správ*", "ombudsman*", "česk* národní bank*", "čnb",
        "finanční* arbitr*", "dtest*", "úohs", "inspekce práce", "živnostensk* úřad*",
        "sdružení* … spotřebitel*|obrany", "ochran* spotřebitel*",
    ),
    "fire_safety": (
        "plamen* … vyšlehl*|šlehaj*|z", "vyšlehl*|šlehaly … plamen*",
        "zapálil* … dům|byt|kuchyň|kuchyni|nám|barák", "žhne|žhnul*|žhavá prodluž*",
        "ze|z zásuvk* … jisk*|kouř*", "lítají|létají|lítaly|létaly|šlehají jiskry|plameny",
        "začal* … hořet", "hoří to", "to hoří", "nám hoří", "mi hoří", "hoří mi|nám", "hořel*",
        f"{_DEVICE} … hoří|chytl*|chytil*|vzplanul*|vybuchl*|bouchl*|kouří|jiskří|shořel*|vyhořel*",
        "chytl*|chytil* … plamen*|ohněm|od", "vzplanul*", "vzňal*", "vznítil*", "v plamenech",
        "výbuch*", "vybuchl*", "explodov*", "exploz*", "požár", "požáru", "požárem", "požáry",
        "požárů", "hasič*", "shořel* … byt|dům|chat*|kuchyn*|nám|auto|celý|celá", "shořel* nám|mi",
        "vyhořel*", "kouří se z", "začalo se kouřit", "začal* … kouřit|jiskřit|doutnat",
        "jde|šel|šlo|valí|vychází|stoupá|leze … kouř", "kouř z", "jde z toho kouř", "únik* plynu",
        "unik* … plyn", "plyn … uniká|unikal",
        "cítit|smrdí|smrdělo|smrad … plyn*|spálen*|spalenin*|kouř*", "zkrat", "zkratu", "zkratem",
        "zkraty", "zkratoval*", "vyzkratoval*", "přehřív*", "přehřál*", "zajiskřil*", "jiskřil*",
        "jiskří", "jiskry", "roztavil*", "roztaven*", "roztekl* … zástrčk*|kabel*|plast*|nabíječk*",
        "ohořel*", "oxid* uhelnat*", "čidl* … co|oxidu|plynu|kouře", "selhal* brzd*|řízení",
        "selhání brzd|řízení", "brzd* … nefung*|nebrzd*|selhal*|přestal*|nešl*",
        "přestal* … brzdit|brzdy", "nafoukl* … bateri*|akumul*", "nafouknut* … bateri*",
        "bateri* … nafouk*|nafoukl*|syčí|teče|vyteč*|vytekl*", "smrdí spáleni*", "spálenin*",
        "propálil*", "obnažen* … vodič*|drát*|kabel*", "nebezpečí požáru",
    ),
    "legal": (
        "policii", "nahlásím … úřad*|polici*", "právník*", "právnič*", "advokát*", "žalob*",
        "zažaluj*", "zažaluju", "žalovat", "žaluji|žaluju vás", "k soudu", "u soudu", "na soud",
        "před soud*", "soudit se|budeme", "budeme|budu se soudit", "soudně", "soudní* cest*|spor*",
        "právní* krok*", "předžalob*", "trestní* oznámení", "podnikn* právní",
    ),
    "fraud": (
        "strhl* … třikrát|několikrát|čtyřikrát|víckrát", "strhli … třikrát|několikrát|víckrát",
        "podvod", "podvodu", "podvodem", "podvody", "podvodn*", "podvodník*", "podvedl*",
        "podveden*", "okradl*", "okraden*", "zloděj*", "ukrad* … peníze|kartu|účtu", "krádež*",
        "phishing*", "falešn* … strán*|web*|obchod*|profil*|účet|sms*",
        "strhli … dvakrát|dvojnásob*|dvě", "strhl* … dvakrát|dvojnásob*",
        "dvakrát strž*|strh*|zaplat*|účtov*", "neoprávněn* … platb*|transakc*|výběr*",
        "platb*|transakc* … nedělal*|neprovedl*|nezadal*|neznám|nejsou", "vydává se za",
        "se za vás vydáv*", "za vás vydáv*", "vylákal*", "scam*", "šmejd*",
    ),
    "discrimination": (
        "postižen*|invalid*|vozíčkář* … odmít*|vyhod*|nepustil*", "odmítli … vstup",
        "nadával* … cikán*|černoch*|buzerant*|teplouš*", "rasis*", "rasov*", "sexis*",
        "sexuální* obtěžov*|naráž*", "homofob*", "transfob*", "antisemit*", "diskrimin*",
        "obtěžoval* … mě|ji|dcer*|mou|moji|ženu|manželk*|zákaznic*|sexuál*", "osahával*",
        "xenofob*", "islamofob*", "odmítli … obsloužit|pustit … vozík*|rom*|cizin*",
        "protože … vozíčk*|gay*|lesb*|rom*|černoch*|žid*|muslim*",
    ),
    "press": (
        ("pracuji|pracuju|točíme|volám pro|z|za … čt|novu|primu|rozhlas|noviny|deník|televizi|"
         "časopis"),
        "jsem … novinář*|redaktor*|reportér*", "novinář* … z|vyjádření", "pro|za novinář*",
        "z|do redakc*", "do|v novin", "do médií|televize|novin|bulváru|časopisu|rádia",
        "v|pro médi* … vyjádř*|řeknu|zveřejn*", "medializ*", "reportér* čt", "černé ovce",
        "občanské judo", "žádost*|prosím|prosíme o vyjádření|stanovisko|komentář", "televizní štáb",
    ),
    "boycott": (
        "bojkot*",
    ),
}  # fmt: skip

IDIOMS = (
    "umřít|umírám|zemřu|chcípnu smích*|nudou|hanbou|hlady", "zabít|zabiju se smíchy",
    "nehoří|nehori", "hoří mi termín*|termíny", "hoří nám termín*", "zlomil* … srdce",
    "zlomen* srdc*", "výbuch* smíchu|vzteku|radosti|chuti|chutí", "vybuchl* smíchy|vzteky",
    "bombov* výbuch chuti", "krvácí* srdce|oči", "jiskry v očích", "jiskří to mezi",
    "smrdí podvodem", "do televize|televizi … koukat|čumět",
)  # fmt: skip
