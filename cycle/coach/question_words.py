"""The words by which a question is judged."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ASKING = _words("what what's which who who's whose whom when where where's why how how's")

# A question that begins with one of these can be answered by yes or no.
AUXILIARIES = _words(
    """
    am are is was were do does did have has had can could will would shall should may might must am aren't isn't wasn't
    weren't don't doesn't didn't haven't hasn't hadn't can't couldn't won't wouldn't shan't shouldn't ain't any
    """
)

# Words that hold nothing in a question about a career: everybody could ask them of anybody.
GENERIC = _words(
    """
    able abilities ability achieve achievement achievements actually advance advancement advice aim aims ambition ambitions
    amazing anyway area areas aspect aspects aspiration aspirations ask asking aspire attitude bad basis believe best better
    big bigger boss bring bringing broad business career careers carry case certain challenge challenges chance chances
    change changes choose chosen clear clever close colleague colleagues come comes comfortable coming company concern
    concerns considered contribute contribution cope count culture current currently cut day days deal dear decide decision
    deep demand department develop developing development difference different direction directions do does dream dreams
    earn effective efficient employee employer end enjoy enjoying environment especially ever everyday exactly excel excite
    excites expect expectation expectations expected experience experienced explain fair far feel feeling feelings feels
    field find fine fit fits focus folks forward found fulfil fulfilled fulfilment fulfilling full fun fulfill fulfillment
    future general generally gain goal goals good great greater group grow growing growth guess guy guys happen happened
    happens happier happy hard hear help helpful high higher hold holding holds hope hopes idea ideal ideally ideas image
    imagine impact important improve improved improvement improvements improving individual influence inspire inspires
    interest interested interesting interests involved issue issues it job jobs joy just keep keeps kind know knowing known
    lack large lead leader leaders leadership learn learned learning leave level levels life like liked likely limits line
    list live living long look looking lot lots lovely manage manager managers matter matters mean means mind money morale
    motivate motivated motivates motivation move moved moving name nature new nice obvious offer ok okay opinion
    opportunities opportunity option options organisation organization ought outlook overall paid part passion passionate
    passions path paths pay people perform performance performing person personal personally perspective perspectives
    picture place places plan planning plans play pleased point position positions positive possibilities possibility
    possible potential prefer problem problems productive profession professional professionally progress progressing
    promote promoted promotion proper prospects prosper proud purpose quality question questions rate ready real really
    reason recognised recommend regard related responsibilities responsibility rest result results right role roles route
    satisfaction satisfied satisfying say see seem seen sense serious set situation skill skills something sort speak
    special stage stand stands start stay stays step steps stick stop strength strengths strong stronger stuff style
    succeed success successful sufficient suggest suggestion suggestions suit suited support supported supportive sure
    tackle take talent talented talents talk task tasks team teams tell tend term terms think thinking thought thoughts thing
    thrive time times tips today together trait traits training treat treated true try trying turn type types typical
    understand understood usual usually valuable value valued values view views vision wait want wanted wants way ways
    weak weakness weaknesses weigh well win wish wishes wonder wondered wondering won word words work worked working works
    workplace world worried worry worse worst worth wrong year years yourself stuck hope back forth else enough place
    plate moment side taking everything altogether sum summary total whole entire various several all along fast further
    faster quick quickly slowly soon sooner later early ahead behind away around here there now then already yet still
    always never sometimes often anymore nowadays lately recently eventually thrill ambitious competent capable
    professional worker staff member members folk somebody anybody honest honestly simply basically truly frankly please
    thanks hello hi cutting holding moving standing shine shining stand-out standing out bored boring tired balance
    work-life wellbeing happiness fulfilled contented content confident confidence belong belonging difficult easy
    traid trade craft cup tea hate love loved loves dislike drive drives driven energy energise energises mood okay
    ultimate somewhere anywhere nowhere everywhere outside inside suppose supposed sound sounds make shape fare doing next senior junior material run runs free other others shop ward office kitchen school unit
    yard floor branch firm house depot hospital lab site practice
    """
)

# Agent nouns after "as a", "good", "better", "senior" only repeat what the person is.
_ADJECTIVE = r"(?:better|good|great|proper|real|really|very|more|senior|junior|strong|stronger|true|typical|successful|top|even|young)"
GENERIC_ROLE = rf"\b(?:as|like|be|become|becoming|makes?|being|of) (?:an?|the) (?:{_ADJECTIVE} )*[\w-]+|\b(?:{_ADJECTIVE} )+[\w-]+"

# So far that no detail makes it near.
FARTHEST = (
    r"\b(?:10|15|20|25|30|40|50|ten|fifteen|twenty|twenty-five|thirty|forty|fifty)(?: or [\w]+)? years\b|\bfar ahead\b|\blegacy\b"
    r"|\b(?:end|twilight|height|peak|summit) of (?:your|my|our|a|the) (?:[\w-]+ )?(?:career|working life|days|professional life)\b"
    r"|\bbecome of\b|\bwildest dreams\b|\bretirement\b|\b(?:when|once|before) (?:you|i|we) (?:finally )?retire\b|\bgeneration from now\b"
    r"|\bdecades?\b|\bfuture hold|\byears to come\b"
)
# So far that it takes something near to talk about.
FAR = (
    r"\b(?:in|within|over|after) (?:the (?:next|coming) )?(?:about |some |around |say |roughly )?"
    r"(?:(?:[3-9]|\d\d|three|four|five|six|seven|eight|nine|ten|fifteen|twelve|twenty|thirty|forty|fifty|a few|some|many|several)"
    r"(?: to [\w]+| or [\w]+)? years?(?:' time)?|a decade|decades|a quarter of a century)\b"
    r"|\b(?:[3-9]|\d\d|three|five|ten|fifteen|twenty|thirty)(?: or [\w]+)? years (?:from now|down the|ahead|on|hence|out|time)\b"
    r"|\b(?:[\w-]+-year|long-range|long-term|lifelong|ultimate|ultimately|long term|far-off|distant)\b"
    r"|\b(?:in|over) the (?:very |really )?(?:long|longer) (?:run|term|haul)\b|\bone day\b|\bsome ?day\b|\beventually\b|\bfar ahead\b"
    r"|\b(?:end|close|twilight|rest|height|peak|summit) of (?:your|my|our|a|the) (?:[\w-]+ )?(?:career|working life|career|days|professional life)"
    r"|\bwhen (?:you|i|we) (?:finally )?retire\b|\bretirement\b|\bend up\b|\blegacy\b|\b(?:the|your|my|our|a) (?:\w+ )?futures?\b|\bfuture (?:hold|look)"
    r"|\bbecome of\b|\bwildest dreams\b|\bdreams?\b(?! of)|\blook back (?:on|at) (?:your|my)|\bby the time you're\b|\bat the very top\b"
    r"|\bgeneration from now\b|\bin 20(?:3[2-9]|[4-9]\d)\b|\bby 20(?:3[2-9]|[4-9]\d)\b|\byears to come\b|\bwhere is .* (?:heading|headed|going)\b"
    r"|\b(?:destination|endgame|end game|end goal|final goal|master plan|grand plan|big dream)\b|\bdown the (?:road|line)\b"
)

LIFE = (
    r"\b(?:in|out of|from|with|of|about|to|is|for|your|my|whole|entire|the) (?:your |my |our |this |a |the )?(?:whole |entire |own )?"
    r"(?:life|lives)\b(?! (?:cycle|science|insurance|span|support|saving))|\b(?:human being|mankind|soul|destiny|fate)\b"
    r"|\b(?:kind|sort|type) of (?:a )?(?:person|human|man|woman|mother|father|parent)\b|\b(?:meaning|purpose)\b.{0,30}\b(?:life|exist|being|human|world|earth)"
    r"|\b(?:your|my|a|true|real) (?:\w+ )?(?:calling|vocation)\b|\b(?:as|become|being) (?:a|the) (?:\w+ )?(?:person|human)\b"
    r"|\bwho (?:are you|am i)(?: really| truly| deep down| as a person| at heart)?$|\bwhy (?:are (?:you|we)|am i) (?:here|alive|on (?:this )?earth)\b"
    r"|\b(?:makes?|made|keeps?) (?:you|me|us) (?:\w+ )?(?:happy|tick|get up|whole|fulfilled|who you are)\b|\bon your deathbed\b|\bborn (?:to|for)\b"
    r"|\bget(?:s)? (?:you|me) (?:out of bed|up in the morning)\b|\bhappiness\b|\bpurpose as\b|\bon this (?:earth|planet)\b"
    r"|\b(?:everything you have done|all you have done|at home|in private|private life|family life|your family|your marriage|your childhood)\b"
    r"|\bif money (?:were|was|did)|\bwon the lottery\b|\bthe person you\b|\bgrow old\b|\bbefore you die\b|\b(?:remembered|remember you) (?:for|by|as)\b"
)

# The answer is in the question.
LEADING = (
    r"^(?:so |but |and |well,? |surely,? |honestly,? )?(?:don't|doesn't|didn't|isn't|aren't|wasn't|weren't|wouldn't|won't|shouldn't"
    r"|couldn't|can't|haven't|hasn't|hadn't|ain't)\b"
    r"|\b(?:isn't|aren't|wasn't|weren't|don't|doesn't|didn't|won't|wouldn't|shouldn't|couldn't|can't|haven't|hasn't|hadn't|ain't|am|are|is"
    r"|was|were|do|does|did|will|would|should|could|can|have|has|had) (?:i|you|we|he|she|it|they|there) not$"
    r"|, (?:am|are|is|was|were|do|does|did|will|would|should|could|can|have|has|had) (?:i|you|we|he|she|it|they|there)$"
    r"|, (?:right|no|correct|eh|yes|innit|agreed|okay|ok|surely)$|\b(?:surely|obviously|clearly|of course|needless to say|naturally)\b"
    r"|\bsee too that\b|\byou (?:must|have to|would have to|'d have to|will|'ll) (?:agree|admit|see|know|realise|realize)\b"
    r"|\b(?:isn't it|is it not|wouldn't it be|don't you (?:think|agree|find|feel|believe)|do you not|would you not|are you not|can't you see"
    r"|isn't that|shouldn't we|shouldn't i|wouldn't you)\b|\b(?:why|how) (?:on earth|should anyone|would anyone|would anybody|in the world)\b"
    r"|\b(?:do|would|will|wouldn't) you (?:also |too )?(?:agree|admit|accept|concede) (?:that|with me|it)?"
    r"|\bhow (?:bad|wrong|unfair|terrible|awful|great|wonderful|lucky|happy|pleased|grateful|much better)\b|\bi (?:think|believe|find|feel) .{0,80}, (?:and )?(?:you|don't)"
    r"|\bit's (?:fair|safe|obvious|clear|plain|true) (?:to say )?(?:that )?.*, (?:isn't|right|no)"
)

# "Could you tell me which …" asks which; "Would you mind telling me how …" asks how.
POLITE = (
    r"^(?:so |and |please,? |sorry,? |hi,? |hello,? )?(?:(?:can|could|would|will|may|might) (?:i|you|we) (?:please |kindly |perhaps |possibly |just |be willing to "
    r"|be able to |be so kind as to |like to |care to |mind )?|do you mind |are you able to |i(?:'d| would) (?:like|love) (?:you )?to |i(?:'d| would) like |i wonder "
    r"|i(?:'m| am) (?:wondering|curious) )(?:ask(?:ing)?|tell(?:ing)?|name|naming|say(?:ing)?|share|sharing|explain(?:ing)?"
    r"|describ(?:e|ing)|show(?:ing)?|walk(?:ing)?|talk(?:ing)?|give|giving|think|list(?:ing)?|point(?:ing)?|pick(?:ing)?|choose"
    r"|rank(?:ing)?|rate|recall|remember|let|help|hear|know|recommend|suggest|run|take|if|whether|to)\b"
    r"|^(?:do|would) you (?:know|remember|recall|happen to know|have an idea|have a view on) (?=wh|how)|^(?:any|have you any) idea (?=wh|how)"
)

KNOWN = GENERIC | ASKING | AUXILIARIES
