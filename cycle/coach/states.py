"""Finds a result that is told as a state: “the old line switched off”, “car park resurfaced”."""

import re

from cycle.coach.verbs import starts_with_verb
from cycle.coach.wordlists import verbs, words

# "(car) park resurfaced", at the end or before the next part of the sentence.
_FINISHED = re.compile(
    r"(?P<thing>[^\W_][\w'%-]*) (?:(?:is|are|all|both|fully|safely|newly|finally|now) ){0,2}"
    r"(?P<done>[^\W\d_]+(?:-[^\W\d_]+)*)"
    r"(?=$|[,;:]| (?:and|or|off|out|up|down|over|on|in|at|by|before|until|for|from|to|with|across|through|after|as)\b)"
)
_ED = re.compile(r"^(?P<stem>[^\W\d_][\w-]+)ed$")


def is_finished_state(piece: str) -> bool:
    """True for a folded text without a verb of its own that ends in something done to a thing."""
    return not starts_with_verb(piece) and any(
        _is_done(found["done"]) and _is_thing(found["thing"]) for found in _FINISHED.finditer(piece)
    )


def _is_done(word: str) -> bool:
    """True for “resurfaced” and “built”, but not for a mood (“satisfied”) or a direction (“improved”)."""
    if word in words("irregular_done"):
        return True
    found = _ED.match(word)
    if not found or word in words("moods", "praise"):
        return False
    stem = found["stem"]
    bases = {stem, f"{stem}e", stem[:-1], f"{stem[:-1]}y"}
    if not bases.isdisjoint(words("ending")):
        return True
    common = words("generic", "qualities", "comparatives", "function") - {"moved"}
    return word not in common and bases.isdisjoint(words("effort", "direction", "state"))


def _is_thing(word: str) -> bool:
    if word in words("function", "determiners", "prepositions", "qualities", "comparatives"):
        return False
    return word not in verbs() or word in words("noun_like", "deliverables")
