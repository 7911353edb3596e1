"""People of the workspace who act by a script, on the same views and messages that the page shows.

They find buttons and fields by what stands on them, and the bot gets the same requests as from the page.
"""

from datetime import date, datetime
from typing import Any

from sandbox.bot_client import BotClient
from sandbox.channels import Channel
from sandbox.clock import ClockMover
from sandbox.page_actions import PageActions
from sandbox.people import Person
from sandbox.view_state import elements, options
from sandbox.views import View
from sandbox.workspace import Workspace

Element = dict[str, Any]
Entered = str | date | datetime | bool
"""A text, the label of an option, a person's full name, a channel's name, a day, an aware moment, or a tick for all
boxes."""


class NotThere(Exception):
    """A script asks for something that the person does not see."""


class Actor:
    """One person who acts by a script. Methods raise `NotThere`, and `PageError` where the bot does not respond."""

    def __init__(self, workspace: Workspace, actions: PageActions, person: Person) -> None:
        self._workspace = workspace
        self._actions = actions
        self._person = person

    @property
    def tz(self) -> str:
        """The IANA name of their time zone."""
        return self._person.tz

    @property
    def modal(self) -> View:
        """The modal in front."""
        stack = self._workspace.views.stack(self._person.id)
        if not stack:
            raise NotThere(f"{self._person.name} has no modal open.")
        return stack[-1]

    async def type(self, text: str) -> None:
        """Send a slash command."""
        await self._actions.command(self._person, text)

    async def press(self, label: str, *, message: str = "") -> None:
        """Press a button in the newest message with some words, or, without any, in the modal in front."""
        if message:
            ts, used = self._in_message(message, label)
            await self._actions.message_action(self._person, ts, used, {})
        elif (button := _button(self.modal.blocks, label)) is not None:
            await self._actions.view_action(self._person, self.modal.id, button, {})
        else:
            raise NotThere(f"{self._person.name} sees no button “{label}”.")

    async def choose(self, field: str, label: str) -> None:
        """Choose an option of a field to which the bot responds at once."""
        block, element = self._field(field)
        given = {"selected_option": _option(element, label)}
        await self._actions.view_action(self._person, self.modal.id, _used(block, element, given), {})

    async def choose_beside(self, text: str, label: str) -> None:
        """Choose from the menu beside a text."""
        for block, element in elements(self.modal.blocks):
            if element["type"] == "overflow" and text in block["text"]["text"]:
                given = {"selected_option": _option(element, label)}
                await self._actions.view_action(self._person, self.modal.id, _used(block, element, given), {})
                return
        raise NotThere(f"{self._person.name} sees no menu beside “{text}”.")

    def fill(self, field: str, value: Entered) -> None:
        """Enter something in a field of the modal in front, by block id."""
        block, element = self._field(field)
        entered = {"type": element["type"], **self._entry(element, value)}
        self._workspace.views.enter(self.modal, {block["block_id"]: {element["action_id"]: entered}})

    async def submit(self) -> None:
        """Submit the modal in front, which the bot has to accept without a remark."""
        view, shown = self.modal, self.modal.content.get("callback_id")
        done = await self._actions.submit(self._person, view.id, {})
        if done["outcome"] in {"errors", "failure"}:
            raise NotThere(f"The bot refused “{shown}”: {done['errors'] or done['failure']}")
        if done["outcome"] == "update" and self.modal.content.get("callback_id") == shown:
            raise NotThere(f"The bot shows “{shown}” again.")

    async def close_all(self) -> None:
        """Close every modal."""
        if stack := self._workspace.views.stack(self._person.id):
            await self._actions.close(self._person, stack[-1].id, clear=True)

    def _in_message(self, text: str, label: str) -> tuple[str, Element]:
        for message in reversed(self._workspace.messages.visible(self._person.dm, self._person.id)):
            if text in message.text and (button := _button(message.blocks, label)) is not None:
                return message.ts, button
        raise NotThere(f"{self._person.name} has no message “{text}” with a button “{label}”.")

    def _field(self, name: str) -> tuple[Element, Element]:
        for block, element in elements(self.modal.blocks):
            if block["block_id"] == name:
                return block, element
        there = ", ".join(block["block_id"] for block, _element in elements(self.modal.blocks))
        raise NotThere(f"{self._person.name} sees no field {name}, but {there}.")

    def _entry(self, element: Element, value: Entered) -> dict[str, Any]:
        match element["type"]:
            case "static_select" | "radio_buttons":
                return {"selected_option": _option(element, value)}
            case "checkboxes":
                return {"selected_options": options(element) if value else []}
            case "users_select" | "conversations_select" | "channels_select" as kind:
                named = self._workspace.people.by_name if kind == "users_select" else self._channel
                return {f"selected_{kind.removesuffix('s_select')}": named(str(value)).id}
            case "datepicker" if isinstance(value, date):
                return {"selected_date": value.isoformat()}
            case "datetimepicker" if isinstance(value, datetime):
                return {"selected_date_time": int(value.timestamp())}
            case _:
                return {"value": value}

    def _channel(self, name: str) -> Channel:
        try:
            return self._workspace.channels.by_name(name)
        except KeyError:
            names = ", ".join(f"#{channel.name}" for channel in self._workspace.channels.all())
            raise NotThere(f"There is no channel “{name}”, but {names}.") from None


class Stage:
    """The workspace as a script sees it: its people, its clock, and a line that says how far the script has come."""

    def __init__(self, workspace: Workspace, bot_client: BotClient, mover: ClockMover) -> None:
        self._workspace = workspace
        self._actions = PageActions(workspace, bot_client)
        self._mover = mover
        self.progress: str | None = None

    def now(self) -> datetime:
        """The workspace's time, aware UTC."""
        return self._workspace.clock.now()

    def actor(self, name: str) -> Actor:
        """A person by full name. Raises `NotThere`."""
        try:
            return Actor(self._workspace, self._actions, self._workspace.people.by_name(name))
        except KeyError:
            raise NotThere(f"Nobody here is called {name}.") from None

    async def move_to(self, moment: datetime) -> None:
        """Move the clock ahead; the bot sends everything on the way at its own time."""
        await self._mover.move_by(max(moment, self.now()) - self.now())

    def show_progress(self, text: str) -> None:
        """Let the pages show how far the script has come."""
        self.progress = text
        self._workspace.events.publish("filling")

    async def is_unused(self) -> bool:
        """Whether nobody has got a message yet and the bot has nothing planned."""
        messages, people = self._workspace.messages, self._workspace.people.all()
        is_quiet = not any(messages.visible(one.dm, one.id) for one in people)
        is_quiet = is_quiet and not any(messages.all(channel.id) for channel in self._workspace.channels.all())
        return is_quiet and await self._mover.next_moment() is None


def _button(blocks: list[Element], label: str) -> Element | None:
    """The use of the first button with a label; None where there is none."""
    for block, element in elements(blocks):
        if element["type"] == "button" and element["text"]["text"] == label:
            return _used(block, element, {})
    return None


def _option(element: Element, label: object) -> Element:
    for option in options(element):
        if option["text"]["text"] == label:
            return option
    labels = ", ".join(option["text"]["text"] for option in options(element))
    raise NotThere(f"There is no option “{label}”, but {labels}.")


def _used(block: Element, element: Element, given: Element) -> Element:
    return {"block_id": block["block_id"], "action_id": element["action_id"], "action": given}
