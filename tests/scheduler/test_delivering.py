from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from cycle.replanning import replan
from scheduler.claiming import LEASE, NOTES_A_MESSAGE
from scheduler.delivering import PAUSE_IN_DOUBT, Deliverer
from scheduler.messenger import Parcel, Posted, RateLimited, TryLater, Undeliverable, Unknown
from storage.commitments import ChangeRequest, CommitmentState
from storage.database import Database
from storage.discussions import DiscussionState
from storage.nudges import NudgeState
from storage.pairs import Pair
from storage.people import Person
from tests.scheduler.conftest import Office
from tests.support.builders import MADRID, TOKYO, at, pair, person, plan_all, promise, remembered, scheduled, team
from tests.support.messengers import Accident, Died

TALKS_AT = at(MADRID, 2026, 11, 24, 10)  # so the brief of the day before is due as the office opens
DATED_AT = at(MADRID, 2026, 11, 20, 12)  # too late to be asked for an agenda
A_MOMENT = timedelta(seconds=5)
TAKEN_THEN_DROPPED = Accident(Unknown("dropped"), taken=True)
NEVER_ARRIVED = Accident(Unknown("dropped"), taken=False)


async def some_pair(office: Office, employee_tz: str = MADRID) -> Pair:
    """A pair with a talk tomorrow and all its nudges planned; the next due are the briefs."""
    async with office.database.unit(office.workspace_id) as store:
        two = [person(tz=employee_tz), person("Bo Lind")]
        await remembered(store, *two)
        made = pair(*two)
        await remembered(store, made)
        await remembered(store, scheduled(made, TALKS_AT, dated_at=DATED_AT))
        await replan(store, made.pk, DATED_AT)
    return made


def brief_of(made: Pair, person_id: int) -> str:
    """The key of the brief of the day before."""
    return f"day_before:1:1:{person_id}"


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_what_is_due_goes_out_once_and_is_settled(office: Office):
    """A due nudge is posted, its place written down, and never posted again."""
    made = await some_pair(office)
    delivered = await office.deliver()
    assert (delivered.sent, delivered.taken) == (2, 2)
    await office.deliver_all(after=LEASE * 2)
    assert office.slack.said() == {brief_of(made, made.employee_id): 1, brief_of(made, made.manager_id): 1}
    row = (await office.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.ready_at, row.attempts) == (NudgeState.SENT, None, 1)
    assert row.channel
    assert row.ts
    assert row.settled_at is not None


async def test_nothing_goes_out_before_its_moment(office: Office):
    """A minute before nine nobody hears anything."""
    await some_pair(office)
    assert (await office.deliver(after=-timedelta(minutes=1))).taken == 0
    assert (await office.deliver(after=timedelta(minutes=1))).sent == 2


async def test_the_conversation_is_remembered(office: Office):
    """The first answer tells the D… id, which finding a message later needs."""
    made = await some_pair(office)
    await office.deliver()
    async with office.database.reading(office.workspace_id) as store:
        employee = await store.people.get(made.employee_id)
    assert employee.dm_channel == f"D{employee.slack_id[1:]}"


async def test_a_stale_nudge_is_never_sent(office: Office):
    """A reason that has gone since planning is noticed when claiming, even if nobody replanned."""
    made = await some_pair(office)
    async with office.database.unit(office.workspace_id) as store:
        talk = await store.discussions.open_of(made.pk)
        assert talk is not None
        talk.state = DiscussionState.CANCELLED
    delivered = await office.deliver()
    assert (delivered.sent, delivered.cancelled) == (0, 2)
    assert not office.slack.shown
    assert (await office.nudges())[brief_of(made, made.manager_id)].state is NudgeState.CANCELLED


async def test_what_moved_is_moved_and_waits(office: Office):
    """A date that moved takes its nudge along, even if nobody replanned."""
    made = await some_pair(office)
    async with office.database.unit(office.workspace_id) as store:
        talk = await store.discussions.open_of(made.pk)
        assert talk is not None
        talk.starts_at = TALKS_AT + timedelta(days=1)
    assert (await office.deliver()).put_back == 2
    row = (await office.nudges())[brief_of(made, made.employee_id)]
    assert row.due_at == row.ready_at == at(MADRID, 2026, 11, 24, 9)
    assert (await office.deliver(after=timedelta(days=1))).sent == 2


async def test_what_cannot_be_worded_is_cancelled(office: Office):
    """A change asked for a promise that was kept meanwhile is no longer worth a word."""
    async with office.database.unit(office.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await remembered(store, ana, bo)
        two = pair(ana, bo)
        await remembered(store, two)
        kept = promise(two, ana, date(2027, 1, 15), state=CommitmentState.OPEN)
        await remembered(store, kept)
        asked = ChangeRequest(
            commitment_id=kept.pk, pair_id=two.pk, asked_by_id=ana.pk, text="Later", due_on=date(2027, 2, 1),
            asked_at=office.now,
        )  # fmt: skip
        await remembered(store, asked)
        await replan(store, two.pk, office.now)
        kept.state = CommitmentState.DONE
    assert (await office.deliver()).cancelled == 1
    assert not office.slack.shown


async def test_outside_working_hours_it_waits_for_the_next(office: Office):
    """Somebody who has moved to Tokyo is asleep in Madrid's afternoon: it waits for their morning."""
    made = await some_pair(office)
    async with office.database.unit(office.workspace_id) as store:
        (await store.people.get(made.employee_id)).tz = TOKYO
    delivered = await office.deliver()
    assert (delivered.sent, delivered.put_back) == (1, 1)
    row = (await office.nudges())[brief_of(made, made.employee_id)]
    assert row.ready_at == at(TOKYO, 2026, 11, 24, 9)
    office.now = at(TOKYO, 2026, 11, 24, 9)
    assert (await office.deliver()).sent == 1


async def test_a_deactivated_person_is_told_nothing(office: Office):
    """Slack would take the message of somebody who has left; we don't send it, and say why."""
    made = await some_pair(office)
    async with office.database.unit(office.workspace_id) as store:
        (await store.people.get(made.employee_id)).deactivated = True
    delivered = await office.deliver()
    assert (delivered.sent, delivered.failed) == (1, 1)
    row = (await office.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.failure) == (NudgeState.FAILED, "user_disabled")


@pytest.mark.parametrize(("reports", "messages"), [(8, 1), (NOTES_A_MESSAGE, 1), (NOTES_A_MESSAGE + 1, 2)])
async def test_what_falls_due_together_is_one_message(office: Office, reports: int, messages: int):
    """A manager with eight talks tomorrow gets one message; only beyond what fits, a second."""
    async with office.database.unit(office.workspace_id) as store:
        boss, *others = [person("Bo Lind"), *(person() for _ in range(reports))]
        await remembered(store, boss, *others)
        pairs = [pair(one, boss) for one in others]
        await remembered(store, *pairs)
        await remembered(store, *(scheduled(two, TALKS_AT, dated_at=DATED_AT) for two in pairs))
        await plan_all(store, [two.pk for two in pairs], DATED_AT)
    await office.deliver_all()
    to_boss = [parcel for parcel in office.slack.shown if parcel.recipient.id == boss.id]
    assert len(to_boss) == messages
    assert sum(len(parcel.notes) for parcel in to_boss) == reports
    assert set(office.slack.said().values()) == {1}


async def test_after_downtime_one_message_admits_being_late(office: Office):
    """What could have come hours ago says so; what comes on time does not."""
    await some_pair(office)
    await office.deliver()
    assert [parcel.late for parcel in office.slack.shown] == [False, False]
    office.slack.shown.clear()
    office.now = at(MADRID, 2026, 11, 25, 12)  # both wrap-ups were due yesterday at 11:10 and today at 9
    await office.deliver()
    assert [(parcel.late, len(parcel.notes)) for parcel in office.slack.shown] == [(False, 1), (False, 1)]
    office.slack.shown.clear()


async def test_a_weekend_without_the_bot_is_admitted(office: Office):
    """Friday's nudge on Monday morning admits being late, in one message with what is due now."""
    async with office.database.unit(office.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await remembered(store, ana, bo)
        two = pair(ana, bo)
        await remembered(store, two)
        await remembered(store, scheduled(two, TALKS_AT, dated_at=DATED_AT), promise(two, ana, date(2026, 11, 26)),
                         promise(two, ana, date(2026, 11, 22)))  # fmt: skip
        await plan_all(store, [two.pk], at(MADRID, 2026, 11, 2, 9))
    office.now = at(MADRID, 2026, 11, 23, 14)
    await office.deliver()
    to_ana = [parcel for parcel in office.slack.shown if parcel.recipient.id == ana.id]
    assert [parcel.late for parcel in to_ana] == [True]
    assert [note.kind.name for note in to_ana[0].notes] == ["commitment_ahead", "day_before", "commitment_overdue"]


async def test_what_was_planned_after_its_moment_is_not_late(office: Office):
    """A reminder that comes back when a request for a new date is declined apologises for nothing."""
    async with office.database.unit(office.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await remembered(store, ana, bo)
        two = pair(ana, bo)
        await remembered(store, two)
        await remembered(store, promise(two, ana, date(2026, 11, 18)))
        await plan_all(store, [two.pk], office.now)
    await office.deliver()
    assert [parcel.late for parcel in office.slack.shown] == [False]


@pytest.mark.parametrize("accident", [TAKEN_THEN_DROPPED, Accident(ValueError("a bug of ours"), taken=True)])
async def test_taken_then_dropped_is_found_and_not_said_again(office: Office, accident: Accident):
    """Slack took it, the answer was lost: after the lease it is found, and nobody sees it twice."""
    made = await some_pair(office)
    office.slack.will(accident, accident)
    assert (await office.deliver()).in_doubt == 2
    assert (await office.deliver(after=PAUSE_IN_DOUBT)).taken == 0
    delivered = await office.deliver(after=LEASE)
    assert (delivered.sent, delivered.found) == (2, 2)
    await office.deliver_all(after=LEASE)
    assert set(office.slack.said().values()) == {1}
    row = (await office.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.ts is not None) == (NudgeState.SENT, True)


async def test_what_never_arrived_is_said_after_looking(office: Office):
    """The connection broke before Slack took anything: after the lease it is looked for, not found, and said."""
    await some_pair(office)
    office.slack.will(NEVER_ARRIVED, NEVER_ARRIVED)
    assert (await office.deliver()).in_doubt == 2
    await office.deliver_all(after=LEASE)
    assert len(office.slack.looked_for) == 2
    assert set(office.slack.said().values()) == {1}
    assert {parcel.message_id for parcel in office.slack.shown}.isdisjoint(office.slack.looked_for)


async def test_while_looking_fails_nothing_is_said_again(office: Office):
    """As long as nobody can tell whether it was said, it is not said again; once somebody can, all is well."""
    await some_pair(office)
    office.slack.will(TAKEN_THEN_DROPPED, NEVER_ARRIVED)
    await office.deliver()
    office.slack.looking_fails = Unknown("HTTP 500")
    for _ in range(3):
        await office.deliver_all(after=LEASE)
    assert len(office.slack.shown) == 1
    office.slack.looking_fails = None
    await office.deliver_all(after=LEASE)
    assert sorted(office.slack.said().values()) == [1, 1]


async def test_what_is_in_doubt_and_what_is_due_now_become_one_message(office: Office):
    """Once a doubt is cleared up, what has not been said goes out together with what fell due meanwhile."""
    async with office.database.unit(office.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await remembered(store, ana, bo)
        two = pair(ana, bo)
        await remembered(store, two)
        await remembered(store, scheduled(two, TALKS_AT, dated_at=DATED_AT))
        await plan_all(store, [two.pk], DATED_AT)
    office.slack.will(NEVER_ARRIVED, NEVER_ARRIVED)
    await office.deliver()
    async with office.database.unit(office.workspace_id) as store:
        await remembered(store, promise(two, ana, date(2026, 11, 24)))
        await replan(store, two.pk, office.now)
    await office.deliver_all(after=LEASE)
    to_ana = [parcel for parcel in office.slack.shown if parcel.recipient.id == ana.id]
    assert [{note.kind.name for note in parcel.notes} for parcel in to_ana] == [{"day_before", "commitment_ahead"}]


async def test_a_rate_limit_slows_everything_and_loses_nothing(office: Office):
    """After a 429 nothing is posted until Slack wants more; then all that was due goes out, once."""
    nudges = await team(office.database, office.workspace_id, TALKS_AT, size=40)
    briefs = [nudge for nudge in nudges if nudge.kind == "day_before"]
    office.slack.will(*[None] * 10, Accident(RateLimited(timedelta(seconds=30)), taken=False))
    delivered = await office.deliver()
    assert delivered.in_doubt == 0
    assert delivered.sent + delivered.put_back == len(briefs)
    assert 0 < delivered.sent < len(briefs)
    assert (await office.deliver(after=timedelta(seconds=29))).taken == 0
    await office.deliver_all(after=timedelta(seconds=1))
    assert sorted(office.slack.said().items()) == sorted((nudge.key, 1) for nudge in briefs)
    assert not office.slack.looked_for


async def test_a_permanent_refusal_is_settled_with_its_cause(office: Office):
    """What Slack never takes is not tried for ever, and admins can see why."""
    await some_pair(office)
    office.slack.will(Accident(Undeliverable("cannot_dm_bot"), taken=False))
    delivered = await office.deliver()
    assert (delivered.sent, delivered.failed) == (1, 1)
    failed = [row for row in (await office.nudges()).values() if row.state is NudgeState.FAILED]
    assert [(row.failure, row.ready_at) for row in failed] == [("cannot_dm_bot", None)]
    assert failed[0].settled_at == office.now


async def test_a_revoked_token_costs_no_nudge(office: Office):
    """A token that does not work today is mended tomorrow; until then everything stays planned."""
    await some_pair(office)
    revoked = Accident(TryLater("token_revoked", timedelta(minutes=1)), taken=False)
    office.slack.will(revoked, revoked)
    assert (await office.deliver()).put_back == 2
    assert {row.state for row in (await office.nudges()).values()} == {NudgeState.PLANNED}
    assert (await office.deliver(after=timedelta(minutes=1))).sent == 2


@pytest.mark.parametrize("taken", [True, False])
async def test_a_worker_killed_in_the_middle_leaves_no_doubt_behind(office: Office, *, taken: bool):
    """Killed while posting: after the lease another worker finds what was taken, and says what was not."""
    await some_pair(office)
    office.slack.will(Accident(Died(), taken=taken), Accident(Died(), taken=taken))
    with pytest.raises(BaseExceptionGroup):
        await office.deliver()
    office.deliverer = Deliverer(office.database, office.workspace_id, office.slack)
    assert (await office.deliver(after=LEASE - A_MOMENT)).taken == 0
    await office.deliver_all(after=A_MOMENT)
    assert sorted(office.slack.said().values()) == [1, 1]
    assert len(office.slack.looked_for) == 2
    assert {row.state for key, row in (await office.nudges()).items() if "day_before" in key} == {NudgeState.SENT}


async def test_whoever_comes_back_after_the_lease_changes_nothing(office: Office):
    """A worker that was asleep for longer than its lease finds its nudges settled by another, and leaves them."""
    await some_pair(office)

    async def settled_by_another() -> None:
        office.slack.accidents.clear()
        other = Deliverer(office.database, office.workspace_id, office.slack)
        while (await other.deliver(office.now + LEASE)).taken:
            pass

    slow = SlowMessenger(office, settled_by_another)
    delivered = await Deliverer(office.database, office.workspace_id, slow).deliver(office.now)
    assert delivered.sent == 0
    assert set(office.slack.said().values()) == {1}
    assert {row.ts for key, row in (await office.nudges()).items() if "day_before" in key} == {"1.000100", "2.000100"}


class SlowMessenger:
    """Posts at once, but hears of it only after another worker has settled everything; and then it hears wrongly."""

    def __init__(self, office: Office, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._slack, self._meanwhile, self._posts = office.slack, meanwhile, 0

    async def post(self, parcel: Parcel) -> Posted:
        """Post, and once both are posted let the other worker go ahead."""
        await self._slack.post(parcel)
        self._posts += 1
        if self._posts == 2:
            await self._meanwhile()
        raise Undeliverable("not_to_be_believed")

    async def find(self, recipient: Person, message_id: str, since: datetime) -> Posted | None:
        """Never asked here."""
        raise NotImplementedError


async def test_whoever_is_told_to_leave_starts_nothing(office: Office):
    """A deliverer on its way out leaves everything to the next."""
    await some_pair(office)
    office.deliverer.leave()
    assert (await office.deliver()).taken == 0
    assert not office.slack.shown


async def test_a_batch_takes_the_same_number_of_statements_however_large(office: Office):
    """Rechecking forty people asks the database no more often than rechecking four."""
    counts = []
    for size in (2, 20):
        await team(office.database, office.workspace_id, TALKS_AT, size)
        with counted_statements(office.database) as seen:
            await office.deliver()
        counts.append(len(seen))
    assert len(office.slack.shown) == 44
    assert counts[0] == counts[1]


async def test_no_other_workspace_is_delivered(office: Office):
    """A deliverer of one workspace neither says nor touches what is planned in another."""
    elsewhere = await office.database.workspace("T0OTHER", "Other")
    await team(office.database, elsewhere, TALKS_AT, size=2)
    assert (await office.deliver()).taken == 0
    assert (await Deliverer(office.database, elsewhere, office.slack).deliver(office.now)).sent == 4
