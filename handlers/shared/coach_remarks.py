"""The coach in a form: words that nobody has remarked on are pointed out once, before the form is taken.

A form uses it by handing its words to `look_once` inside of its unit of work, by drawing the `advice_on` them, and by
a line in `handlers.remarks.FORMS`.
"""

from collections.abc import Sequence

from cycle.bank import Bank
from cycle.coach_remarks import Advice, Seen, Wording, advice, unseen
from handlers.shared.form_values import FormValues
from handlers.shared.interaction import KEPT, SEEN
from handlers.shared.view_metadata import ViewMetadata
from handlers.views.coach_remarks import INSTEAD
from storage.people import Person


class SecondLook(Exception):
    """The form is to be shown again, with remarks: `about` is its subject from now on.

    Raised inside of a unit of work, it takes back what the form has changed; `handlers.explaining` then draws it.
    """

    def __init__(self, metadata: ViewMetadata) -> None:
        super().__init__("there are remarks that the person has not seen")
        self.metadata = metadata


def look_once(me: Person, metadata: ViewMetadata, wordings: Sequence[Wording]) -> None:
    """Raise `SecondLook` where there are remarks that the person has not seen. Call it once the form is checked."""
    if keys := unseen(wordings, _seen(me, metadata)):
        raise SecondLook(metadata.updated(seen=(*metadata.seen, *keys)))


def advice_on(wordings: Sequence[Wording], me: Person, metadata: ViewMetadata, bank: Bank) -> list[Advice]:
    """What stands under the fields of a form now."""
    return advice(wordings, _seen(me, metadata), bank)


def resumed(metadata: ViewMetadata, draft: FormValues) -> ViewMetadata:
    """A form's subject with what its draft remembers of the coach."""
    return metadata.updated(seen=tuple(draft.text(SEEN).split()), kept=tuple(draft.text(KEPT).split()))


def picked_instead(values: FormValues, bank: Bank) -> dict[str, list[str]]:
    """The texts of the bank's questions that were ticked to be asked instead, by the key of the words."""
    prefix = f"{INSTEAD}."
    ticked = {field.removeprefix(prefix): values.choices(field) for field in values if field.startswith(prefix)}
    return {key: [bank.by_id[one].text for one in ids if one in bank.by_id] for key, ids in ticked.items()}


def _seen(me: Person, metadata: ViewMetadata) -> Seen:
    return Seen(metadata.seen, metadata.kept, off=me.coach_off)
