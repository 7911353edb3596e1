"""The coach in a form: words that it has not remarked on yet are pointed out once, before the form is submitted."""

from collections.abc import Iterator, Sequence
from typing import Any

from cycle.bank import Bank
from cycle.coach_remarks import Advice, Seen, Wording, advice, unseen
from handlers.shared.drafts import ResumedDraft
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import CoachedMetadata
from handlers.views.coach_remarks import INSTEAD, shown_keys
from storage.people import Person


def unseen_keys(me: Person, metadata: CoachedMetadata, wordings: Sequence[Wording]) -> tuple[str, ...]:
    """The keys of the words with remarks that the person has not seen."""
    return tuple(unseen(wordings, _seen(me, metadata)))


def advice_on(wordings: Sequence[Wording], me: Person, metadata: CoachedMetadata, bank: Bank) -> list[Advice]:
    """What is shown under the fields of a form now."""
    return advice(wordings, _seen(me, metadata), bank)


def of_draft(draft: ResumedDraft | None) -> dict[str, tuple[str, ...]]:
    """The part of a form's metadata that comes from its draft: which remarks of the coach were seen or dismissed."""
    return draft.seen if draft else {}


def picked_instead(values: FormValues, bank: Bank) -> dict[str, list[str]]:
    """The texts of the bank's questions that were ticked to ask instead, by the key of the wording they replace."""
    found: dict[str, list[str]] = {}
    for key, ids in _ticked(values):
        found.setdefault(key, []).extend(bank.by_id[one].text for one in ids if one in bank.by_id)
    return found


def outdated(view: dict[str, Any], redrawn: dict[str, Any], values: FormValues) -> bool:
    """Whether a form shows a remark on words that are gone, and nothing is ticked to ask instead of them."""
    return bool(shown_keys(view) - shown_keys(redrawn) - {key for key, ids in _ticked(values) if ids})


def _ticked(values: FormValues) -> Iterator[tuple[str, Sequence[str]]]:
    """The key of a wording with the ids of what is ticked: a box for each, or, in older forms, boxes for all."""
    for field in values:
        prefix, _, rest = field.partition(".")
        if prefix == INSTEAD:
            key, _, question = rest.partition(".")
            ticked = values.choices(field)
            yield key, ([question] if ticked else []) if question else ticked


def _seen(me: Person, metadata: CoachedMetadata) -> Seen:
    return Seen(metadata.seen, metadata.kept, off=me.coach_off)
