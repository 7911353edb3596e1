"""The coach in a form: words that it has not remarked on yet are pointed out once, before the form is submitted."""

from collections.abc import Sequence

from cycle.bank import Bank
from cycle.coach_remarks import Advice, Seen, Wording, advice, unseen
from handlers.shared.drafts import ResumedDraft
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import CoachedMetadata
from handlers.views.coach_remarks import INSTEAD
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
    prefix = f"{INSTEAD}."
    ticked = {field.removeprefix(prefix): values.choices(field) for field in values if field.startswith(prefix)}
    return {key: [bank.by_id[one].text for one in ids if one in bank.by_id] for key, ids in ticked.items()}


def _seen(me: Person, metadata: CoachedMetadata) -> Seen:
    return Seen(metadata.seen, metadata.kept, off=me.coach_off)
