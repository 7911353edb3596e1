"""The peer: a Bolt app whose one slash command opens a constant modal. Arguments: port, the address of a Slack API."""

import asyncio
import sys
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.support import BOT_TOKEN, EVENTS_PATH, SIGNING_SECRET

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Prepare"},
    "close": {"type": "plain_text", "text": "Close"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello."}}],
}


async def open_modal(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
    """A person typed the command."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=MODAL)


async def alive(_request: web.Request) -> web.Response:
    """Whether it serves."""
    return web.json_response({"alive": True})


async def serve(port: int, api_url: str) -> None:
    """Serve until ended. One shared session, as in our own app."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=api_url, session=session)
        app = AsyncApp(client=client, token=BOT_TOKEN, signing_secret=SIGNING_SECRET)
        app.command("/career")(open_modal)
        application = app.web_app(path=EVENTS_PATH)
        application.add_routes([web.get("/healthz", alive)])
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
