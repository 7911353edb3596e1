"""What people do on the page, carried to the bot, and what comes of it."""

import html
from typing import Any

from sandbox import payloads
from sandbox.answers import answer_to_command, answer_to_submission, in_trouble
from sandbox.errors import PageError, SlackError
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.to_bot import Answer, ToBot
from sandbox.validation import MESSAGE_TEXT
from sandbox.view_state import Values, find, options, refused, state, value_of
from sandbox.views import View
from sandbox.workspace import Workspace

DONE: dict[str, Any] = {"ok": True}
GONE = "This is not here any more. The page shows what is."


class Deeds:
    """One method for each thing a person can do; each gives JSON for the page.

    What the bot did not take raises `PageError` with a sentence for the person.
    """

    def __init__(self, workspace: Workspace, to_bot: ToBot) -> None:
        self._workspace = workspace
        self._to_bot = to_bot

    async def command(self, person: Person, text: str) -> dict[str, Any]:
        """A slash command with its text, as typed: "/career prep"."""
        name, _, rest = text.strip().partition(" ")
        if name not in {command.name for command in self._workspace.settings.commands}:
            raise PageError(f"{name} is not a valid command here.")
        self._workspace.messages.read(person.dm)
        payload = payloads.command(self._workspace, person, name, rest.strip())
        answer = await self._to_bot.send("slash_commands", payload)
        try:
            answer_to_command(self._workspace, person, _taken(answer).body)
        except SlackError as error:
            why = "; ".join(error.details.get("errors", []))
            raise PageError(f"Slack would not show the bot's answer: {error.error} {why}", status=502) from error
        return DONE

    async def message(self, person: Person, text: str) -> dict[str, Any]:
        """A direct message to the bot."""
        if not text.strip() or len(text) > MESSAGE_TEXT:
            raise PageError(f"A message has 1 to {MESSAGE_TEXT} characters.")
        message = self._workspace.post(person, person, {"text": html.escape(text, quote=False)})
        self._workspace.messages.read(person.dm)
        return self._told(person, await self._to_bot.send_event(payloads.message_im(self._workspace, message)))

    async def home_opened(self, person: Person) -> dict[str, Any]:
        """A look at the app's Home."""
        return self._told(person, await self._to_bot.send_event(payloads.home_opened(self._workspace, person)))

    async def shortcut(self, person: Person, callback_id: str, ts: str | None) -> dict[str, Any]:
        """A shortcut; with a message's `ts` a message shortcut."""
        kind = "message" if ts else "global"
        if (callback_id, kind) not in {(one.callback_id, one.kind) for one in self._workspace.settings.shortcuts}:
            raise PageError("There is no such shortcut.")
        message = self._message(person, ts) if ts else None
        payload = payloads.shortcut(self._workspace, person, callback_id, message)
        _taken(await self._to_bot.send("interactive", payload))
        return DONE

    async def message_action(self, person: Person, ts: str, used: dict[str, Any], values: Values) -> dict[str, Any]:
        """A button or another element of a message; `used` names block_id and action_id and has the value."""
        message = self._message(person, ts)
        self._workspace.messages.read(person.dm)
        action = self._action(message.blocks, used)
        entered = _with(values, action)
        payload = payloads.message_action(self._workspace, person, message, action, state(message.blocks, entered))
        _taken(await self._to_bot.send("interactive", payload))
        return DONE

    async def view_action(self, person: Person, view_id: str, used: dict[str, Any], values: Values) -> dict[str, Any]:
        """A button or another element of a modal or Home."""
        view = self._view(person, view_id)
        action = self._action(view.pressable, used)
        self._workspace.views.enter(view, _with(values, action))
        payload = payloads.view_action(self._workspace, person, view, action)
        _taken(await self._to_bot.send("interactive", payload))
        return DONE

    async def submit(self, person: Person, view_id: str, values: Values) -> dict[str, Any]:
        """A modal submitted. What Slack itself refuses (required fields, lengths) never reaches the bot."""
        view = self._view(person, view_id)
        view.errors, view.trouble = {}, None
        self._workspace.views.enter(view, values)
        view.errors = refused(view.blocks, view.values)
        if view.errors:
            self._workspace.views.changed(view)
            return {"ok": True, "outcome": "errors", "errors": view.errors, "trouble": None}
        answer = await self._to_bot.send("interactive", payloads.submission(self._workspace, person, view))
        if answer.problem is None:
            outcome = answer_to_submission(self._workspace, view, answer.body)
        else:
            outcome = in_trouble(self._workspace, view, answer.problem)
        return {"ok": outcome != "trouble", "outcome": outcome, "errors": view.errors, "trouble": view.trouble}

    async def close(self, person: Person, view_id: str, *, clear: bool) -> dict[str, Any]:
        """A modal closed without submitting; `clear` closes the whole stack."""
        view = self._view(person, view_id)
        clear = clear or bool(view.content.get("clear_on_close"))
        closed = self._workspace.views.clear(person.id) if clear else self._workspace.views.close(view)
        for one in closed:
            if one.content.get("notify_on_close"):
                payload = payloads.closed(self._workspace, person, one, cleared=clear)
                await self._to_bot.send("interactive", payload)
        return DONE

    def _told(self, person: Person, answer: Answer) -> dict[str, Any]:
        """An event that was not taken will be repeated: nothing to keep, only to say."""
        if answer.problem is not None:
            self._workspace.stream.tell("trouble", user=person.id, text=answer.problem)
        return DONE

    def _message(self, person: Person, ts: str) -> Message:
        try:
            return self._workspace.messages.seen(person.dm, ts)
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
        """The entry of `actions`: the element's own words, and from the page only the value."""
        element = find(blocks, str(used.get("block_id")), str(used.get("action_id")))
        if element is None:
            raise PageError(GONE, status=404)
        given = used.get("action") or {}
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": used["block_id"],
            "action_ts": self._workspace.messages.new_ts(),
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


def _with(values: Values, action: dict[str, Any]) -> Values:
    """What is entered, the element just used included."""
    block = {**values.get(action["block_id"], {}), action["action_id"]: action}
    return {**values, action["block_id"]: block}


def _taken(answer: Answer) -> Answer:
    """The answer, if there is one; raises `PageError`, so that the page keeps what was typed."""
    if answer.problem is not None:
        raise PageError(answer.problem, status=502)
    return answer
