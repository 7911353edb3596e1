"""A small Bolt app at the other end, over signed HTTP: what people do reaches it, and its answers are carried out."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox

Json = dict[str, Any]


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _input(block_id: str, **changes: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "text", **changes}
    return {"type": "input", "block_id": block_id, "label": _plain(block_id), "element": element}


def _modal(*blocks: Json, **changes: Any) -> Json:
    view = {"type": "modal", "callback_id": "prep", "title": _plain("Prep"), "submit": _plain("Save")}
    return view | {"blocks": list(blocks), **changes}


def _typed(**texts: str) -> Json:
    return {block: {"text": {"type": "plain_text_input", "value": text}} for block, text in texts.items()}


def _opens(app: AsyncApp, view: Json) -> list[Json]:
    """The command opens this view; gives the list to which each payload will be added."""
    seen: list[Json] = []

    async def open_view(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        seen.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    app.command("/career")(open_view)
    return seen


def _answers(app: AsyncApp, *answers: Json) -> list[Json]:
    """Each submission gets the next of these answers; gives the list of payloads."""
    seen: list[Json] = []

    async def answer(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack(**answers[min(len(seen), len(answers)) - 1])

    app.view("prep")(answer)
    return seen


async def _submit(ana: Any, **texts: str) -> Json:
    return dict(await ana.post("submit", view_id=(await ana.modal())["id"], values=_typed(**texts)))


@pytest.mark.usefixtures("served")
async def test_a_command_opens_a_modal_that_can_be_refused_changed_and_closed(app: AsyncApp, ana: Any):
    """The main line: command, modal, errors beside the field with everything kept, another content, closed."""
    commands = _opens(app, _modal(_input("goal"), _input("note", max_length=5)))
    answers: list[Json] = [
        {"response_action": "errors", "errors": {"goal": "Too vague"}},
        {"response_action": "update", "view": _modal(_input("goal"), _input("date"))},
        {},
    ]
    submissions = _answers(app, *answers)
    await ana.post("command", text="/career prep now")
    assert (commands[0]["command"], commands[0]["text"]) == ("/career", "prep now")
    assert commands[0]["user_id"] == ana.me

    refused = await _submit(ana, goal="grow", note="ok")
    assert (refused["outcome"], refused["errors"]) == ("errors", {"goal": "Too vague"})
    shown = await ana.modal()
    assert shown["errors"] == {"goal": "Too vague"}
    assert shown["state"]["values"]["note"]["text"]["value"] == "ok"

    assert (await _submit(ana, goal="pass the exam", note="ok"))["outcome"] == "update"
    shown = await ana.modal()
    assert shown["state"]["values"]["goal"]["text"]["value"] == "pass the exam"
    assert shown["errors"] == {}

    assert (await _submit(ana, goal="pass the exam", date="May"))["outcome"] == "closed"
    assert (await ana.state())["modals"] == []
    view = submissions[-1]["view"]
    assert view["state"]["values"]["date"]["text"] == {"type": "plain_text_input", "value": "May"}
    assert view["root_view_id"] == view["id"]


@pytest.mark.usefixtures("served")
async def test_slacks_own_refusals_never_reach_the_bot(app: AsyncApp, ana: Any):
    """An empty required field and a text too long have errors beside the fields, and the bot gets nothing."""
    _opens(app, _modal(_input("goal"), _input("note", max_length=5)))
    submissions = _answers(app, {})
    await ana.post("command", text="/career prep")
    answer = await _submit(ana, goal="  ", note="too long")
    assert answer["errors"] == {"goal": "This field is required", "note": "Use at most 5 characters (8 now)"}
    assert submissions == []


@pytest.mark.usefixtures("served")
async def test_errors_for_blocks_that_are_no_inputs_are_a_failure(app: AsyncApp, ana: Any):
    """Slack drops them silently; the sandbox says so, or nobody would ever find out."""
    _opens(app, _modal(_input("goal")))
    _answers(app, {"response_action": "errors", "errors": {"gaol": "Misspelt"}})
    await ana.post("command", text="/career prep")
    answer = await _submit(ana, goal="x")
    assert answer["outcome"] == "failure"
    assert "gaol" in answer["failure"]
    assert (await ana.modal())["failure"] == answer["failure"]


@pytest.mark.usefixtures("served")
async def test_an_invalid_view_in_a_response_is_a_failure(app: AsyncApp, ana: Any):
    """An update that Slack would refuse leaves the modal as it was, and says where the fault is."""
    _opens(app, _modal(_input("goal")))
    _answers(app, {"response_action": "update", "view": _modal({"type": "header", "text": _plain("x" * 151)})})
    await ana.post("command", text="/career prep")
    answer = await _submit(ana, goal="x")
    assert "/view/blocks/0/text/text" in answer["failure"]
    assert (await ana.modal())["blocks"][0]["block_id"] == "goal"


@pytest.mark.usefixtures("served")
async def test_a_stack_of_three_and_clearing_it(app: AsyncApp, ana: Any):
    """Two pushes are taken, the fourth modal is refused, and clear closes all."""
    _opens(app, _modal(_input("goal")))
    push = {"response_action": "push", "view": _modal(_input("goal"))}
    _answers(app, push, push, push, {"response_action": "clear"})
    await ana.post("command", text="/career prep")
    assert [(await _submit(ana, goal="x"))["outcome"] for _ in range(2)] == ["push", "push"]
    stack = (await ana.state())["modals"]
    assert [view["previous_view_id"] for view in stack] == [None, stack[0]["id"], stack[1]["id"]]
    assert "push_limit_reached" in (await _submit(ana, goal="x"))["failure"]
    assert (await _submit(ana, goal="x"))["outcome"] == "clear"
    assert (await ana.state())["modals"] == []


@pytest.mark.usefixtures("served")
async def test_the_bot_hears_of_a_closed_modal_only_if_it_asked(app: AsyncApp, ana: Any):
    """view_closed comes for notify_on_close alone, without what was typed, and says whether all was closed."""
    _opens(app, _modal(_input("goal"), notify_on_close=True))
    _answers(app, {"response_action": "push", "view": _modal(_input("more"))})
    closed: list[Json] = []

    async def on_close(ack: Any, body: Json) -> None:
        closed.append(body)
        await ack()

    app.view_closed("prep")(on_close)
    await ana.post("command", text="/career prep")
    await _submit(ana, goal="typed")
    await ana.post("close", view_id=(await ana.modal())["id"], clear=False)
    assert closed == []
    view_id = (await ana.modal())["id"]
    await ana.post("close", view_id=view_id, clear=True)
    assert [(one["view"]["id"], one["is_cleared"]) for one in closed] == [(view_id, True)]
    assert closed[0]["view"]["state"]["values"] == {}
    await ana.post("close", view_id=view_id, clear=False, status=404)


@pytest.mark.usefixtures("served")
async def test_a_trigger_works_once_and_for_three_seconds(app: AsyncApp, ana: Any, real: Any):
    """Twice is exchanged, late is expired: real time counts, not the workspace's."""
    errors: list[str] = []

    async def open_twice(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        real.ahead += timedelta(seconds=4 if body["text"] == "late" else 2)
        for _ in range(2):
            try:
                await client.views_open(trigger_id=body["trigger_id"], view=_modal())
            except SlackApiError as error:
                errors.append(error.response["error"])

    app.command("/career")(open_twice)
    await ana.post("command", text="/career twice")
    await ana.post("command", text="/career late")
    assert errors == ["exchanged_trigger_id", "expired_trigger_id", "expired_trigger_id"]
    assert len((await ana.state())["modals"]) == 1


@pytest.mark.usefixtures("served")
async def test_updating_a_view_needs_the_newest_hash_and_keeps_what_was_typed(
    app: AsyncApp, ana: Any, client: AsyncWebClient
):
    """hash_conflict for an old hash; typed text and choices stay where both ids are the same."""
    options = [{"text": _plain(word), "value": word} for word in ("one", "two")]
    choice = {
        "type": "input",
        "block_id": "choice",
        "label": _plain("Choice"),
        "dispatch_action": True,
        "element": {"type": "static_select", "action_id": "pick", "options": options},
    }
    _opens(app, _modal(_input("goal", initial_value="given"), choice, external_id="mine"))
    actions: list[Json] = []

    async def on_pick(ack: Any, body: Json) -> None:
        await ack()
        actions.append(body)
        view = _modal(_input("goal", initial_value="other"), choice, _input("new", initial_value="fresh"))
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    app.action("pick")(on_pick)
    await ana.post("command", text="/career prep")
    shown = await ana.modal()
    await ana.post(
        "action",
        container={"type": "view", "view_id": shown["id"]},
        block_id="choice",
        action_id="pick",
        action={"type": "static_select", "selected_option": {"value": "two"}},
        values=_typed(goal="typed"),
    )
    assert actions[0]["actions"][0]["selected_option"] == options[1]
    assert actions[0]["view"]["state"]["values"]["choice"]["pick"]["selected_option"] == options[1]
    assert actions[0]["container"] == {"type": "view", "view_id": shown["id"]}
    values = (await ana.modal())["state"]["values"]
    assert values["goal"]["text"]["value"] == "typed"
    assert values["choice"]["pick"]["selected_option"] == options[1]
    assert values["new"]["text"]["value"] == "fresh"


@pytest.mark.usefixtures("served")
async def test_external_ids_find_a_view_and_are_not_given_twice(
    app: AsyncApp, ana: Any, page_of: Callable[[str], Any], client: AsyncWebClient
):
    """An app may name its view; the same name for a second one is refused."""
    _opens(app, _modal(_input("goal"), external_id="mine"))
    await ana.post("command", text="/career prep")
    await client.views_update(external_id="mine", view=_modal(_input("other"), external_id="mine"))
    assert (await ana.modal())["blocks"][0]["block_id"] == "other"
    ben = page_of("Ben Okafor")
    await ben.post("command", text="/career prep", status=502)  # Bolt answers 500 to what its listener did not catch
    assert (await ben.state())["modals"] == []


@pytest.mark.usefixtures("served")
async def test_a_button_of_a_message_brings_the_message_and_a_response_url(
    app: AsyncApp, ana: Any, client: AsyncWebClient, http: aiohttp.ClientSession
):
    """The payload has the message without metadata; its address replaces, adds and deletes, five times in all."""
    button = {"type": "button", "action_id": "done", "text": _plain("Done"), "value": "c1", "style": "primary"}
    bodies: list[Json] = []

    async def on_done(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)

    app.action("done")(on_done)
    blocks = [{"type": "actions", "block_id": "row", "elements": [button]}]
    metadata = {"event_type": "nudge", "event_payload": {"id": "n"}}
    ts = (await client.chat_postMessage(channel=ana.me, text="Done?", blocks=blocks, metadata=metadata))["ts"]
    await ana.post("action", container={"type": "message", "ts": ts}, block_id="row", action_id="done", action={})
    body = bodies[0]
    assert (body["actions"][0]["value"], body["actions"][0]["block_id"]) == ("c1", "row")
    assert body["message"]["blocks"] == blocks
    assert "metadata" not in body["message"]
    assert body["channel"]["id"] == ana.dm

    async def respond(**message: Any) -> int:
        async with http.post(body["response_url"], json=message) as response:
            return response.status

    assert await respond(text="Well done", replace_original=True) == 200
    assert await respond(text="Only for you") == 200
    assert await respond(text="For all", response_type="in_channel") == 200
    assert [(one["text"], one["ephemeral"]) for one in await ana.messages()] == [
        ("Well done", False),
        ("Only for you", True),
        ("For all", False),
    ]
    assert await respond(blocks=[{"type": "nonsense"}]) == 400
    assert await respond(delete_original=True) == 200
    assert await respond(text="once more") == 400
    assert [one["text"] for one in await ana.messages()] == ["Only for you", "For all"]


@pytest.mark.usefixtures("served")
async def test_a_response_url_ends_after_thirty_minutes_of_the_workspaces_time(
    app: AsyncApp, ana: Any, sandbox: Sandbox, http: aiohttp.ClientSession
):
    """Moving the clock an hour makes it useless, as waiting would."""
    bodies = _opens(app, _modal())
    await ana.post("command", text="/career prep")
    sandbox.clock.set(sandbox.clock.now() + timedelta(minutes=31))
    async with http.post(bodies[0]["response_url"], json={"text": "late"}) as response:
        assert (response.status, (await response.json())["error"]) == (400, "expired_url")


@pytest.mark.usefixtures("served")
async def test_a_command_may_answer_at_once(app: AsyncApp, ana: Any):
    """A text, or a message with blocks, is only visible to the person."""

    async def answer(ack: Any, body: Json) -> None:
        await ack(body["text"] if body["text"] == "plain" else {"text": "rich", "response_type": "in_channel"})

    app.command("/career")(answer)
    await ana.post("command", text="/career plain")
    await ana.post("command", text="/career rich")
    assert [(one["text"], one["ephemeral"]) for one in await ana.messages()] == [("plain", True), ("rich", False)]
    assert "not a valid command" in (await ana.post("command", text="/other", status=422))["message"]


@pytest.mark.usefixtures("served")
async def test_events_and_shortcuts_reach_the_bot(app: AsyncApp, ana: Any, client: AsyncWebClient):
    """A direct message, Home opened, a global and a message shortcut, each in Slack's shape."""
    seen: list[tuple[str, Json]] = []

    async def on_message(event: Json, say: Any) -> None:
        seen.append(("message", event))
        await say(f"You said {event['text']}")

    async def on_home(event: Json) -> None:
        seen.append(("home", event))
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})

    async def on_shortcut(ack: Any, body: Json) -> None:
        await ack()
        seen.append((body["type"], body))

    app.event("message")(on_message)
    app.event("app_home_opened")(on_home)
    app.shortcut("start")(on_shortcut)
    app.shortcut("keep")(on_shortcut)
    await ana.post("message", text="hello")
    await ana.post("home_opened")
    await ana.post("shortcut", callback_id="start")
    ts = (await ana.messages())[0]["ts"]
    await ana.post("shortcut", callback_id="keep", ts=ts)
    await ana.post("shortcut", callback_id="other", status=400)
    assert [name for name, _ in seen] == ["message", "home", "shortcut", "message_action"]
    assert (seen[0][1]["channel_type"], seen[0][1]["user"]) == ("im", ana.me)
    assert (seen[1][1]["tab"], "view" in seen[1][1]) == ("home", False)
    assert seen[3][1]["message"]["text"] == "hello"
    assert [one["text"] for one in await ana.messages()] == ["hello", "You said hello"]
    await ana.post("home_opened")
    assert seen[-1][1]["view"]["type"] == "home"


@pytest.mark.usefixtures("served")
async def test_an_action_on_home_brings_the_view(app: AsyncApp, ana: Any, client: AsyncWebClient):
    """An overflow menu on Home: the chosen option in the element's own words, the Home view beside it."""
    options = [{"text": _plain(word), "value": word} for word in ("done", "move")]
    menu = {"type": "overflow", "action_id": "menu", "options": options}
    block = {"type": "section", "block_id": "row", "text": _plain("A commitment"), "accessory": menu}
    await client.views_publish(user_id=ana.me, view={"type": "home", "blocks": [block]})
    bodies: list[Json] = []

    async def on_menu(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)

    app.action("menu")(on_menu)
    home = (await ana.state())["home"]
    used = {"container": {"type": "view", "view_id": home["id"]}, "block_id": "row", "action_id": "menu"}
    await ana.post("action", **used, action={"selected_option": {"value": "move"}})
    assert bodies[0]["actions"][0]["selected_option"] == options[1]
    assert bodies[0]["view"]["type"] == "home"
    await ana.post("action", **used, action={"selected_option": {"value": "burn"}}, status=404)
    await ana.post("action", **(used | {"action_id": "gone"}), action={}, status=404)


@pytest.mark.usefixtures("served")
async def test_a_press_on_what_was_just_redrawn_still_counts(app: AsyncApp, ana: Any, client: AsyncWebClient):
    """The Home is published again, with newly generated ids, while the person presses what they still see."""
    button = {"type": "button", "action_id": "switch", "text": _plain("On")}
    view = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await client.views_publish(user_id=ana.me, view=view)
    seen = (await ana.state())["home"]
    await client.views_publish(user_id=ana.me, view=view)
    pressed: list[Json] = []

    async def on_switch(ack: Any, body: Json) -> None:
        await ack()
        pressed.append(body["actions"][0])

    app.action("switch")(on_switch)
    block_id = seen["blocks"][0]["block_id"]
    container = {"type": "view", "view_id": seen["id"]}
    await ana.post("action", container=container, block_id=block_id, action_id="switch", action={})
    assert [action["block_id"] for action in pressed] == [block_id]


@pytest.mark.usefixtures("served")
async def test_no_answer_in_time_keeps_everything_typed(app: AsyncApp, ana: Any):
    """The person sees Slack's sentence, the modal stays with the text, and the next try may succeed."""
    _opens(app, _modal(_input("goal")))
    release = asyncio.Event()

    async def late_at_first(ack: Any) -> None:
        await release.wait()
        await ack()

    app.view("prep")(late_at_first)
    await ana.post("command", text="/career prep")
    answer = await _submit(ana, goal="kept")
    assert answer["failure"].startswith("We had some trouble connecting. Try again?")
    assert "did not respond in time" in answer["failure"]
    assert (await ana.modal())["state"]["values"]["goal"]["text"]["value"] == "kept"
    release.set()
    assert (await _submit(ana, goal="kept"))["outcome"] == "closed"


async def test_without_a_bot_the_person_reads_so_and_nothing_is_lost(sandbox: Sandbox, ana: Any):
    """Not connected, then not reachable: a kind sentence, and the page may keep the text."""
    answer = await ana.post("command", text="/career prep", status=502)
    assert "not connected" in answer["message"]
    assert "What you typed is kept" in answer["message"]
    assert (await ana.state())["bot"] == {"connected": False, "problem": "The bot is not connected yet."}
    sandbox.connect("http://127.0.0.1:9/slack/events")
    answer = await ana.post("command", text="/career prep", status=502)
    assert "cannot be reached" in answer["message"]
    await ana.post("message", text="hello")
    assert [one["text"] for one in await ana.messages()] == ["hello"]


@pytest.mark.usefixtures("app")
async def test_a_bot_with_another_secret_refuses_our_signature(
    sandbox: Sandbox, ana: Any, client: AsyncWebClient, serve: Callable[[AsyncApp], Any]
):
    """The signature is a real one: with another secret Bolt answers 401, and the page says so."""
    await serve(AsyncApp(client=client, signing_secret="another"))
    answer = await ana.post("command", text="/career prep", status=502)
    assert "HTTP 401" in answer["message"]
    assert sandbox.signing_secret not in str(answer)


async def test_an_event_that_is_not_accepted_is_repeated(ana: Any, app: AsyncApp, serve: Callable[[AsyncApp], Any]):
    """The first try fails, the repetition at once succeeds and says which one it is."""
    headers: asyncio.Queue[Json] = asyncio.Queue()

    async def on_message(request: Any) -> None:
        await headers.put(request.headers)

    app.event("message")(on_message)
    await serve(app, refuse=1)
    await ana.post("message", text="hello")
    assert (await asyncio.wait_for(headers.get(), 5))["x-slack-retry-num"] == ["1"]
