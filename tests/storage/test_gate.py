from collections.abc import Collection, Iterator
from typing import Any

import pytest

from storage.base import NotFound, WorkspaceScoped
from storage.pairs import Pair
from storage.people import Person
from storage.preparations import Answer
from tests.support.everything import QUESTIONS, Full, answer

# All on SQLite: the gate has nothing to do with the kind of database; `test_tenancy` asks every question on both.

# What returns plain values: keys, moments, counts.
PLAIN = {
    "pairs.current_ids",
    "pairs.manager_ids",
    "pairs.lock_all",
    "discussions.busy",
    "messages.sent_since",
    "nudges.keys_of_messages",
    "nudges.waiting_recipients",
    "nudges.live_owners",
    "nudges.settle_matters_before",
    "pairs.asked_before",
    "pairs.has_manager",
    "pairs.unanswered_between",
    "drafts.delete_saved_before",
    "processedrequests.delete_before",
    "pulses.since",
    "people.workspace_days",
    "opportunities.lock_all",
    "opportunities.open_ids",
    "opportunities.taken",
    "pacing.next_slot",
    "pacing.lock_next_slot",
} | {name for name in QUESTIONS if name.startswith(("nudgeplans.", "planningrows.", "deliveries."))}
BY_KEY = {"opportunities.lock", "people.lock", "pairs.lock", "pairs.lock_of", "pairs.of", "commitments.get_request"} | {
    name for name in QUESTIONS if name.endswith(".get") and name != "drafts.get"
}


class Doorkeeper:
    """A gate that notes every row and lets through those of no refused noun."""

    def __init__(self, *refused: type[WorkspaceScoped]) -> None:
        self.refused = refused
        self.seen: list[WorkspaceScoped] = []

    def may_read(self, row: WorkspaceScoped) -> bool:
        """Whether a row is of no refused noun."""
        self.seen.append(row)
        return not isinstance(row, self.refused)


def rows_in(found: Any) -> Iterator[WorkspaceScoped]:
    """All rows in what a repository returned, however deep."""
    if isinstance(found, WorkspaceScoped):
        yield found
    elif isinstance(found, dict):
        yield from rows_in(found.values())
    elif isinstance(found, Collection) and not isinstance(found, str):
        for one in found:
            yield from rows_in(one)


@pytest.mark.parametrize("name", QUESTIONS)
async def test_every_row_passes_the_gate(full: Full, name: str):
    """The gate is asked about each row that a repository returns."""
    database, workspace_id, known = full
    gate = Doorkeeper()
    async with database.unit(workspace_id, gate) as store:
        rows = list(rows_in(await answer(store, QUESTIONS[name], known)))
    assert bool(rows) is (name not in PLAIN)
    assert {id(row) for row in rows} <= {id(row) for row in gate.seen}


@pytest.mark.parametrize("name", sorted(QUESTIONS.keys() - PLAIN))
async def test_what_the_gate_refuses_is_not_returned(full: Full, name: str):
    """A gate that refuses everything leaves nothing of any answer."""
    database, workspace_id, known = full
    async with database.unit(workspace_id, Doorkeeper(WorkspaceScoped)) as store:
        assert not await answer(store, QUESTIONS[name], known)


@pytest.mark.parametrize("name", sorted(PLAIN))
async def test_plain_values_pass_unasked(full: Full, name: str):
    """Keys, moments and counts say nothing that a gate keeps."""
    database, workspace_id, known = full
    gate = Doorkeeper(WorkspaceScoped)
    async with database.unit(workspace_id, gate) as store:
        assert await answer(store, QUESTIONS[name], known)
    assert gate.seen == []


@pytest.mark.parametrize("name", sorted(BY_KEY))
async def test_a_refused_row_asked_for_by_key_is_not_found(full: Full, name: str):
    """To the reader it makes no difference whether a row is refused or not there."""
    database, workspace_id, known = full
    async with database.unit(workspace_id, Doorkeeper(WorkspaceScoped)) as store:
        with pytest.raises(NotFound):
            await QUESTIONS[name](store, known)


@pytest.mark.parametrize("refused", [Pair, Person])
async def test_rows_that_come_together_are_refused_together(full: Full, refused: type[WorkspaceScoped]):
    """A pair without its other side, or the other way round, is no answer."""
    database, workspace_id, known = full
    async with database.reading(workspace_id, Doorkeeper(refused)) as store:
        assert list(await store.people.current_partners_of(known.person)) == []
    async with database.reading(workspace_id, Doorkeeper(Answer)) as store:
        assert len(await store.people.current_partners_of(known.person)) == 1


async def test_a_row_that_the_session_holds_is_refused_again(full: Full):
    """The gate is asked each time, not only when a row is read from the database."""
    database, workspace_id, known = full
    gate = Doorkeeper()
    async with database.reading(workspace_id, gate) as store:
        assert await store.pairs.get(known.pair)
        gate.refused = (Pair,)
        with pytest.raises(NotFound):
            await store.pairs.get(known.pair)
