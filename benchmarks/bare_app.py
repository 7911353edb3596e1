"""The peer: a Bolt app that does the least that Slack requires. Arguments: port, address of a Slack API.

The slash command opens a constant modal, an opened Home is published with the same blocks, and whatever is typed,
pressed or submitted is acknowledged.
"""

import asyncio
import re
import sys
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.support import BOT_TOKEN, EVENTS_PATH, SIGNING_SECRET

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello."}}]
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Prepare"},
    "close": {"type": "plain_text", "text": "Close"},
    "blocks": BLOCKS,
}
HOME = {"type": "home", "blocks": BLOCKS}
ANYTHING = re.compile(".*")


async def open_modal(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
    """A person typed the command."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=MODAL)


async def publish_home(event: dict[str, Any], client: AsyncWebClient) -> None:
    """A person opened the Home."""
    await client.views_publish(user_id=event["user"], view=HOME)


async def acknowledge(ack: AsyncAck) -> None:
    """A person typed, pressed or submitted something."""
    await ack()


async def alive(_request: web.Request) -> web.Response:
    """Whether it serves."""
    return web.json_response({"alive": True})


async def serve(port: int, api_url: str) -> None:
    """Serve until the process is ended. One shared session, as in our own app."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=api_url, session=session)
        app = AsyncApp(client=client, token=BOT_TOKEN, signing_secret=SIGNING_SECRET)
        app.command("/career")(open_modal)
        app.event("app_home_opened")(publish_home)
        app.view(ANYTHING)(acknowledge)
        app.action(ANYTHING)(acknowledge)
        application = app.web_app(path=EVENTS_PATH)
        application.add_routes([web.get("/healthz", alive)])
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
