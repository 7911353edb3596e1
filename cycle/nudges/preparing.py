"""Preparing: the manager is reminded while there is time to think (practices C7, L1)."""

from collections.abc import Iterator

from cycle import formatting
from cycle.nudges import outcomes
from cycle.nudges.day_before import brief_due
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PairSnapshot
from storage.people import Person

# Before the brief, which says the same to someone who has not prepared. The employee has a call for the agenda instead.
WORKING_DAYS_BEFORE = 3


def prepare_manager(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """C7: three working days before, to a manager who has not prepared; not where the date was set later than that."""
    manager_id = snapshot.pair.manager_id
    if (coming := snapshot.scheduled) is None or _has_prepared(snapshot, manager_id):
        return
    discussion, starts_at = coming
    calendar = snapshot.calendar(manager_id)
    due_at = calendar.opening(calendar.working_days_before(calendar.day_of(starts_at), WORKING_DAYS_BEFORE))
    brief = brief_due(discussion, starts_at, calendar)
    if due_at < brief and (discussion.dated_at is None or discussion.dated_at < due_at):
        yield PlannedNudge("prepare_manager", discussion.pk, manager_id, due_at, brief, round=discussion.round)


def prepare_manager_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """When they talk, and that what they write is theirs until they share it."""
    if (coming := snapshot.scheduled) is None:
        return None
    other = formatting.first_name(snapshot.other_than(me.pk))
    when = formatting.near_moment(coming[1], me, snapshot.today(me))
    text = f"You talk with {other} {when}. Take ten minutes to prepare; {other} sees only what you share."
    return NudgeText(text, (Button("Prepare", Action.OPEN_PREPARATION, snapshot.pair.pk, primary=True),))


def prepare_manager_outcome(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """That they have prepared; otherwise what became of the date."""
    return "You have prepared." if _has_prepared(snapshot, me.pk) else outcomes.became_of(snapshot, planned, me)


def _has_prepared(snapshot: PairSnapshot, person_id: int) -> bool:
    return any(one.author_id == person_id for one in snapshot.preparations)


KINDS = (
    NudgeKind(
        "prepare_manager", Urgency.MAY_WAIT, ReadingOrder.NEXT_DISCUSSION, prepare_manager, prepare_manager_text,
        topic=Topic.PREPARING, outcome=prepare_manager_outcome,
    ),
)  # fmt: skip
