"""Many people who do the same thing at the same moment."""

import asyncio
import json
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import select

from cycle.preparations import Page
from storage.database import Database
from storage.preparations import Preparation
from tests.handlers.conftest import NOW
from tests.support.builders import pair, person, planning, saved
from tests.support.harness import TEAM, BotHarness, FakeSlack

PEOPLE = 32
"""Half as many as in `benchmarks/many_at_once.py`: here they have to pass on a busy machine as well."""


def slack_id(number: int) -> str:
    """The U… id of an employee."""
    return f"U0EMPLOYEE{number}"


async def begun(database: Database, workspace_id: int) -> None:
    """A number of pairs, each with a manager of its own, that prepare their first discussion."""
    async with database.unit(workspace_id) as store:
        employees = [person(f"Employee {number}", slack_id=slack_id(number)) for number in range(PEOPLE)]
        managers = [person(f"Manager {number}", slack_id=f"U0MANAGER{number}") for number in range(PEOPLE)]
        for one in (*employees, *managers):
            one.seen_at = NOW
        await saved(store, *employees, *managers)
        pairs = [pair(*two) for two in zip(employees, managers, strict=True)]
        await saved(store, *pairs)
        await saved(store, *(planning(two, (NOW + timedelta(days=60)).date()) for two in pairs))


async def submitted(database: Database) -> int:
    """How many preparations are saved."""
    async with database.engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(Preparation))).scalar_one()


async def test_of_many_who_submit_at_once_nobody_reads_that_it_failed(database: Database, slack: FakeSlack):
    """Each of 32 who submit at once gets the next page, before Slack gives up, and all are saved."""
    workspace_id = await database.workspace(TEAM, "Acme")
    await begun(database, workspace_id)
    async with BotHarness(database, workspace_id, NOW, slack).open() as harness:
        forms = [(slack_id(number), await harness.prep(slack_id(number))) for number in range(PEOPLE)]

        answers = await asyncio.gather(
            *(harness.submit_alone(who, form, achievements=f"The best of {who}") for who, form in forms)
        )
        await harness.finish()

    assert [(answer.status, json.loads(answer.body)["view"]["callback_id"]) for answer in answers] == [
        (200, Page.SHARING)
    ] * PEOPLE
    assert await submitted(database) == PEOPLE
