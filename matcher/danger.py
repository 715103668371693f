"""The patterns that `matcher.safety` reads a text with.

The text is casefolded, with straight quotes and single spaces. In the patterns a line break and
the spaces after it count for nothing. What must stay quiet stands beside what must not: idioms,
grief for another's suicide, accidents in the kitchen.
"""

import re
from collections.abc import Mapping

SELF = "(?:myself|my self|himself|herself|themselves|themself|hisself)"
CHILD = r"(?:kids?|child|children|son|daughter|baby|boy|girl)"
# Those of whom one should never have to be afraid.
CLOSE = """(?:husband|wife|spouse|partner|boyfriend|girlfriend|fianc[eé]e?|ex|father|dad|mother|
    mom|step-?(?:father|dad|mother|mom|brother)|uncle|grandfather|parents)"""
# Who does it: "it hits me that…" and "the news killed me" are not this.
SOMEONE = rf"(?:s?he|they|{CLOSE}|mum|bf|gf|brother|cousin|roommate|boss|teacher|coach|guy|man)"
OFTEN = """(?:'s |has |had |have |just |keeps? |kept |always |sometimes |often |also |even |once |
    still |usually |who |that |then |again |and |would |will |started |starts |gets drunk and )"""
LOVED = rf"(?:me|us|(?:my|our) (?:\w+ )?(?:{CHILD}|mom|mother|sister|brother))"

# Kinds in the order of how pressing they are.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "suicide": (
        rf"""\b(?:kill|killing|hang|hanging|shoot|shooting|drown|drowning) {SELF}\b
            (?! in (?:the foot|work|tv|food|school))""",
        r"""\b(?:end|ending|take|taking) (?:my|his|her|their) (?:own )?li(?:fe|ves)\b
            (?! (?:back|for granted|seriously|in a|to the next|into))""",
        r"\b(?:plan|planning|want|going|ready|decided) to end it(?: all)?(?= and|$|[.!?,])",
        r"\bend(?:ing)? it all\b|\bunaliv\w+\b|\bkms\b",
        r"""(?<!not )(?<!n't )(?<!never )(?<!not feeling )(?<!never been )(?<!never felt )(?<!no )
            (?<!non)(?<!non-)\bsuicidal\b""",
        r"""\b(?:thoughts?|thinking|think|thinks|talk(?:s|ed|ing)?|consider(?:ing|ed)?|plan(?:ning|s)?|
            threat\w*|contemplat\w+|attempt(?:ing)?) (?:of |about )?(?:to )?(?:commit(?:ting)? )?
            (?:doing )?suicide\b""",
        r"\b(?:want|wants|going|need|try|tried|trying) to commit suicide\b",
        r"\bi(?:'ve| have)? (?:attempted suicide|overdosed)\b",
        r"""\b(?:think|thinking|thoughts?) (?:about|of)
            (?: dying| ending (?:it|my life)| driving (?:my|the) car into)""",
        r"\bnothing (?:left )?to live for\b|\bpoint (?:of|in) (?:living|being alive|going on)\b",
        r"\bwant to disappear (?:forever|for good)\b|\b(?:want to|and) not exist\b",
        r"\bcan(?:'t|not|t) live like this\b",
        r"""\b(?:want|wants|wanted|wanna|wish|ready|rather|hoping|hope|pray|praying|going|need)
            (?: (?:i|he|she) (?:could|would|can)| it was time)?(?: just)?(?: to)?(?: just)? die\b
            (?! (?:of|from|laughing|alone|peacefully|with))""",
        r"""\b(?:wish|wishes|want|wants|rather)(?: that)?(?: i| he| she| it| to| just)*
            (?: was| were| be| had been|'d been) (?:dead|never born)\b""",
        r"\bwish(?:es)? (?:that )?(?:i|he|she)(?:'d| had)? (?:was |were )?never (?:been )?born\b",
        r"""\b(?:don't|dont|do not|didn't|doesn't|not) (?:really |even |actually )?
            (?:want|wanna|wish|wants) (?:to )?
            (?:live|be alive|be here|exist|wake up|go on|keep living|be on this (?:earth|planet))\b
            (?! (?:with|in|at|near|together|when|while|for|until|before|early|that early|at \d))""",
        r"""\b(?:no|any|a) (?:reason|point)(?: left)? (?:to|in)
            (?: just)? (?:live|living|keep living|go on|going on|be alive|being alive|
            being here)\b""",
        r"\b(?:isn't|not|no longer) worth living\b",
        r"\bbetter off (?:dead|without me|if i (?:was|were|wasn't|weren't|died|disappeared))",
        r"""\bcan(?:'t|not|t) (?:go on|keep going)
            (?: (?:living|like this|anymore|any longer))?(?=$|[.!?,])""",
        r"""\b(?:overdos(?:e|ing) (?:on|again|tonight)|
            (?:want|wants|going|tried|trying) to overdose)\b""",
        r"""\b(?:take|took|taking|swallow(?:ed|ing)?) (?:all (?:of )?(?:my|the|these|those)|
            a (?:whole )?bottle of|too many|a bunch of) (?:\w+ )?(?:pills|tablets|meds)\b|
            \b(?:took|take|swallowed) a whole bottle of (?!water|wine|champagne)""",
        r"\b(?:slit|slitting|cut|cutting) my (?:wrists?|throat)\b",
        r"""\bjump(?:ing)? (?:off|from|in front of) (?:a |the |that )?
            (?:bridge|roof|building|balcony|train|truck|cliff)\b""",
        r"\b(?:suicide|goodbye) (?:note|letters?)\b|\b(?:my|a) suicide (?:plan|attempt)\b",
        r"""\bnot (?:to )?(?:be|being) (?:here|around|alive)
            (?: anymore| any more| any longer| tomorrow)\b""",
        r"\b(?:not|never) (?:wake|waking) up(?: again| tomorrow| anymore|$|[.!?,])",
    ),
    "self-harm": (
        r"\bself[- ]?(?:harm|injur|mutilat)\w*\b",
        r"""\b(?:cut|cuts|cutting|burn|burns|burning|scratch|scratching|punch|punching|harm|harming|
            hurt|hurting|starve|starving) (?:myself|herself|himself|themselves)\b
            (?! (?:shaving|cooking|chopping|slicing|at |in the |on (?:a|the) |while|playing|running|
            lifting|working|skiing|falling|some slack|off (?:from )?))""",
        r"\b(?:cut|cuts|cutting|burning) (?:my|her|his|their) (?:arms?|legs?|thighs?|skin|hips?)\b",
        r"""\b(?:started|been|back to|stop|urges? to|still) cut(?:ting)?
            (?= again| at night| since| because| when| and |$|[.,!?])""",
    ),
    "violence": (
        rf"""\b{SOMEONE} {OFTEN}{{0,3}}(?:hit|hits|hitting|beats?|beating|punch(?:es|ed|ing)?|
            slap(?:s|ped|ping)?|kick(?:s|ed|ing)?|chok(?:es|ed|ing)|strangl(?:es|ed|ing)|
            burn(?:s|ed|t)|stab(?:s|bed)?|rap(?:es|ed|ing)|molest(?:s|ed|ing)|
            assault(?:s|ed|ing)|throws (?:things|stuff) at) {LOVED}\b
            (?! (?:up|in the back|dinner|to the))""",
        rf"\bused to (?:hit|beat|slap|choke|kick|punch) {LOVED}\b(?! (?:up|to the))",
        rf"\b{SOMEONE} {OFTEN}{{0,2}}(?:is|was) (?:physically |sexually )?(?:abusive|violent)\b",
        rf"\b{SOMEONE} {OFTEN}{{0,2}}lock(?:s|ed) me (?:in|out)\b|\bstalk(?:s|ed|ing) me\b",
        r"\bforced (?:himself|herself|themselves) on me\b|\bafraid for my life\b",
        r"\b(?:shoot up|bomb) (?:the |my |his |her |a )(?:school|church|office|work|house|mall)\b",
        rf"""\b{SOMEONE} {OFTEN}{{0,3}}(?:
            put (?:his|her|their) hands (?:on|around)|grab(?:s|bed) me by|
            (?:push(?:es|ed)|shov(?:es|ed)|thr(?:ew|ows)) me (?:down|into|against|across)|
            (?:pull(?:s|ed)|point(?:s|ed)) (?:a |the |his |her )(?:gun|knife))\b""",
        rf"""\b{SOMEONE} {OFTEN}{{0,3}}threat(?:en|ens|ened|ening)(?: to)?(?: \w+)?
            [ ](?:kill|hurt|shoot|hit|burn|stab) (?:me|us|my|the|our|him|her)\b""",
        rf"""\b(?:afraid|scared|terrified|frightened) of (?:my |what my )(?:\w+ )?{CLOSE}\b
            (?!'s |s')""",
        rf"""\b(?:afraid|scared|terrified|frightened) (?:that )?(?:my )?{SOMEONE}
            (?:'s|'ll| is| will| might| would| could| may)(?: going to)?
            [ ](?:hurt|kill|hit|find me|beat|come after)\b(?! (?:out|me to|my feelings))""",
        r"""\b(?:afraid|scared|terrified|not safe|unsafe|don't feel safe)
            [ ](?:to (?:go|be|come) (?:back )?(?:at )?home|
            in my (?:own )?(?:home|house|marriage|relationship)|at home)\b(?! for )""",
        rf"\b{SOMEONE}(?:'s|'ll| is| will| would| might)(?: going to)? kill me\b(?! if i)",
        r"""\b(?:was|were|been|being|got) (?:raped|molested|strangled|choked|gang[- ]raped|
            beaten up by|sexually (?:abused|assaulted))\b""",
        r"""\braped me\b|\bforce[sd]? (?:me|her|him) (?:to have|into) sex\b|
            \btouch(?:es|ed|ing) me (?:down there|inappropriately|in my sleep|at night)\b""",
        r"\b(?:physically|sexually) abus(?:es|ed|ing|ive)\b|\bdomestic (?:violence|abuse)\b",
        rf"""\b(?:want|wants|going|gonna|plan|planning|about|urge) to
            [ ](?:kill|murder|shoot|stab|strangle) (?:him|her|them|someone|somebody|people|everyone|
            my (?:\w+ )?(?:{CLOSE}|{CHILD}|boss|family|brother|sister))\b""",
        rf"""\b(?:afraid|scared|worried|feel|thoughts?|urges?) (?:that )?
            (?:i(?:'ll|'m going to| will| might| may| could| am going to)|of|about|to|like)
            [ ](?:hurt|harm|shak|kill)(?:e|ing)? (?:the |my |our )(?:\w+ )?
            (?:{CHILD}|wife|husband)\b(?!'s )""",
        r"\b(?:voices|voice) (?:\w+ ){0,2}(?:telling|tell|tells) (?:me|him|her) to (?:kill|hurt)\b",
    ),
}


def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\n *", "", source))


PATTERNS = {kind: [_compiled(source) for source in sources] for kind, sources in SOURCES.items()}
