from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from sandbox import Sandbox, SandboxSettings

METADATA = {"event_type": "nudge", "event_payload": {"id": "n1"}}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}


async def _error(call: Any) -> AsyncSlackResponse:
    """The answer to a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        await call
    response = caught.value.response
    assert isinstance(response, AsyncSlackResponse)
    return response


def _id(sandbox: Sandbox, name: str) -> str:
    return sandbox.people.by_name(name).id


async def test_auth_test_names_the_bot(sandbox: Sandbox, client: AsyncWebClient):
    """Bolt's authorisation gets the ids it needs."""
    answer = await client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (sandbox.bot_user_id, sandbox.team_id)
    assert answer["bot_id"].startswith("B")


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("app", "not_allowed_token_type")]
)
async def test_a_wrong_token_is_refused(sandbox: Sandbox, http: aiohttp.ClientSession, token: str, error: str):
    """No token, a foreign one and one of the wrong kind each get Slack's word for it."""
    token = sandbox.app_token if token == "app" else token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with http.post(f"{sandbox.api_url}auth.test", headers=headers) as response:
        assert (response.status, (await response.json())["error"]) == (200, error)


async def test_arguments_come_any_way_slack_takes_them(sandbox: Sandbox, http: aiohttp.ClientSession):
    """Query, form and JSON bodies, and the token in each of its places."""
    ana, url, headers = (
        _id(sandbox, "Ana Ruiz"),
        f"{sandbox.api_url}users.info",
        {"Authorization": f"Bearer {sandbox.bot_token}"},
    )
    ways = [
        http.get(url, params={"user": ana, "token": sandbox.bot_token}),
        http.get(url, params={"user": ana}, headers=headers),
        http.post(url, data={"user": ana, "token": sandbox.bot_token}),
        http.post(url, json={"user": ana}, headers=headers),
    ]
    for way in ways:
        async with way as response:
            assert (await response.json())["user"]["real_name"] == "Ana Ruiz"


async def test_broken_json_and_unknown_methods_are_named(sandbox: Sandbox, http: aiohttp.ClientSession):
    """Broken JSON and an unknown method have error words of their own."""
    headers = {"Authorization": f"Bearer {sandbox.bot_token}", "Content-Type": "application/json"}
    async with http.post(f"{sandbox.api_url}users.info", data="{", headers=headers) as response:
        assert (await response.json())["error"] == "invalid_json"
    async with http.post(f"{sandbox.api_url}users.infos", headers=headers) as response:
        assert (await response.json()) == {"ok": False, "error": "unknown_method", "req_method": "users.infos"}


async def test_api_test_hands_the_arguments_back(client: AsyncWebClient):
    """It needs no token, and fails on demand."""
    assert (await client.api_test(foo="bar"))["args"]["foo"] == "bar"
    assert (await _error(client.api_test(error="my_error")))["error"] == "my_error"


async def test_users_are_listed_in_pages(sandbox: Sandbox, client: AsyncWebClient):
    """Following the cursors returns everyone once."""
    names, cursor = [], ""
    while True:
        answer = await client.users_list(limit=3, cursor=cursor)
        names += [member["profile"]["real_name"] for member in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == [person.name for person in sandbox.people.all()]
    assert (await _error(client.users_list(cursor="nonsense")))["error"] == "invalid_cursor"


async def test_a_user_has_time_zone_and_a_deactivated_one_does_not(sandbox: Sandbox, client: AsyncWebClient):
    """The shapes differ as they do in Slack."""
    chiyo = (await client.users_info(user=_id(sandbox, "Chiyo Tanaka")))["user"]
    assert (chiyo["tz"], chiyo["tz_offset"], chiyo["deleted"]) == ("Asia/Tokyo", 9 * 3600, False)
    fred = (await client.users_info(user=_id(sandbox, "Former Fred")))["user"]
    assert fred["deleted"]
    assert "tz" not in fred
    assert (await client.users_info(user=_id(sandbox, "Deploy Bot")))["user"]["is_bot"]
    assert (await _error(client.users_info(user="U0NOBODY")))["error"] == "user_not_found"


async def test_profile_and_address_lookup(sandbox: Sandbox, client: AsyncWebClient):
    """Found by address, with the profile; an unknown address is refused."""
    user = (await client.users_lookupByEmail(email="ben.okafor@example.com"))["user"]
    assert user["id"] == _id(sandbox, "Ben Okafor")
    assert (await client.users_profile_get(user=user["id"]))["profile"]["title"] == "Head of Sales"
    assert (await _error(client.users_lookupByEmail(email="no@example.com")))["error"] == "users_not_found"
    assert (await client.team_info())["team"]["id"] == sandbox.team_id


async def test_a_message_to_a_person_opens_the_channel(sandbox: Sandbox, client: AsyncWebClient):
    """A U… id will do for posting; the answer names the D… channel."""
    ana = sandbox.people.by_name("Ana Ruiz")
    assert (await client.conversations_list(types="im"))["channels"] == []
    answer = await client.chat_postMessage(channel=ana.id, text="Hello")
    assert answer["channel"] == ana.dm
    assert answer["message"]["bot_id"] == sandbox.people.bot.bot_id
    assert (await client.conversations_open(users=ana.id, return_im=True))["channel"]["user"] == ana.id
    assert (await client.conversations_info(channel=ana.dm))["channel"]["is_im"]
    assert [one["id"] for one in (await client.conversations_list(types="im"))["channels"]] == [ana.dm]


async def test_an_opened_conversation_is_listed_before_anything_is_said(sandbox: Sandbox, client: AsyncWebClient):
    """conversations.open alone opens it: listed, with both members, and open already the second time."""
    ana = sandbox.people.by_name("Ana Ruiz")
    first = await client.conversations_open(users=ana.id)
    assert (first["channel"]["id"], first["already_open"]) == (ana.dm, False)
    for listed in (client.conversations_list(types="im"), client.users_conversations(types="im")):
        assert [(one["id"], one["user"]) for one in (await listed)["channels"]] == [(ana.dm, ana.id)]
    members = (await client.conversations_members(channel=ana.dm))["members"]
    assert sorted(members) == sorted([ana.id, sandbox.bot_user_id])
    assert (await client.conversations_open(users=ana.id))["already_open"]
    assert (await client.conversations_history(channel=ana.dm))["messages"] == []
    assert (await _error(client.conversations_list(types="public_channel")))["needed"] == "channels:read"


async def test_a_bot_is_described_by_its_bot_id(sandbox: Sandbox, client: AsyncWebClient):
    """bots.info finds our own bot, which has the app's id, and another one, which has not."""
    ours = (await client.bots_info(bot=(await client.auth_test())["bot_id"]))["bot"]
    assert (ours["user_id"], ours["name"]) == (sandbox.bot_user_id, "Career")
    assert ours["app_id"].startswith("A")
    other = sandbox.people.by_name("Deploy Bot")
    theirs = (await client.bots_info(bot=other.bot_id))["bot"]
    assert (theirs["user_id"], "app_id" in theirs) == (other.id, False)
    assert (await _error(client.bots_info(bot="B0NOTHING")))["error"] == "bot_not_found"


async def test_someone_with_an_open_page_is_active(sandbox: Sandbox, client: AsyncWebClient, http: Any, ana: Any):
    """users.getPresence says active for someone whose page is open, and away for everyone else."""
    async with http.get(f"{sandbox.address}/sandbox/stream", params={"as": ana.me}) as stream:
        await stream.content.readline()
        assert (await client.users_getPresence(user=ana.me))["presence"] == "active"
        ben = await client.users_getPresence(user=_id(sandbox, "Ben Okafor"))
        assert ben["presence"] == "away"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOTHING", "text": "x"}, "channel_not_found"),
        ({"channel": "Deploy Bot", "text": "x"}, "cannot_dm_bot"),
        ({"channel": "Ana Ruiz"}, "no_text"),
        ({"channel": "Ana Ruiz", "text": "x" * 4001}, "msg_too_long"),
        ({"channel": "Ana Ruiz", "text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"channel": "Ana Ruiz", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": "Ana Ruiz", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"channel": "Ana Ruiz", "text": "x", "thread_ts": "1.2"}, "message_not_found"),
    ],
)
async def test_a_wrong_message_is_refused(
    sandbox: Sandbox, client: AsyncWebClient, arguments: dict[str, Any], error: str
):
    """Each mistake gets Slack's word, and nothing is posted."""
    names = {person.name: person.id for person in sandbox.people.all()}
    arguments = arguments | {"channel": names.get(arguments["channel"], arguments["channel"])}
    assert (await _error(client.api_call("chat.postMessage", json=arguments)))["error"] == error
    ana = sandbox.people.by_name("Ana Ruiz")
    assert (await client.conversations_history(channel=ana.dm))["messages"] == []


async def test_invalid_blocks_say_where(sandbox: Sandbox, client: AsyncWebClient):
    """The pointer is where Slack puts it."""
    blocks = [SECTION, {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = await _error(client.chat_postMessage(channel=_id(sandbox, "Ana Ruiz"), text="x", blocks=blocks))
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"
    ]
    assert (await _error(client.api_call("blocks.validate", json={"blocks": blocks})))["error"] == "invalid_blocks"
    assert (await client.api_call("blocks.validate", json={"blocks": [SECTION]}))["ok"]


def _sections(characters: int) -> list[dict[str, Any]]:
    """Sections of up to 2,500 characters that hold this many in all."""
    sizes = [min(2500, characters - start) for start in range(0, characters, 2500)]
    return [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * size}} for size in sizes]


async def test_blocks_that_are_too_long_in_all_are_refused(
    sandbox: Sandbox, client: AsyncWebClient, ana: Any, http: aiohttp.ClientSession
):
    """10,000 characters in all blocks are accepted, one more is msg_blocks_too_long: posted, changed or ephemeral."""
    fits, over = _sections(10_000), _sections(10_001)
    posted = await client.chat_postMessage(channel=ana.me, text="x", blocks=fits)
    await client.chat_update(channel=ana.dm, ts=posted["ts"], text="x", blocks=fits)
    for call in (
        client.chat_postMessage(channel=ana.me, text="x", blocks=over),
        client.chat_update(channel=ana.dm, ts=posted["ts"], text="x", blocks=over),
        client.chat_postEphemeral(channel=ana.dm, user=ana.me, text="x", blocks=over),
    ):
        assert (await _error(call)).data == {"ok": False, "error": "msg_blocks_too_long"}
    assert [len(message["blocks"]) for message in await ana.messages()] == [4]
    name = sandbox._workspace.response_urls.new(ana.dm, ana.me)
    async with http.post(f"{sandbox.address}/response/{name}", json={"text": "x", "blocks": over}) as response:
        assert response.status == 200


async def test_a_deactivated_person_still_gets_messages(sandbox: Sandbox, client: AsyncWebClient):
    """As in Slack: a bot that does not check `deleted` first posts messages that no one reads."""
    assert (await client.chat_postMessage(channel=_id(sandbox, "Former Fred"), text="Hello"))["ok"]


async def test_history_gives_metadata_only_when_asked(sandbox: Sandbox, client: AsyncWebClient):
    """The newest first, in pages, bounded by time; metadata on request."""
    ana = sandbox.people.by_name("Ana Ruiz")
    stamps = [
        (await client.chat_postMessage(channel=ana.id, text=str(number), metadata=METADATA))["ts"]
        for number in range(5)
    ]
    first = await client.conversations_history(channel=ana.dm, limit=2, include_all_metadata=True)
    assert [message["text"] for message in first["messages"]] == ["4", "3"]
    assert first["messages"][0]["metadata"] == METADATA
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel=ana.dm, cursor=cursor)
    assert [message["text"] for message in rest["messages"]] == ["2", "1", "0"]
    assert "metadata" not in rest["messages"][0]
    between = await client.conversations_history(channel=ana.dm, oldest=stamps[1], latest=stamps[3])
    assert [message["text"] for message in between["messages"]] == ["2"]
    inclusive = await client.conversations_history(channel=ana.dm, oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [message["text"] for message in inclusive["messages"]] == ["3", "2", "1"]
    assert (await _error(client.conversations_history(channel=ana.dm, limit=1000)))["error"] == "invalid_limit"
    assert (await _error(client.conversations_history(channel=ana.id)))["error"] == "channel_not_found"


async def test_replies_stay_in_their_thread(sandbox: Sandbox, client: AsyncWebClient):
    """A reply is with its message, not in the channel's history."""
    ana = sandbox.people.by_name("Ana Ruiz")
    top = (await client.chat_postMessage(channel=ana.id, text="top"))["ts"]
    await client.chat_postMessage(channel=ana.dm, text="reply", thread_ts=top)
    assert [one["text"] for one in (await client.conversations_replies(channel=ana.dm, ts=top))["messages"]] == [
        "top",
        "reply",
    ]
    assert [one["text"] for one in (await client.conversations_history(channel=ana.dm))["messages"]] == ["top"]
    assert (await _error(client.conversations_replies(channel=ana.dm, ts="1.0")))["error"] == "thread_not_found"


async def test_changing_a_message_follows_slacks_rules(sandbox: Sandbox, client: AsyncWebClient):
    """Text alone removes the blocks and marks it edited; blocks alone keep the text; metadata stays unless given."""
    ana = sandbox.people.by_name("Ana Ruiz")
    ts = (await client.chat_postMessage(channel=ana.id, text="one", blocks=[SECTION], metadata=METADATA))["ts"]
    bare = {"channel": ana.dm, "ts": ts, "blocks": [{"type": "divider"}]}
    await client.api_call("chat.update", json=bare)
    message = (await client.conversations_history(channel=ana.dm, include_all_metadata=True))["messages"][0]
    assert (message["text"], message["blocks"][0]["type"], "edited" in message) == ("one", "divider", False)
    await client.chat_update(channel=ana.dm, ts=ts, text="two")
    message = (await client.conversations_history(channel=ana.dm, include_all_metadata=True))["messages"][0]
    assert (message["text"], "blocks" in message, "edited" in message) == ("two", False, True)
    assert message["metadata"] == METADATA
    assert (await _error(client.chat_update(channel=ana.id, ts=ts, text="x")))["error"] == "channel_not_found"
    assert (await _error(client.chat_update(channel=ana.dm, ts="1.0", text="x")))["error"] == "message_not_found"


async def test_only_own_messages_can_be_changed_or_deleted(sandbox: Sandbox, client: AsyncWebClient, ana: Any):
    """A person's message is theirs."""
    await ana.post("message", text="mine <3")
    history = (await client.conversations_history(channel=ana.dm))["messages"]
    assert history[0]["text"] == "mine &lt;3"
    ts = history[0]["ts"]
    assert (await _error(client.chat_update(channel=ana.dm, ts=ts, text="x")))["error"] == "cant_update_message"
    assert (await _error(client.chat_delete(channel=ana.dm, ts=ts)))["error"] == "cant_delete_message"
    own = (await client.chat_postMessage(channel=ana.dm, text="own"))["ts"]
    assert "/archives/" in (await client.chat_getPermalink(channel=ana.dm, message_ts=own))["permalink"]
    await client.chat_delete(channel=ana.dm, ts=own)
    assert len((await client.conversations_history(channel=ana.dm))["messages"]) == 1


async def test_an_ephemeral_message_is_on_the_page_but_in_no_history(
    sandbox: Sandbox, client: AsyncWebClient, ana: Any
):
    """Only the person sees it, and the app cannot read it back."""
    await client.chat_postEphemeral(channel=ana.dm, user=ana.me, text="psst")
    assert [(one["text"], one["ephemeral"]) for one in await ana.messages()] == [("psst", True)]
    assert (await client.conversations_history(channel=ana.dm))["messages"] == []
    ben = _id(sandbox, "Ben Okafor")
    refused = await _error(client.chat_postEphemeral(channel=ana.dm, user=ben, text="psst"))
    assert refused["error"] == "user_not_in_channel"


async def test_conversations_open_needs_one_person(sandbox: Sandbox, client: AsyncWebClient):
    """No one, an unknown person, a bot and two people are refused, each with its own error word."""
    ana, ben, robot = (_id(sandbox, name) for name in ("Ana Ruiz", "Ben Okafor", "Deploy Bot"))
    assert (await _error(client.api_call("conversations.open")))["error"] == "users_list_not_supplied"
    assert (await _error(client.conversations_open(users="U0NOBODY")))["error"] == "user_not_found"
    assert (await _error(client.conversations_open(users=robot)))["error"] == "cannot_dm_bot"
    assert (await _error(client.conversations_open(users=[ana, ben])))["error"] == "invalid_user_combination"


async def test_home_is_published_and_guarded_by_its_hash(sandbox: Sandbox, client: AsyncWebClient, ana: Any):
    """The newest hash is needed where one is given; what is published is on the page."""
    view = {"type": "home", "blocks": [SECTION]}
    first = (await client.views_publish(user_id=ana.me, view=view))["view"]
    second = (await client.views_publish(user_id=ana.me, view=view, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    refused = await _error(client.views_publish(user_id=ana.me, view=view, hash=first["hash"]))
    assert refused["error"] == "hash_conflict"
    assert (await ana.state())["home"]["hash"] == second["hash"]
    wrong = await _error(client.views_publish(user_id=ana.me, view={"type": "home", "blocks": [{"type": "x"}]}))
    assert wrong["error"] == "invalid_arguments"
    assert "json-pointer:/view/blocks/0/type" in wrong["response_metadata"]["messages"][0]
    assert (await _error(client.views_publish(user_id="U0NO", view=view)))["error"] == "user_not_found"


async def test_a_view_needs_a_trigger_that_exists(client: AsyncWebClient):
    """A made-up trigger and a missing view are refused before anything opens."""
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
    assert (await _error(client.views_open(trigger_id="1.2.x", view=view)))["error"] == "invalid_trigger_id"
    assert (await _error(client.views_update(view_id="V0NO", view=view)))["error"] == "not_found"
    huge = view | {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 90}
    assert (await _error(client.views_open(trigger_id="1.2.x", view=huge)))["error"] == "view_too_large"


async def test_a_file_is_announced_uploaded_and_shared(sandbox: Sandbox, client: AsyncWebClient, ana: Any, http: Any):
    """The client's own three steps end in a message with a file that can be saved."""
    shared = await client.files_upload_v2(
        channel=ana.dm, filename="record.md", content="# Our notes", title="Record", initial_comment="Here it is"
    )
    message = (await ana.messages())[-1]
    assert (message["text"], message["files"][0]["title"]) == ("Here it is", "Record")
    async with http.get(shared["files"][0]["url_private"]) as response:
        assert await response.text() == "# Our notes"
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''record.md"
    unknown = client.files_completeUploadExternal(files=[{"id": "F0NO", "title": "x"}])
    assert (await _error(unknown))["error"] == "file_not_found"


async def test_a_missing_scope_is_named():
    """With the scopes of the manifest alone, what needs more is refused and says what it needs."""
    sandbox = Sandbox(settings=SandboxSettings(port=0, scopes=frozenset({"chat:write", "users:read"})))
    await sandbox.start()
    try:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        answer = await _error(client.conversations_open(users=_id(sandbox, "Ana Ruiz")))
        assert (answer["error"], answer["needed"], answer["provided"]) == (
            "missing_scope",
            "im:write",
            "chat:write,users:read",
        )
        user = (await client.users_info(user=_id(sandbox, "Ana Ruiz")))["user"]
        assert "email" not in user["profile"]
    finally:
        await sandbox.stop()
