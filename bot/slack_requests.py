"""What arrives at `/slack/events`: first the signature, then the shape, and only then Bolt."""

import codecs
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.log_limit import LogLimit
from bot.payloads import MalformedPayload, check_payload
from bot.signature import Signature

log = structlog.get_logger(__name__)

LARGEST_BODY: Final = 1024 * 1024
"""Bytes. Slack's largest request carries a view of 250 KB."""


class SlackRequests:
    """The handler for Slack's requests. Strangers get 401, nonsense 400, and the log one short line per 10 seconds."""

    def __init__(self, app: AsyncApp, signature: Signature, limit: LogLimit | None = None) -> None:
        self._app = app
        self._signature = signature
        self._limit = limit or LogLimit()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.read()
        if (problem := self._signature.problem(body, request.headers)) is not None:
            return self._refuse(HTTPStatus.UNAUTHORIZED, problem)
        try:
            bolt_request = _parsed(request, body)
            check_payload(bolt_request.body)
        except MalformedPayload as error:
            return self._refuse(HTTPStatus.BAD_REQUEST, error.reason)
        return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))

    def _refuse(self, status: HTTPStatus, reason: str) -> web.Response:
        skipped = self._limit.skipped_before(status.phrase)
        if skipped is not None:
            log.warning("request.refused", status=status.value, reason=reason, skipped=skipped)
        return web.json_response({"error": status.phrase.lower()}, status=status)


def _parsed(request: web.Request, body: bytes) -> AsyncBoltRequest:
    """The request as Bolt reads it. Raises `MalformedPayload` for what it cannot read."""
    if not body:
        raise MalformedPayload("body: empty")
    if not _is_utf8(request.charset):
        raise MalformedPayload("body: not UTF-8")
    try:
        # Bolt looks into the body before it knows its shape.
        return AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
    except UnicodeDecodeError:
        raise MalformedPayload("body: not UTF-8") from None
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        raise MalformedPayload("body: not an object") from None


def _is_utf8(charset: str | None) -> bool:
    try:
        return charset is None or codecs.lookup(charset).name in {"utf-8", "ascii"}
    except LookupError:
        return False
