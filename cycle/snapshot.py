"""What is known of a pair: all that planning its nudges, and saying them, depends on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from cycle.calendar import WorkingHours, hours_in
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, Commitment
from storage.discussions import HELD_STATES, OPEN, Discussion, DiscussionState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Preparation
from storage.store import Store
from storage.thanks import ThankYou

Row = TypeVar("Row")

# Answers to a change request stay in the state this long: enough for the asker's next working moment.
ANSWERS_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class PairSnapshot:
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


async def load_snapshot(store: Store, pair_id: int, now: datetime) -> PairSnapshot:
    """What is known of one pair."""
    return (await load_snapshots(store, [pair_id], now))[pair_id]


async def load_snapshots(store: Store, pair_ids: Sequence[int], now: datetime) -> dict[int, PairSnapshot]:
    """What is known of some pairs, in a number of queries that does not grow with them."""
    pairs = await store.pairs.by_ids(pair_ids)
    people = await store.people.by_ids({pair.employee_id for pair in pairs} | {pair.manager_id for pair in pairs})
    turns = await store.discussions.latest(pair_ids)
    current = {turn.pair_id: turn for turn in turns if turn.state in OPEN}
    held = {turn.pair_id: turn for turn in turns if turn.state in HELD_STATES}
    cancelled = {turn.pair_id: turn for turn in turns if turn.state is DiscussionState.CANCELLED}
    open_ids = [turn.pk for turn in current.values()]
    agenda = _by(lambda item: item.discussion_id, await store.agenda.of_discussions(open_ids) if open_ids else ())
    preparations = _by(
        lambda one: one.discussion_id, await store.preparations.of_discussion(open_ids) if open_ids else ()
    )
    thanks = await store.thanks.of_discussions([turn.pk for turn in held.values()]) if held else ()
    thanked = {note.discussion_id: note for note in thanks}
    commitments = _by(lambda one: one.pair_id, await store.commitments.open_of(pair_ids))
    requests = _by(lambda one: one.pair_id, await store.commitments.requests_of(pair_ids, now - ANSWERS_KEPT))
    return {
        pair.pk: PairSnapshot(
            pair=pair,
            employee=people[pair.employee_id],
            manager=people[pair.manager_id],
            current=(now_open := current.get(pair.pk)),
            held=(before := held.get(pair.pk)),
            cancelled=cancelled.get(pair.pk),
            agenda=agenda[now_open.pk] if now_open else (),
            preparations=preparations[now_open.pk] if now_open else (),
            thank_you=thanked.get(before.pk) if before else None,
            commitments=commitments[pair.pk],
            requests=requests[pair.pk],
        )
        for pair in pairs
    }


def _by(key: Callable[[Row], int], rows: Iterable[Row]) -> Mapping[int, Sequence[Row]]:
    """Rows of many pairs, apart; nothing for a pair that has none."""
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
