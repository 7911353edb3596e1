import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from sandbox import Fault, Sandbox
from sandbox.errors import PageError
from sandbox.faults import NAMED, fault_from

METADATA = {"event_type": "nudge", "event_payload": {"id": "n1"}}


async def _error(call: Any) -> AsyncSlackResponse:
    """The answer to a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        await call
    response = caught.value.response
    assert isinstance(response, AsyncSlackResponse)
    return response


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def test_faults_happen_as_often_as_asked(sandbox: Sandbox, client: AsyncWebClient):
    """An error word, a status and a 429, each for its number of calls, and nothing is posted by them."""
    ana = sandbox.people.by_name("Ana Ruiz")
    sandbox.faults.add(Fault("chat.postMessage", "error", times=2, error="fatal_error"))
    for _ in range(2):
        assert (await _error(client.chat_postMessage(channel=ana.id, text="x")))["error"] == "fatal_error"
    sandbox.faults.add(Fault("chat.postMessage", "ratelimited", retry_after=7))
    limited = await _error(client.chat_postMessage(channel=ana.id, text="x"))
    assert (limited.status_code, limited.headers["Retry-After"], limited["error"]) == (429, "7", "ratelimited")
    sandbox.faults.add(Fault("*", "status", status=503))
    assert (await _error(client.chat_postMessage(channel=ana.id, text="x"))).status_code == 503
    sandbox.faults.add(Fault("chat.postMessage", "delay", seconds=0.01))
    assert (await client.chat_postMessage(channel=ana.id, text="at last"))["ok"]
    history = (await client.conversations_history(channel=ana.dm))["messages"]
    assert [message["text"] for message in history] == ["at last"]


async def test_a_dropped_connection_leaves_the_message_posted(sandbox: Sandbox, http: aiohttp.ClientSession):
    """The caller gets an exception, not an answer, and the history shows that the post was taken."""
    ana = sandbox.people.by_name("Ana Ruiz")
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, session=http, retry_handlers=[])
    sandbox.faults.add(Fault("chat.postMessage", "drop"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel=ana.id, text="taken", metadata=METADATA)
    history = await client.conversations_history(channel=ana.dm, include_all_metadata=True)
    assert [message["metadata"] for message in history["messages"]] == [METADATA]


async def test_a_connection_dropped_before_leaves_nothing_posted(
    sandbox: Sandbox, http: aiohttp.ClientSession, ana: Any
):
    """The caller gets an exception too, and the history shows that the post was not taken."""
    client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, session=http, retry_handlers=[])
    await ana.post("faults", name="dropped_before")
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel=ana.me, text="lost")
    assert await ana.messages() == []
    assert sandbox._workspace.traffic.last()[0]["status"] == "cut off"
    assert (await client.chat_postMessage(channel=ana.me, text="lost"))["ok"]


async def test_a_fault_lasts_until_it_is_switched_off(sandbox: Sandbox, client: AsyncWebClient, ana: Any):
    """One that has no number of times happens again and again; switching it off leaves the others on."""
    (_, other) = [await ana.post("faults", name=name, times=None) for name in ("token_revoked", "too_fast")]
    first, second = other["faults"]
    assert (first["times"], first["label"]) == (None, NAMED["token_revoked"].label)
    for _ in range(3):
        assert (await _error(client.chat_postMessage(channel=ana.me, text="x")))["error"] == "token_revoked"
    left = (await ana.post("faults", off=first["id"]))["faults"]
    assert [fault["id"] for fault in left] == [second["id"]]
    assert (await _error(client.chat_postMessage(channel=ana.me, text="x"))).status_code == 429
    assert [fault["label"] for fault in (await ana.state())["faults"]] == [NAMED["too_fast"].label]


async def test_the_page_says_what_became_of_a_message(
    sandbox: Sandbox, client: AsyncWebClient, http: aiohttp.ClientSession, ana: Any
):
    """Not there, there once, there twice: by the ids of its blocks, whatever else a message says, or by its text."""
    blocks = [_section("One") | {"block_id": "nudge-1"}]

    async def newest() -> dict[str, Any]:
        async with http.get(f"{sandbox.address}/sandbox/faults") as response:
            return dict((await response.json())["happened"][0])

    async def copies() -> tuple[int, int]:
        arrived = (await newest())["arrived"]
        return arrived["copies"], arrived["messages"]

    await client.chat_postMessage(channel=ana.me, text="Before", blocks=blocks)
    await ana.post("faults", name="server_error")
    await _error(client.chat_postMessage(channel=ana.me, text="Now", blocks=blocks))
    assert await copies() == (0, 0)
    await client.chat_postMessage(channel=ana.me, text="Late, sorry", blocks=[_section("Sorry"), *blocks])
    assert await copies() == (1, 1)
    await client.chat_postMessage(channel=ana.me, text="Again", blocks=json.dumps(blocks))
    assert await copies() == (2, 2)
    await ana.post("faults", name="slow", seconds=0, method="users.info")
    await client.users_info(user=ana.me)
    happened = await newest()
    assert (happened["method"], happened["person"], happened["arrived"]) == ("users.info", "Ana Ruiz", None)


async def test_every_named_fault_can_be_picked(sandbox: Sandbox, http: aiohttp.ClientSession, ana: Any):
    """The page, the API and the tests share one list; each entry says what happens and what follows, in sentences."""
    async with http.get(f"{sandbox.address}/sandbox/faults") as response:
        shown = await response.json()
    assert [one["name"] for one in shown["known"]] == list(NAMED)
    for one in shown["known"]:
        assert one["meaning"].endswith(".")
        assert one["method"] in {each["method"] for each in shown["affected"]}
        (fault,) = (await ana.post("faults", name=one["name"]))["faults"]
        assert (fault["name"], fault["kind"]) == (one["name"], NAMED[one["name"]].kind)
        await ana.post("faults", clear=True)


async def test_the_clients_own_retry_posts_a_dropped_message_twice(sandbox: Sandbox, client: AsyncWebClient):
    """Why the bot must not let the client repeat posts: the default does, and the person sees both."""
    ana = sandbox.people.by_name("Ana Ruiz")
    sandbox.faults.add(Fault("chat.postMessage", "drop"))
    await client.chat_postMessage(channel=ana.id, text="twice")
    assert len((await client.conversations_history(channel=ana.dm))["messages"]) == 2


@pytest.mark.parametrize("word", ["team_added_to_org", "restricted_action", "messages_tab_disabled", "made_up"])
async def test_any_error_word_can_be_answered(sandbox: Sandbox, client: AsyncWebClient, ana: Any, word: str):
    """A method answers the given word for the given number of calls and then works; other methods keep working."""
    await ana.post("faults", method="chat.postMessage", kind="error", error=word, times=2)
    for _ in range(2):
        answer = await _error(client.chat_postMessage(channel=ana.me, text="x"))
        assert (answer.status_code, answer.data) == (200, {"ok": False, "error": word})
        assert (await client.users_info(user=ana.me))["ok"]
    assert (await client.chat_postMessage(channel=ana.me, text="at last"))["ok"]
    assert [message["text"] for message in await ana.messages()] == ["at last"]
    assert sandbox.faults.pending() == []


@pytest.mark.parametrize("form", [False, True])
async def test_only_messages_that_contain_a_text_are_refused(
    sandbox: Sandbox, client: AsyncWebClient, ana: Any, *, form: bool
):
    """One poisoned message is refused wherever the text is in it, sent as JSON or as a form; the others go out."""
    sandbox.faults.add(Fault("chat.postMessage", "error", times=2, error="invalid_blocks", containing="poisón"))

    async def post(text: str, *blocks: dict[str, Any]) -> AsyncSlackResponse:
        arguments = {"channel": ana.me, "text": text}
        if form:  # non-ASCII characters are escaped in the JSON that a form field holds
            return await client.api_call("chat.postMessage", data=arguments | {"blocks": json.dumps(blocks)})
        return await client.api_call("chat.postMessage", json=arguments | {"blocks": blocks})

    await post("one", _section("good"))
    assert (await _error(post("two", _section("good"), _section("a poisón in the blocks"))))[
        "error"
    ] == "invalid_blocks"
    await post("three", _section("poison of another spelling"))
    assert (await _error(post("a poisón in the text", _section("good"))))["error"] == "invalid_blocks"
    await post("both are used up: poisón", _section("good"))
    shown = [message["text"] for message in await ana.messages()]
    assert shown == ["one", "three", "both are used up: poisón"]


async def test_a_fault_can_be_about_one_person(sandbox: Sandbox, client: AsyncWebClient, ana: Any, page_of: Any):
    """users.info fails for the person whose id is named, and for nobody else."""
    ben = page_of("Ben Okafor")
    sandbox.faults.add(Fault("users.info", "ratelimited", containing=ben.me))
    assert (await client.users_info(user=ana.me))["ok"]
    assert (await _error(client.users_info(user=ben.me))).status_code == 429
    assert (await client.users_info(user=ben.me))["ok"]


async def test_history_may_be_refused_or_come_without_metadata(sandbox: Sandbox, client: AsyncWebClient, ana: Any):
    """First channel_not_found, then the messages without their metadata, then all of it: nothing was lost."""
    await client.chat_postMessage(channel=ana.me, text="sent", metadata=METADATA)
    sandbox.faults.add(Fault("conversations.history", "error", error="channel_not_found"))
    sandbox.faults.add(Fault("conversations.history", "no_metadata"))

    async def history() -> list[dict[str, Any]]:
        answer = await client.conversations_history(channel=ana.dm, include_all_metadata=True)
        return list(answer["messages"])

    assert (await _error(history()))["error"] == "channel_not_found"
    (bare,) = await history()
    (whole,) = await history()
    assert (bare["text"], "metadata" in bare) == ("sent", False)
    assert whole == bare | {"metadata": METADATA}


async def test_users_info_may_be_slow(sandbox: Sandbox, client: AsyncWebClient, ana: Any):
    """A caller that waits less gets nothing; one that waits gets the answer."""
    sandbox.faults.add(Fault("users.info", "delay", times=2, seconds=0.2))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.users_info(user=ana.me), 0.05)
    assert (await client.users_info(user=ana.me))["user"]["id"] == ana.me


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"kind": None},
        {"times": 0},
        {"times": "often"},
        {"times": 1.5},
        {"times": True},
        {"times": 1001},
        {"name": "gremlins"},
        {"name": ["too_fast"]},
        {"status": 200},
        {"seconds": -1},
        {"seconds": "NaN"},
        {"seconds": "Infinity"},
        {"retry_after": -1},
        {"retry_after": float("inf")},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, Any]):
    """A sentence for the person who asked for it, instead of a fault."""
    with pytest.raises(PageError, match=r"\.$"):
        fault_from({"method": "chat.postMessage", "kind": "error"} | wrong)
