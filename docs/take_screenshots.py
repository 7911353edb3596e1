"""Take the README's pictures: two people walk through a cycle in the sandbox, and a browser looks on.

Run it by `make screenshots`; it needs Chromium and writes to docs/screenshots/.
"""  # noqa: INP001 - a script beside the documents, not a package

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cycle.preparations import Page
from tests.support.chromium import chromium, chromium_path
from tests.support.stage import PHONE, Actor, Stage
from tests.support.steps import asks, goes_to_page, proposes, saves_page, says_yes, sets_date, waits_until

PICTURES = Path(__file__).parent / "screenshots"
DESK = {"width": 1200, "height": 760}

NEXT_DISCUSSION = "2026-10-28 10:00"


async def main() -> None:
    """Walk, and take each picture where it is due."""
    path = chromium_path()
    if path is None:
        sys.exit("The pictures are taken with Chromium, and there is none on the PATH.")
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        async with chromium(path) as pages, Stage.opened(pages, Path(folder) / "data") as stage:
            ben = await stage.enter("Ben", viewport=DESK)
            await _prepare_on_a_phone(stage, ben)
            ana = await stage.enter("Ana", viewport=DESK)
            await _until_the_brief(ana, ben)
            await _roadmap(ana)
            await _guide(ana)
            await _wrap_up(ana, ben)
            await _record(ana)
            await _home(ana, ben)
            await _forecast(ana)


async def _prepare_on_a_phone(stage: Stage, ben: Actor) -> None:
    ana = await stage.enter("Ana", viewport=PHONE, is_mobile=True, has_touch=True)
    await asks(ana, "Ben")
    await says_yes(ben, "Ana")
    await sets_date(ana)
    await ana.type("/career prep")
    await ana.sees_modal("Prepare")
    await ana.choose("level", "Strong performer")
    await saves_page(ana, Page.DRIVES)
    await saves_page(ana, Page.OBJECTIVES)
    await ana.fill(
        {
            "short.new0.text": "Lead the renewal of our three largest accounts",
            "short.new0.date": "2027-06-01",
            "long.new0.text": "Run our three largest accounts in the region",
            "long.new0.date": "2029-09-01",
        }
    )
    await ana.tick("share.objectives", "Share my objectives with Ben")
    await _scroll_up(ana)
    await _take(ana, "phone-preparation")
    await saves_page(ana, Page.QUESTIONS)
    await goes_to_page(ana, Page.ANSWERS)
    await ana.fill(
        {
            "achievements": "Closed the Nordwind deal; trained two newcomers",
            "challenges": "Saying no to urgent requests",
        }
    )
    await ana.tick("share.achievements", "Share this with Ben")
    await saves_page(ana, Page.SHARING)
    await ana.submit_and_close()


async def _until_the_brief(ana: Actor, ben: Actor) -> None:
    await ben.type("/career prep")
    await ben.sees_modal("Prepare")
    await ben.choose("level", "Outstanding performer")
    await saves_page(ben, Page.DRIVES)
    await saves_page(ben, Page.QUESTIONS)
    await saves_page(ben, Page.ANSWERS)
    await ben.fill({"strengths": "Calm with difficult customers", "potential": "Leads a region"})
    await ben.tick("share.strengths", "Share this with Ana")
    await saves_page(ben, Page.SHARING)
    await ben.submit_and_close()
    await waits_until(ana, "What would you like to talk about?")
    await _take(ana, "sandbox")
    await ana.press("Propose agenda items", ana.message("What would you like to talk about?"))
    await ana.sees_modal("Agenda")
    await proposes(ana, "My next step towards a team of my own", "How we both see my last half year")
    await waits_until(ana, "There are 2 items on the agenda.")
    await ana.press("Open the brief", ana.message("There are 2 items on the agenda."))
    await ana.sees_modal("Your brief")
    await _take(ana, "brief")
    await ana.close_all()


async def _roadmap(ana: Actor) -> None:
    await ana.type("/career roadmap")
    await ana.sees_modal("Roadmap")
    await ana.press("Open: Lead the renewal of our three largest accounts")
    await ana.sees_modal("Objective")
    await ana.fill({"benchmark0.text": "Nordwind signs for two more years", "benchmark0.date": "2026-12-01"})
    await ana.fill({"leads_to": "Run our three largest accounts in the region", "development": "Stretch work"})
    await ana.fill({"support": "A seat in the pricing meeting"})
    await ana.submit()
    await ana.sees_modal("Objective", "Saved.")
    await ana.fill({"benchmark1.text": "A draft offer for each account", "benchmark1.date": "2026-11-02"})
    await ana.submit()
    await ana.sees_modal("Objective", "0 of 2 benchmarks reached")
    await ana.choose_for_item("A draft offer for each account", "Reached")
    await ana.sees_modal("Objective", "1 of 2 benchmarks reached")
    await ana.close()
    await ana.press("Add a skill gap")
    await ana.fill({"skill": "Negotiating prices", "development": "Being mentored"})
    await ana.fill({"way": "Two sessions with Chiyo before December"})
    await ana.tick("shared", "Share with Ben")
    await ana.submit()
    await ana.sees_modal("Roadmap", "Negotiating prices")
    await _take(ana, "roadmap")
    await ana.close_all()


async def _guide(ana: Actor) -> None:
    await ana.type("/career guide")
    await ana.sees_modal("Guide")
    await ana.fill({"response": "I see it too, since the renewal. Delegating is still hard for me."})
    await ana.page.evaluate("document.activeElement?.blur()")
    await _take(ana, "guide")
    await ana.close_all()


async def _record(ana: Actor) -> None:
    await ana.type("/career record")
    await ana.sees_modal("Records")
    await ana.modal.get_by_role("button", name="Read").first.click()
    await ana.sees_modal("Record")
    await _take(ana, "record")
    await ana.close_all()


async def _wrap_up(ana: Actor, ben: Actor) -> None:
    await waits_until(ben, "How did it go with Ana?")
    await ana.press("How did it go?", ana.message("How did it go with Ben?"))
    await ana.choose("happened", "Yes, we met")
    await ana.fill(
        {
            "notes": "Ana leads the renewal; we look at delegating again in October.",
            "commitment.0.text": "Draft a plan for the renewal",
            "commitment.0.due_on": "2026-10-12",
            "commitment.1.text": "Introduce Ana to the Nordwind board",
            "commitment.1.due_on": "2026-10-06",
            "cadence": "Every month",
            "place": "On a walk",
            "notes_by": "Ana",
            "next_starts_at": NEXT_DISCUSSION,
        }
    )
    await ana.field("commitment.0.text").evaluate("field => field.scrollIntoView()")
    await _take(ana, "wrap-up")
    await ana.submit()
    await ana.sees_modal("Wrapped up")
    await ana.close_all()


async def _home(ana: Actor, ben: Actor) -> None:
    await waits_until(ben, "is due on Tue 6 Oct")
    await ben.press("Done", ben.message("is due on Tue 6 Oct"))
    await ben.reads("Marked as done.")
    await ana.opens_home()
    await ana.home.get_by_text("Recently kept").wait_for()
    await _take(ana, "home")
    await ben.opens_home()
    await ben.home.get_by_text("Recently kept").wait_for()
    await _take(ben, "home-manager")


async def _forecast(ana: Actor) -> None:
    await ana.home.get_by_role("button", name="The next 90 days").click()
    await ana.sees_modal("The next 90 days")
    await _take(ana, "next-90-days")
    await ana.close_all()


async def _scroll_up(actor: Actor) -> None:
    await actor.modal.locator("select, input").first.scroll_into_view_if_needed()
    await actor.page.evaluate("document.activeElement?.blur()")


async def _take(actor: Actor, name: str) -> None:
    await actor.page.mouse.move(0, 0)  # nothing looks pointed at
    await actor.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


if __name__ == "__main__":
    asyncio.run(main())
