"""What people type stays out of the log that `career run` writes, for any request and at its most detailed level."""

import io
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog
from pydantic import BaseModel

import handlers.forms
from bot.http_server import HttpServer
from bot.logs import configure_logging
from bot.settings import load_settings
from tests.bot.conftest import Assemble
from tests.support.signing import FORM, JSON, signed

WORDS = "Zqmyhopes"
Send = Callable[[bytes, dict[str, str]], Awaitable[int]]


@pytest.fixture
def written() -> Any:
    """The log that is written during a test; afterwards logging is as it was before."""
    root, structured = logging.getLogger(), structlog.get_config()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(load_settings({"LOG_LEVEL": "debug"}, None), stream)
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.configure(**structured)


@pytest.fixture
async def send(written: io.StringIO, assembled: Assemble) -> AsyncIterator[Send]:
    """Sends a request to the real bot; the status of its answer."""
    bot = await assembled()
    server = HttpServer(bot)
    await server.open("127.0.0.1", 0)

    async def post(body: bytes, headers: dict[str, str]) -> int:
        async with http.post(f"{server.address}/slack/events", data=body, headers=headers) as answer:
            return answer.status

    async with aiohttp.ClientSession() as http:
        yield post
    await server.close()
    await bot.services.background.finish()


def interaction(kind: str, **more: Any) -> bytes:
    """The body of an interaction of Ana's."""
    person = {"id": "U1", "team_id": "T1", "name": "ana"}
    payload = {"type": kind, "team": {"id": "T1"}, "user": person, "trigger_id": "1.2"}
    return urlencode({"payload": json.dumps(payload | more)}).encode()


def modal(**more: Any) -> dict[str, Any]:
    """A modal in which Ana typed something."""
    state = {"values": {"words": {"words": {"type": "plain_text_input", "value": WORDS}}}}
    blocks = [{"type": "input", "block_id": "words"}]
    return {"id": "V1", "type": "modal", "callback_id": "preparation", "blocks": blocks, "state": state} | more


def command(name: str, text: str) -> bytes:
    """The body of a command."""
    fields = {"command": name, "text": text, "user_id": "U1", "team_id": "T1", "trigger_id": "1.2"}
    return urlencode(fields).encode()


REQUESTS = {
    "a command that no listener takes": command("/other", WORDS),
    "a command of another name": command(f"/{WORDS}", "help"),
    "words after a command": command("/career", f"prep {WORDS}"),
    "a search in a menu": interaction("block_suggestion", action_id="people", block_id="b", value=WORDS),
    "a shortcut that does not exist": interaction("shortcut", callback_id=WORDS),
    "a type that does not exist": interaction(WORDS),
    "an event that no listener takes": json.dumps(
        {"type": "event_callback", "team_id": "T1", "event": {"type": "message", "user": "U1", "text": WORDS}}
    ).encode(),
    "a form that does not exist": interaction("view_submission", view=modal(callback_id=WORDS)),
    "metadata that is not JSON": interaction("view_submission", view=modal(private_metadata=WORDS)),
    "metadata of another version": interaction(
        "view_submission", view=modal(private_metadata=json.dumps({"pair_id": WORDS, "words": WORDS}))
    ),
    "a button without a meaning": interaction(
        "block_actions", view=modal(), actions=[{"type": "button", "action_id": WORDS, "block_id": "b", "value": WORDS}]
    ),
    "a field of another shape": interaction("view_submission", view=modal(state={"values": {WORDS: WORDS}})),
    "a body that is not JSON": f"payload={WORDS}".encode(),
}


@pytest.mark.parametrize("case", REQUESTS)
async def test_nothing_typed_is_logged(send: Send, written: io.StringIO, case: str):
    """Words, names and values of a request never reach the log, signed or not, answered or refused."""
    body = REQUESTS[case]
    headers = signed(body, content_type=JSON if body.startswith(b"{") else FORM)
    assert await send(body, headers) < 500
    assert await send(body, headers | {"X-Slack-Signature": f"v0={WORDS}"}) == 401
    assert "request.refused" in written.getvalue()
    assert WORDS not in written.getvalue()


async def test_a_request_that_no_listener_takes_is_logged_by_its_type(send: Send, written: io.StringIO):
    """An admin sees that something arrives which the bot does not know."""
    body = REQUESTS["a search in a menu"]
    assert await send(body, signed(body, content_type=FORM)) == 404
    (line,) = [line for line in written.getvalue().splitlines() if "request.unhandled" in line]
    assert "type=block_suggestion" in line


def test_models_of_payloads_hide_what_they_refuse():
    """Pydantic repeats a value that it refuses, unless a model says otherwise: each of ours does."""
    assert handlers.forms.FORMS  # so that every module with a model is loaded
    pending, found = [BaseModel], []
    while pending:
        for model in pending.pop().__subclasses__():
            pending.append(model)
            if model.__module__.partition(".")[0] in {"bot", "handlers"}:
                found.append(model)
    assert len(found) > 10
    assert [model for model in found if not model.model_config.get("hide_input_in_errors")] == []
