"""What is known of a pair: all that planning its nudges, and saying them, depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cycle.calendar import WorkingHours, hours_in
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, Commitment
from storage.discussions import OPEN, TOOK_PLACE, Discussion, DiscussionState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Preparation
from storage.store import Store
from storage.thanks import ThankYou

# Answers to a change request stay in the state this long: enough for the asker's next working moment.
ANSWERS_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class PairView:
    """A pair with its present turn, the turns before it, and what is open between the two."""

    pair: Pair
    employee: Person
    manager: Person
    current: Discussion | None = None  # planning or scheduled
    held: Discussion | None = None  # the last that took place
    cancelled: Discussion | None = None  # the last that was cancelled
    agenda: Sequence[AgendaItem] = ()  # of the current discussion
    preparations: Sequence[Preparation] = ()  # of the current discussion
    thank_you: ThankYou | None = None  # for the last talk held
    commitments: Sequence[Commitment] = ()  # open ones
    requests: Sequence[ChangeRequest] = ()  # asked and not answered, or answered lately

    def person(self, side: Side) -> Person:
        """Who stands on a side."""
        return self.employee if side is Side.EMPLOYEE else self.manager

    def by_id(self, person_id: int) -> Person:
        """One of the two by key."""
        return self.employee if person_id == self.pair.employee_id else self.manager

    def other_than(self, person_id: int) -> Person:
        """The other of the two."""
        return self.by_id(self.pair.other_than(person_id))

    def hours(self, person_id: int) -> WorkingHours:
        """The working hours of one of the two."""
        return hours_in(self.by_id(person_id).tz)

    def commitment(self, commitment_id: int) -> Commitment | None:
        """An open commitment by key."""
        return next((one for one in self.commitments if one.id == commitment_id), None)

    def request(self, request_id: int) -> ChangeRequest | None:
        """A change request by key."""
        return next((one for one in self.requests if one.id == request_id), None)


async def view_pair(store: Store, pair_id: int, now: datetime) -> PairView:
    """What is known of one pair."""
    return (await view_pairs(store, [pair_id], now))[pair_id]


async def view_pairs(store: Store, pair_ids: Sequence[int], now: datetime) -> dict[int, PairView]:
    """What is known of some pairs, in a number of queries that does not grow with them."""
    pairs = await store.pairs.named(pair_ids)
    people = await store.people.named({pair.employee_id for pair in pairs} | {pair.manager_id for pair in pairs})
    turns = await store.discussions.latest(pair_ids)
    current = {turn.pair_id: turn for turn in turns if turn.state in OPEN}
    held = {turn.pair_id: turn for turn in turns if turn.state in TOOK_PLACE}
    cancelled = {turn.pair_id: turn for turn in turns if turn.state is DiscussionState.CANCELLED}
    open_ids = [turn.pk for turn in current.values()]
    agenda = await store.agenda.of_discussions(open_ids) if open_ids else ()
    preparations = await store.preparations.of_discussion(open_ids) if open_ids else ()
    thanks = await store.thanks.of_discussions([turn.pk for turn in held.values()]) if held else ()
    commitments = await store.commitments.open_of(pair_ids)
    requests = await store.commitments.requests_of(pair_ids, now - ANSWERS_KEPT)
    return {
        pair.pk: PairView(
            pair=pair,
            employee=people[pair.employee_id],
            manager=people[pair.manager_id],
            current=(now_open := current.get(pair.pk)),
            held=(before := held.get(pair.pk)),
            cancelled=cancelled.get(pair.pk),
            agenda=[item for item in agenda if now_open and item.discussion_id == now_open.id],
            preparations=[one for one in preparations if now_open and one.discussion_id == now_open.id],
            thank_you=next((note for note in thanks if before and note.discussion_id == before.id), None),
            commitments=[one for one in commitments if one.pair_id == pair.id],
            requests=[one for one in requests if one.pair_id == pair.id],
        )
        for pair in pairs
    }
