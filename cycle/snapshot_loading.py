"""Loading snapshots: from whole rows where texts are worded, from plain ones where thousands of pairs are planned."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from cycle.snapshot import (
    KEPT_LATELY,
    NEWS_KEPT,
    OpportunitySnapshot,
    PairSnapshot,
    PersonSnapshot,
    Report,
    Snapshot,
    SnapshotKey,
)
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, Commitment, CommitmentState
from storage.discussions import HELD_STATES, OPEN, Discussion, DiscussionState
from storage.meeting_requests import MeetingRequest
from storage.nudges import NudgeScope
from storage.pairs import Pair
from storage.people import Person
from storage.planning_rows import SignUpRow
from storage.preparations import Preparation
from storage.store import Store
from storage.thanks import ThankYou
from storage.updates import Update
from storage.wrap_ups import Addition

PairRowT = TypeVar("PairRowT", ThankYou, Commitment, ChangeRequest, Update)
DiscussionRowT = TypeVar("DiscussionRowT", AgendaItem, Preparation, Addition, MeetingRequest)


async def load(store: Store, keys: Collection[SnapshotKey], now: datetime) -> dict[SnapshotKey, Snapshot]:
    """Snapshots, whatever their scope; one whose row is gone is missing from the answer."""
    of_pairs, of_persons, of_team = (
        [key for scope, key in keys if scope is wanted]
        for wanted in (NudgeScope.PAIR, NudgeScope.PERSON, NudgeScope.TEAM)
    )
    loaded: dict[SnapshotKey, Snapshot] = {}
    if of_pairs:
        pairs = await load_snapshots(store, await store.pairs.by_ids(of_pairs), now)
        loaded |= {(NudgeScope.PAIR, key): snapshot for key, snapshot in pairs.items()}
    if of_persons:
        persons = await load_person_snapshots(store, of_persons, now)
        loaded |= {(NudgeScope.PERSON, key): snapshot for key, snapshot in persons.items()}
    if of_team:
        offered = await load_opportunity_snapshots(store, of_team, now)
        loaded |= {(NudgeScope.TEAM, key): snapshot for key, snapshot in offered.items()}
    return loaded


async def load_snapshot(store: Store, pair: Pair, now: datetime) -> PairSnapshot:
    """The snapshot of one pair."""
    return (await load_snapshots(store, [pair], now))[pair.pk]


async def load_snapshots(store: Store, pairs: Sequence[Pair], now: datetime) -> dict[int, PairSnapshot]:
    """Snapshots of some pairs, by key, in a number of queries that does not grow with them."""
    pair_ids = [pair.pk for pair in pairs]
    people = await store.people.by_ids({pair.employee_id for pair in pairs} | {pair.manager_id for pair in pairs})
    discussions = await store.discussions.latest(pair_ids)
    open_ids = [one.pk for one in discussions if one.state in OPEN]
    held_ids = [one.pk for one in discussions if one.state in HELD_STATES]
    added_ids = _added_to(discussions)
    return _assembled(
        now,
        pairs,
        people,
        discussions,
        await store.agenda.of_discussions(open_ids) if open_ids else (),
        preparations=await store.preparations.of_discussion(open_ids) if open_ids else (),
        thanks=await store.thanks.of_pairs(pair_ids, held_ids, now - NEWS_KEPT) if held_ids else (),
        commitments=await store.commitments.open_or_kept(pair_ids, now - KEPT_LATELY),
        requests=await store.commitments.requests_of(pair_ids, now - NEWS_KEPT),
        meetings=await store.meeting_requests.of_discussions(undated) if (undated := _undated(discussions)) else (),
        updates=await store.updates.of_pairs(pair_ids, now - NEWS_KEPT),
        additions=await store.wrap_ups.additions(added_ids) if added_ids else (),
    )


async def load_for_planning(store: Store, pair_ids: Sequence[int], now: datetime) -> dict[int, PairSnapshot]:
    """Snapshots of plain rows (`storage.planning_rows`), for rules only: nothing in them can be worded or changed."""
    # The rows pass for entities: they have what rules read of one, and a test plans both ways and compares.
    rows: Any = store.planning_rows
    pairs = await rows.pairs(pair_ids)
    people = await rows.people({pair.employee_id for pair in pairs} | {pair.manager_id for pair in pairs})
    discussions = await rows.discussions(pair_ids)
    open_ids = [one.pk for one in discussions if one.state in OPEN]
    held_ids = [one.pk for one in discussions if one.state in HELD_STATES]
    added_ids = _added_to(discussions)
    return _assembled(
        now,
        pairs,
        people,
        discussions,
        await rows.items(open_ids) if open_ids else (),
        preparations=await rows.preparations(open_ids) if open_ids else (),
        thanks=await rows.notes(pair_ids, held_ids, now - NEWS_KEPT) if held_ids else (),
        commitments=await rows.commitments(pair_ids, now - KEPT_LATELY),
        requests=await rows.requests(pair_ids, now - NEWS_KEPT),
        meetings=await rows.meetings(undated) if (undated := _undated(discussions)) else (),
        updates=await rows.updates(pair_ids, now - NEWS_KEPT),
        additions=await rows.additions(added_ids) if added_ids else (),
    )


def _assembled(  # noqa: PLR0913 - all that a snapshot is made of
    now: datetime,
    pairs: Iterable[Pair],
    people: Mapping[int, Person],
    discussions: Iterable[Discussion],
    agenda: Iterable[AgendaItem],
    *,
    preparations: Iterable[Preparation],
    thanks: Iterable[ThankYou],
    commitments: Iterable[Commitment],
    requests: Iterable[ChangeRequest],
    meetings: Iterable[MeetingRequest],
    updates: Iterable[Update],
    additions: Iterable[Addition],
) -> dict[int, PairSnapshot]:
    """The snapshot of each pair, from the rows of all."""
    current, held, cancelled = _apart(discussions)
    items, prepared, added = _by_discussion(agenda), _by_discussion(preparations), _by_discussion(additions)
    asked_to_meet = _by_discussion(meetings)
    notes, asked, written = _by_pair(thanks), _by_pair(requests), _by_pair(updates)
    promised = list(commitments)
    open_ones = _by_pair(one for one in promised if one.state is CommitmentState.OPEN)
    kept = _by_pair(one for one in promised if one.state is CommitmentState.DONE)
    return {
        pair.pk: PairSnapshot(
            pair=pair,
            employee=people[pair.employee_id],
            manager=people[pair.manager_id],
            now=now,
            current=(now_open := current.get(pair.pk)),
            held=(last := held.get(pair.pk)),
            cancelled=cancelled.get(pair.pk),
            agenda=items[now_open.pk] if now_open else (),
            preparations=prepared[now_open.pk] if now_open else (),
            thanks=notes[pair.pk],
            commitments=open_ones[pair.pk],
            kept=kept[pair.pk],
            requests=asked[pair.pk],
            meetings=asked_to_meet[now_open.pk] if now_open else (),
            updates=written[pair.pk],
            additions=added[last.pk] if last else (),
        )
        for pair in pairs
    }


async def load_person_snapshots(store: Store, person_ids: Sequence[int], now: datetime) -> dict[int, PersonSnapshot]:
    """Snapshots of some persons, by key, in a number of queries that does not grow with them."""
    pairs = await store.pairs.active_of_managers(person_ids)
    people = await store.people.by_ids({*person_ids, *(pair.employee_id for pair in pairs)})
    discussions = await store.discussions.latest([pair.pk for pair in pairs]) if pairs else ()
    return _persons_assembled(now, person_ids, people, pairs, discussions)


async def load_persons_for_planning(
    store: Store, person_ids: Sequence[int], now: datetime
) -> dict[int, PersonSnapshot]:  # fmt: skip
    """Snapshots of some persons made of plain rows, as those of `load_for_planning`."""
    rows: Any = store.planning_rows
    pairs = await rows.active_pairs_of(person_ids)
    people = await rows.people({*person_ids, *(pair.employee_id for pair in pairs)})
    discussions = await rows.discussions([pair.pk for pair in pairs]) if pairs else ()
    return _persons_assembled(now, person_ids, people, pairs, discussions)


def _persons_assembled(
    now: datetime,
    person_ids: Sequence[int],
    people: Mapping[int, Person],
    pairs: Iterable[Pair],
    discussions: Iterable[Discussion],
) -> dict[int, PersonSnapshot]:
    """The snapshot of each person, from the rows of all."""
    current, held, _cancelled = _apart(discussions)
    reports: defaultdict[int, list[Report]] = defaultdict(list)
    for pair in pairs:
        report = Report(pair, people[pair.employee_id], current.get(pair.pk), held.get(pair.pk))
        reports[pair.manager_id].append(report)
    return {key: PersonSnapshot(people[key], now, reports[key]) for key in person_ids if key in people}


async def load_opportunity_snapshots(
    store: Store, opportunity_ids: Collection[int], now: datetime
) -> dict[int, OpportunitySnapshot]:
    """Snapshots of some opportunities, by key, in five queries.

    The sign-ups of people who have left do not count. Those for whom something waits are known, also where they no
    longer take part.
    """
    opportunities = await store.opportunities.by_ids(opportunity_ids)
    digests = await store.digests.on()
    sign_ups: defaultdict[int, list[SignUpRow]] = defaultdict(list)
    for sign_up in await store.planning_rows.sign_ups(opportunity_ids):
        sign_ups[sign_up.opportunity_id].append(sign_up)
    waiting = await store.nudges.waiting_recipients(opportunity_ids)
    concerned = {
        one.pk: {
            one.offered_by_id,
            *(digest.set_up_by_id for digest in digests),
            *(sign_up.person_id for sign_up in sign_ups[one.pk]),
            *waiting.get(one.pk, ()),
        }
        for one in opportunities
    }
    people = await store.people.by_ids(set[int]().union(*concerned.values()))
    return {
        one.pk: OpportunitySnapshot(
            one,
            {key: people[key] for key in concerned[one.pk]},
            now,
            [sign_up for sign_up in sign_ups[one.pk] if not people[sign_up.person_id].deactivated],
            digests,
        )
        for one in opportunities
    }


Latest = dict[int, Discussion]


def _apart(discussions: Iterable[Discussion]) -> tuple[Latest, Latest, Latest]:
    """The discussions that are open, held and cancelled, each by pair."""
    current: Latest = {}
    held: Latest = {}
    cancelled: Latest = {}
    for one in discussions:
        kind = current if one.state in OPEN else held if one.state in HELD_STATES else cancelled
        kind[one.pair_id] = one
    return current, held, cancelled


def _undated(discussions: Iterable[Discussion]) -> list[int]:
    """The keys of discussions that are open and have no date, for which a request to meet matters."""
    return [one.pk for one in discussions if one.state is DiscussionState.PLANNING]


def _added_to(discussions: Iterable[Discussion]) -> list[int]:
    """The keys of discussions that were added to after they were wrapped up: most never are."""
    return [one.pk for one in discussions if one.state in HELD_STATES and one.added_at is not None]


def _by_pair(rows: Iterable[PairRowT]) -> Mapping[int, Sequence[PairRowT]]:
    """Rows of many pairs, apart; nothing for a pair that has none."""
    groups: defaultdict[int, list[PairRowT]] = defaultdict(list)
    for row in rows:
        groups[row.pair_id].append(row)
    return groups


def _by_discussion(rows: Iterable[DiscussionRowT]) -> Mapping[int, Sequence[DiscussionRowT]]:
    """Rows of many discussions, apart; nothing for one that has none."""
    groups: defaultdict[int, list[DiscussionRowT]] = defaultdict(list)
    for row in rows:
        groups[row.discussion_id].append(row)
    return groups
