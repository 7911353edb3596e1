"""Wordings that sound like a complaint, as regular expressions over folded text."""

_NOBODY = r"(?:nobody|no one|no-one|not one (?:person|of you)|not a soul|none of (?:you|them)|no manager)"
# "You", "management", "HR": whoever is to blame.
_THEY = r"(?:you|they|management|hr|he|she|the (?:company|firm|board|boss|bosses)|my (?:boss|last manager)|our (?:boss|manager))"

_FAIRNESS = (
    r"\bunfair\w*|\binjustice\b|\bunjust\w*|\bunacceptable\b|\bunreasonabl\w+|\bdiscriminat\w+|\bdouble standards?\b|\bbias(?:ed)?\b",
    r"\bfavou?rit(?:ism|es)\b|\byour favou?rites?\b|\bit can't be (?:right|that|true)\b|\bnot (?:\w+ )?good enough\b",
    r"\b(?:not|isn't|hardly|wasn't|never|neither|nor|less than) (?:\w+ )?(?:fair|just|right that|acceptable|okay that|ok that)\b(?! to (?:say|ask))",
    r"\bwhile (?:the )?(?:others?|colleagues|newcomers|people|everyone|everybody|juniors|you|other people|those|some|him|her|he|she|they)\b",
    r"\b(?:less|more|earns?|better paid) than (?:me|i do|i am|i earn|mine)\b|\binstead of me\b|\bover me\b|\bchosen (?:over|instead)\b",
    r"\b(?:everyone|everybody) (?:else )?(?:but|except) me\b|\b(?:everyone|everybody|anyone|anybody) else (?:gets?|got|is|was|has|had)\b",
    r"\b(?:who|whoever) (?:shouts|talks|complains|flatters|sucks|plays)\b|\bthe good (?:jobs|projects|shifts|tasks|cases)\b|\ball the (?:dirty|hard|bad|boring)\b",
    r"\bhow little\b|\bso little\b|\bpittance\b|\bpeanuts\b|\bunderpaid\b|\bdirty work\b|\bdogsbody\b|\bdoormat\b|\bslaves?\b",
    r"\bthe work of (?:two|three|four)\b|\b(?:everyone's|everybody's|other people's|your|their) (?:mess|problems|mistakes|work)\b",
    r"\b(?:always|only|again) (?:me|the one|the last|left|stuck|my turn|someone else|somebody else)\b|\bme who\b|\bnever my turn\b",
)
_BLAME = (
    r"\b(?:your|his|her|their|management's|nobody's) (?:own )?(?:fault|failure|neglect)\b|\bblam(?:e|ed|ing)\b|\blet(?:ting)? me down\b",
    r"\bbehind my back\b|\b(?:held|holding|kept|keeping|holds) me (?:back|down|small)\b|\b(?:stood|stand|standing|put|stones) in my way\b",
    rf"\b{_THEY}(?:'ve|'s)? (?:\w+ )?(?:broke|broken|ignored?|ignores|forgot\w*|overlook\w*|neglect\w*|refus\w+|block\w*|dismiss\w*|reject\w*"
    r"|cancel\w*|fail\w*|denied|deny|lied|lie|promised|wast\w+|binned|shelved|fobbed|brush\w*|stall\w*|undermin\w+|belittl\w+|interrupt\w*)\b",
    r"\b(?:promised?|agreed|was told|were told)\b.{0,60}\b(?:nothing|never|not|no|yet|still|again)\b|\b(?:empty|broken) (?:promises?|words)\b",
    rf"\b{_THEY}(?:'ve|'re|'s| have| has| are| is)? (?:\w+ )?(?:never|always|constantly|hardly ever|rarely|keep \w+ing|kept \w+ing|once again)\b",
    rf"\b{_THEY} (?:haven't|hasn't|didn't|don't|doesn't|won't|wouldn't|couldn't|can't) (?:even |once |ever |bother |seem |care |really |listen|take|"
    r"ask|notice|see|support|give|want|make|think|value|respect|appreciate|show|keep|answer|reply|find|tell|explain|trust)",
    rf"\b{_NOBODY} (?:\w+ )?(?:\w+ )?(?:cares?|cared|listen\w*|notic\w+|thank\w*|told|tells?|asks?|asked|help\w*|support\w*|bother\w*|seems?|ever"
    r"|even|wants?|wanted|took|takes?|sees?|saw|thinks?|thought|explain\w*|respond\w*|answer\w*|replied|invest\w*|appreciat\w*|valu\w+|gives?|gave|stood)\b",
    r"\bwhy (?:was|am|were|is|did|do|does|has|have|wasn't|didn't|don't|haven't|isn't) (?:i|my|nobody|no one|it|everyone|everybody|others|you|they)\b"
    r".{0,40}\b(?:not|again|over|refused|rejected|never|always|only|less|last|nothing|ignored|turned down|cancelled|instead|still)\b",
    r"\bhow (?:dare|can you|could you|come|many times|often (?:do|must|should) i)\b|\byou (?:owe|should have|could have|ought to have|had better)\b",
)
_NEGLECT = (
    r"\bwithout (?:a word|anyone|anybody|even|ever|being (?:asked|told|thanked)|asking me|telling me|explanation|notice|recognition|thanks)\b",
    r"\bwithout (?:any|so much as an?|an?|a single) (?:thanks?|explanation|reason|reply|answer|feedback|warning|recognition|help|support|word)\b",
    r"\bnothing (?:\w+ ){0,4}?(?:happen\w*|chang\w*|done|came|comes?|followed|moves?|moved|taken|improv\w*|been)\b",
    r"\bevery (?:single )?(?:time|year|talk|meeting)\b.{0,40}\b(?:something|put off|cancel\w*|nothing|no|excuse|postpon\w*|same|forg\w+|pushed|instead|again)\b",
    r"\b(?:yet again|once again|again and again|over and over|time and again|time after time|how much longer do|once more)\b",
    r"\bfor the (?:second|third|fourth|fifth|sixth|nth|tenth|umpteenth|hundredth) time\b|\basked (?:\w+ )?(?:twice|three|four|five|many|several|so many) ?(?:times)?\b",
    r"\bpassed over\b|\boverlooked\b|\bleft (?:me )?(?:out|behind|in the dark|hanging|waiting|to rot)\b|\bin the dark\b|\bdead end\b|\bgoing nowhere\b",
    r"\b(?:passed|skipped|pushed|put|shut|turned|cut) me (?:over|out|aside|off|away|down)\b|\b(?:pushed|brushed|put|swept) (?:aside|under)\b",
    r"\b(?:ignored|neglected|unappreciated|undervalued|overworked|exploited|mistreated|sidelined|taken for granted|fobbed off|strung along)\b",
    r"\b(?:short-changed|thankless|lip service|punished|cheated|betrayed|unseen|unheard|invisible|disrespected|patroni[sz]\w+|humiliat\w+|bullied)\b",
    r"\btaken (?:any )?(?:\w+ )?seriously\b|\b(?:been|being|am|was) treated\b|\btreat(?:ed|s|ing)? (?:me|us|people)\b|\btreated (?:like|as|badly|differently)\b",
    r"\b(?:no|zero|any|lack of|little) (?:thanks|respect|recognition|appreciation|gratitude|support from)\b|\b(?:turned down|refused|rejected|denied) (?:again|twice)\b",
    r"\b(?:still|been|keep|kept) (?:\w+ )?waiting (?:for|since|too|long|on|while)\b|\b(?:still|have had|had) no (?:reply|answer|feedback|word|plan|response|date)\b",
    r"\bonly (?:ever )?(?:hear|heard|talk|see|get|speak)\b.{0,40}\b(?:wrong|bad|problem|mistake|late|complain\w*)\b|\bnot (?:once|a single (?:time|word))\b",
    r"\b(?:don't|do not|never) (?:feel|get|felt|got) (?:any |much |enough |a |the )?(?:valued|heard|seen|support\w*|respect\w*|recognition|appreciated|chance|credit)\b",
)
_FEELINGS = (
    r"\b(?:fed up|sick (?:and tired|to death|of)|tired of|had enough|enough is enough|had it with|last straw|out of patience|my patience)\b",
    r"\bat the end of my (?:tether|rope|patience)\b|\blost (?:all )?(?:faith|trust|patience|hope)\b|\bwits' end\b|\bcan't (?:take|stand|bear|go on)\b",
    r"\b(?:can't|cannot|don't|do not|fail to) (?:understand|believe|accept|see|get) (?:why|how|that|this|it)\b.{0,80}"
    r"\b(?:not|over|never|binned|refused|rejected|less|more|again|nothing|without|turned|passed|no|he|she|they|others|ignored|got|gets?)\b",
    r"\b(?:disappoint\w+|frustrat\w+|annoy\w+|angry|anger|furious|fuming|insult\w*|offended|upset|resent\w*|appall\w+|outrag\w+|disgust\w+|bitter)\b",
    r"\b(?:hurtful|demoralis\w+|demotivat\w+|unhappy|dissatisf\w+|unwanted|second-class|suffers? from|suffering)\b",
)
_HARD_WORDS = (
    r"\bwaste(?:d|s)? (?:of|my|on)\b|\ba (?:bad )?joke\b|\bridiculous\w*|\bdisgrace\w*|\bscandal\w*|\bfarce\b|\bshambles\b|\bnonsense\b|\brubbish\b",
    r"\b(?:useless|pointless|hopeless|shameful|absurd|pathetic|lousy|terrible|awful|horrible|dreadful|chaos|excuses?|apology)\b(?! (?:me|my))",
    r"\b(?:poor|bad) (?:management|leadership|planning|treatment)\b|\bhave (?:that|this|it) out with\b",
    r"\bi (?:really |surely |clearly )?(?:deserve|expect|demand|insist)\b|\bdeserve[sd]? (?:an?|better|more|it|at least|the|this|some|answers)\b|\bdemand(?:ing)? (?:an?|to|that|answers)\b",
    r"\b(?:owe[sd]?|owing) (?:me|us)\b|\bshouldn't have (?:to|had to)\b|\bhav(?:e|ing) to (?:beg|chase|fight|shout|remind)\b|\bbeg(?:ging|ged)?\b",
    r"\b(?:about|high) time\b|\bfor once\b|\bat long last\b|\b(?:finally|at last) (?:take|listen|get|give|do|have|deal|pay|like a|want|be|talk)\b",
    r"\b(?:want|need|give me|expect|like|get) (?:an|some) (?:honest |proper )?(?:explanations?|answers)\b|\bexplain (?:yourself|to me why|why)\b",
    r"\bcomplain\w*|\bcomplaint\b|\bgrievance\w*|\bunion\b|\b(?:year|years|months) of (?:waiting|nothing|promises|silence|excuses|asking)\b",
    r"\b(?:two|three|several|many|all these|so many) (?:years|months) (?:now )?(?:without|and (?:still|no|not|nothing))\b|\bdumped on\b|\blumbered\b",
)

PATTERNS = _FAIRNESS + _BLAME + _NEGLECT + _FEELINGS + _HARD_WORDS
