"""Whether a goal is really two: parts joined by "and", "plus" or a semicolon that could be reached apart from each other."""

import re

from cycle.coach.goal_words import COMPARATIVES, DELIVERABLES
from cycle.coach.results import date_ends, evidence
from cycle.coach.verbs import Sort, head_of, starts_with_verb

_STRONG = (
    r"; ?|\n ?|\. |,? ?(?:and )?(?:plus|as well as|besides(?: that)?|in addition(?: to (?:that|this))?|additionally"
    r"|on top of (?:that|this|it)|also|apart from that|furthermore|moreover|secondly|at the same time),? "
)
_JOINT = re.compile(rf"(?P<strong>{_STRONG})|(?P<weak>,? (?:and(?: then| finally| i(?: want to|'ll| will))?|&|\+) |(?P<comma>, ))")
# The second part goes on about the first.
_BACK = re.compile(
    r"\b(?:it|them|their|its|this|these|those|him|result|results|findings|outcome|outcomes|lessons|conclusions|summary"
    r"|so|both|comparison|the same|accordingly|afterwards|there)\b"
)
# Verbs that bring the first part to somebody: "research prices and give the team a summary".
_FOLLOW_UP = frozenset(
    "agree apply document draft give hand have keep log note pass present publish put record report send share show sign "
    "store submit tell test train use write teach explain get implement introduce make produce propose".split()
)
# Inside such a clause an "and" joins what the clause says, not two goals.
_CLAUSE = re.compile(r"\b(?:so|so that|who|which|where|when|enough to|in order to|that|until|if|whether|how|what)\b")
_ALIKE = (Sort.EFFORT, Sort.STATE, Sort.DIRECTION, Sort.WEAK)
# A goal in three parts, each an order, is three goals whatever else it says.
_MANY = 3


def second_goal(text: str) -> tuple[int, int] | None:
    """The span of the second goal in a folded text, None where there is one goal."""
    ends = date_ends(text)
    begun = 0
    orders = 1
    for joint in _JOINT.finditer(text):
        left, right = text[begun : joint.start()], text[joint.end() :]
        if not left.strip() or not right.strip():
            continue
        dated = any(joint.start() - 1 <= end <= joint.start() for end in ends)
        if joint["strong"] and _apart(left, right):
            return joint.end(), len(text)
        if joint["weak"]:
            is_order = starts_with_verb(right) and len(left.split()) > 1
            orders += is_order
            if orders >= _MANY and not _BACK.search(right):
                return joint.end(), len(text)
            if not joint["comma"] and _joined(left, right, dated=dated, is_order=is_order):
                return joint.end(), len(text)
    return None


def _apart(left: str, right: str) -> bool:
    """Two goals on the sides of a strong joint."""
    if _BACK.search(right) or len(left.split()) < 2:  # noqa: PLR2004 - one word is no goal
        return False
    found = evidence(right)
    return starts_with_verb(right) or found.measured or found.done


def _joined(left: str, right: str, *, dated: bool, is_order: bool) -> bool:
    """Two goals on the sides of a plain "and"."""
    if _BACK.search(right):
        return False
    mine = evidence(left)
    if not is_order:
        theirs = evidence(right)
        named = any(word in DELIVERABLES for word in right.split())
        if left.split()[0] in COMPARATIVES and right.split()[0] in COMPARATIVES:
            return True
        return dated and (theirs.measured or theirs.done or named)
    if dated:
        return True
    if _CLAUSE.search(left):
        return False
    first, second = head_of(left), head_of(right)
    if first.sort in _ALIKE and second.sort in _ALIKE:
        return True
    if second.verb in _FOLLOW_UP:
        return False
    return first.sort is not Sort.EFFORT or mine.shows
