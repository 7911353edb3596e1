"""Choosing, moving and cancelling the date of a discussion, on both people's clocks (practice E10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cycle import formatting
from cycle.nudges import Action
from cycle.nudges.scheduling import calendar_button
from cycle.scheduling import LONGEST_REASON, MINUTES, REASON, STARTS_AT, Heard, ScheduleView
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import ScheduleMetadata
from handlers.views import kit
from storage.discussions import Discussion
from storage.people import Person

LENGTHS = (30, 45, 60, 90, 120)  # minutes
LONGEST = 24 * 60
AGAIN = "Press the button again to keep this time."


@dataclass(frozen=True)
class Chosen:
    """What is filled in."""

    starts_at: datetime | None
    minutes: int


def render(
    view: ScheduleView,
    proposed: Sequence[datetime],
    chosen: Chosen | None = None,
    *,
    ask_again: bool = False,
    problem: str | None = None,
) -> dict[str, Any]:
    """The form. `proposed` are times that suit both; `chosen` is what is filled in, until then what is set.

    `problem` says why a proposed time could not be set.
    """
    starts_at = (chosen and chosen.starts_at) or view.discussion.starts_at
    length = chosen.minutes if chosen else view.discussion.minutes
    said = view.warnings(starts_at, length) if starts_at else []
    blocks = [kit.section(f":warning: {kit.escape(problem)}")] if problem else []
    blocks += [*_so_far(view), *_proposed(view, proposed), _moment(starts_at)]
    if starts_at is not None:
        blocks += _clocks(view, starts_at, said, ask_again=ask_again)
    blocks.append(_length(length))
    if view.discussion.starts_at is None:
        name = formatting.shorten(formatting.first_name(view.other), 40)
        blocks.append(kit.actions([kit.button(f"Ask {name} instead", Action.OPEN_ASK, str(view.pair.pk))]))
    if view.discussion.starts_at is not None:
        blocks.append(
            kit.actions([kit.button("Cancel this discussion", ActionId.OPEN_CANCEL, str(view.pair.pk), danger=True)])
        )
    metadata = ScheduleMetadata(
        pair_id=view.pair.pk,
        discussion_id=view.discussion.pk,
        round=view.discussion.round,
        warned_of=int(starts_at.timestamp()) if starts_at and said else 0,
    )
    submit = "Move" if view.discussion.starts_at else "Set the date"
    return kit.modal(FormId.SCHEDULE, "Find a time", blocks, submit=submit, metadata=metadata)


def _so_far(view: ScheduleView) -> list[kit.Block]:
    """What is known so far: the date, or by when there should be one and why the last discussion was cancelled."""
    other = kit.fitted(formatting.first_name(view.other), 300)
    if view.discussion.starts_at is not None:
        when = kit.escape(formatting.both_clocks(view.discussion.starts_at, view.me, view.other, view.today))
        to_calendar = kit.choice(calendar_button(view.discussion))
        return [kit.section(f"You and {other} meet on *{when}*, {view.discussion.minutes} minutes.", to_calendar)]
    due = formatting.day(view.discussion.due_on, view.today)
    blocks = [kit.section(f"Your career discussion with {other} has no date yet (due by {due}).")]
    if view.cancelled is not None:
        blocks += _cancelled(view, view.cancelled)
    return blocks


def _cancelled(view: ScheduleView, discussion: Discussion) -> list[kit.Block]:
    is_mine = discussion.cancelled_by_id == view.me.id
    who = "You" if is_mine else kit.fitted(formatting.first_name(view.other), 300)
    starts_at = discussion.starts_at if is_mine else discussion.moved_from  # the other side may not know the last one
    day = f" of {formatting.moment(starts_at, view.me, view.today)}" if starts_at else ""
    return [
        kit.context(f"{who} cancelled the discussion{day}:"),
        *kit.in_full(discussion.cancel_reason or ""),
        kit.actions([kit.choice(calendar_button(discussion))]),
    ]


def _proposed(view: ScheduleView, proposed: Sequence[datetime]) -> Iterator[kit.Block]:
    """Times that one press sets, each on both clocks."""
    if not proposed:
        yield kit.context("I found no time within both your working hours, so please pick one.")
        return
    yield kit.section("*These times suit you both*")
    label = "Move it here" if view.discussion.starts_at else "Set this time"
    for starts_at in proposed:
        when = formatting.both_clocks(starts_at, view.me, view.other, view.today)
        mine, moment = formatting.moment(starts_at, view.me, view.today), str(int(starts_at.timestamp()))
        button = kit.button(label, ActionId.SET_TIME, moment, about=mine)
        yield kit.section(kit.fitted(when, 1000), button)
    yield kit.context("Within your working hours, and not right beside another career discussion of either of you.")


def _moment(starts_at: datetime | None) -> kit.Block:
    picker = kit.moment_picker(starts_at, action_id=ActionId.TIME_CHOSEN)
    return kit.field(STARTS_AT, "Another time", picker, hint="Your time.", optional=False)


def _clocks(view: ScheduleView, starts_at: datetime, said: Sequence[str], *, ask_again: bool) -> list[kit.Block]:
    """Right under the field: the time for both, and what is unusual about it."""
    clocks = kit.fitted(formatting.both_clocks(starts_at, view.me, view.other, view.today), 1000)
    blocks = [kit.context(clocks)]
    if said:
        lines = [kit.fitted(line, 1000) for line in said]
        lines.append(AGAIN if ask_again else "You can still choose it.")
        blocks.append(kit.section(f":warning: *Please note.* {' '.join(lines)}"))
    return blocks


def _length(minutes: int) -> kit.Block:
    options = [kit.option(f"{one} minutes", str(one)) for one in sorted({*LENGTHS, minutes})]
    menu = kit.select(options, str(minutes), action_id=ActionId.TIME_CHOSEN)
    return kit.field(MINUTES, "How long?", menu, optional=False)


def how_heard(heard: Heard, name: str) -> str:
    """How the other side, of this name, hears of a date that was set just now."""
    return {
        Heard.BY_MESSAGE: f"I'll let {name} know.",
        Heard.BY_EDIT: f"I'll update the message about it that {name} already has.",
        Heard.NOT: f"It is before {name}'s next working hours, so please tell {name} yourself.",
        Heard.ALREADY: f"That is the date that {name} has set.",
    }[heard]


def date_set(view: ScheduleView, *, was_moved: bool, heard: Heard) -> dict[str, Any]:
    """After a date was set or moved: when the two meet, how the other hears of it, what comes next (E15, E16)."""
    name, discussion = kit.fitted(formatting.first_name(view.other), 300), view.discussion
    if discussion.starts_at is None:
        raise ValueError("a date was set")
    when = kit.fitted(formatting.both_clocks(discussion.starts_at, view.me, view.other, view.today), 1000)
    key = str(view.pair.pk)
    blocks = [
        kit.section(f"You and {name} meet on *{when}*, {discussion.minutes} minutes. {how_heard(heard, name)}"),
        kit.section("Next, say what you would like to talk about, and prepare."),
        kit.actions([
            kit.button("Agenda", Action.OPEN_AGENDA, key, primary=True),
            kit.button("Prepare", Action.OPEN_PREPARATION, key),
            kit.choice(calendar_button(discussion, is_news=not was_moved)),
        ]),
    ]  # fmt: skip
    title = "Moved" if was_moved and heard is not Heard.ALREADY else "Date set"
    return kit.modal(FormId.NOTICE, title, blocks)


def cancelling(view: ScheduleView, draft: FormValues | None) -> dict[str, Any]:
    """The form that asks why."""
    other = formatting.first_name(view.other)
    when = (
        f" on *{formatting.moment(view.discussion.starts_at, view.me, view.today)}*"
        if view.discussion.starts_at
        else ""
    )
    blocks = [
        kit.section(
            f"This cancels your discussion with {kit.fitted(other, 300)}{when}. The next one opens at once and keeps "
            "your preparations and the agenda; it only needs a date."
        ),
        kit.field(
            REASON,
            "Why?",
            kit.text_input(draft.text(REASON) if draft else "", longest=LONGEST_REASON),
            hint=f"Only {other} and you can read this.",
            optional=False,
        ),
    ]
    metadata = ScheduleMetadata(pair_id=view.pair.pk, discussion_id=view.discussion.pk, round=view.discussion.round)
    return kit.modal(
        FormId.CANCEL, "Cancel the discussion", blocks, submit="Cancel it", close="Back", metadata=metadata
    )


def cancelled(
    discussion: Discussion, successor: Discussion, other: Person, today: date, *, is_news: bool
) -> dict[str, Any]:
    """After cancelling: what comes instead. Closing it closes the forms below as well.

    `is_news` says whether the other side knew of a date, and so hears that it is cancelled.
    """
    name = kit.fitted(formatting.first_name(other), 300)
    message = (
        f"I'll let {name} know." if is_news else f"I hadn't let {name} know of the date yet, so I won't send anything."
    )
    sentence = (
        f"Cancelled. {message} "
        f"The next one is open and due by {formatting.day(successor.due_on, today)}. "
        "Use `/career schedule` to find a time for it."
    )
    blocks = [kit.section(sentence), kit.actions([kit.choice(calendar_button(discussion))])]
    return kit.modal(FormId.NOTICE, "Cancelled", blocks) | {"clear_on_close": True}
