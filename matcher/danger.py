"""The patterns that `matcher.safety` reads a text with: casefolded, straight quotes, single spaces.

Kinds stand in the order of how pressing they are. What must stay quiet is named beside what must
not: idioms, grief for another's suicide, accidents in the kitchen.
"""

from collections.abc import Mapping

SELF = r"(?:myself|my self|himself|herself|themselves|themself|hisself)"
# Who is spoken of as doing it: "it hits me that…" and "the news killed me" are not this.
SOMEONE = (
    r"(?:s?he|they|husband|wife|spouse|partner|boyfriend|girlfriend|bf|gf|fianc[eé]e?|ex|father|dad|"
    r"mother|mom|mum|step-?(?:father|dad|mother|mom|brother)|brother|uncle|grandfather|cousin|"
    r"parents?|roommate|boss|teacher|coach|guy|man)"
)
# Those of whom one should never have to be afraid.
CLOSE = (
    r"(?:husband|wife|spouse|partner|boyfriend|girlfriend|fianc[eé]e?|ex|father|dad|mother|mom|"
    r"step-?(?:father|dad|mother|mom|brother)|uncle|grandfather|parents)"
)
OFTEN = r"(?:['’]s |has |had |have |just |keeps? |kept |always |sometimes |often |also |even |once |still |usually |who |that |then |again |and |would |will |will not stop |started |starts |got drunk and |gets drunk and )"
LOVED = r"(?:me|us|our (?:kids?|children|son|daughter|baby)|my (?:\w+ )?(?:kids?|children|son|daughter|baby|mom|mother|sister|brother|child))"

PATTERNS: Mapping[str, tuple[str, ...]] = {
    "suicide": (
        rf"\b(?:kill|killing|hang|hanging|shoot|shooting|drown|drowning) {SELF}\b",
        r"\b(?:end|ending|take|taking) (?:my|his|her|their) (?:own )?li(?:fe|ves)\b",
        r"\bend(?:ing)? it all\b",
        r"(?<!not )(?<!n't )(?<!never )(?<!not feeling )(?<!non)(?<!non-)\bsuicidal\b(?! (?:ideation )?(?:person|patients|clients) )",
        r"\b(?:thoughts?|thinking|think|thinks|talks?|talking|talked|considering|considered|plan(?:ning|s)?|threat(?:en|ens|ened|ening)) (?:of |about |to commit |to do )?suicide\b",
        r"\b(?:commit|attempt|attempting|contemplat\w+) suicide\b(?<!committed suicide)",
        r"\b(?:want|wants|wanted|wanna|wish|ready|rather|hoping|hope|pray|praying|going|need) (?:i could |i would |it was time |i can )?(?:just )?(?:to )?(?:just )?die\b(?! (?:of|from|laughing|alone|peacefully|with))",
        r"\b(?:wish|want|rather|wishes|wants) (?:i |to |he |she |that i |it |i just )?(?:was|were|be|had been) (?:dead|never born|gone)\b",
        r"\bwish(?:es)? (?:i|that i|he|she)(?:['’]d| had)? (?:was |were )?(?:never been |never )born\b",
        r"\b(?:don'?t|do not|didn'?t|doesn'?t|not) (?:really |even |actually )?(?:want|wanna|wish|wants) (?:to )?(?:live|be alive|be here|exist|wake up|go on|keep living|be on this (?:earth|planet))\b(?! (?:with|in|at|near|together|when|while|for work|for the))",
        r"\b(?:no|any|a) (?:reason|point)(?: left)? (?:to|in) (?:live|living|go on|going on|be alive|being alive|being here)\b",
        r"\b(?:life|it)(?:'s| is|s)? (?:is )?(?:not|isn'?t|no longer) worth (?:living|it anymore)\b",
        r"\b(?:better|be better) off (?:dead|without me|if i (?:was|were|wasn'?t|died|weren'?t))",
        r"\bcan(?:'t|not|t) (?:go on|keep going|do this anymore|live (?:like this|anymore|any longer))\b(?= *(?:$|[.!?]|living|anymore|any more|any longer))",
        r"\bunaliv\w+\b|\bkms\b",
        r"\b(?:overdos(?:e|ing)|o\.?d\.?) (?:on|again|myself|tonight)\b",
        r"\b(?:take|took|taking|swallow(?:ed)?) (?:all (?:of )?(?:my|the|these|those)|a (?:whole )?bottle of|too many|a bunch of) (?:\w+ )?(?:pills|tablets|meds|medication)\b",
        r"\b(?:slit|slitting|cut|cutting) my (?:wrists?|throat)\b",
        r"\bjump(?:ing)? (?:off|from|in front of) (?:a |the |that )?(?:bridge|roof|building|balcony|train|truck|cliff)\b",
        r"\b(?:suicide|goodbye) (?:note|letters?)\b|\bsuicide (?:plan|attempt|hotline)\b",
        r"\bnot (?:be|being) (?:here|around|alive) (?:anymore|any more|any longer|tomorrow)\b",
        r"\bgo to sleep and (?:not|never) wake up\b|\b(?:never|not) wak(?:e|ing) up (?:again|tomorrow|anymore)\b",
    ),
    "self-harm": (
        r"\bself[- ]?(?:harm|injur|mutilat)\w*\b",
        r"\b(?:cut|cutting|cuts|burn|burning|burns|scratch|scratching|hit|hitting|punch|punching|harm|harming|hurt|hurting|starv(?:e|ing)) (?:myself|herself|himself|themselves)\b(?! (?:shaving|cooking|chopping|slicing|at |in the (?:kitchen|gym)|on (?:a|the) |while|playing|running|lifting|working|skiing|falling|some slack))",
        r"\b(?:cut|cutting|cuts|burning) (?:my|her|his|their) (?:arms?|legs?|thighs?|skin|stomach|hips?)\b",
        r"\b(?:started|been|back to|stop|urge to|relapsed into|still) cut(?:ting)?\b(?! (?:back|down|out|off|carbs|sugar|calories|corners|ties|contact|hair|grass|class|it|on|my|him|her|them|people|the))",
    ),
    "violence": (
        rf"\b{SOMEONE} {OFTEN}{{0,3}}(?:hit|hits|hitting|beats?|beating|punch(?:es|ed|ing)?|slap(?:s|ped|ping)?|kick(?:s|ed|ing)?|chok(?:es|ed|ing)|strangl(?:es|ed|ing)|burn(?:s|ed|t)?|bit|bites|stab(?:s|bed)?|rap(?:es|ed|ing)|molest(?:s|ed|ing)|assault(?:s|ed|ing)) {LOVED}\b",
        rf"\b{SOMEONE} {OFTEN}{{0,3}}(?:put (?:his|her|their) hands (?:on|around)|(?:grabs?|grabbed) me by|(?:push(?:es|ed)|shov(?:es|ed)|thr(?:ew|ows)) me (?:down|into|against|across|out)|pull(?:s|ed) (?:a |the |his |her )?(?:gun|knife)|point(?:s|ed) (?:a |the |his |her )?(?:gun|knife))\b",
        rf"\b{SOMEONE} {OFTEN}{{0,3}}threat(?:en|ens|ened|ening)(?: to)?(?: \w+)? ?(?:kill|hurt|shoot|hit|burn|stab) (?:me|us|my|the|our|him|her)",
        rf"\b(?:afraid|scared|terrified|frightened) of (?:my |what my )(?:\w+ )?{CLOSE}\b",
        rf"\b(?:afraid|scared|terrified|frightened) (?:that )?(?:my )?{SOMEONE}(?:'s|'ll| is| will| might| would| could| may)(?: going)?(?: to)? (?:hurt|kill|hit|find|beat|come after)",
        r"\b(?:afraid|scared|terrified|not safe|unsafe|don'?t feel safe) (?:to (?:go|be|come) (?:back )?(?:at )?home|in my (?:own )?(?:home|house|marriage|relationship)|at home)\b",
        rf"\b(?:s?he|they|{SOMEONE})(?:'s|'ll| is| will| would| might)?(?: going)?(?: to)? kill me\b(?! (?:if i (?:don|forget|fail)))",
        r"\b(?:was|were|been|being|got) (?:raped|molested|strangled|choked|gang[- ]raped|beaten(?: up)? by|sexually (?:abused|assaulted))\b",
        r"\braped me\b|\bforce[sd]? (?:me|her|him) (?:to have sex|into sex|to do sexual)\b|\btouch(?:es|ed|ing) me (?:down there|inappropriately|when i was sleeping)\b",
        r"\b(?:physically|sexually) abus(?:es|ed|ing|ive)\b|\b(?:domestic|intimate partner) (?:violence|abuse)\b",
        r"\b(?:want|wants|going|gonna|plan|planning|about|urge) (?:to )?(?:kill|murder|shoot|stab|strangle) (?:him|her|them|someone|somebody|people|everyone|my (?:\w+ )?(?:wife|husband|kids?|baby|boss|father|mother|dad|mom|family|parents|brother|sister|son|daughter))\b",
        r"\b(?:afraid|scared|worried|thoughts?|urges?) (?:that )?(?:i(?:['’]ll|['’]m going to| will| might| may| could|'d)?|of|about|to|i am going to) ?(?:hurt|hurting|harm|harming|shake|shaking|kill|killing) (?:the |my |our )(?:\w+ )?(?:baby|kids?|child|children|son|daughter|wife|husband|family)\b",
    ),
}
