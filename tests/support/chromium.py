"""Debian's Chromium, driven by Playwright, with pages that are used again."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

# The sandbox of the browser itself needs rights that builds seldom have; the rest keeps it from asking the outside.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """Where Chromium is on this machine, if it is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Pages:
    """Pages of a browser, each with storage of its own, for one test after the other.

    A new page takes a second until it shows something, a used one a fifth of that. What a page has stored stays with
    the address of the sandbox that it was on, and each sandbox has a port of its own.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, list[Page]] = {}

    @asynccontextmanager
    async def taken(self, listeners: dict[Any, Callable[[Any], None]], **options: Any) -> AsyncIterator[Page]:
        """An empty page, in a context with these options; listeners get its events, by name, until the block ends."""
        idle = self._idle.setdefault(repr(sorted(options.items())), [])
        page = idle.pop() if idle else await (await self._browser.new_context(**options)).new_page()
        for event, listener in listeners.items():
            page.on(event, listener)
        yield page
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        await page.goto("about:blank")
        idle.append(page)


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Pages]:
    """The pages of a running browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield Pages(browser)
        await browser.close()
