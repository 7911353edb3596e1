"""The thank-you note as a document: what the two read once it is sent, with today's deliverables (practice E12)."""

from collections.abc import Iterator, Sequence

from cycle import formatting
from cycle.document import Document, Heading, ListItem, Paragraph, Part, Quote, Span, excerpt, text
from cycle.nudges import Action, Button
from cycle.thanks import ThanksView
from storage.pairs import Side

TITLE = "Thank-you"
DELIVERABLE_TEXT = 2800  # characters: a section of Slack takes 3000, escaping included


def thanks_document(view: ThanksView) -> Document:
    """The note for either of the two; where there is none yet, what the manager may expect."""
    return Document(TITLE, [*_note(view), *_deliverables(view), *_confirmation(view)], _choices(view))


def _note(view: ThanksView) -> Iterator[Part]:
    employee = formatting.first_name(view.employee)
    if view.note is None:
        yield Paragraph(
            text(
                employee,
                " writes this note, a few days after you meet. You get it from me as a direct message, and confirm "
                "what it says about deliverables. There is none yet for your last discussion.",
            )
        )
    elif view.side is Side.MANAGER:
        on = formatting.moment(view.note.sent_at, view.manager, view.today)
        yield Paragraph(text(employee, f" wrote this to you on {on}."))
        yield Quote(view.note.text)
    else:
        on = formatting.moment(view.note.sent_at, view.employee, view.today)
        yield Paragraph(text(f"You sent this on {on}."))
        yield Quote(view.note.text)


def _deliverables(view: ThanksView) -> Iterator[Part]:
    """Those of today, which may have changed since the note was written."""
    if view.note is None or not view.deliverables:
        return
    yield Heading(f"What {formatting.first_name(view.employee)} will deliver")
    for commitment in view.deliverables:
        state = "confirmed" if commitment.confirmed_at else "not confirmed yet"
        by = Span(f"by {formatting.day(commitment.due_on, view.today)}, {state}", italic=True)
        yield ListItem(text(excerpt(commitment.text, DELIVERABLE_TEXT), " – ", by))


def _confirmation(view: ThanksView) -> Iterator[Part]:
    """The employee reads whether the manager has confirmed; the manager has a button instead."""
    if view.note is None or not view.deliverables or (view.side is Side.MANAGER and view.to_confirm):
        return
    if view.to_confirm:
        yield Paragraph(text(formatting.first_name(view.manager), " has not confirmed all of them yet."), small=True)
    else:
        yield Paragraph(text("All of them are confirmed by both of you."), small=True)


def _choices(view: ThanksView) -> Sequence[Button]:
    if view.note is None or view.side is not Side.MANAGER or not view.to_confirm:
        return ()
    return (
        Button("Confirm the deliverables", Action.CONFIRM_DELIVERABLES, view.discussion.pk, primary=True),
        Button("Change them", Action.CHANGE_DELIVERABLES, view.discussion.pk),
    )
