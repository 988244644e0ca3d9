"""Latvian risk words."""

_DEVICE = (
    "tējkann*|toster*|lādētāj*|telefon*|baterij*|akumulator*|dators|datoru|dators|klēpjdator*|žāvētāj*|"
    "veļasmašīn*|veļasmašina|trauku|cepeškrāsn*|krāsns|plīts|plīti|sildītāj*|radiator*|ledusskap*|"
    "saldētav*|mikroviļņ*|frīter*|blender*|mikser*|lamp*|spuldz*|televizor*|skrejriten*|"
    "velosipēd*|auto|mašīna|kontaktdakš*|rozet*|vad*|kabel*|adapter*|rūter*|katl*|boiler*|gludekl*|"
    "austiņ*|powerbank*|motor*|putekļsūcēj*|printer*|pagarinātāj*|fēn*|māja|dzīvoklis|virtuve"
)
_BODY = (
    "roku|rokas|plaukstu|plaukstas|pirkstu|pirkstus|kāju|kājas|pēdu|seju|aci|acis|galvu|locītavu|"
    "ceļgalu|potīti|lūpu|mēli|rīkli|ribu|ribas|plecu|degunu|gūžu|kaklu"
)

RISKS = {
    "injury": (
        "verdoš* ūden*|eļļ*|tēj*|zup*", "karst* ūdens|eļļa|tēja|kafija … uz|izlija|uzlija",
        "nolauz*|izsit* … zob*",
        ("skrūv*|nagl*|stikl*|stiepl*|tarakān*|tārp*|plastmas* … burger*|ēdien*|zup*|salāt*|maiz*|"
         "pic*|putr*"),
        ("burgerī|ēdienā|zupā|salātos|maizē|picā|putrā … skrūv*|nagl*|stikl*|tarakān*|tārp*|"
         "plastmas*"),
        "nokļuva slimnīc*", "ievainoj*", "ievainot*", "savainoj*", "savainot*", "traumē*", "traumu",
        "traumas … guv*|ārst*|pēc", "guv* traumu|traumas", "traumpunkt*", "slimnīc*",
        "ātrā|ātro|ātrās|ātrajai palīdzīb*", "ātrie … aizveda|brauca|atbrauca|izsauc*",
        "aizveda|izsaucām|izsauca|sauca|saukt … ātr*", "neatliekam* palīdzīb*", "nmpd", "apdedzin*",
        "apdegum*", "apdega", "applaucēj*",
        f"sagriez*|pārgriez*|iegriez*|saspieda|nocirta … {_BODY}", "saindēj*", "saindēt*",
        "saindēšan*", "salmonel*", "asiņo*", "asiņoja",
        f"lauz*|salauz*|lauza|lauzis|lauzusi … {_BODY}", f"lauzta|salauzta {_BODY}|roka|kāja|riba",
        "lūzum*", "izmežģ*", "smadzeņu satricināj*", "alerģisk* reakcij*|šok*", "anafilak*",
        "aizrijās", "aizrīj*", "aizrijies|aizrijusies", "nosmak*", "smaka nost",
        "zaudēja|zaudējis|zaudēju samaņu", "bez samaņas", "noģīb*", "strāvas triecien*|sitien*",
        "iesita|nosita|sita … strāva*", "strāva … iesita|sit|sita", "uzņemšan* nodaļ*",
        "uzņemšanā … jūsu|sēž*|esam|gaid*", "sēžam uzņemšanā", "reanimācij*",
        "stikla … lausk*|gabal*|drumsl*", "lausk*", "metāla|plastmasas … gabal*",
        "adata|nagla … ēdien*|putr*|zup*|maiz*",
        "cietis|cietusi|cietuši|cietušo|cietušie|cietušais",
        "gandrīz … nomira|gāja bojā|nosmaka|aizrijās", "varēja … nogalināt|nosist|iet bojā",
        "dzīvībai bīstam*", "dzīvības briesm*", "uzlika šuves", "šuves uzlika",
    ),
    "self_harm": (
        "dzīvei nav jēgas", "dzīvot nav jēgas", "pašnāvīb*", "pašnāvniec*", "nogalināt sevi",
        "nogalināšu sevi", "sevi nogalināšu|nogalināt", "negribu|negribas … dzīvot",
        "nav jēgas dzīvot", "vairs nevaru gribu", "gribu|gribētu … nomirt|mirt",
        "darīt|izdarīšu|darīšu … sev … galu", "paškaitēj*", "sev kaut ko izdarīšu", "izdarīšu sev",
        "pakāršos|pakārties", "nolēkšu|lēkšu no tilta|jumta", "griežu sev",
    ),
    "data_leak": (
        "cits|citi|svešs|sveši klient*|cilvēk* … redz*|piekļ* … man*",
        "medicīn* … kart*|dokument*|datus … sveš*|cit*",
        "nosūtīj* … sveš*|cit* … cilvēk*|person*|klient*", "sveš* kont*",
        "nozag* … kar*|paro*|numur*", "datu noplūd*", "noplūd* … dat*|parol*|numur*|personas",
        "noplūda … man*|dat*|parol*", "dati … noplūd*|nopludin*|nozagt*", "nopludin*",
        "personas dati", "personas datus", "personas datu", "personas datiem",
        ("svešu*|sveši|svešs|sveša|svešas|svešiem … dat*|pasūtīj*|rēķin*|kont*|numur*|adres*|"
         "cilvēk*|telefon*|sūtīj*"),
        ("citu|cita|citam|citas|citiem … klient*|cilvēk*|person*|lietotāj*|pircēj* … dat*|"
         "pasūtīj*|rēķin*|adres*|kont*|numur*"),
        ("dat*|pasūtīj*|rēķin*|adres*|kont* … citu|cita|citas|svešu … klient*|cilvēk*|person*|"
         "lietotāj*"),
        "cita klienta", "citu klientu", "uzlauz* … kont*|profil*|e|epast*|manu",
        "kont* uzlauz*|nozag*", "hakeri|hakeris|hakeru|nohakoj*|uzhakoj*", "identitātes zādzīb*",
        "nozag* … dat*|identit*|kont*", "noplūda paroles",
        "klientu … dat*|datubāz* … pārdod*|noplūd*|forum*", "datus pārdod*",
        "datu aizsardzības pārkāpum*",
    ),
    "regulator": (
        "ptac", "patērētāju tiesīb*", "patērētāju aizsardzīb*", "datu valsts inspekcij*",
        "dvi sūdz*|iesniegum*", "pārtikas un veterinār*", "pvd", "veselības inspekcij*",
        "valsts inspekcij*", "darba inspekcij*", "latvijas bank*", "fktk", "sprk", "tiesībsarg*",
        "ombud*", "konkurences padom*", "regulator* … sūdz*|ziņo*",
        "iesniegum* … policij*|prokuratūr*", "prokuratūr*", "vid ziņo*|sūdz*",
    ),
    "fire_safety": (
        "garāža|šķūnis|mašīna|veikals|dārza nodega|izdega|sadega",
        "nodedzinā*|nodedzin* … māj*|dzīvok*|virtuv*|mums", "kvēlo|kvēloja",
        "lec|lēca|lido|birst dzirkstel*", "aizdeg*", "uzliesmo*",
        "sāka … degt|dūmot|dzirksteļot|kūpēt",
        (f"{_DEVICE} … deg|dega|sadega|nodega|uzsprāg*|eksplod*|dūmo*|kūp|dzirksteļo*|kūst|"
         "uzliesmo*"),
        "deg zilās", "liesmās", "eksplod*", "eksplozij*", "sprādzien*", "uzsprāg*", "ugunsgrēk*",
        "ugunsdzēsēj*", "nodega|nodegs|nodegt|izdega … dzīvok*|māja|virtuv*|viss|auto",
        "gandrīz nodega", "dūmo*", "nāk|nāca|veļas|gāja|iet … dūmi", "dūmi no|nāk",
        "gāzes … noplūd*", "gāzes smak*|smaku",
        "smird|ož|smaka|smako … gāze*|deguma|pēc … gāz*|degum*|svilum*", "deguma smak*",
        "pēc deguma", "īssavienojum*", "īsslēgum*", "pārkars*", "pārkarst*", "dzirksteļ*",
        "dzirksteles", "izkusa", "izkusis", "izkususi", "izkusuš*", "apdega vad*|rozet*|kontakt*",
        "apkusis|apkususi", "tvana gāz*", "dūmu|gāzes detektor*", "nenostrādāja bremzes",
        "bremzes … nedarbo*|nestrādā*|atteic*|pazuda|nenostrād*", "atteic*|pazuda … bremzes",
        "uzpūt* … baterij*|akumul*", "baterij*|akumul* … uzpūt*|uzpūš*|šņāc|tek",
        "izdedzināja caurum*", "kaili|kailie vadi",
    ),
    "legal": (
        "policij* … iesniegum*|ziņo*|rakst*|vērs*", "ziņo*|iesniegum*|vērs* … policij*", "jurist*",
        "advokāt*", "vērs* tiesā", "tiks* tiesā",
        "tiesā … iesniedz*|sūdz*|tiks*|vērs*|prasīb*|satik*", "iesniedz* … tiesā", "uz tiesu",
        "tiesāties", "tiesāšos", "tiesāsi*", "prasīb* … tiesā",
        "prasību … raksta|sagatav*|iesniedz*|sniegs", "tiesvedīb*", "iesūdzē*",
        "juridisk* … soļ*|ceļ*|darbīb*", "pirmstiesas", "pretenzij* … rakst*|iesniedz*",
    ),
    "fraud": (
        "noņem*|noņēm*|iekas* … reizes|trīsreiz|vairākas|trīs", "krāpniek*", "krāpniec*",
        "krāpnie*", "krāpšan*", "krāpj", "krāpa", "apkrāp*", "piekrāp*", "izkrāp*",
        "nozag* … naud*|kart*", "zagļi", "zaglis", "zagļu", "zādzīb*",
        "divreiz … noņem*|iekas*|samaks*", "noņem* … divreiz|divas", "dubult* … maksāj*|noņem*",
        "maksājumi|darījumi|pirkumi … neesmu|neveicu|neautoriz*|neatpaz*", "neautorizēt*",
        "pikšķerēšan*", "viltus … lap*|mājaslap*|profil*|veikal*|zvan*|īsziņ*",
        "viltot* … lap*|mājaslap*|profil*|veikal*", "izliekas par|jums|jūsu",
        "jūsu vārdā zvan*|krāp*|izkrāp*", "zvana jūsu vārdā", "afērist*",
    ),
    "discrimination": (
        "invalīd* … atteic*|nelaida|izmeta|nelaiž", "atteic* … ieeju|ieiet",
        "apsaukā* … rasist*|nēģer*|žīd*|pediņ*", "rasist*", "rasism*", "seksis*", "homofob*",
        "transfob*", "antisemīt*", "diskrimin*", "seksuāl* uzmāk*", "uzmācās", "uzmākšanās",
        "uzmācies", "grābst*", "ksenofob*", "islamofob*",
        "atteic* … apkalpot|ielaist … ratiņ*|invalīd*|taut*",
        "jo esam|esmu … gej*|lesb*|invalīd*|kriev*|ebrej*|melnādain*|ratiņ*",
    ),
    "press": (
        "strādā* … televīzij*|radio|avīz*|laikrakst*|ltv|tv3|delfi",
        "lūdzam komentāru|viedokli|skaidrojumu", "esmu … žurnālist*|redaktor*|korespondent*",
        "žurnālist* … no|lūdz* … komentār*|viedokl*", "žurnālistiem", "no|uz redakcij*",
        "uz|ar presi", "avīzei", "avīzē", "medijiem", "medijos … publ*|nonāks|stāst*",
        "televīzijai", "uz televīziju", "reportierim|reportiere", "bez tabu",
        "lūdz* … komentār*|viedokl*|skaidroj* … žurn*|redakc*|uzņēm*|publik*", "lūdzu komentāru",
        "filmēšanas grupa",
    ),
    "boycott": (
        "boikot*",
    ),
}  # fmt: skip

IDIOMS = (
    "par ātro palīdzību", "paldies … ātr* palīdzīb*",
    "nomirt|mirstu|mirt|nomiršu no|aiz smiekl*|garlaicīb*|kauna|laimes|bada",
    "gribu|gribas nomirt … smiekl*|no", "nedeg",
    "deg termiņ*|termiņš|acis|sirds|vaigi|ausis|pakaļ*", "acis|sirds deg", "salauz* … sirdi|sirds",
    "lauz* galvu", "lauzu|lauza|lauzt galvu", "garšu sprādzien*", "garšas eksplozij*",
    "garšu eksplozij*", "smieklu sprādzien*", "dzirksteles acīs", "dzirksteļojoš*",
    "asiņo sirds|acis", "sirds asiņo*", "nosmaku|nosmaka … smiekl*", "bez tabu sarun*",
    "svešu laimi", "kontrolpirkum*", "grieza|griež acīs|ausīs",
    "uzmācas|uzmācās … doma*|sajūt*|jautāj*",
)  # fmt: skip
