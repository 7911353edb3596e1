"""People who have handed a preparation in, in a new SQLite database."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cycle.prompts import PROMPTS
from storage.agenda import AgendaItem
from storage.database import Database
from storage.discussions import Discussion
from storage.key_file import KeyFile
from storage.objectives import Horizon, Objective
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.store import Store


def slack_id(client: int) -> str:
    """The employee that a client is."""
    return f"U{client:04}"


async def remember_pairs(folder: Path, pairs: int) -> None:
    """A pair for each client; the employee has handed a preparation in and has no draft."""
    await asyncio.to_thread(folder.mkdir)
    database = await Database.open(f"sqlite:///{folder / 'career.sqlite3'}", KeyFile(folder).cipher)
    workspace_id = await database.workspace("T1", "Benchmark")
    async with database.unit(workspace_id) as store:
        for client in range(pairs):
            await _remember_pair(store, client, datetime.now(UTC))
    await database.close()


async def _remember_pair(store: Store, client: int, now: datetime) -> None:
    employee = Person(slack_id=slack_id(client), name=f"Ana {client}", seen_at=now)
    manager = Person(slack_id=f"M{client:04}", name=f"Ben {client}", seen_at=now)
    store.add(employee, manager)
    await store.flush()
    pair = Pair(
        employee_id=employee.pk, manager_id=manager.pk, asked_by_id=employee.pk, asked_at=now, answered_at=now,
        state=PairState.ACTIVE,
    )  # fmt: skip
    store.add(pair)
    await store.flush()
    discussion = Discussion(pair_id=pair.pk, number=1, due_on=(now + timedelta(days=90)).date())
    store.add(discussion)
    await store.flush()
    await _remember_preparation(store, pair, discussion, now)


async def _remember_preparation(store: Store, pair: Pair, discussion: Discussion, now: datetime) -> None:
    me = pair.employee_id
    preparation = Preparation(
        pair_id=pair.pk,
        discussion_id=discussion.pk,
        author_id=me,
        side=Side.EMPLOYEE,
        level=Level.STRONG,
        submitted_at=now,
    )
    store.add(preparation)
    await store.flush()
    for prompt in PROMPTS[Side.EMPLOYEE]:
        text = "Led the move to the new warehouse and kept every delivery on time."
        store.add(
            Answer(
                pair_id=pair.pk, preparation_id=preparation.pk, author_id=me, question=prompt.key, text=text,
                answered_at=now,
            )
        )  # fmt: skip
    for horizon, days in ((Horizon.SHORT, 270), (Horizon.LONG, 1000)):
        due = (now + timedelta(days=days)).date()
        text = "Pass the exam for the forklift licence."
        store.add(Objective(pair_id=pair.pk, owner_id=me, horizon=horizon, text=text, target_on=due, set_at=now))
    store.add(
        AgendaItem(
            pair_id=pair.pk, discussion_id=discussion.pk, author_id=me, text="Which project fits me next?",
            is_question=True, position=1, proposed_at=now,
        )
    )  # fmt: skip
