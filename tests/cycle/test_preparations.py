from datetime import date, timedelta
from typing import Any

import pytest

from cycle import agendas, preparations
from cycle.drives import DrivesForm
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.guards import active_pair
from cycle.objectives import ObjectiveEntry
from cycle.preparations import (
    QUESTIONS,
    AnswersForm,
    ObjectivesForm,
    PageForm,
    PreparationView,
    QuestionsForm,
    StandingForm,
)
from cycle.prompts import EMPLOYEE_PROMPTS, LONGEST_ANSWER, MANAGER_PROMPTS
from storage.agenda import ItemState
from storage.database import Database
from storage.discussions import DiscussionState
from storage.drives import DriveKind
from storage.objectives import Horizon, Objective, ObjectiveState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Level
from tests.support.builders import MADRID, TOKYO, at
from tests.support.pair_fixture import NOW, PairFixture

SHORT, LONG = Horizon.SHORT, Horizon.LONG
NEXT_SUMMER = date(2027, 8, 2)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Chiyo, unprepared."""
    return await PairFixture.planning(database, workspace_id)


async def prepare(two: PairFixture, me: Person, now: Any = NOW, **values: Any) -> None:
    """Submit a form."""
    await two.prepare(me, now, **values)


async def prepared(two: PairFixture, me: Person) -> PreparationView:
    """The form as it is shown again."""
    return await two.prepared(me)


def entry(text: str = "Pass the exam", by: date | None = NEXT_SUMMER, **also: Any) -> ObjectiveEntry:
    """A row of the form."""
    return ObjectiveEntry(**({"slot": "short.new0", "horizon": SHORT, "text": text, "target_on": by} | also))


async def current_objectives(two: PairFixture) -> list[Objective]:
    """The current objectives."""
    async with two.database.reading(two.workspace_id) as store:
        return list(await store.objectives.current(two.pair.pk))


# --- both ------------------------------------------------------------------------------------------------------------


async def test_what_was_submitted_is_shown_again_to_its_author(two: PairFixture):
    """Level, answers with what is shared, objectives and questions come back as they were entered."""
    await prepare(
        two,
        two.ana,
        level=Level.STRONG,
        answers={"achievements": "  The launch ", "challenges": ""},
        shared=frozenset({"achievements"}),
        objectives=[entry()],
        questions=["What would make me ready?"],
    )
    view = await prepared(two, two.ana)
    assert view.preparation is not None
    assert view.preparation.level is Level.STRONG
    assert {key: (one.text, one.shared) for key, one in view.lists.answers.items()} == {
        "achievements": ("The launch", True)
    }
    assert [one.text for one in view.lists.objectives] == ["Pass the exam"]
    assert [item.text for item in view.lists.questions] == ["What would make me ready?"]


async def test_submitting_again_replaces_what_was_submitted(two: PairFixture):
    """An emptied answer goes, a changed one changes, unticking takes back what was shared; there is one preparation."""
    await prepare(two, two.ana, answers={"achievements": "A", "challenges": "B"}, shared=frozenset({"challenges"}))
    await prepare(two, two.ana, answers={"challenges": "C"}, level=Level.DEVELOPING)
    view = await prepared(two, two.ana)
    assert {key: (one.text, one.shared) for key, one in view.lists.answers.items()} == {"challenges": ("C", False)}
    async with two.database.reading(two.workspace_id) as store:
        assert len(await store.preparations.of_discussion([two.discussion.pk])) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"level": None},
        {"answers": {"achievements": " \n"}, "shared": frozenset({"achievements"})},
        {"questions": [""]},
        {"objectives": [entry("", by=None)]},
    ],
)
async def test_an_empty_page_makes_no_preparation(two: PairFixture, values: Any):
    """A page with nothing in it, and nothing saved before, changes nothing and is no error."""
    await prepare(two, two.ana, **values)
    assert (await prepared(two, two.ana)).preparation is None
    async with two.database.reading(two.workspace_id) as store:
        assert not await store.preparations.of_discussion([two.discussion.pk])


async def test_objectives_that_are_only_looked_at_make_no_preparation(two: PairFixture):
    """Objectives of an earlier discussion are on the page; submitting it as it is says nothing new."""
    earlier = {"set_at": NOW, "pair_id": two.pair.pk, "owner_id": two.ana.pk, "horizon": SHORT}
    await two.write(Objective(text="Pass the exam", target_on=NEXT_SUMMER, **earlier))
    (exam,) = await current_objectives(two)
    await prepare(two, two.ana, objectives=[entry(slot=f"short.{exam.pk}", objective_id=exam.pk)])
    assert (await prepared(two, two.ana)).preparation is None


async def test_a_page_leaves_the_others_as_they_are(two: PairFixture):
    """Each page saves what is on it and nothing else."""
    await prepare(two, two.ana, level=Level.STRONG, answers={"achievements": "A"}, questions=["What makes me ready?"])
    await prepare(two, two.ana, objectives=[entry()])
    await prepare(two, two.ana, answers={"achievements": "B"})
    view = await prepared(two, two.ana)
    assert view.level is Level.STRONG
    assert [one.text for one in view.lists.answers.values()] == ["B"]
    assert [one.text for one in view.lists.objectives] == ["Pass the exam"]
    assert [item.text for item in view.lists.questions] == ["What makes me ready?"]


async def test_taking_back_the_last_there_was_takes_the_preparation_back(two: PairFixture):
    """An emptied preparation does not count as one: the reminder to prepare comes again."""
    await prepare(two, two.ana, answers={"achievements": "A"}, questions=["What makes me ready?"])
    await prepare(two, two.ana, answers={})
    assert (await prepared(two, two.ana)).preparation is not None
    await prepare(two, two.ana, questions=[])
    assert (await prepared(two, two.ana)).preparation is None
    await prepare(two, two.ana, level=Level.STRONG)
    assert (await prepared(two, two.ana)).level is Level.STRONG


async def test_everything_wrong_on_a_page_is_named_at_once_and_nothing_is_saved(two: PairFixture):
    """Two objectives without their other half are named together; an answer that is too long on its own page."""
    rows = [entry(by=None), entry("", slot="short.new1")]
    with pytest.raises(InvalidInput) as refused:
        await prepare(two, two.ana, objectives=rows)
    assert set(refused.value.fields) == {"short.new0.date", "short.new1.text"}
    with pytest.raises(InvalidInput) as refused:
        await prepare(two, two.ana, answers={"achievements": "x" * (LONGEST_ANSWER + 1)})
    assert set(refused.value.fields) == {"achievements"}
    assert (await prepared(two, two.ana)).preparation is None


async def shared_with(two: PairFixture, me: Person) -> tuple[dict[str, str], list[str]]:
    """What a person reads of the other side's while preparing: answers by prompt, and objectives."""
    async with two.reading(me) as (store, reader):
        view = await preparations.prepared_so_far(store, reader, await active_pair(store, reader, two.pair.pk))
        theirs = await preparations.shared_with_me(store, reader, view)
    return {key: one.text for key, one in theirs.answers.items()}, [one.text for one in theirs.objectives]


async def test_C10_each_reads_only_what_the_other_shared_while_preparing(two: PairFixture):
    """Shared answers, and for the manager shared objectives; nothing private, and nothing of one's own."""
    rows = [entry(shared=True)]
    await prepare(
        two, two.ana, answers={"achievements": "A", "challenges": "B"}, shared=frozenset({"achievements"}),
        objectives=rows,
    )  # fmt: skip
    await prepare(two, two.chiyo, answers={"strengths": "C", "potential": "D"}, shared=frozenset({"strengths"}))
    assert await shared_with(two, two.chiyo) == ({"achievements": "A"}, ["Pass the exam"])
    assert await shared_with(two, two.ana) == ({"strengths": "C"}, [])
    (exam,) = await current_objectives(two)
    await prepare(two, two.ana, objectives=[entry(slot=f"short.{exam.pk}", objective_id=exam.pk)])
    assert await shared_with(two, two.chiyo) == ({"achievements": "A"}, [])


async def test_a_third_person_prepares_nothing(two: PairFixture):
    """A person outside the pair is refused."""
    with pytest.raises(NotAllowed):
        await prepare(two, two.ben, level=Level.STRONG)


async def test_a_pair_without_an_open_discussion_prepares_nothing(two: PairFixture):
    """Where the two have no open discussion, a sentence says so."""
    async with two.database.unit(two.workspace_id) as store:
        (await store.discussions.get(two.discussion.pk)).state = DiscussionState.CLOSED
    with pytest.raises(NotAvailable):
        await prepare(two, two.ana, level=Level.STRONG)


# --- E2 and L1 -------------------------------------------------------------------------------------------------------


async def test_E2_an_assessment_stays_hidden_until_both_are_in(two: PairFixture):
    """Each sees their own at once, and the other's only after both have given one; taking one back hides both again."""
    await prepare(two, two.ana, level=Level.STRONG)
    await prepare(two, two.chiyo, answers={"strengths": "Calm"})
    assert (await two.brief(two.chiyo)).levels == {}
    assert (await two.brief(two.ana)).levels == {Side.EMPLOYEE: Level.STRONG}
    await prepare(two, two.chiyo, level=Level.OUTSTANDING)
    for person in (two.ana, two.chiyo):
        seen = await two.brief(person)
        assert seen.levels == {Side.EMPLOYEE: Level.STRONG, Side.MANAGER: Level.OUTSTANDING}
        assert seen.apart == 1
    await prepare(two, two.chiyo, level=None)
    assert Side.MANAGER not in (await two.brief(two.ana)).levels
    assert (await two.brief(two.chiyo)).levels == {}


async def test_L1_a_managers_answers_stay_private_until_shared(two: PairFixture):
    """Of the five things the employee reads those that are shared, one by one, and no longer once taken back."""
    assert len(MANAGER_PROMPTS) == 5
    answers = {prompt.key: f"About {prompt.key}" for prompt in MANAGER_PROMPTS}
    await prepare(two, two.chiyo, answers=answers)
    assert list((await two.brief(two.ana)).theirs) == []
    assert len((await two.brief(two.chiyo)).mine) == 5
    await prepare(two, two.chiyo, answers=answers, shared=frozenset({"strengths"}))
    assert [one.text for one in (await two.brief(two.ana)).theirs] == ["About strengths"]
    await prepare(two, two.chiyo, answers=answers)
    assert list((await two.brief(two.ana)).theirs) == []


async def test_L1_the_other_sides_form_shows_nothing_of_mine(two: PairFixture):
    """A form shows its author's own answers, even where the other side has shared everything."""
    shared = frozenset(prompt.key for prompt in EMPLOYEE_PROMPTS)
    await prepare(two, two.ana, answers={"achievements": "A"}, shared=shared, objectives=[entry(shared=True)])
    view = await prepared(two, two.chiyo)
    assert (view.preparation, view.lists.answers, view.lists.objectives, view.lists.questions) == (None, {}, (), [])


async def test_answers_to_the_other_sides_prompts_are_not_kept(two: PairFixture):
    """The manager's five things are the manager's; a form that was tampered with adds nothing."""
    await prepare(two, two.ana, level=Level.STRONG, answers={"potential": "Director"})
    assert (await prepared(two, two.ana)).lists.answers == {}


# --- E3: objectives --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("horizon", "by", "fits"),
    [
        (SHORT, date(2027, 5, 1), False),
        (SHORT, date(2027, 5, 2), True),
        (SHORT, date(2027, 11, 2), True),
        (SHORT, date(2027, 11, 3), False),
        (LONG, date(2028, 11, 1), False),
        (LONG, date(2028, 11, 2), True),
        (LONG, date(2031, 11, 2), True),
        (LONG, date(2031, 11, 3), False),
    ],
)
async def test_E3_target_dates_lie_within_their_horizon(two: PairFixture, horizon: Horizon, by: date, fits: bool):  # noqa: FBT001
    """6 to 12 months and 2 to 5 years ahead, both ends included; outside, the window is named beside the date."""
    row = entry(by=by, horizon=horizon)
    if fits:
        await prepare(two, two.ana, objectives=[row])
        assert [one.target_on for one in await current_objectives(two)] == [by]
        return
    with pytest.raises(InvalidInput) as refused:
        await prepare(two, two.ana, objectives=[row])
    assert "pick a date from" in refused.value.fields[row.date_field]
    assert await current_objectives(two) == []


@pytest.mark.parametrize(("tz", "first"), [(MADRID, date(2027, 5, 2)), (TOKYO, date(2027, 5, 3))])
async def test_E3_the_window_opens_by_the_employees_own_calendar(two: PairFixture, tz: str, first: date):
    """At ten in the evening in Madrid it is tomorrow in Tokyo, and so the window is a day later there."""
    async with two.writing(two.ana) as (_store, me):
        me.tz = tz
    evening = at(MADRID, 2026, 11, 2, 22)
    with pytest.raises(InvalidInput):
        await prepare(two, two.ana, evening, objectives=[entry(by=first - timedelta(days=1))])
    await prepare(two, two.ana, evening, objectives=[entry(by=first)])
    assert len(await current_objectives(two)) == 1


async def test_E3_a_changed_objective_is_replaced_not_overwritten(two: PairFixture):
    """The old words stay on record beside the new ones, which name what they replace; others stay the same row."""
    await prepare(two, two.ana, objectives=[entry(), entry("Learn Thai", slot="short.new1")])
    exam, thai = await current_objectives(two)
    rows = [
        entry("Pass the exam with honours", slot=f"short.{exam.pk}", objective_id=exam.pk),
        entry("Learn Thai", slot=f"short.{thai.pk}", objective_id=thai.pk, shared=True),
    ]
    await prepare(two, two.ana, objectives=rows)
    same, changed = await current_objectives(two)
    assert (same.pk, same.shared) == (thai.pk, True)
    assert (changed.text, changed.replaces_id) == ("Pass the exam with honours", exam.pk)
    async with two.database.reading(two.workspace_id) as store:
        old = await store.objectives.get(exam.pk)
    assert (old.text, old.state) == ("Pass the exam", ObjectiveState.CHANGED)
    assert old.settled_at == changed.set_at


async def test_E3_an_emptied_objective_is_dropped_and_kept_on_record(two: PairFixture):
    """Clearing a row ends the objective; nothing is erased."""
    await prepare(two, two.ana, level=Level.STRONG, objectives=[entry()])
    (exam,) = await current_objectives(two)
    row = entry("", slot=f"short.{exam.pk}", objective_id=exam.pk)
    await prepare(two, two.ana, level=Level.STRONG, objectives=[row])
    assert await current_objectives(two) == []
    async with two.database.reading(two.workspace_id) as store:
        dropped = await store.objectives.get(exam.pk)
    assert dropped.state is ObjectiveState.DROPPED
    assert dropped.settled_at is not None


async def test_E3_an_objective_may_outlive_its_window(two: PairFixture):
    """A date set in an earlier discussion may be near by now; it is taken as it is, while another date has to fit."""
    await prepare(two, two.ana, objectives=[entry()])
    (exam,) = await current_objectives(two)
    known = {"slot": f"short.{exam.pk}", "objective_id": exam.pk}
    later = at(MADRID, 2027, 7, 1, 10)
    await prepare(two, two.ana, later, objectives=[entry("Pass the exam well", **known)])
    (exam,) = await current_objectives(two)
    known = {"slot": f"short.{exam.pk}", "objective_id": exam.pk}
    with pytest.raises(InvalidInput):
        await prepare(two, two.ana, later, objectives=[entry(by=NEXT_SUMMER + timedelta(days=1), **known)])


async def test_E3_a_managers_form_saves_no_objectives(two: PairFixture):
    """What a manager's form brings along as objectives is left aside."""
    await prepare(two, two.chiyo, level=Level.STRONG, objectives=[entry()])
    assert await current_objectives(two) == []


async def test_E3_an_objective_is_private_until_shared(two: PairFixture):
    """The manager reads an objective in the brief only once it is shared."""
    await prepare(two, two.ana, objectives=[entry()])
    (exam,) = await current_objectives(two)
    assert list((await two.brief(two.chiyo)).objectives) == []
    row = entry(slot=f"short.{exam.pk}", objective_id=exam.pk, shared=True)
    await prepare(two, two.ana, objectives=[row])
    assert [one.text for one in (await two.brief(two.chiyo)).objectives] == ["Pass the exam"]


# --- E4: questions ---------------------------------------------------------------------------------------------------


async def agenda(two: PairFixture) -> list[str]:
    """The texts on the agenda."""
    return [item.text for item in (await two.agenda(two.chiyo)).items]


async def test_E4_questions_land_on_the_agenda_once(two: PairFixture):
    """Submitting the form again, with other spaces, adds nothing."""
    await prepare(two, two.ana, questions=["What makes me ready?", "Where am I weak?"])
    await prepare(two, two.ana, questions=["What  makes me ready? ", "Where am I weak?", ""])
    assert await agenda(two) == ["What makes me ready?", "Where am I weak?"]


async def test_E4_a_question_taken_out_is_withdrawn(two: PairFixture):
    """It leaves the agenda and stays on record; items proposed elsewhere stay where they are."""
    await two.propose(two.ana, "My course")
    await prepare(two, two.ana, questions=["What makes me ready?", "Where am I weak?"])
    await prepare(two, two.ana, level=Level.STRONG, questions=["Where am I weak?"])
    assert await agenda(two) == ["My course", "Where am I weak?"]
    await prepare(two, two.ana, questions=["What makes me ready?", "Where am I weak?"])
    assert await agenda(two) == ["My course", "Where am I weak?", "What makes me ready?"]


async def test_E4_a_question_amended_meanwhile_stays_as_amended(two: PairFixture):
    """The manager's words are not undone by a form that was opened before, and the question is not asked twice."""
    await prepare(two, two.ana, questions=["What makes me ready?"])
    (item,) = (await two.agenda(two.chiyo)).items
    await two.change_item(agendas.amend, two.chiyo, item.pk, "What makes you ready by June?", NOW)
    await prepare(two, two.ana, questions=["What makes me ready?"])
    (item,) = (await two.agenda(two.chiyo)).items
    assert (item.text, item.state) == ("What makes you ready by June?", ItemState.AMENDED)
    await prepare(two, two.ana, level=Level.STRONG, questions=["What makes you ready by June?"])
    assert await agenda(two) == ["What makes you ready by June?"]


async def test_E4_too_many_or_too_long_questions_are_rejected_beside_their_field(two: PairFixture):
    """The agenda's limits show at the questions, and nothing of the form is kept."""
    for questions in (["x" * 501], [f"Question {number}?" for number in range(31)]):
        with pytest.raises(InvalidInput) as refused:
            await prepare(two, two.ana, questions=questions)
        assert QUESTIONS in refused.value.fields
    assert (await prepared(two, two.ana)).preparation is None


# --- after a page was saved ------------------------------------------------------------------------------------------

EACH_PAGE: dict[str, PageForm] = {
    "a level": StandingForm(Level.STRONG),
    "no level": StandingForm(),
    "drives": DrivesForm(work="Teaching", shared=frozenset({DriveKind.WORK})),
    "no drives": DrivesForm(),
    "objectives": ObjectivesForm([entry(), entry("Lead a team", slot="long.new0", horizon=LONG)]),
    "questions": QuestionsForm(["What would make me ready?", "Who decides?"]),
    "no questions": QuestionsForm(),
    "answers": AnswersForm({"achievements": "The launch", "challenges": "Time"}, frozenset({"challenges"})),
    "other words": AnswersForm({"achievements": "The launch, in time", "challenges": "Time"}),
    "no answers": AnswersForm(),
}


@pytest.mark.parametrize("first", EACH_PAGE)
async def test_what_is_read_again_after_a_page_is_what_anyone_reads(two: PairFixture, first: str):
    """Whatever page was saved before, each one is shown next as it is saved: nothing is left of how it was."""
    for name, form in {first: EACH_PAGE[first], **EACH_PAGE}.items():
        async with two.changing(two.ana) as (store, me, pair):
            before = await preparations.prepared_so_far(store, me, pair)
            await preparations.save(store, me, before, form, NOW)
            again = await preparations.read_again(store, me, before, form, before.drafts)
            assert again == await preparations.prepared_so_far(store, me, pair), name
        async with two.reading(two.ana) as (store, me):  # what is typed may need it all after the first look
            pair = await store.pairs.of(Pair, two.pair.pk)
            first = await preparations.without_lists(store, me, pair)
            assert await preparations.with_lists(store, me, first) == await preparations.prepared_so_far(
                store, me, pair
            )
