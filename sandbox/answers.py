"""What the bot answers, carried out: to a command, to a submission, and later at a response_url."""

from typing import Any

from sandbox.errors import SlackError
from sandbox.people import Person
from sandbox.views import View
from sandbox.web_api.chat import message_content
from sandbox.web_api.views import checked_view
from sandbox.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"
"""What a person sees in Slack, whatever went wrong at the bot's end."""


def answer_to_command(workspace: Workspace, person: Person, body: Any) -> None:
    """Show what a command answered at once: nothing, a bare text, or a message for the person alone or for the channel.

    Raises `SlackError` where Slack would not show it.
    """
    if isinstance(body, str):
        body = {"text": body}
    if isinstance(body, dict) and (body.get("text") or body.get("blocks")):
        _say(workspace, person, body)


def answer_at_url(workspace: Workspace, name: str, body: dict[str, Any]) -> None:
    """Carry out what was posted to a response_url: a new message, or the original changed or deleted.

    Raises `SlackError` for an address that is used up, unknown or too old, and for content Slack would not take.
    """
    place = workspace.response_urls.use(name)
    person = workspace.people.of_channel(place.channel)
    if body.get("delete_original"):
        workspace.remove(workspace.messages.seen(place.channel, place.message_ts or ""))
    elif body.get("replace_original"):
        content = message_content(body.get("text") or "", body.get("blocks"))
        workspace.change(workspace.messages.seen(place.channel, place.message_ts or ""), content)
    else:
        _say(workspace, person, body)


def _say(workspace: Workspace, person: Person, body: dict[str, Any]) -> None:
    content = message_content(body.get("text") or "", body.get("blocks"))
    workspace.post(person, workspace.bot, content, ephemeral=body.get("response_type") != "in_channel")


def answer_to_submission(workspace: Workspace, view: View, body: Any) -> str:
    """Carry out the answer to a view_submission; says closed, errors, update, push, clear or trouble."""
    if not workspace.views.is_open(view):
        return "closed"  # the bot has opened something else meanwhile
    action = body.get("response_action") if isinstance(body, dict) else None
    if body in (None, "", {}):
        workspace.views.close(view)
        return "closed"
    try:
        if action == "clear":
            workspace.views.clear(view.user)
        elif action == "update":
            workspace.views.update(view, checked_view("modal", body.get("view")))
        elif action == "push":
            workspace.views.push(view.user, checked_view("modal", body.get("view")))
        elif action == "errors":
            return _show_errors(workspace, view, body.get("errors"))
        else:
            return in_trouble(workspace, view, f"the bot answered with {body!r}, which Slack does not know")
    except SlackError as error:
        return in_trouble(workspace, view, f"{error.error}: {'; '.join(error.details.get('errors', []))}")
    return str(action)


def in_trouble(workspace: Workspace, view: View, why: str) -> str:
    """Leave the modal as it is, with Slack's sentence and the sandbox's reason above it."""
    view.trouble = f"{TROUBLE} (Sandbox: {why})"
    workspace.views.changed(view)
    return "trouble"


def _show_errors(workspace: Workspace, view: View, errors: Any) -> str:
    if not isinstance(errors, dict) or not errors:
        return in_trouble(workspace, view, "the bot answered with errors, but named none")
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    view.errors = {name: str(text) for name, text in errors.items() if name in inputs}
    dropped = [name for name in errors if name not in inputs]
    if dropped:
        names = ", ".join(dropped)
        return in_trouble(workspace, view, f"errors for what is no input of this view, which Slack drops: {names}")
    workspace.views.changed(view)
    return "errors"
