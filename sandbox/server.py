"""The sandbox's server: a Slack workspace on this machine that a bot talks to over HTTP and WebSocket."""

import errno
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.acting import Stage
from sandbox.admin_actions import AdminActions, changes_from
from sandbox.bot_client import BotClient
from sandbox.bot_responses import apply_url_response
from sandbox.clock import ClockMover, SandboxClock, real_now
from sandbox.errors import SlackError
from sandbox.faults import Faults
from sandbox.files import FILE_BYTES
from sandbox.filling import Filled, Filling, Script
from sandbox.json_input import parse_json
from sandbox.page_api import PageApi
from sandbox.people import People
from sandbox.playing import Played, Playing
from sandbox.security import add_security_headers, check_origin, errors_as_json
from sandbox.settings import Hooks, SandboxSettings
from sandbox.traffic import Exchange
from sandbox.web_api.endpoint import WebApi
from sandbox.workspace import Workspace

HOST = "127.0.0.1"
PORTS_TRIED = 20
SHUTDOWN_SECONDS = 1.0
"""How long open requests may take to finish when the sandbox stops."""


class Sandbox:
    """A workspace, its page and its Web API.

    `hooks` let the clock drive the bot; `script` fills an unused workspace when someone asks for it. `real` returns the
    machine's time; tests pass their own. The state file is loaded at construction, which raises `StateFileError`; the
    address is known after `start`.
    """

    def __init__(
        self,
        *,
        settings: SandboxSettings,
        hooks: Hooks | None = None,
        script: Script | None = None,
        real: Callable[[], datetime] = real_now,
    ) -> None:
        self._settings = settings
        self._workspace = Workspace(settings, real)
        self._bot_client = BotClient(self._workspace)
        self._mover = ClockMover(self._workspace.clock, hooks)
        self._playing = Playing(self._workspace, self._mover)
        self._admin_actions = AdminActions(self._workspace, self._bot_client)
        self._filling = Filling(Stage(self._workspace, self._bot_client, self._mover), script, self._workspace.store)
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """The page's URL: http://127.0.0.1:8787. Empty before `start`."""
        return self._workspace.address

    @property
    def api_url(self) -> str:
        """The value for SLACK_API_URL."""
        return f"{self.address}/api/"

    @property
    def clock(self) -> SandboxClock:
        """The workspace's clock."""
        return self._workspace.clock

    @property
    def people(self) -> People:
        """Everyone in the workspace."""
        return self._workspace.people

    @property
    def faults(self) -> Faults:
        """Switches faults on and off."""
        return self._workspace.faults

    @property
    def bot_token(self) -> str:
        """The xoxb token of the bot."""
        return self._workspace.keys.bot_token

    @property
    def app_token(self) -> str:
        """The xapp token for Socket Mode."""
        return self._workspace.keys.app_token

    @property
    def signing_secret(self) -> str:
        """The secret that signs requests to the bot."""
        return self._workspace.keys.signing_secret

    @property
    def team_id(self) -> str:
        """The workspace's T… id, the same in every sandbox."""
        return self._workspace.team_id

    @property
    def bot_user_id(self) -> str:
        """The bot's U… id."""
        return self._workspace.bot.id

    def connect(self, request_url: str) -> None:
        """Send the bot's requests to this URL; without it the bot has to connect in Socket Mode."""
        self._bot_client.connect(request_url)

    async def change_person(self, user_id: str, **changes: Any) -> None:
        """Change a person as an admin of the workspace would; the bot gets a user_change event where it subscribes.

        `changes` are those of the page: deleted, is_admin, guest, tz, status_text, status_emoji, status_expiration.
        Raises `PageError` for values that do not fit, and `SlackError` user_not_found.
        """
        await self._admin_actions.change_person(self.people.get(user_id), changes_from(changes))

    async def can_be_filled(self) -> bool:
        """Whether there is a script, and nobody has used the workspace yet."""
        return await self._filling.is_possible()

    async def fill(self) -> Filled:
        """Run the script. Raises `PageError` where the workspace is already in use."""
        return await self._filling.fill()

    async def start(self) -> None:
        """Listen on 127.0.0.1; raises `OSError` if none of twenty ports is free."""
        app = web.Application(middlewares=[check_origin, errors_as_json], client_max_size=FILE_BYTES + 1024)
        app.on_response_prepare.append(add_security_headers)
        web_api = WebApi(self._workspace)
        app.add_routes(
            [
                web.get("/api/{method}", web_api.handle),
                web.post("/api/{method}", web_api.handle),
                web.get("/socket", self._bot_client.sockets.handle),
                web.post("/response/{name}", self._response_url),
                web.post("/upload/{id}/{ticket}", self._upload),
                web.get("/files/{id}/{ticket}", self._download),
                *self._page_api().routes(),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        port = await self._listen(self._runner)
        self._workspace.address = f"http://{HOST}:{port}"
        await self._bot_client.start()

    def _page_api(self) -> PageApi:
        return PageApi(
            self._workspace, self._bot_client, self._mover, self._admin_actions, self._filling, self._playing
        )

    async def play_year(self) -> Played:
        """Play a year, as the page does. Raises `PageError` where one is being played already."""
        return await self._playing.play()

    async def stop(self) -> None:
        """Stop listening and release the state file."""
        self._playing.stop()
        self._workspace.events.close()
        await self._bot_client.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        self._workspace.store.close()

    async def _listen(self, runner: web.AppRunner) -> int:
        first = self._settings.port
        for port in range(first, first + PORTS_TRIED) if first else (0,):
            try:
                await web.TCPSite(runner, HOST, port).start()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return int(runner.addresses[0][1])
        raise OSError(errno.EADDRINUSE, f"no free port from {first} to {first + PORTS_TRIED - 1}")

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        """Take what the bot posts to a response_url, and show it among the traffic."""
        began, body, status = time.perf_counter(), None, "ok"
        try:
            body = _json_object(await request.read())
            apply_url_response(self._workspace, request.match_info["name"], body)
        except SlackError as error:
            status = error.error
            raise
        finally:
            ms = (time.perf_counter() - began) * 1000
            now = self._workspace.clock.now()
            self._workspace.traffic.add(Exchange(now, "from bot", "response_url", status, ms, body, status))
            self._workspace.events.publish("traffic")
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Take a file's content, as the request's body or as the only file of a form."""
        content = await request.read()
        if request.content_type == "multipart/form-data":
            fields = [field for field in (await request.post()).values() if isinstance(field, web.FileField)]
            content = fields[0].file.read() if fields else b""
        self._workspace.files.upload(request.match_info["id"], request.match_info["ticket"], content)
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Send a shared file as a download, so that the browser never renders it."""
        file = self._workspace.files.get(request.match_info["id"])
        if file.ticket != request.match_info["ticket"]:
            raise SlackError("file_not_found")
        saved_as = f"attachment; filename*=UTF-8''{quote(file.name, safe='', errors='replace')}"
        return web.Response(body=file.bytes, content_type=file.mimetype, headers={"Content-Disposition": saved_as})


def _json_object(content: bytes) -> dict[str, Any]:
    """The JSON object in a request; raises `SlackError` invalid_payload for anything else."""
    try:
        body = parse_json(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
