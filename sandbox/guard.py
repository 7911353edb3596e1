"""Keeps foreign web pages out: the sandbox answers only under its own name, and its page runs no foreign code."""

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
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other names for this machine (DNS rebinding) and other pages' requests; say errors as JSON."""
    port = request.transport.get_extra_info("sockname")[1] if request.transport is not None else 0
    names = {f"127.0.0.1:{port}", f"localhost:{port}"}
    origin = request.headers.get("Origin")
    if request.host not in names or (origin is not None and origin.removeprefix("http://") not in names):
        return _refusal("The sandbox answers only its own page.", 403)
    try:
        return await handler(request)
    except PageError as error:
        return _refusal(error.problem, error.status)
    except SlackError as error:
        return web.json_response(error.body(), status=400)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a request failed")
        return _refusal("Something went wrong in the sandbox or in the bot; the log says more.", 500)


def _refusal(message: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "message": message}, status=status)


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """No foreign code, no frames, no guessing of types."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
