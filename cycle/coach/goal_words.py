"""The words by which a goal is judged. Verbs stand in their base form; phrases are regular expressions."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs that name effort without an end: one can do them for ever.
EFFORT = _words(
    """
    absorb acquaint adapt advance advise aid aim analyse analyze appreciate ask aspire assess assist attempt broaden
    brush chase collaborate concentrate connect consider consolidate contemplate continue contribute cooperate cultivate
    deepen delve develop devote discover dig dive educate embrace empower encourage endeavour endeavor engage enhance
    enlarge enrich evaluate evolve examine exercise expand experiment explore expose facilitate familiarise familiarize
    fiddle focus follow foster further gather grasp grow guide help hone immerse improve inspire interact invest
    investigate learn lern liaise listen look maintain master mentor mingle monitor motivate network nurture observe
    optimise optimize participate perfect play polish ponder practice practise progress promote pursue read reconsider
    refine reflect refresh research rethink review revise search sharpen soak socialise socialize specialise specialize
    spend stay strengthen strive study support think tinker train try tweak understand upskill watch widen wonder work
    """
)

# Effort verbs that end well when they make a thing: "develop a checklist", "review the contract template".
MAKING_EFFORT = _words("develop review evaluate assess revise refresh analyse analyze gather follow master facilitate")

# Verbs of direction: without a measure nobody can tell whether the end is reached.
DIRECTION = _words(
    """
    accelerate boost cut decrease elevate eliminate grow heighten improve increase intensify lessen lift limit lower
    maximise maximize minimise minimize raise reduce shorten simplify speed stabilise stabilize streamline
    tighten
    """
)

# Verbs of being and having.
STATE = _words("be become feel seem appear stay remain act behave know enjoy love like trust believe")

# Verbs that end: once done, somebody else can see it.
ENDING = _words(
    """
    accept accomplish achieve acquire adopt agree analyse apply appoint arrange assemble attain attend audit automate
    award bill book brief bring build buy calibrate catalogue certify chair clear close collect commission compile complete
    compose conduct configure consolidate convert convince cover create decommission define deliver demonstrate deploy
    deputise design digitise document double draft draw earn eliminate enrol enroll enter equip establish exceed execute
    extend fill finalise finalize finish fit fix form fund gain generate graduate halve hand handle hire hit hold host
    implement inspect install integrate interview introduce inventory invite issue join label land launch lead list log
    make map measure meet merge migrate modernise move negotiate obtain observe onboard open order organise organize
    overhaul own pass pay photograph pick pilot plan port post prepare present print procure produce programme prove
    provide publish purchase qualify reach rebuild recertify recruit redesign redo refactor refurbish register relaunch
    release relocate remove renegotiate renew renovate reopen repaint repair replace report represent requalify resit
    restock restore restructure retake retire retrain review rewrite roll run schedule score secure sell send separate
    serve set settle setup shadow ship show sign solve speak spec sort standardise start step store submit succeed swap
    switch tag take teach test tidy trace train transfer translate treble trial triple turn unify update upgrade validate
    verify visit walk weld win wire write
    """
)

# Weak ending verbs: what they lead to depends on the object ("give a talk", "give good care").
WEAK = _words(
    """
    act address bring build carry communicate cope create deal deliver do drive earn exceed establish find gain generate
    get give go handle have hold keep lead leave live look make manage meet move offer own perform plan play provide put
    reach represent run satisfy seek serve set share show solve speak start take talk tackle treat turn use welcome
    """
)

# Further verbs, so that "… and VERB …" is seen as a second thing to do.
OTHER_VERBS = _words(
    """
    add adjust answer archive back balance call capture carry catch challenge change charge check clean coach come
    communicate compare cook coordinate copy count deal decide delegate do drop ease edit empty enable end ensure estimate
    face file find free gather get give go help identify include influence inform involve keep kick know leave let
    listen locate look manage mark mend mind model name note notify offer operate outline pack park place point process
    propose protect pull push put rate react receive recognise record recycle refer relate rely repeat reply request
    resolve respond rest return reuse rewire save scan see seek select separate share slow split stop store suggest
    supervise supply survey talk target tell tie track trade treat turn understand use visit wash wear welcome
    """
)

VERBS = EFFORT | DIRECTION | STATE | ENDING | WEAK | OTHER_VERBS

# Of the verbs, those that are as often nouns: taken for verbs after "and" only where an object follows.
NOUN_LIKE = _words(
    """
    act aid aim answer appeal approach audit award balance bill book brief call cause challenge change charge check claim
    close coach cook copy count cover cut design document double draft drive drop end engineer exercise experiment face
    field file fill finish fit fix focus form fund gain guide hand handle help hit hold host influence inventory issue
    label land launch lead leave lift limit limits list live log look love lower map mark master measure meet mentor mind
    model move name need network note offer open order own pack park pass pay pick pilot place plan play point polish port
    post practice present print process produce programme progress purchase push rate reach record refresh register
    release repair repeat reply report request research rest retail return review roll run save scan schedule score
    search set shadow share ship show sign slow sort spec split stage start step stock stop store study supply support
    survey swap switch tag talk target test track trade train transfer treat trial trust try turn update upgrade use visit
    walk wash watch weld win wire wonder work
    """
)

# Nouns of things somebody hands in, holds in hand or puts in place.
DELIVERABLES = _words(
    """
    accreditation acquisition adr agenda agreement analysis app application apprenticeship approval archive article assessment
    audit award backlog badge banner barometer binder blog blueprint board bonus book booklet brief briefing brochure budget
    bulletin bursary business-case calculator calendar campaign card case catalogue cert certificate certificates
    certification chart chartership charter checklist class clause clinic code collection comparison component conference
    contract course courses curriculum dashboard database deck degree demo diary diploma directory dissertation doctorate
    document documentation draft drawing drawings drill drop-in endorsement enrolment essay event exam examination exams
    exercise exhibition exhibit faq fellowship file finding findings flowchart flyer folder forecast form forms framework
    functions gallery glossary grant guide guideline guidelines handbook handout handover homepage implementation index
    induction inspection instruction instructions interview inventory invoice job-description journal kit label layout
    leaflet ledger lessons library licence licences license list lists log logbook macro macros mailing manual manuals map
    masterclass master's matrix mba mou medal membership memo menu migration minutes model module modules newsletter note
    notebook notes nvq offering page pages paper passport patent phd pilot pipeline placement plan plans platform playbook podcast
    policy policies portal portfolio post poster presentation price-list procedure procedures process programme proposal
    prototype protocol protocols publication qualification questionnaire quiz quote recipe recipes record register
    registration release repository report reports review rfc risk-assessment roadmap rosette rota routine roster sandbox
    schedule scheme scorecard script scripts secondment seminar series service-level sheet showcase shop signage site slides
    software solution sop spec specification spreadsheet standard statement storyboard strategy style-guide summary survey
    syllabus system systems table template templates tender test tests thesis ticket tickets tool toolkit tools tracker
    training translation trial tutorial tv-spot unit update version video videos webinar website whitepaper wiki
    work-instruction workbook workflow workshop workshops worksheet
    """
)

# Roles one is either given or not.
ROLES = _words(
    """
    accountant administrator advisor adviser analyst apprentice architect assessor assistant associate auditor barrister
    buyer captain chair champion chef clerk consultant controller coordinator counsel deputy designer developer director
    dispatcher driver editor electrician engineer examiner expert fellow first-aider foreman governor head inspector
    instructor invigilator judge keeper lead leader lecturer maintainer manager marshal member mentor minder nurse officer
    operator owner partner pharmacist planner practitioner prescriber principal programmer receptionist rep representative
    researcher scientist scrum-master secretary sergeant sister solicitor specialist supervisor surveyor teacher technician
    trainer trustee tutor underwriter verifier warden welder
    """
)

# Qualities and states: nothing to count, nothing to hold.
QUALITIES = _words(
    """
    agility alignment ambition approach appreciation atmosphere attention attitude authority autonomy awareness balance
    behaviour being brand calm care clarity climate collaboration commitment communication competence confidence
    confrontation contribution control cooperation courage creativity credibility culture curiosity customer-focus
    dedication delight detail difference dignity diligence diplomacy discipline drive efficiency empathy employer
    empowerment energy engagement enthusiasm environment excellence experience expertise exposure fairness feeling
    flexibility focus friendliness fun growth habits happiness harmony hygiene image impact impression inclusion
    independence influence initiative innovation insight inspiration integrity interest knowledge language leadership
    listening look love loyalty manner mark mindset mojo moments mood morale motivation notch openness opinion optimism
    order organisation ownership passion patience performance perspective positivity potential presence pressure prestige
    pride priorities proactivity productivity professionalism profile progress quality rapport recognition relations
    relationship relationships reliability reputation resilience respect responsibility responsibilities results rigour
    role-model safety satisfaction security self-confidence service skills smile speed spirit standing standards stress
    strengths style success support sustainability teamwork techniques thinking tone transparency trust understanding
    value visibility vision vibe voice warmth wellbeing well-being workload work-life
    """
)

# Adjectives and adverbs of judgement.
PRAISE = _words(
    """
    accessible accurate active adaptable aligned amazing ambitious appreciated approachable articulate assertive attentive
    authentic available aware balanced best brave brilliant calm careful clean clear close comfortable committed competent
    composed confident conscientious considerate consistent consistently constructive cool courageous creative credible
    curious customer-centric customer-focused daily decent decisive dedicated deep dependable detail-oriented diligent diplomatic
    disciplined diverse dynamic eager easy easygoing effective effectively efficient efficiently empathetic encouraging
    energetic engaged enthusiastic excellent exceptional experienced fair fantastic fast fearless first-class first-rate
    flawless flexible fluent focused forward-thinking friendly fruitful full fun gentle genuine good go-to great happy
    hard-working healthy helpful high high-quality honest humble ideal impactful important impressive inclusive independent
    independently indispensable influential informed innovative inspired inspiring integral invaluable involved kind
    knowledgeable lively mature meaningful memorable mindful modern motivated motivating multi-skilled natural neat
    nice open open-minded optimistic organised organized outgoing outstanding patient perfect persistent persuasive pleasant
    polished polite popular positive powerful precise proactive proactively productive professional professionally
    proficient prompt punctual purposeful quality quick quiet real realistic recognised reflective relaxed relevant reliable
    relied remarkable resilient resourceful respected respectful responsive robust rounded seamless self-assured self-aware
    self-confident self-sufficient sensible sensitive serious sharp skilled smart smooth smoothly sociable solid sound
    special stable stand-out standout state-of-the-art steady strategic strategically stress-free strong successful super
    superb supportive sustainable sympathetic tactful team-oriented thorough thoughtful tidy together top top-class
    top-notch transparent trusted understanding unflappable unique up-to-date upbeat useful valuable valued varied versatile
    vibrant visible visionary vital vocal warm welcoming well well-organised well-respected well-rounded wise wonderful
    world-class worthy
    """
)

_COMPARED = """
    angri bigg bold bold bett bold brav bright broad busi calm cheap clean clear cleaner clos cold cool craz cut deep earli eas
    easi fair fast few fierc fin firm fit fresh friendli full gentl great happi hard healthi heavi high hot kind larg lat
    lean less light livel long loos loud low mild neat new nic nois old plain polit proud pur quick quiet rar rich
    saf sharp short simpl slow small smart smooth soft sooner stead steadi strict strong tidi tight tough tru warm weak
    wealthi wid wis young
""".split()

# "Better", "faster", "less": a direction, with no place where it ends.
COMPARATIVES = frozenset(f"{stem}er" for stem in _COMPARED) | _words(
    """
    better best worse more most less fewer further improved increased enhanced reduced strengthened optimised maximum minimal
    additional extra too
    """
)

# Phrases of effort at the head of a goal, first word included.
EFFORT_PHRASES = (
    r"(?:be|become|get|grow|feel|do) (?:a (?:bit|little|lot) )?(?:much |even |far )?better (?:at|with|in|on)",
    r"(?:be|become|get|stay) (?:more |a bit more )?(?:involved|familiar|acquainted|informed|up to date|up to speed|in the loop)",
    r"(?:get|be|become) (?:to know|to grips|into|used to|a grip|a handle|(?:my|our) head (?:a?round|into))",
    r"(?:get|gain|build|acquire|develop|have|pick up|collect|obtain|achieve) (?:up )?(?:[\w-]+ ){0,3}"
    r"(?:knowledge|understanding|experience|insights?|expertise|exposure|skills?|overview|grasp|idea|practice|awareness"
    r"|know-how|feel|picture|clarity)\b",
    r"(?:get|be|become) (?:more |further |deeper )?in ?to\b",
    r"have a (?:[\w-]+ )?(?:go|look|think|play|dabble|stab)",
    r"(?:take|show) (?:a |an |some )?(?:more |closer |good |active |greater |real |deeper )*(?:interest|look|part|role)\b",
    r"keep (?:on top|up|an eye|a close eye|abreast|track|pace|in touch|on|my eye|learning|current|pushing|trying|at it)\b",
    r"stay (?:on top|up to date|up-to-date|abreast|current|informed|in touch|close|curious|tuned|ahead)",
    r"know (?:more|better|a lot|a bit|about)",
    r"(?:put|invest|spend|devote|dedicate|give) (?:[\w-]+ ){0,3}(?:time|energy|effort|attention|hours|work|thought|focus)\b",
    r"make (?:[\w-]+ )?(?:progress|headway|an effort|time|inroads|sense)",
    r"do (?:more |some |a bit |a bit of |a little )*(?:research|reading|networking|learning|work|[\w-]+ing)\b",
    r"(?:read|brush|catch|wise|bone|level|skill|swot) up\b",
    r"(?:find|figure|try|test|check|sort|work) out\b",
    r"(?:be|get) (?:to be )?(?:exposed|hands-on|curious|interested|there for)\b",
    r"(?:build|grow|expand|extend|use|widen) (?:up |out )?(?:my|our) (?:[\w-]+ ){0,2}(?:network|knowledge|repertoire"
    r"|skill ?set|toolbox|horizons?|contacts?|comfort zone)\b",
    r"(?:raise|create|spread) (?:[\w-]+ )?awareness",
    r"(?:pay|give) (?:[\w-]+ )?(?:attention|thought)",
    r"(?:share|exchange|swap|pass on) (?:[\w-]+ ){0,3}(?:knowledge|experience|experiences|ideas|thoughts|expertise)",
    r"(?:play|mess|tinker|fiddle|shop|look|ask|read) around\b",
    r"(?:reach out|open up|step out|lean in|stretch myself|push myself|challenge myself|educate myself|teach myself"
    r"|train myself|apply myself|throw myself|immerse myself|expose myself)\b",
    r"(?:care|worry|talk|hear|wonder|chat) (?:more )?(?:about|with|to)\b",
    r"(?:touch base|sit in|join in|chip in|pitch in|help out|muck in|get going|make a start|move forward|move on)\b",
    r"be (?:more )?(?:curious|interested|exposed|active) (?:about|in|on|to)",
)

# Figures of speech that say how good it will be, not what will be there.
FIGURES = (
    r"\bnext level\b|\bseat at the table\b|\bpair of hands\b|\bat the (?:heart|centre|center|forefront|top) of\b|\bstep up\b"
    r"|\b(?:make|making) a (?:real |big )?difference\b|\bstands? out\b|\braise the bar\b|\bextra mile\b|\boutside the box\b"
    r"|\bhit the ground\b|\b(?:up|raise|lift|step up) (?:my|our) game\b|\babove and beyond\b|\b(?:tight|happy|clean) ship\b"
    r"|\bon the map\b|\bsecond nature\b|\b(?:my|our|a) mark\b|\b(?:the|a) (?:face|voice|bigger picture|big picture)\b"
    r"|\bahead of the (?:game|curve|pack)\b|\bat my best\b|\bmy best\b|\bto the full\b|\bfull potential\b|\bbest version\b"
    r"|\bbig picture\b|\bon the ball\b|\ball-rounder\b|\bteam player\b|\bgame changer\b|\brole model\b|\brock star\b"
    r"|\b(?:new|great|greater|dizzy) heights\b|\bcomfort zone\b|\blook(?:s|ed)? up to\b|\bthey deserve\b|\bwow\b"
    r"|\btop of (?:my|our|the) (?:game|class|league)\b|\bbread and butter\b|\bgo-to person\b|\bsafe hands\b|\bone team\b"
    r"|\bcooler head\b|\b(?:turn|turned) heads\b|\bbest (?:place|team|ward|shop|site|in)\b"
)

KNOWN = VERBS | DELIVERABLES | ROLES | QUALITIES | PRAISE | COMPARATIVES
