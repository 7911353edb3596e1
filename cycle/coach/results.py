"""What in a goal somebody else could check: a measure, a frequency, a finished state. And dates, which alone show nothing."""

import re
from dataclasses import dataclass

_CARDINAL = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|a half|a third"
    r"|a quarter|two-thirds|three-quarters)"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_DAY = r"(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekdays?)"
_UNIT = (
    r"(?:minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|quarters?|terms?|semesters?|years?|seasons?|shifts?|sprints?"
    r"|sessions?|visits?|rotas?|mornings?|evenings?|releases?|projects?|cycles?|half-terms?|weekends?|half|halves|intakes?)"
)
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
# What a date may be told by besides the calendar.
_OCCASION = (
    rf"(?:{_MONTH}|{_DAY}|{_SEASON}|{_UNIT}|easter|christmas|xmas|michaelmas|ramadan|eid|diwali|hanukkah|passover|whitsun"
    r"|pentecost|halloween|thanksgiving|lent|advent|black friday|year-end|month-end|half-term|mid-year|midsummer|deadline"
    r"|date|audit|inspection|exams?|examinations?|opening|launch|go-live|release|review|conference|fair|festival|holidays?"
    r"|peak|stocktake|shutdown|summer school|split|move|merger|visit|tender|kick-off|handover|retirement|retires?|leaves"
    r"|starts?|begins?|opens?|closes?|changes?|ends?|goes|committee|hearing|election|period|intake|appraisal|onboarding"
    r"|birthday|anniversary|q[1-4]|h[12]|20\d\d|week \d+|sprint \d+|noon|midnight|close|rota|timetable|turnaround)"
)
_TOWARDS = (
    r"(?:the |our |my |this |next |a |an |his |her |their |its |of |end |start |beginning |middle |first |second |third"
    r" |fourth |last |coming |new |whole |full |following |early |late |mid |financial |school |calendar |current )"
)
_DATES = re.compile(
    # "by the clocks change", "before my first appraisal": these words ask for a time, whatever stands between.
    rf"\b(?:by|before|until|till|ahead of|prior to|no later than|not later than|between now and|come) "
    rf"(?:{_TOWARDS}|[^\W\d_]+'s? |[^\W_]+ ){{0,4}}?{_OCCASION}\b"
    rf"|\b(?:from|after|in|on|at|for|over|during|within|since|through|throughout|this|next|end of|start of|mid|early|late) "
    rf"{_TOWARDS}{{0,4}}{_OCCASION}\b"
    rf"|\b{_MONTH} \d|\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}\b|\b\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?\b"
    rf"|\bq[1-4]\b|\bh[12]\b|\b20[2-9]\d\b|\bwithin (?:a|an|one|the|\d+|{_CARDINAL}) |\bweek \d+|\b(?:year|month)-end\b"
    rf"|\b(?:this|next) (?:coming |calendar |financial |school |academic )?(?:{_UNIT}|{_SEASON}|{_MONTH}|peak)\b"
    r"|\bby (?:then|tomorrow|now)\b"
)

# A number after one of these is a name ("Ward 4", "Year 9"), not a measure.
_LABELLED = (
    r"(?:ward|level|year|band|grade|week|module|part|stage|phase|hall|version|tier|step|section|unit|class|sprint|block"
    r"|floor|line|zone|type|category|chapter|no|number|key stage|room|route|bay|dock|gate|site|area|form|group|team|iso|sop"
    r"|ifrs|bs|en|platform|windows|office|python|java|act|article|rule|form|schedule|tax year|since|generation|industry|web)"
)
# "110 %", "number one", "24/7", "10x": numbers that measure nothing.
_IDIOMS = re.compile(
    r"\b(?:1[0-9]{2}|200|1000) ?(?:%|per ?cent|percent)|\bhundred (?:and ten )?per ?cent|\b(?:number|no\.?|top) (?:one|1)\b"
    r"|\b\d+x\b|\b24/7\b|\b(?:360|180)(?: ?degrees?)?\b|\bin two minds\b|\btwo steps ahead\b|\bone step ahead\b"
    r"|\b(?:at|on|to) (?:sixes|all fours)\b|\b(?:five|5)-star\b|\ba(?:n)? (?:hundred|thousand|million) (?:times|ideas|things)"
    rf"|\b(?:\d+|{_CARDINAL}) (?:\w+ )?(?:areas?|ways|things|aspects|respects|levels|fronts|directions|words|worlds)\b"
    r"|\bsecond to none\b|\btop ten\b|\ba ten out of ten\b|\b(?:between|of) (?:my|our|the) two\b|\bthe two of\b"
)
_NUMBER = re.compile(
    rf"(?<![\w.,])(?:[€£$] ?)?\d[\d.,:]*(?: ?(?:%|k|m|bn))?(?![\w])|(?<![\w-])\d[\d.,]*(?:k|m|bn|kg|g|mg|ml|l|km|cm|mm|h"
    rf"|min|mins|hrs|s|ms|kw|kwh|w|gb|tb|pt|pts|ft|cl|am|pm|t)\b|[€£$] ?\d|\b{_CARDINAL}\b(?!-)|\b{_CARDINAL}-(?:page|day|week"
    r"|hour|minute|part|month|year|point|way|person|step)\b|\b\d+-(?:page|day|week|hour|minute|part|month|year|point|step)\b"
)
_NAMED = re.compile(
    rf"\b{_LABELLED} (?:[^\W\d_]+ )?(?:\d[\d.,-]*|{_CARDINAL}|one)\b(?! (?:per|%|a ))"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}\b|\b{_MONTH} \d{{1,4}}\b|\b20[2-9]\d(?:/\d+|-\d+)?\b|\b19\d\d\b"
    rf"|\b(?:last|next|past|coming|first|these|within|for|in|over) (?:the )?(?:next |last |coming |first )?"
    rf"(?:\d+|{_CARDINAL})(?: to (?:\d+|{_CARDINAL}))? {_UNIT}\b"
)
_BOUNDS = re.compile(
    r"\b(?:zero|nil|halve|halved|double|doubled|triple|treble|none|nought)\b|\bno (?:more|fewer|less|later) than\b"
    r"|\b(?:at least|at most|up to|fewer than|less than|more than|under|below|above|over) (?:one|half|a)\b"
    rf"|\bwithin (?:an?|one|the|\d+|{_CARDINAL}) (?:working |business |calendar )?(?:minutes?|hours?|days?)\b"
    r"|\b(?:on )?the same (?:day|shift|hour|week)\b|\bsame-day\b|\bnot (?:a )?single\b|\bwithout (?:a single|any|an?) [\w-]+"
    r"|\b(?:by|in|a) (?:half|third|quarter)\b|\bno (?:[\w-]+ )?(?:overdue|open|missed|reported|outstanding|repeat|lost|late)"
    r"|\bno (?:[\w-]+ ){1,3}(?:reported|open|overdue|missed|left|outstanding)\b|\bnone (?:open|overdue|late|missed|left)"
    r"|\b(?:one|an?) (?:[\w-]+ ){1,4}(?:a|per|each|every) (?:day|week|month|quarter|term|year|shift|fortnight|sprint)\b"
    r"|\b(?:each|every one|all) of (?:the|our|my)\b|\bmost days\b|\bevery time\b"
)
_OFTEN = re.compile(
    rf"\b(?:every|each|per) (?:other |second |third |first |last |working |calendar |\d+ |{_CARDINAL} )?(?:{_UNIT}|{_DAY}|{_MONTH})\b"
    rf"|\b(?:once|twice|thrice|times|hours?|minutes?|days?) (?:a|an|per|each|every) {_UNIT}\b"
    r"|\b(?:weekly|fortnightly|bi-weekly|biweekly|monthly|bi-monthly|quarterly|half-yearly|termly|nightly)\b"
    rf"|\bon (?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)\b|\bfirst {_DAY} of\b"
)
# "Every single day" is emphasis, "every day" a manner; neither can be checked alone.
_EMPHASIS = re.compile(r"\b(?:every|each) (?:single )?day\b|\bevery single (?:day|time|shift|week)\b|\ball year round\b")

_DONE = re.compile(
    r"\b(?:sign(?:ed|s)? (?:me |it |them |him |her |us )?off|signed|approved|accepted|issued|merged|handed (?:in|over)|admitted"
    r"|elected|registered|certified|certifed|qualified|licensed|accredited|chartered|installed|published|submitted|completed"
    r"|filed|cleared|closed|delivered|launched|commissioned|reviewed and|in hand|in place|up and running|in use"
    r"|goes live|go live|live by|fully (?:tied|documented|trained|staffed|tested|migrated|reconciled|automated)"
    r"|trained (?:and|on|in|for|up|to)|promoted to|appointed|nominated|inducted|enrolled|authorised|authorized|passed"
    r"|tied to the|run alone|migrated|documented|rolled out|built|rewritten|replaced|translated|tested|archived)\b"
    r"|\b(?:unaided|unsupervised|single-handed|single-handedly|first-time pass|without (?:me|help|supervision|supervisor"
    r"|assistance|a second signature|prompting|notes|errors?|an? [\w-]+))\b"
    r"|\b(?:on|by) (?:my|his|her|their|its) (?:own|self)\b|\bby (?:myself|himself|herself|themselves)\b"
    r"|\balone\b|\b(?:well|good|confidently|fluently|far) enough (?:to|for|that)\b"
    r"|\bso (?:that )?(?:[\w'-]+ ){1,6}(?:can|could|passes|pass|finds?|knows?|finish|finishes|takes?|use|uses|runs?|gets?"
    r"|has|have|is|are|needs?|works?|starts?|will)\b"
    r"|\b(?:used|read|run|followed|adopted) by\b|\bthat (?:[\w'-]+ ){1,4}(?:use|uses|follow|follows)\b|\bcan (?:use|follow|find|read|run|rely on|work from)\b"
    r"|\b(?:take over|taking over)\b|\bin charge of\b|\bby [\w-]+ing (?:an?|the|one|our|my) "
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be checked in a text. `dated` alone shows nothing; `regular` is a frequency."""

    measured: bool
    regular: bool
    done: bool
    dated: bool

    @property
    def shows(self) -> bool:
        """True where somebody else could see whether the goal is reached."""
        return self.measured or self.regular or self.done


def evidence(text: str) -> Evidence:
    """Look for evidence in a folded text or a piece of one."""
    without_idioms = _EMPHASIS.sub(" ", _IDIOMS.sub(" ", text))
    unnamed = _NAMED.sub(" ", without_idioms)
    return Evidence(
        measured=bool(_NUMBER.search(unnamed) or _BOUNDS.search(without_idioms)),
        regular=bool(_OFTEN.search(without_idioms)),
        done=bool(_DONE.search(text)),
        dated=bool(_DATES.search(text)),
    )


def date_ends(text: str) -> list[int]:
    """Where the dates of a folded text end."""
    return [found.end() for found in _DATES.finditer(text)]


def is_dated(text: str) -> bool:
    """True for a folded text that names a time."""
    return bool(_DATES.search(text))


def is_numbered(text: str) -> bool:
    """True for a folded text with an amount in it."""
    return bool(_NUMBER.search(_IDIOMS.sub(" ", text)))
