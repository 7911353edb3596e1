"""The listeners, by the button or the form that they answer to."""

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from handlers.shared.foreground import Foreground

Listener = Callable[..., Awaitable[None]]
Connect = Callable[[Listener], object]

UNKNOWN_FORM = "I don't know this form any more. Please copy what you typed, close it and open it again."
UNKNOWN_BUTTON = "That button no longer does anything. The App Home shows what you can do now."

EVERY: Final = re.compile(".*")


class Listeners:
    """What the modules of the handlers register their listeners with.

    Bolt asks one listener after the other whether a request is theirs. There are more than a hundred buttons and forms,
    so Bolt has one listener for all buttons and one for all forms, and which of ours that is is looked up here. Ours
    take `ack` and `context`.

    A listener counts as at work from its start to its end: Bolt itself only knows when a request was acknowledged,
    which most listeners do first.
    """

    def __init__(self, app: AsyncApp, foreground: Foreground) -> None:
        self._app = app
        self._foreground = foreground
        self._buttons: dict[str, Listener] = {}
        self._forms: dict[str, Listener] = {}
        app.action(EVERY)(self._counted(self._pressed))
        app.view(EVERY)(self._counted(self._submitted))

    def command(self, name: str) -> Connect:
        """A command such as `/career`. The listener takes `command`, too."""
        return lambda listener: self._app.command(name)(self._counted(listener))

    def shortcut(self, callback_id: str) -> Connect:
        """An entry in the menu of a message. The listener takes `shortcut`, too."""
        return lambda listener: self._app.shortcut(callback_id)(self._counted(listener))

    def event(self, name: str) -> Connect:
        """An event of the Events API. The listener takes `event` instead of `ack`."""
        return lambda listener: self._app.event(name)(self._counted(listener))

    def action(self, action_id: str) -> Connect:
        """A button, a menu or a field that says when it is changed."""
        return lambda listener: _add(self._buttons, action_id, listener)

    def view(self, callback_id: str) -> Connect:
        """A form that is submitted."""
        return lambda listener: _add(self._forms, callback_id, listener)

    def button(self, body: dict[str, Any]) -> Listener:
        """The listener of the button, menu or field that a request is about."""
        return self._buttons.get(str(body["actions"][0].get("action_id")), unknown_button)

    def form(self, body: dict[str, Any]) -> Listener:
        """The listener of the form that was submitted."""
        return self._forms.get(str(body["view"].get("callback_id")), unknown_form)

    def all(self) -> list[Listener]:
        """The listeners of all buttons and forms, and those of unknown ones."""
        return [*self._buttons.values(), *self._forms.values(), unknown_button, unknown_form]

    async def _pressed(self, ack: AsyncAck, context: AsyncBoltContext, body: dict[str, Any]) -> None:
        await self.button(body)(ack, context)

    async def _submitted(self, ack: AsyncAck, context: AsyncBoltContext, body: dict[str, Any]) -> None:
        await self.form(body)(ack, context)

    def _counted(self, listener: Listener) -> Listener:
        @wraps(listener)  # Bolt looks at its name and the names of its arguments
        async def counted(**arguments: Any) -> None:
            with self._foreground.request():
                await listener(**arguments)

        return counted


def _add(known: dict[str, Listener], id_: str, listener: Listener) -> None:
    if id_ in known:
        raise ValueError(f"{id_} has two listeners: {name_of(known[id_])} and {name_of(listener)}")
    known[id_] = listener


def name_of(listener: Listener) -> str:
    """The module and the name of a listener."""
    return f"{listener.__module__}.{listener.__name__}"


async def unknown_button(ack: AsyncAck, _context: AsyncBoltContext) -> None:
    """A button of an older version, in a message that is still there."""
    await ack()
    raise NotAvailable(UNKNOWN_BUTTON)


async def unknown_form(_ack: AsyncAck, _context: AsyncBoltContext) -> None:
    """A modal of an older version, which is still open."""
    raise NotAvailable(UNKNOWN_FORM)
