"""api.test, apps.connections.open, blocks.validate: the app itself."""

import secrets
from typing import Any

from sandbox.errors import SlackError, invalid
from sandbox.web_api.call import Call, Method
from sandbox.web_api.chat import message_content
from sandbox.web_api.views import checked_view


def _api_test(call: Call) -> dict[str, Any]:
    args = {name: value for name, value in call.args.items() if name != "token"}
    if "error" in args:
        raise SlackError(str(args["error"]), args=args)
    return {"args": args}


def _open_connection(call: Call) -> dict[str, Any]:
    ticket = secrets.token_urlsafe(18)
    call.workspace.socket_tickets.add(ticket)
    address = call.workspace.address.replace("http://", "ws://")
    return {"url": f"{address}/socket?ticket={ticket}"}


def _validate(call: Call) -> dict[str, Any]:
    """Check `blocks` as those of a message, or `view` according to its type."""
    view = call.json("view")
    if view is not None:
        checked_view("home" if isinstance(view, dict) and view.get("type") == "home" else "modal", view)
        return {}
    blocks = call.json("blocks", "invalid_blocks_format")
    if blocks is None:
        raise invalid("invalid_arguments", ["missing required field: blocks"])
    message_content(" ", blocks)
    return {}


METHODS = {
    "api.test": Method(_api_test, caller="anyone"),
    "apps.connections.open": Method(_open_connection, caller="app"),
    "blocks.validate": Method(_validate),
}
