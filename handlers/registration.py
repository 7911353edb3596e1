"""Connecting every listener to the app, once, at start."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.nudges import Action
from handlers import coach, commands, drafts, home, messages
from handlers.forms import FORMS, MOMENTS
from handlers.shared.error_handler import ErrorHandler, in_the_modal
from handlers.shared.forms import register_form
from handlers.shared.ids import ActionId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.services import Services

log = structlog.get_logger()

UNKNOWN_WORKSPACE = "I'm not set up for this workspace. Please ask an admin."
OTHER_WORKSPACE = "Career discussions are for members of this workspace, and you belong to another one."


class LastingAck(AsyncAck):
    """An acknowledgement that lasts.

    Bolt checks every 10 ms whether a listener has acknowledged, and drops the acknowledgement when the listener fails
    afterwards. A listener that fails before Bolt checks would keep Slack waiting for 3 seconds, and the person would
    read that the app does not answer.
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


def register(app: AsyncApp, services: Services) -> Listeners:
    """Give every listener its interaction, and every error its explanation."""

    async def attach_interaction(
        context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[BoltResponse | None]]
    ) -> BoltResponse | None:
        if not isinstance(context.user_id, str) or not context.user_id:
            return BoltResponse(status=200, body="")  # no person did this: nothing to do
        workspace = services.workspaces.get(str(context.team_id))
        if workspace is None:
            log.warning("request.unknown_workspace", team=str(context.team_id)[:20])
            return _refusal(body, UNKNOWN_WORKSPACE)
        if _home_team(body, workspace.team_id) != workspace.team_id:
            return _refusal(body, OTHER_WORKSPACE)
        _press_what_was_chosen(body)
        context["ack"] = LastingAck()
        context["interaction"] = Interaction(services, workspace, body, context.user_id, services.clock())
        return await next_()

    app.middleware(attach_interaction)
    app.error(ErrorHandler(FORMS).handle)
    listeners = Listeners(app, services.foreground)
    for module in (commands, home, messages, coach, drafts, *MOMENTS):
        module.register(listeners)
    for form in FORMS.values():
        register_form(listeners, form)
    return listeners


def _press_what_was_chosen(body: dict[str, Any]) -> None:
    """A choice from a nudge's menu is a press of the button of the same name, and has the same listener."""
    for action in body.get("actions") or ():
        if action.get("action_id") == ActionId.NUDGE_MENU:
            does, _, key = str((action.get("selected_option") or {}).get("value")).partition(":")
            if does in Action.__members__.values():
                action |= {"action_id": does, "type": "button", "value": key}


def _home_team(body: dict[str, Any], team_id: str) -> str:
    """The T… id of the workspace that the person belongs to, where Slack says so; else the one of the request."""
    user = body.get("user")
    stated = user.get("team_id") if isinstance(user, dict) else None
    return str(stated or team_id)


def _refusal(body: dict[str, Any], sentence: str) -> BoltResponse:
    """An answer that only the person sees, where Slack offers a place for one. It needs no token of the workspace."""
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
    if body.get("type") == "view_submission":  # an empty answer would close the form, and what is typed would be lost
        return BoltResponse(status=200, body=in_the_modal(body.get("view") or {}, sentence, {}))
    return BoltResponse(status=200, body="")
