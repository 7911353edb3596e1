import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.messenger import MENDING_TAKES, UNTOLD_RETRY_AFTER, SlackMessenger
from scheduler.messenger import Parcel, Posted, RateLimited, TryLater, Undeliverable, Unknown
from tests.support.builders import person

SINCE = datetime(2026, 11, 23, 8, tzinfo=UTC)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class TinySlack:
    """A server that notes what it is asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Answer] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note the request and answer it."""
        method = request.match_info["method"]
        is_json = request.content_type == "application/json"
        self.asked.append((method, await request.json() if is_json else dict(await request.post() or request.query)))
        return await self.answers[method](request)

    def times(self, method: str) -> int:
        """How often a method was called."""
        return sum(name == method for name, _arguments in self.asked)


def says(body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(
            body, status=status, headers={name.replace("_", "-"): headers[name] for name in headers}
        )

    return answer


async def drops(request: web.Request) -> web.StreamResponse:
    """Take the request and break the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def says_nonsense(_request: web.Request) -> web.StreamResponse:
    """Something that is not JSON at all."""
    return web.Response(text="<html>oops", content_type="text/html")


async def says_text(_request: web.Request) -> web.StreamResponse:
    """Plain text with a good status."""
    return web.Response(text="ok")


@pytest.fixture
async def slack() -> AsyncIterator[TinySlack]:
    """A tiny Slack on this machine."""
    tiny = TinySlack()
    application = web.Application()
    application.router.add_route("*", "/api/{method}", tiny.handle)
    async with TestServer(application) as server:
        tiny.url = str(server.make_url("/api/"))
        yield tiny


@pytest.fixture
async def messenger(slack: TinySlack) -> AsyncIterator[SlackMessenger]:
    """A messenger that talks to it, with the SDK's own retrying client."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-made-up", base_url=slack.url, session=session)
        yield SlackMessenger(client, lambda parcel: {"text": f"Hello {parcel.recipient.name}", "blocks": []})


def a_parcel() -> Parcel:
    """A message to somebody."""
    return Parcel("abc123", person(slack_id="U0ANA"), ())


async def test_posts_to_the_person_with_an_opaque_id(slack: TinySlack, messenger: SlackMessenger):
    """The message goes to the person's U… id, and its metadata holds an id and nothing else."""
    slack.answers["chat.postMessage"] = says({"ok": True, "channel": "D1", "ts": "1.5"})
    assert await messenger.post(a_parcel()) == Posted("D1", "1.5")
    [(_method, asked)] = slack.asked
    assert (asked["channel"], asked["text"]) == ("U0ANA", "Hello Ana Ruiz")
    assert asked["metadata"] == {"event_type": "career_nudge", "event_payload": {"id": "abc123"}}
    assert asked["unfurl_links"] is False


@pytest.mark.parametrize(
    "answer",
    [
        drops,
        says_nonsense,
        says_text,
        says([]),
        says({"ok": True}),
        says({"ok": False}),
        says({"ok": False, "error": "fatal_error"}),
        says({"ok": False, "error": "internal_error"}),
        says({"ok": False, "error": "x"}, status=500),
        says({}, status=502),
        says({}, status=503),
    ],
)
async def test_what_may_have_arrived_is_unknown_and_posted_once(
    slack: TinySlack, messenger: SlackMessenger, answer: Answer
):
    """A lost or muddled answer says nothing about the message: it is never posted a second time from here."""
    slack.answers["chat.postMessage"] = answer
    with pytest.raises(Unknown):
        await messenger.post(a_parcel())
    assert slack.times("chat.postMessage") == 1


@pytest.mark.parametrize(
    "word", ["channel_not_found", "user_not_found", "user_disabled", "is_archived", "cannot_dm_bot", "invalid_blocks",
             "msg_too_long", "a_word_of_next_year"],
)  # fmt: skip
async def test_a_refusal_of_the_message_is_final(slack: TinySlack, messenger: SlackMessenger, word: str):
    """What Slack refuses for good is told with Slack's own word."""
    slack.answers["chat.postMessage"] = says({"ok": False, "error": word})
    with pytest.raises(Undeliverable) as caught:
        await messenger.post(a_parcel())
    assert caught.value.cause == word


@pytest.mark.parametrize("word", ["token_revoked", "invalid_auth", "account_inactive", "missing_scope", "not_authed"])
async def test_a_fault_of_the_installation_is_tried_again(slack: TinySlack, messenger: SlackMessenger, word: str):
    """A token that was revoked says nothing against the message: later, and with the cause."""
    slack.answers["chat.postMessage"] = says({"ok": False, "error": word})
    with pytest.raises(TryLater) as caught:
        await messenger.post(a_parcel())
    assert (caught.value.cause, caught.value.after) == (word, MENDING_TAKES)


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (says({"ok": False, "error": "ratelimited"}, status=429, Retry_After="7"), timedelta(seconds=7)),
        (says({"ok": False, "error": "ratelimited"}), UNTOLD_RETRY_AFTER),
        (says({}, status=429, Retry_After="soon"), UNTOLD_RETRY_AFTER),
    ],
)
async def test_a_rate_limit_says_how_long_to_wait(
    slack: TinySlack, messenger: SlackMessenger, answer: Answer, after: timedelta
):
    """Slack's own patience counts, else a cautious one of ours."""
    slack.answers["chat.postMessage"] = answer
    with pytest.raises(RateLimited) as caught:
        await messenger.post(a_parcel())
    assert caught.value.after == after


async def test_without_a_connection_nothing_was_sent(slack: TinySlack):
    """Where nobody listens, the message certainly did not arrive: no doubt to clear up."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-made-up", base_url="http://127.0.0.1:1/api/", session=session)
        with pytest.raises(TryLater) as caught:
            await SlackMessenger(client, lambda _parcel: {"text": "Hello", "blocks": []}).post(a_parcel())
    assert caught.value.cause == "unreachable"


async def test_posting_can_be_given_up(slack: TinySlack, messenger: SlackMessenger):
    """Whoever stops waiting ends the request; nothing goes on behind their back."""
    never = asyncio.Event()

    async def hangs(_request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    slack.answers["chat.postMessage"] = hangs
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await messenger.post(a_parcel())
    never.set()


def history(*pages: list[str | None]) -> Answer:
    """Pages of a conversation: the ids of our messages, None for one without."""

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = dict(await request.post() or request.query)
        number = int(asked.get("cursor") or 0)
        messages = [
            {"ts": f"{number}.{place}"}
            | ({"metadata": {"event_type": "career_nudge", "event_payload": {"id": found}}} if found else {})
            for place, found in enumerate(pages[number])
        ]
        following = str(number + 1) if number + 1 < len(pages) else ""
        return web.json_response({"ok": True, "messages": messages, "response_metadata": {"next_cursor": following}})

    return answer


async def test_a_message_in_doubt_is_found_on_a_later_page(slack: TinySlack, messenger: SlackMessenger):
    """The conversation is read page by page from the moment of the claim on, with metadata, until the id turns up."""
    slack.answers["conversations.history"] = history([None, "other"], ["abc123"], ["never read"])
    found = await messenger.find(person(dm_channel="D7"), "abc123", SINCE)
    assert found == Posted("D7", "1.0")
    assert slack.times("conversations.history") == 2
    first = slack.asked[0][1]
    assert float(first["oldest"]) == SINCE.timestamp()
    assert str(first["include_all_metadata"]).lower() in {"1", "true"}


async def test_a_message_that_is_not_there_is_told_apart_from_not_knowing(slack: TinySlack, messenger: SlackMessenger):
    """The whole conversation without the id means no; a failure to read it means nobody knows."""
    slack.answers["conversations.history"] = history([None, "other"], [])
    assert await messenger.find(person(dm_channel="D7"), "abc123", SINCE) is None
    slack.answers["conversations.history"] = says({}, status=500)
    with pytest.raises(Unknown):
        await messenger.find(person(dm_channel="D7"), "abc123", SINCE)


async def test_a_first_message_in_doubt_opens_the_conversation(slack: TinySlack, messenger: SlackMessenger):
    """Nobody knows the D… id before the first answer: opening the conversation tells it."""
    slack.answers["conversations.open"] = says({"ok": True, "channel": {"id": "D9"}})
    slack.answers["conversations.history"] = history(["abc123"])
    assert await messenger.find(person(slack_id="U0ANA"), "abc123", SINCE) == Posted("D9", "0.0")
    assert slack.asked[0][1]["users"] == "U0ANA"


async def test_without_the_scope_to_look_nobody_knows(slack: TinySlack, messenger: SlackMessenger):
    """A missing scope leaves the doubt standing rather than risk saying it twice."""
    slack.answers["conversations.open"] = says({"ok": False, "error": "missing_scope"})
    with pytest.raises(TryLater):
        await messenger.find(person(), "abc123", SINCE)
