"""What the sandbox sends and answers has the keys that Slack's has: those that we, Bolt or an SDK may read."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from sandbox import DEFAULT_SCOPES, Sandbox, SandboxSettings
from sandbox.settings import DEFAULT_EVENTS
from tests.sandbox.conftest import PageClient
from tests.sandbox.page.conftest import FakeBot

USER = "user.id user.name user.username user.team_id"
INTERACTION = f"type api_app_id token is_enterprise_install enterprise team.id team.domain {USER}"
MODAL = (
    "view.id view.type view.callback_id view.private_metadata view.hash view.title.text view.title.type "
    "view.title.emoji view.submit.text view.close.text view.blocks view.state.values view.team_id view.app_id "
    "view.bot_id view.app_installed_team_id view.root_view_id view.previous_view_id view.external_id "
    "view.clear_on_close view.notify_on_close"
)
MESSAGE = "message.type message.ts message.text message.blocks message.user message.bot_id message.app_id message.team"
EVENT = (
    "type token team_id api_app_id event_id event_time event_context is_ext_shared_channel authorizations event.type "
    "event.event_ts event.user"
)
PERSON = (
    "id name real_name team_id tz tz_label tz_offset deleted is_bot is_app_user is_admin is_owner is_primary_owner "
    "is_restricted is_ultra_restricted updated color profile.real_name profile.real_name_normalized "
    "profile.display_name profile.display_name_normalized profile.title profile.status_text profile.status_emoji "
    "profile.status_expiration profile.team profile.avatar_hash profile.first_name profile.last_name"
)

PAYLOADS = {
    "/career": "token team_id team_domain channel_id channel_name user_id user_name command text api_app_id "
    "is_enterprise_install response_url trigger_id",
    "view_submission": f"{INTERACTION} trigger_id {MODAL}",
    "view_closed": f"{INTERACTION} is_cleared {MODAL}",
    "block_actions": f"{INTERACTION} trigger_id container.type actions.action_id actions.block_id actions.action_ts "
    "actions.type actions.value actions.text.text",
    "app_home_opened": f"{EVENT} event.channel event.tab",
    "message": f"{EVENT} event.channel event.channel_type event.text event.ts event.team event.client_msg_id "
    "event.blocks",
    "user_change": f"{EVENT} event.cache_ts " + " ".join(f"event.user.{key}" for key in PERSON.split()),
}
IN_A_MESSAGE = (
    "container.message_ts container.channel_id container.is_ephemeral channel.id channel.name state.values "
    f"response_url {MESSAGE}"
)
IN_A_MODAL = f"container.view_id {MODAL}"
ANSWERS = {
    "auth.test": "ok url team user team_id user_id bot_id is_enterprise_install",
    "chat.postMessage": f"ok channel ts {MESSAGE}",
    "chat.update": "ok channel ts text message.text message.type message.user message.blocks message.bot_id",
    "conversations.open": "ok channel.id",
    "conversations.history": "ok has_more messages.type messages.ts messages.text messages.user messages.bot_id",
    "users.info": "ok " + " ".join(f"user.{key}" for key in PERSON.split()),
    "users.list": "ok cache_ts response_metadata.next_cursor " + " ".join(f"members.{key}" for key in PERSON.split()),
    "views.open": f"ok {MODAL}",
    "views.update": f"ok {MODAL}",
    "views.publish": "ok view.id view.type view.blocks view.hash view.team_id view.app_id view.bot_id",
}


def plain(text: str) -> dict[str, Any]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def keys(found: Any, path: str = "") -> Iterator[str]:
    """Every key in some JSON, with those above it; what is in a list counts as if it were in its place."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield f"{path}{name}"
            yield from keys(value, f"{path}{name}.")
    elif isinstance(found, list):
        for one in found:
            yield from keys(one, path)


def missing(wanted: str, found: Any) -> set[str]:
    """The keys that Slack's has and this lacks."""
    return set(wanted.split()) - set(keys(found))


class Scene:
    """A sandbox in which everything that the bot can hear has happened once."""

    def __init__(self, sandbox: Sandbox, bot: FakeBot, page: PageClient) -> None:
        self.sandbox, self.bot, self.page = sandbox, bot, page
        self.answers: dict[str, Any] = {}

    async def call(self, method: str, **body: Any) -> Any:
        """A call of the bot; its answer is kept."""
        self.answers[method] = await self.bot.call(method, **body)
        return self.answers[method]

    async def play(self) -> None:
        """A person does everything once; the bot answers as bots do."""
        button = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
        blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
        modal = {
            "type": "modal", "title": plain("Form"), "submit": plain("Save"), "close": plain("Close"), "blocks": blocks,
            "callback_id": "form", "notify_on_close": True,
        }  # fmt: skip
        opened: list[str] = []

        async def open_form(payload: Any) -> None:
            opened.append((await self.call("views.open", trigger_id=payload["trigger_id"], view=modal))["view"]["id"])

        self.bot.answers["/career"] = open_form
        await self.call("auth.test")
        await self.call("users.list")
        await self.call("users.info", user=self.page.me)
        await self.call("conversations.open", users=self.page.me)
        posted = await self.call("chat.postMessage", channel=self.page.me, text="Hi", blocks=blocks)
        await self.call("chat.update", channel=posted["channel"], ts=posted["ts"], text="Hello", blocks=blocks)
        await self.call("conversations.history", channel=posted["channel"])
        pressed = {"block_id": "b", "action_id": "go", "values": {},
                   "action": {"type": "button", "text": plain("Go"), "value": "1"}}  # fmt: skip
        await self.page.post("action", container={"type": "message", "ts": posted["ts"]}, **pressed)
        await self.page.post("message", text="Hello")
        await self.page.post("command", text="/career")
        await self.call("views.update", view_id=opened[-1], view=modal)
        await self.page.post("action", container={"type": "view", "view_id": opened[-1]}, **pressed)
        await self.page.post("submit", view_id=opened[-1], values={})
        await self.page.post("command", text="/career")
        await self.page.post("close", view_id=opened[-1])
        await self.call("views.publish", user_id=self.page.me, view={"type": "home", "blocks": blocks})
        await self.page.post("home_opened")
        await self.page.post("person", user=self.page.me, tz="Asia/Tokyo")


@pytest.fixture
async def scene(settings: SandboxSettings, http: aiohttp.ClientSession) -> AsyncIterator[Scene]:
    """Everything has happened."""
    known = replace(
        settings, events=DEFAULT_EVENTS | {"user_change"}, scopes=DEFAULT_SCOPES | {"im:write", "users:read"}
    )
    sandbox, bot = Sandbox(settings=known), FakeBot()
    await sandbox.start()
    async with bot.running(sandbox):
        scene = Scene(sandbox, bot, PageClient(http, sandbox, "Ana Ruiz"))
        await scene.play()
        yield scene
        await sandbox.stop()


async def test_payloads_have_the_keys_that_slacks_have(scene: Scene):
    """Commands, interactions and events, each kind at least once; buttons of messages and modals with their place."""
    lacking = {kind: missing(wanted, payload) for kind, wanted in PAYLOADS.items() for payload in scene.bot.of(kind)}
    assert lacking == {kind: set() for kind in PAYLOADS}
    in_message, in_modal = scene.bot.of("block_actions")
    assert missing(IN_A_MESSAGE, in_message) == set()
    assert missing(IN_A_MODAL, in_modal) == set()


async def test_answers_have_the_keys_that_slacks_have(scene: Scene):
    """Every method of the Web API that the bot calls."""
    lacking = {method: missing(wanted, scene.answers[method]) for method, wanted in ANSWERS.items()}
    assert lacking == {method: set() for method in ANSWERS}
