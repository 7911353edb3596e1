import inspect
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.base import Repository
from storage.database import Database
from storage.drafts import DraftKey
from storage.messages import Message, NewMessage, Release, SentMessage, Split
from storage.nudges import NudgeState, Transition
from storage.people import Person, Workspace
from storage.store import ForeignRow
from tests.support.builders import LONG_AGO, pair, person, saved
from tests.support.everything import FAR, QUESTIONS, WRITERS, Full, answer, one_of_everything


class Undo(Exception):
    """Ends a transaction that is not to be saved."""


async def test_a_repository_shows_nothing_of_another_workspace(database: Database, workspace_id: int):
    """What finds something at home finds nothing from next door, with the very same keys: by every way to find it."""
    known = await one_of_everything(database, workspace_id)
    next_door = await database.workspace("T0OTHER", "Other")

    async def found(where: int, name: str) -> bool:
        answers: list[bool] = []
        with suppress(Undo):  # some of them delete what they find, and the next ones look for it
            async with database.unit(where) as store:
                answers.append(bool(await answer(store, QUESTIONS[name], known)))
                raise Undo
        return answers[0]

    assert [name for name in QUESTIONS if await found(next_door, name)] == []
    assert [name for name in QUESTIONS if not await found(workspace_id, name)] == []


def test_every_repository_method_is_asked():
    """A new way of finding things joins this suite, or the suite says so."""
    methods = {
        f"{repository.__name__.lower()}.{name}"
        for repository in Repository.__subclasses__()
        for name, _method in inspect.getmembers(repository, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert methods == QUESTIONS.keys() | WRITERS


async def test_a_row_of_another_workspace_cannot_be_written(database: Database, workspace_id: int):
    """A row that says it belongs elsewhere is refused, and nothing of that unit is kept."""
    next_door = await database.workspace("T0OTHER", "Other")

    async def write_next_door() -> None:
        async with database.unit(workspace_id) as store:
            store.add(person(workspace_id=next_door))

    with pytest.raises(ForeignRow):
        await write_next_door()


async def test_what_is_written_at_once_stays_in_the_workspace(database: Database, workspace_id: int):
    """The statements that write many rows at once touch none of another workspace, even given its keys."""
    known = await one_of_everything(database, workspace_id)
    next_door = await database.workspace("T0OTHER", "Other")

    async def all_rows() -> list[dict[str, object]]:
        async with database.reading(workspace_id) as store:
            nudges = await store.nudges.of_pair(known.pair)
            messages = await store.messages._all(select(Message))
            people = list((await store.people.by_ids([known.person, known.other])).values())
        return [row.model_dump() for row in [*nudges, *messages, *people]]

    async with database.reading(workspace_id) as store:
        nudges = await store.nudges.of_pair(known.pair)
    before = await all_rows()
    new = NewMessage(known.person, "new", late=False)
    async with database.unit(next_door) as store:
        await store.nudges.apply([Transition(nudge, NudgeState.CANCELLED) for nudge in nudges], LONG_AGO)
        assert await store.nudges.undo_wrong_clock(LONG_AGO) == 0
        await store.people.set_channels({known.person: "D0MINE"})
        await store.people.set_seen([known.person], FAR)
        await store.messages.settle_sent([SentMessage(known.message, "D1", "1.5", LONG_AGO)], LONG_AGO)
        await store.messages.settle_failed({known.message: "x"}, LONG_AGO)
        await store.messages.look_again({known.message: FAR}, LONG_AGO)
        assert await store.messages.undo_wrong_clock(LONG_AGO - timedelta(days=1), FAR, (FAR, FAR)) == 0
        assert await store.messages.split([Split(known.message, [(new, [known.claimed])])], FAR, FAR) == {}
        await store.messages.release([Release(known.message, FAR)], FAR)
        await store.pacing.set_next_slot(FAR)
    assert await all_rows() == before
    async with database.unit(workspace_id) as store:
        assert await store.pacing.next_slot() == LONG_AGO
        await store.messages.settle_sent([SentMessage(known.message, "D1", "1.5", LONG_AGO)], LONG_AGO)
    assert await all_rows() != before


async def test_a_person_is_added_to_one_workspace_and_once(database: Database, workspace_id: int):
    """The same U… id next door is another person; added again, a person stays as they were."""
    next_door = await database.workspace("T0OTHER", "Other")
    for workspace, name in ((workspace_id, "Ana"), (next_door, "Another Ana"), (workspace_id, "Not Ana")):
        async with database.unit(workspace) as store:
            await store.people.add_unless_known("U0ANA", name, "UTC", LONG_AGO)
    for workspace, name in ((workspace_id, "Ana"), (next_door, "Another Ana")):
        async with database.reading(workspace) as store:
            found = await store.people.by_slack_id("U0ANA")
        assert found is not None
        assert (found.name, found.workspace_id) == (name, workspace)


async def test_drafts_are_written_in_their_workspace_alone(database: Database, workspace_id: int):
    """Saving, emptying, moving and reopening drafts leaves those of another workspace alone, even given their keys."""
    known = await one_of_everything(database, workspace_id)
    next_door = await database.workspace("T0OTHER", "Other")
    key = DraftKey(known.person, "prep", 7)
    async with database.unit(next_door) as store:
        await store.drafts.save(key, "theirs", view_id="V2", typed_at=FAR, now=FAR)
        await store.drafts.clear(key, view_id="V2", typed_at=FAR, now=FAR)
        await store.drafts.reopen(key, view_id="V1", typed_at=None)
        await store.drafts.move("prep", 7, 8)
    async with database.reading(workspace_id) as store:
        draft = await store.drafts.get(key)
        assert draft is not None
        assert (draft.state, draft.view_id, draft.saved_at) == ("x", "V1", LONG_AGO)


async def test_drives_move_in_their_workspace_alone(full: Full):
    """Another workspace that knows all the keys moves nothing; their own does."""
    database, workspace_id, known = full
    next_door = await database.workspace("T0OTHER", "Other")
    for where, expected in ((next_door, known.past), (workspace_id, known.discussion)):
        async with database.unit(where) as store:
            await store.drives.move(known.pair, known.past, known.discussion)
        async with database.reading(workspace_id) as store:
            assert [one.discussion_id for one in await store.drives.history_of(known.person)] == [expected]


async def test_a_request_is_processed_once_per_workspace(database: Database, workspace_id: int):
    """The same id from two workspaces is two requests, and from one workspace the same one."""
    next_door = await database.workspace("T0OTHER", "Other")
    first = []
    for where in (workspace_id, next_door, workspace_id):
        async with database.unit(where) as store:
            first.append(await store.requests.is_first("Ev1", LONG_AGO))
    assert first == [True, True, False]


async def test_many_workspaces_take_turns_in_one_process(database: Database):
    """The condition is made for each statement anew: no workspace sees what a statement of another was made with."""
    teams = [await database.workspace(f"T0{number:03}", f"Team {number}") for number in range(20)]
    for workspace_id in teams:
        async with database.unit(workspace_id) as store:
            await saved(store, person(f"Person of {workspace_id}", slack_id="U0SAME"))
    for workspace_id in teams * 2:
        async with database.reading(workspace_id) as store:
            found = await store.people.by_slack_id("U0SAME")
            assert found is not None
            assert found.name == f"Person of {workspace_id}"


@pytest.mark.parametrize(
    "statement",
    [sa.text("SELECT name FROM person"), sa.select(sa.func.count()).select_from(Person)],
    ids=["text", "count"],
)
async def test_a_statement_that_returns_no_column_of_a_table_is_refused(
    database: Database, workspace_id: int, statement: sa.Executable
):
    """Where the session cannot tell whose rows are read, it reads none."""
    async with database.reading(workspace_id) as store:
        with pytest.raises(ForeignRow):
            await store._session.exec(statement)


async def test_a_table_under_another_name_is_one_workspace_s_as_well(database: Database, workspace_id: int):
    """Should a pair ever refer to a person of another workspace, that person is not found through it."""
    next_door = await database.workspace("T0OTHER", "Other")
    ana, ben = person("Ana"), person("Ben")
    async with database.unit(next_door) as store:
        await saved(store, ben)
    async with database.unit(workspace_id) as store:
        await saved(store, ana)
        await saved(store, pair(ana, ben))
    async with database.reading(workspace_id) as store:
        found = await store.people.with_partners(ana.slack_id, lambda _me: None)
    assert found is not None
    assert list(found[1]) == []
    other = aliased(Person)
    async with database.reading(workspace_id) as store:
        names = await store._session.exec(select(Person.name, other).join(other, sa.true()))
        assert {one.name for _name, one in names} == {"Ana"}


async def test_a_count_of_keys_counts_one_workspace(database: Database, workspace_id: int):
    """A function of a column is a function of this workspace's rows."""
    next_door = await database.workspace("T0OTHER", "Other")
    async with database.unit(next_door) as store:
        await saved(store, person(), person())
    async with database.unit(workspace_id) as store:
        await saved(store, person())
        assert await store._session.scalar(sa.select(sa.func.count(Person.id))) == 1


async def test_a_session_without_a_workspace_reaches_no_row_of_any(database: Database, workspace_id: int):
    """Nothing that belongs to a workspace is read or written by a session that is bound to none."""
    async with AsyncSession(database.engine) as session:
        assert (await session.exec(select(Workspace))).all()
        with pytest.raises(ForeignRow):
            await session.exec(select(Person))
        session.add(person(workspace_id=workspace_id))
        with pytest.raises(ForeignRow):
            await session.flush()
