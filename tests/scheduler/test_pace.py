"""The pace holds in every minute and every conversation, whatever is claimed when; and it keeps up."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.claiming import START_WITHIN
from scheduler.pace import A_MINUTE, BURST, CLAIMED_AHEAD, JITTER, MOST_REFUSALS, PER_CONVERSATION, STEP, Pace, Slowdown

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
rates = st.integers(10, 2_000)
gaps = st.floats(0, 90, allow_nan=False).map(lambda seconds: timedelta(seconds=seconds))
claims = st.lists(st.tuples(gaps, st.lists(st.integers(1, 6), max_size=30)), max_size=12)
"""How long after the one before each claim comes, and the recipients of its messages."""


def start_all(pace: Pace, claims: list[tuple[timedelta, list[int]]]) -> list[tuple[datetime, int, int]]:
    """When each message starts, to whom, and its number; several workers claim, one after the other."""
    started: list[tuple[datetime, int, int]] = []
    now, next_slot, number = NINE, None, 0
    last: dict[int, datetime] = {}
    for gap, recipients in claims:
        now += gap
        slots, next_slot = pace.slots(recipients, pace.free_from(next_slot, now), now, now + START_WITHIN, last)
        for slot in slots:
            assert now <= slot.at <= now + START_WITHIN
            started.append((slot.at, recipients[slot.place], number + slot.place))
            last[recipients[slot.place]] = slot.at
        number += len(recipients)
    return started


@given(rates, claims)
def test_no_minute_has_more_than_the_rate(per_minute: int, claims: list[tuple[timedelta, list[int]]]):
    """In no minute, a burst and jitter included, is more started than the workspace may get."""
    moments = sorted(at for at, _to, _number in start_all(Pace.of(per_minute), claims))
    for first in moments:
        assert sum(first <= at < first + A_MINUTE + JITTER for at in moments) <= per_minute


@given(rates, claims)
def test_one_person_gets_one_message_a_second_in_order(per_minute: int, claims: list[tuple[timedelta, list[int]]]):
    """Messages to one person keep their order, a second apart, whoever else gets some in between."""
    theirs: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for at, to, number in start_all(Pace.of(per_minute), claims):
        theirs[to].append((number, at))
    for messages in theirs.values():
        assert messages == sorted(messages)
        moments = [at for _number, at in messages]
        assert all(later - earlier >= PER_CONVERSATION for earlier, later in pairwise(moments))


@given(rates, st.integers(1, 300))
def test_messages_to_different_people_start_evenly_in_their_order(per_minute: int, people: int):
    """After the burst, each starts one interval after the one before."""
    pace = Pace.of(per_minute)
    slots, _free = pace.slots(range(people), NINE - BURST, NINE, NINE + START_WITHIN, {})
    assert [slot.place for slot in slots] == list(range(len(slots)))
    after = [slot.at for slot in slots if slot.at > NINE]
    assert {later - earlier for earlier, later in pairwise(after)} <= {pace.interval}
    assert len(slots) == people or slots[-1].at + pace.interval > NINE + START_WITHIN


def test_a_second_message_waits_and_others_take_its_slot():
    """A manager's second message lets those of others pass rather than waste their slots."""
    pace = Pace(timedelta(seconds=0.25))
    slots, free = pace.slots([1, 1, 2, 3, 4, 5, 1], NINE, NINE, NINE + START_WITHIN, {5: NINE})
    seconds = [(slot.place, (slot.at - NINE).total_seconds()) for slot in slots]
    assert seconds == [(0, 0), (2, 0.25), (3, 0.5), (4, 0.75), (1, 1), (5, 1.25), (6, 2)]
    assert free == NINE + timedelta(seconds=2.25)


@given(rates, st.none() | st.timedeltas(timedelta(hours=-30), timedelta(hours=30)))
def test_a_wrong_clock_delays_nothing_for_longer_than_a_minute(per_minute: int, ahead: timedelta | None):
    """Whatever the next slot says, the first free one is within a minute, and a burst ago at the earliest."""
    free_from = Pace.of(per_minute).free_from(None if ahead is None else NINE + ahead, NINE)
    assert NINE - BURST <= free_from <= NINE + A_MINUTE


@given(rates, st.timedeltas(-BURST, A_MINUTE))
def test_no_more_is_claimed_than_starts_soon(per_minute: int, ahead: timedelta):
    """What there is room for starts within a few seconds, and one more would not."""
    pace, free_from = Pace.of(per_minute), NINE + ahead
    room = pace.room(free_from, NINE)
    slots, free = pace.slots(range(room), free_from, NINE, NINE + START_WITHIN, {})
    assert len(slots) == room
    assert all(slot.at < NINE + CLAIMED_AHEAD for slot in slots)
    assert free >= NINE + CLAIMED_AHEAD


def test_refusals_slow_down_and_time_recovers():
    """One may be chance; each further one makes it slower by a fifth, and each minute without one takes one back."""
    seconds = 0.0
    slowdown = Slowdown(lambda: seconds)
    pace = Pace.of(300)
    slowdown.refused(1)
    assert slowdown.times(1) == 1
    assert pace.slower(1) is pace
    slowdown.refused(1)
    slowdown.refused(1)
    assert (slowdown.times(1), slowdown.times(2)) == (pytest.approx(STEP**2), 1)
    assert pace.slower(2) == Pace(pace.interval * 2, burst=timedelta())
    seconds = 61
    assert slowdown.times(1) == pytest.approx(STEP)
    seconds = 121
    assert slowdown.times(1) == 1
    for _ in range(MOST_REFUSALS * 2):
        slowdown.refused(1)
    assert slowdown.times(1) == pytest.approx(4, rel=0.1)
