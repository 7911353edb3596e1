"""Choosing, moving and cancelling the date of a talk, on both people's clocks (practice E10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cycle import words
from cycle.calendar import hours_in
from cycle.scheduling import MINUTES, REASON, STARTS_AT, ScheduleView
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import kit
from storage.discussions import Discussion
from storage.people import Person

LENGTHS = (30, 45, 60, 90, 120)  # minutes
LONGEST_REASON = 1000  # characters
AGAIN = "Press the button once more to keep this time."


def render(
    view: ScheduleView, chosen: datetime | None = None, minutes: int | None = None, *, ask_again: bool = False
) -> dict[str, Any]:
    """The form. `chosen` and `minutes` are what is filled in; until then, what is set."""
    starts_at, length = chosen or view.talk.starts_at, minutes or view.talk.minutes
    said = view.warnings(starts_at, length) if starts_at else []
    blocks = [*_standing(view), _moment(starts_at)]
    if starts_at is not None:
        blocks += _clocks(view, starts_at, said, ask_again=ask_again)
    blocks.append(_length(length))
    if view.talk.starts_at is not None:
        blocks.append(kit.actions([kit.button("Cancel this talk", Act.OPEN_CANCEL, str(view.pair.pk), danger=True)]))
    about = Subject(
        pair_id=view.pair.pk,
        discussion_id=view.talk.pk,
        round=view.talk.round,
        warned_of=int(starts_at.timestamp()) if starts_at and said else 0,
    )
    submit = "Move" if view.talk.starts_at else "Set the date"
    return kit.modal(Form.SCHEDULE, "Find a time", blocks, submit=submit, about=about)


def _standing(view: ScheduleView) -> list[kit.Block]:
    """What is known so far: a date, or by when one is wanted, and why the last one fell through."""
    other = kit.fitted(words.first_name(view.other), 300)
    if view.talk.starts_at is not None:
        when = kit.escape(words.both_clocks(view.talk.starts_at, view.me, view.other))
        return [kit.section(f"You and {other} talk on *{when}*, {view.talk.minutes} minutes.")]
    due = words.day(view.talk.due_on)
    blocks = [kit.section(f"Your career discussion with {other} has no date yet (due by {due}).")]
    if view.cancelled is not None:
        blocks += _cancelled(view, view.cancelled)
    return blocks


def _cancelled(view: ScheduleView, talk: Discussion) -> list[kit.Block]:
    who = "You" if talk.cancelled_by_id == view.me.id else kit.fitted(words.first_name(view.other), 300)
    day = f" of {words.moment(talk.starts_at, hours_in(view.me.tz))}" if talk.starts_at else ""
    return [kit.context(f"{who} cancelled the talk{day}:"), *kit.in_full(talk.cancel_reason or "")]


def _moment(starts_at: datetime | None) -> kit.Block:
    picker = kit.moment_picker(starts_at, action_id=Act.TIME_CHOSEN)
    return kit.field(STARTS_AT, "When?", picker, hint="On your own clock.", optional=False)


def _clocks(view: ScheduleView, starts_at: datetime, said: Sequence[str], *, ask_again: bool) -> list[kit.Block]:
    """Right under the field: the time for both, and what is unusual about it."""
    clocks = kit.fitted(words.both_clocks(starts_at, view.me, view.other), 1000)
    blocks = [kit.context(clocks)]
    if said:
        lines = [kit.fitted(line, 1000) for line in said]
        lines.append(AGAIN if ask_again else "You can choose it all the same.")
        blocks.append(kit.section(f":warning: *Please note.* {' '.join(lines)}"))
    return blocks


def _length(minutes: int) -> kit.Block:
    options = [kit.option(f"{one} minutes", str(one)) for one in sorted({*LENGTHS, minutes})]
    menu = kit.select(options, str(minutes), action_id=Act.TIME_CHOSEN)
    return kit.field(MINUTES, "How long?", menu, optional=False)


def cancelling(view: ScheduleView, draft: Filled | None) -> dict[str, Any]:
    """Asks why."""
    other = words.first_name(view.other)
    when = f" on *{words.moment(view.talk.starts_at, hours_in(view.me.tz))}*" if view.talk.starts_at else ""
    blocks = [
        kit.section(
            f"This cancels your talk with {kit.fitted(other, 300)}{when}. The next one opens at once and keeps your "
            "preparations and the agenda; it only needs a date."
        ),
        kit.field(
            REASON,
            "Why?",
            kit.text_input(draft.text(REASON) if draft else "", longest=LONGEST_REASON),
            hint=f"Only {other} and you can read this.",
            optional=False,
        ),
    ]
    about = Subject(pair_id=view.pair.pk, discussion_id=view.talk.pk, round=view.talk.round)
    return kit.modal(Form.CANCEL, "Cancel this talk", blocks, submit="Cancel the talk", close="Back", about=about)


def cancelled(successor: Discussion, other: Person) -> dict[str, Any]:
    """Says what comes instead; closing it closes the forms below as well."""
    sentence = (
        f"The talk is cancelled, and I will tell {kit.fitted(words.first_name(other), 300)}. The next one is open: it "
        f"is due by {words.day(successor.due_on)}, and `/career schedule` finds it a time."
    )
    return kit.notice("Cancelled", sentence) | {"clear_on_close": True}
