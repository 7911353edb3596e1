"""Wrapping up: what came of a discussion is written down, and the other side hears of it (practices E9–E11, E17)."""

from collections.abc import Iterator
from datetime import timedelta

from cycle import formatting
from cycle.nudges import outcomes
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.people import Person

# Long enough to leave the room, short enough to remember.
AFTER_THE_END = timedelta(minutes=10)
# After that `gone_quiet` takes over.
MAKES_SENSE_FOR = timedelta(days=21)

FIRST = "first"  # stages
AGAIN = "again"


def wrap_up(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """Ten minutes after the end, and once more on the next working day, to both."""
    if (coming := snapshot.scheduled) is None:
        return
    discussion, starts_at = coming
    ends_at = starts_at + timedelta(minutes=discussion.minutes)
    for person_id in snapshot.person_ids:
        calendar = snapshot.calendar(person_id)
        first = calendar.next_open(ends_at + AFTER_THE_END)
        again = calendar.opening(calendar.working_days_after(calendar.day_of(first), 1))
        for stage, due_at, makes_sense_until in ((FIRST, first, again), (AGAIN, again, again + MAKES_SENSE_FOR)):
            yield PlannedNudge(
                "wrap_up", discussion.pk, person_id, due_at, makes_sense_until,
                stage=stage, round=discussion.round, to_each=True,
            )  # fmt: skip


def wrap_up_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """How it went, or whether it happened at all."""
    if (coming := snapshot.scheduled) is None:
        return None
    discussion, starts_at = coming
    other, when = (
        formatting.first_name(snapshot.other_than(me.pk)),
        formatting.moment(starts_at, me, snapshot.today(me)),
    )
    text = (
        f"How did it go with {other}? Two minutes now, and nothing you agreed gets lost."
        if planned.stage == FIRST
        else f"Your discussion with {other} on {when} isn't wrapped up yet. Did it happen?"
    )
    return NudgeText(text, (Button("How did it go?", Action.OPEN_WRAP_UP, discussion.pk, primary=True),))


def wrap_up_reason(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """When the discussion was planned to end; the second time the text names its date."""
    ends_at = snapshot.current.ends_at if snapshot.current else None
    if ends_at is None or planned.stage != FIRST:
        return None
    if local_day(me, ends_at) == snapshot.today(me):
        return f"Your discussion was planned to end at {formatting.clock(ends_at, me)}."
    return f"Your discussion was planned to end on {formatting.moment(ends_at, me, snapshot.today(me))}."


def wrapped_up(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The side that did not wrap up hears that it was done: of the last discussion only.

    Where the next discussion is wrapped up as well before the message is due (it waits for the morning), the message
    about that one takes its place: it opens the same list, of everything the two have agreed.
    """
    discussion = snapshot.held
    if discussion is None or discussion.wrapped_up_at is None or discussion.wrapped_up_by_id is None:
        return
    other = snapshot.pair.other_than(discussion.wrapped_up_by_id)
    if any(one.author_id == other for one in snapshot.additions):
        return  # they know: they have added to it
    due_at = snapshot.calendar(other).next_open(discussion.wrapped_up_at)
    yield PlannedNudge("wrapped_up", discussion.pk, other, due_at)


def wrapped_up_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """How many commitments are theirs, and when the two talk next."""
    if (discussion := snapshot.held) is None:
        return None
    other = snapshot.other_than(me.pk)
    mine = sum(one.owner_id == me.id and one.discussion_id == discussion.id for one in snapshot.commitments)
    sentences = [f"{formatting.first_name(other)} wrapped up your career discussion."]
    if mine:
        sentences.append("One of the commitments is yours." if mine == 1 else f"{mine} of the commitments are yours.")
    if (coming := snapshot.scheduled) is not None:
        sentences.append(f"You talk again on {formatting.both_clocks(coming[1], me, other, snapshot.today(me))}.")
    elif snapshot.current is not None and snapshot.current.postponed:
        by = formatting.day(snapshot.current.due_on, snapshot.today(me))
        sentences.append(f"The next date is still open. It is due by {by}; I'll remind you both.")
    see = Button("See what was agreed", Action.OPEN_COMMITMENTS, snapshot.pair.pk, primary=True)
    add = Button("Add your notes", Action.OPEN_WRAP_UP, discussion.pk)
    pulse = Button("How was it for you?", Action.OPEN_PULSE, discussion.pk)
    return NudgeText(" ".join(sentences), (see, add, pulse))


def wrap_up_added(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """One side hears what the other has added to the last discussion after it was wrapped up.

    What is added before the news of the wrap-up itself is due (it waits for the morning) is in that message.
    """
    told = {(planned.person_id, planned.due_at) for planned in wrapped_up(snapshot)}
    for addition in snapshot.additions:
        other = snapshot.pair.other_than(addition.author_id)
        due_at = snapshot.calendar(other).next_open(addition.added_at)
        if (other, due_at) not in told:
            yield PlannedNudge("wrap_up_added", addition.pk, other, due_at)


def wrap_up_added_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Whether there are notes, how many commitments are whose, and how the two meet now, if that has changed."""
    addition = next((one for one in snapshot.additions if one.pk == planned.subject_id), None)
    if addition is None or snapshot.held is None or snapshot.held.starts_at is None:
        return None
    other, today = snapshot.other_than(me.pk), snapshot.today(me)
    name, on = formatting.first_name(other), formatting.day(local_day(me, snapshot.held.starts_at), today)
    sentences = [f"{name} added to the wrap-up of your discussion on {on}."]
    if addition.has_notes:
        sentences.append(f"There are notes from {name}.")
    is_employee = me.id == snapshot.pair.employee_id
    mine, theirs = addition.for_employee, addition.for_manager
    if not is_employee:
        mine, theirs = theirs, mine
    if mine:
        sentences.append("One new commitment is yours." if mine == 1 else f"{mine} new commitments are yours.")
    if theirs:
        sentences.append(
            f"One new commitment is {name}'s." if theirs == 1 else f"{theirs} new commitments are {name}'s."
        )
    if addition.has_format:
        sentences.append(f"{name} also changed how you meet. {formatting.how_you_meet(snapshot.pair, me, other)}")
    see = Button("See what was agreed", Action.OPEN_COMMITMENTS, snapshot.pair.pk, primary=True)
    return NudgeText(" ".join(sentences), (see,))


KINDS = (
    NudgeKind(
        "wrap_up", Urgency.AT_ITS_MOMENT, ReadingOrder.LAST_DISCUSSION, wrap_up, wrap_up_text, wrap_up_reason,
        outcome=outcomes.became_of, series=outcomes.OPEN_DISCUSSION,
    ),
    NudgeKind(
        "wrapped_up", Urgency.NEVER_HELD_BACK, ReadingOrder.LAST_DISCUSSION, wrapped_up, wrapped_up_text,
        outcome=outcomes.talked_again,
    ),
    NudgeKind(
        "wrap_up_added", Urgency.MAY_WAIT, ReadingOrder.LAST_DISCUSSION, wrap_up_added, wrap_up_added_text,
        topic=Topic.NEWS, outcome=outcomes.talked_again,
    ),
)  # fmt: skip
