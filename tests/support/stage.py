"""The real bot in a sandbox, and people who use it on the sandbox's page: what the journeys run on."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from bot.bot import Bot
from sandbox.people import slack_id
from tests.support.chromium import Pages
from tests.support.sandboxed import running

STARTS = datetime(2026, 9, 7, 10, 0, tzinfo=ZoneInfo("Europe/Madrid"))
"""A Monday morning; every date in the journeys counts from it."""

PATIENCE_MS = 15_000  # for the page to show something: two cores are shared by several browsers
expect.set_options(timeout=PATIENCE_MS)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

NAMES = {
    "Ana": "Ana Ruiz",
    "Ben": "Ben Okafor",
    "Chiyo": "Chiyo Tanaka",
    "Dev": "Dev Patel",
    "Elif": "Elif Kaya",
}


class Actor:
    """A person who uses the sandbox's page, and does and sees everything as people do."""

    def __init__(self, page: Page, first_name: str) -> None:
        self.page = page
        self.name = first_name
        self.modal = page.get_by_test_id("modal")
        self.messages = page.get_by_test_id("message")
        self.home = page.get_by_test_id("home")

    # --- writing and reading messages --------------------------------------------------------------------------------

    async def type(self, text: str) -> None:
        """Type into the message box and send."""
        await self._show("messages")
        composer = self.page.get_by_test_id("composer")
        await composer.fill(text)
        await composer.press("Enter")

    def message(self, text: str) -> Locator:
        """The messages that contain a text."""
        return self.messages.filter(has_text=text)

    async def reads(self, text: str) -> Locator:
        """Wait for the one message with a text."""
        await self._show("messages")
        found = self.message(text)
        await expect(found).to_have_count(1)
        return found

    async def conversation(self) -> list[str]:
        """All messages, each as its time and its first paragraph."""
        await self._show("messages")
        shown = []
        for message in await self.messages.all():
            clock = await message.locator("time").first.get_attribute("title") or ""
            first = (await message.locator(".body").inner_text()).split("\n", 1)[0]
            shown.append(f"{clock.split(' · ')[0]}: {first}")
        return shown

    async def press(self, label: str, within: Locator | None = None) -> None:
        """Press a button; in a message, in the modal in front, or wherever else it is said to be."""
        await (within or self.modal).get_by_role("button", name=label, exact=True).first.click()

    # --- modals ------------------------------------------------------------------------------------------------------

    async def sees_modal(self, title: str, *texts: str) -> None:
        """Wait for the modal with a title, and for texts in it."""
        await expect(self.modal.get_by_role("heading", level=2, name=title, exact=True)).to_be_visible()
        for text in texts:
            await expect(self.modal).to_contain_text(text)

    def field(self, name: str) -> Locator:
        """A field of the modal in front, or boxes and pickers beside a text, by the block id."""
        return self.modal.locator(f".block[data-block-id='{name}']")

    async def fill(self, fields: dict[str, str]) -> None:
        """Fill in texts, dates (2026-09-21), date-times (2026-09-21 10:00) and menus (by what they say)."""
        for name, value in fields.items():
            field = self.field(name)
            await field.wait_for()
            if await field.locator("select").count():
                await field.locator("select").select_option(label=value)
            elif await field.get_by_test_id("date").count():
                day, clock = value.split(" ")
                await field.get_by_test_id("date").fill(day)
                await field.get_by_test_id("time").fill(clock)
            else:
                await field.locator("input, textarea").fill(value)

    async def choose(self, name: str, label: str) -> None:
        """Choose one of several, by what it says first."""
        await self.field(name).get_by_role("radio", name=label).check()

    async def choose_person(self, name: str, first_name: str) -> None:
        """Choose a colleague from the menu."""
        await self.fill({name: NAMES.get(first_name, first_name)})

    async def tick(self, name: str, *labels: str) -> None:
        """Tick boxes by label."""
        for label in labels:
            await self.field(name).get_by_label(label, exact=True).check()

    async def untick(self, name: str, *labels: str) -> None:
        """Take ticks away."""
        for label in labels:
            await self.field(name).get_by_label(label, exact=True).uncheck()

    async def choose_for_item(self, item: str, choice: str, within: Locator | None = None) -> None:
        """Choose from the menu beside an item: in the modal, or in a message."""
        section = (within or self.modal).locator(".block.section").filter(has_text=item)
        await section.get_by_role("button", name="More actions").click()
        await section.get_by_role("menuitem", name=choice, exact=True).click()

    async def entered(self, name: str) -> str:
        """What is in a text field."""
        return await self.field(name).locator("input, textarea").input_value()

    async def submit_and_close(self) -> None:
        """Press the modal's own button, and wait until it closes."""
        await self.modal.get_by_test_id("modal-submit").click()
        await expect(self.modal).to_be_hidden()

    async def submit(self) -> None:
        """Press the modal's own button; another view is expected afterwards."""
        await self.modal.get_by_test_id("modal-submit").click()

    async def is_rejected(self, problems: dict[str, str]) -> None:
        """Press the modal's own button, and see exactly these sentences beside their fields."""
        await self.submit()
        for name, sentence in problems.items():
            await expect(self.field(name).get_by_test_id("field-error")).to_contain_text(sentence)
        await expect(self.modal.get_by_test_id("field-error")).to_have_count(len(problems))

    async def close(self) -> None:
        """Close the modal in front by its own button."""
        await self.modal.get_by_test_id("modal-close").click()

    async def close_all(self) -> None:
        """Close every modal."""
        await self.modal.get_by_test_id("modal-cross").click()
        await expect(self.modal).to_be_hidden()

    # --- elsewhere on the page ---------------------------------------------------------------------------------------

    async def opens_home(self) -> Locator:
        """Look at the App Home, freshly opened."""
        await self._show("messages")
        async with self.page.expect_response("**/sandbox/home_opened"):
            await self._show("home")
        return self.home

    async def move_clock(self, by: str) -> None:
        """Move the workspace's clock by an hour, a day or a week, or to the next nudge."""
        button = self.page.get_by_test_id(f"clock-{by}")
        if not await button.is_visible():  # on a phone the clock is behind a button
            await self.page.get_by_test_id("menu-toggle").click()
        await button.click()
        await expect(button).to_have_attribute("aria-busy", "false")

    async def clock_says(self) -> str:
        """The workspace's time, on this person's own clock: "Tue 8 Sep, 09:00". The year is left out."""
        return re.sub(r" \d{4},", ",", await self.page.get_by_test_id("now").inner_text())

    async def _show(self, tab: str) -> None:
        await self.page.get_by_test_id(f"tab-{tab}").click()


class Stage:
    """The bot, its sandbox and everyone's pages. Errors of a page and requests to the outside are noted."""

    def __init__(self, address: str, pages: Pages, bot: Bot | None = None) -> None:
        self.address = address
        self.bot = bot
        self.troubles: list[str] = []
        self._pages = pages
        self._open = AsyncExitStack()

    @classmethod
    @asynccontextmanager
    async def opened(cls, pages: Pages, folder: Path, *, start_at: datetime = STARTS) -> AsyncIterator[Self]:
        """The product as `career run` puts it together, with a clock that begins at a given moment."""
        async with running(folder, start_at) as (workspace, bot), AsyncExitStack() as stack:
            stage = cls(workspace.address, pages, bot)
            stack.push_async_callback(stage.close)
            yield stage

    async def enter(self, first_name: str, tab: str = "messages", **options: Any) -> Actor:
        """Opens a page for a person."""
        listeners = {
            "pageerror": lambda error: self.troubles.append(str(error)),
            "console": lambda line: self.troubles.append(line.text) if line.type == "error" else None,
            "request": self._check,
        }
        context = {"viewport": DESKTOP, "timezone_id": "Pacific/Auckland", "reduced_motion": "reduce", **options}
        page = await self._open.enter_async_context(self._pages.taken(listeners, **context))
        page.set_default_timeout(PATIENCE_MS)
        person = slack_id("U", NAMES[first_name])
        await page.goto(f"{self.address}/#as={person}&tab={tab}")
        await expect(page.locator("body")).to_have_attribute("data-ready", person)
        return Actor(page, first_name)

    async def close(self) -> None:
        """Leave every page."""
        await self._open.aclose()

    def _check(self, request: Any) -> None:
        if not re.match(rf"({re.escape(self.address)}|data:)", request.url):
            self.troubles.append(f"a request to the outside: {request.url}")
