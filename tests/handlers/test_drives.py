"""“What drives you”, as signed requests: said, shared, kept, and what the manager makes of it (C4, C13, L8, M5)."""

from datetime import timedelta
from typing import Any

from cycle.drives import MEANINGS, PATH, RANKS, WORK
from cycle.nudges import Action
from cycle.preparations import Page
from handlers.shared.ids import ActionId
from storage.discussions import DiscussionState
from storage.drives import Drive, Motivation
from tests.support.builders import planning, saved
from tests.support.harness import BotHarness
from tests.support.views import fields, said

ANA, BEN, MIA = "U0ANA", "U0BEN", "U0MIA"
RANKING = {"motivation__1": "skills", "motivation__2": "pay"}
SHARED = {"share__motivations": ["ticked"], "share__energising": ["ticked"], "share__path": ["ticked"]}
ALL = RANKING | {"energising__work": "Supplier <talks>", "energising__more": "Lead one", "path_preference": "expert"}


async def submit(harness: BotHarness, **typed: Any) -> dict[str, Any]:
    """Ana submits the page; the next one."""
    outcome = await harness.submit(ANA, await harness.prep(ANA, Page.DRIVES), **typed)
    assert outcome.faults() == []
    assert outcome.refusal == ""
    return outcome.modal


async def of_ben(harness: BotHarness, workspace: Any, page: Page = Page.DRIVES) -> dict[str, Any]:
    """A page of Ben's preparation for Ana."""
    first = (await harness.press_in_message(BEN, Action.OPEN_PREPARATION, workspace.two.pk)).modal
    outcome = await harness.press(BEN, first, ActionId.GO_TO_PAGE, page)
    assert outcome.faults() == []
    return outcome.modal


async def brief_of(harness: BotHarness, workspace: Any, who: str) -> str:
    """The brief as one of the two reads it."""
    return said((await harness.press_in_message(who, Action.OPEN_BRIEF, workspace.discussion.pk)).modal)


async def rows(harness: BotHarness) -> list[Drive]:
    """All that was ever said, as saved."""
    return list((await harness.rows())["drive"])


async def next_discussion(harness: BotHarness, workspace: Any) -> None:
    """Their discussion is over, and the next one is planned."""
    async with harness.database.unit(harness.workspace_id) as store:
        now = await store.discussions.get(workspace.discussion.pk)
        now.state = DiscussionState.CLOSED
        workspace.discussion = planning(workspace.two, now.due_on + timedelta(days=90), number=now.number + 1)
        await saved(store, workspace.discussion)


async def test_C4_a_ranking_is_private_until_it_is_shared(sqlite_harness: BotHarness, workspace: Any):
    """Ben reads a sentence that tells nothing; once shared, the ranking with a hint for each, and so does his brief."""
    harness = sqlite_harness
    await submit(harness, **RANKING)
    before = said(await of_ben(harness, workspace))
    assert "Ana decides what to share here" in before
    assert "Growing skills" not in before
    assert "What drives Ana" not in await brief_of(harness, workspace, BEN)
    assert "Growing skills, then pay (only you see this)" in await brief_of(harness, workspace, ANA)
    await submit(harness, **RANKING, share__motivations=["ticked"])
    after = said(await of_ben(harness, workspace))
    for line in ("1. *Growing skills* (inner)", "2. *Pay* (outer)", MEANINGS[Motivation.SKILLS].offer):
        assert line in after
    assert "Growing skills, then pay" in await brief_of(harness, workspace, BEN)
    assert "(Ben can read this)" in await brief_of(harness, workspace, ANA)
    await submit(harness, share__motivations=[])
    assert "Growing skills" not in said(await of_ben(harness, workspace))


async def test_C4_one_motivation_twice_is_said_beside_the_field_and_nothing_typed_is_lost(sqlite_harness: BotHarness):
    """The second one is named; what was chosen and written comes back as a draft."""
    harness = sqlite_harness
    typed = {"motivation__1": "pay", "motivation__3": "pay", "energising__work": "Audits"}
    refused = await harness.submit(ANA, await harness.prep(ANA, Page.DRIVES), **typed)
    assert set(refused.answer["errors"]) == {RANKS[2]}
    assert await rows(harness) == []
    again = fields((await harness.command(ANA, "prep")).modal)
    assert again[RANKS[2]]["initial_option"]["value"] == "pay"
    assert again[WORK]["initial_value"] == "Audits"


async def test_C4_only_the_page_itself_goes_by_unsaid(sqlite_harness: BotHarness):
    """The page can be skipped: nothing is saved, and no preparation is made."""
    following = await submit(sqlite_harness)
    assert following["callback_id"] == Page.OBJECTIVES
    assert (await sqlite_harness.rows())["preparation"] == []
    assert await rows(sqlite_harness) == []


async def test_M5_the_manager_is_asked_for_one_way_to_add_more_energising_work(
    sqlite_harness: BotHarness, workspace: Any
):
    """Beside what Ana shares; his answer is private until he shares it, and then on her page and in her brief."""
    harness = sqlite_harness
    await submit(harness, **ALL, share__energising=["ticked"])
    page = await of_ben(harness, workspace)
    assert "Supplier &lt;talks&gt;" in said(page)
    assert "Lead one" in said(page)
    offer = {"more_energising_work": "The Nordwind talks"}
    assert (await harness.submit(BEN, page, **offer)).modal["callback_id"] == Page.QUESTIONS
    assert "The Nordwind talks" not in said(await harness.prep(ANA, Page.DRIVES))
    assert "The Nordwind talks" not in await brief_of(harness, workspace, ANA)
    await harness.submit(BEN, await of_ben(harness, workspace, Page.ANSWERS), strengths="Calm")
    page = await of_ben(harness, workspace)
    assert fields(page)["more_energising_work"]["initial_value"] == "The Nordwind talks"
    summary = (await harness.submit(BEN, page, share__more_energising_work=["ticked"])).modal
    assert summary["callback_id"] == Page.QUESTIONS
    assert "Ben shared one way to have more of it:* The Nordwind talks" in said(await harness.prep(ANA, Page.DRIVES))
    assert "The Nordwind talks" in await brief_of(harness, workspace, ANA)
    assert "Ana can read: One way to add more energising work" in said(await of_ben(harness, workspace, Page.SHARING))


async def test_L8_a_path_is_for_the_manager_only_if_shared_and_for_nobody_else(
    sqlite_harness: BotHarness, workspace: Any
):
    """Ben reads it once Ana ticks it; a third person is refused; it also tells which questions suit her (C12)."""
    harness = sqlite_harness
    await submit(harness, path_preference="explore")
    assert (await harness.person(ANA)).path_clarity == "unsure"
    assert "Explore" not in said(await of_ben(harness, workspace)) + await brief_of(harness, workspace, BEN)
    await submit(harness, path_preference="lead", share__path=["ticked"])
    assert (await harness.person(ANA)).path_clarity == "knows"
    assert "Lead: people" in said(await of_ben(harness, workspace))
    assert "Lead: people" in await brief_of(harness, workspace, BEN)
    third = await harness.press_in_message(MIA, ActionId.OPEN_HISTORY, workspace.two.pk)
    assert "Lead" not in third.refusal
    assert "two other people" in third.refusal
    await submit(harness, path_preference="unsaid")
    assert (await harness.person(ANA)).path_clarity is None
    assert "Lead" not in said(await of_ben(harness, workspace))


async def test_C13_the_third_preparation_is_confirmed_in_one_press(sqlite_harness: BotHarness, workspace: Any):
    """What Ana said twice before is filled in with its day; saved as it is, it adds nothing and goes on."""
    harness = sqlite_harness
    await submit(harness, **ALL, **SHARED)
    await next_discussion(harness, workspace)
    harness.now += timedelta(days=90)
    await submit(harness, motivation__1="impact")
    known = await rows(harness)
    assert len(known) == 5
    await next_discussion(harness, workspace)
    harness.now += timedelta(days=90)
    page = await harness.prep(ANA, Page.DRIVES)
    assert "As you said it on" in said(page)
    assert fields(page)[RANKS[0]]["initial_option"]["value"] == "impact"
    assert fields(page)[PATH]["initial_option"]["value"] == "expert"
    assert (await harness.submit(ANA, page)).modal["callback_id"] == Page.OBJECTIVES
    assert await rows(harness) == known


async def test_C13_each_reads_how_it_changed_as_far_as_they_may(sqlite_harness: BotHarness, workspace: Any):
    """Ana reads each change with what was before; Ben what was shared with him, also where it has changed since."""
    harness = sqlite_harness
    await submit(harness, **ALL, share__motivations=["ticked"])
    await next_discussion(harness, workspace)
    harness.now += timedelta(days=90)
    await submit(harness, motivation__1="impact", path_preference="lead")
    mine = await harness.press(ANA, await harness.prep(ANA, Page.DRIVES), ActionId.OPEN_HISTORY)
    assert mine.faults() == []
    hers = said(mine.modal)
    for line in (
        "Impact on society, then pay",
        "Before: Growing skills, then pay",
        "Before: Expert",
        "only you see this",
    ):
        assert line in hers
    page = await of_ben(harness, workspace)
    theirs = said((await harness.press(BEN, page, ActionId.OPEN_HISTORY)).modal)
    assert "Impact on society, then pay" in theirs
    assert "Growing skills, then pay" in theirs
    assert "Expert" not in theirs
    assert "Supplier" not in theirs
