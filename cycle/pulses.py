"""How discussions were: one private tap after each, and numbers of many (practice E18)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle.errors import NotAvailable
from cycle.guards import existing, in_use, pair_of
from storage.discussions import HELD_STATES, Discussion
from storage.pairs import Pair
from storage.people import Person
from storage.pulses import Pulse, Score
from storage.store import Store

FEWEST_PEOPLE: Final = 5
"""Numbers are shown of at least so many people, so that nobody can be told from them (practice C10)."""

NOT_HELD: Final = "You can say how it was once it is wrapped up."


@dataclass(frozen=True)
class PulseView:
    """A discussion that was held, and what I have said about it."""

    discussion: Discussion
    other: Person
    mine: Score | None


async def about(store: Store, me: Person, discussion_id: int) -> PulseView:
    """A discussion of mine. Raises `NotAllowed`, or `NotAvailable` where it was not held."""
    pair = await pair_of(store, me, discussion_id, Discussion)
    discussion = await _held(store, discussion_id)
    mine = await store.pulses.mine(discussion.pk, me.pk)
    other = await store.people.get(pair.other_than(me.pk))
    return PulseView(discussion, other, mine.score if mine else None)


async def give(store: Store, me: Person, pair: Pair, discussion_id: int, score: Score, now: datetime) -> None:
    """Say how a discussion of a locked pair was; saying it again changes it."""
    in_use(pair, me)
    discussion = await _held(store, discussion_id)
    mine = await store.pulses.mine(discussion.pk, me.pk)
    if mine is None:
        mine = Pulse(pair_id=pair.pk, discussion_id=discussion.pk, author_id=me.pk, score=score, given_at=now)
    mine.score, mine.given_at = score, now
    store.add(mine)
    await store.flush()


async def _held(store: Store, discussion_id: int) -> Discussion:
    discussion = await existing(store.discussions.get, discussion_id)
    if discussion.state not in HELD_STATES:
        raise NotAvailable(NOT_HELD)
    return discussion


def numbers(told: Iterable[tuple[int, Score]]) -> Mapping[Score, int] | None:
    """How often each was said, by score; None where too few people said anything. Pure."""
    said = list(told)
    if len({person_id for person_id, _score in said}) < FEWEST_PEOPLE:
        return None
    return Counter(score for _person_id, score in said)
