"""Asking to meet, and answering (practice E5)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from cycle import formatting
from cycle.coach_remarks import Advice
from cycle.meeting_requests import (
    ANSWER,
    LONGEST_REASON,
    LONGEST_WORDS,
    OTHER_TIME,
    REASON,
    TIMES,
    WORDS,
    AnswerView,
    AskForm,
    AskView,
)
from cycle.nudges import Action
from cycle.scheduling import ScheduleView
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import AnswerMeetingMetadata, AskMetadata
from handlers.views import coach_remarks, kit

ANOTHER: Final = "another"  # options of an answer beside the times
NOT_NOW: Final = "not_now"
DECLINED_TEXT: Final = 2000  # characters of a reason, escaped


def read(values: FormValues, view: AskView) -> AskForm:
    """What is filled in; a field that was never shown is as it was proposed."""
    proposed = [*view.proposed, None, None, None]
    times = [values.moment(name) if name in values else proposed[place] for place, name in enumerate(TIMES)]
    return AskForm(values.text(WORDS) if WORDS in values else view.draft, times)


def ask(
    view: AskView, metadata: AskMetadata, values: FormValues, advice: Sequence[Advice] = (), draft_note: str = ""
) -> dict[str, Any]:
    """The words and up to three times."""
    schedule, name = view.schedule, formatting.first_name(view.schedule.other)
    due = formatting.day(schedule.discussion.due_on, schedule.today)
    filled = read(values, view)
    blocks = kit.draft_note(draft_note) if draft_note else []
    if view.waiting is not None:
        asked_on = formatting.day(local_day(schedule.me, view.waiting.asked_at), schedule.today)
        text = f"You asked on {asked_on} and have no answer yet. What you ask now takes its place."
        back = kit.button("Take it back", ActionId.WITHDRAW_MEETING, str(view.waiting.pk))
        blocks.append(kit.section(text, back) | {"block_id": "waiting"})
    else:
        escaped = kit.fitted(name, 300)
        blocks.append(kit.context(f"Your career discussion with {escaped} is due by {due} and has no date yet."))
        if view.declined is not None and view.declined.reason:
            reason = kit.quoted(view.declined.reason, DECLINED_TEXT)
            blocks.append(kit.section(f"When you last asked, it didn't suit {escaped}:\n{reason}"))
    words = kit.text_input(filled.words, longest=LONGEST_WORDS)
    hint = f"{name} reads these words in a message from me. This is a draft: change it or leave it empty."
    blocks.append(kit.field(WORDS, f"A few words to {name}", words, hint=hint))
    blocks += coach_remarks.under(WORDS, advice)
    for number, (field, time) in enumerate(zip(TIMES, filled.times, strict=True), start=1):
        hint = "Your time." if number == 1 else ""
        label = "Times to choose from" if number == 1 else f"Time {number}"
        blocks.append(kit.field(field, label, kit.moment_picker(time), hint=hint))
    blocks += coach_remarks.closing(advice, "Ask")
    return kit.modal(FormId.ASK_MEETING, "Ask to meet", blocks, submit="Ask", metadata=metadata)


def asked(view: AskView) -> dict[str, Any]:
    """After asking."""
    name = kit.fitted(formatting.first_name(view.schedule.other), 300)
    return kit.notice("Asked", f"Asked. {name} gets it in their working hours; I'll let you know the answer.")


def taken_back(other_name: str) -> dict[str, Any]:
    """After taking a request back."""
    name = kit.fitted(other_name, 300)
    return kit.notice("Taken back", f"Taken back. {name} is no longer asked to answer.")


def answer(view: AnswerView, metadata: AnswerMeetingMetadata, now: datetime, values: FormValues) -> dict[str, Any]:
    """The words, the times on my clock, another time, or not now with a word on why."""
    name, today = formatting.first_name(view.other), local_day(view.me, now)
    blocks = [kit.section(f"{kit.fitted(name, 300)} asks to meet, {view.discussion.minutes} minutes.")]
    if view.request.words:
        blocks += kit.in_full(view.request.words)
    options = list(_options(view, now))
    blocks += [
        kit.field(ANSWER, "What suits you?", kit.radio(options, values.choice(ANSWER)), optional=False),
        kit.field(
            OTHER_TIME, "Another time", kit.moment_picker(values.moment(OTHER_TIME)),
            hint=f"Your time. {name} is asked to take it.",
        ),
        kit.field(
            REASON, "If it does not suit now: why?", kit.text_input(values.text(REASON), longest=LONGEST_REASON),
            hint=f"{name} reads it. It stays between you two.",
        ),
    ]  # fmt: skip
    if all(time <= now for time in view.request.moments):
        blocks.insert(1, kit.context("The times that were proposed have passed."))
    day = formatting.day(local_day(view.me, view.request.asked_at), today)
    blocks.append(kit.context(f"Asked on {day}."))
    return kit.modal(FormId.ANSWER_MEETING, "Asked to meet", blocks, submit="Answer", metadata=metadata)


def _options(view: AnswerView, now: datetime) -> Iterator[kit.Element]:
    today = local_day(view.me, now)
    for time in view.request.moments:
        if time > now:
            yield kit.option(formatting.moment(time, view.me, today), str(int(time.timestamp())), _theirs(view, time))
    yield kit.option("Another time", ANOTHER, "Choose it below.")
    yield kit.option("It does not suit now", NOT_NOW, "Say why below.")


def _theirs(view: AnswerView, time: datetime) -> str:
    """The same moment on the other's clock, where that differs."""
    mine, theirs = formatting.clock(time, view.me), formatting.clock(time, view.other)
    if mine == theirs:
        return ""
    return f"{theirs} for {formatting.shorten(formatting.first_name(view.other), 30)}"


def answered(view: AnswerView, schedule: ScheduleView | None) -> dict[str, Any]:
    """What comes next; `schedule` where a time was accepted."""
    name = kit.fitted(formatting.first_name(view.other), 300)
    if schedule is None or schedule.discussion.starts_at is None:
        return kit.notice("Answered", f"Answered. I'll let {name} know.")
    return set_together(schedule)


def set_together(schedule: ScheduleView) -> dict[str, Any]:
    """After a time was taken that the other one proposed."""
    starts_at = schedule.discussion.starts_at
    if starts_at is None:
        raise ValueError("a date was set")
    name, key = kit.fitted(formatting.first_name(schedule.other), 300), str(schedule.pair.pk)
    when = kit.fitted(formatting.both_clocks(starts_at, schedule.me, schedule.other, schedule.today), 1000)
    blocks = [
        kit.section(f"You and {name} meet on *{when}*, {schedule.discussion.minutes} minutes. I'll let {name} know."),
        kit.actions(
            [
                kit.button("Prepare", Action.OPEN_PREPARATION, key, primary=True),
                kit.button("Agenda", Action.OPEN_AGENDA, key),
            ]
        ),
    ]
    return kit.modal(FormId.NOTICE, "Date set", blocks)


def taken(schedule: ScheduleView) -> str:
    """The same in a message."""
    starts_at = schedule.discussion.starts_at
    if starts_at is None:
        raise ValueError("a date was set")
    return f"The date is set: {kit.escape(formatting.moment(starts_at, schedule.me, schedule.today))}."
