"""Finds a second goal in a text: joined by "and", "plus" or a semicolon, though each could be reached alone."""

import re
from itertools import takewhile

from cycle.coach.evidence import find_dates, find_evidence
from cycle.coach.states import is_finished_state
from cycle.coach.verbs import VerbKind, end_of_lead, find_head, starts_with_verb
from cycle.coach.wordlists import words

_STRONG = (
    r"; ?(?:plus |also |and )?|\n ?|\. |,? ?(?:and )?(?:plus|as well as|besides(?: that)?|additionally"
    r"|in addition(?: to (?:that|this))?|on top of (?:that|this|it)|(?<!should )(?<!would )(?<!could )(?<!may )also"
    r"|apart from that|furthermore|moreover|secondly|at the same time),? "
)
_JOINT = re.compile(
    rf"(?P<strong>{_STRONG})|(?P<weak>,? (?:then|and(?: then| finally| i(?: want to|'ll| will))?|&|\+) |(?P<comma>, ))"
)
# Words by which the second part refers to the first.
_BACK_REFERENCE = re.compile(
    r"\b(?:it|them|their|its|this|these|those|him|result|results|findings|outcome|outcomes|lessons|conclusions|summary"
    r"|so|both|comparison|the same(?! (?:price|cost|rate|day|week|month|time|year|budget))|accordingly|afterwards|there"
    r"|the (?:third|second|last|next|other|rest))\b"
)
# Verbs whose object is a thing of its own, also after study: "learn Python and write a guide".
_STARTED_ANEW = frozenset(
    {"draft", "get", "give", "have", "implement", "introduce", "produce", "publish", "put", "train", "write"}
)
_NEW_THING = re.compile(r"[\w-]+ (?:an?|the|our|my|new) (?P<thing>(?:[\w-]+ ?){1,4})")
# After study, what it ends in: "learn to drive the lorry and get the licence".
_EARNED = re.compile(r"(?:get|gain|obtain|earn) the (?:[\w-]+ )?(?:certificate|diploma|licence|license|ticket)\b")
_LEVEL = re.compile(r"(?:level|grade|band|nvq) \d")
# "between front and back of house": two ends of one thing.
_BETWEEN = re.compile(r"\bbetween [^,;]*$")
# A joint by which two things are listed without a verb: "a diploma, then a new wine list".
_LISTED = re.compile(r"[;.\n]|plus|then|as well as|also|, and|besides|addition|on top")
# Inside such a clause, "and" joins what the clause says rather than two goals.
_CLAUSE = re.compile(r"\b(?:so|so that|who|which|where|when|enough to|in order to|that|until|if|whether|how|what)\b")
# "Loan signed, and the visits doubled": a subject of its own after the comma.
_FRESH_SUBJECT = re.compile(r"(?:the|our|my|all|both|every|a|an|\d+) (?!(?:first|last|other|rest|third|second)\b)")
_ALIKE = (VerbKind.EFFORT, VerbKind.STATE, VerbKind.DIRECTION)
# A goal with this many parts, each starting with a verb, is several goals whatever else it says.
_MANY = 3
# Words. One word is no goal: in "plan and run the open day" two verbs share one object.
_SHORTEST = 2
# Only the first joints of a text are read, which keeps long texts fast; no real goal has more.
_JOINTS_READ = 40
# Characters read on either side of a joint, for the same reason.
_REACH = 300


def find_second_goal(text: str) -> tuple[int, int] | None:
    """Where the first goal of a folded text ends and where the second begins; None if there is only one goal."""
    ends = [date.end() for date in find_dates(text)]
    # The joints before the second and later parts that start with a verb.
    orders: list[tuple[int, int]] = []
    begin, lead = 0, end_of_lead(text)
    for number, joint in enumerate(_JOINT.finditer(text)):
        part, begin = text[begin : joint.start()], joint.end()
        left, right = text[: joint.start()][:_REACH], text[joint.end() :][:_REACH]
        if number == _JOINTS_READ:
            break
        if joint.start() < lead or len(part.split(maxsplit=_SHORTEST)) < _SHORTEST or _BACK_REFERENCE.search(right):
            continue
        if _BETWEEN.search(left) and not joint["strong"]:
            continue
        is_order = starts_with_verb(right)
        if is_order:
            orders.append(joint.span())
        dated = any(joint.start() - 1 <= end <= joint.start() for end in ends)
        if len(orders) + 1 == _MANY or _is_second(joint, left, right, dated=dated, is_order=is_order):
            return orders[0] if orders else joint.span()
    return None


def _is_second(joint: re.Match[str], left: str, right: str, *, dated: bool, is_order: bool) -> bool:
    """True if the part to the right of a joint is a goal of its own. `dated`: a date ends just before the joint."""
    theirs = find_evidence(right)
    listed = not is_order and _are_listed(joint.group(), left, right)
    if joint["strong"]:
        return is_order or listed or theirs.measured or theirs.done
    if joint["comma"]:
        mine, other = find_head(left), find_head(right)
        separate = mine.kind is not VerbKind.OTHER and other.verb not in words("follow_up")
        return dated and is_order and separate and theirs.is_checkable
    if is_order:
        return dated or _are_separate_orders(left, right)
    fresh = joint.group().startswith(",") and _FRESH_SUBJECT.match(right)
    if listed or (fresh and _is_state(left) and _is_state(right)):
        return True
    compared = words("comparatives")
    if left.split(maxsplit=1)[0] in compared and right.split(maxsplit=1)[0] in compared:
        return True
    return dated and (theirs.measured or theirs.done or not words("deliverables", "roles").isdisjoint(right.split()))


def _are_listed(joint: str, left: str, right: str) -> bool:
    """True for two things without a verb in a row: "a diploma, then a new wine list"."""
    if "then" in joint and _FRESH_SUBJECT.match(right) and (_is_bare_thing(left) or _is_bare_thing(right)):
        return True
    return _LISTED.search(joint) is not None and _is_bare_thing(left) and _is_bare_thing(right)


def _is_bare_thing(part: str) -> bool:
    """True for a thing without a verb: "forklift licence by June", "my own round in the valley"."""
    if starts_with_verb(part):
        return False
    subject = list(takewhile(lambda word: word not in words("prepositions"), part[end_of_lead(part) :].split()))
    return not words("deliverables", "roles").isdisjoint(subject[-1:]) or _LEVEL.match(part) is not None


def _is_state(part: str) -> bool:
    """True for a part without a verb of its own that says what will be: “terrace reopened”, “80 visits a year”."""
    return not starts_with_verb(part) and (find_evidence(part).is_checkable or is_finished_state(part))


def _are_separate_orders(left: str, right: str) -> bool:
    """True if two parts that start with a verb, joined by "and" without a date before it, are goals of their own."""
    if _CLAUSE.search(left):
        return False
    first, second, theirs = find_head(left), find_head(right), find_evidence(right)
    if first.kind is VerbKind.EFFORT and _EARNED.match(right):
        return False
    if first.kind in _ALIKE:
        endless = second.kind is VerbKind.WEAK and not (theirs.is_checkable or theirs.dated)
        if second.kind in _ALIKE or endless:
            return True
    # "And pass it on", "and pass the exam" follow from the first part; "and pass level 2" does not.
    if second.verb in words("follow_up") or right.startswith(("pass on ", "pass the ")):
        # "Research prices and write a summary" passes on what the first part found.
        passed_on = first.verb in words("passed_on") and not left.startswith(("take over ", "take on "))
        new = (
            _NEW_THING.match(right)
            if first.kind is not VerbKind.EFFORT and not passed_on and second.verb in _STARTED_ANEW
            else None
        )
        if second.verb == "train" and first.kind is VerbKind.ENDING and not passed_on:
            return True
        return new is not None and not words("deliverables").isdisjoint(new["thing"].split())
    return first.kind is not VerbKind.EFFORT or find_evidence(left).is_checkable
