"""A run of the bot, from the first line to an orderly end."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

import structlog

from bot.career import Assemble, Career
from bot.clock import system_clock
from bot.folders import prepare_folder
from bot.refusals import StartRefused
from bot.serving import HttpDoor, SocketDoor
from bot.settings import Mode, Settings

log = structlog.get_logger(__name__)

DRAIN_SECONDS: Final = 8.0
"""How long finishing may take after SIGTERM; service managers commonly kill after 10 s."""

LAST_SECONDS: Final = 9.5
"""After this the process ends whatever still holds it up."""

CLOSING_SECONDS: Final = 1.0
"""Kept back from what is left of the drain, so that files and connections are closed properly."""

OBJECTS_A_COLLECTION: Final = 10_000
"""How many new objects the garbage collector waits for. A single form makes thousands, and nearly all of them go by
themselves: at Python's own 700 it runs several times a request and finds nothing."""

Announce = Callable[[str], None]
"""Tells the person at the terminal something."""


class Departure:
    """SIGTERM and SIGINT: the run is cancelled wherever it is, and has a limited time to end in order."""

    def __init__(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        self.told = False
        self._drain_seconds = drain_seconds
        self._deadline: float | None = None

    def listen(self) -> None:
        """From now on a signal cancels the running task."""
        loop = asyncio.get_running_loop()
        running = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave, number, running)

    def _leave(self, number: signal.Signals, running: asyncio.Task[None] | None) -> None:
        if self.told:
            return  # already on the way out
        self.told = True
        log.info("stop.told", signal=number.name)
        watchdog = threading.Timer(LAST_SECONDS, _end_now)
        watchdog.daemon = True
        watchdog.start()
        self.left()
        if running is not None:
            running.cancel()

    def left(self) -> float:
        """Seconds left for an orderly end, counted from the first time somebody asks."""
        now = asyncio.get_running_loop().time()
        if self._deadline is None:
            self._deadline = now + self._drain_seconds
        return max(self._deadline - now, 0.0)

    async def within(self, finish: Callable[[], Awaitable[None]]) -> None:
        """Let one part finish in the time that is left. Trouble in it is told and does not hold up the others."""
        try:
            async with asyncio.timeout(self.left()):
                await finish()
        except TimeoutError:
            log.warning("stop.cut_short", part=_name_of(finish))
        except Exception:
            log.exception("stop.trouble", part=_name_of(finish))

    async def stop_career(self, career: Career) -> None:
        """Let the bot finish what it is sending."""
        await self.within(partial(career.stop, max(self.left() - CLOSING_SECONDS, 0.0)))


def _name_of(finish: Callable[[], Awaitable[None]]) -> str:
    inner = finish.func if isinstance(finish, partial) else finish
    return str(getattr(inner, "__qualname__", inner))


def _end_now() -> None:
    sys.stderr.flush()
    os._exit(0)


async def run(settings: Settings, assemble: Assemble, announce: Announce) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises `StartRefused` for what a person can mend."""
    departure = Departure()
    departure.listen()
    run_mode = {Mode.SANDBOX: _run_in_sandbox, Mode.SOCKET: _run_on_socket, Mode.HTTP: _run_on_http}[settings.mode]
    try:
        async with AsyncExitStack() as stack:
            await run_mode(settings, assemble, announce, stack, departure)
            _settle_memory()
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not departure.told:
            raise
        log.info("stop.done")


def _settle_memory() -> None:
    """Keep the garbage collector from looking through everything that the start has loaded, which stays anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_A_COLLECTION)


async def _run_in_sandbox(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, departure: Departure
) -> None:
    # The sandbox is not loaded where Slack itself is met.
    from bot.sandboxed import SandboxedSlack, claim_folder  # noqa: PLC0415

    folder, lock = claim_folder(settings.career_data_dir)
    stack.callback(lock.close)
    slack = SandboxedSlack(settings.moved_to(folder))
    stack.push_async_callback(departure.within, slack.stop)
    await slack.start()
    career = await assemble(slack.settings_of_bot(), clock=slack.now)
    stack.push_async_callback(departure.stop_career, career)
    door = HttpDoor(career)
    stack.push_async_callback(departure.within, door.close)
    await door.open("127.0.0.1", settings.port, move_on=True)
    await career.start()
    slack.meet(career, door.address)
    log.info("sandbox.running", address=slack.address, bot=door.address)
    for notice in career.notices:
        announce(notice)
    announce(slack.welcome())


async def _run_on_socket(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, departure: Departure
) -> None:
    career = await _assembled(settings, assemble, stack, departure)
    if settings.slack_app_token is None:
        raise StartRefused("Socket Mode needs SLACK_APP_TOKEN.")
    door = SocketDoor(career, settings.slack_app_token.get_secret_value())
    stack.push_async_callback(departure.within, door.close)
    await door.open()
    await career.start()
    log.info("socket.running", api=settings.slack_api_url)
    announce("Career meets Slack through Socket Mode.")


async def _run_on_http(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, departure: Departure
) -> None:
    career = await _assembled(settings, assemble, stack, departure)
    door = HttpDoor(career)
    stack.push_async_callback(departure.within, door.close)
    await door.open(settings.host, settings.port)
    await career.start()
    log.info("http.running", address=door.address, api=settings.slack_api_url)
    announce(f"Career is waiting for Slack at {door.address}")


async def _assembled(settings: Settings, assemble: Assemble, stack: AsyncExitStack, departure: Departure) -> Career:
    if settings.keeps_files:
        prepare_folder(settings.career_data_dir)
    career = await assemble(settings, clock=system_clock)
    stack.push_async_callback(departure.stop_career, career)
    return career
