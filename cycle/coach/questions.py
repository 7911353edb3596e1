"""Reviews questions: a good one names a time, a task, a person, a skill or a choice (practices M4, E4, C14)."""

import re

from cycle.coach.common_words import is_common, own_words
from cycle.coach.evidence import has_date, has_number
from cycle.coach.folding import FoldedText
from cycle.coach.language import is_english
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.wordlists import phrases, words

_WH = r"(?:what|what'?s|which|who|who'?s|whose|whom|when|where|where'?s|why|how|how'?s)"
_AUX = (
    r"(?:(?:is|are|was|were|do|does|did|has|have|had|could|would|should)(?:n'?t)?|am|can|can'?t|will|won't|shall"
    r"|shan't|may|might|must|ain't|any)"
)
_ASKS = re.compile(
    rf"(?:^|[,:;.?!\n] ?(?:but |and |so )?|\b(?:but|so|myself|is) )(?P<question>{_WH}|(?P<closed>{_AUX})) "
)
_SUBJECT = r"(?:i|you|we|they|he|she|it|there|that|the|my|your|our|this)"
# "in which", "with whom": a question that starts with a preposition.
_WHICH_OF = r"(?:at|by|for|from|in|on|to|under|with) (?:what|which|whom|whose)"
# "…, and what …" or "… and could I …", but neither "when and where" nor a bare "and why" at the end.
_SECOND = re.compile(
    r"(?<!\bwhat) (?<!\bwhen )(?<!\bwhere )(?<!\bwho )(?<!\bhow )(?<!\bwhy )"
    r"(?:(?:and|plus|as well as|&|(?<=, )also|(?<=, )then)(?: also| then| if so,?|, by the way,)?"
    rf" (?!which ones\b)(?:{_WH}|{_WHICH_OF} \w+(?= \w)|whether {_SUBJECT}|{_AUX} {_SUBJECT}))\b[ ,]*(?=\w)"
    rf"|, but (?:also )?(?:{_WH}|{_AUX} {_SUBJECT}) "
    rf"|[.?!;\n] ?(?:and |but |or |also,? |then )?(?:{_WH}|{_AUX}) "
)
# "How did I do, who gets the van": two questions with only a comma between them. Not "What do you think, who …".
_SPLICED = re.compile(
    rf"^(?:so |and )?(?:{_WH} )?{_AUX} (?!you (?:think|say|believe|mean)\b)[^,]{{5,200}}(?P<second>, {_WH} {_AUX}) "
)
# What makes a question specific. "A or B", but not "or something".
_CHOICE = re.compile(
    r"\bor\b(?! \w+ (?:years|decades)\b)(?! (?:not|so|what|whatever|something|anything|no|else|is it|am i|worse|bad"
    r"|sad|happy|unhappy|wrong|less|weakness(?:es)?|later)\b)|\bbetween .{1,80} and\b"
    r"|\brather than\b|\binstead of\b"
)
# "Which report", but not "which of …"; nor "which way", since a common word names nothing unless it can be picked.
_WHICH = re.compile(r"\b(?:which|whose) (?!of\b)(?P<thing>[\w-]+)")
# "Who reads my reports", but not "the sort who reads reports".
_PERSON = re.compile(
    r"(?<!\bsort )(?<!\bkind )(?<!\btype )(?<!person )(?<!people )(?<!one )(?<!body )"
    r"\b(?:who|whom|whose) (?!(?:are|am|do|will|would|can|is) (?:you|i|we)\b|you\b|i\b"
    r"|(?:job|position|post|role|career|place) (?:do|would|will|could)\b|\w+s (?:you|me)$)\w+ \w"
)
_ONE = re.compile(
    r"\bone (?!(?:day|of|another|or|to|who|that|thing(?!,? (?:about|at|in|on|i|we|my|the|that)\b))\b)[^\W\d_]{3,}"
)
_RECENT = re.compile(
    r"\b(?:yesterday|(?<!from )today|tomorrow|tonight|last time|next time|did (?:you|i|we) last|when did|so far)\b"
)
_THIS_YEAR = re.compile(r"\bthis (?:past )?year\b")
_LOOKS_BACK = re.compile(r"\b(?:did|have|has|was|were|had|went|been|proud|proudest|what surprised)\b")
# "When can I start the crane course": it asks for a date.
_WHEN = re.compile(
    rf"\bwhen (?:{_AUX}) (?:i|we|you) (?:apply for|begin|book|do|get on|go on|hand|join|move to|run|sit|start|swap"
    r"|switch|take|try) (?:on |over |up )?(?:the|my|our|your) (?!next |top\b)\w"
)
# Openers that ask for praise: what follows ("on the phone") makes them no more specific.
_PRAISE_SOUGHT = re.compile(
    r"\bam i (?:\w+ )?(?:good|bad|doing|all right|alright|ok|okay|fit|cut out|any)\b"
    r"|\b(?:see|rate|like) (?:me|yourself)\b"
)
# Words of its own that a yes-or-no question needs to count as specific.
_CLOSED_NEEDS = 2
# The same for a question about the distant future, where one or two words are often only colour.
_FAR_NEEDS = 3

_TEXTS = {
    RemarkKind.FAR: "That's so far ahead that the answer won't help much today.",
    RemarkKind.CLOSED: "A yes or a no would answer this. An open question tells you more.",
    RemarkKind.LEADING: "This question already suggests the answer.",
    RemarkKind.TWO_IN_ONE: "These are two questions, and the second often goes unanswered.",
    RemarkKind.LIFE: "This asks about life as a whole. A question about work is easier to answer.",
    RemarkKind.BROAD: "This is very broad. Name a time, a task, a person or a skill.",
}
# Two examples each: for a question about the person who asks it, and for any other question.
_EXAMPLES = {
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
        "Which one skill should I work on before our next discussion?",
        "Which one skill would you like to use more this quarter?",
    ),
}
_OWN = frozenset({"i", "me", "my", "mine", "myself", "i'm", "i'd", "i've", "i'll"})


def review_question(text: str) -> list[Remark]:
    """The remarks on a question; none if it is specific, open and single (practices M4, E4, C14)."""
    folded = FoldedText(text)
    if not folded.words or not is_english(folded):
        return []
    found = phrases("leading").search(folded.text)
    if found:
        return [_remark(folded, RemarkKind.LEADING, found.span())]
    remarks = [remark for look in (_about_life, _far, _two_in_one) if (remark := look(folded))]
    if all(remark.kind is RemarkKind.LIFE for remark in remarks) and (closed := _closed(folded)):
        remarks.append(closed)
    return remarks or _broad(folded)


def _remark(folded: FoldedText, kind: RemarkKind, place: tuple[int, int], suggestion: str = "") -> Remark:
    """A remark on a place in the folded text, with an example of its kind unless there is a better suggestion."""
    start, end = folded.span(*place)
    if not suggestion:
        mine, yours = _EXAMPLES[kind]
        suggestion = yours if _OWN.isdisjoint(folded.tokens) else mine
    return Remark(kind, _TEXTS[kind], start, end, suggestion)


def _about_life(folded: FoldedText) -> Remark | None:
    found = phrases("life").search(folded.text)
    return _remark(folded, RemarkKind.LIFE, found.span()) if found else None


def _far(folded: FoldedText) -> Remark | None:
    if _CHOICE.search(folded.text):
        return None
    farthest = phrases("farthest").search(folded.text)
    if farthest:
        return _remark(folded, RemarkKind.FAR, farthest.span())
    found = phrases("far").search(folded.text)
    if not found:
        return None
    rest = f"{folded.text[: found.start()]} , {folded.text[found.end() :]}"
    if _is_specific(rest) or len(_own_words(rest)) >= _FAR_NEEDS:
        return None
    return _remark(folded, RemarkKind.FAR, found.span())


def _two_in_one(folded: FoldedText) -> Remark | None:
    asked = _ASKS.search(folded.text)
    found = _SECOND.search(folded.text, asked.end() if asked else 0) or _SPLICED.search(folded.text)
    if not found:
        return None
    joint = found.start("second") if found.re is _SPLICED else found.start()
    first = folded.quote(0, joint).rstrip(" ,;.?!") + "?"
    rest = folded.text[joint:]
    begin = joint + len(rest) - len(rest.lstrip(" ,.?!;\n"))
    return _remark(folded, RemarkKind.TWO_IN_ONE, (begin, len(folded.text)), first)


def _closed(folded: FoldedText) -> Remark | None:
    asked = _ASKS.search(folded.text)
    if not asked or not asked["closed"] or phrases("polite").search(folded.text):
        return None
    own = _own_words(folded.text)
    if _is_specific(folded.text) or len(own) >= _CLOSED_NEEDS or (own and _is_definite(own[0], folded.text)):
        return None
    return _remark(folded, RemarkKind.CLOSED, asked.span("question"))


def _is_definite(word: str, text: str) -> bool:
    """True for a word that names one thing both know: “the new rota”, “the induction day”."""
    pattern = rf"\b(?:the|this|that|these|those|our|my|your) (?:[\w-]+ )?{re.escape(word)}\b"
    return not _PRAISE_SOUGHT.search(text) and bool(re.search(pattern, text))


def _broad(folded: FoldedText) -> list[Remark]:
    if _is_specific(folded.text) or _own_words(folded.text):
        return []
    return [_remark(folded, RemarkKind.BROAD, (0, len(folded.text)))]


def _is_specific(text: str) -> bool:
    """True if a folded text names a time, an amount, a choice, a person, or a thing to name (“which report”)."""
    text = _with_handles(text)
    if has_date(text) or has_number(text):
        return True
    return any(pattern.search(text) for pattern in (_RECENT, _ONE, _CHOICE, _PERSON, _WHEN)) or any(
        found["thing"] in words("pickable") or not is_common(found["thing"]) for found in _WHICH.finditer(text)
    )


def _with_handles(text: str) -> str:
    """A folded text without what gives an answer no handle: a look back on a whole year or career, a scale."""
    plain = phrases("no_handle").sub(" ", text)
    return _THIS_YEAR.sub(" ", plain) if _LOOKS_BACK.search(text) else plain


def _own_words(text: str) -> list[str]:
    """The words that set a question apart from any other question about a career."""
    return own_words(phrases("generic_role").sub(" ", phrases("stock").sub(" ", _with_handles(text))))
