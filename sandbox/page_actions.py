"""What people do on the page: each action is sent to the bot, and its response applied."""

import html
from http import HTTPStatus
from typing import Any

from sandbox import payloads
from sandbox.bot_client import BotClient, BotResponse
from sandbox.bot_responses import apply_command_response, apply_submission_response, show_failure
from sandbox.errors import PageError, SlackError
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.validation import MESSAGE_TEXT
from sandbox.view_state import Values, find_element, input_errors, options, state, value_of
from sandbox.views import View
from sandbox.workspace import Workspace

OK: dict[str, Any] = {"ok": True}
ECHOED = ("placeholder", "confirm", "initial_option", "initial_date", "initial_time", "initial_user")
"""Fields of an element that come back with its action."""

KEPT = "What you typed is kept; try again in a moment."
GONE = "This is no longer here. The page now shows the current state."


class PageActions:
    """One method for each thing a person can do; each returns JSON for the page.

    Where the bot did not accept an action, the method raises `PageError` with a sentence for the person.
    """

    def __init__(self, workspace: Workspace, bot_client: BotClient) -> None:
        self._workspace = workspace
        self._bot_client = bot_client

    async def command(self, person: Person, text: str) -> dict[str, Any]:
        """Send a slash command with its text, as typed: "/career prep"."""
        name, _, rest = text.strip().partition(" ")
        if name not in {command.name for command in self._workspace.settings.commands}:
            raise PageError(f"{name} is not a valid command here.", status=HTTPStatus.UNPROCESSABLE_ENTITY)
        self._workspace.messages.mark_read(person.dm, person.id)
        payload = payloads.command(self._workspace, person, name, rest.strip())
        response = await self._bot_client.send("slash_commands", payload)
        try:
            apply_command_response(self._workspace, person, _accepted(response).body)
        except SlackError as error:
            why = "; ".join(error.details.get("errors", []))
            raise PageError(f"Slack would not show the bot's response: {error.error} {why}", status=502) from error
        return OK

    async def message(self, person: Person, text: str) -> dict[str, Any]:
        """Send a direct message to the bot."""
        if not text.strip() or len(text) > MESSAGE_TEXT:
            raise PageError(f"Write between 1 and {MESSAGE_TEXT} characters.")
        message = self._workspace.post(person, person, {"text": html.escape(text, quote=False)})
        self._workspace.messages.mark_read(person.dm, person.id)
        return await self._send_event(person, payloads.message_im(self._workspace, message))

    async def home_opened(self, person: Person) -> dict[str, Any]:
        """Open the app's Home."""
        return await self._send_event(person, payloads.home_opened(self._workspace, person))

    async def shortcut(
        self, person: Person, callback_id: str, ts: str | None, channel: str | None = None
    ) -> dict[str, Any]:
        """Run a global shortcut, or a message shortcut where `ts` and `channel` name the message, as for an action."""
        kind = "message" if ts else "global"
        if (callback_id, kind) not in {(one.callback_id, one.kind) for one in self._workspace.settings.shortcuts}:
            raise PageError("This shortcut does not exist here.")
        message = self._message(person, ts, channel) if ts else None
        payload = payloads.shortcut(self._workspace, person, callback_id, message)
        _accepted(await self._bot_client.send("interactive", payload))
        return OK

    async def message_action(
        self, person: Person, ts: str, used: dict[str, Any], values: Values, channel: str | None = None
    ) -> dict[str, Any]:
        """Use a button or another element of a message; `used` has its block_id, action_id and value.

        `channel` is the C… id of the public channel with the message; without it the message is a direct one.
        """
        message = self._message(person, ts, channel)
        self._workspace.messages.mark_read(message.channel, person.id)
        action = self._action(message.blocks, used)
        entered = _with_action(values, action)
        payload = payloads.message_action(self._workspace, person, message, action, state(message.blocks, entered))
        _accepted(await self._bot_client.send("interactive", payload))
        return OK

    async def view_action(self, person: Person, view_id: str, used: dict[str, Any], values: Values) -> dict[str, Any]:
        """Use a button or another element of a modal or Home."""
        view = self._view(person, view_id)
        action = self._action(view.clickable_blocks, used)
        self._workspace.views.enter(view, _with_action(values, action))
        payload = payloads.view_action(self._workspace, person, view, action)
        _accepted(await self._bot_client.send("interactive", payload))
        return OK

    async def submit(self, person: Person, view_id: str, values: Values) -> dict[str, Any]:
        """Submit a modal. What Slack itself refuses (required fields, lengths) never reaches the bot."""
        view = self._view(person, view_id)
        view.errors, view.failure = {}, None
        self._workspace.views.enter(view, values)
        view.errors = input_errors(view.blocks, view.values)
        if view.errors:
            self._workspace.views.save(view)
            return {"ok": True, "outcome": "errors", "errors": view.errors, "failure": None}
        response = await self._bot_client.send("interactive", payloads.submission(self._workspace, person, view))
        if response.problem is None:
            outcome = apply_submission_response(self._workspace, view, response.body)
        else:
            outcome = show_failure(self._workspace, view, response.problem)
        return {"ok": outcome != "failure", "outcome": outcome, "errors": view.errors, "failure": view.failure}

    async def close(self, person: Person, view_id: str, *, clear: bool) -> dict[str, Any]:
        """Close a modal without submitting it; `clear` closes the whole stack."""
        view = self._view(person, view_id)
        clear = clear or bool(view.content.get("clear_on_close"))
        closed = self._workspace.views.clear(person.id) if clear else self._workspace.views.close(view)
        for one in closed:
            if one.content.get("notify_on_close"):
                payload = payloads.closed(self._workspace, person, one, cleared=clear)
                await self._bot_client.send("interactive", payload)
        return OK

    async def _send_event(self, person: Person, event: dict[str, Any]) -> dict[str, Any]:
        """Send an event. One that the bot does not accept will be retried, so the person is only notified."""
        response = await self._bot_client.send_event(event)
        if response.problem is not None:
            self._workspace.events.publish("failure", user=person.id, text=response.problem)
        return OK

    def _message(self, person: Person, ts: str, channel: str | None) -> Message:
        try:
            place = self._workspace.channels.get(str(channel)).id if channel else person.dm
            return self._workspace.messages.get_visible(place, ts, person.id)
        except SlackError:
            raise PageError(GONE, status=404) from None

    def _view(self, person: Person, view_id: str) -> View:
        try:
            view = self._workspace.views.find(view_id=view_id)
        except SlackError:
            raise PageError(GONE, status=404) from None
        if view.user != person.id:
            raise PageError(GONE, status=404)
        return view

    def _action(self, blocks: list[dict[str, Any]], used: dict[str, Any]) -> dict[str, Any]:
        """The entry of `actions`: everything from the app's own element, and only the value from the page."""
        element = find_element(blocks, str(used.get("block_id")), str(used.get("action_id")))
        if element is None:
            raise PageError(GONE, status=404)
        given = used.get("action") or {}
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": used["block_id"],
            "action_ts": self._workspace.messages.new_ts(),
            **{name: element[name] for name in ECHOED if name in element},
        }
        if element["type"] == "button":
            return action | {name: element[name] for name in ("text", "value", "style", "url") if name in element}
        if element["type"] == "overflow":
            value = (given.get("selected_option") or {}).get("value")
            chosen = [option for option in options(element) if option["value"] == value]
            if not chosen:
                raise PageError(GONE, status=404)
            return action | {"selected_option": chosen[0]}
        return action | value_of(element, given)


def _with_action(values: Values, action: dict[str, Any]) -> Values:
    """What is entered, including the element just used."""
    block = {**values.get(action["block_id"], {}), action["action_id"]: action}
    return {**values, action["block_id"]: block}


def _accepted(response: BotResponse) -> BotResponse:
    """The response, if there is one; otherwise raises `PageError`, so that the page keeps what was typed."""
    if response.problem is not None:
        raise PageError(f"{response.problem} {KEPT}", status=502)
    return response
