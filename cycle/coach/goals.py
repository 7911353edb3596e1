"""Reviews goals: a result that others could see, one at a time (practices M6, E3)."""

import re

from cycle.coach.evidence import Evidence, find_evidence
from cycle.coach.examples import with_result
from cycle.coach.folding import FoldedText
from cycle.coach.language import is_english
from cycle.coach.multiple_goals import find_second_goal
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.verbs import Head, VerbKind, find_head
from cycle.coach.wordlists import phrases, words

_WHEN_DONE = "How will you both know it's done?"
_NAME_A_RESULT = "Name a result."
_SEVERAL = "This looks like more than one goal. Make each one its own objective."
# "Level 3 in food hygiene": a level that an authority awards.
_AWARDED_LEVEL = re.compile(r"\b(?:level|grade|band|nvq|tier|category|class) \d")


def review_goal(text: str) -> list[Remark]:
    """The remarks on a goal; none if it is one goal and others could see its result (practice M6)."""
    folded = FoldedText(text)
    if not folded.words or not is_english(folded):
        return []
    head, found, second = find_head(folded.text), find_evidence(folded.text), find_second_goal(folded.text)
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


def _missing(head: Head, found: Evidence) -> dict[RemarkKind, str]:
    """What a goal without a result lacks, and the text of each remark; they are read one after the other."""
    if head.kind is not VerbKind.EFFORT:
        return {RemarkKind.VAGUE: f"{_WHEN_DONE} {_NAME_A_RESULT}"}
    if found.dated:
        return {RemarkKind.ACTIVITY: f"What will be there when you've done this? {_NAME_A_RESULT}"}
    return {RemarkKind.VAGUE: _WHEN_DONE, RemarkKind.ACTIVITY: _NAME_A_RESULT}


def _shows_result(folded: FoldedText, head: Head, found: Evidence) -> bool:
    if found.is_checkable:
        return True
    if head.kind in (VerbKind.EFFORT, VerbKind.DIRECTION):
        return False
    # "Fewer mistakes" has no verb, so the first word is judged with the rest.
    begin = head.start if head.kind is VerbKind.OTHER else head.end
    rest = [word.text for word in folded.words if word.start >= begin]
    vocabulary = frozenset(rest)
    compared = bool(vocabulary & words("comparatives")) or bool(phrases("figures").search(folded.text))
    abstract, praised = bool(vocabulary & words("qualities")), bool(vocabulary & words("praise"))
    unclear = compared or abstract or praised
    named = bool(vocabulary & words("deliverables") or _AWARDED_LEVEL.search(folded.text))
    role = bool(vocabulary & words("roles"))
    match head.kind:
        case VerbKind.STATE:
            return found.dated and (role or named) and not unclear
        case VerbKind.ENDING:
            return not unclear or (named and not compared) or (found.dated and not compared and not abstract)
        case VerbKind.WEAK:
            made = bool(_first_object(rest) & words("deliverables")) or (found.dated and role)
            return (made and not compared) or (found.dated and not unclear)
    thing = bool(_first_object(rest) & words("deliverables") or _AWARDED_LEVEL.search(folded.text))
    thing = thing or (named and not unclear)
    return not compared and ((thing and (found.dated or not praised)) or (found.dated and not unclear))


def _first_object(rest: list[str]) -> frozenset[str]:
    """The words up to the next preposition: “a talk” in “(give) a talk on safety”."""
    stops = words("prepositions") - {"of"}
    end = next((at for at, word in enumerate(rest) if at and word in stops), len(rest))
    return frozenset(rest[:end])
