"""The thank-you note, to write or to read (practice E12)."""

from datetime import datetime
from typing import Any

from cycle import formatting
from cycle.nudges import Action
from cycle.thanks import LONGEST_NOTE, NOTE, ThanksView, draft_note
from handlers.shared.form_values import FormValues
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import PairMetadata
from handlers.views import kit
from storage.commitments import Commitment
from storage.pairs import Side
from storage.people import Person


def render(
    view: ThanksView,
    me: Person,
    metadata: PairMetadata,
    values: FormValues | None = None,
    kept_at: datetime | None = None,
) -> dict[str, Any]:
    """The form for the employee while nothing is sent; otherwise the note, for either."""
    if view.note is not None or view.side is Side.MANAGER:
        return _to_read(view, me)
    manager = formatting.first_name(view.manager)
    text = values.text(NOTE) if values else draft_note(view.employee, view.manager, view.deliverables)
    blocks = kit.draft_note(formatting.moment(kept_at, me)) if kept_at else []
    blocks.append(
        kit.section(
            f"Here is a draft: change what you like. {kit.fitted(manager, 300)} gets it as a direct message from me, "
            "in their working hours, and is asked to confirm what you will deliver."
        )
    )
    hint = "" if view.deliverables else "You have no open commitment from this discussion, so the draft names none."
    element = kit.text_input(text, longest=LONGEST_NOTE)
    blocks.append(kit.field(NOTE, f"Your note to {manager}", element, hint=hint, optional=False))
    return kit.modal(FormId.THANK_YOU, "Say thank you", blocks, submit="Send", metadata=metadata)


def sent(view: ThanksView) -> dict[str, Any]:
    """What the employee sees once the note is on its way."""
    manager = kit.fitted(formatting.first_name(view.manager), 300)
    return kit.notice(
        "Sent", f"Your note is on its way: {manager} gets it as a direct message, in their working hours."
    )


def _to_read(view: ThanksView, me: Person) -> dict[str, Any]:
    employee, manager = (kit.fitted(formatting.first_name(one), 300) for one in (view.employee, view.manager))
    if view.note is None:
        text = (
            f"{employee} writes this note, a few days after you meet. You get it from me as a direct message, "
            "and confirm what it says about deliverables. There is none yet for your last discussion."
        )
        return kit.notice("Thank-you", text)
    on = formatting.moment(view.note.sent_at, me)
    lead = f"{employee} wrote this to you on {on}." if view.side is Side.MANAGER else f"You sent this on {on}."
    blocks = [kit.section(lead), *kit.in_full(view.note.text), *_deliverables(view)]
    if view.side is Side.MANAGER and view.to_confirm:
        confirm = kit.button(
            "Confirm the deliverables", Action.CONFIRM_DELIVERABLES, str(view.discussion.pk), primary=True
        )
        amend = kit.button("Change them", Action.OPEN_COMMITMENTS, str(view.pair.pk))
        blocks.append(kit.actions([confirm, amend]))
    elif view.deliverables:
        waiting = f"{manager} has not confirmed all of them yet."
        blocks.append(kit.context(waiting if view.to_confirm else "All of them are confirmed by both of you."))
    return kit.modal(FormId.NOTICE, "Thank-you", blocks)


def _deliverables(view: ThanksView) -> list[kit.Block]:
    """The deliverables of today, which may have changed since the note was written."""
    if not view.deliverables:
        return []
    name = kit.fitted(formatting.first_name(view.employee), 300)
    return [kit.section(f"*What {name} will deliver*"), *(kit.section(_line(one)) for one in view.deliverables)]


def _line(commitment: Commitment) -> str:
    state = "confirmed" if commitment.confirmed_at else "not confirmed yet"
    return f"{kit.quoted(commitment.text, 2800)}\nby {formatting.day(commitment.due_on)}, {state}"


def confirmed(view: ThanksView, count: int) -> str:
    """What came of confirming."""
    employee = kit.fitted(formatting.first_name(view.employee), 300)
    if count == 0:
        return f"Everything was confirmed already. {employee} can see it."
    return f"Confirmed: {formatting.count(count, 'commitment')}. {employee} can see it."
