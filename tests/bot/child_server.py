"""Runs an HTTP server in a process with few file descriptors: the arguments are how many, and a limit on connections.

Prints its port.
"""

import asyncio
import resource
import sys

from bot.connections import Limits
from bot.http_server import HttpServer
from bot.logs import configure_logging
from bot.settings import load_settings
from tests.bot.fake_bot import FakeBot


async def serve(limits: Limits) -> None:
    """Serve until killed."""
    server = HttpServer(FakeBot(), limits)
    await server.open("127.0.0.1", 0)
    sys.stdout.write(server.address.rpartition(":")[2] + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), hard))
    configure_logging(load_settings({}, None))
    asyncio.run(serve(Limits(connections=int(sys.argv[2])) if len(sys.argv) > 2 else Limits()))
