"""The guide: what the two go through when they meet, part by part (practices E6–E8, L2, L3, L7, C14)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from cycle import formatting
from cycle.access import visible_level
from cycle.agendas import in_order
from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.follow_through import LOOKS_BACK, FollowThrough, follow_through
from cycle.guards import DISCUSSION_ENDED, active_pair, in_use, open_discussion, side, with_own_pair
from cycle.levels import apart
from cycle.roadmap import Roadmap, roadmap
from cycle.time_proposals import BREAK
from cycle.zones import local_day
from storage.agenda import AgendaItem
from storage.base import distinct
from storage.commitments import Commitment, CommitmentState
from storage.discussions import OPEN, BusyTime, Discussion
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.store import Store

RESPONSE: Final = "response"  # fields
NOTES: Final = "notes."  # how those of the notes begin; the part follows

LONGEST_RESPONSE: Final = 1000  # characters
LONGEST_NOTES: Final = 700  # of one part: together they fit the notes of the wrap-up
# From here on the App Home leads to the guide; earlier it is the brief that helps.
OPEN_BEFORE: Final = timedelta(minutes=30)
# Below this an item gets no more than a word from each.
SHORTEST_FOR_AN_ITEM: Final = 5  # minutes

NO_RESPONSE_YET: Final = "You can respond once both of you have said how you see it."
EMPLOYEE_ONLY: Final = "The response is for the other of you two to give."


class Part(StrEnum):
    """The parts of a discussion in their order (E6)."""

    STANDING = "standing"
    QUESTIONS = "questions"
    OBJECTIVES = "objectives"
    CLOSING = "closing"


# What part of the time each gets, in hundredths. Questions and the agenda get the most: they are the employee's own.
SHARES: Final = {Part.STANDING: 20, Part.QUESTIONS: 45, Part.OBJECTIVES: 25, Part.CLOSING: 10}


@dataclass(frozen=True)
class Guide:
    """One part of the guide as one of the two sees it. Only what this part shows was read."""

    pair: Pair
    discussion: Discussion
    me: Person
    other: Person
    today: date  # on my calendar
    part: Part
    minutes: int  # of this part
    levels: Mapping[Side, Level] = field(default_factory=dict)  # those that I may see
    response: str | None = None  # the employee's, to the manager's level
    warnings: Sequence[str] = ()  # about the uninterrupted time
    agenda: Sequence[AgendaItem] = ()  # active items, the employee's first
    answers: Mapping[str, Answer] = field(default_factory=dict)  # the manager's that I may read, by prompt
    roadmap: Roadmap | None = None
    commitments: Sequence[Commitment] = ()  # open, the employee's first
    mirror: Mapping[int, FollowThrough] = field(default_factory=dict)  # of each of the two, by person (M8)

    @property
    def my_side(self) -> Side:
        """Which of the two I am."""
        return side(self.pair, self.me)

    @property
    def apart(self) -> int | None:
        """How many steps higher the manager rates the employee than they rate themselves; None until both are in."""
        return apart(self.levels)


def minutes_of(total: int) -> dict[Part, int]:
    """How many whole minutes of a discussion each part gets: in all exactly as many as there are. Pure."""
    found = {part: total * share // 100 for part, share in SHARES.items()}
    found[Part.QUESTIONS] += total - sum(found.values())
    return found


def after(part: Part) -> Part | None:
    """The part after one; None after the last. Pure."""
    parts = list(Part)
    position = parts.index(part) + 1
    return parts[position] if position < len(parts) else None


async def about_to_guide(store: Store, me: Person, pair_id: int, discussion_id: int) -> tuple[Pair, Discussion]:
    """The pair and its open discussion, by either key. Raises `NotAllowed` or `NotAvailable`."""
    if discussion_id:
        pair, discussion = await with_own_pair(store, discussion_id, Discussion)
        in_use(pair, me)
        return pair, discussion if discussion.state in OPEN else await open_discussion(store, pair, discussion_id)
    pair = await active_pair(store, me, pair_id)
    return pair, await open_discussion(store, pair)


def check_open(pair: Pair, discussion: Discussion, me: Person) -> None:
    """Raises `NotAvailable` where the two no longer meet, or the discussion is over."""
    in_use(pair, me)
    if discussion.state not in OPEN:
        raise NotAvailable(DISCUSSION_ENDED)


async def guide(store: Store, me: Person, pair: Pair, discussion: Discussion, part: Part, now: datetime) -> Guide:
    """A part of the guide for one of the two."""
    known = Guide(
        pair=pair,
        discussion=discussion,
        me=me,
        other=await store.people.get(pair.other_than(me.pk)),
        today=local_day(me, now),
        part=part,
        minutes=minutes_of(discussion.minutes)[part],
    )
    match part:
        case Part.STANDING:
            return await _standing(store, known)
        case Part.QUESTIONS:
            return await _questions(store, known)
        case Part.OBJECTIVES:
            return replace(known, roadmap=await roadmap(store, me, pair.pk, now))
        case Part.CLOSING:
            found = await store.commitments.open_or_kept([pair.pk], now - LOOKS_BACK)
            still_open = [one for one in found if one.state is CommitmentState.OPEN]
            first = sorted(still_open, key=lambda one: (one.owner_id != pair.employee_id, one.due_on, one.pk))
            mirror = {one.pk: follow_through(found, one, now) for one in (me, known.other)}
            return replace(known, commitments=first, mirror=mirror)


async def _standing(store: Store, known: Guide) -> Guide:
    discussion, both = known.discussion, await store.preparations.of_discussion([known.discussion.pk])
    levels = {one.side: level for one in both if (level := visible_level(known.me.pk, one, both))}
    response = next((one.response for one in both if one.side is Side.EMPLOYEE), None)
    warnings: list[str] = []
    if discussion.starts_at is not None and discussion.ends_at is not None:
        around = discussion.starts_at - timedelta(days=1), discussion.ends_at + timedelta(days=1)
        busy = await store.discussions.busy([known.pair.employee_id, known.pair.manager_id], *around)
        items = in_order(await store.agenda.of_discussions([discussion.pk]), known.pair)
        warnings = list(interruptions(discussion, busy, len(items), known.me, known.other))
    return replace(known, levels=levels, response=response, warnings=warnings)


async def _questions(store: Store, known: Guide) -> Guide:
    """The agenda, and the manager's answers as far as I may read them: my own, or what is shared with me (L3)."""
    items = in_order(await store.agenda.of_discussions([known.discussion.pk]), known.pair)
    answers = distinct(answer for _, answer in await store.preparations.with_answers([known.discussion.pk]))
    managers = {one.question: one for one in answers if one.author_id == known.pair.manager_id}
    return replace(known, agenda=items, answers=managers)


def interruptions(
    discussion: Discussion, busy: Sequence[BusyTime], items: int, me: Person, other: Person
) -> Iterator[str]:
    """What may cut the discussion short: another one right before or after it, or too little time (L2). Pure."""
    starts_at, ends_at = discussion.starts_at, discussion.ends_at
    if starts_at is None or ends_at is None:
        return
    for one in sorted(busy, key=lambda one: one.starts_at):
        if one.discussion_id == discussion.id:
            continue
        who = "You have" if one.person_id == me.id else f"{formatting.first_name(other)} has"
        if ends_at <= one.starts_at < ends_at + BREAK:
            yield f"{who} another discussion at {formatting.clock(one.starts_at, me)}: leave a little time before it."
        elif starts_at - BREAK < one.ends_at <= starts_at:
            yield f"{who} another discussion until {formatting.clock(one.ends_at, me)}: take a breath first."
        elif one.starts_at < ends_at and one.ends_at > starts_at:
            yield f"{who} another discussion at {formatting.clock(one.starts_at, me)}, at the same time."
    room = minutes_of(discussion.minutes)[Part.QUESTIONS]
    if items * SHORTEST_FOR_AN_ITEM > room:
        yield (
            f"There are {items} agenda items for about {room} minutes. "
            "Choose the ones that matter most, and leave the others for next time."
        )


def check_response(text: str) -> FieldErrors:
    """What is wrong with a response. Pure."""
    errors = FieldErrors()
    if len(text) > LONGEST_RESPONSE:
        errors.add(RESPONSE, too_long(text, LONGEST_RESPONSE))
    return errors


def check_notes(notes: Mapping[str, str]) -> FieldErrors:
    """What is wrong with notes, by field. Pure."""
    errors = FieldErrors()
    for name, text in notes.items():
        if len(text) > LONGEST_NOTES:
            errors.add(name, too_long(text, LONGEST_NOTES))
    return errors


def respond(me: Person, pair: Pair, both: Sequence[Preparation], text: str) -> None:
    """The employee responds to how the manager sees them (L7); both read it. The pair is locked.

    Raises `NotAllowed` for the manager, and `NotAvailable` until both levels are in.
    """
    if side(pair, me) is not Side.EMPLOYEE:
        raise NotAllowed(EMPLOYEE_ONLY)
    mine = next((one for one in both if one.side is Side.EMPLOYEE), None)
    if mine is None or any(one.level is None for one in both) or len(both) < len(Side):
        raise NotAvailable(NO_RESPONSE_YET)
    mine.response = text.strip() or None


def together(notes: Mapping[str, str]) -> str:
    """The notes of all parts as one text, in their order: what the wrap-up begins with. Pure."""
    return "\n\n".join(text for part in Part if (text := notes.get(f"{NOTES}{part}", "").strip()))
