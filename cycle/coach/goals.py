"""Goals: a result somebody else could see, one at a time (practices M6, E3)."""

import re

from cycle.coach.goal_words import COMPARATIVES, DELIVERABLES, FIGURES, PRAISE, QUALITIES, ROLES
from cycle.coach.language import is_english
from cycle.coach.parts import second_goal
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.results import Evidence, evidence
from cycle.coach.text import Folded
from cycle.coach.verbs import Head, Sort, head_of

_FIGURE = re.compile(FIGURES)
_SAYS = {
    RemarkKind.VAGUE: "It is hard to tell from this when the goal is reached.",
    RemarkKind.ACTIVITY: "This says what you will do, and not yet what will be there at the end.",
    RemarkKind.SEVERAL: "There seems to be more than one goal here, and each deserves its own line.",
}


def review_goal(text: str) -> list[Remark]:
    """Remarks on a goal; none where it shows its result (practice M6)."""
    folded = Folded(text)
    if not folded.words or not is_english(folded):
        return []
    head, found = head_of(folded.text), evidence(folded.text)
    remarks: list[Remark] = []
    if not _shows_result(folded, head, found):
        remarks = _about_result(folded, head, found)
    second = second_goal(folded.text)
    if second:
        start, end = folded.span(*second)
        first = folded.said(0, second[0])
        remarks.append(Remark(RemarkKind.SEVERAL, _SAYS[RemarkKind.SEVERAL], start, end, first))
    return remarks


def _shows_result(folded: Folded, head: Head, found: Evidence) -> bool:
    if found.shows:
        return True
    words = frozenset(word.text for word in folded.words if word.start >= (head.start if head.sort is Sort.OTHER else head.end))
    compared, praised = words & COMPARATIVES, words & PRAISE
    abstract, named = words & QUALITIES, words & DELIVERABLES
    figure = bool(_FIGURE.search(folded.text))
    unclear = figure or bool(compared or praised or abstract)
    match head.sort:
        case Sort.EFFORT | Sort.DIRECTION:
            return False
        case Sort.STATE:
            return found.dated and bool(words & ROLES or named) and not unclear
        case Sort.ENDING:
            return (bool(named) and not figure) or not unclear or (found.dated and not (compared or abstract or figure))
        case Sort.WEAK:
            return (bool(named) and not compared and not figure) or (found.dated and not unclear)
    if compared or figure:
        return False
    return bool(named) and (found.dated or not praised) or (found.dated and not unclear)


def _about_result(folded: Folded, head: Head, found: Evidence) -> list[Remark]:
    start, end = folded.span(head.start, head.end)
    better = folded.said(0, len(folded.text)) + ": one finished example by the end of June, signed off by a colleague"
    kinds = [RemarkKind.ACTIVITY] if head.sort is Sort.EFFORT else [RemarkKind.VAGUE]
    if head.sort is Sort.EFFORT and not found.dated:
        kinds.insert(0, RemarkKind.VAGUE)
    return [Remark(kind, _SAYS[kind], start, end, better) for kind in kinds]
