"""What the two have written to each other about a commitment or an objective, and a line to add (practice E14)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from cycle import formatting
from cycle.updates import ASKS, LONGEST_UPDATE, TEXT, UpdatesView
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import kit
from handlers.views.home import words_for_due
from storage.commitments import Commitment, CommitmentState
from storage.people import Person
from storage.updates import Update, UpdateKind

MOST_SHOWN: Final = 10  # the latest; nobody scrolls through more while writing one


def asks(values: FormValues) -> bool:
    """Whether the person wants the other side's guidance."""
    return values.is_ticked(ASKS)


def render(
    form: FormId, view: UpdatesView, me: Person, metadata: ViewMetadata, now: datetime, values: FormValues
) -> dict[str, Any]:
    """The commitment or objective, what was written about it, and a line to add."""
    other = formatting.first_name(view.other)
    blocks = [kit.section(_matter(view, me, now)), *_written(view, me, now)]
    label = f"Your answer to {other}" if view.waiting else f"What would you like to tell {other}?"
    text = kit.text_input(values.text(TEXT), longest=LONGEST_UPDATE)
    blocks.append(
        kit.field(TEXT, label, text, hint=f"{other} gets it as a message, in their working hours.", optional=False)
    )
    blocks.append(kit.tick(ASKS, f"I'd like {formatting.shorten(other, 40)}'s guidance on this", ticked=asks(values)))
    return kit.modal(form, f"Write to {other}", blocks, submit="Send", metadata=metadata)


def sent(view: UpdatesView, kind: UpdateKind) -> dict[str, Any]:
    """What comes next."""
    name = kit.fitted(formatting.first_name(view.other), 300)
    match kind:
        case UpdateKind.QUESTION:
            return kit.notice(
                "Sent", f"Sent. {name} gets your question in their working hours; I'll bring you the answer."
            )
        case UpdateKind.ANSWER:
            return kit.notice("Sent", f"Sent. {name} gets your answer in their working hours.")
        case _:
            return kit.notice("Sent", f"Sent. {name} gets it in their working hours.")


def _matter(view: UpdatesView, me: Person, now: datetime) -> str:
    one, is_mine, today = view.matter, view.owner.id == me.id, local_day(me, now)
    noun = "commitment" if isinstance(one, Commitment) else "objective"
    whose = f"Your {noun}" if is_mine else f"{kit.fitted(formatting.first_name(view.owner), 300)}'s {noun}"
    if isinstance(one, Commitment):
        when = "done" if one.state is CommitmentState.DONE else words_for_due(one.due_on, today)
    else:
        when = f"by {formatting.day(one.target_on, today)}"
    return f"*{whose}* · {when}\n{kit.quoted(one.text, 2600)}"


def _written(view: UpdatesView, me: Person, now: datetime) -> Iterator[kit.Block]:
    if len(view.written) > MOST_SHOWN:
        yield kit.context(f"Here are the latest {MOST_SHOWN} of {len(view.written)} updates.")
    for one in view.written[-MOST_SHOWN:]:
        yield kit.section(f"{_who(one, view, me, now)}\n{kit.quoted(one.text, 2600)}")


def _who(one: Update, view: UpdatesView, me: Person, now: datetime) -> str:
    """“*Ana* asked on Tue 24 Nov”, and whether that is answered."""
    name = "You" if one.author_id == me.id else kit.fitted(formatting.first_name(view.other), 300)
    on = formatting.day(local_day(me, one.written_at), local_day(me, now))
    match one.kind:
        case UpdateKind.QUESTION:
            waits = " · not answered yet" if one.waits else ""
            return f"*{name}* asked on {on}{waits}"
        case UpdateKind.ANSWER:
            return f"*{name}* answered on {on}"
        case _:
            return f"*{name}* wrote on {on}"
