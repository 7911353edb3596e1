"""views.*: opening, pushing, updating and publishing views."""

from typing import Any

from sandbox.errors import SlackError, invalid
from sandbox.validation import Kind, problems, too_large
from sandbox.web_api.call import Call, Method


def checked_view(kind: Kind, view: Any) -> dict[str, Any]:
    """A view, once checked; raises `SlackError` view_too_large or invalid_arguments (saying where)."""
    if not isinstance(view, dict):
        raise invalid("invalid_arguments", ["failed to match all allowed schemas [json-pointer:/view]"])
    if too_large(view):
        raise SlackError("view_too_large")
    found = problems(kind, view)
    if found:
        raise invalid("invalid_arguments", [f"{one.message} [json-pointer:/view{one.pointer}]" for one in found])
    return view


def _view(call: Call, kind: Kind) -> dict[str, Any]:
    return checked_view(kind, call.json("view"))


def _open(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    trigger_id = call.text("trigger_id")
    view = _view(call, "modal")
    trigger = workspace.triggers.use(trigger_id)
    return {"view": workspace.view_as_slack(workspace.views.open(trigger.user, view))}


def _push(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    trigger_id = call.text("trigger_id")
    view = _view(call, "modal")
    trigger = workspace.triggers.use(trigger_id)
    return {"view": workspace.view_as_slack(workspace.views.push(trigger.user, view))}


def _update(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    view_id, external_id = call.optional("view_id"), call.optional("external_id")
    if not view_id and not external_id:
        raise invalid("invalid_arguments", ["missing required field: view_id"])
    view = workspace.views.find(view_id=view_id, external_id=external_id)
    content = _view(call, view.content["type"])
    workspace.views.update(view, content, call.optional("hash") or None)
    return {"view": workspace.view_as_slack(view)}


def _publish(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    person = workspace.people.get(call.text("user_id"))
    content = _view(call, "home")
    view = workspace.views.publish(person.id, content, call.optional("hash") or None)
    return {"view": workspace.view_as_slack(view)}


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
