"""The thank-you note, to write or to read (practice E12)."""

from datetime import datetime
from typing import Any

from cycle import formatting
from cycle.nudges import Action
from cycle.thanks import LONGEST_NOTE, NOTE, ThanksView, draft_note
from cycle.thanks_document import thanks_document
from handlers.shared.form_values import FormValues
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import PairMetadata
from handlers.views import document, kit
from storage.pairs import Side
from storage.people import Person

BY_MAIL = "by_mail"  # the field of the tick
LONGEST_LABELLED_NAME = 40  # characters: the label of a box takes 75
NO_MAIL_SERVER = "No mail server is set up here any more, so nothing goes out by e-mail."
MAILING = "I'm sending it by e-mail now. I'll tell you if that fails."
LONGEST_SHOWN = 2500  # characters of a commitment, escaped


def render(
    view: ThanksView,
    me: Person,
    metadata: PairMetadata,
    values: FormValues | None = None,
    kept_at: datetime | None = None,
    *,
    mail_is_set_up: bool = False,
) -> dict[str, Any]:
    """The form for the employee while nothing is sent; otherwise the note, for either.

    `mail_is_set_up` offers to send it by e-mail as well.
    """
    if view.note is not None or view.side is Side.MANAGER:
        return _to_read(view)
    manager = formatting.first_name(view.manager)
    text = values.text(NOTE) if values else draft_note(view.employee, view.manager, view.deliverables, view.today)
    blocks = kit.draft_note(formatting.moment(kept_at, me, view.today)) if kept_at else []
    blocks.append(
        kit.section(
            f"Here is a draft: change what you like. {kit.fitted(manager, 300)} gets it as a direct message from me, "
            "in their working hours, and is asked to confirm what you will deliver."
        )
    )
    hint = "" if view.deliverables else "You have no open commitment from this discussion, so the draft names none."
    element = kit.text_input(text, longest=LONGEST_NOTE)
    blocks.append(kit.field(NOTE, f"Your note to {manager}", element, hint=hint, optional=False))
    if mail_is_set_up:
        label = f"Also send it by e-mail to {formatting.shorten(manager, LONGEST_LABELLED_NAME)}"
        blocks.append(kit.tick(BY_MAIL, label, ticked=bool(values and values.choices(BY_MAIL))))
    return kit.modal(FormId.THANK_YOU, "Say thank you", blocks, submit="Send", metadata=metadata)


def sent(view: ThanksView, *, by_mail: bool | None = False) -> dict[str, Any]:
    """What the employee sees once the note is on its way. `by_mail` is None where it was wanted and cannot be."""
    manager = kit.fitted(formatting.first_name(view.manager), 300)
    text = f"Your note is on its way: {manager} gets it as a direct message, in their working hours."
    if by_mail:
        text += " The e-mail goes out now; I'll tell you if that fails."
    elif by_mail is None:
        text += f" {NO_MAIL_SERVER}"
    return kit.notice("Sent", text)


def _to_read(view: ThanksView) -> dict[str, Any]:
    note = thanks_document(view)
    return kit.modal(FormId.NOTICE, note.title, document.blocks(note))


def to_change(view: ThanksView) -> dict[str, Any]:
    """The deliverables, each with a button for other words or another date, which the other side is asked about."""
    employee = kit.fitted(formatting.first_name(view.employee), 300)
    blocks = [kit.section(f"Which one should change? {employee} is asked to agree.")]
    for number, one in enumerate(view.deliverables, start=1):
        by = formatting.day(one.due_on, view.today)
        change = kit.button("Change", Action.NEW_DATE, str(one.pk))
        change["accessibility_label"] = kit.plain(f"Change commitment {number}", kit.BUTTON_TEXT)["text"]
        text = f"*{number}.* {kit.fitted(one.text, LONGEST_SHOWN)}\n_by {by}_"
        blocks.append(kit.section(text, change) | {"block_id": f"deliverable.{one.pk}"})
    if not view.deliverables:
        blocks = [kit.section("There is nothing left to change: every commitment is settled.")]
    return kit.modal(FormId.NOTICE, "Change commitments", blocks)


def confirmed(view: ThanksView, count: int) -> str:
    """After confirming: a sentence on what was confirmed."""
    employee = kit.fitted(formatting.first_name(view.employee), 300)
    if count == 0:
        return f"Everything was confirmed already. {employee} can see it."
    return f"Confirmed: {formatting.count(count, 'commitment')}. {employee} can see it."
