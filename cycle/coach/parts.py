"""Whether a goal is really two: joined by "and", "plus" or a semicolon, though they could be reached apart."""

import re

from cycle.coach.lists import words
from cycle.coach.results import dates, evidence
from cycle.coach.verbs import Sort, head_of, starts_with_verb

_STRONG = (
    r"; ?|\n ?|\. |,? ?(?:and )?(?:plus|as well as|besides(?: that)?|in addition(?: to (?:that|this))?|additionally"
    r"|on top of (?:that|this|it)|also|apart from that|furthermore|moreover|secondly|at the same time),? "
)
_JOINT = re.compile(
    rf"(?P<strong>{_STRONG})|(?P<weak>,? (?:and(?: then| finally| i(?: want to|'ll| will))?|&|\+) |(?P<comma>, ))"
)
# The second part goes on about the first.
_BACK = re.compile(
    r"\b(?:it|them|their|its|this|these|those|him|result|results|findings|outcome|outcomes|lessons|conclusions|summary"
    r"|so|both|comparison|the same|accordingly|afterwards|there"
    r"|the (?:third|second|last|next|other|rest))\b"
)
# Verbs that bring the first part to somebody: "research prices and give the team a summary".
_FOLLOW_UP = frozenset(
    {"agree", "apply", "document", "draft", "explain", "get", "give", "hand", "have", "implement", "introduce", "keep"}
    | {
        "log",
        "make",
        "note",
        "pass",
        "present",
        "produce",
        "propose",
        "publish",
        "put",
        "record",
        "report",
        "send",
        "share",
    }
    | {"show", "sign", "store", "submit", "teach", "tell", "test", "train", "use", "write"}
)
# Inside such a clause an "and" joins what the clause says, not two goals.
_CLAUSE = re.compile(r"\b(?:so|so that|who|which|where|when|enough to|in order to|that|until|if|whether|how|what)\b")
_ALIKE = (Sort.EFFORT, Sort.STATE, Sort.DIRECTION)
# A goal in three parts, each an order, is three goals whatever else it says.
_MANY = 3
# One word is no goal: in "plan and run the open day" two verbs share one object.
_SHORTEST = 2
# A text is judged by its first joints; nobody reads a goal that has more.
_JOINTS_READ = 40
# Neither does a part of a goal take more characters than these.
_REACH = 300


def second_goal(text: str) -> tuple[int, int] | None:
    """Where the first goal of a folded text ends and the second begins, None where there is one goal."""
    ends = [date.end() for date in dates(text)]
    # Where each order but the first begins.
    orders: list[tuple[int, int]] = []
    for number, joint in enumerate(_JOINT.finditer(text)):
        left, right = text[: joint.start()][:_REACH], text[joint.end() :][:_REACH]
        if number == _JOINTS_READ:
            break
        if len(left.split(maxsplit=_SHORTEST)) < _SHORTEST or _BACK.search(right):
            continue
        is_order = starts_with_verb(right)
        if is_order:
            orders.append(joint.span())
        dated = any(joint.start() - 1 <= end <= joint.start() for end in ends)
        if len(orders) + 1 == _MANY or _is_second(joint, left, right, dated=dated, is_order=is_order):
            return orders[0] if orders else joint.span()
    return None


def _is_second(joint: re.Match[str], left: str, right: str, *, dated: bool, is_order: bool) -> bool:
    """True where the part to the right of a joint is a goal of its own. `dated`: a date ends just before the joint."""
    theirs = evidence(right)
    if joint["strong"]:
        return is_order or theirs.measured or theirs.done
    if joint["comma"]:
        mine, other = head_of(left), head_of(right)
        return dated and is_order and mine.sort is not Sort.OTHER and other.verb not in _FOLLOW_UP and theirs.shows
    if is_order:
        return dated or _orders_apart(left, right)
    compared = words("comparatives")
    if left.split(maxsplit=1)[0] in compared and right.split(maxsplit=1)[0] in compared:
        return True
    return dated and (theirs.measured or theirs.done or not words("deliverables").isdisjoint(right.split()))


def _orders_apart(left: str, right: str) -> bool:
    """Two orders joined by "and" with no date before it."""
    if _CLAUSE.search(left):
        return False
    first, second, theirs = head_of(left), head_of(right), evidence(right)
    if first.sort in _ALIKE:
        endless = second.sort is Sort.WEAK and not (theirs.shows or theirs.dated)
        if second.sort in _ALIKE or endless:
            return True
    if second.verb in _FOLLOW_UP:
        return False
    return first.sort is not Sort.EFFORT or evidence(left).shows
