"""English risk words."""

_HOME = "house|home|flat|apartment|kitchen|garage|roof|bedroom|sofa|bed|curtains|carpet"
_DEVICE = (
    "kettle*|toaster*|charger*|phone*|battery|batteries|laptop*|dryer*|washer*|machine*|"
    "dishwasher*|oven*|stove*|cooker*|hob|heater*|fridge*|freezer*|microwave*|fryer*|blender*|"
    "lamp*|lights|tv|telly|scooter*|bike*|ebike*|car|van|truck|plug*|socket*|outlet*|cable*|"
    "adapter*|adaptor*|router*|boiler*|vape*|headphones|earbuds|watch|tablet*|blanket*|"
    "powerbank*|hoverboard*|hairdryer*|straightener*|fan|candle*|engine|motor|appliance*|"
    "generator*|vacuum*|console|printer*|wire*"
)
_MY = "my|our|his|her|their|the|your|a"
_WHO = "son|daughter|child|kid|baby|husband|wife|mum|mom|dad|mother|father|grandma|nan|dog|cat"
_BODY = (
    "hand|hands|finger*|arm|arms|leg|legs|foot|feet|face|eye|eyes|head|wrist|ankle|knee|back|"
    "skin|mouth|lip|tongue|throat|hair|neck|shoulder|nose|thumb|toe|rib|ribs|hip|collarbone"
)

RISKS = {
    "injury": (
        "arm|leg|wrist|hand|finger|nose|ankle|foot|hip|rib|collarbone is|was broken|fractured",
        ("collapsed|fell on|onto my|our|the … son|daughter|child|kid|baby|husband|wife|mum|mom|"
         "dad|foot|head|toddler"),
        "boiling|scalding|hot water|oil|tea|coffee|soup … over|on my|our|the|me|him|her",
        "chipped|broke|cracked|lost a|my|his|her tooth|teeth",
        ("screw|bolt|nail|glass|metal|plastic|wire|blade|stone|bug|mouse|needle … in|inside my|"
         "our|his|her|the burger|food|soup|salad|bread|meal|pizza|cereal|yoghurt|yogurt|drink"),
        "ended up in … hospital|casualty|er", "injur*", "hospital", "hospitali*", "ambulance",
        "in a e", "to a e", "paramedic*", "got|getting|was|were|been|is|be|anyone|someone hurt",
        f"hurt {_MY} … {_WHO}|{_BODY}",
        f"burned|burnt|burns|scalded|scalds … {_WHO}|{_BODY}|myself|himself|herself|themselves",
        f"cut|sliced|slashed|crushed|trapped {_MY} … {_BODY}", f"{_BODY} … cut|ripped|torn open",
        "bleeding", "blood everywhere", "needed|needs|got|have|had stitches", "food poisoning",
        "poisoned", "poisoning", "allergic reaction", "allergic shock", "anaphyla*",
        "choked|choking|choke on", f"broke|broken|fractured|sprained|dislocated {_MY} … {_BODY}",
        f"broken|fractured {_BODY}|bone*", "fracture*", "concussion", "concussed",
        "lost consciousness", "unconscious", "passed out", "emergency room", "electric shock",
        "electrocut*", "got|gave|had … shock from", "shocked me when",
        "severe|degree|chemical burn*", "swallowed a",
        "glass|metal|needle|blade|razor|screw|nail|mould in my|the|our|his|her|baby",
        "shard|shards|piece|pieces|bits of glass|metal", "went into labour", "chemical burns",
        "nearly|almost died", "nearly|almost killed|suffocated|drowned|choked",
        "could have killed|died", "made|making … ill|sick after",
        "lost a|his|her|my finger|eye|toe", "in intensive care", "life threatening",
    ),
    "self_harm": (
        "killed|kill|hang|hanged|drown|shoot myself", "nobody would miss me",
        "life isn|is|not … worth|no living|point", "no point in living",
        "jump|jumping off|from … bridge|roof|building",
        "kill|killing|hurt|hurting|harm|harming|cut|cutting myself", "suicid*",
        "end|ending|take|taking my own|life", "ending|end it all", "self harm*",
        "want|wanna|rather|wish … die|dead|dying", "wish i was|were dead", "no reason to live",
        "nothing to live for", "don|can … want|go to|on live|living",
        "dont|cant|cannot|not … want|go to|on live|living", "don|dont|not … want to be alive|here",
        "better off dead|without me", "jump off|in … bridge|roof|building|train", "hang myself",
        "overdose*",
    ),
    "data_leak": (
        ("someone|somebody|strangers|colleague|other* … see|sees|seeing|access|read … my … data|"
         "photos|messages|orders|account|address|details"),
        "private photos|messages … leaked|public|visible|exposed",
        ("sent|emailed|mailed|gave|shared|posted … records|data|details|documents|file|files|"
         "contract|statement|passport … to … stranger*|someone|somebody|another|wrong|others|else"),
        "medical records|file|data", "someone|somebody|anyone else s account|profile",
        "hackers … got|have|stole|took|sold|into",
        "card numbers|details … stolen|leaked|sold|hackers", "data leak*", "data breach*",
        "security breach*", "breach of … data|privacy",
        ("leaked … data|details|password*|records|address*|photos|information|documents|"
         "customer*"),
        "my|our … data|details|passport|photos|scan|address … leaked|exposed|stolen|sold",
        "personal data of",
        ("someone|somebody|anyone else s data|account|order*|invoice*|name|details|address|"
         "profile|parcel|messages|statement|card"),
        ("see|seeing|saw|show|shows|showing|received|sent|got|access … strangers|stranger|people|"
         "customers|clients … names|name|data|details|order*|invoice*|address*|account*|phone|"
         "bank|messages|personal"),
        ("another|other|different|wrong customer|customers|client|clients|people|person|user|"
         "users s … data|details|order*|invoice*|address*|account*|bank|statement|information"),
        "other customers|clients|users data|details|orders|accounts|addresses",
        "my card details were", "passwords|password leaked|exposed|stolen", "identity theft",
        "stole|stolen my identity", "account … hacked|compromised", "hacked my|our|into|account*",
        "been|got|was|were hacked", "got|broke|logged|getting into my account",
        "exposed my|our|customer*", "see|access other customers|users|people",
        "customer|customers|client|clients|user data|database|records|list for|on sale|dark|forum",
        "data … for sale|dark", "dark web",
    ),
    "regulator": (
        "the ico", "contacted|contact|complained|complaint … ico|fca|ofcom|ofgem",
        ("report|reported|reporting … to the authorities|regulator*|fca|ftc|ico|bbb|cfpb|fda|"
         "council"),
        "ombudsman", "ombudsperson", "trading standards",
        "data protection authority|officer|commission*", "information commissioner*",
        "to|with|from the ico", "consumer protection*", "consumer affairs",
        "consumer rights authority|centre|agency|commission", "the regulator*", "ofcom", "ofgem",
        "financial conduct authority", "the fca", "the ftc", "the cfpb", "food safety authority",
        "food standards agency", "environmental health", "health inspector*", "health department",
        "gdpr complaint|violation|breach|request", "attorney general", "product safety commission",
        "competition authority|commission", "better business bureau", "watchdog",
    ),
    "fire_safety": (
        "red|glowing hot and|charger|battery",
        "power|extension bank|cord|lead … hot|smok*|burn*|fire|melt*|explod*|glowing",
        "flames from|out|shot|coming|came|everywhere",
        "garage|shed|shop|house|flat|car … burnt|burned down|out", "gas smell",
        "burned|burnt|burn … house|home|flat|kitchen|apartment … down",
        "sparks are|were|flying|come|coming|fly|flew", "sparks from|out",
        "brakes|brake … stopped|gone|dead|failed|don|didn|wouldn", "glowing … wire|cable|cord|plug",
        "cord|cable|plug|socket … glowing|hot|burning",
        "smells|smelled|smelling … burning|burnt|smoke|gas", "caught|catch|catches|catching fire",
        "caught alight", "went up in flames|smoke", "burst|bursting|burst into flames",
        "burst into fire", "up in flames", "in flames", f"{_DEVICE}|{_HOME} … on fire",
        "set fire to my|our|the house|kitchen|sofa|carpet",
        "set my|our|his|her … on fire",
        "fire in|at my|our|the house|home|kitchen|flat|building|warehouse|store",
        "fire brigade|department|fighters|service", "house|kitchen|electrical|battery fire",
        f"{_DEVICE} … exploded|explodes|exploding|explode", "exploded in|on|while|when|next|and",
        "it|just|almost|nearly|then exploded", "explosion", "explosions",
        f"{_DEVICE} … blew up|apart", "blew up in|while|when|and|my|near", "then blew up",
        "started|starts|starting … smoking|smoke|sparking|spark|burning|burn",
        "smoke coming|came|pouring|comes|billowing", "smoke is|was coming|pouring",
        f"smoke out|from … {_DEVICE}",
        f"{_DEVICE} … smoking|sparking|sparked|sparks|hissing|melting|burning|burnt|scorched",
        "gas leak*", "leaking|leaks|smell|smells|smelled of|like gas", "leaking|leaks gas",
        "short circuit*", "short circuited", "overheat*", "sparks fl*", "sparks coming|came|from",
        "carbon monoxide", "co alarm",
        "brakes|brake … failed|fail|failing|failure|gone|stopped|don|didn|dont|didnt",
        f"{_DEVICE} … melted|melts", "melted … plug|socket|cable|charger|wire*|plastic",
        "battery|batteries … swell*|swollen|bulging|hissing|leaking|swelled",
        "swollen|bulging battery|batteries", "burning smell",
        "smell|smells|smelled|smelling of|like burning|burnt|smoke|burned",
        "burning plastic|rubber|wires", "burned|burnt a hole", "burned|burnt down", "scorch marks",
        "exposed|live wires|wire|wiring", "steering|airbag … failed|locked", "fire hazard",
        "electrical fault",
    ),
    "legal": (
        "call|called|calling|report|reported|reporting|go|going|filed … police",
        "police report|complaint", "crime number|reference",
        "my|our|a lawyer|lawyers|solicitor|solicitors|attorney", "lawsuit*",
        "sue|suing you|your|them|the", "will|gonna|to be suing",
        "take|taking|taken you|them|this|it to court", "take|taking legal action|steps",
        "legal action|proceedings|steps", "class action", "see you in court", "small claims",
        "court case|order|summons|papers", "letter before action|claim", "press|pressing charges",
    ),
    "fraud": (
        "took|taken|charged|debited|billed … two|three|four|2|3|4|several|multiple times",
        "payments|payment|charges|purchases … never|didn … made|make|authori*|recogni*",
        "fake page|profile|account|shop|seller", "scam", "scammed", "scammers", "scammer",
        "scamming", "fraud", "fraudulent*", "fraudster*", "charged … twice|double",
        "double charged", "charged me two|three|2|3 times", "took money|payment twice",
        "stole|stolen|stealing … money|card|savings", "theft", "thieves", "phishing",
        "fake|bogus|clone website|site|page|shop|app|profile|account",
        "unauthori* charge*|payment*|transaction*|withdrawal*",
        "payments|payment|transactions|charges|charge|purchases … on|from … never",
        "i|we never made|authori*|bought|ordered|approved",
        "pretending|pretends to be you|your|from", "impersonat*", "ripped me|us off", "con artists",
        "ponzi",
    ),
    "discrimination": (
        "disabled|blind|deaf|autistic … refused|denied|kicked|thrown|turned",
        "refused|denied entry", "racist*", "racism", "racial*", "sexist*", "sexism", "homophob*",
        "transphob*", "islamophob*", "antisemit*", "anti semit*", "xenophob*", "discriminat*",
        "sexual* harass*|assault*", "harassed|groped|molested me|her|my|him|us",
        "refused|denied … service|entry … because|wheelchair|guide|disab*|black|muslim|jewish|gay",
        "because … wheelchair|disab*|skin|black|muslim|jewish|gay|lesbian|trans", "ableist",
        "ableism", "hate crime*", "racial slur*",
    ),
    "press": (
        "writing … article|story|piece … for|about|comment", "for a|an|the article|story … comment",
        "i work for|at … news|newspaper|tv|channel|bbc|radio|magazine",
        "can|could you … comment … story|article|report|news",
        "i m|am|as|im a|an … journalist|reporter", "journalist with|for|from|at|here",
        "freelance journalist",
        ("go|going|gone|went|talk|talked|talking|spoke|speak|contact|contacting|contacted|tell|"
         "told … press|media|newspaper*|journalist*|tv|bbc|paper|papers|reporter*"),
        "newspaper", "tv|television|camera|film|news crew|station|channel|programme",
        "investigative report*|journalis*", "request for comment",
        "press enquir*|inquir*|office|request", "would like … comment", "right of reply",
    ),
    "boycott": (
        "boycott*", "cancel your subscriptions", "everyone should leave",
    ),
}  # fmt: skip

IDIOMS = (
    "you|we|they|i|guys|team|he|she is|are|re|m|was|were on fire",
    "set|sets|setting … world|internet|heart|soul|stage on fire",
    "burst|bursting into … tears|laughter|song",
    "dying|die|died of laughter|laughing|boredom|cuteness|embarrassment",
    "kill|killing myself laughing", "kill|killing myself to", "suicide squad", "heart attack",
    "breaking my heart", "broke|broken|breaks my heart", "mind blown", "hurt my|his|her feelings",
    "hurts my|his|her heart", "my head hurts", "want to die … laughing|cringe",
    "caught fire on|with social", "stole|stolen|steal my heart", "stole the show", "injury time",
    "explosion of flavo*", "flavour|flavor|taste explosion", "hospital drama|radio", "on fire sale",
    "phone … blowing up with", "battery … exploded with", "not … scam", "back of my hand",
)  # fmt: skip
