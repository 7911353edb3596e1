"""Finds the head of a goal, usually its verb, and says what kind of verb it is."""

import re
from dataclasses import dataclass
from enum import StrEnum

from cycle.coach.wordlists import phrases, verbs, words

# What people write before the goal itself: "I would like to", "my goal is to".
_OPENER = re.compile(
    r"\b(?:want|like|love|plan|aim|hope|intend|wish|need|going|objective is|goal is|aim is|target is|ambition is|hoping"
    r"|planning|aiming|keen|determined|due|ought|glad|happy|eager|proud|pleased)"
    r"(?: (?:us|me|myself|all of us|for us|for me))? to (?=\w)"
    r"|^(?:my|the|our) [^;.]{1,80}? is to (?=\w)"
    r"|^(?:(?:this|next) year,? |in 20\d\d,? )?(?:i|we)(?:'ll| will| shall| should| must) (?=\w)"
)
_LEAD_IN = re.compile(
    r"^(?:(?:to|finally|always|also|really|actively|proactively|continuously|constantly|regularly|simply|gradually|further"
    r"|successfully|then|myself|personally|try (?:to|and)|(?:start|begin|continue|keep|keep on)(?: to)?(?= \w+ing\b)"
    r"|(?:start|begin|continue|strive|be able|train) to(?: be| become)?|train as) )+"
)
# A date, reason or circumstance before the goal: "By June, …", "As I would like to grow, I will …".
_LEADING_CLAUSE = re.compile(
    r"(?:by|from|in|before|until|after|over|during|within|next|this|at|for|throughout|because|as|since|although|while"
    r"|now that|when|once|twice|every|each|to be|given|with|together with|on|and to|and in) [^,;.]{1,120}, "
    r"(?=[a-z]+ )"
)
_LEADING_AIM = re.compile(r"(?:and )?(?:in order )?to [^,;.]{1,120}, (?=(?:i|we|i'd|i'll|we'll|i'm) )")
_LEADS_READ = 3
# Verbs that can come before the goal: "plan to hire", "hope to pass".
_OPENING_VERBS = frozenset({"need", "like", "plan", "hope", "love"})
_FIRST = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_ING = re.compile(r"^([^\W\d_]+)ing$")
# "study for and pass the exam": the second verb says how the first one ends.
_JOINED = re.compile(r"\w+(?: for| on| up| out)? and (?P<second>\w+)\b")
# "plan and hold the fair", "find, rent and furnish a flat": the last verb says how it ends.
_SHARED_OBJECT = re.compile(r"\w+(?:, \w+)? and (?P<last>\w+)(?= (?:the|an?|our|my|two|three) )")
_STAGED = frozenset({"hold", "stage"})
# "(develop) a checklist" makes a thing; "(develop) my technique" does not.
_MADE = re.compile(r"^[\w'-]+ (?:and [\w-]+ )?(?:up |out )?(?:an?|one|the|our|two|three|new) ")
_NAMED_THINGS = frozenset({"access", "centre", "day", "grant", "group", "leave", "partner", "room"})
_THEN = re.compile(r"(?:\band|\bthen|\buntil i(?: can)?|,|;|\bto) (?:then )?(?P<verb>\w+)\b")
# Words after the verb in which the thing that is made must appear.
_OBJECT_REACH = 8
PARTICLES = frozenset({"up", "out", "off", "down", "over", "in", "into"})
# Verbs that are adjectives before a common noun: "clear roles", "open doors".
_ADJECTIVES = frozenset({"clean", "clear", "open"})
# Verbs that are nouns as well, but hardly ever stand before another noun: "and pass CIMA P2".
_SELDOM_NOUNS = frozenset({"finish", "fix", "gain", "help", "launch", "lead", "pass", "start", "train", "win", "write"})
_BEFORE_OBJECT = re.compile(r"[\w'%€£$-]+")
# Characters, enough for two words: the first two decide whether a part starts with a verb.
_ORDER_REACH = 80


class VerbKind(StrEnum):
    """The kind of a goal's head, named after the word list it is in.

    EFFORT verbs have no end ("learn"), DIRECTION verbs want more or less of something ("increase"), STATE verbs say
    how someone is ("be"), ENDING verbs name an end ("pass"), WEAK verbs depend on their object ("give"). OTHER is any
    other word, a noun included.
    """

    EFFORT = "effort"
    DIRECTION = "direction"
    STATE = "state"
    WEAK = "weak"
    ENDING = "ending"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a goal: its kind, its span in the text that was searched, and its verb in the base form."""

    kind: VerbKind
    start: int
    end: int
    verb: str

    @property
    def is_intake(self) -> bool:
        """True if the verb takes in or spends ("read", "spend"), so that an amount of it shows no result."""
        return self.verb in words("intake") or not self.verb or self.verb not in words("effort")


def base_form(word: str) -> str:
    """The verb of an -ing form (“learning” → “learn”, “running” → “run”); any other word unchanged."""
    found = _ING.match(word)
    if word in verbs() or not found:
        return word
    stem = found.group(1)
    return next((base for base in (stem, f"{stem}e", stem[:-1]) if base in verbs()), word)


def find_head(piece: str) -> Head:
    """The head of a folded text, or of one part of it."""
    start = _goal_start(piece)
    rest = piece[start:]
    first = _FIRST.match(rest)
    word = first.group() if first else ""
    verb = base_form(word)
    longer = len(word) - len(verb)
    inflected = verb + rest[len(word) :]
    joined = _JOINED.match(inflected)
    if joined and verb in words("effort") and joined["second"] in words("ending"):
        return Head(VerbKind.ENDING, start, start + joined.end() + longer, joined["second"])
    several = _SHARED_OBJECT.match(inflected)
    ends = several is not None and several["last"] in words("ending") | _STAGED
    if several and ends and _kind_of(verb, inflected) in (VerbKind.WEAK, VerbKind.OTHER):
        return Head(VerbKind.ENDING, start, start + several.end() + longer, several["last"])
    phrase = phrases("effort").match(inflected)
    if phrase:
        return Head(VerbKind.EFFORT, start, start + phrase.end() + longer, verb)
    return Head(_kind_of(verb, inflected), start, start + max(len(word), 1), verb)


def leads_to_result(text: str, head: Head) -> bool:
    """True if a second verb after the head names an end: “read the standard and write a summary”."""
    return any(
        base_form(found["verb"]) in words("ending") - words("intake") for found in _THEN.finditer(text, head.end)
    )


def end_of_lead(text: str) -> int:
    """The index after the clauses before a goal: dates, reasons, circumstances."""
    start = 0
    for _ in range(_LEADS_READ):
        lead = _LEADING_CLAUSE.match(text, start) or _LEADING_AIM.match(text, start)
        if not lead:
            break
        start = lead.end()
    return start


def starts_with_verb(piece: str) -> bool:
    """True for “hire a second chef”, False for “second chef”. `piece` is folded."""
    tokens = _BEFORE_OBJECT.findall(piece[_goal_start(piece) :][:_ORDER_REACH])
    if not tokens:
        return False
    verb = base_form(tokens[0])
    following = tokens[1] if len(tokens) > 1 else ""
    has_object = following in words("determiners") or following[:1].isdigit()
    if verb in verbs():
        # Before some words, a verb that is a noun as well shows itself as a noun: "lead times", "pass rate".
        ordered = verb in _SELDOM_NOUNS and following and following not in words("after_nouns", "prepositions")
        return verb not in words("noun_like") or has_object or following in PARTICLES or bool(ordered)
    return _is_unknown_order(verb, [following])


def _is_unknown_order(verb: str, following: list[str]) -> bool:
    """True for a word in none of the lists before an article: “insulate the loft”."""
    known = words("function", "prepositions", "deliverables", "roles", "qualities", "praise", "comparatives")
    if (
        not following
        or verb in known
        or verb in verbs()
        or not verb.isalpha()
        or verb.endswith(("s", "ed", "ly", "ing"))
    ):
        return False
    following = following[1:] if following[0] in PARTICLES else following
    return bool(following) and following[0] in words("determiners") - {"that", "all"}


def _goal_start(piece: str) -> int:
    """The index at which the goal itself begins, after “I would like to” or “try to”."""
    start = end_of_lead(piece)
    return start + _after_opener(piece[start:])


def _after_opener(piece: str) -> int:
    first = _FIRST.match(piece)
    start = 0
    if first and base_form(first.group()) not in verbs() - _OPENING_VERBS:
        opener = _OPENER.search(piece)
        start = opener.end() if opener else 0
    found = _LEAD_IN.match(piece[start:])
    return start + found.end() if found else start


def _kind_of(verb: str, text: str) -> VerbKind:
    following = text.split(maxsplit=_OBJECT_REACH)[1:_OBJECT_REACH]
    if verb in words("making_effort") and _MADE.match(text) and words("deliverables").intersection(following):
        return VerbKind.ENDING
    if verb in words("noun_like") and _names_a_thing(following):
        return VerbKind.OTHER
    if verb in _ADJECTIVES and following and following[0] in words("generic", "qualities"):
        return VerbKind.OTHER
    if _has_an_end(verb, following):
        return VerbKind.ENDING
    kinds = (VerbKind.EFFORT, VerbKind.DIRECTION, VerbKind.STATE, VerbKind.WEAK, VerbKind.ENDING)
    return next((kind for kind in kinds if verb in words(kind)), VerbKind.OTHER)


def _has_an_end(verb: str, following: list[str]) -> bool:
    """True for “set up (a stall)” and “start a choir”, not for “set standards”; and for verbs in none of the lists."""
    if verb == "set" and following[:1] == ["up"]:
        return True
    if verb == "start" and not words("determiners").union({"up"}).isdisjoint(following[:1]):
        return True
    return _is_unknown_order(verb, following)


def _names_a_thing(following: list[str]) -> bool:
    """True for “(study) leave for …” and “(network) inventory complete”, but not for “(study) contract law”."""
    if not following or following[0] not in words("deliverables", "roles") | _NAMED_THINGS:
        return False
    return len(following) == 1 or following[1] in words("prepositions") | {"complete", "live", "ready", "diploma"}
