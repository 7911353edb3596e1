"""The day before: the brief, on the last working day before a discussion (practice E16)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cycle import formatting
from cycle.calendar import WorkingCalendar
from cycle.nudges import outcomes
from cycle.nudges.kind import Action, Below, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Urgency
from cycle.nudges.scheduling import date_set_key
from cycle.snapshot import PairSnapshot
from storage.agenda import ItemState
from storage.discussions import Discussion
from storage.people import Person


def brief_due(discussion: Discussion, starts_at: datetime, calendar: WorkingCalendar) -> datetime:
    """When a person gets the brief: on the last working day before, or at once where the date was set later."""
    due = calendar.opening(calendar.working_days_before(calendar.day_of(starts_at), 1))
    dated_at = discussion.dated_at
    return due if dated_at is None or dated_at <= due else calendar.next_open(dated_at)


def day_before(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E16: to both."""
    if (coming := snapshot.scheduled) is None:
        return
    discussion, starts_at = coming
    for person_id in snapshot.person_ids:
        due_at = brief_due(discussion, starts_at, snapshot.calendar(person_id))
        if due_at < starts_at:
            yield PlannedNudge(
                "day_before", discussion.pk, person_id, due_at, starts_at, round=discussion.round, to_each=True
            )


def day_before_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """When they talk and what is ready so far; what is missing goes unmentioned, except one's own preparation.

    At short notice it comes in one message with the news of the date, which names the date and has a way to prepare.
    """
    if (coming := snapshot.scheduled) is None:
        return None
    discussion, starts_at = coming
    other = formatting.first_name(snapshot.other_than(me.pk))
    is_prepared = any(one.author_id == me.id for one in snapshot.preparations)
    sentences = (
        f"You talk with {other} {formatting.near_moment(starts_at, me, snapshot.today(me))}.",
        _agenda(snapshot),
        _commitments(snapshot),
        "You're prepared." if is_prepared else "You haven't prepared yet.",
    )
    prepare = "Change my preparation" if is_prepared else "Prepare now"
    brief = Button("Open the brief", Action.OPEN_BRIEF, discussion.pk, primary=True)
    return NudgeText(
        _joined(sentences),
        (brief, Button(prepare, Action.OPEN_PREPARATION, snapshot.pair.pk)),
        below=Below(date_set_key(discussion), _joined(("Here is the brief for it.", *sentences[1:])), (brief,)),
    )


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _agenda(snapshot: PairSnapshot) -> str:
    items = sum(item.state not in {ItemState.WITHDRAWN, ItemState.CARRIED_OVER} for item in snapshot.agenda)
    if items == 0:
        return ""
    return "There is one item on the agenda." if items == 1 else f"There are {items} items on the agenda."


def _commitments(snapshot: PairSnapshot) -> str:
    commitments = len(snapshot.commitments)
    if commitments == 0:
        return ""
    return (
        "One commitment is open between you."
        if commitments == 1
        else f"{commitments} commitments are open between you."
    )


KINDS = (
    NudgeKind(
        "day_before", Urgency.AT_ITS_MOMENT, ReadingOrder.NEXT_DISCUSSION, day_before, day_before_text,
        outcome=outcomes.became_of,
    ),
)  # fmt: skip
