"""`career schedule`: the coming days of one pair, for an admin."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import SQLModel

from bot.errors import StartupError
from bot.schedule import schedule_of
from bot.settings import Settings
from storage.database import Database
from storage.pairs import PairState
from tests.bot.test_cli import career
from tests.support.builders import MADRID, at, commitment, pair, person, planning, saved, scheduled
from tests.support.databases import KEY, SqliteTemplate, opened

NOW = at(MADRID, 2027, 3, 1, 8)


def settings_for(url: str) -> Settings:
    """Settings of a bot that runs in Slack with this database and the key of the tests."""
    return Settings(
        database_url=SecretStr(url), slack_bot_token=SecretStr("xoxb-1"), slack_signing_secret=SecretStr("x"),
        career_encryption_keys=SecretStr(KEY),
    )  # fmt: skip


async def rows(database: Database) -> list[Any]:
    """Everything that is saved."""
    async with database.engine.connect() as connection:
        return [list(await connection.execute(sa.select(table))) for table in SQLModel.metadata.sorted_tables]


class Team:
    """Ana meets Ben, who has one more report of the same first name; Chiyo has asked Ben; Dev is with nobody."""

    def __init__(self) -> None:
        away = {"time_off": "2027-03-03/2027-03-04"}
        self.ana = person("Ana Ruiz", slack_id="U0ANA", country="ES", **away)
        self.ben = person("Ben Okafor", slack_id="U0BEN")
        self.other_ana = person("Ana \x1b[31mSilva", slack_id="U0SIL")
        self.chiyo = person("Chiyo Tanaka", slack_id="U0CHI")
        self.dev, self.gone = person("Dev Patel", slack_id="U0DEV"), person("Fay", slack_id="U0FAY", deactivated=True)

    async def furnish(self, database: Database, team_id: str = "T0ACME", name: str = "Acme") -> None:
        """Write them to a database."""
        async with database.unit(await database.workspace(team_id, name)) as store:
            await saved(store, self.ana, self.ben, self.other_ana, self.chiyo, self.dev, self.gone)
            two, other = pair(self.ana, self.ben), pair(self.other_ana, self.ben)
            asked = pair(
                self.chiyo, self.ben, state=PairState.ASKED, answered_at=None, asked_at=NOW - timedelta(days=1)
            )
            await saved(store, two, other, asked)
            dated = scheduled(two, at(MADRID, 2027, 3, 17, 10))
            owed = commitment(two, self.ana, date(2027, 3, 24), text="A private promise")
            await saved(store, dated, planning(other, date(2027, 3, 10)), owed)


@pytest.fixture
async def sqlite(sqlite_template: SqliteTemplate, tmp_path: Path) -> str:
    """The address of a SQLite database with such a team."""
    url = sqlite_template.copy(tmp_path)
    async with opened(url) as database:
        await Team().furnish(database)
    return url


async def test_the_coming_days_of_a_pair_are_printed(database: Database, database_url: str):
    """For both people: local time and zone, kind and reason, days off and the clock; nobody else's, no one's words."""
    await Team().furnish(database)
    before = await rows(database)
    printed = await schedule_of(settings_for(database_url), "ana ruiz, Ben", NOW, days=90)
    assert "Acme (T0ACME)\nAna Ruiz, employee: Europe/Madrid, 09:00 to 17:00\n" in printed
    assert "A simulation of 90 days from Mon 1 Mar 2027" in printed
    assert "Tue 16 Mar 2027 09:00 CET   Ana Ruiz    day_before" in printed
    assert "Tue 16 Mar 2027 09:00 CET   Ben Okafor  day_before" in printed
    assert (
        "Thu 1 Apr 2027 09:00 CEST   Ana Ruiz    commitment_overdue  Your commitment to Ben from Wed 24 Mar is"
        in printed
    )
    assert "Fri 26 Mar 2027             Ana Ruiz    off                 Good Friday" in printed
    assert "Sun 28 Mar 2027             Ben Okafor  clock               Goes forward by 60 minutes." in printed
    assert "schedule_next" not in printed
    assert "private promise" not in printed
    assert "Silva" not in printed
    assert await rows(database) == before


@pytest.mark.parametrize("wanted", ["U0ANA:U0BEN", "u0ben, u0ana", "Okafor:ruiz"])
async def test_the_two_are_found_by_what_an_admin_knows(sqlite: str, wanted: str):
    """Slack's ids or names, in either order; a week in which nothing comes says so."""
    printed = await schedule_of(settings_for(sqlite), wanted, NOW, days=7)
    assert "Ana Ruiz, employee" in printed
    assert "Nothing is planned in these days.\nWed 3 Mar 2027  Ana Ruiz  away  Until Thu 4 Mar 2027." in printed


async def test_what_has_not_begun_is_shown_as_if_it_had(sqlite: str):
    """A request that waits counts as accepted, and two who are no pair as if they agreed now."""
    asked = await schedule_of(settings_for(sqlite), "Chiyo, Ben", NOW, days=30)
    assert "The request of Chiyo Tanaka waits for an answer. This is as if it was accepted now." in asked
    assert "schedule_next" in asked
    nothing = await schedule_of(settings_for(sqlite), "Dev, Ben", NOW, days=30)
    assert "This is as if they agreed on them now, with Dev Patel as the employee." in nothing
    assert "schedule_next" in nothing


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("Ana", "Name two people"),
        ("Ana, Ben, Dev", "Name two people"),
        ("Ana, Ben", r"Several pairs match: Ana Ruiz \(U0ANA\) with Ben Okafor \(U0BEN\) and Ana  \[31mSilva"),
        ("Zoe, Ben", "I know nobody called “Zoe”"),
        ("Ana, Dev", "Several people match “Ana”"),
        ("Dev, U0DEV", "Both of them are Dev Patel"),
        ("Fay, Dev", "Fay is no longer active"),
    ],
)
async def test_who_is_not_found_is_explained(sqlite: str, wanted: str, sentence: str):
    """None and several: a sentence says what to type instead."""
    with pytest.raises(StartupError, match=sentence):
        await schedule_of(settings_for(sqlite), wanted, NOW, days=90)


async def test_the_workspace_is_named_where_there_are_several(sqlite: str):
    """Two with the same people: the sentence lists them, and either is found by its id or name."""
    async with opened(sqlite) as database:
        await Team().furnish(database, "T0OTHER", "Other")
    settings = settings_for(sqlite)
    with pytest.raises(StartupError, match=r"one of these: Acme \(T0ACME\), Other \(T0OTHER\)"):
        await schedule_of(settings, "U0ANA:U0BEN", NOW, days=1)
    for name in ("t0other", "Other"):
        assert (await schedule_of(settings, "U0ANA:U0BEN", NOW, days=1, workspace=name)).startswith("Other (T0OTHER)")


def test_the_command_explains_what_is_wrong(tmp_path: Path):
    """`career schedule` before the first start ends with 2 and a sentence."""
    ended = career("schedule", "--pair", "Ana, Ben", cwd=tmp_path)
    assert ended.returncode == 2
    assert "Career cannot show this schedule until this problem is fixed" in ended.stderr
    assert "Traceback" not in ended.stderr
