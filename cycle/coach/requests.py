"""Requests to meet: words that sound like leaving, or like a complaint, where a career here is meant (practice E5)."""

from cycle.coach.language import is_english
from cycle.coach.lists import phrases
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.text import Folded

# Kind, which is also the name of its list of phrases; what is said; a better wording.
_LOOKS = (
    (
        RemarkKind.LEAVING,
        "This could be read as a wish to leave.",
        "I would like to talk with you about how I could grow here.",
    ),
    (
        RemarkKind.COMPLAINT,
        "This could be heard as blame before the talk has begun.",
        "I would like to look at this with you and plan my next step here.",
    ),
)


def review_request(text: str) -> list[Remark]:
    """Remarks on a request to meet; none where it sounds like a career here (practice E5)."""
    folded = Folded(text)
    if not folded.words or not is_english(folded):
        return []
    remarks: list[Remark] = []
    for kind, says, better in _LOOKS:
        found = phrases(kind).search(folded.text)
        if found:
            start, end = folded.span(*found.span())
            remarks.append(Remark(kind, says, start, end, better))
    return remarks
