"""Questions: with something to hold on to, a time, a task, a person, a skill or a choice (practices M4, E4, C14)."""

import re

from cycle.coach.english import FUNCTION
from cycle.coach.language import is_english
from cycle.coach.question_words import ASKING, AUXILIARIES, FAR, FARTHEST, GENERIC, GENERIC_ROLE, LEADING, LIFE, POLITE
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.results import is_dated, is_numbered
from cycle.coach.text import Folded

_FAR, _FARTHEST, _LIFE, _LEADING, _POLITE, _ROLE = (re.compile(each) for each in (FAR, FARTHEST, LIFE, LEADING, POLITE, GENERIC_ROLE))
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W_]+)*|\w*\d\w*")
_WH = "|".join(sorted(ASKING))
_AUX = "|".join(sorted(AUXILIARIES))
_ASKS = re.compile(rf"(?:^|[,:;.?!\n] ?(?:but |and |so )?|\b(?:but|so|myself|is) )(?P<question>(?:{_WH}|{_AUX}) )")
_SECOND = re.compile(
    rf"(?<!what) (?<!when )(?<!where )(?<!who )(?<!how )(?<!why )(?P<joint>(?:and|plus|as well as|&)(?: also| then| if so,?)?"
    rf" (?!which ones\b)(?:{_WH}|(?:{_AUX}) (?:i|you|we|they|he|she|it|there|that|the|my|your|this)))\b[ ,]*(?=\w)"
    rf"|[?!;\n] ?(?:and |but |or |also,? )?(?P<again>(?:{_WH}|{_AUX})) "
)
_CHOICE = re.compile(r"\bor\b(?! (?:not|so|what|whatever|something|anything|no|else|is it|am i|worse)\b)|\bbetween .+ and\b|\brather than\b|\binstead of\b")
_VAGUE_KINDS = "|".join(
    "way ways direction directions path paths thing things future goals goal opportunities opportunity strengths weaknesses "
    "career kind areas aspects place point job role life dream dreams values qualities traits of".split()
)
_WHICH = re.compile(rf"\b(?:which|whose) (?!(?:{_VAGUE_KINDS})\b)\w")
_RECENT = re.compile(r"\b(?:yesterday|today|tomorrow|tonight|last time|did (?:you|i|we) last|when did|so far)\b")
# How many words of its own a yes-or-no question needs to be about something.
_CLOSED_NEEDS = 2
# In a question about a far day it takes more than a word of colour.
_FAR_NEEDS = 3

_SAYS = {
    RemarkKind.FAR: "This looks so far ahead that the answer can hardly be put to use.",
    RemarkKind.CLOSED: "A yes or a no would answer this; an open question brings more.",
    RemarkKind.LEADING: "The answer is in the question already.",
    RemarkKind.TWO_IN_ONE: "These are two questions, and the second often goes unanswered.",
    RemarkKind.LIFE: "This asks about the whole life; something from work is easier to answer.",
    RemarkKind.BROAD: "There is little to hold on to here: a time, a task, a person or a skill helps.",
}
_BETTER = {
    RemarkKind.FAR: "Which task would you like to have taken on by next summer?",
    RemarkKind.CLOSED: "What would you need to see from me in the next three months?",
    RemarkKind.LEADING: "How do you see it, and which example from this year comes to mind?",
    RemarkKind.LIFE: "Which task this month gave you the most energy?",
    RemarkKind.BROAD: "Which one skill should I work on before our next talk?",
}


def review_question(text: str) -> list[Remark]:
    """Remarks on a question; none where it has a handle (practice M4)."""
    folded = Folded(text)
    if not folded.words or not is_english(folded):
        return []
    found = _LEADING.search(folded.text)
    if found:
        return [_remark(folded, RemarkKind.LEADING, found.span(), _BETTER[RemarkKind.LEADING])]
    remarks = [remark for look in (_whole_life, _far, _two_in_one) if (remark := look(folded))]
    if all(remark.kind is RemarkKind.LIFE for remark in remarks):
        remarks += [remark for remark in [_closed(folded)] if remark]
    return remarks or _broad(folded)


def _remark(folded: Folded, kind: RemarkKind, place: tuple[int, int], better: str) -> Remark:
    start, end = folded.span(*place)
    return Remark(kind, _SAYS[kind], start, end, better)


def _whole_life(folded: Folded) -> Remark | None:
    found = _LIFE.search(folded.text)
    return _remark(folded, RemarkKind.LIFE, found.span(), _BETTER[RemarkKind.LIFE]) if found else None


def _far(folded: Folded) -> Remark | None:
    if _CHOICE.search(folded.text):
        return None
    found = _FARTHEST.search(folded.text)
    if found:
        return _remark(folded, RemarkKind.FAR, found.span(), _BETTER[RemarkKind.FAR])
    found = _FAR.search(folded.text)
    if not found:
        return None
    rest = folded.text[: found.start()] + " , " + folded.text[found.end() :]
    if _has_handle(rest) or len(_own_words(rest)) >= _FAR_NEEDS:
        return None
    return _remark(folded, RemarkKind.FAR, found.span(), _BETTER[RemarkKind.FAR])


def _two_in_one(folded: Folded) -> Remark | None:
    asked = _ASKS.search(folded.text)
    found = _SECOND.search(folded.text, asked.end() if asked else 0)
    if not found:
        return None
    first = folded.said(0, found.start()).rstrip(" ,;?") + "?"
    return _remark(folded, RemarkKind.TWO_IN_ONE, (found.start(), len(folded.text)), first)


def _closed(folded: Folded) -> Remark | None:
    if _POLITE.search(folded.text):
        return None
    asked = _ASKS.search(folded.text)
    if not asked or asked["question"].strip() not in AUXILIARIES:
        return None
    if _has_handle(folded.text) or len(_own_words(folded.text)) >= _CLOSED_NEEDS:
        return None
    return _remark(folded, RemarkKind.CLOSED, asked.span("question"), _BETTER[RemarkKind.CLOSED])


def _broad(folded: Folded) -> list[Remark]:
    if _has_handle(folded.text) or _own_words(folded.text):
        return []
    return [_remark(folded, RemarkKind.BROAD, (0, len(folded.text)), _BETTER[RemarkKind.BROAD])]


def _has_handle(text: str) -> bool:
    """A time, an amount, a choice, or a thing of a kind that is asked for by name."""
    return bool(is_dated(text) or _RECENT.search(text) or is_numbered(text) or _CHOICE.search(text) or _WHICH.search(text))


def _own_words(text: str) -> list[str]:
    """The words that not every question about a career could hold."""
    return [
        word
        for word in _WORD.findall(_ROLE.sub(" ", text))
        if word not in GENERIC and word not in FUNCTION and word not in AUXILIARIES and word not in ASKING
    ]
