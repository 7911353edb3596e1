"""Connecting every listener to the app, once, at start."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.errors import NotAvailable
from handlers import (
    agenda,
    brief,
    coach,
    commands,
    commitments,
    drafts,
    home,
    preparation,
    schedule,
    start,
    thanks,
    wrap_up,
)
from handlers.shared import error_handler
from handlers.shared.interaction import Interaction
from handlers.shared.services import Services

MOMENTS = (commands, home, start, preparation, schedule, agenda, brief, wrap_up, thanks, commitments, coach, drafts)


class LastingAck(AsyncAck):
    """An acknowledgement that stays one.

    Bolt looks every 10 ms whether a listener has acknowledged, and forgets that it has when the listener fails
    afterwards. A listener that fails sooner than Bolt looks would keep Slack waiting for 3 seconds, and the person
    would be told that the app does not answer.
    """

    def __init__(self) -> None:
        self._given: BoltResponse | None = None

    @property
    def response(self) -> BoltResponse | None:
        """What Slack is answered with, once the listener has acknowledged."""
        return self._given

    @response.setter
    def response(self, answer: BoltResponse | None) -> None:
        self._given = answer or self._given


def register(app: AsyncApp, services: Services) -> None:
    """Give every listener its visit, and every error its explanation."""

    async def attach_interaction(
        context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[BoltResponse | None]]
    ) -> BoltResponse | None:
        if not context.user_id:
            return BoltResponse(status=200, body="")  # nobody is there: nothing for us to do
        # The app's own client shares its connections; Bolt's copy in the context would open new ones.
        context["ack"] = LastingAck()
        context["visit"] = Interaction(services, app.client, body, context.user_id, services.clock())
        return await next_()

    app.middleware(attach_interaction)
    app.error(error_handler.handle_error)
    for moment in MOMENTS:
        moment.register(app)
    app.action(re.compile(".*"))(unknown_button)  # the last: whatever nobody else took


async def unknown_button(ack: AsyncAck) -> None:
    """A button of an older version, in a message that is still there."""
    await ack()
    raise NotAvailable("That button no longer does anything. The App Home shows how things stand.")
