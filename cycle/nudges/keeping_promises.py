"""Promises: remembered before their date, and kindly after it (practice E13)."""

from collections.abc import Iterator
from datetime import timedelta

from cycle import words
from cycle.nudges.kind import Do, Kind, Planned, Press, Words
from cycle.state import PairView
from storage.commitments import Commitment, RequestState
from storage.people import Person

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
# A week-ahead reminder within three days of the promise itself would only repeat it.
WEEK_AHEAD_NEEDS = timedelta(days=3)
# Reminded on the first working day after the date and weekly twice; then a new date is offered to both.
OVERDUE_REMINDERS = 3


def commitment_ahead(view: PairView) -> Iterator[Planned]:
    """E13: a week and a working day before the date, where there is that much time."""
    for promise in view.commitments:
        hours = view.hours(promise.owner_id)
        agreed_on = hours.day_of(promise.agreed_at)
        week_day = hours.working_day_until(promise.due_on - ONE_WEEK)
        eve = hours.working_days_before(promise.due_on, 1)
        key = f"commitment_ahead:{promise.id}"
        if week_day >= agreed_on + WEEK_AHEAD_NEEDS:
            due_at, ends_at = hours.opening(week_day), hours.opening(eve)
            yield Planned("commitment_ahead", f"{key}:week", promise.owner_id, promise.pk, due_at, ends_at)
        if eve > agreed_on:
            due_at, ends_at = hours.opening(eve), hours.opening(promise.due_on + ONE_DAY)
            yield Planned("commitment_ahead", f"{key}:day", promise.owner_id, promise.pk, due_at, ends_at)


def commitment_ahead_words(view: PairView, planned: Planned, me: Person) -> Words | None:
    """What the owner reads."""
    if (promise := view.commitment(planned.subject_id)) is None:
        return None
    text = (
        f"A promise of yours to {words.first_name(view.other_than(me.pk))} is due on {words.day(promise.due_on)}. "
        "Is it on its way?"
    )
    return Words(text, _promise_buttons(view, promise))


def change_is_asked(view: PairView, promise: Commitment) -> bool:
    """Whether the two are already talking about a new date."""
    return any(one.commitment_id == promise.id and one.state is RequestState.ASKED for one in view.requests)


def commitment_overdue(view: PairView) -> Iterator[Planned]:
    """E13: the first working day after, weekly twice, then a new date is offered to both."""
    for promise in view.commitments:
        if change_is_asked(view, promise):
            continue
        hours = view.hours(promise.owner_id)
        first = hours.working_days_after(promise.due_on, 1)
        days = [hours.working_day_from(first + ONE_WEEK * week) for week in range(OVERDUE_REMINDERS + 1)]
        moments = [hours.opening(day) for day in days]
        key = f"commitment_overdue:{promise.id}"
        for number in range(OVERDUE_REMINDERS):
            due_at, ends_at = moments[number], moments[number + 1]
            yield Planned("commitment_overdue", f"{key}:{number + 1}", promise.owner_id, promise.pk, due_at, ends_at)
        for person_id in (view.pair.employee_id, view.pair.manager_id):
            due_at = view.hours(person_id).next_open(moments[OVERDUE_REMINDERS])
            yield Planned("commitment_overdue", f"{key}:both:{person_id}", person_id, promise.pk, due_at)


def commitment_overdue_words(view: PairView, planned: Planned, me: Person) -> Words | None:
    """What the owner, or in the end both, read."""
    if (promise := view.commitment(planned.subject_id)) is None:
        return None
    other = words.first_name(view.other_than(me.pk))
    since = words.day(promise.due_on)
    if ":both:" not in planned.key:
        text = f"A promise of yours to {other} was due on {since}. Done, or shall we find a date that works?"
    elif promise.owner_id == me.id:
        text = f"Your promise to {other} of {since} has been open for a while. Agreeing on a new date is fine."
    else:
        text = f"A promise of {other}'s of {since} is still open. You could offer a new date together."
    return Words(text, _promise_buttons(view, promise, mine=promise.owner_id == me.id))


def _promise_buttons(view: PairView, promise: Commitment, *, mine: bool = True) -> tuple[Press, ...]:
    show = Press("Show it", Do.OPEN_COMMITMENTS, view.pair.pk, primary=True)
    new_date = Press("New date", Do.NEW_DATE, promise.pk)
    return (show, Press("Done", Do.COMMITMENT_DONE, promise.pk), new_date) if mine else (show, new_date)


COMMITMENT_AHEAD = Kind("commitment_ahead", "A promise of yours comes due.", commitment_ahead, commitment_ahead_words)
COMMITMENT_OVERDUE = Kind(
    "commitment_overdue", "The date of an open promise has passed.", commitment_overdue, commitment_overdue_words
)
