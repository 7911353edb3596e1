"""Dates: somebody set, moved or cancelled one, or none is set and the time has come (practices E10, E17)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from cycle import words
from cycle.calendar import WorkingHours
from cycle.nudges.getting_ready import scheduled
from cycle.nudges.kind import Do, Kind, Planned, Press, Words
from cycle.state import PairView
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


def opened_at(view: PairView) -> datetime | None:
    """When the present turn began: with the pair, or when the turn before was wrapped up or cancelled."""
    before = [
        view.pair.answered_at,
        view.held.wrapped_up_at if view.held else None,
        view.cancelled.cancelled_at if view.cancelled else None,
    ]
    return max((moment for moment in before if moment), default=None)


def schedule_next(view: PairView) -> Iterator[Planned]:
    """E17: a turn without a date is not forgotten."""
    talk, began = view.current, opened_at(view)
    if talk is None or talk.state is not DiscussionState.PLANNING or view.pair.state is not PairState.ACTIVE:
        return
    hours = view.hours(view.pair.employee_id)
    day = first_call(talk, began, hours)
    moments = [hours.opening(hours.working_day_from(day + ONE_WEEK * call)) for call in range(SCHEDULE_CALLS)]
    for call, due_at in enumerate(moments):
        ends_at = moments[call + 1] if call + 1 < len(moments) else due_at + QUIET_FOR
        key = f"schedule_next:{talk.id}:{call + 1}"
        yield Planned("schedule_next", key, view.pair.employee_id, talk.pk, due_at, ends_at)


def first_call(talk: Discussion, began: datetime | None, hours: WorkingHours) -> date:
    """The day on which a turn without a date first comes up."""
    day = talk.due_on - SCHEDULE_AHEAD
    if began is None:
        return day
    return max(day, hours.working_days_after(hours.day_of(began), SCHEDULE_QUIET_WORKING_DAYS))


def gone_quiet(view: PairView) -> Iterator[Planned]:
    """E17: a turn that nobody dates, or a talk that nobody wraps up, comes up again for both."""
    talk = view.current
    if talk is None or view.pair.state is not PairState.ACTIVE:
        return
    for person_id in (view.pair.employee_id, view.pair.manager_id):
        hours = view.hours(person_id)
        if talk.ends_at is not None:
            since = hours.day_of(talk.ends_at)
        else:
            since = first_call(talk, opened_at(view), hours) + ONE_WEEK * (SCHEDULE_CALLS - 1)
        days = [hours.working_day_from(since + QUIET_FOR * call) for call in range(1, QUIET_CALLS + 2)]
        moments = [hours.opening(day) for day in days]
        for call, (due_at, ends_at) in enumerate(pairwise(moments), start=1):
            key = f"gone_quiet:{talk.id}:{talk.round}:{person_id}:{call}"
            yield Planned("gone_quiet", key, person_id, talk.pk, due_at, ends_at)


def gone_quiet_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What both read: what is missing, and the button that mends it."""
    if (talk := view.current) is None:
        return None
    other = words.first_name(view.other_than(me.pk))
    if talk.starts_at is None:
        text = f"Your career discussions with {other} have gone quiet: the next one has no date yet."
        return Words(text, (Press("Find a time", Do.OPEN_SCHEDULE, view.pair.pk, primary=True),))
    held_on = words.moment(talk.starts_at, view.hours(me.pk))
    text = f"Your talk with {other} of {held_on} was never wrapped up, so nothing follows from it yet. Did it happen?"
    return Words(text, (Press("How did it go?", Do.OPEN_WRAP_UP, talk.pk, primary=True),))


def schedule_next_words(view: PairView, planned: Planned, me: Person) -> Words | None:
    """What the employee reads."""
    if view.current is None:
        return None
    due_on = view.current.due_on
    is_due = "was due by" if due_on < view.hours(me.pk).day_of(planned.due_at) else "is due by"
    text = (
        f"Your next career discussion with {words.first_name(view.manager)} {is_due} {words.day(due_on)} "
        "and has no date yet."
    )
    return Words(text, (Press("Find a time", Do.OPEN_SCHEDULE, view.pair.pk, primary=True),))


def date_set(view: PairView) -> Iterator[Planned]:
    """The other side hears of a date that somebody set or moved."""
    if (coming := scheduled(view)) is None:
        return
    talk, starts_at = coming
    told_with_the_wrap_up = view.held is not None and view.held.wrapped_up_at == talk.dated_at
    if talk.dated_by_id is None or talk.dated_at is None or told_with_the_wrap_up:
        return
    other = view.pair.other_than(talk.dated_by_id)
    due_at = view.hours(other).next_open(talk.dated_at)
    if due_at < starts_at:
        yield Planned("date_set", f"date_set:{talk.id}:{talk.round}", other, talk.pk, due_at, starts_at)


def date_set_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What the other side reads."""
    if (coming := scheduled(view)) is None:
        return None
    talk, starts_at = coming
    other = view.other_than(me.pk)
    verb = "moved" if talk.round > 1 else "set"
    text = (
        f"{words.first_name(other)} {verb} your career discussion to {words.both_clocks(starts_at, me, other)}, "
        f"{talk.minutes} minutes."
    )
    return Words(
        text,
        (
            Press("Prepare", Do.OPEN_PREPARATION, view.pair.pk, primary=True),
            Press("Another time", Do.OPEN_SCHEDULE, view.pair.pk),
        ),
    )


def cancelled(view: PairView) -> Iterator[Planned]:
    """The other side hears that a talk was cancelled."""
    talk = view.cancelled
    if talk is None or talk.cancelled_at is None or talk.cancelled_by_id is None or talk.starts_at is None:
        return
    other = view.pair.other_than(talk.cancelled_by_id)
    due_at = view.hours(other).next_open(talk.cancelled_at)
    yield Planned("cancelled", f"cancelled:{talk.id}", other, talk.pk, due_at, talk.cancelled_at + CANCELLED_IS_NEWS)


def cancelled_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What the other side reads."""
    talk = view.cancelled
    if talk is None or talk.starts_at is None:
        return None
    text = (
        f"{words.first_name(view.other_than(me.pk))} cancelled your career discussion on "
        f"{words.moment(talk.starts_at, view.hours(me.pk))}. The next one is open; it only needs a date."
    )
    return Words(text, (Press("Find a time", Do.OPEN_SCHEDULE, view.pair.pk, primary=True),))


SCHEDULE_NEXT = Kind("schedule_next", "Your next talk is due within three weeks.", schedule_next, schedule_next_words)
GONE_QUIET = Kind(
    "gone_quiet", "Nothing has happened in this pair for four weeks or more.", gone_quiet, gone_quiet_words
)
DATE_SET = Kind("date_set", "The date of your talk was set or moved.", date_set, date_set_words)
CANCELLED = Kind("cancelled", "A talk of yours was cancelled.", cancelled, cancelled_words)
