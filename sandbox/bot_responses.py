"""Applies what the bot responds: to a command, to a submission, and later at a response_url."""

from typing import Any

from sandbox.errors import SlackError
from sandbox.people import Person
from sandbox.views import View
from sandbox.web_api.chat import message_content
from sandbox.web_api.views import checked_view
from sandbox.workspace import Workspace

CONNECTION_FAILED = "We had some trouble connecting. Try again?"
"""What a person sees in Slack, whatever went wrong in the bot."""


def apply_command_response(workspace: Workspace, person: Person, body: Any) -> None:
    """Show an immediate response to a command: nothing, a plain string, or a message (ephemeral or in the channel).

    Raises `SlackError` where Slack would not show it.
    """
    if isinstance(body, str):
        body = {"text": body}
    if isinstance(body, dict) and (body.get("text") or body.get("blocks")):
        _post(workspace, person.dm, person, body)


def apply_url_response(workspace: Workspace, name: str, body: dict[str, Any]) -> None:
    """Apply what was posted to a response_url: a new message, or the original one replaced or deleted.

    Raises `SlackError` for a URL that is used up, unknown or expired, and for content that Slack would refuse.
    """
    url = workspace.response_urls.use(name)
    person = workspace.people.get(url.user)
    if body.get("delete_original"):
        workspace.delete(workspace.messages.get_visible(url.channel, url.message_ts or "", url.user))
    elif body.get("replace_original"):
        content = message_content(body.get("text") or "", body.get("blocks"))
        workspace.update(workspace.messages.get_visible(url.channel, url.message_ts or "", url.user), content)
    else:
        _post(workspace, url.channel, person, body)


def _post(workspace: Workspace, channel: str, person: Person, body: dict[str, Any]) -> None:
    content = message_content(body.get("text") or "", body.get("blocks"))
    for_all = body.get("response_type") == "in_channel"
    workspace.post_in(channel, workspace.bot, content, only_for=None if for_all else person)


def apply_submission_response(workspace: Workspace, view: View, body: Any) -> str:
    """Apply the response to a view_submission.

    Returns the outcome: closed, errors, update, push, clear or failure.
    """
    if not workspace.views.is_open(view):
        return "closed"  # the bot has opened another modal in the meantime
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
            return show_failure(workspace, view, f"the bot responded with {body!r}, which Slack does not know")
    except SlackError as error:
        return show_failure(workspace, view, f"{error.error}: {'; '.join(error.details.get('errors', []))}")
    return str(action)


def show_failure(workspace: Workspace, view: View, why: str) -> str:
    """Leave the modal as it is, with Slack's sentence and the sandbox's reason at the top."""
    view.failure = f"{CONNECTION_FAILED} (Sandbox: {why})"
    workspace.views.save(view)
    return "failure"


def _show_errors(workspace: Workspace, view: View, errors: Any) -> str:
    if not isinstance(errors, dict) or not errors:
        return show_failure(workspace, view, "the bot responded with errors, but named none")
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    view.errors = {name: str(text) for name, text in errors.items() if name in inputs}
    dropped = [name for name in errors if name not in inputs]
    if dropped:
        names = ", ".join(dropped)
        return show_failure(workspace, view, f"errors for blocks that are not inputs, which Slack drops: {names}")
    workspace.views.save(view)
    return "errors"
