"""Before the talk: propose an agenda, answer it, and be ready the day before (practices E15, E16)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cycle import words
from cycle.calendar import WorkingHours
from cycle.nudges.kind import Do, Kind, Planned, Press, Words
from cycle.state import PairView
from storage.agenda import ItemState
from storage.discussions import Discussion, DiscussionState
from storage.people import Person

# The proposal is to be out a week ahead (E15): the first nudge leaves two days for it, the last call an hour.
AGENDA_FIRST_CALL = timedelta(days=9)
AGENDA_OUT_BY = timedelta(days=7)
AGENDA_LAST_CALL_MARGIN = timedelta(hours=1)
# The manager has two working days before being asked to answer a proposal.
ANSWER_AFTER_WORKING_DAYS = 2


def scheduled(view: PairView) -> tuple[Discussion, datetime] | None:
    """The dated talk that a pair is heading for, and when it starts."""
    talk = view.current
    if talk is None or talk.state is not DiscussionState.SCHEDULED or talk.starts_at is None:
        return None
    return talk, talk.starts_at


def brief_due(talk: Discussion, starts_at: datetime, hours: WorkingHours) -> datetime:
    """When the day-before brief goes out: on the last working day before, or at once where the date was set later."""
    due = hours.opening(hours.working_days_before(hours.day_of(starts_at), 1))
    return due if talk.dated_at is None or talk.dated_at <= due else hours.next_open(talk.dated_at)


def agenda_proposed(view: PairView) -> bool:
    """Whether the employee has put anything new on the agenda of the coming talk."""
    return any(
        item.author_id == view.pair.employee_id
        and item.carried_from_id is None
        and item.state is not ItemState.WITHDRAWN
        for item in view.agenda
    )


def propose_agenda(view: PairView) -> Iterator[Planned]:
    """E15: nine days before, and a last call in time for a week before."""
    if (coming := scheduled(view)) is None or agenda_proposed(view):
        return
    talk, starts_at = coming
    hours = view.hours(view.pair.employee_id)
    first = hours.opening(hours.working_day_until(hours.day_of(starts_at - AGENDA_FIRST_CALL)))
    if talk.dated_at is not None:  # nobody is nudged on the day on which the date was set
        first = max(first, hours.opening(hours.working_days_after(hours.day_of(talk.dated_at), 1)))
    latest = starts_at - AGENDA_OUT_BY - AGENDA_LAST_CALL_MARGIN
    last_day = hours.working_day_until(hours.day_of(latest))
    if hours.opening(last_day) > latest:
        last_day = hours.working_days_before(last_day, 1)
    last = hours.opening(last_day)
    brief = brief_due(talk, starts_at, hours)
    calls = [
        call for call in (("first", first), ("last", last)) if call[1] < brief and (call[0] == "first" or last > first)
    ]
    for position, (name, due_at) in enumerate(calls):
        ends_at = calls[position + 1][1] if position + 1 < len(calls) else brief
        key = f"propose_agenda:{talk.id}:{talk.round}:{name}"
        yield Planned("propose_agenda", key, view.pair.employee_id, talk.pk, due_at, ends_at)


def propose_agenda_words(view: PairView, planned: Planned, me: Person) -> Words | None:
    """What the employee reads."""
    if (coming := scheduled(view)) is None:
        return None
    when = words.moment(coming[1], view.hours(me.pk))
    manager = words.first_name(view.manager)
    last = planned.key.endswith("last")
    text = (
        f"A week from now you talk with {manager} ({when}). Today is a good day to send two or three points."
        if last
        else f"Your career discussion with {manager} is on {when}. What would you like to talk about?"
    )
    return Words(
        text,
        (
            Press("Propose points", Do.OPEN_AGENDA, view.pair.pk, primary=True),
            Press("Prepare", Do.OPEN_PREPARATION, view.pair.pk),
        ),
    )


def answer_agenda(view: PairView) -> Iterator[Planned]:
    """The manager accepts, amends or adds, two working days after a proposal."""
    proposed = [
        item.proposed_at
        for item in view.agenda
        if item.author_id == view.pair.employee_id and item.state is ItemState.PROPOSED and item.carried_from_id is None
    ]
    if (coming := scheduled(view)) is None or not proposed:
        return
    talk, starts_at = coming
    hours = view.hours(view.pair.manager_id)
    due_at = hours.opening(hours.working_days_after(hours.day_of(min(proposed)), ANSWER_AFTER_WORKING_DAYS))
    brief = brief_due(talk, starts_at, hours)
    if due_at < brief:
        key = f"answer_agenda:{talk.id}:{talk.round}"
        yield Planned("answer_agenda", key, view.pair.manager_id, talk.pk, due_at, brief)


def answer_agenda_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What the manager reads."""
    if (coming := scheduled(view)) is None:
        return None
    waiting = sum(item.state is ItemState.PROPOSED and item.author_id != me.id for item in view.agenda)
    when = words.moment(coming[1], view.hours(me.pk))
    text = (
        f"{words.first_name(view.employee)} proposed {words.count(waiting, 'point')} for your talk on {when}. "
        "You can accept them, amend them or add your own."
    )
    return Words(text, (Press("See the agenda", Do.OPEN_AGENDA, view.pair.pk, primary=True),))


def day_before(view: PairView) -> Iterator[Planned]:
    """E16: on the last working day before, to both."""
    if (coming := scheduled(view)) is None:
        return
    talk, starts_at = coming
    for person_id in (view.pair.employee_id, view.pair.manager_id):
        due_at = brief_due(talk, starts_at, view.hours(person_id))
        if due_at < starts_at:
            key = f"day_before:{talk.id}:{talk.round}:{person_id}"
            yield Planned("day_before", key, person_id, talk.pk, due_at, starts_at)


def day_before_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What both read."""
    if (coming := scheduled(view)) is None:
        return None
    talk, starts_at = coming
    points = sum(item.state not in {ItemState.WITHDRAWN, ItemState.CARRIED_OVER} for item in view.agenda)
    prepared = any(one.author_id == me.id for one in view.preparations)
    facts = [
        f"{words.count(points, 'point')} on the agenda",
        f"{words.count(len(view.commitments), 'open promise')} between you",
        "your preparation is in" if prepared else "your preparation is not in yet",
    ]
    other = words.first_name(view.other_than(me.pk))
    text = f"You talk with {other} on {words.moment(starts_at, view.hours(me.pk))}. So far: {', '.join(facts)}."
    prepare = Press("Change my preparation" if prepared else "Prepare now", Do.OPEN_PREPARATION, view.pair.pk)
    return Words(text, (Press("Open the brief", Do.OPEN_BRIEF, talk.pk, primary=True), prepare))


PROPOSE_AGENDA = Kind(
    "propose_agenda",
    "Points that are out a week ahead give both of you time to think.",
    propose_agenda,
    propose_agenda_words,
)
ANSWER_AGENDA = Kind(
    "answer_agenda", "A proposed agenda has waited two working days for you.", answer_agenda, answer_agenda_words
)
DAY_BEFORE = Kind("day_before", "Your talk is on your next working day.", day_before, day_before_words)
