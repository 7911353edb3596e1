import asyncio
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox

Json = dict[str, Any]
VIEW = {"type": "modal", "callback_id": "prep", "title": {"type": "plain_text", "text": "Prep"}, "blocks": []}


async def test_bolts_own_handler_connects_and_answers(sandbox: Sandbox, app: AsyncApp, ana: Any):
    """The unmodified handler gets hello, commands, events and submissions, and its acknowledgements are carried out."""
    events: asyncio.Queue[str] = asyncio.Queue()

    async def on_command(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=VIEW)

    async def on_submit(ack: Any) -> None:
        await ack(response_action="clear")

    async def on_message(event: Json) -> None:
        await events.put(event["text"])

    app.command("/career")(on_command)
    app.view("prep")(on_submit)
    app.event("message")(on_message)
    handler = AsyncSocketModeHandler(
        app, sandbox.app_token, web_client=AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    )
    await handler.connect_async()
    try:
        assert (await ana.state())["bot"] == {"connected": True, "problem": None}
        await ana.post("command", text="/career prep")
        assert (await ana.post("submit", view_id=(await ana.modal())["id"], values={}))["outcome"] == "clear"
        await ana.post("message", text="hello")
        assert await asyncio.wait_for(events.get(), 5) == "hello"
    finally:
        await handler.close_async()


async def _connect(sandbox: Sandbox, http: aiohttp.ClientSession) -> tuple[str, aiohttp.ClientWebSocketResponse]:
    client = AsyncWebClient(token=sandbox.app_token, base_url=sandbox.api_url, session=http)
    url = (await client.apps_connections_open(app_token=sandbox.app_token))["url"]
    return url, await http.ws_connect(url)


async def test_hello_envelope_acknowledgement_and_goodbye(sandbox: Sandbox, http: aiohttp.ClientSession, ana: Any):
    """The bare protocol: a ticket is good once, an envelope waits for its id, and the sandbox says goodbye."""
    url, socket = await _connect(sandbox, http)
    hello = await socket.receive_json()
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    async with http.get(url.replace("ws://", "http://")) as refused:
        assert refused.status == 403
    posting = asyncio.ensure_future(ana.post("command", text="/career prep"))
    envelope = await socket.receive_json()
    assert (envelope["type"], envelope["payload"]["command"]) == ("slash_commands", "/career")
    assert envelope["accepts_response_payload"]
    await socket.send_str("nonsense")
    await socket.send_json({"envelope_id": "other"})
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "at once"}})
    await posting
    assert [one["text"] for one in await ana.messages()] == ["at once"]
    stopping = asyncio.ensure_future(sandbox.stop())
    assert (await socket.receive_json())["type"] == "disconnect"
    await socket.close()
    await stopping


async def test_the_person_reads_that_a_bot_has_hung_up(sandbox: Sandbox, http: aiohttp.ClientSession, ana: Any):
    """An envelope without acknowledgement ends with a sentence, at once, when the socket closes."""
    _, socket = await _connect(sandbox, http)
    await socket.receive_json()
    posting = asyncio.ensure_future(ana.post("command", text="/career prep", status=502))
    await socket.receive_json()
    await socket.close()
    assert "cannot be reached" in (await posting)["message"]
    assert not (await ana.state())["bot"]["connected"]


async def test_envelopes_go_to_the_connections_in_turn(sandbox: Sandbox, http: aiohttp.ClientSession, ana: Any):
    """With two connections each gets its share: a bot must not rely on one of them."""
    sockets = [(await _connect(sandbox, http))[1] for _ in range(2)]
    for socket in sockets:
        await socket.receive_json()
    for socket in sockets:
        posting = asyncio.ensure_future(ana.post("message", text="hello"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await posting
        assert envelope["payload"]["event"]["text"] == "hello"
    for socket in sockets:
        await socket.close()
