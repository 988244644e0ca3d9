"""Polish risk words."""

_DEVICE = (
    "czajnik*|toster*|ładowark*|telefon*|bateri*|akumulator*|laptop*|suszark*|pralk*|zmywark*|"
    "piekarnik*|kuchenk*|płyta|płycie|grzejnik*|farelk*|lodówk*|zamrażark*|mikrofal*|mikrofalówk*|"
    "frytkownic*|blender*|mikser*|lamp*|żarówk*|telewizor*|hulajnog*|rower*|auto|samochód|wtyczk*|"
    "gniazdk*|kabel|kabl*|zasilacz*|router*|piec|pieca|kocioł|bojler*|żelazk*|słuchawk*|"
    "powerbank*|prostownic*|silnik*|odkurzacz*|konsol*|drukark*|instalacj*|przedłużacz*|dom|"
    "mieszkanie|kuchnia|kuchni"
)
_BODY = (
    "rękę|ręce|dłoń|dłonie|palec|palce|palca|nogę|nogi|stopę|twarz|oko|oczy|głowę|nadgarstek|"
    "kolano|kostkę|usta|wargę|język|gardło|żebro|żebra|bark|nos|ramię|biodro|obojczyk"
)

RISKS = {
    "injury": (
        "wrzątek", "wrzątkiem", "wrzątku",
        "wylał* … wrzątek|gorąc*", "złamał*|ukruszył*|wybił* … ząb|zęba|zęby",
        ("śrub*|gwóźdź|szkło|drut|metal|plastik|robak*|karaluch*|żyletk* … w|we … burger*|"
         "jedzeni*|zupie|chleb*|sałatc*|pizz*|kaszc*"),
        ("w burgerze|jedzeniu|zupie|chlebie|sałatce|pizzy|daniu … śrub*|szkł*|drut*|metal*|robak*|"
         "gwóźd*|karaluch*"),
        "obrażeni*", "szpital*", "karetk*", "pogotowi*", "poparz*", "oparz*", "skalecz*", "zranił*",
        "zranion*", "zraniłem", "ranny", "ranna", "ranni", "rannych", "rannego",
        f"rozcią*|rozcię*|przecią*|przecię*|pocią*|pocięł* … {_BODY}",
        f"zmiażdży*|przytrzasn* … {_BODY}", "zatruł*", "zatruci*", "zatruj*", "zatruliśmy",
        "struł* się", "krwawi*", "krwawił*", "krwotok*", f"złama* … {_BODY}", f"skręci* … {_BODY}",
        f"złaman* {_BODY}|nadgarst*|ręk*|nog*|żebr*", "złamani*", "zwichn*",
        "szwy założon*|założyli", "reakcj* alergiczn*", "anafila*", "wstrząs* anafila*",
        "uczuleni* na wasz*", "udławi*", "zadławi*", "zakrztusi*", "dusi* się", "udusi*",
        "stracił* przytomność", "nieprzytomn*", "zemdlał*", "wstrząśnieni* mózgu", "wstrząs mózgu",
        "porazi* … prąd*", "prąd … poraził*|kopn*|popieścił*", "porażeni* prąd*",
        "porażon* … prąd*", "kopnął|kopnęło|kopie … prąd*", "na|do sor*", "izb* przyjęć",
        "uszczerb* na zdrowiu", "kawał*|kawał|odłam*|kawałek szkła|metalu|plastiku|drutu",
        "szkło|szkła|żyletk*|gwóźdź|igł* w jedzeniu|kaszce|zupie|jogurcie|chlebie|sałatce",
        "nikomu|nikt … nic się nie stało", "o mało nie zginą*|zabił*|umarł*",
        "mogło zabić|mógł zginąć|zabić", "zagrożeni* życia", "na oiom*|intensywnej",
        "stracił* palec|oko|ciążę",
    ),
    "self_harm": (
        "wolałbym|wolałabym|wolę nie|umrzeć żyć", "życie nie|bez ma|sensu", "nie ma sensu żyć",
        "zabić się", "się zabić", "zabiję się", "się zabiję", "samobój*",
        "odebrać|odebrał*|odbiorę|odbierze sobie życie", "nie|nigdy chcę|chce|chcial* … żyć",
        "nie chce mi się żyć", "nie mam po co|dla żyć|kogo żyć",
        "skończyć|skończę|kończę ze|z sobą|tym|życiem", "ze sobą skończyć|skończę", "samookalecz*",
        "targn* się na życie|własne", "chcę|chce|wolę|wolałbym|wolałabym umrzeć|nie żyć|zniknąć",
        "sobie coś zrobię|zrobić", "coś sobie zrobię|zrobić", "skoczę z mostu|okna|dachu",
        "powieszę się", "nie widzę sensu życia|żyć|dalszego", "tnę się",
    ),
    "data_leak": (
        "inn*|obc* klient*|osob*|ktoś … widzi|widzą|zobaczył* … moj*|mój|dane|zamówieni*|adres",
        "ktoś widzi moje", "macie|mieliście wyciek", "plik* … dan* … publiczn*|dostępn*|wyciek*",
        "dan* … publiczn*|dostępne", "dokumentacj* medyczn* … obc*|inne*|komu",
        "wysłali*|wysłał* … obcej|obcemu|innej|innemu|komuś|niewłaściw*",
        "na cudze|cudzym konto|koncie", "cudze|cudzym|cudzego konto|koncie|konta",
        "wykradli|wykradzion* … dan*|numer*|hasł*", "wyciek* … danych",
        "wyciek*|wyciekł* … dan*|hasł*|numer*|pesel*|informacj*", "wyciekł* moj*|nasz*|wszystk*",
        "dane osobowe", "danych osobowych", "danymi osobowymi",
        ("cudz* … dan*|zamówieni*|faktur*|numer*|konto|konta|adres*|rachun*|przesył*|hasł*|"
         "wiadomości|telefon*|paczk*"),
        "obc* … dan*|zamówieni*|faktur*|numer*",
        "danymi|dane|danych … innego|innych|obcych|obcej|cudzych|innej|nieznajom*",
        ("zamówieni*|faktur*|rachun*|dane|danych|konto|adres* … innego|innych|innej|inny|inna … "
         "klient*|klientk*|osob*|osób|użytkownik*|ludzi"),
        "włama* … konto|konta|skrzynk*", "włam* na|do mo* konto|konta", "przeją* … konto",
        "zhakowa*", "shakowa*", "zhackowa*", "hakerz*",
        "ukradzion*|skradzion*|ukradli … dane|tożsamość|hasło", "kradzież* … tożsamości|danych",
        "baz* klientów|danych … sprzeda*|kupieni*|forum|wyciek*",
        "dane|danych … klient* … kupieni*|sprzeda*|forum",
        "dane|danych … sprzedaż|kupienia|darknec*", "hasł* wyciek*|wyciekł*",
        "naruszeni* … danych|rodo|prywatności",
    ),
    "regulator": (
        "uokik*", "uodo", "puodo", "rodo", "rzecznik* … konsument*|klient*", "rzecznik* finansow*",
        "knf*", "sanepid*", "uke", "inspekcj* handlow*|sanitarn*|pracy|transport*",
        "państwow* inspekcj*", "urząd*|urzęd* ochrony|komunikacji|regulacji",
        "urz* regulacji energetyki", "do ure", "federacj* konsument*",
        "skarg* … do urzęd*|inspektorat*|ministerstw*", "nadzor* finansow*|budowlan*",
        "prokuratur*",
    ),
    "fire_safety": (
        "zacz* dymić|iskrzyć|płonąć", "płomieni* … buchn*|z|strzel*|wydoby*",
        "buchnęł* … płomieni*|ogień|dym", "spalił*|spali … dom|mieszkani*|kuchni*|nas",
        "żarzy|żarzył* się", "z gniazdk* … iskr*|dym*", "iskry z", "zapalił* się", "się zapalił*",
        f"{_DEVICE} … zapalił*|pali|płonie|spłon*|palił*|płoną", "zapali się",
        f"pali się … {_DEVICE}", "zajął|zajęł* się ogniem", "stan* w płomieniach|ogniu",
        "stoi w ogniu|płomieniach", "w płomieniach",
        "wybuchł* … bateri*|telefon*|piekarnik*|gaz*|akumulator*|w|mi|nam", f"{_DEVICE} … wybuch*",
        "i|potem|potem wybuchł*|eksplodował*", "wybuch baterii|gazu|telefonu", "nastąpił wybuch",
        "eksplod*", "eksploz*", "pożar*", "straż* pożarn*",
        "spłon* … dom*|mieszkani*|kuchni*|nam|mi",
        "dom|mieszkanie|garaż|auto|kuchnia|szopa … spłon*|spalił*",
        "spalił* … dom*|mieszkani*|kuchni*|dywan*|stół|blat*", "dymi", "dymił*",
        "zaczął|zaczęł* … dymić|iskrzyć|płonąć|palić",
        "leci|leciał|wali|idzie|wydobywa|kłęby … dym*", "dym z|leci|wydobywa", "ulatnia się gaz",
        "gaz … ulatnia", "ulatnia* … gaz*", "wyciek gazu",
        "czuć|śmierdzi|zapach gaz*|spaleni*|spalon*|dymem", "zwarci*", "przegrzew*", "przegrzał*",
        "iskrzy*", "iskry leci*|lecą|leciał*|posypały|strzelają", "stopił*", "stopion*",
        "topi się … kabel|wtyczk*|plastik", "nadtopi*", "osmali*", "zwęgl*",
        "czad* … czujnik|alarm|zatru*|wył*|wyć", "czujnik … czadu|dymu|gazu", "zatruci* czadem",
        "zaczad*", "tlenek|tlenku węgla", "hamulc* … nie|przesta*|zawiod*|awari*|brak",
        "brak hamulc*", "napuch* bateri*|akumulator*", "spuch* bateri*|akumulator*",
        "bateri*|akumulator* … spuch*|napuch*|puchn*|syczy|cieknie|nadę*",
        "smród|swąd|zapach spaleni*", "śmierdzi spaleni*", "goły|gołe przewod*|kabl*",
        "wypalił* dziur*", "zagrożeni* pożar*",
    ),
    "legal": (
        "na|do policj*", "zawiadomi* … policj*|prokuratur*", "odpowiedni* organ*|służb*",
        "prawnik*", "adwokat*", "radca|radcą|radcę prawn*", "pozew*", "pozwę", "pozwie*", "pozwać",
        "pozywam*", "do sąd*", "w sądzie", "przed sąd*", "sądzie|sądem spotk*|zobacz*",
        "krok* prawn*", "drog* sądow*|prawn*", "wezwani* przedsądow*|do zapłaty", "przedsądow*",
        "spraw* w|do sądu|sądzie", "roszczeni*",
    ),
    "fraud": (
        "pobra* … razy|krotnie|kilka|wielokrotnie", "oszust*", "oszukali", "oszukano", "oszukan*",
        "oszukuj*", "oszukał*", "wyłudz*", "naciągacz*", "naciągan* klient*", "okradli",
        "okradzion*", "złodziej*", "kradzież*", "ukrad* … pieniądz*|kasę|środk*|kart*", "phishing*",
        "fałszyw* … stron*|sklep*|profil*|konto|aplikacj*|sms*", "podszyw*",
        "pobra* … dwa|dwukrotnie|podwójnie", "dwa razy|dwukrotnie … pobra*|obciąż*|zapłac*",
        "podwójn* obciążeni*|płatno*",
        "płatności|transakcj*|obciążeni* … nie robił*|zlecał*|autoryz*|wykon*|moj*",
        "nieautoryzowan*", "nieuprawnion* … płatn*|transakcj*|obciąż*", "scam*",
    ),
    "discrimination": (
        "niepełnospr* … odmów*|nie|wyrzuc*|wyprosz*", "odmów* … wejścia|wstępu", "czarnuch*",
        "wyzwał*|wyzywał* … od|pedał*|brudas*|ciap*|ukrai*", "rasis*", "rasizm*", "seksis*",
        "seksizm*", "homofob*", "transfob*", "antysemi*", "dyskrymin*", "molestow*", "molestuj*",
        "ksenofob*", "islamofob*", "obmacywał*",
        "odmówi* … obsług*|wejścia|wstępu … bo|wózk*|niepełnospr*",
        "bo jest* … gej*|lesbij*|wózku|niepełnospr*|ukrain*|czarn*|żyd*|muzułman*",
        "niepełnosprawn* … nie wpuści*|wyprosz*|odmów*",
    ),
    "press": (
        "pracuj* w|dla … tvn*|tvp*|polsat*|gazeci*|gazety|radi*|redakcj*|telewizji|portal*",
        "prosimy|proszę o … komentarz|wypowiedź|stanowisko", "jestem … dziennikar*",
        "dziennikar* … z|prosz* … komentarz", "dziennikark* z", "do dziennikar*",
        "redakcji|redakcja|redakcją … prosz*|pisz*|zainteres*", "z|do redakcji",
        "do prasy|gazety|gazet|mediów|telewizji|radia|tvn|tvp",
        "w mediach|telewizji|gazecie|prasie … nagłoś*|opisz*|opowiem",
        "nagłośni* … media*|sprawę|to", "opisze|napisze … gazeta|prasa|dziennikarz",
        "interwencj* polsat*", "uwaga tvn", "prosz*|prośba o … komentarz|stanowisko|wypowiedź",
        "reporterk*|reporterem", "ekipa telewizyjn*",
    ),
    "boycott": (
        "bojkot*",
    ),
}  # fmt: skip

IDIOMS = (
    "pali się|mi do roboty|pracy|pomocy", "nie pali się",
    "pali gum*|głupa|papieros*|szlugi|sziszę|trawkę|się do",
    "umrzeć|umieram|zdechnę ze śmiechu|nudów|wstydu", "zabić|zabiję się ze śmiechu",
    "popłakał* się ze śmiechu", "złama* … serce|serca",
    "wybuch* … śmiechem|płaczem|śmiechu|entuzjazm*|radości", "wybuchł* skandal|afera|wojna|panika",
    "pożar w burdelu", "na własn* skórze", "iskrzy między", "serce krwawi*", "oczy krwawią",
    "uszy|oczy mi krwawią", "dym* na ulic*", "w ogniu krytyki|pytań", "płyta … spłon*",
)  # fmt: skip
