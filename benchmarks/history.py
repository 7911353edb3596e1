"""Three years of one pair: what was held, agreed on, aimed at and learned, which openings read the right part of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from benchmarks.pairs import AGENDA, ANSWER, COMMITMENTS, OBJECTIVE
from cycle.prompts import PROMPTS
from storage.agenda import AgendaItem, ItemState
from storage.base import PairScoped
from storage.commitments import Commitment, CommitmentState
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.gaps import Gap, GapState
from storage.objectives import Benchmark, Development, Horizon, Objective, ObjectiveState
from storage.pairs import Pair, Side
from storage.preparations import Answer, Level, Preparation
from storage.team_objectives import TeamObjective
from storage.thanks import ThankYou
from storage.wrap_ups import Notes

FIRST_KEY: Final = 10_000
"""Beyond the keys that `save_pairs` gives, of which PostgreSQL does not know."""

DISCUSSIONS: Final = 18
EVERY: Final = timedelta(days=60)
OBJECTIVES: Final = 40
CURRENT: Final = 8  # of them
BENCHMARKS: Final = 4  # of each
COMMITMENT_COUNT: Final = 60
OPEN: Final = 6  # of them
GAPS: Final = 20
OPEN_GAPS: Final = 6  # of them


async def save_history(database: Database, workspace_id: int, pair_id: int, now: datetime) -> tuple[int, int]:
    """Save the history of a pair that has its first discussion ahead. Returns the last one held and an objective."""
    async with database.unit(workspace_id) as store:
        pair, coming = await store.pairs.get(pair_id), await store.discussions.open_of(pair_id)
        assert coming is not None
        coming.number = DISCUSSIONS + 1
        past = list(_discussions(pair, now))
        team = TeamObjective(listed_by_id=pair.manager_id, text=OBJECTIVE, listed_at=now)
        both = [*_prepared(pair, coming, now)]
        store.add(*past, team, *both)
        await store.flush()
        for discussion in past:
            both += list(_prepared(pair, discussion, discussion.starts_at or now))
        objectives = list(_objectives(pair, team, now))
        store.add(*both, *objectives)
        await store.flush()
        for one in objectives[OBJECTIVES - CURRENT + 1 :]:
            one.leads_to_id = objectives[OBJECTIVES - CURRENT].pk
        store.add(*_commitments(pair, past, now), *_gaps(pair, now))
        store.add(*(row for discussion in past for row in _of_discussion(pair, discussion)))
        store.add(*(row for preparation in both for row in _answers(preparation, now)))
        store.add(*(row for objective in objectives for row in _benchmarks(objective)))
        return past[-1].pk, objectives[-1].pk


def _discussions(pair: Pair, now: datetime) -> Iterator[Discussion]:
    for number in range(1, DISCUSSIONS + 1):
        at = now - EVERY * (DISCUSSIONS + 1 - number)
        yield Discussion(
            id=FIRST_KEY + number, pair_id=pair.pk, number=number, state=DiscussionState.CLOSED,
            due_on=at.date(), starts_at=at, round=1, dated_at=at, wrapped_up_at=at + timedelta(hours=1),
            wrapped_up_by_id=pair.employee_id,
        )  # fmt: skip


def _prepared(pair: Pair, discussion: Discussion, at: datetime) -> Iterator[Preparation]:
    for side, author_id in ((Side.EMPLOYEE, pair.employee_id), (Side.MANAGER, pair.manager_id)):
        if discussion.state is DiscussionState.SCHEDULED and side is Side.EMPLOYEE:
            continue  # the employee has prepared the coming one
        yield Preparation(
            id=2 * discussion.pk + (side is Side.MANAGER), pair_id=pair.pk, discussion_id=discussion.pk,
            author_id=author_id, side=side, level=Level.STRONG, submitted_at=at,
        )  # fmt: skip


def _answers(preparation: Preparation, at: datetime) -> Iterator[Answer]:
    for prompt in PROMPTS[preparation.side]:
        yield Answer(
            pair_id=preparation.pair_id, preparation_id=preparation.pk, author_id=preparation.author_id,
            question=prompt.key, text=ANSWER, shared=True, answered_at=at,
        )  # fmt: skip


def _of_discussion(pair: Pair, discussion: Discussion) -> Iterator[PairScoped]:
    known: dict[str, Any] = {"pair_id": pair.pk, "discussion_id": discussion.pk}
    at = discussion.starts_at or discussion.dated_at
    for position, text in enumerate(AGENDA):
        yield AgendaItem(
            author_id=pair.employee_id, text=text, position=position, state=ItemState.DISCUSSED, proposed_at=at, **known
        )
    for author_id in (pair.employee_id, pair.manager_id):
        yield Notes(author_id=author_id, text=ANSWER, written_at=at, **known)
    yield ThankYou(author_id=pair.employee_id, text=ANSWER, sent_at=at, **known)


def _objectives(pair: Pair, team: TeamObjective, now: datetime) -> Iterator[Objective]:
    for number in range(OBJECTIVES):
        at, is_current = now - timedelta(days=1095 - 25 * number), number >= OBJECTIVES - CURRENT
        settled = list(ObjectiveState)[1 + number % (len(ObjectiveState) - 1)]
        yield Objective(
            pair_id=pair.pk, owner_id=pair.employee_id, text=OBJECTIVE, shared=True, set_at=at,
            horizon=Horizon.SHORT if number > OBJECTIVES - CURRENT else Horizon.LONG,
            target_on=(now + timedelta(days=300 if number > OBJECTIVES - CURRENT else 900)).date(),
            state=ObjectiveState.CURRENT if is_current else settled, settled_at=None if is_current else at + EVERY,
            team_objective_id=team.pk, development=Development.MENTORING, support_asked=ANSWER, support_given=ANSWER,
        )  # fmt: skip


def _benchmarks(objective: Objective) -> Iterator[Benchmark]:
    for number in range(BENCHMARKS):
        yield Benchmark(
            pair_id=objective.pair_id, objective_id=objective.pk, text=OBJECTIVE, set_at=objective.set_at,
            reached_at=objective.set_at if number % 2 else None,
        )  # fmt: skip


def _commitments(pair: Pair, past: list[Discussion], now: datetime) -> Iterator[Commitment]:
    for number in range(COMMITMENT_COUNT):
        discussion = past[number * DISCUSSIONS // COMMITMENT_COUNT]
        at, is_open = discussion.starts_at or now, number >= COMMITMENT_COUNT - OPEN
        yield Commitment(
            pair_id=pair.pk, discussion_id=discussion.pk, text=COMMITMENTS[number % len(COMMITMENTS)],
            owner_id=(pair.employee_id, pair.manager_id)[number % 2], agreed_at=at,
            due_on=(now + EVERY).date() if is_open else (at + EVERY / 2).date(),
            state=CommitmentState.OPEN if is_open else CommitmentState.DONE,
            settled_at=None if is_open else at + EVERY / 3,
        )  # fmt: skip


def _gaps(pair: Pair, now: datetime) -> Iterator[Gap]:
    for number in range(GAPS):
        at, is_open = now - EVERY * (DISCUSSIONS - number % DISCUSSIONS), number >= GAPS - OPEN_GAPS
        yield Gap(
            pair_id=pair.pk, author_id=pair.employee_id, skill=f"Skill {number}", way=ANSWER, shared=True, set_at=at,
            state=GapState.OPEN if is_open else GapState.CLOSED, settled_at=None if is_open else at + EVERY,
        )  # fmt: skip
