"""Pairs in the middle of their cycle: a discussion in two weeks, an agenda, commitments, a submitted preparation."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cycle.prompts import PROMPTS
from storage.agenda import AgendaItem
from storage.commitments import Commitment
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.objectives import Horizon, Objective
from storage.pairs import Pair, PairState, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation

REPORTS: Final = 5
"""Employees per manager, whose Home shows them all."""

PAIRS_PER_INSERT: Final = 1_000
"""The pairs whose rows are in memory at the same time; a multiple of `REPORTS`."""

DAYS_AHEAD: Final = 14
"""When they meet: a time at which people prepare, and no nudge is due."""

AGENDA: Final = ("Which project fits me next?", "The plan for the summer shifts", "Training on the new forklift")
COMMITMENTS: Final = ("Shadow the planning meeting for a month", "Draft the checklist", "Talk to the head of logistics")
ANSWER: Final = "Led the move to the new warehouse and kept every delivery on time."
UNPLANNED: Final = (Answer, Objective)
OBJECTIVE: Final = "Pass the exam for the forklift licence."


def employee_slack_id(number: int) -> str:
    """The U… id of the employee of a pair; pairs are numbered from 1."""
    return f"UE{number:05}"


async def save_pairs(
    database: Database, workspace_id: int, pairs: int, now: datetime, *, for_planning: bool = False
) -> None:  # fmt: skip
    """Save pairs in an empty database. The pairs, their employees, discussions and preparations have the keys 1 to n.

    The employees have submitted a preparation and typed nothing since. Nudges are not planned. `for_planning` leaves
    out what planning does not read: most of the rows, and the texts that take long to encrypt.
    """
    for first in range(1, pairs + 1, PAIRS_PER_INSERT):
        numbers = range(first, min(first + PAIRS_PER_INSERT, pairs + 1))
        managers = {number: pairs + 1 + (number - 1) // REPORTS for number in numbers}
        async with database.engine.begin() as connection:
            await _save(connection, workspace_id, managers, now, for_planning=for_planning)


async def _save(
    connection: AsyncConnection, workspace_id: int, managers: dict[int, int], now: datetime, *, for_planning: bool
) -> None:  # fmt: skip
    """Save some pairs, given their managers by the number of the pair."""
    long_ago = now - timedelta(days=90)
    tables: Sequence[tuple[Any, Iterable[dict[str, Any]]]] = (
        (Person, _people(managers, now)),
        (Pair, _pairs(managers, long_ago)),
        (Discussion, _discussions(managers, now + timedelta(days=DAYS_AHEAD), long_ago)),
        (AgendaItem, _agenda(managers, long_ago)),
        (Commitment, _commitments(managers, now)),
        (Preparation, _preparations(managers, long_ago)),
        (Answer, _answers(managers, long_ago)),
        (Objective, _objectives(managers, long_ago)),
    )
    for noun, rows in tables:
        if for_planning and noun in UNPLANNED:
            continue
        await connection.execute(sa.insert(noun), [{"workspace_id": workspace_id, **row} for row in rows])


def _people(managers: dict[int, int], now: datetime) -> Iterable[dict[str, Any]]:
    for key in managers:
        yield {"id": key, "slack_id": employee_slack_id(key), "name": f"Ana {key}", "seen_at": now}
    for key in dict.fromkeys(managers.values()):
        yield {"id": key, "slack_id": f"UM{key:05}", "name": f"Ben {key}", "seen_at": now}


def _pairs(managers: dict[int, int], at: datetime) -> Iterable[dict[str, Any]]:
    for key, manager in managers.items():
        yield {
            "id": key, "employee_id": key, "manager_id": manager, "asked_by_id": key, "state": PairState.ACTIVE,
            "asked_at": at, "answered_at": at,
        }  # fmt: skip


def _discussions(numbers: Iterable[int], starts_at: datetime, at: datetime) -> Iterable[dict[str, Any]]:
    for key in numbers:
        yield {
            "id": key, "pair_id": key, "number": 1, "state": DiscussionState.SCHEDULED, "due_on": starts_at.date(),
            "starts_at": starts_at, "round": 1, "dated_at": at,
        }  # fmt: skip


def _agenda(numbers: Iterable[int], at: datetime) -> Iterable[dict[str, Any]]:
    for key in numbers:
        for position, text in enumerate(AGENDA, start=1):
            yield {
                "pair_id": key, "discussion_id": key, "author_id": key, "text": text,
                "is_question": text.endswith("?"), "position": position, "proposed_at": at,
            }  # fmt: skip


def _commitments(numbers: Iterable[int], now: datetime) -> Iterable[dict[str, Any]]:
    for key in numbers:
        for place, text in enumerate(COMMITMENTS):
            due_on = (now + timedelta(days=60 + 20 * place)).date()
            yield {"pair_id": key, "owner_id": key, "text": text, "due_on": due_on, "agreed_at": now}


def _preparations(numbers: Iterable[int], at: datetime) -> Iterable[dict[str, Any]]:
    for key in numbers:
        yield {
            "id": key, "pair_id": key, "discussion_id": key, "author_id": key, "side": Side.EMPLOYEE,
            "level": Level.STRONG, "submitted_at": at,
        }  # fmt: skip


def _answers(numbers: Iterable[int], at: datetime) -> Iterable[dict[str, Any]]:
    for key in numbers:
        for prompt in PROMPTS[Side.EMPLOYEE]:
            yield {
                "pair_id": key, "preparation_id": key, "author_id": key, "question": prompt.key, "text": ANSWER,
                "answered_at": at,
            }  # fmt: skip


def _objectives(numbers: Iterable[int], at: datetime) -> Iterable[dict[str, Any]]:
    for key in numbers:
        for horizon, days in ((Horizon.SHORT, 360), (Horizon.LONG, 1090)):
            target_on = (at + timedelta(days=days)).date()
            yield {
                "pair_id": key, "owner_id": key, "horizon": horizon, "text": OBJECTIVE, "target_on": target_on,
                "set_at": at,
            }  # fmt: skip
