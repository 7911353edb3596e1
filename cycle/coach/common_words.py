"""Tells the words that any talk about a career uses from those that name something of its own."""

import re

from cycle.coach.verbs import base_form
from cycle.coach.wordlists import words

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W_]+)*|\w*\d\w*")
# Characters. Shorter words in "ly" (fly, ally, rely) are no adverbs.
_ADVERB_LENGTH = 6


def own_words(text: str) -> list[str]:
    """The words in a folded text that say something specific, in order."""
    return [word for word in _WORD.findall(text) if not is_common(word)]


def is_common(word: str) -> bool:
    """True for a word that says nothing specific: one of any question, praise, a quality or an adverb."""
    if word in words("skill_like"):
        return False
    common = words("generic", "function", "asking", "praise", "qualities", "comparatives")
    if word in common or base_form(word) in common:
        return True
    if any(word.removesuffix(ending) in words("generic") for ending in ("s", "ed", "d")):
        return True
    return len(word) >= _ADVERB_LENGTH and word.endswith("ly") and word not in words("ly_things")
