"""What the sandbox sends has every key that Slack's own has."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox import Sandbox, SandboxSettings
from sandbox.settings import DEFAULT_EVENTS
from tests.sandbox.slack_keys import ANSWERS, POST_ACCEPTED, POSTS, REQUESTS

Json = dict[str, Any]


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


OPTION = {"text": _plain("Soon"), "value": "soon"}
BUTTON = {"type": "button", "action_id": "go", "text": _plain("Go"), "value": "v"}
SELECT = {"type": "static_select", "action_id": "when", "placeholder": _plain("When"), "options": [OPTION]}
BLOCKS = [{"type": "actions", "block_id": "acts", "elements": [BUTTON, SELECT]}]
MODAL = {
    "type": "modal",
    "callback_id": "prep",
    "title": _plain("Prep"),
    "submit": _plain("Save"),
    "close": _plain("Cancel"),
    "notify_on_close": True,
    "blocks": BLOCKS,
}
METADATA = {"event_type": "nudge", "event_payload": {"id": "n1"}}


@pytest.fixture
def settings(settings: SandboxSettings) -> SandboxSettings:
    """An app that subscribes to every event the sandbox has."""
    return SandboxSettings(
        port=0,
        scopes=settings.scopes,
        commands=settings.commands,
        events=DEFAULT_EVENTS | {"user_change", "message.im", "app_home_opened"},
    )


async def _do_everything(sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, ana: Any) -> None:
    """Each kind of request and each method that the bot uses, once at least."""

    async def open_view(ack: Any, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def push_view(ack: Any, body: Json) -> None:
        await ack()
        if (body.get("view") or {}).get("type") == "modal":
            pushed = await client.views_push(trigger_id=body["trigger_id"], view=MODAL)
            await client.views_update(view_id=pushed["view"]["id"], view=MODAL)

    async def accept(ack: Any) -> None:
        await ack()

    app.command("/career")(open_view)
    app.action("when")(push_view)
    app.action("go")(accept)
    app.view("prep")(accept)
    app.view_closed("prep")(accept)
    for event in ("app_home_opened", "message", "user_change"):
        app.event(event)(accept)
    await client.auth_test()
    await client.conversations_open(users=ana.me)
    posted = await client.chat_postMessage(channel=ana.me, text="Hello", blocks=BLOCKS, metadata=METADATA)
    await client.chat_update(channel=ana.dm, ts=posted["ts"], text="Hello", blocks=BLOCKS)
    await client.conversations_history(channel=ana.dm, include_all_metadata=True)
    await client.users_info(user=ana.me)
    await client.users_list()
    await client.views_publish(user_id=ana.me, view={"type": "home", "blocks": BLOCKS})
    await ana.post("home_opened")
    press = {"block_id": "acts", "action_id": "go", "action": {"type": "button"}}
    await ana.post("action", container={"type": "message", "ts": posted["ts"]}, **press)
    home = (await ana.state())["home"]
    await ana.post("action", container={"type": "view", "view_id": home["id"]}, **press)
    await ana.post("message", text="Hello, bot")
    await ana.post("person", user=ana.me, tz="Asia/Tokyo")
    await ana.post("command", text="/career")
    choose = {"block_id": "acts", "action_id": "when", "action": {"type": "static_select", "selected_option": OPTION}}
    await ana.post("action", container={"type": "view", "view_id": (await ana.modal())["id"]}, **choose)
    await asyncio.sleep(0)
    await ana.post("close", view_id=(await ana.modal())["id"])
    await ana.post("submit", view_id=(await ana.modal())["id"])


async def test_everything_sent_has_the_keys_of_slacks_own(
    sandbox: Sandbox,
    http: aiohttp.ClientSession,
    served: AsyncApp,
    client: AsyncWebClient,
    page_of: Callable[[str], Any],
):
    """Requests, events and answers, each compared with a list of the keys that Slack sends."""
    await _do_everything(sandbox, served, client, page_of("Ana Ruiz"))
    async with http.get(f"{sandbox.address}/sandbox/traffic") as response:
        traffic = await response.json()
    sent: dict[str, set[str]] = {}
    for exchange in traffic:
        to_bot = exchange["direction"] == "to bot"
        body = exchange["request"] if to_bot else exchange["response"]
        name = _kind(body) if to_bot else exchange["what"]
        sent.setdefault(name, set()).update(_keys(body))
    expected = REQUESTS | ANSWERS
    missing = {name: sorted(keys - sent.get(name, set())) for name, keys in expected.items()}
    assert {name: keys for name, keys in missing.items() if keys} == {}


@pytest.mark.parametrize("what", POSTS)
async def test_what_is_posted_to_a_response_url_is_taken_as_slack_takes_it(
    what: str, sandbox: Sandbox, client: AsyncWebClient, ana: Any, served: AsyncApp, http: aiohttp.ClientSession
):
    """Slack's own client posts nothing but the listed keys, and the sandbox applies them and answers as Slack does."""
    urls: list[str] = []

    async def note(ack: Any, body: Json) -> None:
        await ack()
        urls.append(body["response_url"])

    served.action("go")(note)
    ts = (await client.chat_postMessage(channel=ana.me, text="Hello", blocks=BLOCKS))["ts"]
    await ana.post("action", container={"type": "message", "ts": ts}, block_id="acts", action_id="go", action={})
    replaces = "blocks" in POSTS[what]
    values = {"text": "Bye", "blocks": BLOCKS, "response_type": "ephemeral", "replace_original": replaces}
    answer = await AsyncWebhookClient(urls[0], session=http).send(**{key: values[key] for key in POSTS[what]})
    assert (answer.status_code, answer.body) == POST_ACCEPTED
    shown = [(message["text"], message["ephemeral"]) for message in await ana.messages()]
    assert shown == ([("Bye", False)] if replaces else [("Hello", False), ("Bye", True)])
    async with http.get(f"{sandbox.address}/sandbox/traffic") as response:
        posted = (await response.json())[0]
    assert (posted["what"], posted["status"], posted["response"]) == ("response_url", "ok", "ok")
    assert set(posted["request"]) == POSTS[what]


def _kind(body: Json) -> str:
    if "command" in body:
        return str(body["command"])
    if body["type"] == "block_actions":
        return f"block_actions {body['view']['type'] if 'view' in body else 'message'}"
    return str(body.get("event", body)["type"])


def _keys(value: Any, place: str = "") -> set[str]:
    """All keys in JSON, as paths."""
    if isinstance(value, list):
        return {key for item in value for key in _keys(item, f"{place}[]")}
    if not isinstance(value, dict):
        return set()
    found = set()
    for name, inner in value.items():
        path = f"{place}.{name}" if place else name
        found |= {path} | _keys(inner, path)
    return found
