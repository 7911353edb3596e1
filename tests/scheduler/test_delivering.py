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
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, TOKYO, at, commitment, pair, person, plan_all, saved, scheduled, team
from tests.support.messengers import Accident, Died

TALKS_AT = at(MADRID, 2026, 11, 24, 10)  # so the brief of the day before is due as the office opens
DATED_AT = at(MADRID, 2026, 11, 20, 12)  # too late to be asked for an agenda
A_MOMENT = timedelta(seconds=5)
TAKEN_THEN_DROPPED = Accident(Unknown("dropped"), taken=True)
NEVER_ARRIVED = Accident(Unknown("dropped"), taken=False)


async def some_pair(services: Services, employee_tz: str = MADRID) -> Pair:
    """A pair with a talk tomorrow and all its nudges planned; the next due are the briefs."""
    async with services.database.unit(services.workspace_id) as store:
        two = [person(tz=employee_tz), person("Bo Lind")]
        await saved(store, *two)
        made = pair(*two)
        await saved(store, made)
        await saved(store, scheduled(made, TALKS_AT, dated_at=DATED_AT))
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


async def test_what_is_due_goes_out_once_and_is_settled(services: Services):
    """A due nudge is posted, its place written down, and never posted again."""
    made = await some_pair(services)
    delivered = await services.deliver()
    assert (delivered.sent, delivered.taken) == (2, 2)
    await services.deliver_all(after=LEASE * 2)
    assert services.slack.said() == {brief_of(made, made.employee_id): 1, brief_of(made, made.manager_id): 1}
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.ready_at, row.attempts) == (NudgeState.SENT, None, 1)
    assert row.channel
    assert row.ts
    assert row.settled_at is not None


async def test_nothing_goes_out_before_its_moment(services: Services):
    """A minute before nine nobody hears anything."""
    await some_pair(services)
    assert (await services.deliver(after=-timedelta(minutes=1))).taken == 0
    assert (await services.deliver(after=timedelta(minutes=1))).sent == 2


async def test_the_conversation_is_remembered(services: Services):
    """The first answer tells the D… id, which finding a message later needs."""
    made = await some_pair(services)
    await services.deliver()
    async with services.database.reading(services.workspace_id) as store:
        employee = await store.people.get(made.employee_id)
    assert employee.dm_channel == f"D{employee.slack_id[1:]}"


async def test_a_stale_nudge_is_never_sent(services: Services):
    """A reason that has gone since planning is noticed when claiming, even if nobody replanned."""
    made = await some_pair(services)
    async with services.database.unit(services.workspace_id) as store:
        discussion = await store.discussions.open_of(made.pk)
        assert discussion is not None
        discussion.state = DiscussionState.CANCELLED
    delivered = await services.deliver()
    assert (delivered.sent, delivered.cancelled) == (0, 2)
    assert not services.slack.shown
    assert (await services.nudges())[brief_of(made, made.manager_id)].state is NudgeState.CANCELLED


async def test_what_moved_is_moved_and_waits(services: Services):
    """A date that moved takes its nudge along, even if nobody replanned."""
    made = await some_pair(services)
    async with services.database.unit(services.workspace_id) as store:
        discussion = await store.discussions.open_of(made.pk)
        assert discussion is not None
        discussion.starts_at = TALKS_AT + timedelta(days=1)
    assert (await services.deliver()).put_back == 2
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert row.due_at == row.ready_at == at(MADRID, 2026, 11, 24, 9)
    assert (await services.deliver(after=timedelta(days=1))).sent == 2


async def test_what_cannot_be_worded_is_cancelled(services: Services):
    """A change asked for a promise that was kept meanwhile is no longer worth a word."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        kept = commitment(two, ana, date(2027, 1, 15), state=CommitmentState.OPEN)
        await saved(store, kept)
        asked = ChangeRequest(
            commitment_id=kept.pk, pair_id=two.pk, asked_by_id=ana.pk, text="Later", due_on=date(2027, 2, 1),
            asked_at=services.now,
        )  # fmt: skip
        await saved(store, asked)
        await replan(store, two.pk, services.now)
        kept.state = CommitmentState.DONE
    assert (await services.deliver()).cancelled == 1
    assert not services.slack.shown


async def test_outside_working_hours_it_waits_for_the_next(services: Services):
    """Somebody who has moved to Tokyo is asleep in Madrid's afternoon: it waits for their morning."""
    made = await some_pair(services)
    async with services.database.unit(services.workspace_id) as store:
        (await store.people.get(made.employee_id)).tz = TOKYO
    delivered = await services.deliver()
    assert (delivered.sent, delivered.put_back) == (1, 1)
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert row.ready_at == at(TOKYO, 2026, 11, 24, 9)
    services.now = at(TOKYO, 2026, 11, 24, 9)
    assert (await services.deliver()).sent == 1


async def test_a_deactivated_person_is_told_nothing(services: Services):
    """Slack would take the message of somebody who has left; we don't send it, and say why."""
    made = await some_pair(services)
    async with services.database.unit(services.workspace_id) as store:
        (await store.people.get(made.employee_id)).deactivated = True
    delivered = await services.deliver()
    assert (delivered.sent, delivered.failed) == (1, 1)
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.failure) == (NudgeState.FAILED, "user_disabled")


@pytest.mark.parametrize(("reports", "messages"), [(8, 1), (NOTES_A_MESSAGE, 1), (NOTES_A_MESSAGE + 1, 2)])
async def test_what_falls_due_together_is_one_message(services: Services, reports: int, messages: int):
    """A manager with eight talks tomorrow gets one message; only beyond what fits, a second."""
    async with services.database.unit(services.workspace_id) as store:
        boss, *others = [person("Bo Lind"), *(person() for _ in range(reports))]
        await saved(store, boss, *others)
        pairs = [pair(one, boss) for one in others]
        await saved(store, *pairs)
        await saved(store, *(scheduled(two, TALKS_AT, dated_at=DATED_AT) for two in pairs))
        await plan_all(store, [two.pk for two in pairs], DATED_AT)
    await services.deliver_all()
    to_boss = [parcel for parcel in services.slack.shown if parcel.recipient.id == boss.id]
    assert len(to_boss) == messages
    assert sum(len(parcel.notes) for parcel in to_boss) == reports
    assert set(services.slack.said().values()) == {1}


async def test_after_downtime_one_message_admits_being_late(services: Services):
    """What could have come hours ago says so; what comes on time does not."""
    await some_pair(services)
    await services.deliver()
    assert [parcel.late for parcel in services.slack.shown] == [False, False]
    services.slack.shown.clear()
    services.now = at(MADRID, 2026, 11, 25, 12)  # both wrap-ups were due yesterday at 11:10 and today at 9
    await services.deliver()
    assert [(parcel.late, len(parcel.notes)) for parcel in services.slack.shown] == [(False, 1), (False, 1)]
    services.slack.shown.clear()


async def test_a_weekend_without_the_bot_is_admitted(services: Services):
    """Friday's nudge on Monday morning admits being late, in one message with what is due now."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, scheduled(two, TALKS_AT, dated_at=DATED_AT), commitment(two, ana, date(2026, 11, 26)),
                         commitment(two, ana, date(2026, 11, 22)))  # fmt: skip
        await plan_all(store, [two.pk], at(MADRID, 2026, 11, 2, 9))
    services.now = at(MADRID, 2026, 11, 23, 14)
    await services.deliver()
    to_ana = [parcel for parcel in services.slack.shown if parcel.recipient.id == ana.id]
    assert [parcel.late for parcel in to_ana] == [True]
    assert [note.kind.name for note in to_ana[0].notes] == ["commitment_ahead", "day_before", "commitment_overdue"]


async def test_what_was_planned_after_its_moment_is_not_late(services: Services):
    """A reminder that comes back when a request for a new date is declined apologises for nothing."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, commitment(two, ana, date(2026, 11, 18)))
        await plan_all(store, [two.pk], services.now)
    await services.deliver()
    assert [parcel.late for parcel in services.slack.shown] == [False]


@pytest.mark.parametrize("accident", [TAKEN_THEN_DROPPED, Accident(ValueError("a bug of ours"), taken=True)])
async def test_taken_then_dropped_is_found_and_not_said_again(services: Services, accident: Accident):
    """Slack took it, the answer was lost: after the lease it is found, and nobody sees it twice."""
    made = await some_pair(services)
    services.slack.will(accident, accident)
    assert (await services.deliver()).in_doubt == 2
    assert (await services.deliver(after=PAUSE_IN_DOUBT)).taken == 0
    delivered = await services.deliver(after=LEASE)
    assert (delivered.sent, delivered.found) == (2, 2)
    await services.deliver_all(after=LEASE)
    assert set(services.slack.said().values()) == {1}
    row = (await services.nudges())[brief_of(made, made.employee_id)]
    assert (row.state, row.ts is not None) == (NudgeState.SENT, True)


async def test_what_never_arrived_is_said_after_looking(services: Services):
    """The connection broke before Slack took anything: after the lease it is looked for, not found, and said."""
    await some_pair(services)
    services.slack.will(NEVER_ARRIVED, NEVER_ARRIVED)
    assert (await services.deliver()).in_doubt == 2
    await services.deliver_all(after=LEASE)
    assert len(services.slack.looked_for) == 2
    assert set(services.slack.said().values()) == {1}
    assert {parcel.message_id for parcel in services.slack.shown}.isdisjoint(services.slack.looked_for)


async def test_while_looking_fails_nothing_is_said_again(services: Services):
    """As long as nobody can tell whether it was said, it is not said again; once somebody can, all is well."""
    await some_pair(services)
    services.slack.will(TAKEN_THEN_DROPPED, NEVER_ARRIVED)
    await services.deliver()
    services.slack.looking_fails = Unknown("HTTP 500")
    for _ in range(3):
        await services.deliver_all(after=LEASE)
    assert len(services.slack.shown) == 1
    services.slack.looking_fails = None
    await services.deliver_all(after=LEASE)
    assert sorted(services.slack.said().values()) == [1, 1]


async def test_what_is_in_doubt_and_what_is_due_now_become_one_message(services: Services):
    """Once a doubt is cleared up, what has not been said goes out together with what fell due meanwhile."""
    async with services.database.unit(services.workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        await saved(store, scheduled(two, TALKS_AT, dated_at=DATED_AT))
        await plan_all(store, [two.pk], DATED_AT)
    services.slack.will(NEVER_ARRIVED, NEVER_ARRIVED)
    await services.deliver()
    async with services.database.unit(services.workspace_id) as store:
        await saved(store, commitment(two, ana, date(2026, 11, 24)))
        await replan(store, two.pk, services.now)
    await services.deliver_all(after=LEASE)
    to_ana = [parcel for parcel in services.slack.shown if parcel.recipient.id == ana.id]
    assert [{note.kind.name for note in parcel.notes} for parcel in to_ana] == [{"day_before", "commitment_ahead"}]


async def test_a_rate_limit_slows_everything_and_loses_nothing(services: Services):
    """After a 429 nothing is posted until Slack wants more; then all that was due goes out, once."""
    nudges = await team(services.database, services.workspace_id, TALKS_AT, size=40)
    briefs = [nudge for nudge in nudges if nudge.kind == "day_before"]
    services.slack.will(*[None] * 10, Accident(RateLimited(timedelta(seconds=30)), taken=False))
    delivered = await services.deliver()
    assert delivered.in_doubt == 0
    assert delivered.sent + delivered.put_back == len(briefs)
    assert 0 < delivered.sent < len(briefs)
    assert (await services.deliver(after=timedelta(seconds=29))).taken == 0
    await services.deliver_all(after=timedelta(seconds=1))
    assert sorted(services.slack.said().items()) == sorted((nudge.key, 1) for nudge in briefs)
    assert not services.slack.looked_for


async def test_a_permanent_refusal_is_settled_with_its_cause(services: Services):
    """What Slack never takes is not tried for ever, and admins can see why."""
    await some_pair(services)
    services.slack.will(Accident(Undeliverable("cannot_dm_bot"), taken=False))
    delivered = await services.deliver()
    assert (delivered.sent, delivered.failed) == (1, 1)
    failed = [row for row in (await services.nudges()).values() if row.state is NudgeState.FAILED]
    assert [(row.failure, row.ready_at) for row in failed] == [("cannot_dm_bot", None)]
    assert failed[0].settled_at == services.now


async def test_a_revoked_token_costs_no_nudge(services: Services):
    """A token that does not work today is mended tomorrow; until then everything stays planned."""
    await some_pair(services)
    revoked = Accident(TryLater("token_revoked", timedelta(minutes=1)), taken=False)
    services.slack.will(revoked, revoked)
    assert (await services.deliver()).put_back == 2
    assert {row.state for row in (await services.nudges()).values()} == {NudgeState.PLANNED}
    assert (await services.deliver(after=timedelta(minutes=1))).sent == 2


@pytest.mark.parametrize("taken", [True, False])
async def test_a_worker_killed_in_the_middle_leaves_no_doubt_behind(services: Services, *, taken: bool):
    """Killed while posting: after the lease another worker finds what was taken, and says what was not."""
    await some_pair(services)
    services.slack.will(Accident(Died(), taken=taken), Accident(Died(), taken=taken))
    with pytest.raises(BaseExceptionGroup):
        await services.deliver()
    services.deliverer = Deliverer(services.database, services.workspace_id, services.slack)
    assert (await services.deliver(after=LEASE - A_MOMENT)).taken == 0
    await services.deliver_all(after=A_MOMENT)
    assert sorted(services.slack.said().values()) == [1, 1]
    assert len(services.slack.looked_for) == 2
    assert {row.state for key, row in (await services.nudges()).items() if "day_before" in key} == {NudgeState.SENT}


async def test_whoever_comes_back_after_the_lease_changes_nothing(services: Services):
    """A worker that was asleep for longer than its lease finds its nudges settled by another, and leaves them."""
    await some_pair(services)

    async def settled_by_another() -> None:
        services.slack.accidents.clear()
        other = Deliverer(services.database, services.workspace_id, services.slack)
        while (await other.deliver(services.now + LEASE)).taken:
            pass

    slow = SlowMessenger(services, settled_by_another)
    delivered = await Deliverer(services.database, services.workspace_id, slow).deliver(services.now)
    assert delivered.sent == 0
    assert set(services.slack.said().values()) == {1}
    assert {row.ts for key, row in (await services.nudges()).items() if "day_before" in key} == {"1.000100", "2.000100"}


class SlowMessenger:
    """Posts at once, but hears of it only after another worker has settled everything; and then it hears wrongly."""

    def __init__(self, services: Services, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._slack, self._meanwhile, self._posts = services.slack, meanwhile, 0

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


async def test_whoever_is_told_to_leave_starts_nothing(services: Services):
    """A deliverer on its way out leaves everything to the next."""
    await some_pair(services)
    services.deliverer.leave()
    assert (await services.deliver()).taken == 0
    assert not services.slack.shown


async def test_a_batch_takes_the_same_number_of_statements_however_large(services: Services):
    """Rechecking forty people asks the database no more often than rechecking four."""
    counts = []
    for size in (2, 20):
        await team(services.database, services.workspace_id, TALKS_AT, size)
        with counted_statements(services.database) as seen:
            await services.deliver()
        counts.append(len(seen))
    assert len(services.slack.shown) == 44
    assert counts[0] == counts[1]


async def test_no_other_workspace_is_delivered(services: Services):
    """A deliverer of one workspace neither says nor touches what is planned in another."""
    elsewhere = await services.database.workspace("T0OTHER", "Other")
    await team(services.database, elsewhere, TALKS_AT, size=2)
    assert (await services.deliver()).taken == 0
    assert (await Deliverer(services.database, elsewhere, services.slack).deliver(services.now)).sent == 4
