"""Keeps other web pages out: the sandbox answers only under its own address, and its page runs only its own code."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.errors import PageError, SlackError

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 403 to requests under another host name (DNS rebinding) and to requests of other origins."""
    port = request.transport.get_extra_info("sockname")[1] if request.transport is not None else 0
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    origin = request.headers.get("Origin")
    if request.host not in hosts or (origin is not None and origin.removeprefix("http://") not in hosts):
        return _error("The sandbox answers only its own page.", 403)
    return await handler(request)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn exceptions into JSON: a sentence for the page, Slack's error word for the bot. Unknown ones are logged."""
    try:
        return await handler(request)
    except PageError as error:
        return _error(error.problem, error.status)
    except SlackError as error:
        return web.json_response(error.body(), status=400)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a request failed")
        return _error("Something went wrong in the sandbox or in the bot; the log says more.", 500)


def _error(message: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "message": message}, status=status)


async def add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Allow no foreign code, no frames and no guessing of content types."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
