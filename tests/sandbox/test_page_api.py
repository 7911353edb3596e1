import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox


async def test_the_state_of_a_newcomer(sandbox: Sandbox, ana: Any):
    """Everything the page needs is there, and the first person is Ana."""
    state = await ana.state()
    assert state["me"] == ana.me
    assert (state["home"], state["modals"], state["next_moment"]) == (None, [], None)
    assert state["dm"] == {"channel": ana.dm, "unread": 0, "messages": []}
    assert state["commands"] == [{"name": "/career", "description": "Career discussions", "usage_hint": "[prep]"}]
    chiyo = next(person for person in state["people"] if person["name"] == "Chiyo Tanaka")
    assert (chiyo["initials"], chiyo["tz"], chiyo["deleted"], chiyo["is_bot"]) == ("CT", "Asia/Tokyo", False, False)
    assert state["started_at"] <= state["now"]
    assert state["team"]["id"] == sandbox.team_id


async def test_nobody_else_sees_a_message(client: AsyncWebClient, ana: Any, page_of: Callable[[str], Any]):
    """Several people at once: each page shows its own person's messages and counts what is unread."""
    ben = page_of("Ben Okafor")
    await client.chat_postMessage(channel=ana.me, text="for Ana")
    assert [one["text"] for one in await ana.messages()] == ["for Ana"]
    assert await ben.messages() == []
    state = await ben.state()
    assert {person["name"]: person["unread"] for person in state["people"] if person["unread"]} == {"Ana Ruiz": 1}
    await ana.post("read")
    assert (await ana.state())["dm"]["unread"] == 0


async def test_only_people_who_are_here_can_act(page_of: Callable[[str], Any], ana: Any):
    """Bots and deactivated people cannot, unknown ones are unknown, and nobody acts in another's modal."""
    for name in ("Deploy Bot", "Former Fred"):
        await page_of(name).post("message", text="hello", status=403)
    await ana.post("message", text="hello", status=404, **{"as": "U0NOBODY"})
    await ana.post("submit", view_id="V0NOTHING", values={}, status=404)
    await ana.post("message", text=" ", status=400)
    await ana.post("submit", view_id="V0NOTHING", values={"b": "x"}, status=400)


async def test_foreign_pages_are_kept_out(sandbox: Sandbox, http: aiohttp.ClientSession):
    """Another name for this machine, another origin and a foreign form are each refused."""
    port = sandbox.address.rsplit(":", 1)[1]
    state = f"{sandbox.address}/sandbox/state"
    for headers in (
        {"Host": f"rebound.example.com:{port}"},
        {"Host": "127.0.0.1:1"},
        {"Origin": "http://evil.example.com"},
        {"Origin": "null"},
    ):
        async with http.get(state, headers=headers) as response:
            assert response.status == 403, headers
    for headers in ({"Host": f"localhost:{port}"}, {"Origin": sandbox.address}):
        async with http.get(state, headers=headers) as response:
            assert response.status == 200, headers
    async with http.post(f"{sandbox.address}/sandbox/clock", data='{"by": "week"}') as response:
        assert response.status == 415


async def test_the_page_runs_no_foreign_code(sandbox: Sandbox, http: aiohttp.ClientSession):
    """A policy lets nothing but the page's own files run, and nothing outside of their folder is served."""
    async with http.get(sandbox.address) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get(f"{sandbox.address}/static/..%2Fserver.py") as response:
        assert response.status in {403, 404}


async def test_events_reach_the_right_page_live(
    sandbox: Sandbox, client: AsyncWebClient, http: aiohttp.ClientSession, ana: Any, page_of: Callable[[str], Any]
):
    """A stream has the events of its own person and those for everyone, and ends when the sandbox stops."""
    async with http.get(f"{sandbox.address}/sandbox/stream", params={"as": ana.me}) as stream:
        assert await stream.content.readline() == b": listening\n"
        await client.chat_postMessage(channel=page_of("Ben Okafor").me, text="for Ben")
        ts = (await client.chat_postMessage(channel=ana.me, text="for Ana"))["ts"]
        await ana.post("clock", by="hour")
        events = []
        while len(events) < 6:
            line = await stream.content.readline()
            if line.startswith(b"data: "):
                events.append(json.loads(line.removeprefix(b"data: ")))
        assert [event["type"] for event in events] == ["unread", "traffic", "message", "unread", "traffic", "clock"]
        assert events[2]["ts"] == ts
        await sandbox.stop()
        assert b"data" not in await stream.read()


async def test_the_drawer_masks_tokens(sandbox: Sandbox, client: AsyncWebClient, http: aiohttp.ClientSession, ana: Any):
    """The last hundred requests in both directions, newest first, without any secret."""
    await ana.post("command", text="/career prep", status=502)
    for _ in range(120):
        await client.api_call("auth.test", params={"token": sandbox.bot_token})
    await client.apps_connections_open(app_token=sandbox.app_token)
    async with http.get(f"{sandbox.address}/sandbox/traffic") as response:
        rows = await response.json()
    assert len(rows) == 100
    assert (rows[0]["what"], rows[0]["status"], rows[0]["direction"]) == ("apps.connections.open", "ok", "from bot")
    text = json.dumps(rows)
    assert sandbox.bot_token not in text
    assert sandbox.app_token not in text
    assert "ticket=•••" in json.dumps(rows, ensure_ascii=False)


async def test_faults_are_switched_from_the_page(client: AsyncWebClient, ana: Any):
    """The JSON endpoint says what is on, refuses what it does not know, and switches all off."""
    answer = await ana.post("faults", method="chat.postMessage", kind="error", error="fatal_error", times=3)
    assert answer["faults"][0]["times"] == 3
    await ana.post("faults", method="chat.postMessage", kind="explode", status=400)
    assert (await ana.post("faults", clear=True))["faults"] == []
    assert (await client.chat_postMessage(channel=ana.me, text="fine"))["ok"]


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/json",
        "application/x-www-form-urlencoded",
        "application/json; charset=no-such",
        "application/x-www-form-urlencoded; charset=no-such",
    ],
)
@pytest.mark.parametrize("path", ["/api/chat.postMessage", "/sandbox/message", "/sandbox/nothing", "/response/none"])
@pytest.mark.parametrize("data", [b"\xff\xfe{", b"[" * 200_000, b'{"a":' * 300 + b"1" + b"}" * 300, b"a=%ff"])
async def test_wrong_requests_never_get_a_traceback(
    sandbox: Sandbox, http: aiohttp.ClientSession, path: str, kind: str, data: bytes
):
    """Broken, nested two hundred thousand levels deep or mislabelled: the answer is short and shows nothing inside."""
    async with http.post(f"{sandbox.address}{path}", data=data, headers={"Content-Type": kind}) as answer:
        assert answer.status < 500
        assert "Traceback" not in await answer.text()
