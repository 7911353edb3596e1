"""A pair in its third turn: what was there before comes back, in the browser."""

from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.async_api import expect

from cycle.preparations import Page
from sandbox.people import slack_id
from storage.commitments import CommitmentState
from storage.discussions import DiscussionState
from storage.drives import Drive, DriveKind
from storage.objectives import Benchmark, Horizon, Objective
from storage.pairs import Side
from storage.preparations import Level, Preparation
from tests.support.builders import commitment, held, notes, saved
from tests.support.stage import NAMES, Actor, Stage
from tests.support.steps import begun, saves_page, sets_date, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SPRING, SUMMER = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)


async def held_twice_before(stage: Stage) -> None:
    """Two discussions of Ana and Ben in spring and summer, with what came of them."""
    assert stage.bot is not None
    database = stage.bot.services.database
    (workspace_id,) = [one.workspace_id for one in stage.bot.services.workspaces.values()]
    async with database.unit(workspace_id) as store:
        ana, ben = [await store.people.by_slack_id(slack_id("U", NAMES[name])) for name in ("Ana", "Ben")]
        assert ana is not None
        assert ben is not None
        (pair,) = await store.pairs.current_of(ana.pk)
        current = await store.discussions.open_of(pair.pk)
        assert current is not None
        current.number = 3
        await store.flush()
        first, second = (
            held(pair, when, when, number=number, state=DiscussionState.CLOSED)
            for number, when in enumerate((SPRING, SUMMER), start=1)
        )
        await saved(store, first, second)
        goal = Objective(
            pair_id=pair.pk, owner_id=ana.pk, horizon=Horizon.SHORT, text="Lead the spring audit", shared=True,
            target_on=date(2027, 3, 1), set_at=SPRING,
        )  # fmt: skip
        far = Objective(
            pair_id=pair.pk, owner_id=ana.pk, horizon=Horizon.LONG, text="Lead the audit team", shared=True,
            target_on=date(2029, 3, 1), set_at=SPRING,
        )  # fmt: skip
        drive = Drive(
            pair_id=pair.pk, discussion_id=second.pk, author_id=ana.pk, kind=DriveKind.MOTIVATIONS, shared=True,
            text="skills recognition", shared_at=SUMMER, set_at=SUMMER,
        )  # fmt: skip
        kept = commitment(
            pair, ana, date(2026, 7, 1), text="Draft the audit plan", discussion_id=second.pk,
            state=CommitmentState.DONE, settled_at=SUMMER + timedelta(days=20),
        )  # fmt: skip
        both = [
            Preparation(
                pair_id=pair.pk, discussion_id=second.pk, author_id=person.pk, side=side, level=Level.STRONG,
                submitted_at=SUMMER,
            )
            for person, side in ((ana, Side.EMPLOYEE), (ben, Side.MANAGER))
        ]  # fmt: skip
        await saved(store, goal, far, drive, kept, notes(second, ana, "Ben trusts me with the audit."), *both)
        await saved(store, Benchmark(pair_id=pair.pk, objective_id=goal.pk, text="Plan approved", set_at=SPRING))


async def test_M2_C4_C15_L5_the_third_turn_goes_on_from_the_second(stage: Stage):
    """Objectives and drives are confirmed in one press each, the guide leads into the wrap-up, the record is kept."""
    ana, ben = await begun(stage)
    await held_twice_before(stage)
    await sets_date(ana)
    await _prepare(ana)
    await _see_how_far(ana)
    await waits_until(ben, "How did it go with Ana?")
    await _meet(ana)
    await _look_back(ana, ben)


async def _prepare(ana: Actor) -> None:
    """What she said before is there; she only confirms it."""
    await ana.type("/career prep")
    await ana.sees_modal("Prepare")
    await saves_page(ana, Page.DRIVES)
    await expect(ana.modal).to_contain_text("Growing skills")
    await saves_page(ana, Page.OBJECTIVES)
    await ana.sees_modal("Prepare", "For each one: keep, change or drop it.")
    await saves_page(ana, Page.QUESTIONS)
    await ana.close_all()


async def _see_how_far(ana: Actor) -> None:
    """A benchmark is reached since; the objective leads to the longer one from now on."""
    await ana.type("/career roadmap")
    await ana.sees_modal("Roadmap", "Which longer-term objective does it lead to?")
    await ana.press("Open: Lead the spring audit")
    await ana.sees_modal("Objective")
    await ana.choose_for_item("Plan approved", "Reached")
    await ana.sees_modal("Objective", "1 of 1 benchmark reached")
    await ana.fill({"leads_to": "Lead the audit team"})
    await ana.submit()
    await ana.sees_modal("Objective", "Saved.")
    await ana.close()
    await ana.sees_modal("Roadmap", "↳ Lead the spring audit", "▰ 1 of 1 benchmark reached")
    await ana.close_all()


async def _meet(ana: Actor) -> None:
    """Part by part; her notes begin the wrap-up."""
    await ana.type("/career guide")
    await ana.sees_modal("Guide", "Ask Ben where they see you.")
    await ana.fill({"notes.standing": "Ben sees me as ready."})
    await ana.submit()
    await ana.field("notes.questions").wait_for()
    await ana.submit()
    await ana.sees_modal("Guide", "Lead the spring audit")
    await ana.submit()
    await ana.sees_modal("Guide", "You: 1 kept")
    await ana.submit()
    await ana.sees_modal("How did it go?", "Who does what by when?")
    assert await ana.entered("notes") == "Ben sees me as ready."
    await ana.tick("no_commitments", "Nothing to do this time")
    await ana.tick("next_later", "Decide later; remind us")
    await ana.submit()
    await ana.sees_modal("Wrapped up")
    await ana.close_all()


async def _look_back(ana: Actor, ben: Actor) -> None:
    """Three records, the latest with her notes, for him as for her; she takes them along as files."""
    await ben.type("/career record")
    await ben.sees_modal("Records")
    await expect(ben.modal.get_by_role("button", name="Read")).to_have_count(3)
    await ben.press("Read: Fri 25 Sep 2026, Ana Ruiz")
    await ben.sees_modal("Record", "Ben sees me as ready.")
    await ana.type("/career export")
    await ana.sees_modal("Get files")
    await ana.submit()
    await ana.sees_modal("On the way")
    await ana.close_all()
    await expect(await ana.reads("Here are the files you asked for.")).to_contain_text("Career discussions (PDF)")
