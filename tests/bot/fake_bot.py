"""A bot without a cycle: it records what is asked of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.checks import OK, State
from bot.clock import Clock
from bot.settings import Settings
from tests.support.signing import SECRET


class FakeBot:
    """In place of `bot.bot.Bot`. `asked` lists what was called, in order."""

    def __init__(self, app: AsyncApp | None = None, *, signing_secret: str = SECRET) -> None:
        self.app = app or bare_app(signing_secret=signing_secret)
        self.signing_secret = signing_secret
        self.asked: list[str] = []
        self.notices: list[str] = []
        self.states = {"database": OK, "slack": OK}
        self.checks = {part: partial(self._state, part) for part in self.states}
        self.moment: datetime | None = None

    async def start(self) -> None:
        """Recorded."""
        self.asked.append("start")

    async def stop(self, drain_seconds: float) -> None:
        """Recorded, with the time it was given."""
        self.asked.append("stop")
        self.drain_seconds = drain_seconds

    async def next_moment(self) -> datetime | None:
        """The moment that the test set."""
        return self.moment

    async def catch_up(self) -> None:
        """Recorded."""
        self.asked.append("catch_up")

    async def do_due(self) -> None:
        """Recorded."""
        self.asked.append("do_due")

    async def _state(self, part: str) -> State:
        self.asked.append(part)
        return self.states[part]


def bare_app(
    *,
    signing_secret: str = SECRET,
    api_url: str = "http://127.0.0.1:1/api/",
    before_authorize: Callable[..., Awaitable[Any]] | None = None,
    verifies: bool = True,
) -> AsyncApp:
    """A Bolt app without listeners; by default nothing answers at the address of the API.

    Without `verifies` Bolt does not check signatures again, which it does by the real clock.
    """
    client = AsyncWebClient(token="xoxb-made-up", base_url=api_url)
    return AsyncApp(
        name="career",  # without one, Bolt reads the source of the whole call stack to find one
        client=client,
        signing_secret=signing_secret,
        before_authorize=before_authorize,
        request_verification_enabled=verifies,
    )


async def assemble_fake(settings: Settings, *, clock: Clock) -> FakeBot:
    """Assembles a fake with the settings' signing secret and API address."""
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    return FakeBot(bare_app(signing_secret=secret, api_url=settings.slack_api_url), signing_secret=secret)
