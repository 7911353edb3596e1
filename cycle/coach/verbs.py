"""Where a goal's verb stands, and what sort of verb it is."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from cycle.coach.english import DETERMINERS, FUNCTION, PREPOSITIONS
from cycle.coach.goal_words import (
    DELIVERABLES,
    DIRECTION,
    EFFORT,
    EFFORT_PHRASES,
    ENDING,
    MAKING_EFFORT,
    NOUN_LIKE,
    STATE,
    VERBS,
    WEAK,
)

# What people write before the goal itself.
_OPENER = re.compile(
    r"\b(?:want|like|love|plan|aim|hope|intend|wish|need|going|objective is|goal is|aim is|target is|ambition is|hoping"
    r"|planning|aiming|keen|determined|due|ought)(?: (?:us|me|myself|all of us|for us|for me))? to (?=\w)"
    r"|^(?:(?:this|next) year,? |in 20\d\d,? )?(?:i|we)(?:'ll| will| shall| should| must) (?=\w)"
)
_BEGINNING = re.compile(
    r"^(?:(?:to|finally|always|also|really|actively|proactively|continuously|constantly|regularly|simply|gradually|further"
    r"|successfully|then|myself|personally|try (?:to|and)|(?:start|begin|continue|keep|keep on)(?: to)?(?= \w+ing\b)"
    r"|(?:start|begin|continue|strive|be able) to) )+"
)
_EFFORT_PHRASE = re.compile("|".join(f"(?:{phrase})" for phrase in EFFORT_PHRASES))
_ING = re.compile(r"^([^\W\d_]+?)ing$")
# "a checklist", "the new template": a thing made, where "my technique" is something one has.
_MADE = re.compile(r"^[\w'-]+ (?:and [\w-]+ )?(?:up |out )?(?:an?|one|the|our|two|three|new) ")
_PARTICLES = frozenset("up out off down over in".split())


class Sort(Enum):
    """Sorts of goal heads."""

    EFFORT = auto()
    DIRECTION = auto()
    STATE = auto()
    WEAK = auto()
    ENDING = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a goal: its sort and its span in the piece of text it was looked for in."""

    sort: Sort
    start: int
    end: int
    verb: str


def base_form(word: str) -> str:
    """“learning” → “learn”, “running” → “run”; any other word as it is."""
    found = _ING.match(word)
    if word in VERBS or not found:
        return word
    stem = found.group(1)
    for base in (stem, f"{stem}e", stem[:-1]):
        if base in VERBS:
            return base
    return word


def beginning(piece: str) -> int:
    """Where the goal itself begins in a folded piece, after “I would like to” or “try to”."""
    words = piece.split(maxsplit=1)
    start = 0
    if words and base_form(words[0]) not in VERBS - {"need", "like", "plan", "hope", "love"}:
        opener = _OPENER.search(piece)
        start = opener.end() if opener else 0
    found = _BEGINNING.match(piece[start:])
    return start + found.end() if found else start


def head_of(piece: str) -> Head:
    """The head of a folded piece of text."""
    start = beginning(piece)
    rest = piece[start:]
    first = re.match(r"[^\W_]+(?:['-][^\W_]+)*", rest)
    word = first.group() if first else ""
    verb = base_form(word)
    inflected = verb + rest[len(word) :]
    phrase = _EFFORT_PHRASE.match(inflected)
    if phrase:
        return Head(Sort.EFFORT, start, start + phrase.end() - len(verb) + len(word), verb)
    return Head(_sort(verb, inflected), start, start + max(len(word), 1), verb)


def _sort(verb: str, text: str) -> Sort:
    if verb in MAKING_EFFORT and _MADE.match(text) and any(word in DELIVERABLES for word in text.split()[1:8]):
        return Sort.ENDING
    for words, sort in (
        (EFFORT, Sort.EFFORT),
        (DIRECTION, Sort.DIRECTION),
        (STATE, Sort.STATE),
        (WEAK, Sort.WEAK),
        (ENDING, Sort.ENDING),
    ):
        if verb in words:
            return sort
    return Sort.OTHER


def starts_with_verb(piece: str) -> bool:
    """True where a folded piece begins with an order: “hire a second chef”, not “second chef”."""
    tokens = re.findall(r"[\w'%€£$-]+", piece[beginning(piece) :][:80])
    if not tokens:
        return False
    verb = base_form(tokens[0])
    following = tokens[1] if len(tokens) > 1 else ""
    has_object = following in DETERMINERS or following[:1].isdigit()
    if verb in VERBS:
        return verb not in NOUN_LIKE or has_object or following in _PARTICLES
    unknown = verb not in FUNCTION and verb not in PREPOSITIONS and not verb.endswith(("s", "ed", "ly", "ing"))
    return unknown and verb.isalpha() and following in DETERMINERS - {"that", "all"}
