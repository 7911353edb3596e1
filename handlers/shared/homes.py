"""The App Homes of a workspace: read and published one after the other for each person."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from slack_sdk.errors import SlackApiError

from cycle.access import Viewer
from cycle.overview import overview
from cycle.people import looks_at_home
from handlers.shared.foreground import Foreground
from handlers.views.home import render, without_charts
from storage.database import Database
from storage.people import Person
from storage.store import Store

log = structlog.get_logger()

PATIENCE_SECONDS: Final = 5.0
"""How long a Home lets requests go first. One that is older than this is noticed."""

DRAWN_AT_ONCE: Final = 2
"""Homes drawn in the background at the same time: Slack may be slow about one, and a request never waits for many."""

CHARTS_REFUSED: Final = frozenset({"invalid_blocks", "invalid_arguments"})
"""What Slack answers to a block that it does not know."""

Publish = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Publishes a view as the App Home of a person, by Slack's U… id."""


async def home_of(store: Store, person: Person, now: datetime) -> dict[str, Any]:
    """The view to publish for a person."""
    return render(await overview(store, person, now))


class Homes:
    """Publishes App Homes. What is read later is published later, so an older Home never replaces a newer one."""

    def __init__(self, database: Database, workspace_id: int, publish: Publish, foreground: Foreground) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._publish = publish
        self._foreground = foreground
        self._outdated: dict[int, datetime] = {}
        self._with_charts = True  # until Slack refuses one; then never again while the process runs
        self._drawing = asyncio.Semaphore(DRAWN_AT_ONCE)
        # One lock per person, for as long as a refresh holds it or waits for it.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def refresh_when_quiet(self, person_id: int, now: datetime) -> None:
        """Publish a person's Home anew as soon as no listener is at work, once for all that was changed by then.

        A Home that its person does not look at is left as it is: it is drawn when they open it.

        `now` is the moment of the change. Under a load that does not end it takes five seconds and the Homes before.
        """
        is_asked_for = person_id in self._outdated
        self._outdated[person_id] = now
        if is_asked_for:
            return
        patience_ends = time.monotonic() + PATIENCE_SECONDS
        try:
            async with self._drawing:
                await self._foreground.quiet(patience_ends - time.monotonic())
                await self._publish_anew(person_id, self._outdated.pop(person_id, now), unseen=False)
        except asyncio.CancelledError:
            self._outdated.pop(person_id, None)  # else no later change would draw it
            raise

    async def refresh(self, person_id: int, now: datetime) -> None:
        """Publish a person's Home anew, while they wait for it."""
        await self._publish_anew(person_id, now, unseen=True)

    async def _publish_anew(self, person_id: int, now: datetime, *, unseen: bool) -> None:
        """`unseen`: also where the person has not looked at it lately."""
        async with self._turns.setdefault(person_id, asyncio.Lock()):
            viewer = Viewer()
            async with self._database.reading(self._workspace_id, gate=viewer) as store:
                person = await store.people.get(person_id)
                if not unseen and not looks_at_home(person, now):
                    return
                viewer.is_person(person)
                view = await home_of(store, person, now)
            await self._publish_view(person.slack_id, view)

    async def _publish_view(self, slack_id: str, view: dict[str, Any]) -> None:
        """Publish a view, without its charts where Slack has none yet."""
        plain = without_charts(view)
        if not self._with_charts or plain == view:
            await self._publish(slack_id, plain)
            return
        try:
            await self._publish(slack_id, view)
        except SlackApiError as error:
            if error.response.get("error") not in CHARTS_REFUSED:
                raise
            await self._publish(slack_id, plain)
            self._with_charts = False  # it was the charts
            log.info("home.charts_refused")
