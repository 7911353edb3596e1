"""Goals: a result somebody else could see, one at a time (practices M6, E3)."""

import re

from cycle.coach.language import is_english
from cycle.coach.lists import phrases, words
from cycle.coach.parts import second_goal
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.results import Evidence, evidence
from cycle.coach.text import Folded
from cycle.coach.verbs import Head, Sort, head_of

_SAYS = {
    RemarkKind.VAGUE: "It is hard to tell from this when the goal is reached.",
    RemarkKind.ACTIVITY: "This says what you will do, but not yet what will be there at the end.",
    RemarkKind.SEVERAL: "This looks like more than one goal; each is easier to follow on a line of its own.",
}
# A result for each sort of goal, to stand behind the person's own words.
_RESULTS = {
    Sort.EFFORT: ": one finished example{when}, signed off by a colleague",
    Sort.DIRECTION: " by 10 %{when}",
}
_ANY_RESULT = ": two colleagues can each name an example{when}"
_WHEN = " by the end of June"
_EXAMPLE = "Have the new checklist in use on every shift by the end of June"
# Longer goals are hard to read with a result behind them; they get the plain example.
_LONGEST_REUSED = 90
# "Level 3 in food hygiene": a rung somebody awards.
_RUNG = re.compile(r"\b(?:level|grade|band|nvq|tier|category|class) \d")


def review_goal(text: str) -> list[Remark]:
    """Remarks on a goal; none where it is one goal whose result somebody else could see (practice M6)."""
    folded = Folded(text)
    if not folded.words or not is_english(folded):
        return []
    head, found, second = head_of(folded.text), evidence(folded.text), second_goal(folded.text)
    first = folded.said(0, second[0] if second else len(folded.text))
    remarks: list[Remark] = []
    if not _shows_result(folded, head, found):
        span = folded.span(head.start, head.end)
        better = _with_result(first, head, found)
        remarks = [Remark(kind, _SAYS[kind], *span, better) for kind in _missing(head, found)]
    if second:
        span = folded.span(second[1], len(folded.text))
        remarks.append(Remark(RemarkKind.SEVERAL, _SAYS[RemarkKind.SEVERAL], *span, first))
    return remarks


def _missing(head: Head, found: Evidence) -> list[RemarkKind]:
    if head.sort is not Sort.EFFORT:
        return [RemarkKind.VAGUE]
    return [RemarkKind.ACTIVITY] if found.dated else [RemarkKind.VAGUE, RemarkKind.ACTIVITY]


def _shows_result(folded: Folded, head: Head, found: Evidence) -> bool:
    if found.shows:
        return True
    if head.sort in (Sort.EFFORT, Sort.DIRECTION):
        return False
    # "Fewer mistakes" has no verb: there the first word is judged with the rest.
    begun = head.start if head.sort is Sort.OTHER else head.end
    rest = [word.text for word in folded.words if word.start >= begun]
    said = frozenset(rest)
    compared = bool(said & words("comparatives")) or bool(phrases("figures").search(folded.text))
    abstract, praised = bool(said & words("qualities")), bool(said & words("praise"))
    unclear = compared or abstract or praised
    named = bool(said & words("deliverables") or _RUNG.search(folded.text))
    role = bool(said & words("roles"))
    match head.sort:
        case Sort.STATE:
            return found.dated and (role or named) and not unclear
        case Sort.ENDING:
            return not unclear or (named and not compared) or (found.dated and not compared and not abstract)
        case Sort.WEAK:
            made = bool(_first_object(rest) & words("deliverables")) or (found.dated and role)
            return (made and not compared) or (found.dated and not unclear)
    thing = bool(_first_object(rest) & words("deliverables") or _RUNG.search(folded.text)) or (named and not unclear)
    return not compared and ((thing and (found.dated or not praised)) or (found.dated and not unclear))


def _first_object(rest: list[str]) -> frozenset[str]:
    """The words up to the next preposition: what is given in "(give) a talk on safety"."""
    stops = words("prepositions") - {"of"}
    end = next((at for at, word in enumerate(rest) if at and word in stops), len(rest))
    return frozenset(rest[:end])


def _with_result(goal: str, head: Head, found: Evidence) -> str:
    """The person's goal with a result behind it."""
    if len(goal) > _LONGEST_REUSED:
        return _EXAMPLE
    return goal + _RESULTS.get(head.sort, _ANY_RESULT).format(when="" if found.dated else _WHEN)
