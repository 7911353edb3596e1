"""After the talk: wrap up, and say thank you (practices E9–E12, E17)."""

from collections.abc import Iterator
from datetime import timedelta

from cycle import formatting
from cycle.nudges.getting_ready import scheduled
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge
from cycle.snapshot import PairSnapshot
from storage.discussions import DiscussionState
from storage.people import Person

# Long enough to leave the room, short enough to remember.
WRAP_UP_AFTER_END = timedelta(minutes=10)
# After that `gone_quiet` takes over.
WRAP_UP_MAKES_SENSE = timedelta(days=21)
# Thanks come a few days after (E12): on the second working day, and once more on the fourth.
THANKS_AFTER_WORKING_DAYS = 2
THANKS_AGAIN_WORKING_DAYS = 2
# Later than this a thank-you would puzzle rather than please.
THANKS_MAKE_SENSE = timedelta(days=21)


def wrap_up(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """Ten minutes after the end, and once more on the next working day, to both."""
    if (coming := scheduled(view)) is None:
        return
    discussion, starts_at = coming
    ends_at = starts_at + timedelta(minutes=discussion.minutes)
    for person_id in (view.pair.employee_id, view.pair.manager_id):
        hours = view.hours(person_id)
        first = hours.next_open(ends_at + WRAP_UP_AFTER_END)
        again = hours.opening(hours.working_days_after(hours.day_of(first), 1))
        key = f"wrap_up:{discussion.id}:{discussion.round}:{person_id}"
        yield PlannedNudge("wrap_up", f"{key}:first", person_id, discussion.pk, first, again)
        yield PlannedNudge("wrap_up", f"{key}:again", person_id, discussion.pk, again, again + WRAP_UP_MAKES_SENSE)


def wrap_up_words(view: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What both read."""
    if (coming := scheduled(view)) is None:
        return None
    discussion, starts_at = coming
    other = formatting.first_name(view.other_than(me.pk))
    text = (
        f"How did it go with {other}? Two minutes now keep what you agreed on."
        if planned.key.endswith("first")
        else f"Your talk with {other} ({formatting.moment(starts_at, me)}) is not wrapped up. Did it happen?"
    )
    return NudgeText(text, (Button("How did it go?", Action.OPEN_WRAP_UP, discussion.pk, primary=True),))


def wrapped_up(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """Whoever did not wrap up hears what was written down."""
    discussion = view.held
    if discussion is None or discussion.wrapped_up_at is None or discussion.wrapped_up_by_id is None:
        return
    other = view.pair.other_than(discussion.wrapped_up_by_id)
    due_at = view.hours(other).next_open(discussion.wrapped_up_at)
    yield PlannedNudge("wrapped_up", f"wrapped_up:{discussion.id}", other, discussion.pk, due_at)


def wrapped_up_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the other side reads."""
    discussion = view.held
    if discussion is None:
        return None
    other = view.other_than(me.pk)
    mine = sum(one.owner_id == me.id and one.discussion_id == discussion.id for one in view.commitments)
    promised = f"{formatting.count(mine, 'promise')} of yours in it." if mine else "No promise of yours is in it."
    text = f"{formatting.first_name(other)} wrapped up your career discussion. {promised}"
    if (coming := scheduled(view)) is not None:
        text += f" You talk again on {formatting.both_clocks(coming[1], me, other)}."
    return NudgeText(text, (Button("See what was agreed", Action.OPEN_COMMITMENTS, view.pair.pk, primary=True),))


def thank_you(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E12: to the employee on the second working day after, again on the fourth, until the note is sent."""
    discussion = view.held
    if discussion is None or discussion.state is not DiscussionState.HELD or view.thank_you is not None:
        return
    if discussion.starts_at is None or discussion.wrapped_up_at is None:
        return
    hours = view.hours(view.pair.employee_id)
    first_day = max(
        hours.working_days_after(hours.day_of(discussion.starts_at), THANKS_AFTER_WORKING_DAYS),
        hours.working_days_after(hours.day_of(discussion.wrapped_up_at), 1),
    )
    again_day = hours.working_days_after(first_day, THANKS_AGAIN_WORKING_DAYS)
    first, again = hours.opening(first_day), hours.opening(again_day)
    key = f"thank_you:{discussion.id}"
    yield PlannedNudge("thank_you", f"{key}:first", view.pair.employee_id, discussion.pk, first, again)
    yield PlannedNudge(
        "thank_you", f"{key}:again", view.pair.employee_id, discussion.pk, again, again + THANKS_MAKE_SENSE
    )


def thank_you_words(view: PairSnapshot, planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """What the employee reads."""
    if view.held is None:
        return None
    manager = formatting.first_name(view.manager)
    text = (
        f"A short written thank-you to {manager}, with what you will deliver, makes your plan real. I have drafted one."
        if planned.key.endswith("first")
        else f"Your thank-you to {manager} is still a draft. It takes a minute to send."
    )
    return NudgeText(text, (Button("Read and send it", Action.OPEN_THANK_YOU, view.held.pk, primary=True),))


def thank_you_note(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """The manager receives the note, in working hours."""
    note, discussion = view.thank_you, view.held
    if note is None or discussion is None:
        return
    due_at = view.hours(view.pair.manager_id).next_open(note.sent_at)
    yield PlannedNudge("thank_you_note", f"thank_you_note:{note.id}", view.pair.manager_id, discussion.pk, due_at)


def thank_you_note_words(view: PairSnapshot, _planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """What the manager reads: the note itself, since it was written to be sent."""
    note, discussion = view.thank_you, view.held
    if note is None or discussion is None:
        return None
    text = f"{formatting.first_name(view.employee)} sent you a note after your talk."
    buttons: tuple[Button, ...] = (
        Button("Confirm the deliverables", Action.CONFIRM_DELIVERABLES, discussion.pk, primary=True),
        Button("Amend them", Action.OPEN_COMMITMENTS, view.pair.pk),
    )
    mine_to_confirm = any(
        one.discussion_id == discussion.id and one.owner_id == view.pair.employee_id and one.confirmed_at is None
        for one in view.commitments
    )
    return NudgeText(text, buttons if mine_to_confirm else (), quote=note.text)


WRAP_UP = NudgeKind("wrap_up", "Your talk was planned to end a little while ago.", wrap_up, wrap_up_words)
WRAPPED_UP = NudgeKind("wrapped_up", "The other side wrapped up your talk.", wrapped_up, wrapped_up_words)
THANK_YOU = NudgeKind("thank_you", "A few days after a talk is the best time to thank.", thank_you, thank_you_words)
THANK_YOU_NOTE = NudgeKind(
    "thank_you_note", "A thank-you note was written to you.", thank_you_note, thank_you_note_words
)
