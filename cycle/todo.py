"""What somebody could do now, in the order of the cycle: the top of the App Home."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cycle import formatting
from cycle.nudges import Action, Button
from cycle.nudges.getting_ready import agenda_proposed, scheduled
from cycle.nudges.setting_dates import SCHEDULE_AHEAD
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.agenda import AgendaItem, ItemState
from storage.commitments import RequestState
from storage.discussions import DiscussionState
from storage.pairs import PairState, Side
from storage.people import Person

# Preparing is worth offering from here on; earlier it would only be noise.
PREPARE_FROM = timedelta(days=14)


@dataclass(frozen=True)
class ToDo:
    """One thing to do: a sentence and the button that does it."""

    sentence: str
    press: Button


def to_do(view: PairSnapshot, me: Person, now: datetime) -> list[ToDo]:
    """What one person could do now in one pair. Pure."""
    if view.pair.state is PairState.ASKED:
        return list(_while_asked(view, me))
    if view.pair.state is not PairState.ACTIVE:
        return []
    return [*_answers(view, me), *_after(view, me), *_overdue(view, me, now), *_before(view, me, now)]


def _while_asked(view: PairSnapshot, me: Person) -> Iterator[ToDo]:
    other = formatting.first_name(view.other_than(me.pk))
    if view.pair.asked_by_id != me.id:
        yield ToDo(
            f"{other} would like to have career discussions with you.",
            Button("Say yes", Action.ACCEPT_PAIR, view.pair.pk),
        )


def _answers(view: PairSnapshot, me: Person) -> Iterator[ToDo]:
    other = formatting.first_name(view.other_than(me.pk))
    for request in view.requests:
        if request.state is RequestState.ASKED and request.asked_by_id != me.id:
            yield ToDo(
                f"{other} would like to change a commitment.",
                Button("See and answer", Action.ANSWER_CHANGE, request.pk),
            )


def _after(view: PairSnapshot, me: Person) -> Iterator[ToDo]:
    discussion, other = view.held, formatting.first_name(view.other_than(me.pk))
    if discussion is None:
        return
    is_employee = view.pair.side_of(me.pk) is Side.EMPLOYEE
    if is_employee and discussion.state is DiscussionState.HELD and view.thank_you is None:
        yield ToDo(
            f"Thank {other} in writing; a draft is ready.",
            Button("Read and send", Action.OPEN_THANK_YOU, discussion.pk),
        )
    note = view.thank_you
    unconfirmed = any(
        one.discussion_id == discussion.id and one.owner_id == view.pair.employee_id and one.confirmed_at is None
        for one in view.commitments
    )
    if not is_employee and note is not None and note.confirmed_at is None and unconfirmed:
        yield ToDo(f"Confirm what {other} will deliver.", Button("Confirm", Action.CONFIRM_DELIVERABLES, discussion.pk))


def _overdue(view: PairSnapshot, me: Person, now: datetime) -> Iterator[ToDo]:
    today = local_day(me, now)
    other = formatting.first_name(view.other_than(me.pk))
    late = [one for one in view.commitments if one.owner_id == me.id and one.due_on < today]
    if late:
        yield ToDo(
            f"{formatting.count(len(late), 'promise')} of yours, agreed with {other}, passed the date: "
            "done, or a new date?",
            Button("Show promises", Action.OPEN_COMMITMENTS, view.pair.pk),
        )


def _before(view: PairSnapshot, me: Person, now: datetime) -> Iterator[ToDo]:
    discussion, other = view.current, formatting.first_name(view.other_than(me.pk))
    if discussion is None:
        return
    coming = scheduled(view)
    if coming is None:
        if discussion.postponed and discussion.due_on - local_day(me, now) > SCHEDULE_AHEAD:
            return  # left for later on purpose, and later has not come
        yield ToDo(f"Find a time to talk with {other}.", Button("Find a time", Action.OPEN_SCHEDULE, view.pair.pk))
        return
    if (ends_at := discussion.ends_at) is not None and ends_at <= now:
        yield ToDo(f"How did it go with {other}?", Button("Wrap up", Action.OPEN_WRAP_UP, discussion.pk))
        return
    if view.pair.side_of(me.pk) is Side.EMPLOYEE:
        if not agenda_proposed(view):
            yield ToDo(
                f"Propose what to talk about with {other}.", Button("Propose points", Action.OPEN_AGENDA, view.pair.pk)
            )
    elif any(_is_news(item, me) for item in view.agenda):
        yield ToDo(
            f"{other} proposed points for the agenda.", Button("See the agenda", Action.OPEN_AGENDA, view.pair.pk)
        )
    prepared = any(one.author_id == me.id for one in view.preparations)
    if not prepared and coming[1] - now <= PREPARE_FROM:
        yield ToDo(f"Prepare for your talk with {other}.", Button("Prepare", Action.OPEN_PREPARATION, view.pair.pk))


def _is_news(item: AgendaItem, me: Person) -> bool:
    """Whether the other side has just proposed a point; one left over from last time is known."""
    return item.state is ItemState.PROPOSED and item.author_id != me.id and item.carried_from_id is None
