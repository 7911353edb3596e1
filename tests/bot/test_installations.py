import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StartupError
from bot.installations import find_installations


@pytest.fixture
async def broken() -> AsyncIterator[str]:
    """The address of an API that drops the connection of one token, and answers another with what is not HTTP."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if b"Bearer two" in request:
            writer.write(b"SMTP ready\r\n\r\n")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"


async def test_an_address_that_fails_in_several_ways_is_one_problem(broken: str):
    """Where one token's call is dropped and another's fails differently, the address is what to check, once."""
    async with aiohttp.ClientSession() as session:
        clients = [AsyncWebClient(token=token, base_url=broken, session=session) for token in ("one", "two", "two")]
        with pytest.raises(StartupError) as error:
            await find_installations(clients)
    (problem,) = error.value.problems
    assert problem.startswith(f"Slack does not answer at {broken}: ")
    assert problem.endswith("Check SLACK_API_URL.")
