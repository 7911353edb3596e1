"""Requests to meet: words that sound like leaving, or like a complaint, where a career here is meant (practice E5)."""

import re

from cycle.coach.language import is_english
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach import complaint_words, leaving_words
from cycle.coach.text import Folded

_LEAVING = re.compile("|".join(leaving_words.PATTERNS))
_COMPLAINT = re.compile("|".join(complaint_words.PATTERNS))
_LOOKS = (
    (
        _LEAVING,
        RemarkKind.LEAVING,
        "This could be read as a wish to leave.",
        "I would like to talk with you about how I could grow here.",
    ),
    (
        _COMPLAINT,
        RemarkKind.COMPLAINT,
        "This could be heard as blame before the talk has begun.",
        "I would like to look with you at what I can learn from this and plan my next step.",
    ),
)


def review_request(text: str) -> list[Remark]:
    """Remarks on a request to meet; none where it sounds like a career here (practice E5)."""
    folded = Folded(text)
    if not folded.words or not is_english(folded):
        return []
    remarks: list[Remark] = []
    for pattern, kind, says, better in _LOOKS:
        found = pattern.search(folded.text)
        if found:
            start, end = folded.span(*found.span())
            remarks.append(Remark(kind, says, start, end, better))
    return remarks
