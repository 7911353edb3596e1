import io
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog

from bot.http_server import HttpServer
from bot.log_limit import LogLimit
from bot.signature import Signature
from bot.slack_requests import SlackRequests
from tests.bot.fake_bot import FakeBot, bare_app
from tests.support.signing import FORM, JSON, SECRET, signed

NOW = 1_800_000_000.0  # Unix seconds: the time stands still, however long the machine takes
HELLO = b'{"type": "url_verification", "challenge": "c-1"}'
Post = Callable[..., Any]


def signed_now(body: bytes, *, age: int = 0, **also: str) -> dict[str, str]:
    """The headers of a request signed `age` seconds before `NOW`."""
    return signed(body, at=NOW - age, **also)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """Posts a body with some headers to a server at `NOW`; the status and the text of the answer."""
    bot = FakeBot(bare_app(verifies=False))
    signature, limit = Signature(SECRET, lambda: NOW), LogLimit(lambda: NOW)
    server = HttpServer(bot, requests=SlackRequests(bot.app, signature, limit))
    await server.open("127.0.0.1", 0)

    async def send(body: bytes | io.BytesIO, headers: dict[str, str]) -> tuple[int, str]:
        async with http.post(f"{server.address}/slack/events", data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async with aiohttp.ClientSession() as http:
        yield send
    await server.close()


def with_header(name: str, value: str | None) -> dict[str, str]:
    """The headers of a signed `HELLO`, one of them changed or, for None, missing."""
    headers = signed_now(HELLO)
    del headers[name]
    return headers if value is None else headers | {name: value}


STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"

UNSIGNED: dict[str, tuple[bytes, dict[str, str]]] = {
    "no headers": (HELLO, {"Content-Type": JSON}),
    "no timestamp": (HELLO, with_header(STAMP, None)),
    "a timestamp that is not a number": (HELLO, with_header(STAMP, "abc")),
    "a timestamp of 400 digits": (HELLO, with_header(STAMP, "1" * 400)),
    "a timestamp in other digits": (HELLO, with_header(STAMP, "١٢٣")),
    "a negative timestamp": (HELLO, with_header(STAMP, "-1")),
    "no signature": (HELLO, with_header(SIGNATURE, None)),
    "a wrong signature": (HELLO, with_header(SIGNATURE, "v0=" + "0" * 64)),
    "a signature outside ASCII": (HELLO, with_header(SIGNATURE, "v0=é")),
    "another secret": (HELLO, signed_now(HELLO, secret="another")),
    "another body": (HELLO + b" ", signed_now(HELLO)),
    "a replay after 5 minutes": (HELLO, signed_now(HELLO, age=301)),
    "a signature from the future": (HELLO, signed_now(HELLO, age=-301)),
    "a form that is not JSON": (b"payload=abc", {"Content-Type": FORM}),
    "deep nesting": (b"[" * 100_000, {"Content-Type": JSON}),
    "null": (b"null", {"Content-Type": JSON}),
    "a list": (b"[1]", {"Content-Type": JSON}),
    "bytes that are not UTF-8": (b"\xff\xfe{", {"Content-Type": JSON}),
    "an unknown charset": (HELLO, {"Content-Type": f"{JSON}; charset=klingon"}),
    "an empty body": (b"", {}),
}

NONSENSE = {
    "a form that is not JSON": (b"payload=abc", FORM),
    "a form without a payload": (b"payload", FORM),
    "a form with a list": (b"payload=[1]", FORM),
    "a form with null": (b"payload=null", FORM),
    "deep nesting": (b"[" * 100_000, JSON),
    "deep nesting in a form": (b"payload=" + b"[" * 100_000, FORM),
    "nesting that a parser still takes": (b'{"a":' * 500 + b"1" + b"}" * 500, JSON),
    "half an object": (b'{"type"', JSON),
    "null": (b"null", JSON),
    "a list": (b"[1]", JSON),
    "a number": (b"7", JSON),
    "bytes that are not UTF-8": (b"\xff\xfe{", JSON),
    "an unknown charset": (HELLO, f"{JSON}; charset=klingon"),
    "another charset": (HELLO, f"{JSON}; charset=utf-16"),
    "nothing": (b"", JSON),
    "half a surrogate pair": (b'{"type": "url_verification", "challenge": "\\ud800"}', JSON),
    "a NUL": (b'{"type": "event_callback", "event": {"type": "x", "user": "U\\u0000"}}', JSON),
    "an unknown content type": (b"hello", "text/plain"),
}


def mangled(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The body of a genuine press of a button after a change."""
    payload: dict[str, Any] = {
        "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "1.2",
        "actions": [{"type": "button", "action_id": "a", "block_id": "b", "value": "1"}],
        "view": {"id": "V1", "type": "modal", "callback_id": "c", "private_metadata": "", "blocks": [],
                 "state": {"values": {"b": {"a": {"type": "plain_text_input", "value": None}}}}},
    }  # fmt: skip
    change(payload)
    return urlencode({"payload": json.dumps(payload)}).encode()


MANGLED = {
    "a person who is a number": lambda it: it.update(user=7),
    "a person without an id": lambda it: it.update(user={}),
    "an id that is a list": lambda it: it["user"].update(id=["U1"]),
    "a workspace that is a list": lambda it: it.update(team=[1]),
    "no actions": lambda it: it.update(actions=[]),
    "actions that are a text": lambda it: it.update(actions="a"),
    "an action that is a number": lambda it: it.update(actions=[1]),
    "a value that is an object": lambda it: it["actions"][0].update(value={}),
    "an option that is a text": lambda it: it["actions"][0].update(selected_option="1"),
    "a view that is a list": lambda it: it.update(view=[]),
    "blocks that are an object": lambda it: it["view"].update(blocks={}),
    "a block that is a text": lambda it: it["view"].update(blocks=["section"]),
    "metadata that is a number": lambda it: it["view"].update(private_metadata=1),
    "a state that is a text": lambda it: it["view"].update(state="x"),
    "values that are a list": lambda it: it["view"]["state"].update(values=[1]),
    "a field that is a number": lambda it: it["view"]["state"]["values"].update(b=3),
    "a trigger that is an object": lambda it: it.update(trigger_id={}),
    "no trigger": lambda it: it.pop("trigger_id"),
    "no person": lambda it: it.pop("user"),
    "a submission of nothing": lambda it: it.update(type="view_submission", view=None),
    "an id of 256 characters": lambda it: it["user"].update(id="U" * 256),
    "an answer to nowhere": lambda it: it.update(response_url="nowhere"),
    "an answer to a number": lambda it: it.update(response_url=1),
    "a type that is a number": lambda it: it.update(type=1),
    "an event that is null": lambda it: it.update(event=None),
    "a message that is a text": lambda it: it.update(message="hello"),
}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[logging.LogRecord]]:
    """What libraries have logged at WARNING and above."""
    caplog.set_level(logging.WARNING)
    return lambda: [record for record in caplog.records if record.name != "asyncio"]


@pytest.mark.parametrize("case", UNSIGNED)
async def test_what_slack_has_not_signed_is_refused_unread(post: Post, logged: Any, case: str):
    """A request without a valid signature gets 401 and one line in the log, no matter what its body holds."""
    body, headers = UNSIGNED[case]
    with structlog.testing.capture_logs() as lines:
        assert (await post(body, headers))[0] == 401
    assert logged() == []
    assert [line["event"] for line in lines] == ["request.refused"]
    assert "exc_info" not in lines[0]


@pytest.mark.parametrize("case", NONSENSE)
async def test_signed_nonsense_is_refused(post: Post, logged: Any, case: str):
    """A signed body that is not an object of text gets 400 and one line in the log."""
    body, content_type = NONSENSE[case]
    with structlog.testing.capture_logs() as lines:
        assert (await post(body, signed_now(body, content_type=content_type)))[0] == 400
    assert logged() == []
    assert [line["event"] for line in lines] == ["request.refused"]


@pytest.mark.parametrize("case", MANGLED)
async def test_a_payload_of_another_shape_is_refused(post: Post, logged: Any, case: str):
    """A field of another type than Slack's gets 400 before any listener sees it, and one line without its value."""
    body = mangled(MANGLED[case])
    with structlog.testing.capture_logs() as lines:
        assert (await post(body, signed_now(body, content_type=FORM)))[0] == 400
    assert logged() == []
    assert [line["event"] for line in lines] == ["request.refused"]


async def test_a_typed_backslash_is_no_escape(post: Post):
    """What looks like an escaped NUL or surrogate, typed by a person, is text like any other."""
    body = json.dumps({"type": "url_verification", "challenge": r"\u0000 \ud800 \\"}).encode()
    status, text = await post(body, signed_now(body))
    assert (status, json.loads(text)) == (200, {"challenge": r"\u0000 \ud800 \\"})


async def test_a_signed_request_is_answered(post: Post):
    """The challenge that Slack sends when the address is entered comes back, up to 5 minutes late or early."""
    for age in (0, 300, -300):
        status, text = await post(HELLO, signed_now(HELLO, age=age))
        assert (status, json.loads(text)) == (200, {"challenge": "c-1"})


async def test_a_flood_of_strangers_does_not_fill_the_log(post: Post, logged: Any):
    """A hundred unsigned requests in a row are one line; the limit does not hide signed nonsense."""
    with structlog.testing.capture_logs() as lines:
        for _ in range(100):
            await post(HELLO, {"Content-Type": JSON})
        await post(b"null", signed_now(b"null"))
    assert logged() == []
    assert [line["status"] for line in lines] == [401, 400]


async def test_a_body_beyond_the_limit_is_refused(post: Post, logged: Any):
    """More than 1 MiB gets 413 without being read to the end, signed or not."""
    body = b"x" * (1024 * 1024 + 1)
    assert (await post(io.BytesIO(body), signed_now(body)))[0] == 413
    assert logged() == []
