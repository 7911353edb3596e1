"""A workspace where something of everything is going on, and the bot with all its listeners."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cycle.people import Profile
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest
from storage.database import Database
from storage.pairs import PairState
from tests.support.builders import (
    LONG_AGO,
    MADRID,
    TOKYO,
    at,
    commitment,
    held,
    pair,
    person,
    planning,
    saved,
    scheduled,
)  # fmt: skip
from tests.support.databases import SqliteTemplate, opened
from tests.support.harness import TEAM, BotHarness, FakeSlack

# A Monday morning in Madrid.
NOW = at(MADRID, 2026, 11, 23, 10)
TODAY = NOW.date()


class Workspace:
    """Everyone in it, and their career discussions.

    Ana meets her manager Ben in ten days: there is a long agenda, there are many commitments, and she has asked for a
    change of one. Dev's discussion with Ben has just ended. Elif's is wrapped up, and her thank-you is not written yet.
    Chiyo has asked Ana to be her manager. Gus is new, Fay has left.
    """

    def __init__(self) -> None:
        self.ana, self.ben = (
            person("Ana Ruiz", slack_id="U0ANA"),
            person("Ben Okafor", "Europe/London", slack_id="U0BEN"),
        )
        self.chiyo, self.dev = person("Chiyo Tanaka", TOKYO, slack_id="U0CHIYO"), person("Dev Patel", slack_id="U0DEV")
        self.elif_, self.fay = person("Elif Kaya", slack_id="U0ELIF"), person("Fay", slack_id="U0FAY", deactivated=True)
        self.gus = person("Gus", slack_id="U0GUS")

    def profiles(self) -> dict[str, Profile]:
        """What Slack says about them."""
        everyone = (self.ana, self.ben, self.chiyo, self.dev, self.elif_, self.fay, self.gus)
        return {one.slack_id: Profile(one.slack_id, one.name, one.tz, deactivated=one.deactivated) for one in everyone}

    async def furnish(self, database: Database, workspace_id: int) -> None:
        """Write all of it to a database."""
        async with database.unit(workspace_id) as store:
            await saved(store, self.ana, self.ben, self.chiyo, self.dev, self.elif_)
            self.two, self.past = pair(self.ana, self.ben), pair(self.dev, self.ben)
            self.thanks = pair(self.elif_, self.ben)
            self.asked = pair(
                self.chiyo, self.ana, state=PairState.ASKED, asked_at=NOW - timedelta(days=3), answered_at=None
            )
            await saved(store, self.two, self.past, self.thanks, self.asked)
            self.discussion = scheduled(self.two, NOW + timedelta(days=10))
            self.ended = scheduled(self.past, NOW - timedelta(hours=2))
            self.held = held(self.thanks, NOW - timedelta(days=5), NOW - timedelta(days=5))
            self.next = planning(self.thanks, TODAY + timedelta(days=90), number=2)
            await saved(store, self.discussion, self.ended, self.held, self.next)
            self.items = [
                AgendaItem(
                    pair_id=self.two.pk, discussion_id=self.discussion.pk,
                    author_id=(self.ana, self.ben)[number % 2].pk, text=f"Item {number}",
                    position=number, proposed_at=LONG_AGO,
                )
                for number in range(12)
            ]  # fmt: skip
            self.commitments = [
                commitment(self.two, self.ana, TODAY + timedelta(days=number - 2), text=f"Commitment {number}")
                for number in range(12)
            ]
            self.deliverable = commitment(
                self.thanks, self.elif_, TODAY + timedelta(days=20), discussion_id=self.held.pk
            )
            await saved(store, *self.items, *self.commitments, self.deliverable)
            self.request = ChangeRequest(
                commitment_id=self.commitments[0].pk, pair_id=self.two.pk, asked_by_id=self.ana.pk, text="Commitment 0",
                due_on=TODAY + timedelta(days=30), asked_at=LONG_AGO,
            )  # fmt: skip
            await saved(store, self.request)


@pytest.fixture
def workspace() -> Workspace:
    """The people, before anything is written."""
    return Workspace()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A Slack that records what it is called for."""
    slack = FakeSlack()
    async with slack.running():
        yield slack


@asynccontextmanager
async def bot_in(workspace: Workspace, database: Database, slack: FakeSlack) -> AsyncIterator[BotHarness]:
    """The bot in a workspace, which is written to a database."""
    workspace_id = await database.workspace(TEAM, "Acme")
    await workspace.furnish(database, workspace_id)
    async with BotHarness(database, workspace_id, NOW, slack).open() as harness:
        harness.directory.profiles = workspace.profiles()
        yield harness


@pytest.fixture
async def harness(database: Database, workspace: Workspace, slack: FakeSlack) -> AsyncIterator[BotHarness]:
    """The bot in that workspace, on either database."""
    async with bot_in(workspace, database, slack) as harness:
        yield harness


@pytest.fixture
async def postgres_harness(
    postgres_database: Database, workspace: Workspace, slack: FakeSlack
) -> AsyncIterator[BotHarness]:
    """The bot in that workspace, on PostgreSQL: for interleavings, which its row locks make possible."""
    async with bot_in(workspace, postgres_database, slack) as harness:
        yield harness


@pytest.fixture
async def sqlite_harness(
    sqlite_template: SqliteTemplate, tmp_path: Path, workspace: Workspace, slack: FakeSlack
) -> AsyncIterator[BotHarness]:
    """The bot in that workspace, on SQLite: for what has nothing to do with the kind of database."""
    async with opened(sqlite_template.copy(tmp_path)) as database, bot_in(workspace, database, slack) as harness:
        yield harness
