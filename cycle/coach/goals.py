"""Reviews goals: a result that others could see, one at a time (practices M6, E3)."""

import re
from dataclasses import replace
from itertools import pairwise

from cycle.coach.common_words import own_words
from cycle.coach.evidence import (
    Evidence,
    find_evidence,
    without_circumstances,
    without_dates,
    without_effort,
    without_partners,
)
from cycle.coach.examples import with_result
from cycle.coach.folding import FoldedText
from cycle.coach.language import is_english
from cycle.coach.multiple_goals import find_second_goal
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.states import is_finished_state
from cycle.coach.verbs import PARTICLES, Head, VerbKind, find_head, leads_to_result
from cycle.coach.wordlists import phrases, words

_WHEN_DONE = "How will you both know it's done?"
_NAME_A_RESULT = "Name a result."
_SEVERAL = "This looks like more than one goal. Make each one its own objective."
# "Level 3 in food hygiene": a level that an authority awards.
_AWARDED_LEVEL = re.compile(r"\b(?:(?:level|grade|band|nvq|tier|category|class) \d|(?<=to )[abc][12]\b)")

# Why the goal is worth having, after the goal itself.
_REASON = re.compile(
    r",? (?:because|in order to|so as to|so that|since (?:i|we|it|they|the|a)|which"
    r"|to (?:be|feel|become|help|show|give|improve|gain|strengthen|build|support|make|raise|boost|increase|get))\b"
)
# Something that comes out of study.
_MADE_THEN = re.compile(
    r"\b(?:and|to|then) (?:then )?(?:build|create|design|draft|earn|gain|get|make|obtain|pass|present|produce|publish"
    r"|write) (?:an?|the|one|two|three|my|our) (?P<thing>(?:[\w-]+ ?){1,4})"
)
# "A spare key for each van": a thing for every one of several.
_FOR_EACH = re.compile(
    r"^(?:an?|one) (?:[\w-]+ ){1,4}(?:for|per|in|on|at) (?:each|every) (?!(?:day|time|way|respect)\b)"
)
# Verbs that can say what post someone has; others ("feel", "know") only say how someone is.
_POSTED = frozenset({"act", "be", "become", "remain", "stay"})
# Of these it is a measure how many people or things they reach.
_REACHING = frozenset({"follow", "mentor", "review", "train"})
# Roles that are praise as well, so that "expert of the team" is no appointment.
_PRAISED_ROLES = frozenset({"champion", "expert", "leader", "master", "mentor"})
# In "the safety committee" the quality only says which committee.
_BODIES = frozenset({"board", "committee", "department", "desk", "group", "office", "team", "unit", "week", "walk"})
# Words at the start of a goal among which a comparative makes it a wish: "stronger", "a lot more".
_WISH_READ = 3
# Words of its own by which a goal names its object ("make a short film about the foundry"), or what will be so if it
# has no verb ("my old accounts on Ann's books"). Wishes have fewer.
_OBJECT_NEEDS = 2
_STATE_NEEDS = 3
# Words after the verb that a goal needs before its reason: "the summer fair".
_CORE_NEEDS = 3


def review_goal(text: str) -> list[Remark]:
    """The remarks on a goal; none if it is one goal and others could see its result (practice M6)."""
    folded = FoldedText(text)
    if not folded.words or not is_english(folded):
        return []
    head, second = find_head(folded.text), find_second_goal(folded.text)
    found = _evidence_for(folded.text, head)
    first = folded.quote(0, second[0] if second else len(folded.text))
    remarks: list[Remark] = []
    if not _shows_result(folded, head, found):
        start, end = folded.span(head.start, head.end)
        suggestion = with_result(first, folded.text[: second[0] if second else None], head)
        remarks = [Remark(kind, says, start, end, suggestion) for kind, says in _missing(head, found).items()]
    if second:
        start, end = folded.span(second[1], len(folded.text))
        remarks.append(Remark(RemarkKind.SEVERAL, _SEVERAL, start, end, first))
    return remarks


def _evidence_for(text: str, head: Head) -> Evidence:
    """The evidence for a goal; hours of study are none, unless something comes out of them (“read … and write”)."""
    endless = head.kind is VerbKind.EFFORT and head.is_intake and not leads_to_result(text, head)
    wished = head.kind in (VerbKind.EFFORT, VerbKind.DIRECTION, VerbKind.STATE) or _is_wish(text[head.start :], head)
    counts_partners = wished and head.verb not in _REACHING and not find_evidence(without_partners(text)).measured
    # From the verb on, since some phrases are anchored there; what comes before can hold evidence too.
    found = find_evidence(without_effort(text) if endless else text)
    if (head.start and not found.done and find_evidence(text[head.start :]).done) or _ends_in_a_thing(text, head):
        found = replace(found, done=True)
    return replace(found, measured=False) if counts_partners else found


def _is_wish(text: str, head: Head) -> bool:
    """True for a goal that starts with more or less of something, or that says how: "keep all guests happy"."""
    counted = phrases("partners").search(text)
    if counted and head.kind is VerbKind.WEAK:
        return True
    if counted and head.kind is VerbKind.OTHER:
        return not words("praise", "qualities", "comparatives").isdisjoint(text[: counted.start()].split())
    return not words("comparatives").isdisjoint(text.split(maxsplit=_WISH_READ)[:_WISH_READ])


def _ends_in_a_thing(text: str, head: Head) -> bool:
    """True for study that something comes out of: "read the code and write a summary of it"."""
    if head.kind is not VerbKind.EFFORT:
        return False
    return any(
        not words("deliverables").isdisjoint(found["thing"].split()) for found in _MADE_THEN.finditer(text, head.end)
    )


def _missing(head: Head, found: Evidence) -> dict[RemarkKind, str]:
    """What a goal without a result lacks, and the text of each remark; they are read one after the other."""
    if head.kind is not VerbKind.EFFORT:
        return {RemarkKind.VAGUE: f"{_WHEN_DONE} {_NAME_A_RESULT}"}
    if found.dated:
        return {RemarkKind.ACTIVITY: f"What will be there when you've done this? {_NAME_A_RESULT}"}
    return {RemarkKind.VAGUE: _WHEN_DONE, RemarkKind.ACTIVITY: _NAME_A_RESULT}


def _shows_result(folded: FoldedText, head: Head, found: Evidence) -> bool:
    # "Fewer mistakes" has no verb, so the first word is judged with the rest.
    begin = head.start if head.kind is VerbKind.OTHER else head.end
    core = folded.text[: _end_of_core(folded.text, head)]
    named_things = [found.span() for found in phrases("compounds").finditer(core)]
    rest = [
        word.text
        for word in folded.words
        if begin <= word.start < len(core) and not any(first <= word.start < last for first, last in named_things)
    ]
    vocabulary = frozenset(rest)
    praised, compared = bool(vocabulary & words("praise")), bool(vocabulary & words("comparatives"))
    figurative = bool(phrases("figures").search(core))
    named = bool(named_things or vocabulary & words("deliverables") or _AWARDED_LEVEL.search(folded.text))
    if found.is_checkable:
        # "Be friendly in every shift": how often says nothing about a manner.
        loose = head.verb in words("state") or (head.kind in (VerbKind.OTHER, VerbKind.WEAK) and not named)
        manner = loose and (praised or compared or (head.kind is VerbKind.WEAK and _names_a_quality(rest)))
        return found.measured or found.done or not (manner or figurative)
    compared = compared or figurative
    own = sum(word not in words("everyday") for word in own_words(without_dates(without_circumstances(core[begin:]))))
    abstract = _names_a_quality(rest)
    unclear = compared or abstract or praised
    role = bool(vocabulary & words("roles"))
    first_thing = bool(_first_object(rest) & words("deliverables") or _AWARDED_LEVEL.search(folded.text))
    match head.kind:
        case VerbKind.EFFORT | VerbKind.DIRECTION:
            return False
        case VerbKind.STATE:
            posted = head.verb in _POSTED and found.dated and (role or named)
            return (posted or _is_appointment(rest)) and not unclear
        case VerbKind.ENDING:
            return not unclear or (not compared and (named or (found.dated and not abstract)))
        case VerbKind.WEAK:
            made = bool(named_things) or first_thing or (found.dated and role and not praised)
            pointed_at = _names_an_object(rest, own) or (found.dated and own > 0)
            return (made and not compared) or (pointed_at and not unclear)
    thing = first_thing or ((named or bool(_FOR_EACH.match(folded.text))) and not unclear)
    clear = thing and not compared and (found.dated or not praised)
    told = not unclear and (own >= _STATE_NEEDS or (found.dated and own > 0))
    return clear or told or is_finished_state(folded.text[head.start :])


def _end_of_core(text: str, head: Head) -> int:
    """Where a goal ends and the reason for it begins (“because …”, “to strengthen …”), which says nothing about it."""
    if head.kind not in (VerbKind.ENDING, VerbKind.WEAK):
        return len(text)
    found = _REASON.search(text, head.end)
    return found.start() if found and len(text[head.end : found.start()].split()) >= _CORE_NEEDS else len(text)


def _names_a_quality(rest: list[str]) -> bool:
    """True for “more quality”, but not for “the quality manual”, where the quality only says which manual."""
    things = words("deliverables", "roles") | _BODIES
    return any(
        word in words("qualities") and (following not in things or following in words("qualities"))
        for word, following in pairwise([*rest, ""])
    )


def _is_appointment(rest: list[str]) -> bool:
    """True for “(be) deputy on Ward 9” and “(become) chair of the committee”: a role without an article, and where."""
    placed = any(
        word in words("roles")
        and (following in {"on", "for", "at"} or (following == "of" and word not in _PRAISED_ROLES))
        for word, following in pairwise(rest[:5])
    )
    return placed and rest[0] not in words("determiners")


def _names_an_object(rest: list[str], own: int) -> bool:
    """True for “(put) a defibrillator in every branch”. `own`: how many words of its own the goal has."""
    after = rest[1:] if rest[:1] and rest[0] in PARTICLES else rest
    certain = bool(after) and after[0] in words("determiners") and own >= _OBJECT_NEEDS
    return certain or bool(_FOR_EACH.match(" ".join(rest)))


def _first_object(rest: list[str]) -> frozenset[str]:
    """The words up to the next preposition: “a talk” in “(give) a talk on safety”."""
    stops = words("prepositions") - {"of"}
    end = next((at for at, word in enumerate(rest) if at and word in stops), len(rest))
    return frozenset(rest[:end])
