"""What kind of discussion it is to be, what fits the person, and what was asked last time (practices C12, C14, E4)."""

from datetime import timedelta
from typing import Any

import pytest

from cycle.bank import Clarity, FeedbackStyle
from cycle.errors import NotAllowed, NotAvailable
from cycle.people import prefer, switch_coach
from storage.agenda import AgendaItem
from storage.database import Database
from storage.discussions import Discussion
from storage.pairs import PairState
from storage.people import Person
from tests.support.builders import LONG_AGO, held, pair
from tests.support.pair_fixture import NOW, PairFixture


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Chiyo, heading for their first discussion."""
    return await PairFixture.planning(database, workspace_id)


async def asked_last_time(two: PairFixture) -> list[str]:
    """What Ana's preparation knows about the agenda of the previous discussion."""
    return list((await two.prepared(two.ana)).lists.asked_last_time)


async def test_C14_either_side_chooses_the_set(two: PairFixture):
    """The last choice counts, and it can be taken back."""
    for me, chosen in ((two.ana, "mid-year"), (two.chiyo, "expert-path"), (two.ana, None)):
        await two.choose_set(me, chosen)
        assert (await two.open_discussion()).question_set == chosen


async def test_C14_nobody_else_chooses_it(two: PairFixture):
    """A third person cannot, and nobody can once the two have ended it."""
    with pytest.raises(NotAllowed):
        await two.choose_set(two.ben, "mid-year")
    ended = pair(two.ben, two.chiyo, state=PairState.ENDED)
    await two.write(ended)
    with pytest.raises(NotAvailable):
        await two.choose_set(two.ben, "mid-year", ended.pk)


async def test_C14_a_cancelled_discussion_hands_its_set_on(two: PairFixture):
    """The successor follows the same set."""
    await two.set_date(two.ana, NOW + timedelta(days=8))
    await two.choose_set(two.ana, "mid-year")
    successor = await two.cancel(two.ana, "Ill", NOW)
    assert successor.question_set == "mid-year"


async def test_E4_the_employees_form_knows_what_was_on_the_last_agenda(two: PairFixture):
    """Only that of the last discussion held, as first proposed, and nothing before the first discussion."""
    assert await asked_last_time(two) == []
    older, last = (held(two.pair, NOW - timedelta(days=days), LONG_AGO, number=n) for n, days in ((2, 90), (3, 30)))
    await two.write(older, last)
    await two.write(
        item(older, two.ana, "An older question?"),
        item(last, two.ana, "Which task?"),
        item(last, two.chiyo, "Amended", first_text="Which skill?"),
    )
    assert sorted(await asked_last_time(two)) == ["Which skill?", "Which task?"]
    assert (await two.prepared(two.chiyo)).lists.asked_last_time == []


def item(discussion: Discussion, author: Person, text: str, **also: Any) -> AgendaItem:
    """An item of an agenda."""
    return AgendaItem(
        pair_id=discussion.pair_id,
        discussion_id=discussion.pk,
        author_id=author.pk,
        text=text,
        position=1,
        proposed_at=LONG_AGO,
        **also,
    )


async def test_C12_what_fits_a_person_is_kept_with_them(two: PairFixture):
    """Said once, it holds for every discussion, and can be taken back; the coach's switch as well."""
    for clarity, style, on in ((Clarity.UNSURE, FeedbackStyle.GENTLE, False), (None, None, True)):
        async with two.database.unit(two.workspace_id) as store:
            me = await store.people.get(two.ana.pk)
            prefer(me, clarity, style)
            switch_coach(me, on=on)
        kept = await two.look(lambda store: store.people.get(two.ana.pk))
        assert (kept.path_clarity, kept.feedback_style, kept.coach_off) == (clarity, style, not on)
