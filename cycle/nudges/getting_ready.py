"""Before the talk: propose an agenda, answer it, and be ready the day before (practices E15, E16)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cycle import formatting
from cycle.calendar import WorkingHours
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge
from cycle.snapshot import PairSnapshot
from storage.agenda import ItemState
from storage.discussions import Discussion, DiscussionState
from storage.people import Person

# The proposal is to be out a week ahead (E15): the first nudge leaves two days for it, the last call an hour.
AGENDA_FIRST_CALL = timedelta(days=9)
AGENDA_OUT_BY = timedelta(days=7)
AGENDA_LAST_CALL_MARGIN = timedelta(hours=1)
# The manager has two working days before being asked to answer a proposal.
ANSWER_AFTER_WORKING_DAYS = 2


def scheduled(view: PairSnapshot) -> tuple[Discussion, datetime] | None:
    """The dated talk that a pair is heading for, and when it starts."""
    discussion = view.current
    if discussion is None or discussion.state is not DiscussionState.SCHEDULED or discussion.starts_at is None:
        return None
    return discussion, discussion.starts_at


def brief_due(discussion: Discussion, starts_at: datetime, hours: WorkingHours) -> datetime:
    """When the day-before brief goes out: on the last working day before, or at once where the date was set later."""
    due = hours.opening(hours.working_days_before(hours.day_of(starts_at), 1))
    return due if discussion.dated_at is None or discussion.dated_at <= due else hours.next_open(discussion.dated_at)


def agenda_proposed(view: PairSnapshot) -> bool:
    """Whether the employee has put anything new on the agenda of the coming talk."""
    return any(
        item.author_id == view.pair.employee_id
        and item.carried_from_id is None
        and item.state is not ItemState.WITHDRAWN
        for item in view.agenda
    )


def propose_agenda(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E15: nine days before, and a last call in time for a week before."""
    if (coming := scheduled(view)) is None or agenda_proposed(view):
        return
    discussion, starts_at = coming
    hours = view.hours(view.pair.employee_id)
    first = hours.opening(hours.working_day_until(hours.day_of(starts_at - AGENDA_FIRST_CALL)))
    if discussion.dated_at is not None:  # nobody is nudged on the day on which the date was set
        first = max(first, hours.opening(hours.working_days_after(hours.day_of(discussion.dated_at), 1)))
    latest = starts_at - AGENDA_OUT_BY - AGENDA_LAST_CALL_MARGIN
    last_day = hours.working_day_until(hours.day_of(latest))
    if hours.opening(last_day) > latest:
        last_day = hours.working_days_before(last_day, 1)
    last = hours.opening(last_day)
    brief = brief_due(discussion, starts_at, hours)
    calls = [
        call for call in (("first", first), ("last", last)) if call[1] < brief and (call[0] == "first" or last > first)
    ]
    for position, (name, due_at) in enumerate(calls):
        ends_at = calls[position + 1][1] if position + 1 < len(calls) else brief
        key = f"propose_agenda:{discussion.id}:{discussion.round}:{name}"
        yield PlannedNudge("propose_agenda", key, view.pair.employee_id, discussion.pk, due_at, ends_at)


def propose_agenda_words(view: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the employee reads."""
    if (coming := scheduled(view)) is None:
        return None
    when = formatting.moment(coming[1], me)
    manager = formatting.first_name(view.manager)
    last = planned.key.endswith("last")
    text = (
        f"A week from now you talk with {manager} ({when}). Today is a good day to send two or three points."
        if last
        else f"Your career discussion with {manager} is on {when}. What would you like to talk about?"
    )
    return NudgeText(
        text,
        (
            Button("Propose points", Action.OPEN_AGENDA, view.pair.pk, primary=True),
            Button("Prepare", Action.OPEN_PREPARATION, view.pair.pk),
        ),
    )


def answer_agenda(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """The manager accepts, amends or adds, two working days after a proposal."""
    proposed = [
        item.proposed_at
        for item in view.agenda
        if item.author_id == view.pair.employee_id and item.state is ItemState.PROPOSED and item.carried_from_id is None
    ]
    if (coming := scheduled(view)) is None or not proposed:
        return
    discussion, starts_at = coming
    hours = view.hours(view.pair.manager_id)
    due_at = hours.opening(hours.working_days_after(hours.day_of(min(proposed)), ANSWER_AFTER_WORKING_DAYS))
    brief = brief_due(discussion, starts_at, hours)
    if due_at < brief:
        key = f"answer_agenda:{discussion.id}:{discussion.round}"
        yield PlannedNudge("answer_agenda", key, view.pair.manager_id, discussion.pk, due_at, brief)


def answer_agenda_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the manager reads."""
    if (coming := scheduled(view)) is None:
        return None
    waiting = sum(item.state is ItemState.PROPOSED and item.author_id != me.id for item in view.agenda)
    when = formatting.moment(coming[1], me)
    text = (
        f"{formatting.first_name(view.employee)} proposed {formatting.count(waiting, 'point')} for your talk on "
        f"{when}. "
        "You can accept them, amend them or add your own."
    )
    return NudgeText(text, (Button("See the agenda", Action.OPEN_AGENDA, view.pair.pk, primary=True),))


def day_before(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E16: on the last working day before, to both."""
    if (coming := scheduled(view)) is None:
        return
    discussion, starts_at = coming
    for person_id in (view.pair.employee_id, view.pair.manager_id):
        due_at = brief_due(discussion, starts_at, view.hours(person_id))
        if due_at < starts_at:
            key = f"day_before:{discussion.id}:{discussion.round}:{person_id}"
            yield PlannedNudge("day_before", key, person_id, discussion.pk, due_at, starts_at)


def day_before_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What both read."""
    if (coming := scheduled(view)) is None:
        return None
    discussion, starts_at = coming
    points = sum(item.state not in {ItemState.WITHDRAWN, ItemState.CARRIED_OVER} for item in view.agenda)
    prepared = any(one.author_id == me.id for one in view.preparations)
    facts = [
        f"{formatting.count(points, 'point')} on the agenda",
        f"{formatting.count(len(view.commitments), 'open promise')} between you",
        "your preparation is in" if prepared else "your preparation is not in yet",
    ]
    other = formatting.first_name(view.other_than(me.pk))
    text = f"You talk with {other} on {formatting.moment(starts_at, me)}. So far: {', '.join(facts)}."
    prepare = Button("Change my preparation" if prepared else "Prepare now", Action.OPEN_PREPARATION, view.pair.pk)
    return NudgeText(text, (Button("Open the brief", Action.OPEN_BRIEF, discussion.pk, primary=True), prepare))


PROPOSE_AGENDA = NudgeKind(
    "propose_agenda",
    "Points that are out a week ahead give both of you time to think.",
    propose_agenda,
    propose_agenda_words,
)
ANSWER_AGENDA = NudgeKind(
    "answer_agenda", "A proposed agenda has waited two working days for you.", answer_agenda, answer_agenda_words
)
DAY_BEFORE = NudgeKind("day_before", "Your talk is on your next working day.", day_before, day_before_words)
