"""Reviews a request for career discussions: does it sound like leaving, or like a complaint? (practice E5)."""

from cycle.coach.folding import FoldedText
from cycle.coach.language import is_english
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.wordlists import phrases

# The kind, which is also the name of its phrase list; the remark; a better wording.
_CHECKS = (
    (
        RemarkKind.LEAVING,
        "This could be read as a wish to leave.",
        "I'd like to talk with you about how I could grow here.",
    ),
    (
        RemarkKind.COMPLAINT,
        "This could come across as blame before you two have talked.",
        "I'd like to look at this with you and plan my next step here.",
    ),
)


def review_request(text: str) -> list[Remark]:
    """The remarks on a request, at most one of each kind; none if it sounds like a career here (practice E5)."""
    folded = FoldedText(text)
    if not folded.words or not is_english(folded):
        return []
    remarks: list[Remark] = []
    for kind, remark, suggestion in _CHECKS:
        found = phrases(kind).search(folded.text)
        if found:
            start, end = folded.span(*found.span())
            remarks.append(Remark(kind, remark, start, end, suggestion))
    return remarks
