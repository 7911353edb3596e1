"""files.*: starting and completing an upload; the content goes to the upload URL in between."""

from typing import Any

from sandbox.errors import SlackError, invalid
from sandbox.files import FILE_BYTES
from sandbox.web_api.call import Call, Method
from sandbox.web_api.chat import channel_to_post_in


def _upload_url(call: Call) -> dict[str, Any]:
    length = call.integer("length", 0, FILE_BYTES, "file_upload_size_restricted")
    if length == 0:
        raise invalid("invalid_arguments", ["missing required field: length"])
    file = call.workspace.files.create(call.text("filename"), length)
    return {"upload_url": f"{call.workspace.address}/upload/{file.id}/{file.ticket}", "file_id": file.id}


def _complete(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    asked = call.json("files")
    if not isinstance(asked, list) or not all(isinstance(one, dict) and "id" in one for one in asked):
        raise invalid("invalid_arguments", ["missing required field: files"])
    channel = call.optional("channel_id") or call.optional("channels")
    place = channel_to_post_in(workspace, channel) if channel else None
    done = [workspace.files.complete(str(one["id"]), str(one.get("title", ""))) for one in asked]
    shown = [file.as_slack(workspace.address) for file in done]
    if not shown:
        raise SlackError("file_not_found")
    if place is not None:
        content = {"text": call.optional("initial_comment"), "files": shown}
        workspace.post_in(place, workspace.bot, content | {"thread_ts": call.optional("thread_ts") or None})
    return {"files": shown}


METHODS = {
    "files.getUploadURLExternal": Method(_upload_url, "files:write"),
    "files.completeUploadExternal": Method(_complete, "files:write"),
}
