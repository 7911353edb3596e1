"""After the talk: wrap up, and say thank you (practices E9–E12, E17)."""

from collections.abc import Iterator
from datetime import timedelta

from cycle import words
from cycle.nudges.getting_ready import scheduled
from cycle.nudges.kind import Do, Kind, Planned, Press, Words
from cycle.state import PairView
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


def wrap_up(view: PairView) -> Iterator[Planned]:
    """Ten minutes after the end, and once more on the next working day, to both."""
    if (coming := scheduled(view)) is None:
        return
    talk, starts_at = coming
    ends_at = starts_at + timedelta(minutes=talk.minutes)
    for person_id in (view.pair.employee_id, view.pair.manager_id):
        hours = view.hours(person_id)
        first = hours.next_open(ends_at + WRAP_UP_AFTER_END)
        again = hours.opening(hours.working_days_after(hours.day_of(first), 1))
        key = f"wrap_up:{talk.id}:{talk.round}:{person_id}"
        yield Planned("wrap_up", f"{key}:first", person_id, talk.pk, first, again)
        yield Planned("wrap_up", f"{key}:again", person_id, talk.pk, again, again + WRAP_UP_MAKES_SENSE)


def wrap_up_words(view: PairView, planned: Planned, me: Person) -> Words | None:
    """What both read."""
    if (coming := scheduled(view)) is None:
        return None
    talk, starts_at = coming
    other = words.first_name(view.other_than(me.pk))
    text = (
        f"How did it go with {other}? Two minutes now keep what you agreed on."
        if planned.key.endswith("first")
        else f"Your talk with {other} ({words.moment(starts_at, view.hours(me.pk))}) is not wrapped up. Did it happen?"
    )
    return Words(text, (Press("How did it go?", Do.OPEN_WRAP_UP, talk.pk, primary=True),))


def wrapped_up(view: PairView) -> Iterator[Planned]:
    """Whoever did not wrap up hears what was written down."""
    talk = view.held
    if talk is None or talk.wrapped_up_at is None or talk.wrapped_up_by_id is None:
        return
    other = view.pair.other_than(talk.wrapped_up_by_id)
    due_at = view.hours(other).next_open(talk.wrapped_up_at)
    yield Planned("wrapped_up", f"wrapped_up:{talk.id}", other, talk.pk, due_at)


def wrapped_up_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What the other side reads."""
    talk = view.held
    if talk is None:
        return None
    other = view.other_than(me.pk)
    mine = sum(one.owner_id == me.id and one.discussion_id == talk.id for one in view.commitments)
    promised = f"{words.count(mine, 'promise')} of yours in it." if mine else "No promise of yours is in it."
    text = f"{words.first_name(other)} wrapped up your career discussion. {promised}"
    if (coming := scheduled(view)) is not None:
        text += f" You talk again on {words.both_clocks(coming[1], me, other)}."
    return Words(text, (Press("See what was agreed", Do.OPEN_COMMITMENTS, view.pair.pk, primary=True),))


def thank_you(view: PairView) -> Iterator[Planned]:
    """E12: to the employee on the second working day after, again on the fourth, until the note is sent."""
    talk = view.held
    if talk is None or talk.state is not DiscussionState.HELD or view.thank_you is not None:
        return
    if talk.starts_at is None or talk.wrapped_up_at is None:
        return
    hours = view.hours(view.pair.employee_id)
    first_day = max(
        hours.working_days_after(hours.day_of(talk.starts_at), THANKS_AFTER_WORKING_DAYS),
        hours.working_days_after(hours.day_of(talk.wrapped_up_at), 1),
    )
    again_day = hours.working_days_after(first_day, THANKS_AGAIN_WORKING_DAYS)
    first, again = hours.opening(first_day), hours.opening(again_day)
    key = f"thank_you:{talk.id}"
    yield Planned("thank_you", f"{key}:first", view.pair.employee_id, talk.pk, first, again)
    yield Planned("thank_you", f"{key}:again", view.pair.employee_id, talk.pk, again, again + THANKS_MAKE_SENSE)


def thank_you_words(view: PairView, planned: Planned, _me: Person) -> Words | None:
    """What the employee reads."""
    if view.held is None:
        return None
    manager = words.first_name(view.manager)
    text = (
        f"A short written thank-you to {manager}, with what you will deliver, makes your plan real. I have drafted one."
        if planned.key.endswith("first")
        else f"Your thank-you to {manager} is still a draft. It takes a minute to send."
    )
    return Words(text, (Press("Read and send it", Do.OPEN_THANK_YOU, view.held.pk, primary=True),))


def thank_you_note(view: PairView) -> Iterator[Planned]:
    """The manager receives the note, in working hours."""
    note, talk = view.thank_you, view.held
    if note is None or talk is None:
        return
    due_at = view.hours(view.pair.manager_id).next_open(note.sent_at)
    yield Planned("thank_you_note", f"thank_you_note:{note.id}", view.pair.manager_id, talk.pk, due_at)


def thank_you_note_words(view: PairView, _planned: Planned, _me: Person) -> Words | None:
    """What the manager reads: the note itself, since it was written to be sent."""
    note, talk = view.thank_you, view.held
    if note is None or talk is None:
        return None
    text = f"{words.first_name(view.employee)} sent you a note after your talk."
    buttons: tuple[Press, ...] = (
        Press("Confirm the deliverables", Do.CONFIRM_DELIVERABLES, talk.pk, primary=True),
        Press("Amend them", Do.OPEN_COMMITMENTS, view.pair.pk),
    )
    mine_to_confirm = any(
        one.discussion_id == talk.id and one.owner_id == view.pair.employee_id and one.confirmed_at is None
        for one in view.commitments
    )
    return Words(text, buttons if mine_to_confirm else (), quote=note.text)


WRAP_UP = Kind("wrap_up", "Your talk was planned to end a little while ago.", wrap_up, wrap_up_words)
WRAPPED_UP = Kind("wrapped_up", "The other side wrapped up your talk.", wrapped_up, wrapped_up_words)
THANK_YOU = Kind("thank_you", "A few days after a talk is the best time to thank.", thank_you, thank_you_words)
THANK_YOU_NOTE = Kind("thank_you_note", "A thank-you note was written to you.", thank_you_note, thank_you_note_words)
