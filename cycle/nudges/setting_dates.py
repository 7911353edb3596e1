"""Dates: somebody set, moved or cancelled one, or none is set and the time has come (practices E10, E17)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from cycle import formatting
from cycle.calendar import WorkingHours
from cycle.nudges.getting_ready import scheduled
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.discussions import Discussion, DiscussionState
from storage.pairs import PairState
from storage.people import Person

# A talk without a date comes up three weeks before it is due, then weekly, three times in all.
SCHEDULE_AHEAD = timedelta(days=21)
SCHEDULE_CALLS = 3
ONE_WEEK = timedelta(days=7)
# Whoever has just opened a turn gets two working days to find a date before being asked.
SCHEDULE_QUIET_WORKING_DAYS = 2
# A cycle that stands still after all that comes up once in four weeks, for both (E17: never lost silently), six times:
# whoever lets half a year of these pass has answered; the App Home goes on showing it.
QUIET_FOR = timedelta(weeks=4)
QUIET_CALLS = 6
# News of a cancelled talk is old after this.
CANCELLED_IS_NEWS = timedelta(days=14)


def opened_at(view: PairSnapshot) -> datetime | None:
    """When the present turn began: with the pair, or when the turn before was wrapped up or cancelled."""
    before = [
        view.pair.answered_at,
        view.held.wrapped_up_at if view.held else None,
        view.cancelled.cancelled_at if view.cancelled else None,
    ]
    return max((moment for moment in before if moment), default=None)


def schedule_next(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E17: a turn without a date is not forgotten."""
    discussion, began = view.current, opened_at(view)
    if (
        discussion is None
        or discussion.state is not DiscussionState.PLANNING
        or view.pair.state is not PairState.ACTIVE
    ):
        return
    hours = view.hours(view.pair.employee_id)
    day = first_call(discussion, began, hours)
    moments = [hours.opening(hours.working_day_from(day + ONE_WEEK * call)) for call in range(SCHEDULE_CALLS)]
    for call, due_at in enumerate(moments):
        ends_at = moments[call + 1] if call + 1 < len(moments) else due_at + QUIET_FOR
        key = f"schedule_next:{discussion.id}:{call + 1}"
        yield PlannedNudge("schedule_next", key, view.pair.employee_id, discussion.pk, due_at, ends_at)


def first_call(discussion: Discussion, began: datetime | None, hours: WorkingHours) -> date:
    """The day on which a turn without a date first comes up."""
    day = discussion.due_on - SCHEDULE_AHEAD
    if began is None:
        return day
    return max(day, hours.working_days_after(hours.day_of(began), SCHEDULE_QUIET_WORKING_DAYS))


def gone_quiet(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E17: a turn that nobody dates, or a talk that nobody wraps up, comes up again for both."""
    discussion = view.current
    if discussion is None or view.pair.state is not PairState.ACTIVE:
        return
    for person_id in (view.pair.employee_id, view.pair.manager_id):
        hours = view.hours(person_id)
        if discussion.ends_at is not None:
            since = hours.day_of(discussion.ends_at)
        else:
            since = first_call(discussion, opened_at(view), hours) + ONE_WEEK * (SCHEDULE_CALLS - 1)
        days = [hours.working_day_from(since + QUIET_FOR * call) for call in range(1, QUIET_CALLS + 2)]
        moments = [hours.opening(day) for day in days]
        for call, (due_at, ends_at) in enumerate(pairwise(moments), start=1):
            key = f"gone_quiet:{discussion.id}:{discussion.round}:{person_id}:{call}"
            yield PlannedNudge("gone_quiet", key, person_id, discussion.pk, due_at, ends_at)


def gone_quiet_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What both read: what is missing, and the button that mends it."""
    if (discussion := view.current) is None:
        return None
    other = formatting.first_name(view.other_than(me.pk))
    if discussion.starts_at is None:
        text = f"Your career discussions with {other} have gone quiet: the next one has no date yet."
        return NudgeText(text, (Button("Find a time", Action.OPEN_SCHEDULE, view.pair.pk, primary=True),))
    held_on = formatting.moment(discussion.starts_at, me)
    text = f"Your talk with {other} of {held_on} was never wrapped up, so nothing follows from it yet. Did it happen?"
    return NudgeText(text, (Button("How did it go?", Action.OPEN_WRAP_UP, discussion.pk, primary=True),))


def schedule_next_words(view: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the employee reads."""
    if view.current is None:
        return None
    due_on = view.current.due_on
    is_due = "was due by" if due_on < local_day(me, planned.due_at) else "is due by"
    text = (
        f"Your next career discussion with {formatting.first_name(view.manager)} {is_due} {formatting.day(due_on)} "
        "and has no date yet."
    )
    return NudgeText(text, (Button("Find a time", Action.OPEN_SCHEDULE, view.pair.pk, primary=True),))


def date_set(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side hears of a date that somebody set or moved."""
    if (coming := scheduled(view)) is None:
        return
    discussion, starts_at = coming
    told_with_the_wrap_up = view.held is not None and view.held.wrapped_up_at == discussion.dated_at
    if discussion.dated_by_id is None or discussion.dated_at is None or told_with_the_wrap_up:
        return
    other = view.pair.other_than(discussion.dated_by_id)
    due_at = view.hours(other).next_open(discussion.dated_at)
    if due_at < starts_at:
        yield PlannedNudge(
            "date_set", f"date_set:{discussion.id}:{discussion.round}", other, discussion.pk, due_at, starts_at
        )


def date_set_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the other side reads."""
    if (coming := scheduled(view)) is None:
        return None
    discussion, starts_at = coming
    other = view.other_than(me.pk)
    verb = "moved" if discussion.round > 1 else "set"
    text = (
        f"{formatting.first_name(other)} {verb} your career discussion to "
        f"{formatting.both_clocks(starts_at, me, other)}, "
        f"{discussion.minutes} minutes."
    )
    return NudgeText(
        text,
        (
            Button("Prepare", Action.OPEN_PREPARATION, view.pair.pk, primary=True),
            Button("Another time", Action.OPEN_SCHEDULE, view.pair.pk),
        ),
    )


def cancelled(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side hears that a talk was cancelled."""
    discussion = view.cancelled
    if (
        discussion is None
        or discussion.cancelled_at is None
        or discussion.cancelled_by_id is None
        or discussion.starts_at is None
    ):
        return
    other = view.pair.other_than(discussion.cancelled_by_id)
    due_at = view.hours(other).next_open(discussion.cancelled_at)
    yield PlannedNudge(
        "cancelled",
        f"cancelled:{discussion.id}",
        other,
        discussion.pk,
        due_at,
        discussion.cancelled_at + CANCELLED_IS_NEWS,
    )


def cancelled_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the other side reads."""
    discussion = view.cancelled
    if discussion is None or discussion.starts_at is None:
        return None
    text = (
        f"{formatting.first_name(view.other_than(me.pk))} cancelled your career discussion on "
        f"{formatting.moment(discussion.starts_at, me)}. The next one is open; it only needs a date."
    )
    return NudgeText(text, (Button("Find a time", Action.OPEN_SCHEDULE, view.pair.pk, primary=True),))


SCHEDULE_NEXT = NudgeKind(
    "schedule_next", "Your next talk is due within three weeks.", schedule_next, schedule_next_words
)
GONE_QUIET = NudgeKind(
    "gone_quiet", "Nothing has happened in this pair for four weeks or more.", gone_quiet, gone_quiet_words
)
DATE_SET = NudgeKind("date_set", "The date of your talk was set or moved.", date_set, date_set_words)
CANCELLED = NudgeKind("cancelled", "A talk of yours was cancelled.", cancelled, cancelled_words)
