"""Workspaces and the people in them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, select

from storage.base import NotFound, Repository, WorkspaceScoped, locking, reused
from storage.encryption import EncryptedText
from storage.pairs import CURRENT_STATES, Pair


class Workspace(SQLModel, table=True):
    """A Slack workspace, the tenant of everything else."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(unique=True, description="Slack's T… id")
    name: str
    country: str | None = Field(
        default=None,
        description="whose public holidays people keep who chose none: two letters (ISO 3166), or "
        "cycle.countries.NOWHERE; None for the country of each one's time zone",
    )
    closed_days: str = Field(
        default="",
        sa_column_kwargs={"server_default": ""},
        description="the days on which it is closed, as cycle.day_spans writes them",
    )
    next_slot_at: datetime | None = Field(default=None, description="from when the next message may be started in it")


class KeyCheck(SQLModel, table=True):
    """One encrypted word: decrypting it at start proves that the key is the one that the data was written with."""

    id: int | None = Field(default=None, primary_key=True)
    sealed: str = Field(sa_type=EncryptedText)


class Person(WorkspaceScoped, table=True):
    """A person in the workspace, as Slack described them when last asked."""

    __table_args__ = (sa.UniqueConstraint("slack_id", "workspace_id"),)

    slack_id: str = Field(description="Slack's U… id")
    name: str
    tz: str = Field(default="UTC", description="IANA time zone")
    is_bot: bool = False
    deactivated: bool = False
    is_guest: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": sa.false()},
        description="a guest in a single channel: cannot be sent direct messages",
    )
    is_external: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa.false()}, description="belongs to another workspace"
    )
    is_admin: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": sa.false()},
        description="an admin or owner of the workspace: the team objectives that they list are everyone's (M7)",
    )
    dm_channel: str | None = Field(
        default=None, description="Slack's D… id of our conversation with them, once there was one"
    )
    coach_off: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": sa.false()},
        description="they have switched the coach's remarks off",
    )
    path_clarity: str | None = Field(default=None, description="how clear their path is, a cycle.bank.Clarity (C12)")
    feedback_style: str | None = Field(default=None, description="how they like feedback, a cycle.bank.FeedbackStyle")
    home_opened_at: datetime | None = Field(
        default=None, description="when they opened the App Home, to the day; None before they ever did"
    )
    helped_at: datetime | None = Field(
        default=None, description="when a message that they wrote to the bot was last answered"
    )
    country: str | None = Field(
        default=None,
        description="whose public holidays they keep: two letters (ISO 3166), or cycle.countries.NOWHERE; None for the "
        "country of their time zone",
    )
    weekdays: str | None = Field(
        default=None, description="their working days as digits, 0 is Monday; None for those of their country"
    )
    opens: time | None = Field(default=None, description="from when they may be sent messages; None for nine o'clock")
    closes: time | None = Field(default=None, description="until when; None for five o'clock")
    workspace_country: str | None = Field(default=None, description="the country of their workspace, copied from it")
    time_off: str = Field(
        default="",
        sa_column_kwargs={"server_default": ""},
        description="the days off that they entered, as cycle.day_spans writes them",
    )
    closed_days: str = Field(
        default="",
        sa_column_kwargs={"server_default": ""},
        description="the days on which their workspace is closed, copied from it: a calendar needs a person alone",
    )
    status_from: date | None = Field(
        default=None, description="the first day of an absence that their status in Slack tells, with its end"
    )
    status_until: date | None = Field(default=None, description="the last day of that one")
    per_day: int = Field(
        default=1, sa_column_kwargs={"server_default": "1"}, description="messages that may wait, a day"
    )
    per_week: int = Field(default=3, sa_column_kwargs={"server_default": "3"}, description="and in seven days")
    muted: str = Field(
        default="", sa_column_kwargs={"server_default": ""}, description="the topics they get no reminders of"
    )
    discreet: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": sa.false()},
        description="their messages say names, dates and counts only",
    )
    seen_at: datetime = Field(description="when Slack was last asked about this person")


PERSON: Final[sa.Table] = Person.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it
WORKSPACE: Final[sa.Table] = Workspace.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it


class WorkspaceDays(NamedTuple):
    """What a workspace says of everyone's working days."""

    country: str | None
    closed_days: str


def _with_partners() -> Any:
    other = aliased(Person)
    is_employee = col(Pair.employee_id) == col(Person.id)
    is_theirs = sa.or_(is_employee, col(Pair.manager_id) == col(Person.id))
    the_other = sa.case((is_employee, col(Pair.manager_id)), else_=col(Pair.employee_id))
    return (
        select(Person, Pair, other)
        .join(Pair, sa.and_(col(Pair.state).in_(CURRENT_STATES), is_theirs), isouter=True)
        .join(other, col(other.id) == the_other, isouter=True)
        .where(col(Person.slack_id) == sa.bindparam("slack_id"))
        .order_by(sa.case((is_employee, 0), else_=1), col(Pair.id))
    )


BY_SLACK_ID: Final = reused(select(Person).where(col(Person.slack_id) == sa.bindparam("slack_id")))
BY_IDS: Final = reused(
    select(Person)
    .where(col(Person.id).in_(sa.bindparam("ids", expanding=True)))
    .execution_options(populate_existing=True)
)
LOCKED: Final = reused(
    locking(select(Person).where(col(Person.id).in_(sa.bindparam("ids", expanding=True))).order_by(col(Person.id)))
)
WITH_PARTNERS: Final = reused(_with_partners())


class People(Repository):
    """Finds people."""

    async def get(self, person_id: int) -> Person:
        """A person by key."""
        return await self._get(Person, person_id)

    async def lock(self, *person_ids: int) -> dict[int, Person]:
        """Lock people until the transaction ends, in the order of their keys. Returns them by key, as they are now.

        Locks are taken in one order everywhere, so that no two wait for each other: people by key, then pairs by key,
        then the rest. Raises `NotFound` when one of them is not there.
        """
        found = {person.pk: person for person in await self._all(LOCKED, ids=list(person_ids))}
        if missing := set(person_ids) - found.keys():
            raise NotFound(f"Person {min(missing)}")
        return found

    async def by_slack_id(self, slack_id: str) -> Person | None:
        """A person by Slack's U… id."""
        return await self._first(BY_SLACK_ID, slack_id=slack_id)  # type: ignore[no-any-return]

    async def add_unless_known(self, slack_id: str, name: str, tz: str, now: datetime) -> None:
        """Add a person, unless another transaction has: while that goes on, this one waits for its end."""
        row = Person(slack_id=slack_id, name=name, tz=tz, seen_at=now).model_dump(exclude={"id"})
        of_workspace = {
            "workspace_id": self._workspace_id,
            "workspace_country": self._of_workspace(WORKSPACE.c.country),
            "closed_days": self._of_workspace(WORKSPACE.c.closed_days),
        }
        statement = self._insert_into(PERSON).values(row | of_workspace).on_conflict_do_nothing()
        await (await self._session.connection()).execute(statement)

    async def lock_everyone(self) -> None:
        """Lock everyone in the workspace until the transaction ends, in the lock order."""
        await self._all(select(col(Person.id)).order_by(col(Person.id)).with_for_update(key_share=True))

    async def workspace_days(self) -> WorkspaceDays:
        """What the workspace says of everyone's working days."""
        statement = sa.select(WORKSPACE.c.country, WORKSPACE.c.closed_days).where(WORKSPACE.c.id == self._workspace_id)
        return WorkspaceDays(*(await self._execute_core(statement)).one())

    async def set_workspace_days(self, days: WorkspaceDays) -> None:
        """Save what the workspace says of everyone's working days, for everyone, who is locked."""
        statement = sa.update(WORKSPACE).where(WORKSPACE.c.id == self._workspace_id)
        await self._execute_core(statement.values(country=days.country, closed_days=days.closed_days))
        await self.copy_workspace_days()

    async def copy_workspace_days(self) -> None:
        """Copy what the workspace says to those who have something else: it may have changed as they came.

        Locks them, in the lock order.
        """
        country, closed_days = self._of_workspace(WORKSPACE.c.country), self._of_workspace(WORKSPACE.c.closed_days)
        differs = sa.or_(
            PERSON.c.workspace_country.is_distinct_from(country), PERSON.c.closed_days.is_distinct_from(closed_days)
        )
        others = select(col(Person.id)).where(differs).order_by(col(Person.id))
        if found := await self._all(others.with_for_update(key_share=True)):
            await self._execute_core(
                sa.update(PERSON)
                .where(PERSON.c.workspace_id == self._workspace_id, PERSON.c.id == sa.bindparam("person"))
                .values(workspace_country=country, closed_days=closed_days),
                [{"person": person_id} for person_id in found],
            )

    def _of_workspace(self, column: sa.Column[Any]) -> sa.ScalarSelect[Any]:
        return sa.select(column).where(WORKSPACE.c.id == self._workspace_id).scalar_subquery()

    async def by_ids(self, person_ids: Iterable[int]) -> dict[int, Person]:
        """People by key, all in one query, as they are now: one may have been read before waiting for a lock."""
        found: Sequence[Person] = await self._all(BY_IDS, ids=list(set(person_ids)))
        return {person.pk: person for person in found}

    async def set_seen(self, person_ids: Collection[int], now: datetime) -> None:
        """Save that Slack was asked about people and nothing was new. People locked by others are left out."""
        free = select(col(Person.id)).where(col(Person.id).in_(person_ids)).order_by(col(Person.id))
        ours = await self._all(free.with_for_update(skip_locked=True, key_share=True)) if person_ids else ()
        if ours:
            await self._execute_core(
                sa.update(PERSON)
                .where(PERSON.c.workspace_id == self._workspace_id, PERSON.c.id.in_(ours))
                .values(seen_at=now)
            )

    async def set_channels(self, channels: Mapping[int, str]) -> None:
        """Save the D… id of each person's conversation with the bot, by key, in one statement and in the lock order."""
        statement = (
            sa.update(PERSON)
            .where(PERSON.c.id == sa.bindparam("person"), PERSON.c.workspace_id == self._workspace_id)
            .values(dm_channel=sa.bindparam("channel"))
        )
        rows = [{"person": person_id, "channel": channels[person_id]} for person_id in sorted(channels)]
        if rows:
            await self._execute_core(statement, rows)

    async def with_partners(
        self, slack_id: str, found: Callable[[Person], None]
    ) -> tuple[Person, list[tuple[Pair, Person]]] | None:
        """A person by Slack's U… id, with their current pairs and the other side of each, the manager first (E1).

        `found` is called with the person before the gate is asked about the rest, since it may be they who read.
        """
        found_rows = await self._session.exec(WITH_PARTNERS, params={"slack_id": slack_id})
        rows: Sequence[tuple[Person, Pair | None, Person | None]] = found_rows.all()
        if not rows or not self._may_read(rows[0][0]):
            return None
        found(rows[0][0])
        partners = [(pair, one) for _me, pair, one in rows if pair is not None and one is not None]
        return rows[0][0], [partner for partner in partners if self._may_read(partner)]

    async def current_partners_of(self, person_id: int) -> Sequence[tuple[Pair, Person]]:
        """The asked and active pairs of a person and the other side of each: the one as employee first (E1)."""
        is_employee = col(Pair.employee_id) == person_id
        the_other = sa.case((is_employee, col(Pair.manager_id)), else_=col(Pair.employee_id))
        statement = (
            select(Pair, Person)
            .join(Person, col(Person.id) == the_other)
            .where(col(Pair.state).in_(CURRENT_STATES), sa.or_(is_employee, col(Pair.manager_id) == person_id))
            .order_by(sa.case((is_employee, 0), else_=1), col(Pair.id))
        )
        return await self._all(statement)

    async def everyone(self) -> Sequence[Person]:
        """All whom the bot knows, by name."""
        return await self._all(select(Person).order_by(col(Person.name), col(Person.id)))

    async def in_current_pairs(self) -> Sequence[Person]:
        """Everyone in an asked or active pair, in no order."""
        is_in_it = sa.or_(col(Pair.employee_id) == col(Person.id), col(Pair.manager_id) == col(Person.id))
        current = select(Pair.id).where(col(Pair.state).in_(CURRENT_STATES), is_in_it).correlate(Person).exists()
        return await self._all(select(Person).where(current))
