"""A manager who speaks up, and how both follow through, as signed requests and as a rule (practice M8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cycle.follow_through import follow_through, in_words
from cycle.nudges import Action
from handlers.shared.ids import ActionId
from storage.commitments import Advocacy, Commitment, CommitmentState
from tests.handlers.conftest import TODAY
from tests.support.builders import MADRID, commitment, pair, person
from tests.support.harness import BotHarness
from tests.support.views import fields, said

ANA, BEN, DEV = "U0ANA", "U0BEN", "U0DEV"


async def test_M8_advocacy_is_agreed_in_the_wrap_up_and_shown_to_both(harness: BotHarness, workspace: Any):
    """Ben will introduce Dev: the menu is in his row alone, and both read it in their list."""
    first = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.ended.pk)).modal
    form = (await harness.press(BEN, first, ActionId.HAPPENED, happened="yes")).modal
    assert [name for name in fields(form) if name.endswith(".advocacy")] == ["commitment.1.advocacy"]
    typed = {
        "commitment__0__text": "Read the audit report", "commitment__0__due_on": TODAY + timedelta(days=9),
        "commitment__1__text": "Introduce Dev to the audit team", "commitment__1__due_on": TODAY + timedelta(days=9),
        "commitment__1__advocacy": "introduce", "next_later": ["ticked"],
    }  # fmt: skip
    assert (await harness.submit(BEN, form, **typed)).answer.get("errors") is None
    async with harness.database.reading(harness.workspace_id) as store:
        mine, his = await store.commitments.open_of([workspace.past.pk])
    assert (mine.advocacy, his.advocacy) == (None, Advocacy.INTRODUCE)
    listed = (await harness.command(DEV, "commitments")).modal
    assert "introducing" in said(listed)
    assert "You: 0 kept, 1 open" in said(listed)
    assert "Ben: 0 kept, 1 open, support by introducing" in said(listed)
    change = (await harness.press(DEV, listed, Action.NEW_DATE, his.pk)).modal
    await harness.submit(DEV, change, due_on=TODAY + timedelta(days=20))
    async with harness.database.reading(harness.workspace_id) as store:
        (request,) = await store.commitments.requests_of([workspace.past.pk], harness.now)
    answer = (await harness.press_in_message(BEN, Action.ANSWER_CHANGE, request.pk)).modal
    await harness.press(BEN, answer, ActionId.AGREE)
    assert "support by introducing" in said((await harness.command(DEV, "commitments")).modal)


async def test_M8_a_manager_adds_advocacy_between_discussions(harness: BotHarness, workspace: Any):
    """In the list of commitments the menu is there for the manager alone."""
    theirs = (await harness.press_in_home(BEN, Action.OPEN_COMMITMENTS, workspace.two.pk)).modal
    after = await harness.submit(
        BEN, theirs, mine0__text="Fund the course", mine0__due_on=TODAY + timedelta(days=9), mine0__advocacy="fund"
    )
    assert "funding" in said(after.modal)
    mine = (await harness.command(ANA, "commitments")).modal
    assert "mine0.advocacy" not in fields(mine)
    assert "Ben: 0 kept, 1 open, support by funding" in said(mine)
    assert "You: 0 kept, 12 open (2 past the date)" in said(mine)


EMPLOYEE = person("Ana Ruiz", MADRID, id=1)
MANAGER = person("Ben Okafor", id=2)
NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
ROWS = st.lists(
    st.tuples(st.sampled_from([EMPLOYEE, MANAGER]), st.sampled_from(CommitmentState), st.integers(-9, 9)), max_size=12
)


def made(rows: Any) -> list[Commitment]:
    """Commitments due some days from noon, those that are settled at noon."""
    two = pair(EMPLOYEE, MANAGER, id=1)
    return [
        commitment(two, owner, NOON.date() + timedelta(days=days), state=state, settled_at=NOON)
        for owner, state, days in rows
    ]


@given(ROWS)
def test_M8_everything_kept_or_open_counts_once_for_its_owner(rows: Any):
    """Kept, kept late and open add up; what was changed or dropped counts for no one."""
    found = [follow_through(made(rows), one, NOON) for one in (EMPLOYEE, MANAGER)]
    counted = sum(one.kept + one.kept_late + one.open for one in found)
    assert counted == sum(state in {CommitmentState.OPEN, CommitmentState.DONE} for _, state, _ in rows)
    assert all(one.overdue <= one.open for one in found)


def test_M8_the_day_of_the_owner_decides_what_is_late():
    """Kept at 23:30 UTC on its date: the next day in Madrid, still the same day in London."""
    late_evening = datetime(2027, 1, 15, 23, 30, tzinfo=UTC)
    two = pair(EMPLOYEE, MANAGER, id=1)
    done = [
        commitment(two, one, late_evening.date(), state=CommitmentState.DONE, settled_at=late_evening)
        for one in (EMPLOYEE, person("Ben Okafor", "Europe/London", id=2))
    ]
    assert in_words(follow_through(done, EMPLOYEE, NOON)) == "0 kept, 1 kept late"
    assert in_words(follow_through(done, person("Ben", "Europe/London", id=2), NOON)) == "1 kept"
