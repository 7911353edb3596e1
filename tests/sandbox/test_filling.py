"""People who act by a script, and the workspace that a script may fill."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox, SandboxSettings
from sandbox.acting import NotThere, Stage
from sandbox.errors import PageError
from sandbox.filling import BROKEN_OFF, BUSY, IN_USE, NO_TEAM, Filled
from tests.sandbox.conftest import PageClient, Serve

Json = dict[str, Any]
DONE = Filled("Ben Okafor", "You are Ben.")


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _options(*labels: str) -> list[Json]:
    return [{"text": _plain(label), "value": label.lower()} for label in labels]


def _field(name: str, element: Json) -> Json:
    return {"type": "input", "block_id": name, "label": _plain(name), "element": {"action_id": "typed", **element}}


BUTTON = {"type": "button", "action_id": "go", "text": _plain("Go"), "value": "v"}
MENU = {"type": "overflow", "action_id": "menu", "options": _options("Up", "Down")}
FORM = [
    _field("text", {"type": "plain_text_input"}),
    _field("side", {"type": "static_select", "options": _options("Left", "Right")}),
    _field("who", {"type": "users_select"}),
    _field("day", {"type": "datepicker"}),
    _field("moment", {"type": "datetimepicker"}),
    _field("all", {"type": "checkboxes", "options": _options("One", "Two")}),
    {"type": "section", "block_id": "row", "text": _plain("A row"), "accessory": MENU},
    {"type": "actions", "block_id": "acts", "elements": [BUTTON]},
]


class Bot:
    """What the bot heard, and what it does about a submission."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.response: Json | None = None

    def connect(self, app: AsyncApp, client: AsyncWebClient) -> None:
        """Listen to everything."""

        async def open_form(ack: Any, body: Json) -> None:
            await ack()
            view = {"type": "modal", "callback_id": "form", "title": _plain("Form"), "submit": _plain("Save")}
            await client.views_open(trigger_id=body["trigger_id"], view=view | {"blocks": FORM})

        async def take(ack: Any, body: Json) -> None:
            self.heard.append(body)
            await ack()

        async def submit(ack: Any, body: Json) -> None:
            self.heard.append(body)
            await ack(self.response) if self.response else await ack()

        app.command("/career")(open_form)
        app.action("go")(take)
        app.action("menu")(take)
        app.action("typed")(take)
        app.view("form")(submit)


@asynccontextmanager
async def _opened(settings: SandboxSettings, script: Any) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(settings=settings, script=script)
    await sandbox.start()
    try:
        yield sandbox
    finally:
        await sandbox.stop()


@pytest.fixture
def stage(sandbox: Sandbox) -> Stage:
    """The stage of a running sandbox."""
    return sandbox._filling._stage


async def test_a_script_acts_as_the_page_does(
    sandbox: Sandbox, stage: Stage, app: AsyncApp, serve: Serve, client: AsyncWebClient
):
    """What a script types, chooses and presses reaches the bot as it does from the page, found by its labels."""
    bot = Bot()
    bot.connect(app, client)
    await serve(app)
    ana, ben = stage.actor("Ana Ruiz"), sandbox.people.by_name("Ben Okafor")
    await ana.type("/career prep")
    for field, value in {
        "text": "Words", "side": "Right", "who": "Ben Okafor", "day": date(2027, 3, 1), "all": True,
        "moment": datetime(2027, 3, 1, 9, tzinfo=UTC),
    }.items():  # fmt: skip
        ana.fill(field, value)
    await ana.press("Go")
    await ana.choose_beside("A row", "Down")
    await ana.submit()
    pressed, chosen, submitted = bot.heard
    assert pressed["actions"][0]["value"] == "v"
    assert chosen["actions"][0]["selected_option"]["value"] == "down"
    values = {name: entry["typed"] for name, entry in submitted["view"]["state"]["values"].items() if "typed" in entry}
    assert values["text"]["value"] == "Words"
    assert values["side"]["selected_option"]["value"] == "right"
    assert values["who"]["selected_user"] == ben.id
    assert values["day"]["selected_date"] == "2027-03-01"
    assert values["moment"]["selected_date_time"] == 1803891600
    assert [one["value"] for one in values["all"]["selected_options"]] == ["one", "two"]
    await client.chat_postMessage(channel=ben.id, text="A question", blocks=FORM[-1:])
    await stage.actor("Ben Okafor").press("Go", message="question")
    assert bot.heard[-1]["message"]["text"] == "A question"


async def test_a_script_stops_where_it_does_not_find_what_it_names(
    stage: Stage, app: AsyncApp, serve: Serve, client: AsyncWebClient
):
    """A story that no longer fits the bot fails at once, and says what is there instead."""
    bot = Bot()
    bot.connect(app, client)
    await serve(app)
    ana = stage.actor("Ana Ruiz")
    with pytest.raises(NotThere, match="Nobody here is called Zoe"):
        stage.actor("Zoe")
    with pytest.raises(NotThere, match="no modal open"):
        await ana.press("Go")
    with pytest.raises(NotThere, match="no message “Hello” with a button “Go”"):
        await ana.press("Go", message="Hello")
    await ana.type("/career")
    with pytest.raises(NotThere, match="no button “Stop”"):
        await ana.press("Stop")
    with pytest.raises(NotThere, match="no field words, but text, side"):
        ana.fill("words", "…")
    with pytest.raises(NotThere, match="no option “Middle”, but Left, Right"):
        ana.fill("side", "Middle")
    with pytest.raises(NotThere, match="no menu beside “Nothing”"):
        await ana.choose_beside("Nothing", "Up")
    with pytest.raises(NotThere, match="This field is required"):
        await ana.submit()
    assert bot.heard == []


async def test_a_script_notices_a_form_that_comes_back(
    sandbox: Sandbox, stage: Stage, app: AsyncApp, serve: Serve, client: AsyncWebClient
):
    """A form that is shown again, as the coach does, is not taken for accepted."""
    bot = Bot()
    view = {"type": "modal", "callback_id": "form", "title": _plain("Form"), "submit": _plain("Save")}
    bot.response = {"response_action": "update", "view": view | {"blocks": FORM[-1:]}}
    bot.connect(app, client)
    await serve(app)
    ana = stage.actor("Ana Ruiz")
    await ana.type("/career")
    ana.modal.content["blocks"] = [block for block in ana.modal.content["blocks"] if block["type"] != "input"]
    with pytest.raises(NotThere, match="shows “form” again"):
        await ana.submit()
    await ana.close_all()
    assert sandbox._workspace.views.stack(sandbox.people.by_name("Ana Ruiz").id) == []


async def test_only_an_unused_workspace_is_filled(settings: SandboxSettings, http: aiohttp.ClientSession):
    """The script runs once; meanwhile nobody else acts and its progress is shown; then the workspace is in use."""
    going_on, go_on = asyncio.Event(), asyncio.Event()

    async def script(stage: Stage) -> Filled:
        stage.show_progress("week 1 of 2")
        going_on.set()
        await go_on.wait()
        await stage.move_to(stage.now() + timedelta(days=3))
        workspace = sandbox._workspace
        workspace.post(workspace.people.by_name("Ana Ruiz"), workspace.bot, {"text": "Hello"})
        return DONE

    async with _opened(settings, script) as sandbox:
        ana = PageClient(http, sandbox, "Ana Ruiz")
        began = sandbox.clock.now()
        assert (await ana.state())["can_be_filled"] is True
        filling = asyncio.create_task(ana.post("fill"))
        await going_on.wait()
        state = await ana.state()
        assert (state["filling"], state["can_be_filled"]) == ("week 1 of 2", False)
        for what in ("command", "fill", "clock"):
            assert (await ana.post(what, status=409, text="/career", by="day"))["message"] == BUSY
        go_on.set()
        assert await filling == {"ok": True, "as": sandbox.people.by_name("Ben Okafor").id, "text": "You are Ben."}
        assert sandbox.clock.now() - began >= timedelta(days=3)
        state = await ana.state()
        assert (state["filling"], state["can_be_filled"]) == (None, False)
        assert (await ana.post("fill", status=409))["message"] == IN_USE


async def test_a_script_that_broke_off_is_known_as_such(settings: SandboxSettings, tmp_path: Path):
    """A workspace with half a team says so, also after a restart; one in which nothing has happened yet is filled."""
    kept = replace(settings, state_file=tmp_path / "workspace.sqlite3")

    async def too_early(_stage: Stage) -> Filled:
        raise PageError("Not yet.")

    async def broken(stage: Stage) -> Filled:
        workspace = stage._workspace
        workspace.post(workspace.people.by_name("Ana Ruiz"), workspace.bot, {"text": "Hello"})
        raise NotThere("A button is gone.")

    async with _opened(kept, too_early) as sandbox:
        with pytest.raises(PageError, match="Not yet"):
            await sandbox.fill()
        assert await sandbox.can_be_filled()
    async with _opened(kept, broken) as sandbox:
        with pytest.raises(NotThere):
            await sandbox.fill()
        assert not await sandbox.can_be_filled()
    async with _opened(kept, broken) as sandbox:
        with pytest.raises(PageError) as refused:
            await sandbox.fill()
        assert refused.value.problem == BROKEN_OFF


async def test_a_sandbox_without_a_script_has_no_team(sandbox: Sandbox, ana: PageClient):
    """Nothing is offered, and nothing is done."""
    assert (await ana.state())["can_be_filled"] is False
    assert (await ana.post("fill", status=404))["message"] == NO_TEAM
