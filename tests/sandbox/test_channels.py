"""The public channels: in the Web API, in the page's API, and in what people do in them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import DEFAULT_SCOPES, Fault, Sandbox, SandboxSettings
from sandbox.acting import Actor
from sandbox.page_actions import PageActions
from sandbox.state_store import StateStore

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "v"}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]
METADATA = {"event_type": "digest", "event_payload": {"week": "2026-48"}}

Json = dict[str, Any]


@pytest.fixture
def growth(sandbox: Sandbox) -> str:
    """The id of #growth."""
    return sandbox._workspace.channels.by_name("#growth").id


@pytest.fixture
async def joined(ana: Any, growth: str) -> str:
    """The id of #growth, once Ana has invited the app."""
    await ana.post("channel", channel=growth, has_app=True)
    return growth


async def _error(call: Any) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    return dict(caught.value.response.data)


async def _channel(page: Any, channel: str) -> Json:
    """A channel as a person sees it."""
    return next(one for one in (await page.state())["channels"] if one["id"] == channel)


def _calls(client: AsyncWebClient, channel: str, user: str) -> dict[str, Any]:
    return {
        "post": client.chat_postMessage(channel=channel, text="x"),
        "update": client.chat_update(channel=channel, ts="1.0", text="x"),
        "delete": client.chat_delete(channel=channel, ts="1.0"),
        "ephemeral": client.chat_postEphemeral(channel=channel, user=user, text="x"),
        "history": client.conversations_history(channel=channel),
    }


async def test_the_app_is_in_no_channel_until_it_is_invited(client: AsyncWebClient, ana: Any, growth: str):
    """Every call for a channel is refused until someone invites the app, and again once it was removed."""
    assert [(one["name"], one["has_app"]) for one in (await ana.state())["channels"]] == [
        ("general", False),
        ("growth", False),
    ]
    for method, call in _calls(client, "C0UNKNOWN", ana.me).items():
        assert (method, (await _error(call))["error"]) == (method, "channel_not_found")
    for method, call in _calls(client, growth, ana.me).items():
        assert (method, (await _error(call))["error"]) == (method, "not_in_channel")
    await ana.post("channel", channel=growth, has_app=True)
    assert (await client.chat_postMessage(channel=growth, text="x"))["channel"] == growth
    await ana.post("channel", channel=growth, has_app=False)
    assert (await _error(client.chat_postMessage(channel=growth, text="x")))["error"] == "not_in_channel"
    await ana.post("channel", channel="C0UNKNOWN", has_app=True, status=404)
    await ana.post("channel", channel=growth, has_app="yes", status=400)


async def test_what_is_posted_in_a_channel_is_everyones(
    client: AsyncWebClient, ana: Any, joined: str, page_of: Callable[[str], Any]
):
    """Both see it and each has their own count of what is unread; the app reads it back, edits and deletes it."""
    ben = page_of("Ben Okafor")
    posted = await client.chat_postMessage(channel=joined, text="The week", metadata=METADATA)
    for page in (ana, ben):
        shown = await _channel(page, joined)
        assert ([one["text"] for one in shown["messages"]], shown["unread"]) == (["The week"], 1)
        assert (await page.state())["dm"]["messages"] == []
    await ana.post("read", channel=joined)
    assert [(await _channel(page, joined))["unread"] for page in (ana, ben)] == [0, 1]
    history = await client.conversations_history(channel=joined, include_all_metadata=True)
    assert [(one["ts"], one["metadata"]) for one in history["messages"]] == [(posted["ts"], METADATA)]
    await client.chat_update(channel=joined, ts=posted["ts"], text="The week, complete")
    assert [one["text"] for one in (await _channel(ben, joined))["messages"]] == ["The week, complete"]
    await client.chat_postEphemeral(channel=joined, user=ben.me, text="psst")
    assert [one["text"] for one in (await _channel(ben, joined))["messages"]] == ["The week, complete", "psst"]
    assert len((await _channel(ana, joined))["messages"]) == 1
    await client.files_upload_v2(channel=joined, filename="week.txt", content="3 discussions")
    assert [len(one["files"]) for one in (await _channel(ana, joined))["messages"]] == [0, 1]
    await client.chat_delete(channel=joined, ts=posted["ts"])
    assert [one["text"] for one in (await _channel(ana, joined))["messages"]] == [""]
    for stranger in ("Former Fred", "Deploy Bot"):
        refused = await _error(client.chat_postEphemeral(channel=joined, user=page_of(stranger).me, text="psst"))
        assert refused["error"] == "user_not_in_channel"


async def test_a_channel_is_described_and_listed(settings: SandboxSettings):
    """With `channels:read` the app learns which channels there are, which it is in, and who else is."""
    scopes = settings.scopes | {"channels:read"}
    sandbox = Sandbox(settings=replace(settings, scopes=scopes))
    await sandbox.start()
    try:
        channels = sandbox._workspace.channels
        growth = channels.by_name("growth")
        sandbox._workspace.set_app_in(growth, is_member=True)
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        await client.chat_postMessage(channel=growth.id, text="x")
        info = (await client.conversations_info(channel=growth.id))["channel"]
        assert (info["name"], info["is_channel"], info["is_member"]) == ("growth", True, True)
        listed = (await client.conversations_list(types="public_channel,im"))["channels"]
        assert [one["id"] for one in listed] == [one.id for one in channels.all()]
        assert [one["id"] for one in (await client.users_conversations())["channels"]] == [growth.id]
        members = (await client.conversations_members(channel=growth.id))["members"]
        assert {sandbox.people.by_name("Ana Ruiz").id, sandbox.bot_user_id} < set(members)
        assert sandbox.people.by_name("Former Fred").id not in members
    finally:
        await sandbox.stop()


async def test_reading_a_channel_needs_a_scope_of_its_own(ana: Any, settings: SandboxSettings):
    """`im:history` is enough for direct messages alone; the refusal says what is needed and what there is."""
    sandbox = Sandbox(settings=replace(settings, scopes=DEFAULT_SCOPES))
    await sandbox.start()
    try:
        growth = sandbox._workspace.channels.by_name("growth")
        sandbox._workspace.set_app_in(growth, is_member=True)
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        assert (await client.conversations_history(channel=ana.dm))["messages"] == []
        refused = await _error(client.conversations_history(channel=growth.id))
        given = (refused["error"], refused["needed"], refused["provided"])
        assert given == ("missing_scope", "channels:history", ",".join(sorted(DEFAULT_SCOPES)))
    finally:
        await sandbox.stop()


async def test_a_fault_meets_one_channel(
    sandbox: Sandbox, client: AsyncWebClient, http: aiohttp.ClientSession, joined: str, ana: Any
):
    """A fault for a channel's id leaves other messages alone, and the page says what became of the post."""
    sandbox.faults.add(Fault("chat.postMessage", "drop", containing=joined))
    assert (await client.chat_postMessage(channel=ana.me, text="for Ana"))["ok"]
    message, headers = {"channel": joined, "text": "The week"}, {"Authorization": f"Bearer {sandbox.bot_token}"}
    with pytest.raises(aiohttp.ClientError):  # not Slack's own client, which would try again
        await http.post(f"{sandbox.api_url}chat.postMessage", json=message, headers=headers)
    async with http.get(f"{sandbox.address}/sandbox/faults") as response:
        happened = (await response.json())["happened"]
    assert [(one["person"], one["text"], one["arrived"]["copies"]) for one in happened] == [("#growth", "The week", 1)]


@pytest.mark.usefixtures("served")
async def test_a_button_in_a_channel_acts_for_the_one_who_presses(
    app: AsyncApp,
    client: AsyncWebClient,
    http: aiohttp.ClientSession,
    ana: Any,
    joined: str,
    page_of: Callable[[str], Any],
):
    """The payload names the channel and the person, the modal opens for them, and only they see an ephemeral answer.

    The menu of the message works in a channel as well.
    """
    ben, bodies = page_of("Ben Okafor"), []

    async def go(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)
        title = {"type": "plain_text", "text": "Settings"}
        view = {"type": "modal", "title": title, "blocks": [{"type": "divider"}]}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    app.action("go")(go)

    async def keep(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)

    app.shortcut("keep")(keep)
    ts = (await client.chat_postMessage(channel=joined, text="The week", blocks=BLOCKS))["ts"]
    container = {"type": "message", "ts": ts, "channel": joined}
    await ben.post("action", container=container, block_id="row", action_id="go", action={})
    body = bodies[0]
    assert body["channel"] == {"id": joined, "name": "growth"}
    assert (body["container"]["channel_id"], body["user"]["id"]) == (joined, ben.me)
    assert (await ben.modal())["title"]["text"] == "Settings"
    assert (await ana.state())["modals"] == []

    async def respond(**message: Any) -> None:
        async with http.post(body["response_url"], json=message) as response:
            assert response.status == 200

    await respond(text="Only for you")
    await respond(text="The week, read", replace_original=True)
    assert [one["text"] for one in (await _channel(ben, joined))["messages"]] == ["The week, read", "Only for you"]
    assert [one["text"] for one in (await _channel(ana, joined))["messages"]] == ["The week, read"]
    await ana.post("shortcut", callback_id="keep", ts=ts, channel=joined)
    assert (bodies[1]["channel"], bodies[1]["user"]["id"]) == ({"id": joined, "name": "growth"}, ana.me)
    elsewhere = {"type": "message", "ts": ts}
    await ben.post("action", container=elsewhere, block_id="row", action_id="go", action={}, status=404)


async def test_a_script_chooses_a_channel(sandbox: Sandbox, ana: Any):
    """Fields for a conversation and for a channel take its name, and the state gets its id."""
    workspace = sandbox._workspace
    elements = {"conversations_select": "selected_conversation", "channels_select": "selected_channel"}
    label = {"type": "plain_text", "text": "Where"}
    blocks = [
        {"type": "input", "block_id": kind, "label": label, "element": {"type": kind, "action_id": "x"}}
        for kind in elements
    ]
    workspace.views.open(ana.me, {"type": "modal", "title": label, "submit": label, "blocks": blocks})
    actor = Actor(workspace, PageActions(workspace, sandbox._bot_client), workspace.people.get(ana.me))
    for kind in elements:
        actor.fill(kind, "#growth")
    growth = workspace.channels.by_name("growth").id
    values = actor.modal.values
    assert [values[kind]["x"][name] for kind, name in elements.items()] == [growth, growth]


async def test_a_restart_keeps_channels_and_an_older_workspace_gets_them(settings: SandboxSettings, tmp_path: Path):
    """Membership, messages and what each has read are as before; a file without channels opens with both.

    A workspace with a message in a channel counts as used.
    """
    kept = replace(settings, state_file=tmp_path / "workspace.sqlite3")
    first = Sandbox(settings=kept)
    workspace, ana = first._workspace, first.people.by_name("Ana Ruiz")
    growth = workspace.channels.by_name("growth")
    workspace.set_app_in(growth, is_member=True)
    assert await first._filling._stage.is_unused()
    workspace.post_in(growth.id, workspace.bot, {"text": "The week"})
    assert not await first._filling._stage.is_unused()
    workspace.messages.mark_read(growth.id, ana.id)
    await first.stop()

    second = Sandbox(settings=kept)
    messages, ben = second._workspace.messages, second.people.by_name("Ben Okafor")
    assert second._workspace.channels.get(growth.id).has_app
    assert [message.text for message in messages.all(growth.id)] == ["The week"]
    assert [messages.unread(growth.id, one.id) for one in (ana, ben)] == [0, 1]
    await second.stop()

    store = StateStore(kept.state_file)
    for name in store.load("channel"):
        store.delete("channel", name)
    store.close()
    third = Sandbox(settings=kept)
    assert [(one.name, one.has_app) for one in third._workspace.channels.all()] == [
        ("general", False),
        ("growth", False),
    ]
    await third.stop()
