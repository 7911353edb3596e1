from datetime import date, timedelta
from typing import Any

import pytest

from cycle import agendas, preparations, scheduling
from cycle.brief import Brief, brief
from cycle.errors import NotAllowed, NotAvailable
from cycle.preparations import PreparationForm
from storage.agenda import ItemState
from storage.commitments import CommitmentState
from storage.database import Database
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Level
from tests.support.builders import MADRID, at, commitment, held
from tests.support.two import NOW, Two

THEN = at(MADRID, 2026, 11, 24, 9)
LAST = at(MADRID, 2026, 5, 12, 9)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> Two:
    """Ana and Chiyo, who have a date."""
    two = await Two.meet(database, workspace_id)
    await two.do(scheduling.set_date, two.ana, two.pair.pk, THEN, 60, seen_round=0, now=NOW)
    return two


async def for_(two: Two, me: Person, discussion_id: int | None = None) -> Brief:
    """The brief as somebody sees it."""
    return await two.see(brief, me, discussion_id or (await two.open_discussion()).pk, NOW)


async def checks(two: Two, me: Person) -> list[tuple[bool, str]]:
    """The checklist of somebody."""
    return [(check.done, check.sentence) for check in (await for_(two, me)).checklist]


async def test_E16_everything_for_the_day_before_is_in_one_place(two: Two):
    """Agenda in order, open promises of both the employee's first, my answers, what the other shares."""
    await two.do(agendas.propose, two.chiyo, two.pair.pk, ["The audit"], NOW)
    await two.do(agendas.propose, two.ana, two.pair.pk, ["My course"], NOW)
    soon = date(2026, 11, 10)
    await two.write(
        commitment(two.pair, two.chiyo, soon, text="Ask the board"),
        commitment(two.pair, two.ana, soon + timedelta(days=90), text="Write it down"),
        commitment(two.pair, two.ana, soon, text="Long done", state=CommitmentState.DONE),
    )
    answers = {"achievements": "The launch", "challenges": "The noise"}
    form = PreparationForm(answers=answers, shared=frozenset({"achievements"}))
    await two.do(preparations.submit, two.ana, two.pair.pk, form, NOW)
    seen = await for_(two, two.chiyo)
    assert seen.is_coming
    assert [item.text for item in seen.agenda] == ["My course", "The audit"]
    assert [one.text for one in seen.commitments] == ["Write it down", "Ask the board"]
    assert ([one.text for one in seen.mine], [one.text for one in seen.theirs]) == ([], ["The launch"])
    assert [one.text for one in (await for_(two, two.ana)).mine] == ["The launch", "The noise"]


async def test_E16_the_checklist_of_the_employee(two: Two):
    """Each line is open until it is done: points proposed, preparation in, own promises due by the talk kept."""
    due = commitment(two.pair, two.ana, THEN.date())
    others = [commitment(two.pair, two.ana, date(2026, 12, 24)), commitment(two.pair, two.chiyo, THEN.date())]
    await two.write(due, *others)
    assert await checks(two, two.ana) == [
        (False, "Put a point on the agenda."),
        (False, "Hand in your preparation; half a form is fine."),
        (False, "Keep 1 promise of yours, due by the talk."),
    ]
    await two.do(agendas.propose, two.ana, two.pair.pk, ["My course"], NOW)
    await two.do(preparations.submit, two.ana, two.pair.pk, PreparationForm(level=Level.STRONG), NOW)
    async with two.database.unit(two.workspace_id) as store:
        (await store.commitments.get(due.pk)).state = CommitmentState.DONE
    assert await checks(two, two.ana) == [
        (True, "Your points are on the agenda."),
        (True, "Your preparation is in."),
        (True, "No promise of yours is due by the talk."),
    ]


async def test_E16_the_checklist_of_the_manager(two: Two):
    """The manager's first line follows the employee's points: none yet, waiting, answered."""
    assert (await checks(two, two.chiyo))[0] == (
        False,
        "Ana has not proposed a point yet; add one of yours if you like.",
    )
    (item,) = await two.do(agendas.propose, two.ana, two.pair.pk, ["My course"], NOW)
    assert (await checks(two, two.chiyo))[0] == (False, "Answer the 1 point that Ana proposed.")
    await two.do(agendas.accept, two.chiyo, item.pk, NOW)
    assert (await checks(two, two.chiyo))[0] == (True, "You have answered what Ana proposed.")


async def test_E16_the_last_notes_are_at_hand(database: Database, workspace_id: int):
    """The notes of the talk before are part of the brief, and a line says to read them; the first talk has none."""
    two = await Two.meet(database, workspace_id)
    assert (await for_(two, two.ana)).last is None
    async with database.unit(workspace_id) as store:
        (await store.discussions.get(two.discussion.pk)).number = 2
    await two.write(held(two.pair, LAST, LAST, number=1, notes="More Thai"))
    seen = await for_(two, two.ana)
    assert seen.last is not None
    assert seen.last.notes == "More Thai"
    assert (await checks(two, two.ana))[-1] == (False, "Read the notes of Tue 12 May at 09:00, further down.")


async def test_an_old_discussion_shows_its_own_agenda_and_notes(two: Two):
    """Looking back shows what stood and what was agreed then, with no checklist and nothing of the coming talk."""
    old = held(two.pair, LAST, LAST, number=9, notes="More Thai")
    await two.write(old)
    await two.do(agendas.propose, two.ana, two.pair.pk, ["My course"], NOW)
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
    assert (seen.discussion.notes, list(seen.checklist), list(seen.objectives)) == ("More Thai", [], [])


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
    two: Two, employee: Level | None, manager: Level | None, apart: int | None
):
    """How far apart the two see it is known to both, or to neither."""
    for person, level in ((two.ana, employee), (two.chiyo, manager)):
        words: dict[str, Any] = {"answers": {"achievements": "A", "strengths": "S"}}
        await two.do(preparations.submit, person, two.pair.pk, PreparationForm(level=level, **words), NOW)
    for person in (two.ana, two.chiyo):
        assert (await for_(two, person)).apart == apart


async def test_L1_only_the_two_see_a_brief(two: Two):
    """A third person is refused, a talk that was never there is gone, and another pair's brief is not ours."""
    with pytest.raises(NotAllowed):
        await for_(two, two.ben)
    with pytest.raises(NotAvailable):
        await for_(two, two.ana, 999)


async def test_sides_are_named(two: Two):
    """Each sees the other as the other."""
    assert (await for_(two, two.ana)).my_side is Side.EMPLOYEE
    assert (await for_(two, two.chiyo)).other.name == "Ana Ruiz"


async def test_a_cancelled_discussion_can_still_be_looked_at(two: Two):
    """A brief opened from an old message shows the cancelled talk as it was, reason included."""
    discussion = await two.open_discussion()
    await two.do(scheduling.cancel, two.chiyo, two.pair.pk, "The audit moved", NOW)
    seen = await for_(two, two.ana, discussion.pk)
    assert not seen.is_coming
    assert seen.discussion.cancel_reason == "The audit moved"
