"""The sandbox workspace, set up as our own manifest asks and introduced to the bot."""

import fcntl
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from pydantic import SecretStr

from bot.career import Career
from bot.folders import prepare_folder
from bot.manifest import EVENTS_PATH
from bot.refusals import StartRefused
from bot.settings import Settings
from handlers.shared.app_config import APP_NAME, BOT_SCOPES, COMMANDS, EVENTS, SHORTCUTS
from sandbox import CommandSeed, Hooks, Sandbox, SandboxSettings, ShortcutSeed

FOLDER: Final = "sandbox"
STATE_FILE: Final = "workspace.sqlite3"
LOCK_FILE: Final = "lock"

SANDBOXES: Final = 20
"""How many may run side by side from one data folder."""


def claim_folder(data_folder: Path) -> tuple[Path, IO[bytes]]:
    """A folder for this sandbox alone, and the open file that claims it until it is closed or the process ends.

    The first one is `sandbox`; who starts a second sandbox meanwhile gets `sandbox-2`, and so on. Raises
    `StartRefused` when the data folder cannot be written.
    """
    for number in range(1, SANDBOXES + 1):
        folder = data_folder / (FOLDER if number == 1 else f"{FOLDER}-{number}")
        prepare_folder(folder)
        lock = (folder / LOCK_FILE).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return folder, lock
    raise StartRefused(f"{SANDBOXES} sandboxes are running already from {data_folder}. Stop one of them.")


class SandboxedSlack:
    """A workspace on this machine in place of Slack's; its state lies in the data folder of `settings`.

    `start_at` (aware) is where the clock of a new workspace begins; by default at the next office hours.
    """

    def __init__(self, settings: Settings, *, start_at: datetime | None = None) -> None:
        self._settings = settings
        self._career: Career | None = None
        hooks = Hooks(next_moment=self._next_moment, catch_up=self._catch_up)
        try:
            self._sandbox = Sandbox(settings=_as_in_manifest(settings, start_at), hooks=hooks)
        except (sqlite3.Error, OSError) as error:
            raise StartRefused(
                f"The sandbox in {settings.career_data_dir} cannot be read ({error}). Delete it to begin afresh."
            ) from error

    @property
    def address(self) -> str:
        """Where the page is, once started."""
        return self._sandbox.address

    async def start(self) -> None:
        """Open the workspace. Raises `StartRefused` when there is no free port."""
        try:
            await self._sandbox.start()
        except OSError as error:
            raise StartRefused(f"The sandbox cannot listen ({error}). Set SANDBOX_PORT to a free port.") from error

    async def stop(self) -> None:
        """Close the workspace; its state stays."""
        await self._sandbox.stop()

    def now(self) -> datetime:
        """The workspace's own time, aware UTC: the bot lives by it."""
        return self._sandbox.clock.now()

    def settings_of_bot(self) -> Settings:
        """The settings for a bot that takes this workspace for Slack."""
        return self._settings.model_copy(
            update={
                "slack_api_url": self._sandbox.api_url,
                "slack_bot_token": SecretStr(self._sandbox.bot_token),
                "slack_signing_secret": SecretStr(self._sandbox.signing_secret),
            }
        )

    def meet(self, career: Career, address: str) -> None:
        """Send the workspace's requests to the bot at `address`, and let its clock move the bot."""
        self._career = career
        self._sandbox.connect(address + EVENTS_PATH)

    async def _next_moment(self) -> datetime | None:
        return None if self._career is None else await self._career.next_moment()

    async def _catch_up(self) -> None:
        if self._career is not None:
            await self._career.catch_up()

    def welcome(self) -> str:
        """What to tell the person at the terminal: the address and what to do first."""
        return (
            f"{APP_NAME} runs in a sandbox workspace on this machine: {self.address}\n"
            "  1. Open it in a browser. You are Ana: type /career start and choose Ben as your manager.\n"
            "  2. Change over to Ben and confirm. Then move the workspace's clock on and see what arrives.\n"
            "To begin afresh delete the folder "
            f"{self._settings.career_data_dir}. For your real workspace see .env.example. Stop with Ctrl+C."
        )


def _as_in_manifest(settings: Settings, start_at: datetime | None) -> SandboxSettings:
    return SandboxSettings(
        port=settings.sandbox_port,
        state_file=settings.career_data_dir / STATE_FILE,
        scopes=frozenset(BOT_SCOPES),
        events=frozenset(EVENTS),
        commands=tuple(CommandSeed(each.name, each.description, each.usage_hint) for each in COMMANDS),
        shortcuts=tuple(ShortcutSeed(each.name, each.callback_id, each.kind, each.description) for each in SHORTCUTS),
        bot_name=APP_NAME,
        start_at=start_at,
    )
