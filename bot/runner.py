"""One run of the bot, from assembly to shutdown."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from enum import Flag, auto
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog

from bot import garbage
from bot.bot import Bot
from bot.clock import Clock, system_clock
from bot.data_folder import prepare_data_folder
from bot.errors import StartupError
from bot.http_server import HttpServer
from bot.settings import Mode, Settings
from bot.shutdown import Shutdown
from bot.socket_client import SocketClient

if TYPE_CHECKING:
    from bot.sandbox_workspace import SandboxWorkspace

log = structlog.get_logger(__name__)

Announce = Callable[[str], None]
"""Prints something for the person at the terminal."""


class Share(Flag):
    """What a process does of the bot's work. Any number of processes may do either, on one PostgreSQL database."""

    ANSWER = auto()
    """Answers what people do in Slack."""
    DELIVER = auto()
    """Delivers what is due, and does the nightly jobs."""


Start = Callable[[Settings, "Assemble", Announce, AsyncExitStack, Shutdown], Awaitable[None]]
"""Starts everything; what has to be stopped is pushed on the stack."""


class Assemble(Protocol):
    """Builds the bot from its settings. Raises `StartupError` for what an admin can fix."""

    def __call__(self, settings: Settings, *, clock: Clock) -> Awaitable[Bot]:
        """Open the database, build the listeners and the scheduler; nothing is started."""


async def run(
    settings: Settings, assemble: Assemble, announce: Announce, share: Share = Share.ANSWER | Share.DELIVER
) -> None:
    """Run the bot, or a share of it, until SIGTERM or SIGINT. Raises `StartupError` for what an admin can fix."""
    _check_share(settings, share)
    delivers = Share.DELIVER in share
    starts: dict[Mode, Start] = {
        Mode.SANDBOX: _start_in_sandbox,
        Mode.SOCKET: partial(_start_on_socket, delivers=delivers),
        Mode.HTTP: partial(_start_on_http, delivers=delivers),
    }
    start = starts[settings.mode] if Share.ANSWER in share else _start_worker
    await _run(start, settings, assemble, announce)


async def tick(settings: Settings, assemble: Assemble, announce: Announce) -> None:
    """Deliver what is due, do the nightly jobs that are due, and leave: for cron. Raises `StartupError` as well."""
    _check_share(settings, Share.DELIVER)

    async def do_due(
        settings: Settings, assemble: Assemble, _announce: Announce, stack: AsyncExitStack, shutdown: Shutdown
    ) -> None:
        bot = await _assembled(settings, assemble, stack, shutdown)
        garbage.resume()
        await bot.do_due()

    await _run(do_due, settings, assemble, announce, stays=False)


def _check_share(settings: Settings, share: Share) -> None:
    if settings.mode is Mode.SANDBOX and share != Share.ANSWER | Share.DELIVER:
        raise StartupError(
            "Without SLACK_BOT_TOKEN there is only the sandbox, in which `career run` does everything by itself."
        )


async def run_demo(settings: Settings, assemble: Assemble, announce: Announce) -> None:
    """The same in a sandbox of its own, which is filled with a small team. Raises `StartupError` as well."""
    if settings.mode is not Mode.SANDBOX:
        raise StartupError(
            "The demo runs in a sandbox workspace, and these settings connect to Slack. Unset SLACK_BOT_TOKEN first."
        )
    await _run(_start_demo, settings, assemble, announce)


async def _run(start: Start, settings: Settings, assemble: Assemble, announce: Announce, *, stays: bool = True) -> None:
    shutdown = Shutdown()
    shutdown.listen()
    try:
        async with AsyncExitStack() as stack:
            await start(settings, assemble, announce, stack, shutdown)
            if stays:
                await garbage.resume_soon()
                await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not shutdown.requested:
            raise
        log.info("shutdown.done")


async def _start_in_sandbox(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, shutdown: Shutdown
) -> None:
    # Where the bot connects to Slack itself, the sandbox is not even imported.
    from bot.sandbox_workspace import SandboxWorkspace, claim_folder  # noqa: PLC0415

    folder, lock = claim_folder(settings.career_data_dir)
    stack.callback(lock.close)
    workspace = SandboxWorkspace(settings.moved_to(folder))
    await _open_sandbox(workspace, settings.port, assemble, announce, stack, shutdown)
    announce(workspace.welcome())


async def _start_demo(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, shutdown: Shutdown
) -> None:
    from bot.demo import start_for  # noqa: PLC0415
    from bot.sandbox_workspace import DEMO_FOLDER, SandboxWorkspace, claim_folder  # noqa: PLC0415

    folder, lock = claim_folder(settings.career_data_dir, DEMO_FOLDER)
    stack.callback(lock.close)
    # Never in a database that is meant for something else.
    settings = settings.moved_to(folder, with_database=True)
    workspace = SandboxWorkspace(settings, start_at=start_for(system_clock()))
    await _open_sandbox(workspace, settings.port, assemble, announce, stack, shutdown)
    await workspace.fill(announce)
    announce(workspace.welcome_to_team())


async def _open_sandbox(
    workspace: "SandboxWorkspace",
    port: int,
    assemble: Assemble,
    announce: Announce,
    stack: AsyncExitStack,
    shutdown: Shutdown,
) -> None:
    stack.push_async_callback(shutdown.finish, workspace.stop)
    await workspace.start()
    bot = await assemble(workspace.bot_settings(), clock=workspace.now)
    stack.push_async_callback(shutdown.stop_bot, bot)
    server = HttpServer(bot)
    stack.push_async_callback(shutdown.finish, server.close)
    await server.open("127.0.0.1", port, next_free=True)
    await bot.start()
    workspace.connect(bot, server.address)
    log.info("sandbox.started", address=workspace.address, bot=server.address)
    _announce_notices(bot, announce)


async def _start_worker(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, shutdown: Shutdown
) -> None:
    bot = await _assembled(settings, assemble, stack, shutdown)
    await bot.start()
    log.info("worker.started", api=settings.slack_api_url)
    _announce_notices(bot, announce)
    announce("Delivering what is due.")


async def _start_on_socket(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, shutdown: Shutdown,
    *, delivers: bool,
) -> None:  # fmt: skip
    bot = await _assembled(settings, assemble, stack, shutdown)
    if settings.slack_app_token is None:
        raise StartupError("Socket Mode needs SLACK_APP_TOKEN.")
    client = SocketClient(bot, settings.slack_app_token.get_secret_value())
    stack.push_async_callback(shutdown.finish, client.close)
    await client.open()
    if delivers:
        await bot.start()
    log.info("socket.started", api=settings.slack_api_url)
    _announce_notices(bot, announce)
    announce("Connected to Slack (Socket Mode).")


async def _start_on_http(
    settings: Settings, assemble: Assemble, announce: Announce, stack: AsyncExitStack, shutdown: Shutdown,
    *, delivers: bool,
) -> None:  # fmt: skip
    bot = await _assembled(settings, assemble, stack, shutdown)
    server = HttpServer(bot)
    stack.push_async_callback(shutdown.finish, server.close)
    await server.open(settings.host, settings.port)
    if delivers:
        await bot.start()
    log.info("http.started", address=server.address, api=settings.slack_api_url)
    _announce_notices(bot, announce)
    announce(f"Listening for Slack at {server.address}")


def _announce_notices(bot: Bot, announce: Announce) -> None:
    for notice in bot.notices:
        announce(notice)


async def _assembled(settings: Settings, assemble: Assemble, stack: AsyncExitStack, shutdown: Shutdown) -> Bot:
    if settings.keeps_files:
        prepare_data_folder(settings.career_data_dir)
    bot = await assemble(settings, clock=system_clock)
    stack.push_async_callback(shutdown.stop_bot, bot)
    return bot
