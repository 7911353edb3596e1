from datetime import date, timedelta

from cycle.nudges import KINDS, plan
from cycle.snapshot_loading import load_for_planning, load_person_snapshots, load_persons_for_planning, load_snapshots
from storage.commitments import ChangeRequest
from storage.database import Database
from storage.meeting_requests import MeetingRequest
from storage.nudges import NudgeScope
from storage.pairs import PairState
from storage.store import Store
from storage.thanks import MailState, ThankYou
from storage.updates import UpdateKind
from tests.support.builders import MADRID, TOKYO, at, commitment, held, pair, person, planning, saved, scheduled
from tests.support.planning import addition, item, update

NOW = at(MADRID, 2026, 11, 2, 9)
MEETS_AT = at(MADRID, 2026, 11, 26, 10)


async def test_plain_rows_are_planned_as_entities_are(database: Database, workspace_id: int):
    """Pairs in every situation, read the quick way and the full way, have the same plan, with every kind in it."""
    async with database.unit(workspace_id) as store:
        pair_ids = await _pairs_in_every_situation(store)
        entities = await load_snapshots(store, await store.pairs.by_ids(pair_ids), NOW)
        rows = await load_for_planning(store, pair_ids, NOW)
        managers = sorted({snapshot.manager.pk for snapshot in entities.values()})
        whole = await load_person_snapshots(store, managers, NOW)
        plain = await load_persons_for_planning(store, managers, NOW)
    assert list(rows) == list(entities) == pair_ids
    plans = {pair_id: plan(snapshot, NOW) for pair_id, snapshot in rows.items()}
    assert plans == {pair_id: plan(snapshot, NOW) for pair_id, snapshot in entities.items()}
    planned = {nudge.kind for one in plans.values() for nudge in one.values()}
    assert planned == {name for name, kind in KINDS.items() if kind.scope is NudgeScope.PAIR}
    own = {person_id: plan(snapshot, NOW) for person_id, snapshot in plain.items()}
    assert own == {person_id: plan(snapshot, NOW) for person_id, snapshot in whole.items()}
    assert {nudge.kind for one in own.values() for nudge in one.values()} == {"annual_floor"}


async def _pairs_in_every_situation(store: Store) -> list[int]:
    """Asked, expired, undated, left open, and in the midst of everything."""
    people = [person(f"P{number}", TOKYO if number % 2 else MADRID) for number in range(16)]
    await saved(store, *people)
    recently = NOW - timedelta(days=1)
    asked, undated, left_open, answered, busy, expired, waiting, countered = pairs = [
        pair(*two, answered_at=recently) for two in zip(people[:8], people[8:], strict=True)
    ]
    asked.state, asked.asked_at, asked.answered_at = PairState.ASKED, recently, None
    expired.state, expired.answered_at, expired.ended_at = PairState.EXPIRED, None, recently
    await saved(store, *pairs)
    due_on, both = date(2027, 1, 15), {"dated_at": NOW - timedelta(hours=2), "dated_by_id": busy.manager_id}
    last = held(busy, NOW - timedelta(days=4), recently, number=1, added_at=recently)
    coming = scheduled(busy, MEETS_AT, number=3, **both)
    dropped = {"dated_at": recently, "dated_by_id": left_open.employee_id, "moved_from": MEETS_AT, "postponed": True}
    await saved(
        store,
        planning(undated, due_on),
        planning(left_open, due_on, **dropped),
        scheduled(answered, MEETS_AT),
        last,
        scheduled(
            busy,
            MEETS_AT,
            number=2,
            state="cancelled",
            cancelled_at=recently,
            cancelled_by_id=busy.manager_id,
            moved_from=MEETS_AT,
        ),
        coming,
    )
    known = {"pair_id": busy.pk, "discussion_id": coming.pk}
    store.add(item(busy.employee_id, recently, **known))
    store.add(item(busy.employee_id, recently, state="accepted", answered_at=recently, **known))
    store.add(addition(NOW + timedelta(minutes=1), busy.employee_id, id=None, pair_id=busy.pk, discussion_id=last.pk))
    agreed = [commitment(busy, owner, due_on, recently) for owner in (people[4], people[12])]
    done = commitment(busy, people[4], due_on, recently, state="done", settled_at=recently)
    await saved(store, *agreed, done)
    for one, state, answered_at in ((agreed[0], "asked", None), (agreed[1], "declined", recently)):
        request = ChangeRequest(commitment_id=one.pk, pair_id=busy.pk, asked_by_id=one.owner_id, text="x",
                                due_on=due_on, asked_at=recently, state=state, answered_at=answered_at)  # fmt: skip
        store.add(request)
    for kind in UpdateKind:
        store.add(update(kind, busy.manager_id, recently, id=None, pair_id=busy.pk, commitment_id=agreed[0].pk))
    before = held(undated, NOW - timedelta(days=4), recently, number=0, state="held")
    await saved(store, before)
    store.add(ThankYou(pair_id=busy.pk, discussion_id=last.pk, author_id=busy.employee_id, text="x", sent_at=recently,
                       confirmed_at=recently, mail_state=MailState.FAILED, mail_attempt=1,
                       mail_at=recently))  # fmt: skip
    for two, state, answered_at in ((waiting, "asked", None), (countered, "countered", recently)):
        open_one = planning(two, due_on)
        await saved(store, open_one)
        store.add(
            MeetingRequest(
                pair_id=two.pk, discussion_id=open_one.pk, asked_by_id=two.employee_id, asked_at=recently, state=state,
                times=str(int(MEETS_AT.timestamp())), answered_at=answered_at,
                other_time=MEETS_AT if answered_at else None,
            )
        )  # fmt: skip
    await store.flush()
    return [one.pk for one in pairs]
