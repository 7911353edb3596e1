"""The sandbox workspace, set up from the bot's own manifest and connected to the bot."""

import fcntl
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import IO, Final

from pydantic import SecretStr

from bot.bot import Bot
from bot.data_folder import prepare_data_folder
from bot.errors import StartupError
from bot.logs import only_errors
from bot.manifest import EVENTS_PATH
from bot.settings import HIGHEST_RATE, Settings
from cycle.countries import NOWHERE, country_of_zone, public_holidays, weekend
from handlers.app_config import APP_NAME, BOT_SCOPES, CHANNEL_SCOPES, COMMANDS, EVENTS, SHORTCUTS
from handlers.shared.mailer import MAIL_SCOPE
from sandbox import CommandSeed, Hooks, Sandbox, SandboxSettings, ShortcutSeed
from sandbox.acting import Stage
from sandbox.errors import PageError
from sandbox.filling import Filled
from sandbox.settings import WEEKEND

FOLDER: Final = "sandbox"
DEMO_FOLDER: Final = "demo"
STATE_FILE: Final = "workspace.sqlite3"
LOCK_FILE: Final = "lock"

SANDBOXES: Final = 20
"""How many may run side by side from one data folder."""


def claim_folder(data_folder: Path, name: str = FOLDER) -> tuple[Path, IO[bytes]]:
    """A folder for one sandbox, and the open file that claims it until it is closed or the process ends.

    The first sandbox gets `name`; a second one that runs at the same time gets `sandbox-2`, and so on. Raises
    `StartupError` when the data folder cannot be written, or when 20 sandboxes are already running.
    """
    for number in range(1, SANDBOXES + 1):
        folder = data_folder / (name if number == 1 else f"{name}-{number}")
        prepare_data_folder(folder)
        lock = (folder / LOCK_FILE).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return folder, lock
    raise StartupError(f"{SANDBOXES} sandboxes are already running from {data_folder}. Stop one of them.")


class SandboxWorkspace:
    """A workspace on this machine in place of Slack's. Its state is kept in the data folder of `settings`.

    `start_at` (aware) is where the clock of a new workspace begins; by default at the next office hours.
    """

    def __init__(self, settings: Settings, *, start_at: datetime | None = None) -> None:
        settings = self._settings = settings.with_mail_on_this_machine()
        self._bot: Bot | None = None
        hooks = Hooks(
            next_moment=self._next_moment,
            catch_up=self._catch_up,
            next_night=self._next_night,
            do_night=self._do_night,
        )
        try:
            self._sandbox = Sandbox(settings=_as_in_manifest(settings, start_at), hooks=hooks, script=self._play)
        except (sqlite3.Error, OSError) as error:
            raise StartupError(
                f"The sandbox in {settings.career_data_dir} cannot be read ({error}). Delete that folder to start over."
            ) from error

    @property
    def address(self) -> str:
        """The address of the page, once started."""
        return self._sandbox.address

    async def start(self) -> None:
        """Serve the workspace. Raises `StartupError` when there is no free port."""
        try:
            await self._sandbox.start()
        except OSError as error:
            raise StartupError(f"The sandbox found no free port ({error}). Set SANDBOX_PORT to another one.") from error

    async def stop(self) -> None:
        """Close the workspace; its state stays on disk."""
        await self._sandbox.stop()

    def now(self) -> datetime:
        """The workspace's own time, aware UTC. It is the bot's clock."""
        return self._sandbox.clock.now()

    def bot_settings(self) -> Settings:
        """The settings for a bot that uses this workspace in place of Slack."""
        return self._settings.model_copy(
            update={
                "slack_api_url": self._sandbox.api_url,
                "slack_bot_token": SecretStr(self._sandbox.bot_token),
                "slack_signing_secret": SecretStr(self._sandbox.signing_secret),
                "messages_per_minute": HIGHEST_RATE,  # it has no limit, and its clock may leave out hours
            }
        )

    def connect(self, bot: Bot, address: str) -> None:
        """Send the workspace's requests to the bot at `address`, and deliver what is due when the clock is moved."""
        self._bot = bot
        self._sandbox.connect(address + EVENTS_PATH)

    async def _next_moment(self) -> datetime | None:
        return None if self._bot is None else await self._bot.next_moment()

    async def _catch_up(self) -> None:
        if self._bot is not None:
            await self._bot.catch_up()

    def _next_night(self) -> datetime | None:
        return None if self._bot is None else self._bot.next_night()

    async def _do_night(self) -> None:
        if self._bot is not None:
            with only_errors():  # hundreds of nights would bury everything else on the terminal
                await self._bot.do_night()

    async def fill(self, announce: Callable[[str], None]) -> None:
        """Fill a workspace that nobody has used yet with the small team of `bot.demo`; say what becomes of it."""
        from bot.demo.team import WEEKS  # noqa: PLC0415 - the team's story is loaded only where it is told

        if await self._sandbox.can_be_filled():
            announce(f"Adding a small team and {WEEKS} weeks of their discussions. That takes a few seconds…")
        try:
            await self._sandbox.fill()
        except PageError as error:
            announce(error.problem)

    async def _play(self, stage: Stage) -> Filled:
        if self._bot is None:
            raise PageError("The bot is still starting. Try again in a moment.", status=HTTPStatus.SERVICE_UNAVAILABLE)
        from bot.demo import play  # noqa: PLC0415 - as above

        with only_errors():  # what ten weeks have to report would bury everything else on the terminal
            return await play(stage, self._bot.settle)

    def welcome(self) -> str:
        """What to print for the person at the terminal: the address, and what to do first."""
        return self._welcome(
            self.address,
            "You are Ana: type /career start and choose Ben as your manager.",
            "Switch to Ben and say yes. Then move the workspace's clock forward to see what arrives.",
            "Or press “Fill with a small team” and look around.",
        )

    def welcome_to_team(self) -> str:
        """The same for a workspace with the small team."""
        from bot.demo.team import BEN, FIRST_LOOK  # noqa: PLC0415 - as above

        return self._welcome(
            f"{self.address}/#as={self._sandbox.people.by_name(BEN).id}&tab=home",
            FIRST_LOOK,
            "Wrap up your discussion with Elif, answer Chiyo, and move the clock forward to see what arrives.",
        )

    def _welcome(self, address: str, first: str, *then: str) -> str:
        steps = "".join(
            f"  {number}. {step}\n" for number, step in enumerate((f"Open it in a browser. {first}", *then), 1)
        )
        return (
            f"{APP_NAME} is running in a sandbox workspace on this machine: {address}\n"
            f"{steps}"
            f"To start over, stop it and delete the folder {self._settings.career_data_dir}. "
            "To connect your real workspace, see README.md. Stop with Ctrl+C."
        )


def _days_off(tz: str, first: date, last: date) -> dict[date, str]:
    """The weekends and public holidays of the country of a time zone, and what they are called."""
    country = country_of_zone(tz) or NOWHERE
    resting, holidays = weekend(country), public_holidays(country)
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    named = ((day, holidays.name(day) or (WEEKEND if day.weekday() in resting else "")) for day in days)
    return {day: name for day, name in named if name}


def _as_in_manifest(settings: Settings, start_at: datetime | None) -> SandboxSettings:
    return SandboxSettings(
        port=settings.sandbox_port,
        state_file=settings.career_data_dir / STATE_FILE,
        scopes=frozenset((*BOT_SCOPES, *CHANNEL_SCOPES, *((MAIL_SCOPE,) if settings.smtp_host else ()))),
        events=frozenset(EVENTS),
        commands=tuple(CommandSeed(each.name, each.description, each.usage_hint) for each in COMMANDS),
        shortcuts=tuple(ShortcutSeed(each.name, each.callback_id, each.kind, each.description) for each in SHORTCUTS),
        bot_name=APP_NAME,
        days_off=_days_off,
        start_at=start_at,
    )
