"""What waits for a person, the most pressing first: the top of the App Home."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from cycle import formatting
from cycle.guide import OPEN_BEFORE
from cycle.nudges import Action, Button
from cycle.nudges.scheduling import SCHEDULE_AHEAD
from cycle.nudges.updates import thread
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.agenda import AgendaItem, ItemState
from storage.commitments import RequestState
from storage.discussions import DiscussionState
from storage.meeting_requests import MeetingState
from storage.pairs import PairState, Side
from storage.people import Person

# Proposing agenda items and preparing are worth offering from here on; earlier it would only be noise.
PREPARE_FROM = timedelta(days=14)


class Pressing(IntEnum):
    """How pressing a thing to do is; the lowest first."""

    ANSWER = 1  # the other side waits for it
    WRAP_UP = 2  # while both remember it
    OVERDUE = 3
    FOLLOW_UP = 4
    PREPARE = 5
    FIND_A_TIME = 6


@dataclass(frozen=True)
class ToDo:
    """One thing to do: a sentence and the button that does it."""

    sentence: str
    press: Button
    pressing: Pressing


def to_do(snapshot: PairSnapshot, me: Person, now: datetime) -> list[ToDo]:
    """What one person could do now in one pair, the most pressing first. Pure."""
    if snapshot.pair.state is PairState.ASKED:
        return list(_while_asked(snapshot, me))
    if snapshot.pair.state is not PairState.ACTIVE:
        return []
    found = (
        *_answers(snapshot, me, now),
        *_questions(snapshot, me),
        *_after(snapshot, me),
        *_overdue(snapshot, me, now),
        *_before(snapshot, me, now),
    )
    return sorted(found, key=lambda one: one.pressing)


def _while_asked(snapshot: PairSnapshot, me: Person) -> Iterator[ToDo]:
    other = formatting.first_name(snapshot.other_than(me.pk))
    if snapshot.pair.asked_by_id != me.id:
        yield ToDo(
            f"{other} would like to have career discussions with you.",
            Button("Say yes", Action.ACCEPT_PAIR, snapshot.pair.pk),
            Pressing.ANSWER,
        )


def _answers(snapshot: PairSnapshot, me: Person, now: datetime) -> Iterator[ToDo]:
    other = formatting.first_name(snapshot.other_than(me.pk))
    for request in snapshot.requests:
        if request.state is RequestState.ASKED and request.asked_by_id != me.id:
            yield ToDo(
                f"{other} would like to change a commitment.",
                Button("See and answer", Action.ANSWER_CHANGE, request.pk),
                Pressing.ANSWER,
            )
    countered = sum(item.state is ItemState.COUNTERED and item.author_id == me.id for item in snapshot.agenda)
    if countered and (snapshot.scheduled is None or now < snapshot.scheduled[1]):
        yield ToDo(
            f"{other} suggests other words for an agenda item."
            if countered == 1
            else f"{other} suggests other words for {countered} agenda items.",
            Button("See and answer", Action.OPEN_AGENDA, snapshot.pair.pk),
            Pressing.ANSWER,
        )


def _questions(snapshot: PairSnapshot, me: Person) -> Iterator[ToDo]:
    """E14: what the other side has asked about a commitment or an objective."""
    other = formatting.first_name(snapshot.other_than(me.pk))
    for update in snapshot.updates:
        if update.author_id != me.id and update.waits:
            answer, is_objective = thread("Answer", update), update.objective_id is not None
            sentence = f"{other} asks for your guidance on {'an objective' if is_objective else 'a commitment'}."
            yield ToDo(sentence, answer, Pressing.ANSWER)


def _meeting(snapshot: PairSnapshot, me: Person) -> Iterator[ToDo]:
    """E5: a request to meet that waits for me, or another time that was proposed to me."""
    request, other = snapshot.meetings[-1], formatting.first_name(snapshot.other_than(me.pk))
    if request.state is MeetingState.ASKED and request.asked_by_id != me.id:
        see = Button("See and answer", Action.ANSWER_MEETING, request.pk)
        yield ToDo(f"{other} asks to meet.", see, Pressing.ANSWER)
    elif request.state is MeetingState.COUNTERED and request.asked_by_id == me.id and request.other_time is not None:
        when = formatting.moment(request.other_time, me, snapshot.today(me))
        take = Button("Set this time", Action.TAKE_OTHER_TIME, request.pk)
        yield ToDo(f"{other} suggests {when}.", take, Pressing.ANSWER)


def _after(snapshot: PairSnapshot, me: Person) -> Iterator[ToDo]:
    discussion, other = snapshot.held, formatting.first_name(snapshot.other_than(me.pk))
    if discussion is None:
        return
    is_employee = snapshot.pair.side_of(me.pk) is Side.EMPLOYEE
    if is_employee and discussion.state is DiscussionState.HELD and snapshot.thank_you is None:
        yield ToDo(
            f"Thank {other} in writing. A draft is ready.",
            Button("Read and send", Action.OPEN_THANK_YOU, discussion.pk),
            Pressing.FOLLOW_UP,
        )
    note, unconfirmed = snapshot.thank_you, len(snapshot.unconfirmed(discussion.pk))
    if not is_employee and note is not None and note.confirmed_at is None and unconfirmed:
        yield ToDo(
            f"Confirm {other}'s commitment from your discussion."
            if unconfirmed == 1
            else f"Confirm {other}'s {unconfirmed} commitments from your discussion.",
            Button("Confirm", Action.CONFIRM_DELIVERABLES, discussion.pk),
            Pressing.ANSWER,
        )


def _overdue(snapshot: PairSnapshot, me: Person, now: datetime) -> Iterator[ToDo]:
    today, other = local_day(me, now), formatting.first_name(snapshot.other_than(me.pk))
    late = sum(one.owner_id == me.id and one.due_on < today for one in snapshot.commitments)
    if late:
        yield ToDo(
            f"A commitment to {other} is past its date. Done, or a new date?"
            if late == 1
            else f"{late} commitments to {other} are past their dates. Done, or new dates?",
            Button("Show commitments", Action.OPEN_COMMITMENTS, snapshot.pair.pk),
            Pressing.OVERDUE,
        )


def _before(snapshot: PairSnapshot, me: Person, now: datetime) -> Iterator[ToDo]:
    discussion, other = snapshot.current, formatting.first_name(snapshot.other_than(me.pk))
    if discussion is None:
        return
    if (coming := snapshot.scheduled) is None and snapshot.meetings:
        asked = list(_meeting(snapshot, me))
        yield from asked
        if asked or snapshot.waiting_request is not None:
            return
    if coming is None:
        if discussion.postponed and discussion.due_on - local_day(me, now) > SCHEDULE_AHEAD:
            return  # left for later on purpose, and later has not come
        find = Button("Find a time", Action.OPEN_SCHEDULE, snapshot.pair.pk)
        yield ToDo(f"Find a time to talk with {other}.", find, Pressing.FIND_A_TIME)
        return
    if (ends_at := discussion.ends_at) is not None and ends_at <= now:
        wrap_up = Button("Wrap up", Action.OPEN_WRAP_UP, discussion.pk)
        yield ToDo(f"How did it go with {other}?", wrap_up, Pressing.WRAP_UP)
        return
    if coming[1] - OPEN_BEFORE <= now:
        guide = Button("Open the guide", Action.OPEN_GUIDE, discussion.pk)
        yield ToDo(f"You meet {other} at {formatting.clock(coming[1], me)}.", guide, Pressing.WRAP_UP)
        return
    is_near = coming[1] - now <= PREPARE_FROM
    yield from _agenda(snapshot, me, is_near=is_near)
    is_prepared = any(one.author_id == me.id for one in snapshot.preparations)
    if not is_prepared and is_near:
        yield ToDo(
            f"Prepare for your discussion with {other}.",
            Button("Prepare", Action.OPEN_PREPARATION, snapshot.pair.pk),
            Pressing.PREPARE,
        )


def _agenda(snapshot: PairSnapshot, me: Person, *, is_near: bool) -> Iterator[ToDo]:
    other = formatting.first_name(snapshot.other_than(me.pk))
    if snapshot.pair.side_of(me.pk) is Side.EMPLOYEE:
        if is_near and not snapshot.proposed_items:
            yield ToDo(
                f"Propose what to talk about with {other}.",
                Button("Propose agenda items", Action.OPEN_AGENDA, snapshot.pair.pk),
                Pressing.PREPARE,
            )
    elif any(_is_news(item, me) for item in snapshot.agenda):
        yield ToDo(
            f"{other} proposed something for the agenda.",
            Button("See the agenda", Action.OPEN_AGENDA, snapshot.pair.pk),
            Pressing.ANSWER,
        )


def _is_news(item: AgendaItem, me: Person) -> bool:
    """Whether an item is news: proposed by the other side, and not left from last time."""
    return item.state is ItemState.PROPOSED and item.author_id != me.id and item.carried_from_id is None
