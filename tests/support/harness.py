"""All listeners behind a real Bolt app, and a Slack on 127.0.0.1 that records every call.

Requests are signed and dispatched as Slack sends them, without a server of ours; what the app calls goes over HTTP.
"""

import asyncio
import copy
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import aiohttp
import sqlalchemy as sa
from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import SQLModel

from cycle.bank import Bank, load_bank
from cycle.guards import lock_pair
from cycle.people import LookupFailure, Profile
from cycle.preparations import Page
from handlers.registration import register
from handlers.shared.homes import Homes
from handlers.shared.ids import ActionId
from handlers.shared.listeners import name_of
from handlers.shared.profiles import Profiles
from handlers.shared.services import Services, WorkspaceContext
from handlers.views import kit
from sandbox.validation import problems
from sandbox.view_state import elements, state
from storage.database import Database
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store
from tests.support.databases import until_waiting

Change = Callable[[Store, Pair], Awaitable[object]]

SECRET = "a-secret-for-tests"
TEAM = "T0ACME"
_versions = itertools.count(1)
NOTICE_TITLE = kit.notice("Career", "")["title"]  # of the modal in which the bot says why something cannot be done
VIEW_CALLS = {"views.open": "modal", "views.push": "modal", "views.update": "modal", "views.publish": "home"}


@dataclass
class FakeSlack:
    """Records Web API calls and `response_url` posts. `refuses` maps a method to the error word it answers."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    """What was uploaded, by file name."""
    emails: dict[str, str] = field(default_factory=dict)
    """The addresses in people's profiles, by U… id."""
    scopes: str = ""
    """The scopes of the token, as answers list them; empty where they do not."""
    silent: set[str] = field(default_factory=set)
    """Methods that are answered after minutes, when nobody waits any more."""
    address: str = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve on a free port."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._method)
        app.router.add_post("/respond", self._respond)
        app.router.add_post("/upload/{name}", self._upload)
        # A call that nobody waits for any more is not waited for at the end either.
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        yield
        await runner.cleanup()

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method == "auth.test":
            known = {"team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0BOT", "url": "", "team": "Acme", "user": "c"}
            return web.json_response({"ok": True} | known)
        body = await request.json() if request.content_type == "application/json" else dict(await request.post())
        body = body or dict(request.query)
        if isinstance(body.get("view"), str):
            body["view"] = json.loads(body["view"])
        self.calls.append((method, body))
        if method in self.silent:
            await asyncio.sleep(600)
        if (word := self.refuses.get(method)) is not None:
            return web.json_response({"ok": False, "error": word}, status=429 if word == "ratelimited" else 200)
        headers = {"X-OAuth-Scopes": self.scopes} if self.scopes else None
        return web.json_response({"ok": True, "view": {"id": "V1"}} | self._more(method, body), headers=headers)

    def _more(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "files.getUploadURLExternal":
                return {"upload_url": f"{self.address}/upload/{body['filename']}", "file_id": f"F{body['filename']}"}
            case "files.completeUploadExternal":
                return {"files": json.loads(body["files"])}
            case "users.info":
                return {"user": {"id": body["user"], "profile": {"email": self.emails.get(body["user"])}}}
            case "conversations.open":
                return {"channel": {"id": f"D{body['users']}"}}
            case _:
                return {}

    async def _upload(self, request: web.Request) -> web.Response:
        self.uploads[request.match_info["name"]] = await request.read()
        return web.Response(text="OK")

    async def _respond(self, request: web.Request) -> web.Response:
        self.calls.append(("response_url", await request.json()))
        return web.Response(text="ok")


@cache
def _bank() -> Bank:
    return load_bank()[0]


class FakeDirectory:
    """Slack's directory: who is in it, by U… id."""

    def __init__(self) -> None:
        self.profiles: dict[str, Profile] = {}
        self.asked: list[str] = []

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """A person's profile; every lookup is recorded."""
        self.asked.append(slack_id)
        return self.profiles.get(slack_id, LookupFailure.UNAVAILABLE)


@dataclass(frozen=True)
class Outcome:
    """What came of one request: the listener that took it, the answer to Slack, and the calls made meanwhile."""

    listener: str
    status: int
    answer: dict[str, Any]
    calls: list[tuple[str, dict[str, Any]]]

    @property
    def views(self) -> list[tuple[str, dict[str, Any]]]:
        """Every view that was shown, as (modal or home, view)."""
        called = [(VIEW_CALLS[method], body["view"]) for method, body in self.calls if method in VIEW_CALLS]
        return [*called, *([("modal", self.answer["view"])] if "view" in self.answer else [])]

    @property
    def modal(self) -> dict[str, Any]:
        """The last modal shown, as Slack would send it back: with an id and ids on all blocks."""
        shown = copy.deepcopy([view for kind, view in self.views if kind == "modal"][-1])
        for number, block in enumerate(shown["blocks"]):
            block.setdefault("block_id", f"b{number}")
        # Every view shown is a new version to Slack; all are of one modal here.
        return shown | {"id": "V1", "hash": f"{next(_versions)}.a", "root_view_id": "V1", "previous_view_id": None}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Every message that was shown: direct ones, posts to `response_url` and answers to commands."""
        posted = [body for method, body in self.calls if method in {"response_url", "chat.postMessage"}]
        return [*posted, *([self.answer] if "text" in self.answer else [])]

    @property
    def refusal(self) -> str:
        """The sentence that refuses what the person wanted: beside a field, in a message or in a notice; or empty."""
        said = [body["text"] for body in self.messages if body.get("replace_original") is False]
        said += [view["blocks"][0]["text"]["text"] for _, view in self.views if view.get("title") == NOTICE_TITLE]
        return " ".join([*self.answer.get("errors", {}).values(), *said])

    def faults(self) -> list[Any]:
        """What Slack would have refused."""
        views = [problem for kind, view in self.views for problem in problems(kind, view)]
        return views + [problem for message in self.messages for problem in problems("message", message)]


class BotHarness:
    """The bot with everything but a server. `now` is its clock."""

    def __init__(
        self, database: Database, workspace_id: int, now: datetime, slack: FakeSlack, *, answers_last: bool = False
    ) -> None:
        self.answers_last = answers_last  # Bolt's `process_before_response`
        self.now, self.slack, self.directory, self.woken = now, slack, FakeDirectory(), 0
        self.database, self.workspace_id = database, workspace_id
        self.homes: set[str] = set()  # of those who have opened theirs
        self.last_request: tuple[str, dict[str, str]] = ("", {})
        self.team_id = self.user_team_id = TEAM  # the workspace that requests come from, and that of the person

    @asynccontextmanager
    async def open(self) -> AsyncIterator["BotHarness"]:
        """Registers everything."""
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(token="xoxb-made-up", base_url=f"{self.slack.address}/api/", session=session)
            self.app = AsyncApp(
                name="career", client=client, signing_secret=SECRET, process_before_response=self.answers_last
            )
            self.services = Services(self.database, lambda: self.now, _bank(), self._wake)
            self.services.workspaces[TEAM] = WorkspaceContext(
                self.workspace_id, TEAM, client,
                Profiles(self.database, self.workspace_id, self.directory, lambda: self.now),
                Homes(self.database, self.workspace_id, self._publish, self.services.foreground),
            )  # fmt: skip
            self._ours = register(self.app, self.services)
            yield self

    def _wake(self) -> None:
        self.woken += 1

    async def _publish(self, slack_id: str, view: dict[str, Any]) -> None:
        await self.app.client.views_publish(user_id=slack_id, view=view)

    def register_first(self, connect: Callable[[AsyncApp], None]) -> None:
        """Connects listeners of a test in front of ours, the last of which match everything."""
        ours = list(self.app._async_listeners)
        self.app._async_listeners.clear()
        connect(self.app)
        self.app._async_listeners += ours

    # --- what people do --------------------------------------------------------------------------------------------

    async def command(self, slack_id: str, text: str = "", name: str = "/career") -> Outcome:
        """Type `/career …`."""
        body = {
            "command": name, "text": text, "user_id": slack_id, "user_name": handle_of(slack_id),
            "team_id": self.team_id, "channel_id": "D1",
            "trigger_id": "1.2", "response_url": f"{self.slack.address}/respond",
        }  # fmt: skip
        return await self._dispatch(urlencode(body), "application/x-www-form-urlencoded")

    async def press_in_message(self, slack_id: str, does: str, value: Any, *, ephemeral: bool = False) -> Outcome:
        """Press a button in a message, which Slack shows us again unless it is ephemeral."""
        row = {"type": "actions", "block_id": "pressed", "elements": []}
        body = self._pressed(slack_id, does, value, "pressed") | {"response_url": f"{self.slack.address}/respond"}
        words = {"type": "section", "text": {"type": "mrkdwn", "text": "A question."}}
        return await self._interact(body if ephemeral else body | {"message": {"text": "…", "blocks": [words, row]}})

    async def shortcut_on_message(self, slack_id: str, callback_id: str, **message: Any) -> Outcome:
        """Choose an entry of a message's menu."""
        body = {
            "type": "message_action", "callback_id": callback_id, "trigger_id": "1.2", "message_ts": "1.2",
            "channel": {"id": "C1", "name": "general"}, "message": {"type": "message", "user": "U0BEN"} | message,
            "response_url": f"{self.slack.address}/respond",
        }  # fmt: skip
        return await self._interact(body | self._by(slack_id))

    async def press_in_block(
        self, slack_id: str, message: Sequence[dict[str, Any]], block_id: str, does: str
    ) -> Outcome:
        """Press a button in one block of a message as Slack has it, or choose what does the same from its menu."""
        [block] = [one for one in message if one.get("block_id") == block_id]
        body = self._pressed(slack_id, "", "", block_id)
        for element in [block["accessory"]] if "accessory" in block else block["elements"]:
            options = [one["value"] for one in element.get("options", ()) if one["value"].startswith(f"{does}:")]
            if element["action_id"] == does or options:
                body["actions"][0] |= {"action_id": element["action_id"], "type": element["type"]}
                chosen = {"selected_option": {"value": options[0]}} if options else {"value": element["value"]}
                body["actions"][0] = {**body["actions"][0], **({"value": None} if options else {}), **chosen}
                break
        assert body["actions"][0]["action_id"], f"nothing to press in {block_id}: {does}"
        respond = {"response_url": f"{self.slack.address}/respond", "message": {"text": "…", "blocks": list(message)}}
        return await self._interact(body | respond)

    async def press_in_home(self, slack_id: str, does: str, value: Any = "") -> Outcome:
        """Press a button on the App Home, which the person has opened."""
        if slack_id not in self.homes:
            await self.home_opened(slack_id)
        return await self._interact(self._pressed(slack_id, does, value, "b0") | {"view": {"type": "home", "id": "V0"}})

    async def press(
        self, slack_id: str, modal: dict[str, Any], does: str, value: Any = None, *, at: datetime | None = None,
        **typed: Any,
    ) -> Outcome:  # fmt: skip
        """Press a button or change a field in a modal, now or at another moment by Slack's clock.

        `value` picks among several with the same id; `typed` is as for `submit`.
        """
        pressable = [
            (block, element)
            for block, element in elements(modal["blocks"])
            if element["action_id"] == does and (value is None or str(value) in json.dumps(element))
        ]
        assert pressable, f"nothing to press: {does} {value or ''}"
        block, element = pressable[0]
        body = self._pressed(slack_id, does, element.get("value", value), block["block_id"], at)
        if element["type"] == "overflow":
            body["actions"][0] |= {"type": "overflow", "selected_option": {"value": value}}
            del body["actions"][0]["value"]
        return await self._interact(body | {"view": self._with_state(modal, typed)})

    async def prep(self, slack_id: str, page: Page = Page.ANSWERS) -> dict[str, Any]:
        """Type `/career prep` and go to a page; its modal."""
        first = (await self.command(slack_id, "prep")).modal
        return (await self.press(slack_id, first, ActionId.GO_TO_PAGE, page)).modal

    async def submit(self, slack_id: str, modal: dict[str, Any], **typed: Any) -> Outcome:
        """Submit a modal; `typed` gives fields their values, dots in their names written as double underscores."""
        body = {"type": "view_submission", "view": self._with_state(modal, typed), "trigger_id": "1.2"}
        return await self._interact(body | self._by(slack_id))

    async def home_opened(self, slack_id: str, tab: str = "home") -> Outcome:
        """Open a tab of the app; from then on the Home is drawn after each change."""
        self.homes.add(slack_id)
        return await self.event({"type": "app_home_opened", "user": slack_id, "tab": tab, "channel": "D1"})

    async def event(self, event: dict[str, Any], event_id: str = "") -> Outcome:
        """Something that Slack reports; each event has an id of its own unless one is given."""
        envelope = {"type": "event_callback", "team_id": self.team_id, "event_id": event_id or f"Ev{next(_versions)}"}
        return await self._dispatch(json.dumps(envelope | {"event": event}), "application/json")

    async def person(self, slack_id: str) -> Person:
        """A person as saved."""
        async with self.database.reading(self.workspace_id) as store:
            found = await store.people.by_slack_id(slack_id)
        assert found is not None
        return found

    async def rows(self, *, besides: Collection[str] = ()) -> dict[str, list[Any]]:
        """Every row by table, decrypted and in the order of their keys, but for some tables."""
        tables = [table for table in SQLModel.metadata.sorted_tables if table.name not in besides]
        async with self.database.engine.connect() as connection:
            return {
                table.name: list((await connection.execute(sa.select(table).order_by(table.c.id))).all())
                for table in tables
            }

    async def meanwhile(
        self, request: Coroutine[Any, Any, Outcome], pair_id: int, change: Change, *, booking: bool = False
    ) -> Outcome:
        """What comes of a request that has to wait while something changes between two people.

        The pair is locked first, with both people where a date is booked; the change is made and committed once the
        request waits for a lock. Only on PostgreSQL, where requests wait for each other's rows.
        """
        async with self.database.unit(self.workspace_id) as store:
            pair = await lock_pair(store, pair_id, Pair, with_people=booking)
            waiting = asyncio.create_task(request)
            await until_waiting(self.database)
            await change(store, pair)
        return await waiting

    # --- how Slack puts it -----------------------------------------------------------------------------------------

    def _pressed(
        self, slack_id: str, does: str, value: Any, block_id: str, at: datetime | None = None
    ) -> dict[str, Any]:
        moment = f"{(at or self.now).timestamp():.6f}"
        action = {"type": "button", "action_id": does, "block_id": block_id, "value": str(value), "action_ts": moment}
        return {"type": "block_actions", "actions": [action], "trigger_id": "1.2"} | self._by(slack_id)

    def _by(self, slack_id: str) -> dict[str, Any]:
        user = {"id": slack_id, "name": handle_of(slack_id), "team_id": self.user_team_id}
        return {"user": user, "team": {"id": self.team_id}, "api_app_id": "A1"}

    def _with_state(self, modal: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, value in typed.items():
            block_id = name.replace("__", ".")
            fields = {block["block_id"]: element for block, element in elements(modal["blocks"])}
            assert block_id in fields, f"no field {block_id}, but {', '.join(fields)}"
            element = fields[block_id]
            given[block_id] = {element["action_id"]: self._value(element["type"], value)}
        return modal | {"state": {"values": state(modal["blocks"], given)}}

    def _value(self, kind: str, value: Any) -> dict[str, Any]:
        reports: dict[str, Callable[[], dict[str, Any]]] = {
            "static_select": lambda: {"selected_option": {"value": value}},
            "radio_buttons": lambda: {"selected_option": {"value": value}},
            "checkboxes": lambda: {"selected_options": [{"value": one} for one in value]},
            "multi_static_select": lambda: {"selected_options": [{"value": one} for one in value]},
            "users_select": lambda: {"selected_user": value},
            "conversations_select": lambda: {"selected_conversation": value},
            "datepicker": lambda: {"selected_date": value and value.isoformat()},
            "timepicker": lambda: {"selected_time": value and f"{value:%H:%M}"},
            "datetimepicker": lambda: {"selected_date_time": int(value.timestamp())},
        }
        return reports.get(kind, lambda: {"value": value})()

    async def submit_alone(self, slack_id: str, modal: dict[str, Any], **typed: Any) -> BoltResponse:
        """The same without waiting for anything but the answer, so that many can submit at once; finish afterwards."""
        body = {"type": "view_submission", "view": self._with_state(modal, typed), "trigger_id": "1.2"}
        form = urlencode({"payload": json.dumps(body | self._by(slack_id))})
        signed = _signed(form, "application/x-www-form-urlencoded")
        return await self.app.async_dispatch(AsyncBoltRequest(body=form, headers=signed))

    async def _interact(self, payload: dict[str, Any]) -> Outcome:
        return await self._dispatch(urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded")

    async def _dispatch(self, body: str, content_type: str) -> Outcome:
        self.last_request = body, _signed(body, content_type)
        return await self._send(*self.last_request)

    async def send_again(self) -> Outcome:
        """Send the last request once more, with the same signature."""
        return await self._send(*self.last_request)

    async def _send(self, body: str, headers: dict[str, str]) -> Outcome:
        self.slack.calls.clear()
        request = AsyncBoltRequest(body=body, headers=headers)
        answer = await self.app.async_dispatch(request)
        await self.finish()
        listener = await self._taken_by(AsyncBoltRequest(body=body, headers=headers))
        return Outcome(listener, answer.status, json.loads(answer.body or "{}"), list(self.slack.calls))

    async def finish(self) -> None:
        """Wait for listeners that go on after they have acknowledged, and for what nobody waits for."""
        going_on = [task for task in asyncio.all_tasks() if "run_ack_function" in task.get_coro().__qualname__]
        await asyncio.gather(*going_on)
        await self.services.background.finish()

    async def _taken_by(self, request: AsyncBoltRequest) -> str:
        """The name of the listener that takes a request: the first that matches, as Bolt chooses."""
        for listener in self.app._async_listeners:
            if await listener.async_matches(req=request, resp=BoltResponse(status=200)):
                return self._name(request.body, listener.ack_function)
        return ""

    def _name(self, body: dict[str, Any], bolts: Any) -> str:
        """The name of a listener that Bolt has chosen, or of the one that it looks up."""
        match bolts.__name__:
            case "_pressed":
                return short_name(self._ours.button(body))
            case "_submitted":
                return short_name(self._ours.form(body))
        return short_name(bolts)

    def listeners(self) -> set[str]:
        """The names of all that are registered."""
        bolts = [listener.ack_function for listener in self.app._async_listeners]
        others = [function for function in bolts if function.__name__ not in {"_pressed", "_submitted"}]
        return {short_name(listener) for listener in (*others, *self._ours.all())}


def _signed(body: str, content_type: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
    return {
        "content-type": content_type, "x-slack-signature": signature or "", "x-slack-request-timestamp": timestamp,
    }  # fmt: skip


def handle_of(slack_id: str) -> str:
    """`gus` for U0GUS."""
    return slack_id.removeprefix("U0").lower()


def short_name(listener: Any) -> str:
    """`commands.career` for the listener of that name in handlers."""
    return name_of(listener).removeprefix("handlers.")
