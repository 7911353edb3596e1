"""Promises: remembered before their date, and kindly after it (practice E13)."""

from collections.abc import Iterator
from datetime import timedelta

from cycle import formatting
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge
from cycle.snapshot import PairSnapshot
from storage.commitments import Commitment, RequestState
from storage.people import Person

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
# A week-ahead reminder within three days of the promise itself would only repeat it.
WEEK_AHEAD_NEEDS = timedelta(days=3)
# Reminded on the first working day after the date and weekly twice; then a new date is offered to both.
OVERDUE_REMINDERS = 3


def commitment_ahead(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E13: a week and a working day before the date, where there is that much time."""
    for commitment in view.commitments:
        hours = view.hours(commitment.owner_id)
        agreed_on = hours.day_of(commitment.agreed_at)
        week_day = hours.working_day_until(commitment.due_on - ONE_WEEK)
        eve = hours.working_days_before(commitment.due_on, 1)
        key = f"commitment_ahead:{commitment.id}"
        if week_day >= agreed_on + WEEK_AHEAD_NEEDS:
            due_at, ends_at = hours.opening(week_day), hours.opening(eve)
            yield PlannedNudge("commitment_ahead", f"{key}:week", commitment.owner_id, commitment.pk, due_at, ends_at)
        if eve > agreed_on:
            due_at, ends_at = hours.opening(eve), hours.opening(commitment.due_on + ONE_DAY)
            yield PlannedNudge("commitment_ahead", f"{key}:day", commitment.owner_id, commitment.pk, due_at, ends_at)


def commitment_ahead_words(view: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the owner reads."""
    if (commitment := view.commitment(planned.subject_id)) is None:
        return None
    text = (
        f"A promise of yours to {formatting.first_name(view.other_than(me.pk))} is due on "
        f"{formatting.day(commitment.due_on)}. "
        "Is it on its way?"
    )
    return NudgeText(text, _commitment_buttons(view, commitment))


def change_is_asked(view: PairSnapshot, commitment: Commitment) -> bool:
    """Whether the two are already talking about a new date."""
    return any(one.commitment_id == commitment.id and one.state is RequestState.ASKED for one in view.requests)


def commitment_overdue(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E13: the first working day after, weekly twice, then a new date is offered to both."""
    for commitment in view.commitments:
        if change_is_asked(view, commitment):
            continue
        hours = view.hours(commitment.owner_id)
        first = hours.working_days_after(commitment.due_on, 1)
        days = [hours.working_day_from(first + ONE_WEEK * week) for week in range(OVERDUE_REMINDERS + 1)]
        moments = [hours.opening(day) for day in days]
        key = f"commitment_overdue:{commitment.id}"
        for number in range(OVERDUE_REMINDERS):
            due_at, ends_at = moments[number], moments[number + 1]
            yield PlannedNudge(
                "commitment_overdue", f"{key}:{number + 1}", commitment.owner_id, commitment.pk, due_at, ends_at
            )
        for person_id in (view.pair.employee_id, view.pair.manager_id):
            due_at = view.hours(person_id).next_open(moments[OVERDUE_REMINDERS])
            yield PlannedNudge("commitment_overdue", f"{key}:both:{person_id}", person_id, commitment.pk, due_at)


def commitment_overdue_words(view: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the owner, or in the end both, read."""
    if (commitment := view.commitment(planned.subject_id)) is None:
        return None
    other = formatting.first_name(view.other_than(me.pk))
    since = formatting.day(commitment.due_on)
    if ":both:" not in planned.key:
        text = f"A promise of yours to {other} was due on {since}. Done, or shall we find a date that works?"
    elif commitment.owner_id == me.id:
        text = f"Your promise to {other} of {since} has been open for a while. Agreeing on a new date is fine."
    else:
        text = f"A promise of {other}'s of {since} is still open. You could offer a new date together."
    return NudgeText(text, _commitment_buttons(view, commitment, mine=commitment.owner_id == me.id))


def _commitment_buttons(view: PairSnapshot, commitment: Commitment, *, mine: bool = True) -> tuple[Button, ...]:
    show = Button("Show it", Action.OPEN_COMMITMENTS, view.pair.pk, primary=True)
    new_date = Button("New date", Action.NEW_DATE, commitment.pk)
    return (show, Button("Done", Action.COMMITMENT_DONE, commitment.pk), new_date) if mine else (show, new_date)


COMMITMENT_AHEAD = NudgeKind(
    "commitment_ahead", "A promise of yours comes due.", commitment_ahead, commitment_ahead_words
)
COMMITMENT_OVERDUE = NudgeKind(
    "commitment_overdue", "The date of an open promise has passed.", commitment_overdue, commitment_overdue_words
)
