"""When the coach speaks: its remarks on the words of a form, given what the person has seen of them (M4, M6, E5).

Words are remarked on once. Submitted again, the same words pass; other words are looked at again. What was seen is
remembered by key, so that a form carries no copy of what people wrote.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from cycle.bank import Asker, Bank, Question, similar_questions
from cycle.coach import Remark, RemarkKind

KEY_BYTES = 4  # of a key: few enough to carry many, and a clash only costs a remark
MOST_LOOKED_AT = 30  # pieces of a form that the coach reads: as many items as an agenda holds
MOST_SEEN = 60  # keys that a form remembers (see `CoachedMetadata`); then the coach has said enough
MOST_SHOWN = 12  # pieces with remarks shown at once, which keeps a form within Slack's 100 blocks
OFFERED = 3  # questions of the bank offered in place of one

# Remarks after which other questions help; where two were put in one, the person has the better words already.
OPENED_UP_BY_OTHERS = frozenset({RemarkKind.FAR, RemarkKind.LIFE, RemarkKind.BROAD, RemarkKind.CLOSED})

Review = Callable[[str], Sequence[Remark]]


@dataclass(frozen=True)
class Wording:
    """Words that a person typed into a field. `asker`: offer the bank's questions of this side in their place (M4)."""

    field: str
    text: str
    review: Review
    asker: Asker | None = None

    @property
    def key(self) -> str:
        """Short and the same for the same words; spaces, capitals and a final dot change no verdict of the coach."""
        folded = " ".join(self.text.split()).casefold().rstrip(".")
        return blake2b(f"{self.field}\n{folded}".encode(errors="replace"), digest_size=KEY_BYTES).hexdigest()


@dataclass(frozen=True)
class Seen:
    """What a person has seen of the coach in a form: keys of words with remarks, and of those they want to keep."""

    seen: Sequence[str] = ()
    kept: Sequence[str] = ()
    off: bool = False  # they have switched the coach off


@dataclass(frozen=True)
class Advice:
    """What is shown under a field: remarks on some words in it, and questions to ask instead."""

    wording: Wording
    remarks: Sequence[Remark]
    instead: Sequence[Question] = ()


def lines(field: str, text: str, review: Review, asker: Asker | None = None) -> list[Wording]:
    """The lines of a field as words of their own."""
    return [Wording(field, line.strip(), review, asker) for line in text.splitlines() if line.strip()]


def new_words(wordings: Iterable[Wording], submitted: Iterable[str]) -> list[Wording]:
    """Words that were not submitted before: what a person has kept is not looked at again."""
    known = {" ".join(text.split()) for text in submitted}
    return [one for one in wordings if " ".join(one.text.split()) not in known]


def unseen(wordings: Iterable[Wording], seen: Seen) -> list[str]:
    """The keys of words with remarks that the person has not seen; none once the coach has said enough."""
    if len(seen.seen) >= MOST_SEEN:
        return []
    return [one.wording.key for one in _remarked(wordings, seen) if one.wording.key not in seen.seen]


def advice(wordings: Iterable[Wording], seen: Seen, bank: Bank) -> list[Advice]:
    """What is shown under the fields now: on words that were pointed out, are unchanged and not kept on purpose."""
    pointed_out = [one for one in _remarked(wordings, seen) if one.wording.key in seen.seen]
    shown = [one for one in pointed_out if one.wording.key not in seen.kept][:MOST_SHOWN]
    return [Advice(one.wording, one.remarks, _instead(one, bank)) for one in shown]


def replaced(wordings: Iterable[Wording], picks: Mapping[str, Sequence[str]]) -> list[str]:
    """The texts of the wordings, each replaced by the texts picked for its key, if any.

    What was picked for words that have changed since comes at the end: nothing picked is lost.
    """
    left = dict(picks)
    texts = [text for one in wordings for text in (left.pop(one.key, None) or (one.text,))]
    return [*texts, *(text for picked in left.values() for text in picked)]


def _remarked(wordings: Iterable[Wording], seen: Seen) -> list[Advice]:
    """Advice on the wordings that the coach has remarks on; a wording that is repeated counts once."""
    if seen.off:
        return []
    found: dict[str, Advice] = {}
    written = [one for one in wordings if one.text.strip()]
    for one in written[:MOST_LOOKED_AT]:
        if one.key not in found and (remarks := one.review(one.text)):
            found[one.key] = Advice(one, remarks)
    return list(found.values())


def _instead(one: Advice, bank: Bank) -> Sequence[Question]:
    wording = one.wording
    if wording.asker is None or not any(remark.kind in OPENED_UP_BY_OTHERS for remark in one.remarks):
        return ()
    return similar_questions(bank, wording.text, OFFERED, asker=wording.asker)
