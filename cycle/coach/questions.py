"""Questions: with something to hold on to, a time, a task, a person, a skill or a choice (practices M4, E4, C14)."""

import re

from cycle.coach.language import is_english
from cycle.coach.lists import phrases, words
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.results import is_dated, is_numbered
from cycle.coach.text import Folded

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W_]+)*|\w*\d\w*")
_WH = r"(?:what|what's|which|who|who's|whose|whom|when|where|where's|why|how|how's)"
_AUX = (
    r"(?:(?:is|are|was|were|do|does|did|has|have|had|could|would|should)(?:n't)?|am|can|can't|will|won't|shall|shan't|may"
    r"|might|must|ain't|any)"
)
_ASKS = re.compile(
    rf"(?:^|[,:;.?!\n] ?(?:but |and |so )?|\b(?:but|so|myself|is) )(?P<question>{_WH}|(?P<closed>{_AUX})) "
)
# "…, and what …" or "… and could I …"; not "when and where", nor a bare "and why" at the end.
_SECOND = re.compile(
    r"(?<!what) (?<!when )(?<!where )(?<!who )(?<!how )(?<!why )"
    r"(?:(?:and|plus|as well as|&)(?: also| then| if so,?)?"
    rf" (?!which ones\b)(?:{_WH}|(?:{_AUX}) (?:i|you|we|they|he|she|it|there|that|the|my|your|this)))\b[ ,]*(?=\w)"
    rf"|[?!;\n] ?(?:and |but |or |also,? )?(?:{_WH}|{_AUX}) "
)
# What questions hold on to. "A or B", but not "or something".
_CHOICE = re.compile(
    r"\bor\b(?! (?:not|so|what|whatever|something|anything|no|else|is it|am i|worse)\b)|\bbetween .{1,80} and\b"
    r"|\brather than\b|\binstead of\b"
)
# "Which report", but not "which way" or "which of …".
_WHICH = re.compile(
    r"\b(?:which|whose) (?!(?:ways?|directions?|paths?|things?|future|goals?|opportunit(?:y|ies)|strengths|weaknesses"
    r"|career|kind|areas|aspects|place|point|job|role|life|dreams?|values|qualities|traits|of)\b)\w"
)
_PERSON = re.compile(r"\b(?:who|whom|whose) (?!(?:are|am|do|will|would|can|is) (?:you|i|we)\b|you\b|i\b)\w+ \w")
_ONE = re.compile(r"\bone (?!(?:day|of|another|or|to|who|that)\b)[^\W\d_]{3,}")
_RECENT = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|last time|next time|did (?:you|i|we) last|when did|so far)\b"
)
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
# One example where the question is about the person who asks, one where it is not.
_BETTER = {
    RemarkKind.FAR: (
        "Which task would prepare me best for the role I want in two years?",
        "Which task would you like to have taken on by next summer?",
    ),
    RemarkKind.CLOSED: (
        "What would you need to see from me in the next three months?",
        "Which task this month did you enjoy most?",
    ),
    RemarkKind.LEADING: (
        "Which example from this year shaped your view of me most?",
        "How did you see the last project, and why?",
    ),
    RemarkKind.LIFE: (
        "Which task this month brought out the best in me?",
        "Which task this month gave you the most energy?",
    ),
    RemarkKind.BROAD: (
        "Which one skill should I work on before our next talk?",
        "Which one skill would you like to use more this quarter?",
    ),
}
_OWN = frozenset({"i", "me", "my", "mine", "myself", "i'm", "i'd", "i've", "i'll"})


def review_question(text: str) -> list[Remark]:
    """Remarks on a question; none where it has a handle (practices M4, E4, C14)."""
    folded = Folded(text)
    if not folded.words or not is_english(folded):
        return []
    found = phrases("leading").search(folded.text)
    if found:
        return [_remark(folded, RemarkKind.LEADING, found.span())]
    remarks = [remark for look in (_whole_life, _far, _two_in_one) if (remark := look(folded))]
    if all(remark.kind is RemarkKind.LIFE for remark in remarks) and (closed := _closed(folded)):
        remarks.append(closed)
    return remarks or _broad(folded)


def _remark(folded: Folded, kind: RemarkKind, place: tuple[int, int], better: str = "") -> Remark:
    start, end = folded.span(*place)
    if not better:
        mine, yours = _BETTER[kind]
        better = yours if _OWN.isdisjoint(folded.tokens) else mine
    return Remark(kind, _SAYS[kind], start, end, better)


def _whole_life(folded: Folded) -> Remark | None:
    found = phrases("life").search(folded.text)
    return _remark(folded, RemarkKind.LIFE, found.span()) if found else None


def _far(folded: Folded) -> Remark | None:
    if _CHOICE.search(folded.text):
        return None
    farthest = phrases("farthest").search(folded.text)
    if farthest:
        return _remark(folded, RemarkKind.FAR, farthest.span())
    found = phrases("far").search(folded.text)
    if not found:
        return None
    rest = f"{folded.text[: found.start()]} , {folded.text[found.end() :]}"
    if _has_handle(rest) or len(_own_words(rest)) >= _FAR_NEEDS:
        return None
    return _remark(folded, RemarkKind.FAR, found.span())


def _two_in_one(folded: Folded) -> Remark | None:
    asked = _ASKS.search(folded.text)
    found = _SECOND.search(folded.text, asked.end() if asked else 0)
    if not found:
        return None
    first = folded.said(0, found.start()).rstrip(" ,;?") + "?"
    begun = found.start() + len(found.group()) - len(found.group().lstrip(" ?!;\n"))
    return _remark(folded, RemarkKind.TWO_IN_ONE, (begun, len(folded.text)), first)


def _closed(folded: Folded) -> Remark | None:
    asked = _ASKS.search(folded.text)
    if not asked or not asked["closed"] or phrases("polite").search(folded.text):
        return None
    if _has_handle(folded.text) or len(_own_words(folded.text)) >= _CLOSED_NEEDS:
        return None
    return _remark(folded, RemarkKind.CLOSED, asked.span("question"))


def _broad(folded: Folded) -> list[Remark]:
    if _has_handle(folded.text) or _own_words(folded.text):
        return []
    return [_remark(folded, RemarkKind.BROAD, (0, len(folded.text)))]


def _has_handle(text: str) -> bool:
    """A time, an amount, a choice, a person, or a thing of a kind that is asked for by name."""
    if is_dated(text) or is_numbered(text):
        return True
    return any(handle.search(text) for handle in (_RECENT, _ONE, _CHOICE, _PERSON, _WHICH))


def _own_words(text: str) -> list[str]:
    """The words that not every question about a career could hold."""
    common = words("generic", "function", "asking")
    return [word for word in _WORD.findall(phrases("generic_role").sub(" ", text)) if word not in common]
