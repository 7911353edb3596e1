"""Wordings that sound like leaving, as regular expressions over folded text."""

_COMPANY = (
    r"(?:compan(?:y|ies)|firms?|employers?|competitors?|competition|rivals?|organi[sz]ations?|suppliers?|agenc(?:y|ies)|start-?ups?"
    r"|consultanc(?:y|ies)|hospitals?|schools?|places?|shops?|depots?|hotels?|restaurants?|kitchens?|practices?|trusts?|forces?)"
)
_OTHER = r"(?:another|other|outside|external|new|different|better|rival|competing)"
_POST = r"(?:jobs?|positions?|posts?|roles?|employment|openings?|vacanc(?:y|ies)|challenges?|opportunit(?:y|ies)|employers?)"

_OFFERS = (
    # "I have had a very good proposal from …", not "the new offer for our customers".
    r"\b(?:have|had|got|get|received|holding|considering|weighing|hold|been made|turned down|accept(?:ed)?)"
    r" (?:\w+ ){0,5}?(?:offers?|proposal)\b(?! (?:to help|for our|to our|for the|to train|of help))",
    r"\b(?:outside|external|rival|competing|job|better|concrete|written|firm|second|tempting) (?:job )?offers?\b",
    r"\bcounter-? ?offers?\b",
    r"\boffer(?:s|ed)? (?:me )?(?:an? )?(?:from|by|at|with|elsewhere|outside|another)\b",
    r"\b(?:been|was|am|were) offered (?!(?:the|this|your|our|some|a place on|training)\b)",
    r"\boffered me\b|\bmatch (?:it|that|the offer|their|what)\b|\bput on the table\b|\bbetter deal\b",
    r"\bbefore i (?:sign|accept|commit|say yes|give (?:them|it)|answer them|reply to them)\b",
)
_FETCHERS = (
    r"\bhead-?hunt\w*|\bpoach\w*|\blinkedin\b|\bapproached by\b|\brecruitment agenc\w+",
    # Recruiters who call; not the colleagues who recruit.
    r"(?<!our )(?<!hr )\brecruiters?\b(?! (?:in|on|of|from|at|for) (?:our|the|hr|this))",
    r"\b(?:been|being|was|got|get|getting) (?:approached|contacted|courted|sounded out|tapped up|messages? from)\b",
    rf"\b{_OTHER} {_COMPANY} (?:\w+ )?(?:is|are|has|have|wants?|wanted|asked|called|wrote|offers?|would|keeps?|needs?|rang"
    r"|approached|contacted|got|pays?|came|made|looking)\b",
    rf"\b(?:a|one of our|our|our (?:main|biggest)|the|two) (?:competitors?|rivals?) (?:\w+ )?(?:{_COMPANY} )?(?:is|are|has|have"
    r"|wants?|asked|called|wrote|offers?|would|keeps?|rang|approached|contacted|got|pays?|came|made)\b",
    r"\b(?:someone|somebody) else (?:wants|would|is|has)\b|\bin demand\b|\bsought after\b",
)
_MARKET = (
    r"\bmarket (?:value|worth|rate|price)\b|\bon the (?:job |open |labour )?market\b|\b(?:job|labou?r|employment) market\b",
    r"\b(?:my|own) (?:worth|price)\b|\bworth (?:more )?(?:elsewhere|outside|to others|out there)\b|\bout there\b",
    r"\bwhat (?:i am|i'm|i would be|i'd be|people like me are|my skills are|i could be) (?:really )?(?:worth|getting|earning)\b",
    rf"\b(?:competitors?|rivals?|others|other {_COMPANY}|competition) (?:would |will |now |already |seem to |all )?"
    r"(?:pays?|paying|offers?|gives?|earns?)\b",
    rf"\b(?:than|what|as) (?:our )?(?:rivals|competitors|other {_COMPANY})\b",
    r"\b(?:other|more|plenty more) fish\b|\bgreener\b|\bpastures\b|\bsomewhere (?:else|new)\b|\belsewhere\b",
    r"\bplenty of (?:\w+ )?(?:jobs|offers|work|vacancies|openings|places|employers|firms|companies|options|opportunities)\b",
    r"\b(?:better|more highly|properly) (?:paid|rewarded|valued|appreciated) (?:at|by|in|somewhere|outside)\b",
)
_SEARCHING = (
    r"\b(?:look|looks|looking|looked|search\w*|hunt\w*|shop\w*|scout\w*) (?:\w+ )?(?:around|outside|abroad|further afield)\b",
    rf"\b(?:look\w*|search\w*|hunt\w*) (?:out )?for (?:an?|some|my|one|the)? ?(?:next |{_OTHER} )*"
    rf"(?:{_POST}|something (?:else|new|different)|one (?:there|elsewhere)|way out|exit)\b(?! (?:here|in our|in the team|inside))",
    rf"\bap{{1,2}}l(?:y|ied|ying|ications?)\b.{{0,30}}\b(?:{_OTHER} (?:{_POST}|{_COMPANY})|outside|abroad)\b",
    rf"\b(?:interview\w*|talks?|talking|conversations?|chat\w*|lunch|coffee|speaking|spoken|spoke|contact|touch|met) (?:\w+ )?"
    rf"(?:at|with|to|for|from) (?:an?|the|our|one of our|two|some|my old|my former)? ?(?:{_OTHER} )?(?:main |biggest )?"
    rf"(?:competitors?|rivals?|competition|former employer|old employer|{_OTHER} {_COMPANY})\b",
    r"\b(?:job|invited (?:me )?(?:to|for) an?|an? external|outside) interviews?\b|\b(?:my|the) (?:cv|résumé|resume)\b|\bcv (?:out|ready)\b",
    r"\bjobs? (?:ads?|adverts?|boards?|hunt\w*|search\w*|abroad|with another|closer to home|nearer)\b",
    rf"\b(?:an?|the) {_OTHER} (?:employer|company|firm)\b|\b(?:other|different) (?:employers|companies|firms)\b",
    r"\b(?:outside|beyond) (?:of )?(?:this|the|our) (?:company|firm|organi[sz]ation|house|four walls|business)\b",
    r"\b(?:other|outside|external|alternative|all my|my) options\b(?! (?:inside|within|in|here|on|for|at))|\boptions open\b",
    r"\bopen to (?:offers|other|new (?:offers|jobs)|leaving|moving)\b|\btest(?:ing|ed)? the waters?\b|\bfeelers\b",
    r"\bcrossroads\b|\bplan b\b|\bopenings? at\b|\bdoors? (?:are )?(?:open(?:s|ing)?|elsewhere)\b",
)
_GOING = (
    r"\b(?:leav(?:e|ing)|quit|quitting) (?:you|us|here|for good|altogether|(?:the|this|our) (?:company|firm|team|job|place|business"
    r"|organi[sz]ation|department|profession|hospital|school|kitchen|ward|shop|yard|office|trade|force|service|hotel|depot))\b"
    # Leaving for a fair or at six is no leaving.
    r"(?! (?:for (?:the|a|an|our|my)|at|by|early|on|until))",
    r"\b(?:thinking|thought|think|consider\w*|planning|plan|decided|tempted|ready|about|forced|rather|might|may|could|would|will)"
    r" (?:\w+ )?(?:of |about |on |to |have to )?(?:leav(?:e|ing)|go(?:ing)? elsewhere|walk(?:ing)? (?:away|out))\b"
    r"(?! (?:for|on|at|by|early|the|it|that|this|time|work|some|room|behind|you|us|my|our|in)\b)",
    r"\b(?:quit|quitting)\b(?! (?:juggling|doing|working on|using|\w+ing))|\bresign(?:ing|ed|ation)?\b",
    r"\b(?:my|a|give|given|giving|hand in|handing in|handed in|serve|serving) (?:my |in my )?notice\b|\bnotice period\b",
    r"\b(?:exit|farewell|goodbye|severance|jump(?:ing)? ship|stepping stone|call(?:ing)? it a day|new chapter|fresh start)\b",
    r"\b(?:change of (?:scene|employer|career|air)|time for (?:a|some) change|ready for (?:a change|something)|part(?:ing)? ways)\b",
    r"\b(?:move|moving|moved) on\b(?! (?:to|with|from|in|the|monday|tuesday|wednesday|thursday|friday))|\btime to (?:go|move on|part)\b",
    rf"\b(?:move|moving|go|going|switch\w*|chang\w*|defect\w*) (?:on )?(?:to )?(?:an?|the)? ?(?:{_OTHER} )?"
    r"(?:employers?|compan(?:y|ies)|firms|jobs|competitors?|rivals?|competition)\b",
    r"\b(?:last|final) (?:day|week|month|year|few months) (?:here|with you|with the)\b|\bon my way out\b|\bone foot out\b",
    r"\bset(?:ting)? up (?:on my own|my own (?:business|firm|company|shop|practice)|for myself)\b",
    r"\bgo(?:ing)? (?:freelance|solo|self-employed|it alone)\b|\bself-employed\b|\bsomething (?:else|completely|entirely) (?:entirely|different)\b",
)
_STAYING = (
    r"\b(?:whether|if|why|how long|reasons?|worth|point|sense|willing|persuad\w*|convinc\w*|make me|makes me|not sure|want) (?:\w+ ){0,4}?"
    r"stay(?:ing|ed)?\b(?! (?:on (?:the )?(?:top|course|topic)|in touch|late|close|up|current|informed|with (?:the|this) (?:project|client)))",
    r"\bstay(?:ing)? (?:or (?:go|leave|not)|here|put|on board|with (?:the|this) (?:company|firm)|with (?:you|us)|at (?:the|this) (?:company|firm))\b",
    r"\b(?:keep|keeps|keeping|hold|holds|holding) (?:on to )?me (?:here|at|on board|in (?:this|the) (?:company|firm|team))\b",
    r"\b(?:keep|lose|losing) me\b(?! (?:posted|informed|busy|up|in the loop|updated|going))",
    r"\bfuture (?:at all|left)\b|\b(?:have|see|got|is there|be) (?:a|any|no|much of a|some|little) future (?:in|at|with|here|for me)\b",
    r"\bno (?:longer )?(?:future|prospects)\b|\bmy (?:days|time) here (?:are|is|may)\b|\bnumbered\b",
    r"\b(?:right|best|wrong) (?:place|company|firm|employer|workplace|home) for me\b|\bwhere i (?:still )?belong\b|\bi (?:still )?belong here\b",
    r"\bif (?:nothing|things|it|this|that|there|we|you|i) .{0,60}\bi(?:'ll| will|'d| would| may| might| shall| must| can(?:'t|not)?)? "
    r"(?:\w+ ){0,3}?(?:look|leave|go|around|consequences|draw|rethink|reconsider|somewhere|stay|wait)\b",
    r"\bmy (?:own )?conclusions\b|\bultimatum\b|\bwon't (?:wait|be here|stay|hang around|stick around)\b",
    r"\b(?:still|not|much longer|how long|no longer) (?:\w+ ){0,3}?be (?:here|around|on the team|with (?:you|us|the company))\b",
    r"\b(?:stick|stuck|hang|hanging|sticking) around\b|\bhow (?:much )?longer i\b|\blong-term here\b",
    r"\bwith or without me\b|\bwithout me\b|\bin or out\b|\bwhere my loyalt\w+\b|\bmy loyalty\b",
)

PATTERNS = _OFFERS + _FETCHERS + _MARKET + _SEARCHING + _GOING + _STAYING
