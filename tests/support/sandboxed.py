"""The bot and its sandbox in this process, put together as the command line does it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.assembly import assemble
from bot.bot import Bot
from bot.http_server import HttpServer
from bot.sandbox_workspace import SandboxWorkspace
from bot.settings import Settings


@asynccontextmanager
async def running(folder: Path, start_at: datetime) -> AsyncIterator[tuple[SandboxWorkspace, Bot]]:
    """A workspace whose clock begins at a given moment, with the bot connected to it."""
    settings = Settings(career_data_dir=folder, sandbox_port=0, port=0)
    async with AsyncExitStack() as stack:
        workspace = SandboxWorkspace(settings, start_at=start_at)
        stack.push_async_callback(workspace.stop)
        await workspace.start()
        bot = await assemble(workspace.bot_settings(), clock=workspace.now)
        stack.push_async_callback(bot.stop, 5.0)
        server = HttpServer(bot)
        stack.push_async_callback(server.close)
        await server.open("127.0.0.1", 0)
        await bot.start()
        workspace.connect(bot, server.address)
        yield workspace, bot
