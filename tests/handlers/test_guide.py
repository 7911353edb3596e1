"""The guide to a discussion, as signed requests (practices E6–E8, L2, L3, L7, C14)."""

from datetime import timedelta
from typing import Any

from cycle.guide import LONGEST_NOTES, Part
from cycle.nudges import Action
from cycle.preparations import Page
from handlers.shared.ids import ActionId, FormId
from handlers.views.wrap_up import YES
from storage.preparations import Level
from tests.handlers.conftest import NOW
from tests.support.builders import saved, scheduled
from tests.support.harness import BotHarness
from tests.support.roadmaps import with_roadmap
from tests.support.views import fields, said

ANA, BEN, CHIYO = "U0ANA", "U0BEN", "U0CHIYO"
IN_THE_MEETING = NOW + timedelta(days=10, minutes=5)


async def opened(harness: BotHarness, who: str, workspace: Any) -> dict[str, Any]:
    """The guide to the discussion of Ana and Ben."""
    outcome = await harness.press_in_home(who, Action.OPEN_GUIDE, workspace.discussion.pk)
    assert outcome.faults() == []
    return outcome.modal


async def part_of(harness: BotHarness, who: str, workspace: Any, part: Part) -> dict[str, Any]:
    """A part of it."""
    outcome = await harness.press(who, await opened(harness, who, workspace), ActionId.GO_TO_PART, part)
    assert outcome.faults() == []
    return outcome.modal


async def both_say_where(harness: BotHarness, mine: Level, theirs: Level, workspace: Any) -> None:
    """Both give their level."""
    await harness.submit(ANA, await harness.prep(ANA, Page.STANDING), level=mine)
    ben = (await harness.press_in_home(BEN, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    await harness.submit(BEN, ben, level=theirs)


async def test_E6_the_managers_view_comes_first_and_the_difference_is_named(harness: BotHarness, workspace: Any):
    """Hidden until both are in; then both levels, the manager's first, and what lies between them."""
    before = said(await opened(harness, ANA, workspace))
    assert "1. Ask Ben where they see you." in before
    assert "hidden until both are in" in before
    await both_say_where(harness, Level.DEVELOPING, Level.STRONG, workspace)
    mine, theirs = said(await opened(harness, ANA, workspace)), said(await opened(harness, BEN, workspace))
    assert mine.index("*Ben*: Strong performer") < mine.index("*You*: Developing")
    assert "Ben sees you one step further along than you see yourself." in mine
    assert "1. Say where you see Ana." in theirs
    assert theirs.index("*You*: Strong performer") < theirs.index("*Ana*: Developing")


async def test_L7_the_employee_responds_and_both_read_it(harness: BotHarness, workspace: Any):
    """There is a field once both views are in; the manager reads it and cannot write it."""
    assert "response" not in fields(await opened(harness, ANA, workspace))
    await both_say_where(harness, Level.STRONG, Level.DEVELOPING, workspace)
    form = await opened(harness, ANA, workspace)
    too_long = await harness.submit(ANA, form, response="x" * 1001)
    assert too_long.answer["errors"] == {"response": "That is 1001 characters. Please keep it within 1000."}
    following = await harness.submit(ANA, form, response="I led <two> audits alone.")
    assert "2 of 4" in str(following.modal["blocks"][0]["elements"][0]["initial_option"])
    assert "I led &lt;two&gt; audits alone." in said(await opened(harness, BEN, workspace))
    assert fields(await opened(harness, ANA, workspace))["response"]["initial_value"] == "I led <two> audits alone."
    assert "response" not in fields(await opened(harness, BEN, workspace))
    assert (await harness.submit(BEN, form, response="Not at all.")).refusal
    harness.now = IN_THE_MEETING
    wrap_up = await part_of(harness, BEN, workspace, Part.CLOSING)
    ended = await harness.submit(
        BEN, (await harness.submit(BEN, wrap_up)).modal, no_commitments=["ticked"], next_later=["ticked"]
    )
    assert ended.answer.get("errors") is None
    record = (await harness.press_in_home(BEN, Action.OPEN_RECORD, workspace.discussion.pk)).modal
    assert "I led &lt;two&gt; audits alone." in said(record)


async def test_L3_C14_each_question_to_the_employee_meets_the_managers_own_answer(harness: BotHarness, workspace: Any):
    """Along the aspiration set, the manager's answer is beside the question: for the employee once it is shared."""
    async with harness.database.unit(harness.workspace_id) as store:
        discussion = await store.discussions.get(workspace.discussion.pk)
        discussion.question_set, discussion.minutes = "aspiration-discussion", 240
    first = (await harness.press_in_home(BEN, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    answers = (await harness.press(BEN, first, ActionId.GO_TO_PAGE, Page.ANSWERS)).modal
    await harness.submit(BEN, answers, strengths="Calm in a crisis")
    theirs = said(await part_of(harness, BEN, workspace, Part.QUESTIONS))
    assert "Your answer to “Key strengths”: Calm in a crisis _(only you see this)_" in theirs
    assert "Calm in a crisis" not in said(await part_of(harness, ANA, workspace, Part.QUESTIONS))
    answers = (await harness.press(BEN, first, ActionId.GO_TO_PAGE, Page.ANSWERS)).modal
    await harness.submit(BEN, answers, share__strengths=["ticked"])
    mine = said(await part_of(harness, ANA, workspace, Part.QUESTIONS))
    assert "Ben, on “Key strengths”: Calm in a crisis" in mine
    assert mine.index("• *You*") < mine.index("• *Ben*")


async def test_E7_E8_C15_objectives_and_gaps_are_agreed_on_from_the_guide(harness: BotHarness, workspace: Any):
    """How far each is and what support is asked for; each opens from there, for both."""
    keys = await with_roadmap(harness, workspace)
    objective = (await harness.press_in_home(ANA, ActionId.OPEN_OBJECTIVE, keys.short)).modal
    await harness.submit(ANA, objective, support="Two free afternoons")
    theirs = await part_of(harness, BEN, workspace, Part.OBJECTIVES)
    assert "▱ 0 of 1 benchmark reached · support asked for" in said(theirs)
    assert "*Skill gap: Rostering*" in said(theirs)
    agreeing = (await harness.press(BEN, theirs, ActionId.OPEN_OBJECTIVE, keys.short)).modal
    await harness.submit(BEN, agreeing)
    assert "support agreed" in said(await part_of(harness, ANA, workspace, Part.OBJECTIVES))


async def test_L2_what_may_cut_the_discussion_short_is_said(harness: BotHarness, workspace: Any):
    """Another discussion right after it, and more on the agenda than there is time for; and how to be undisturbed."""
    async with harness.database.unit(harness.workspace_id) as store:
        past = await store.discussions.get(workspace.ended.pk)
        past.starts_at = workspace.discussion.ends_at + timedelta(minutes=10)
    shown = said(await opened(harness, ANA, workspace))
    assert "Ben has another discussion at 11:10: leave a little time before it." in shown
    assert "There are 12 agenda items for about 27 minutes." in shown
    assert "`/dnd 60 minutes`" in shown
    assert "You have another discussion at 10:10" in said(await opened(harness, BEN, workspace))


async def test_E6_notes_are_saved_as_typed_and_begin_the_wrap_up(harness: BotHarness, workspace: Any):
    """Typed part by part, private, there again after closing; the wrap-up begins with all of them, and ends them."""
    harness.now = IN_THE_MEETING
    form = await opened(harness, ANA, workspace)
    await harness.press(ANA, form, ActionId.TYPED, notes__standing="Ben sees me as ready.")
    form = await part_of(harness, ANA, workspace, Part.CLOSING)
    assert fields(await opened(harness, ANA, workspace))["notes.standing"]["initial_value"] == "Ben sees me as ready."
    assert "ready" not in str(fields(await opened(harness, BEN, workspace)))
    too_long = await harness.submit(ANA, form, notes__closing="x" * (LONGEST_NOTES + 1))
    assert too_long.answer["errors"]["notes.closing"].startswith("That is 701 characters.")
    wrap_up = (await harness.submit(ANA, form, notes__closing="Meet in March.")).modal
    assert wrap_up["callback_id"] == FormId.WRAP_UP
    assert fields(wrap_up)["happened"]["initial_option"]["value"] == YES
    assert fields(wrap_up)["notes"]["initial_value"] == "Ben sees me as ready.\n\nMeet in March."
    again = await harness.press_in_message(ANA, Action.OPEN_WRAP_UP, workspace.discussion.pk)
    after = await harness.press(ANA, again.modal, ActionId.HAPPENED, happened=YES)
    assert fields(after.modal)["notes"]["initial_value"] == "Ben sees me as ready.\n\nMeet in March."
    ended = await harness.submit(
        ANA, wrap_up, notes="Ready, says Ben.", no_commitments=["ticked"], next_later=["ticked"]
    )
    assert ended.answer.get("errors") is None
    adding = (await harness.press_in_message(ANA, Action.OPEN_WRAP_UP, workspace.discussion.pk)).modal
    assert fields(adding)["notes"]["initial_value"] == "Ready, says Ben."


async def test_E6_the_second_person_adds_what_they_typed_in_the_guide(harness: BotHarness, workspace: Any):
    """The other side wrapped up first: my notes of the guide are in the form that adds to it."""
    harness.now = IN_THE_MEETING
    await harness.press(BEN, await opened(harness, BEN, workspace), ActionId.TYPED, notes__standing="Ready to lead.")
    mine = await part_of(harness, ANA, workspace, Part.CLOSING)
    wrap_up = (await harness.submit(ANA, mine)).modal
    await harness.submit(ANA, wrap_up, no_commitments=["ticked"], next_later=["ticked"])
    adding = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.discussion.pk)).modal
    assert fields(adding)["notes"]["initial_value"] == "Ready to lead."
    late = await harness.press_in_message(BEN, Action.OPEN_GUIDE, workspace.discussion.pk)
    assert "wrapped up" in late.refusal


async def test_E6_what_is_typed_last_shows_on_the_next_part(harness: BotHarness, workspace: Any):
    """Going on from a form that was left open elsewhere shows what was typed since, and saves nothing over it."""
    form = await opened(harness, ANA, workspace)
    elsewhere = await opened(harness, ANA, workspace)
    await harness.press(ANA, elsewhere, ActionId.TYPED, at=NOW + timedelta(minutes=2), notes__standing="Meet in March.")
    following = await harness.press(
        ANA, form, ActionId.GO_TO_PART, Part.STANDING, at=NOW + timedelta(minutes=1), notes__standing="Meet in May."
    )
    assert fields(following.modal)["notes.standing"]["initial_value"] == "Meet in March."


async def test_E6_going_on_after_the_other_wrapped_up_keeps_what_is_typed(sqlite_harness: BotHarness, workspace: Any):
    """The discussion is over: that is said, and the notes are there in the form that adds to it."""
    harness = sqlite_harness
    harness.now = IN_THE_MEETING
    form = await opened(harness, BEN, workspace)
    mine = await part_of(harness, ANA, workspace, Part.CLOSING)
    wrap_up = (await harness.submit(ANA, mine)).modal
    await harness.submit(ANA, wrap_up, no_commitments=["ticked"], next_later=["ticked"])
    late = await harness.press(BEN, form, ActionId.GO_TO_PART, Part.CLOSING, notes__standing="Ready to lead.")
    assert "wrapped up or cancelled since" in late.refusal
    adding = (await harness.press_in_message(BEN, Action.OPEN_WRAP_UP, workspace.discussion.pk)).modal
    assert fields(adding)["notes"]["initial_value"] == "Ready to lead."


async def test_E6_the_app_home_leads_to_the_guide_while_the_two_meet(harness: BotHarness, workspace: Any):
    """From half an hour before until the end; then it asks how it went. The brief leads there at any time."""
    harness.now = NOW + timedelta(days=10, minutes=-31)
    assert "Open the guide" not in said((await harness.home_opened(ANA)).views[-1][1])
    harness.now += timedelta(minutes=1)
    assert "You meet Ben at 10:00." in said((await harness.home_opened(ANA)).views[-1][1])
    harness.now = NOW + timedelta(days=10, minutes=60)
    home = said((await harness.home_opened(ANA)).views[-1][1])
    assert "Open the guide" not in home
    assert "How did it go with Ben?" in home
    brief = (await harness.press_in_message(ANA, Action.OPEN_BRIEF, workspace.discussion.pk)).modal
    assert (await harness.press(ANA, brief, Action.OPEN_GUIDE)).modal["callback_id"] == FormId.GUIDE


async def test_C10_the_guide_is_for_the_two(harness: BotHarness, workspace: Any):
    """A third person opens nothing and saves nothing; a form that lies on two others replaces the one on top."""
    form = await opened(harness, ANA, workspace)
    assert (await harness.press_in_message(CHIYO, Action.OPEN_GUIDE, workspace.discussion.pk)).refusal
    assert (await harness.submit(CHIYO, form, notes__standing="Mine")).refusal
    assert (await harness.press(CHIYO, form, ActionId.GO_TO_PART, Part.CLOSING)).refusal
    on_two = await part_of(harness, ANA, workspace, Part.OBJECTIVES) | {
        "id": "V3", "previous_view_id": "V2", "root_view_id": "V1",
    }  # fmt: skip
    outcome = await harness.press(ANA, on_two, ActionId.OPEN_ROADMAP)
    assert [method for method, _ in outcome.calls if method.startswith("views.")] == ["views.update"]
    assert outcome.modal["callback_id"] == FormId.ROADMAP


async def test_E6_a_first_discussion_has_a_guide_too(harness: BotHarness, workspace: Any):
    """With nothing prepared, no agenda and no objectives, each part still says what to do."""
    async with harness.database.unit(harness.workspace_id) as store:
        fresh = scheduled(workspace.past, NOW + timedelta(days=3), number=2)
        (await store.discussions.get(workspace.ended.pk)).state = "cancelled"
        await store.flush()
        await saved(store, fresh)
    form = (await harness.press_in_home("U0DEV", Action.OPEN_GUIDE, fresh.pk)).modal
    wanted = ("Ask Ben where", "Nothing is on the agenda.", "No objectives yet.", "Agree on three things")
    for part, sentence in zip(Part, wanted, strict=True):
        shown = (await harness.press("U0DEV", form, ActionId.GO_TO_PART, part)).modal
        assert sentence in said(shown)
