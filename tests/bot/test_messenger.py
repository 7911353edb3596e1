import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.messenger import DEFAULT_RETRY_AFTER, SlackMessenger
from cycle.nudges import Action, Button, NudgeText
from handlers.views import nudge_message
from scheduler.messenger import (
    ContentRefused,
    EditedMessage,
    EditedPart,
    InstallationFault,
    MessagePart,
    MessageSize,
    NotPosted,
    OutgoingMessage,
    Posted,
    RateLimited,
    RecipientRefused,
    TooLong,
    TryLater,
    UnconfirmedMessage,
    Unknown,
)
from storage.nudges import BROKEN, CHANNEL_FAILURES, RETRYABLE_FAILURES
from storage.people import Person
from tests.support.builders import person

CLAIMED_AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
SINCE = CLAIMED_AT - timedelta(minutes=10)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class TinySlack:
    """A server that records requests, and answers them as a test says."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Answer] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record the request and answer it."""
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
    """A messenger that calls the tiny Slack, with the SDK's own retrying client."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-made-up", base_url=slack.url, session=session)
        yield SlackMessenger(client, nudge_message)


BUTTONS = (Button("Find a time", Action.OPEN_SCHEDULE, 1),)


def part(key: str = "schedule_next:1:1", text: str = "Hello Ana", **also: Any) -> MessagePart:
    """A part of a message."""
    return MessagePart(1, key, NudgeText(text, **also))


def a_message(*parts: MessagePart) -> OutgoingMessage:
    """A message to someone."""
    return OutgoingMessage(1, "abc123", person(slack_id="U0ANA"), parts or (part(),))


def unconfirmed(recipient: Person, *keys: str) -> UnconfirmedMessage:
    """The message with that id, which may or may not have been posted."""
    return UnconfirmedMessage(1, "abc123", recipient, CLAIMED_AT, keys)


def to_a_channel() -> OutgoingMessage:
    """A message for a channel, which Ana has set up."""
    return replace(a_message(), channel="C0GROWTH")


async def test_a_message_for_a_channel_goes_there_and_is_looked_for_there(slack: TinySlack, messenger: SlackMessenger):
    """It is found by its id in the channel's own history; no conversation is opened."""
    slack.answers["chat.postMessage"] = says({"ok": True, "channel": "C0GROWTH", "ts": "1.5"})
    assert await messenger.post(to_a_channel()) == Posted("C0GROWTH", "1.5")
    metadata = slack.asked[0][1]["metadata"]
    slack.answers["conversations.history"] = says({"ok": True, "messages": [{"ts": "1.5", "metadata": metadata}]})
    lost = UnconfirmedMessage(1, "abc123", None, CLAIMED_AT, (), channel="C0GROWTH")
    assert await messenger.find(lost) == Posted("C0GROWTH", "1.5")
    assert [body["channel"] for _method, body in slack.asked] == ["C0GROWTH"] * 2


@pytest.mark.parametrize("word", ["restricted_action", "restricted_action_read_only_channel", "not_in_channel"])
async def test_a_channel_that_takes_no_posts_delays_nobody_else(slack: TinySlack, messenger: SlackMessenger, word: str):
    """About a channel these words are no fault of the installation, for which all messages would wait."""
    slack.answers["chat.postMessage"] = says({"ok": False, "error": word})
    with pytest.raises(RecipientRefused, match=word):
        await messenger.post(to_a_channel())


async def test_a_message_goes_to_the_person_with_an_opaque_id(slack: TinySlack, messenger: SlackMessenger):
    """The message goes to the person's U… id, and its metadata holds an id and nothing else."""
    slack.answers["chat.postMessage"] = says({"ok": True, "channel": "D1", "ts": "1.5"})
    assert await messenger.post(a_message()) == Posted("D1", "1.5")
    [(_method, asked)] = slack.asked
    assert (asked["channel"], asked["text"]) == ("U0ANA", "Hello Ana")
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
        await messenger.post(a_message())
    assert slack.times("chat.postMessage") == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RecipientRefused, ["channel_not_found", "user_not_found", "user_disabled", "is_archived", "cannot_dm_bot"]),
        (ContentRefused, ["invalid_blocks", "invalid_arguments", "no_text"]),
        (TooLong, ["msg_blocks_too_long", "msg_too_long"]),
        (
            InstallationFault,
            ["token_revoked", "invalid_auth", "account_inactive", "missing_scope", "not_authed", "ekm_access_denied",
             "team_added_to_org", "restricted_action", "messages_tab_disabled", "accesslimited",
             "message_limit_exceeded", "enterprise_is_restricted", "two_factor_setup_required", "upgrade_required",
             "method_deprecated", "org_login_required"],
        ),
    ],
)  # fmt: skip
async def test_the_word_of_a_refusal_says_what_is_at_fault(
    slack: TinySlack, messenger: SlackMessenger, kind: type[NotPosted], words: list[str]
):
    """Slack's word says whether the person, the content, the size or the installation is at fault."""
    for word in words:
        slack.answers["chat.postMessage"] = says({"ok": False, "error": word})
        with pytest.raises(kind) as caught:
            await messenger.post(a_message())
        assert (type(caught.value), caught.value.cause) == (kind, word)
        assert (word in RETRYABLE_FAILURES - CHANNEL_FAILURES) == (kind is RecipientRefused)


@pytest.mark.parametrize(("word", "for_good"), [("invalid_blocks", True), ("a_word_of_next_year", False)])
async def test_a_word_that_nobody_knows_may_pass(
    slack: TinySlack, messenger: SlackMessenger, word: str, *, for_good: bool
):
    """A known fault of the content stays; a word that is not in our lists may be one of the moment."""
    slack.answers["chat.postMessage"] = says({"ok": False, "error": word})
    with pytest.raises(ContentRefused) as caught:
        await messenger.post(a_message())
    assert caught.value.for_good is for_good


async def test_a_message_that_cannot_be_rendered_was_not_posted(slack: TinySlack, messenger: SlackMessenger):
    """After an error of ours while rendering it is clear: Slack was not asked, and only this message is affected."""
    not_a_text: Any = None
    with pytest.raises(ContentRefused) as caught:
        await messenger.post(a_message(MessagePart(1, "k:1", not_a_text)))
    assert (caught.value.cause, caught.value.for_good) == (BROKEN, False)
    assert not slack.asked


def test_the_size_of_a_message_comes_from_the_view(messenger: SlackMessenger):
    """What parts take, and what a message has room for, are the view's figures, in blocks and characters."""
    assert messenger.capacity == MessageSize(*nudge_message.capacity())
    assert messenger.size(part()) == MessageSize(*nudge_message.size(part()))


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (says({"ok": False, "error": "ratelimited"}, status=429, Retry_After="7"), timedelta(seconds=7)),
        (says({"ok": False, "error": "ratelimited"}), DEFAULT_RETRY_AFTER),
        (says({}, status=429, Retry_After="soon"), DEFAULT_RETRY_AFTER),
    ],
)
async def test_a_rate_limit_says_how_long_to_wait(
    slack: TinySlack, messenger: SlackMessenger, answer: Answer, after: timedelta
):
    """Slack's own figure counts; without one, a cautious one of ours."""
    slack.answers["chat.postMessage"] = answer
    with pytest.raises(RateLimited) as caught:
        await messenger.post(a_message())
    assert caught.value.after == after


async def test_without_a_connection_nothing_was_sent(slack: TinySlack):
    """Where nobody listens, the message certainly did not arrive: nothing is left unconfirmed."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-made-up", base_url="http://127.0.0.1:1/api/", session=session)
        with pytest.raises(TryLater) as caught:
            await SlackMessenger(client, nudge_message).post(a_message())
    assert caught.value.cause == "unreachable"


async def test_posting_can_be_given_up(slack: TinySlack, messenger: SlackMessenger):
    """A caller that stops waiting ends the request; nothing goes on in the background."""
    never = asyncio.Event()

    async def hangs(_request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    slack.answers["chat.postMessage"] = hangs
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await messenger.post(a_message())
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


async def test_an_unconfirmed_message_is_found_on_a_later_page(slack: TinySlack, messenger: SlackMessenger):
    """The conversation is read page by page from the moment of the claim on, with metadata, until the id turns up."""
    slack.answers["conversations.history"] = history([None, "other"], ["abc123"], ["never read"])
    found = await messenger.find(unconfirmed(person(dm_channel="D7")))
    assert found == Posted("D7", "1.0")
    assert slack.times("conversations.history") == 2
    first = slack.asked[0][1]
    assert float(first["oldest"]) == SINCE.timestamp()
    assert str(first["include_all_metadata"]).lower() in {"1", "true"}


async def test_not_finding_a_message_differs_from_failing_to_look(slack: TinySlack, messenger: SlackMessenger):
    """The whole conversation without the id means no; a failure to read it leaves the outcome unknown."""
    slack.answers["conversations.history"] = history([None, "other"], [])
    assert await messenger.find(unconfirmed(person(dm_channel="D7"))) is None
    slack.answers["conversations.history"] = says({}, status=500)
    with pytest.raises(Unknown):
        await messenger.find(unconfirmed(person(dm_channel="D7")))


async def test_a_first_message_that_is_unconfirmed_opens_the_conversation(slack: TinySlack, messenger: SlackMessenger):
    """The D… id is unknown before the first answer: opening the conversation returns it."""
    slack.answers["conversations.open"] = says({"ok": True, "channel": {"id": "D9"}})
    slack.answers["conversations.history"] = history(["abc123"])
    assert await messenger.find(unconfirmed(person(slack_id="U0ANA"))) == Posted("D9", "0.0")
    assert slack.asked[0][1]["users"] == "U0ANA"


@pytest.mark.parametrize("word", ["missing_scope", "channel_not_found", "method_deprecated", "not_in_channel", "next"])
@pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
async def test_a_refusal_to_look_is_an_error(slack: TinySlack, messenger: SlackMessenger, method: str, word: str):
    """Not being allowed to look never reads as “not there”: that would post the message twice."""
    slack.answers["conversations.open"] = says({"ok": True, "channel": {"id": "D9"}})
    slack.answers[method] = says({"ok": False, "error": word})
    with pytest.raises(NotPosted):
        await messenger.find(unconfirmed(person()))


def in_history(*messages: dict[str, Any]) -> Answer:
    """A conversation whose messages carry no metadata."""
    return says({"ok": True, "messages": [{"ts": f"1.{place}", **one} for place, one in enumerate(messages)]})


@pytest.mark.parametrize("buttons", [(), BUTTONS])
async def test_without_metadata_the_blocks_show_the_message(
    slack: TinySlack, messenger: SlackMessenger, buttons: tuple[Button, ...]
):
    """A history without metadata still carries block ids: a message is found by its nudges, with buttons or without."""
    slack.answers["chat.postMessage"] = says({"ok": True, "channel": "D7", "ts": "1.1"})
    await messenger.post(a_message(part("other:1", buttons=BUTTONS), part("schedule_next:1:1", buttons=buttons)))
    posted = slack.asked[0][1]
    another = nudge_message.render([part("schedule_next:1:11", buttons=BUTTONS)], late=False)
    slack.answers["conversations.history"] = in_history(
        {"text": "Hello"}, {"text": another["text"], "blocks": another["blocks"]}, {"blocks": posted["blocks"]}
    )
    found = await messenger.find(unconfirmed(person(dm_channel="D7"), "schedule_next:1:1"))
    assert found == Posted("D7", "1.2")


async def test_a_message_of_an_earlier_release_is_found_without_metadata(slack: TinySlack, messenger: SlackMessenger):
    """Until now only the buttons carried an id, and messages from then are still found by it."""
    buttons = {"type": "actions", "block_id": "nudge.day_before:1:1:7", "elements": []}
    slack.answers["conversations.history"] = in_history({"blocks": [{"type": "section", "block_id": "xY1"}, buttons]})
    message = unconfirmed(person(dm_channel="D7"), "day_before:1:1:7")
    assert await messenger.find(message) == Posted("D7", "1.0")
    assert await messenger.find(unconfirmed(person(dm_channel="D7"), "day_before:1:1:8")) is None


# --- editing ---------------------------------------------------------------------------------------------------------

TO_EDIT = EditedMessage(1, "D7", "1.5", (EditedPart(("schedule_next:1:1",), outcome="The date is set."),))


def shown(*parts: MessagePart, ts: str = "1.5") -> Answer:
    """A conversation with one message, as Slack gives it back: it adds to what we sent."""
    blocks = nudge_message.render(parts or (part(buttons=BUTTONS),), late=False)["blocks"]
    for block in blocks:
        if block["type"] == "section":
            block["text"] |= {"verbatim": False}
    return says({"ok": True, "messages": [{"ts": ts, "text": "Hello Ana", "blocks": blocks}]})


async def test_a_message_is_edited_as_slack_has_it(slack: TinySlack, messenger: SlackMessenger):
    """That one message is read, and updated without its buttons; its metadata is left alone."""
    slack.answers |= {"conversations.history": shown(), "chat.update": says({"ok": True})}
    await messenger.edit(TO_EDIT)
    (_read, asked), (_edit, sent) = slack.asked
    assert (asked["channel"], asked["oldest"], asked["latest"], asked["limit"]) == ("D7", "1.5", "1.5", "1")
    assert (sent["channel"], sent["ts"], sent["text"]) == ("D7", "1.5", "Hello Ana The date is set.")
    assert [block["type"] for block in sent["blocks"]] == ["section", "context"]
    assert "metadata" not in sent


async def test_what_needs_no_edit_is_not_updated(slack: TinySlack, messenger: SlackMessenger):
    """Where a listener has answered in place, or an earlier edit arrived, the message is read and no more."""
    slack.answers["conversations.history"] = shown(part())
    await messenger.edit(TO_EDIT)
    assert slack.times("chat.update") == 0


@pytest.mark.parametrize("answer", [says({"ok": True, "messages": []}), shown(ts="1.4")])
async def test_a_deleted_message_cannot_be_edited(slack: TinySlack, messenger: SlackMessenger, answer: Answer):
    """Only the very message counts, not its neighbour."""
    slack.answers["conversations.history"] = answer
    with pytest.raises(NotPosted, match="message_not_found"):
        await messenger.edit(TO_EDIT)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("message_not_found", ContentRefused), ("cant_update_message", ContentRefused),
        ("edit_window_closed", ContentRefused), ("is_inactive", ContentRefused),
        ("channel_not_found", RecipientRefused), ("token_revoked", InstallationFault), ("fatal_error", Unknown),
        ("ratelimited", RateLimited),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["conversations.history", "chat.update"])
async def test_the_word_of_a_refusal_to_edit_says_what_follows(
    slack: TinySlack, messenger: SlackMessenger, method: str, word: str, kind: type[Exception]
):
    """Whether editing is tried again, waits for the installation, or is given up."""
    slack.answers |= {"conversations.history": shown(), "chat.update": says({"ok": True})}
    slack.answers[method] = says({"ok": False, "error": word})
    with pytest.raises(kind):
        await messenger.edit(TO_EDIT)


async def test_an_edit_that_cannot_be_rendered_changes_nothing(slack: TinySlack, messenger: SlackMessenger):
    """After an error of ours Slack was not asked to change anything."""
    not_a_text: Any = 5
    slack.answers["conversations.history"] = shown()
    broken = EditedMessage(1, "D7", "1.5", (EditedPart(("schedule_next:1:1",), wording=not_a_text),))
    with pytest.raises(ContentRefused):
        await messenger.edit(broken)
    assert slack.times("chat.update") == 0
