"""What people do in many journeys, as they do it: on the sandbox's page."""

import re

from cycle.preparations import Page
from tests.support.stage import Actor, Stage

FIRST_DISCUSSION = "2026-09-25 11:00"
"""A Friday two and a half weeks ahead, on Ana's clock in Madrid; 10:00 for Ben in London."""

NEXT_DISCUSSION = "2026-10-28 11:00"


async def begun(stage: Stage, employee: str = "Ana", manager: str = "Ben") -> tuple[Actor, Actor]:
    """Two people who have just agreed to have career discussions."""
    asking, asked = await stage.enter(employee), await stage.enter(manager)
    await asks(asking, manager)
    await says_yes(asked, employee)
    await asking.reads(f"{manager} said yes.")
    return asking, asked


async def asks(me: Actor, other: str, side: str = "The employee") -> None:
    """A person asks another one."""
    await me.type("/career start")
    await me.sees_modal("Career discussions")
    await me.choose("side", side)
    await me.choose_person("other", other)
    await me.submit()
    await me.sees_modal("Asked")
    await me.close_all()


async def says_yes(me: Actor, other: str) -> None:
    """The other side agrees."""
    request = await me.reads(f"{other} ")
    await me.press("Yes, let's", request)
    await me.reads("Accepted.")


async def goes_to_page(me: Actor, page: Page) -> None:
    """A person who prepares chooses another page from the menu at the top."""
    await me.modal.locator(".block[data-block-id^='page.'] select").select_option(value=page)
    await is_on_page(me, page)


async def is_on_page(me: Actor, page: Page) -> None:
    """A person sees a page of their preparation."""
    await me.field(f"page.{page}").wait_for()


async def saves_page(me: Actor, following: Page) -> None:
    """A person saves a page of their preparation, and sees the next one."""
    await me.submit()
    await is_on_page(me, following)


async def prepares(me: Actor, page: Page) -> None:
    """A person opens a page of their preparation."""
    await me.type("/career prep")
    await me.sees_modal("Prepare")
    await goes_to_page(me, page)


async def sets_date(me: Actor, moment: str = FIRST_DISCUSSION) -> None:
    """A person sets or moves the date."""
    await me.type("/career schedule")
    await me.sees_modal("Find a time")
    await me.fill({"starts_at": moment})
    await me.submit()
    await me.sees_modal("Date set")
    await me.close_all()


async def proposes(me: Actor, *items: str) -> None:
    """A person puts items on the agenda: in the form in front, or the one that they open."""
    if await me.modal.is_hidden():
        await me.type("/career agenda")
    await me.sees_modal("Agenda")
    await me.fill({"new_items": "\n".join(items)})
    await me.submit()
    await me.sees_modal("Agenda", "on the agenda.")
    await me.close_all()


async def waits_until(me: Actor, text: str, *, moves: int = 12) -> None:
    """Move the clock from nudge to nudge until a person reads something."""
    for _ in range(moves):
        if await me.message(text).count():
            break
        await me.move_clock("next")
    await me.reads(text)


async def wraps_up(me: Actor, commitments: list[tuple[str, str, str]], next_discussion: str = NEXT_DISCUSSION) -> None:
    """A person says that the discussion took place, and who does what by when."""
    await me.type("/career wrapup")
    await me.sees_modal("How did it go?")
    await me.choose("happened", "Yes, we met")
    await me.sees_modal("How did it go?", "Who does what by when?")
    for number, (what, who, by) in enumerate(commitments):
        if await me.field(f"commitment.{number}.owner").count():
            await me.fill({f"commitment.{number}.owner": who})
        await me.fill({f"commitment.{number}.text": what, f"commitment.{number}.due_on": by})
    if not commitments:
        await me.tick("no_commitments", "Nothing to do this time")
    await me.fill({"next_starts_at": next_discussion})
    await me.submit()
    await me.sees_modal("Wrapped up")
    await me.close_all()


def in_order(*texts: str) -> re.Pattern[str]:
    """A pattern of texts that follow one another."""
    return re.compile(".*".join(map(re.escape, texts)), re.DOTALL)
