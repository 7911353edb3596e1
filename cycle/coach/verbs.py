"""Where a goal's verb stands, and what sort of verb it is."""

import re
from dataclasses import dataclass
from enum import StrEnum

from cycle.coach.lists import phrases, verbs, words

# What people write before the goal itself.
_OPENER = re.compile(
    r"\b(?:want|like|love|plan|aim|hope|intend|wish|need|going|objective is|goal is|aim is|target is|ambition is|hoping"
    r"|planning|aiming|keen|determined|due|ought)(?: (?:us|me|myself|all of us|for us|for me))? to (?=\w)"
    r"|^(?:(?:this|next) year,? |in 20\d\d,? )?(?:i|we)(?:'ll| will| shall| should| must) (?=\w)"
)
_BEGINNING = re.compile(
    r"^(?:(?:to|finally|always|also|really|actively|proactively|continuously|constantly|regularly|simply|gradually|further"
    r"|successfully|then|myself|personally|try (?:to|and)|(?:start|begin|continue|keep|keep on)(?: to)?(?= \w+ing\b)"
    r"|(?:start|begin|continue|strive|be able|train) to(?: be| become)?|train as) )+"
)
# Verbs that can open a sentence before the goal: "plan to hire", "hope to pass".
_OPENING_VERBS = frozenset({"need", "like", "plan", "hope", "love"})
_FIRST = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_ING = re.compile(r"^([^\W\d_]+)ing$")
# "study for and pass the exam": the second verb says where the first ends.
_JOINED = re.compile(r"\w+(?: for| on| up| out)? and (?P<second>\w+)\b")
# "a checklist", "the new template": a thing made, where "my technique" is something one has.
_MADE = re.compile(r"^[\w'-]+ (?:and [\w-]+ )?(?:up |out )?(?:an?|one|the|our|two|three|new) ")
# How far behind the verb the thing made may stand, in words.
_OBJECT_REACH = 8
_PARTICLES = frozenset({"up", "out", "off", "down", "over", "in"})
_BEFORE_OBJECT = re.compile(r"[\w'%€£$-]+")
# The first two words decide whether a piece is an order; no two words are longer together.
_ORDER_REACH = 80


class Sort(StrEnum):
    """Sorts of goal heads, named like the word lists; `OTHER` is any other word."""

    EFFORT = "effort"
    DIRECTION = "direction"
    STATE = "state"
    WEAK = "weak"
    ENDING = "ending"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a goal: its sort, its span in the piece of text it was looked for in, and its verb's base form."""

    sort: Sort
    start: int
    end: int
    verb: str


def base_form(word: str) -> str:
    """“learning” → “learn”, “running” → “run”; any other word as it is."""
    found = _ING.match(word)
    if word in verbs() or not found:
        return word
    stem = found.group(1)
    return next((base for base in (stem, f"{stem}e", stem[:-1]) if base in verbs()), word)


def head_of(piece: str) -> Head:
    """The head of a folded piece of text."""
    start = _beginning(piece)
    rest = piece[start:]
    first = _FIRST.match(rest)
    word = first.group() if first else ""
    verb = base_form(word)
    longer = len(word) - len(verb)
    inflected = verb + rest[len(word) :]
    joined = _JOINED.match(inflected)
    if joined and verb in words("effort") and joined["second"] in words("ending"):
        return Head(Sort.ENDING, start, start + joined.end() + longer, joined["second"])
    phrase = phrases("effort").match(inflected)
    if phrase:
        return Head(Sort.EFFORT, start, start + phrase.end() + longer, verb)
    return Head(_sort(verb, inflected), start, start + max(len(word), 1), verb)


def starts_with_verb(piece: str) -> bool:
    """True where a folded piece is an order: “hire a second chef”, not “second chef”."""
    tokens = _BEFORE_OBJECT.findall(piece[_beginning(piece) :][:_ORDER_REACH])
    if not tokens:
        return False
    verb = base_form(tokens[0])
    following = tokens[1] if len(tokens) > 1 else ""
    has_object = following in words("determiners") or following[:1].isdigit()
    if verb in verbs():
        return verb not in words("noun_like") or has_object or following in _PARTICLES
    unknown = verb not in words("function", "prepositions") and not verb.endswith(("s", "ed", "ly", "ing"))
    return unknown and verb.isalpha() and following in words("determiners") - {"that", "all"}


def _beginning(piece: str) -> int:
    """Where the goal itself begins in a folded piece, after “I would like to” or “try to”."""
    first = _FIRST.match(piece)
    start = 0
    if first and base_form(first.group()) not in verbs() - _OPENING_VERBS:
        opener = _OPENER.search(piece)
        start = opener.end() if opener else 0
    found = _BEGINNING.match(piece[start:])
    return start + found.end() if found else start


def _sort(verb: str, text: str) -> Sort:
    following = text.split(maxsplit=_OBJECT_REACH)[1:_OBJECT_REACH]
    if verb in words("making_effort") and _MADE.match(text) and words("deliverables").intersection(following):
        return Sort.ENDING
    sorts = (Sort.EFFORT, Sort.DIRECTION, Sort.STATE, Sort.WEAK, Sort.ENDING)
    return next((sort for sort in sorts if verb in words(sort)), Sort.OTHER)
