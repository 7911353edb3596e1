"""The Web API over HTTP: reads arguments and token in each of Slack's ways, checks the token, applies faults."""

import asyncio
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web

from sandbox.errors import SlackError
from sandbox.faults import REFUSING, Fault, Kind, without_metadata
from sandbox.json_input import parse_json
from sandbox.traffic import Exchange
from sandbox.web_api import apps, chat, conversations, files, users, views
from sandbox.web_api.call import Call, Method
from sandbox.workspace import Workspace

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **users.METHODS,
    **views.METHODS,
}

CUTTING: dict[Kind, str] = {"drop": "done, then cut off", "drop_before": "cut off"}
"""The faults that leave a call without an answer, and what the traffic says about it."""


@dataclass(frozen=True)
class Reply:
    """The answer to a call: its JSON, HTTP status and headers."""

    body: dict[str, Any]
    status: int = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)


class WebApi:
    """Answers /api/{method}."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._scopes = {"X-OAuth-Scopes": ",".join(sorted(workspace.settings.scopes))}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call. As in Slack, refusals have the status 200 as well, with an error word in the body."""
        began = time.perf_counter()
        name = request.match_info["method"]
        fault: Fault | None = None
        args: dict[str, Any] = {}
        try:
            args = await _arguments(request)
            fault = self._take_fault(name, args)
            reply = await self._reply(name, args, _token(request, args), fault)
        except SlackError as error:
            reply = Reply(error.body())
        self._record_traffic(name, args, reply, (time.perf_counter() - began) * 1000, fault)
        if fault is not None and fault.kind in CUTTING and request.transport is not None:
            request.transport.abort()  # whether or not the call has been carried out, the caller gets no answer
        return web.json_response(reply.body, status=reply.status, headers=self._scopes | reply.headers)

    def _take_fault(self, name: str, args: dict[str, Any]) -> Fault | None:
        fault = self._workspace.faults.take(name, args)
        if fault is not None:
            self._workspace.incidents.add(fault, name, args, self._workspace.clock.now())
        return fault

    async def _reply(self, name: str, args: dict[str, Any], token: str, fault: Fault | None) -> Reply:
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind in REFUSING:
            return _fault_reply(fault)
        if fault is not None and fault.kind == "drop_before":
            return Reply({})
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._check_token(method, token)
        call = Call(self._workspace, args)
        if method.scope:
            call.check_scope(method.scope)
        body = {"ok": True, **method.run(call)}
        return Reply(without_metadata(body) if fault is not None and fault.kind == "no_metadata" else body)

    def _check_token(self, method: Method, token: str) -> None:
        if method.caller == "anyone":
            return
        keys = self._workspace.keys
        owners = {keys.bot_token: "bot", keys.app_token: "app"}
        if not token:
            raise SlackError("not_authed")
        if token not in owners:
            raise SlackError("invalid_auth")
        if owners[token] != method.caller:
            raise SlackError("not_allowed_token_type")

    def _record_traffic(self, name: str, args: dict[str, Any], reply: Reply, ms: float, fault: Fault | None) -> None:
        status = reply.body.get("error", "ok") if reply.status == HTTPStatus.OK else str(reply.status)
        if fault is not None and fault.kind in CUTTING:
            status = CUTTING[fault.kind]
        now = self._workspace.clock.now()
        self._workspace.traffic.add(Exchange(now, "from bot", name, status, ms, request=args, response=reply.body))
        self._workspace.events.publish("traffic")


def _fault_reply(fault: Fault) -> Reply:
    if fault.kind == "ratelimited":
        headers = {"Retry-After": str(fault.retry_after)}
        return Reply({"ok": False, "error": "ratelimited"}, HTTPStatus.TOO_MANY_REQUESTS, headers)
    return Reply({"ok": False, "error": fault.error}, fault.status if fault.kind == "status" else HTTPStatus.OK)


async def _arguments(request: web.Request) -> dict[str, Any]:
    """The arguments from the query and from the body (form, multipart or JSON), which takes precedence.

    Raises `SlackError` invalid_json, json_not_object or invalid_form_data.
    """
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        try:
            body = parse_json(await request.read())
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return args | body
    if request.method == "POST":
        try:
            form = await request.post()
        except (ValueError, LookupError):  # a broken body, or a charset that does not exist
            raise SlackError("invalid_form_data") from None
        args |= {name: value for name, value in form.items() if isinstance(value, str)}
    return args


def _token(request: web.Request, args: dict[str, Any]) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else str(args.get("token") or "")
