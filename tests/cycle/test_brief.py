from datetime import date, timedelta
from typing import Any

import pytest

from cycle import agendas
from cycle.brief import Brief
from cycle.errors import NotAllowed
from storage.agenda import ItemState
from storage.commitments import CommitmentState
from storage.database import Database
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Level
from tests.support.builders import MADRID, at, commitment, held, notes
from tests.support.pair_fixture import NOW, PairFixture

THEN = at(MADRID, 2026, 11, 24, 9)
LAST = at(MADRID, 2026, 5, 12, 9)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Chiyo, who have a date."""
    two = await PairFixture.planning(database, workspace_id)
    await two.set_date(two.ana, THEN)
    return two


async def for_(two: PairFixture, me: Person, discussion_id: int | None = None) -> Brief:
    """The brief as a person sees it."""
    return await two.brief(me, discussion_id)


async def checks(two: PairFixture, me: Person) -> list[tuple[bool, str]]:
    """A person's checklist."""
    return [(check.done, check.sentence) for check in (await for_(two, me)).checklist]


async def test_E16_everything_for_the_day_before_is_in_one_place(two: PairFixture):
    """Agenda in order, open commitments of both the employee's first, my answers, what the other shares."""
    await two.propose(two.chiyo, "The audit")
    await two.propose(two.ana, "My course")
    soon = date(2026, 11, 10)
    await two.write(
        commitment(two.pair, two.chiyo, soon, text="Ask the board"),
        commitment(two.pair, two.ana, soon + timedelta(days=90), text="Write it down"),
        commitment(two.pair, two.ana, soon, text="Long done", state=CommitmentState.DONE),
    )
    answers = {"achievements": "The launch", "challenges": "The noise"}
    await two.prepare(two.ana, answers=answers, shared=frozenset({"achievements"}))
    seen = await for_(two, two.chiyo)
    assert seen.is_coming
    assert [item.text for item in seen.agenda] == ["My course", "The audit"]
    assert [one.text for one in seen.commitments] == ["Write it down", "Ask the board"]
    assert ([one.text for one in seen.mine], [one.text for one in seen.theirs]) == ([], ["The launch"])
    assert [one.text for one in (await for_(two, two.ana)).mine] == ["The launch", "The noise"]


async def test_E16_the_checklist_of_the_employee(two: PairFixture):
    """Each line is open until it is done: items proposed, preparation in, commitments due by then kept."""
    due = commitment(two.pair, two.ana, THEN.date())
    others = [commitment(two.pair, two.ana, date(2026, 12, 24)), commitment(two.pair, two.chiyo, THEN.date())]
    await two.write(due, *others)
    assert await checks(two, two.ana) == [
        (False, "Put an item on the agenda."),
        (False, "Prepare. A few lines are enough."),
        (False, "Finish your commitment that is due by then."),
    ]
    await two.propose(two.ana, "My course")
    await two.prepare(two.ana, level=Level.STRONG)
    async with two.database.unit(two.workspace_id) as store:
        (await store.commitments.get(due.pk)).state = CommitmentState.DONE
    assert await checks(two, two.ana) == [
        (True, "Your items are on the agenda."),
        (True, "You have prepared."),
    ]


async def test_E16_the_checklist_of_the_manager(two: PairFixture):
    """The manager's first line follows the employee's items: none yet, waiting, answered."""
    assert (await checks(two, two.chiyo))[0] == (
        False,
        "Ana has not proposed an item yet; add one of yours if you like.",
    )
    (item,) = await two.propose(two.ana, "My course")
    assert (await checks(two, two.chiyo))[0] == (False, "Answer the 1 item that Ana proposed.")
    await two.change_item(agendas.accept, two.chiyo, item.pk, NOW)
    assert (await checks(two, two.chiyo))[0] == (True, "You have answered what Ana proposed.")
    await two.change_item(agendas.counter, two.chiyo, item.pk, "Which course", NOW)
    assert (await checks(two, two.ana))[0] == (False, "Answer Chiyo, who suggests other words for 1 item.")
    assert (await checks(two, two.chiyo))[0] == (True, "You have answered what Ana proposed.")


async def test_E16_the_last_notes_are_at_hand(database: Database, workspace_id: int):
    """The notes of both on the discussion before are part of the brief, the employee's first."""
    two = await PairFixture.planning(database, workspace_id)
    assert (await for_(two, two.ana)).notes == []
    async with database.unit(workspace_id) as store:
        (await store.discussions.get(two.discussion.pk)).number = 2
    last = held(two.pair, LAST, LAST, number=1)
    await two.write(last)
    await two.write(notes(last, two.chiyo, "More Thai"), notes(last, two.ana, "More tea"))
    seen = await for_(two, two.ana)
    assert [(one.author_id, one.text) for one in seen.notes] == [
        (two.ana.pk, "More tea"), (two.chiyo.pk, "More Thai")
    ]  # fmt: skip


async def test_an_old_discussion_shows_its_own_agenda_and_notes(two: PairFixture):
    """Looking back shows the agenda and what was agreed then, with no checklist and nothing of what is to come."""
    old = held(two.pair, LAST, LAST, number=9)
    await two.write(old)
    await two.write(notes(old, two.chiyo, "More Thai"))
    await two.propose(two.ana, "My course")
    item = (await for_(two, two.ana)).agenda[0]
    async with two.database.unit(two.workspace_id) as store:
        moved = await store.agenda.get(item.pk)
        moved.discussion_id, moved.state = old.pk, ItemState.DISCUSSED
    await two.write(
        commitment(two.pair, two.ana, LAST.date(), discussion_id=old.pk, text="Then", state=CommitmentState.DONE),
        commitment(two.pair, two.ana, THEN.date(), text="Now"),
    )
    seen = await for_(two, two.chiyo, old.pk)
    assert not seen.is_coming
    assert [one.text for one in seen.agenda] == ["My course"]
    assert [one.text for one in seen.commitments] == ["Then"]
    assert ([one.text for one in seen.notes], list(seen.checklist), list(seen.objectives)) == (["More Thai"], [], [])


@pytest.mark.parametrize(
    ("employee", "manager", "apart"),
    [
        (Level.STRONG, Level.STRONG, 0),
        (Level.DEVELOPING, Level.STRONG, 1),
        (Level.DEVELOPING, Level.OUTSTANDING, 2),
        (Level.OUTSTANDING, Level.STRONG, -1),
        (Level.STRONG, None, None),
        (None, Level.STRONG, None),
        (None, None, None),
    ],
)
async def test_E6_the_difference_is_counted_once_both_are_in(
    two: PairFixture, employee: Level | None, manager: Level | None, apart: int | None
):
    """How far apart the two see it is known to both, or to neither."""
    for person, level in ((two.ana, employee), (two.chiyo, manager)):
        words: dict[str, Any] = {"answers": {"achievements": "A", "strengths": "S"}}
        await two.prepare(person, level=level, **words)
    for person in (two.ana, two.chiyo):
        assert (await for_(two, person)).apart == apart


async def test_L1_only_the_two_see_a_brief(two: PairFixture):
    """A third person is refused, and so is everyone for a discussion that was never there."""
    with pytest.raises(NotAllowed):
        await for_(two, two.ben)
    with pytest.raises(NotAllowed):
        await for_(two, two.ana, 999)


async def test_sides_are_named(two: PairFixture):
    """Each sees the other as the other."""
    assert (await for_(two, two.ana)).my_side is Side.EMPLOYEE
    assert (await for_(two, two.chiyo)).other.name == "Ana Ruiz"


async def test_a_cancelled_discussion_can_still_be_looked_at(two: PairFixture):
    """A brief opened from an old message shows the cancelled discussion as it was, reason included."""
    discussion = await two.open_discussion()
    await two.cancel(two.chiyo, "The audit moved", NOW)
    seen = await for_(two, two.ana, discussion.pk)
    assert not seen.is_coming
    assert seen.discussion.cancel_reason == "The audit moved"
