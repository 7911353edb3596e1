"""A sandbox, the page's requests to it, and a small Bolt app as the bot at the other end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import DEFAULT_SCOPES, CommandSeed, Sandbox, SandboxSettings, ShortcutSeed

EVERY_SCOPE = DEFAULT_SCOPES | {
    "channels:history",
    "files:write",
    "im:read",
    "im:write",
    "team:read",
    "users.profile:read",
    "users:read.email",
}


Serve = Callable[..., Awaitable[None]]


class FakeClock:
    """Real time that a test may push ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The machine's time, and what was added."""
        return datetime.now(UTC) + self.ahead


class PageClient:
    """The page of one person: its requests as the browser makes them."""

    def __init__(self, http: aiohttp.ClientSession, sandbox: Sandbox, name: str) -> None:
        self._http = http
        self._sandbox = sandbox
        self.me = sandbox.people.by_name(name).id
        self.dm = sandbox.people.by_name(name).dm

    async def post(self, what: str, status: int = 200, **body: Any) -> Any:
        """POST /sandbox/…, and the JSON that came back with the expected status."""
        address = f"{self._sandbox.address}/sandbox/{what}"
        async with self._http.post(address, json={"as": self.me, **body}) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer

    async def state(self) -> dict[str, Any]:
        """What the person sees."""
        async with self._http.get(f"{self._sandbox.address}/sandbox/state", params={"as": self.me}) as response:
            assert response.status == 200
            return dict(await response.json())

    async def modal(self) -> dict[str, Any]:
        """The modal in front."""
        return dict((await self.state())["modals"][-1])

    async def messages(self) -> list[dict[str, Any]]:
        """The messages on the page, oldest first."""
        return list((await self.state())["dm"]["messages"])


@pytest.fixture
def real() -> FakeClock:
    """The time that the sandbox takes for real."""
    return FakeClock()


@pytest.fixture
def settings() -> SandboxSettings:
    """Any free port, every scope, one command, two shortcuts."""
    return SandboxSettings(
        port=0,
        scopes=EVERY_SCOPE,
        commands=(CommandSeed("/career", "Career discussions", "[prep]"),),
        shortcuts=(ShortcutSeed("Start", "start"), ShortcutSeed("Keep", "keep", "message")),
        response_timeout=1.0,
    )


@pytest.fixture
async def sandbox(settings: SandboxSettings, real: FakeClock) -> AsyncIterator[Sandbox]:
    """A running sandbox."""
    sandbox = Sandbox(settings=settings, real=real.now)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A plain HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def page_of(sandbox: Sandbox, http: aiohttp.ClientSession) -> Callable[[str], PageClient]:
    """A person's page, by full name."""
    return lambda name: PageClient(http, sandbox, name)


@pytest.fixture
def ana(page_of: Callable[[str], PageClient]) -> PageClient:
    """Ana's page."""
    return page_of("Ana Ruiz")


@pytest.fixture
async def client(sandbox: Sandbox, http: aiohttp.ClientSession) -> AsyncWebClient:
    """Slack's own client, as the bot uses it."""
    return AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, session=http)


@pytest.fixture
async def app(sandbox: Sandbox, client: AsyncWebClient) -> AsyncApp:
    """A Bolt app without listeners; `served` puts it on the wire."""
    return AsyncApp(name="test", client=client, signing_secret=sandbox.signing_secret, process_before_response=True)


@pytest.fixture
async def serve(sandbox: Sandbox) -> AsyncIterator[Serve]:
    """Puts an app on the wire at an address that the sandbox knows; `refuse` lets the first requests fail with 500."""
    runners: list[web.AppRunner] = []

    async def start(app: AsyncApp, refuse: int = 0) -> None:
        bolt = app.server(port=0, path="/slack/events").web_app
        left = [refuse]

        @web.middleware
        async def refusing(request: web.Request, handler: Any) -> web.StreamResponse:
            if b"url_verification" in await request.read():
                return web.json_response(await request.json())
            left[0] -= 1
            return web.Response(status=500) if left[0] >= 0 else await handler(request)

        bolt.middlewares.append(refusing)
        runners.append(web.AppRunner(bolt, access_log=None))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        sandbox.connect(f"http://127.0.0.1:{runners[-1].addresses[0][1]}/slack/events")

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def served(serve: Serve, app: AsyncApp) -> AsyncApp:
    """The app, listening over HTTP."""
    await serve(app)
    return app
