"""Objectives: what the employee aims at, on two horizons (practice E3), and the benchmarks on the way there (M6)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import NotFound, PairScoped, Repository, enum_column, reused
from storage.encryption import EncryptedText
from storage.team_objectives import TeamObjective


class Horizon(StrEnum):
    """How far ahead an objective lies (practice E3)."""

    SHORT = "short"  # 6–12 months
    LONG = "long"  # 2–5 years


class ObjectiveState(StrEnum):
    """What became of an objective; a changed one is replaced, never overwritten (practice C13)."""

    CURRENT = "standing"  # the value that databases in use hold
    CHANGED = "changed"
    DROPPED = "dropped"
    REACHED = "reached"


class Development(StrEnum):
    """How someone develops: promotion is one way of eight (practice M3)."""

    MENTORING = "mentoring"
    COACHING_OTHERS = "coaching_others"
    COURSE = "course"
    CONFERENCE = "conference"
    STRETCH_WORK = "stretch_work"
    JOB_SHADOWING = "job_shadowing"
    NEW_ROLE = "new_role"
    PROMOTION = "promotion"


class Objective(PairScoped, table=True):
    """One objective of the employee of a pair: private unless shared."""

    owner_id: int = Field(foreign_key="person.id")
    horizon: Horizon = Field(sa_type=enum_column(Horizon))
    text: str = Field(sa_type=EncryptedText)
    target_on: date
    shared: bool = False
    state: ObjectiveState = Field(default=ObjectiveState.CURRENT, sa_type=enum_column(ObjectiveState))
    set_at: datetime
    replaces_id: int | None = Field(default=None, foreign_key="objective.id")
    settled_at: datetime | None = Field(default=None, description="when it was reached, changed or dropped")
    leads_to_id: int | None = Field(
        default=None, foreign_key="objective.id", description="the longer one that it leads to, as it is now (M9)"
    )
    team_objective_id: int | None = Field(default=None, foreign_key="teamobjective.id", description="fits it (M7)")
    is_personal: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa.false()}, description="fits no other on purpose (M7)"
    )
    development: Development | None = Field(default=None, sa_type=enum_column(Development))
    support_asked: str | None = Field(default=None, sa_type=EncryptedText, description="of the manager (E8)")
    support_given: str | None = Field(default=None, sa_type=EncryptedText, description="what the manager agreed to")


class Benchmark(PairScoped, table=True):
    """A step by which one can tell that an objective comes closer (practice M6). The readers of both are the same."""

    objective_id: int = Field(foreign_key="objective.id", index=True, description="the present one, if it was changed")
    text: str = Field(sa_type=EncryptedText)
    due_on: date | None = None
    set_at: datetime
    reached_at: datetime | None = None


CURRENT: Final = reused(
    select(Objective)
    .where(col(Objective.pair_id) == sa.bindparam("pair_id"), Objective.state == ObjectiveState.CURRENT)
    .order_by(col(Objective.set_at), col(Objective.id))
)


# Objectives that were reached lately, and those that are current.
WITH_REACHED: Final = reused(
    select(Objective, TeamObjective)
    .join(TeamObjective, col(TeamObjective.id) == col(Objective.team_objective_id), isouter=True)
    .where(
        col(Objective.pair_id) == sa.bindparam("pair_id"),
        sa.or_(
            col(Objective.state) == ObjectiveState.CURRENT,
            sa.and_(
                col(Objective.state) == ObjectiveState.REACHED,
                col(Objective.settled_at) >= sa.bindparam("reached_since"),
            ),
        ),
    )
    .order_by(col(Objective.set_at), col(Objective.id))
)


# The benchmark comes after its objective, with which the gate lets it pass.
MEASURED: Final = reused(
    select(Objective, Benchmark)
    .join(Benchmark, col(Benchmark.objective_id) == col(Objective.id))
    .where(
        col(Objective.pair_id).in_(sa.bindparam("pair_ids", expanding=True)), Objective.state == ObjectiveState.CURRENT
    )
    .order_by(col(Objective.target_on), col(Objective.id), col(Benchmark.id))
)


class Objectives(Repository):
    """Finds objectives and their benchmarks."""

    async def get(self, objective_id: int) -> Objective:
        """An objective by key."""
        return await self._get(Objective, objective_id)

    async def current(self, pair_id: int) -> Sequence[Objective]:
        """The current objectives, in the order in which they were set."""
        return await self._all(CURRENT, pair_id=pair_id)

    async def with_reached(self, pair_id: int, since: datetime) -> Sequence[tuple[Objective, TeamObjective | None]]:
        """The current objectives and those reached since a moment, as they were set, each with the one that it fits."""
        return await self._all(WITH_REACHED, pair_id=pair_id, reached_since=since)

    async def measured(self, pair_ids: Collection[int]) -> Sequence[tuple[Objective, Benchmark]]:
        """The current objectives of some pairs that have benchmarks, the nearest date first, with each of those."""
        return await self._all(MEASURED, pair_ids=list(pair_ids)) if pair_ids else ()

    async def ever(self, pair_id: int) -> Sequence[Objective]:
        """All objectives of a pair in the order in which they were set, changed and dropped ones included (C13)."""
        statement = select(Objective).where(Objective.pair_id == pair_id)
        return await self._all(statement.order_by(col(Objective.set_at), col(Objective.id)))

    async def current_beside(self, pair_id: int, objective_id: int) -> Sequence[tuple[Objective, Benchmark | None]]:
        """The current objectives and one that may not be, as they were set, that one once with each benchmark."""
        measures = sa.and_(col(Benchmark.objective_id) == col(Objective.id), col(Objective.id) == objective_id)
        statement = (
            select(Objective, Benchmark)
            .join(Benchmark, measures, isouter=True)
            .where(
                col(Objective.pair_id) == pair_id,
                sa.or_(col(Objective.state) == ObjectiveState.CURRENT, col(Objective.id) == objective_id),
            )
            .order_by(col(Objective.set_at), col(Objective.id), col(Benchmark.id))
        )
        return await self._all(statement)

    async def get_benchmark(self, benchmark_id: int) -> Benchmark:
        """A benchmark by key. The gate lets it pass once its objective was read."""
        return await self._get(Benchmark, benchmark_id)

    async def objective_of(self, benchmark_id: int) -> Objective:
        """The objective that a benchmark measures. Raises `NotFound`."""
        statement = select(Objective).join(Benchmark, col(Benchmark.objective_id) == col(Objective.id))
        found = await self._first(statement.where(Benchmark.id == benchmark_id))
        if found is None:
            raise NotFound(f"Benchmark {benchmark_id}")
        return found  # type: ignore[no-any-return]

    async def benchmarks(self, objective_ids: Collection[int]) -> Sequence[Benchmark]:
        """The benchmarks of some objectives, in the order in which they were set."""
        statement = select(Benchmark).where(col(Benchmark.objective_id).in_(objective_ids))
        return await self._all(statement.order_by(col(Benchmark.id))) if objective_ids else ()

    async def replace(self, before: Objective, after: Objective) -> None:
        """Give what hangs on an objective (benchmarks, and objectives that lead to it) to the one that replaces it."""
        for benchmark in await self.benchmarks([before.pk]):
            benchmark.objective_id = after.pk
        leading = select(Objective).where(Objective.leads_to_id == before.id)
        for objective in await self._all(leading.where(Objective.state == ObjectiveState.CURRENT)):
            objective.leads_to_id = after.pk

    async def current_between(self, pair_id: int, since: datetime, until: datetime) -> Sequence[Objective]:
        """What was current at some time between two moments in the order in which it was set, whatever became of it."""
        statement = select(Objective).where(
            Objective.pair_id == pair_id,
            col(Objective.set_at) <= until,
            sa.or_(col(Objective.state) == ObjectiveState.CURRENT, col(Objective.settled_at) > since),
        )
        return await self._all(statement.order_by(col(Objective.set_at), col(Objective.id)))
