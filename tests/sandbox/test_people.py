"""Who people are, as Slack describes them, and how the bot learns that someone has changed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import DEFAULT_PEOPLE, PersonSeed, Sandbox, SandboxSettings
from sandbox.errors import PageError

Json = dict[str, Any]

GUEST = PersonSeed("Gil Guest", guest="multi-channel")
SINGLE = PersonSeed("Sina Single", guest="single-channel")
STRANGER = PersonSeed("Stan Stranger", team_id="T0ELSEWHERE", is_stranger=True)
PARTNER = PersonSeed("Pia Partner", team_id="T0ELSEWHERE")

# The keys of a user object that Slack's example payload of user_change has, images aside: the sandbox has none.
USER_KEYS = {
    "color", "deleted", "has_2fa", "id", "is_admin", "is_app_user", "is_bot", "is_email_confirmed", "is_owner",
    "is_primary_owner", "is_restricted", "is_stranger", "is_ultra_restricted", "locale", "name", "profile", "real_name",
    "team_id", "tz", "tz_label", "tz_offset", "updated", "who_can_share_contact_card",
}  # fmt: skip
PROFILE_KEYS = {
    "avatar_hash", "display_name", "display_name_normalized", "email", "fields", "first_name", "last_name", "phone",
    "real_name", "real_name_normalized", "skype", "status_emoji", "status_emoji_display_info", "status_expiration",
    "status_text", "status_text_canonical", "team", "title",
}  # fmt: skip
WRAPPER_KEYS = {
    "api_app_id", "authorizations", "event", "event_context", "event_id", "event_time", "is_ext_shared_channel",
    "team_id", "token", "type",
}  # fmt: skip


@pytest.fixture
def settings(settings: SandboxSettings) -> SandboxSettings:
    """Guests and people of another organisation as well, and an app that subscribes to user_change."""
    people = (*DEFAULT_PEOPLE, GUEST, SINGLE, STRANGER, PARTNER)
    return replace(settings, people=people, events=settings.events | {"user_change"})


@pytest.fixture
async def payloads(app: AsyncApp, served: AsyncApp) -> list[Json]:
    """Every user_change payload that the bot gets."""
    received: list[Json] = []

    async def on_change(body: Json) -> None:
        received.append(body)

    app.event("user_change")(on_change)
    return received


@pytest.fixture
async def without_subscription(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    """A sandbox whose app does not subscribe to user_change."""
    sandbox = Sandbox(settings=replace(settings, events=frozenset({"message.im"})))
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def _user(client: AsyncWebClient, sandbox: Sandbox, name: str) -> Json:
    return dict((await client.users_info(user=sandbox.people.by_name(name).id))["user"])


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("Ana Ruiz", set()),
        ("Gil Guest", {"is_restricted"}),
        ("Sina Single", {"is_restricted", "is_ultra_restricted"}),
        ("Stan Stranger", {"is_stranger"}),
        ("Pia Partner", set()),
        ("Deploy Bot", {"is_bot"}),
    ],
)
async def test_guests_strangers_and_bots_are_marked(
    sandbox: Sandbox, client: AsyncWebClient, name: str, marks: set[str]
):
    """users.info and users.list agree: a single-channel guest carries both marks of a guest, a stranger their own."""
    user = await _user(client, sandbox, name)
    kinds = {"is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "is_app_user"}
    assert {kind: user[kind] for kind in kinds} == {kind: kind in marks for kind in kinds}
    listed = [member for member in (await client.users_list())["members"] if member["id"] == user["id"]]
    assert listed == [user]


async def test_people_of_another_organisation_have_its_team(sandbox: Sandbox, client: AsyncWebClient):
    """Their user object and their profile name the other workspace; everyone else's name this one."""
    partner, ana = await _user(client, sandbox, "Pia Partner"), await _user(client, sandbox, "Ana Ruiz")
    assert (partner["team_id"], partner["profile"]["team"]) == ("T0ELSEWHERE", "T0ELSEWHERE")
    assert (ana["team_id"], ana["profile"]["team"]) == (sandbox.team_id, sandbox.team_id)


async def test_a_deactivated_person_and_back(sandbox: Sandbox, client: AsyncWebClient, ana: Any, payloads: list[Json]):
    """The bot gets both changes as events; a deactivated person cannot act, and can again once brought back."""
    await ana.post("person", user=ana.me, deleted=True)
    await ana.post("message", text="hello", status=403)
    gone = await _user(client, sandbox, "Ana Ruiz")
    assert gone["deleted"]
    assert "tz" not in gone
    await ana.post("person", user=ana.me, deleted=False)
    await ana.post("message", text="hello")
    assert [payload["event"]["user"]["deleted"] for payload in payloads] == [True, False]
    assert (await _user(client, sandbox, "Ana Ruiz"))["tz"] == "Europe/Madrid"


async def test_a_change_comes_in_slacks_shape(sandbox: Sandbox, ana: Any, payloads: list[Json]):
    """user_change has the keys of Slack's own, the new values, and the workspace in every place."""
    await ana.post("person", user=ana.me, tz="Asia/Tokyo")
    (payload,) = payloads
    event = payload["event"]
    assert set(payload) == WRAPPER_KEYS
    assert set(event) == {"type", "user", "cache_ts", "event_ts"}
    assert set(event["user"]) == USER_KEYS
    assert set(event["user"]["profile"]) == PROFILE_KEYS
    assert (event["user"]["tz"], event["user"]["tz_label"]) == ("Asia/Tokyo", "Japan Standard Time")
    assert event["user"]["tz_offset"] == 9 * 3600
    assert event["user"]["updated"] == event["cache_ts"] == payload["event_time"]
    team_id = sandbox.team_id
    assert (payload["team_id"], event["user"]["team_id"]) == (team_id, team_id)
    assert payload["authorizations"][0]["team_id"] == team_id


async def test_updated_is_the_time_of_the_last_change(sandbox: Sandbox, client: AsyncWebClient, ana: Any):
    """It starts with the workspace and moves with a change, by the workspace's own clock."""
    ben = await _user(client, sandbox, "Ben Okafor")
    await ana.post("clock", by="day")
    await ana.post("person", user=ben["id"], guest="single-channel")
    after = await _user(client, sandbox, "Ben Okafor")
    assert ben["updated"] == int(sandbox.clock.started_at.timestamp())
    assert after["updated"] >= ben["updated"] + 24 * 3600
    assert (after["is_restricted"], after["is_ultra_restricted"]) == (True, True)


async def test_a_status_ends_at_its_expiration(sandbox: Sandbox, client: AsyncWebClient, ana: Any):
    """Text, emoji and end are in the profile, through users.profile.get as well, and empty once the end has come."""
    until = int(sandbox.clock.now().timestamp()) + 1800
    away = {"status_text": "Out of office", "status_emoji": ":palm_tree:", "status_expiration": until}
    await ana.post("person", user=ana.me, **away)
    profile = (await client.users_profile_get(user=ana.me))["profile"]
    assert {name: profile[name] for name in away} == away
    assert (await _user(client, sandbox, "Ana Ruiz"))["profile"] == profile
    await ana.post("clock", by="hour")
    profile = (await client.users_profile_get(user=ana.me))["profile"]
    assert [profile[name] for name in away] == ["", "", 0]


async def test_without_a_subscription_nothing_is_sent(without_subscription: Sandbox):
    """The person changes, and no event is recorded as sent to the bot."""
    ana = without_subscription.people.by_name("Ana Ruiz")
    await without_subscription.change_person(ana.id, deleted=True)
    assert without_subscription.people.get(ana.id).deleted
    assert without_subscription._workspace.traffic.last() == []


async def test_what_is_already_so_is_not_sent(sandbox: Sandbox, ana: Any, payloads: list[Json]):
    """A change that changes nothing sends nothing, and one that does is sent once."""
    await ana.post("person", user=ana.me, deleted=False, guest=None, tz="Europe/Madrid")
    assert payloads == []
    await sandbox.change_person(ana.me, guest="multi-channel")
    await sandbox.change_person(ana.me, guest="multi-channel")
    assert [payload["event"]["user"]["is_restricted"] for payload in payloads] == [True]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"tz": "Europe/Atlantis"}, 400),
        ({"tz": "../../etc/passwd"}, 400),
        ({"tz": "Europe"}, 400),
        ({"tz": ""}, 400),
        ({"guest": "honorary"}, 400),
        ({"deleted": "yes"}, 400),
        ({"status_text": "x" * 101}, 400),
        ({"status_expiration": -1}, 400),
        ({"name": "Anna"}, 400),
        ({"user": "U0NOBODY", "deleted": True}, 404),
        ({"user": "Deploy Bot", "deleted": True}, 403),
    ],
)
async def test_wrong_changes_are_refused(sandbox: Sandbox, ana: Any, changes: Json, status: int):
    """Values that do not fit, people who are not here and bots: nothing changes, and the page gets a sentence."""
    names = {person.name: person.id for person in sandbox.people.all()}
    before = sandbox.people.all()
    user = changes.get("user", "Ana Ruiz")
    answer = await ana.post("person", status=status, **(changes | {"user": names.get(user, user)}))
    assert answer["message"].endswith(".")
    assert sandbox.people.all() == before


async def test_changes_outlive_a_restart(settings: SandboxSettings, tmp_path: Path):
    """A deactivated guest in another zone is the same after the restart, and everyone keeps their place."""
    kept = replace(settings, state_file=tmp_path / "workspace.sqlite3")
    first = Sandbox(settings=kept)
    ben = first.people.by_name("Ben Okafor").id
    await first.change_person(ben, deleted=True, guest="single-channel", tz="Asia/Tokyo")
    people = first.people.all()
    await first.stop()
    second = Sandbox(settings=kept)
    assert second.people.all() == people
    assert second.people.get(ben).tz == "Asia/Tokyo"
    with pytest.raises(PageError, match="deleted"):
        await second.change_person(ben, deleted=1)
    await second.stop()


async def _act_in_every_way(page: Any, client: AsyncWebClient) -> None:
    """One command, two actions, a submission, a closing, both shortcuts and three events."""
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "row", "elements": [button]}]
    ts = (await client.chat_postMessage(channel=page.me, text="Go", blocks=blocks))["ts"]
    pressed = {"block_id": "row", "action_id": "go", "action": {}}
    await page.post("action", container={"type": "message", "ts": ts}, **pressed)
    for what in ("submit", "close"):
        await page.post("command", text="/career prep")
        view_id = (await page.modal())["id"]
        await page.post("action", container={"type": "view", "view_id": view_id}, **pressed)
        await page.post(what, view_id=view_id)
    await page.post("shortcut", callback_id="start")
    await page.post("shortcut", callback_id="keep", ts=ts)
    await page.post("message", text="hello")
    await page.post("home_opened")
    await page.post("person", user=page.me, tz="Asia/Tokyo")


async def test_every_payload_names_the_workspace_and_the_persons_own_team(
    sandbox: Sandbox, served: AsyncApp, client: AsyncWebClient, page_of: Any
):
    """In every payload about a person of another organisation, this workspace's id is next to that person's own."""
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    view = {
        "type": "modal",
        "callback_id": "prep",
        "title": {"type": "plain_text", "text": "Prep"},
        "notify_on_close": True,
        "blocks": [{"type": "actions", "block_id": "row", "elements": [button]}],
    }
    bodies: list[Json] = []

    async def take(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)
        if "command" in body:
            await client.views_open(trigger_id=body["trigger_id"], view=view)

    served.command("/career")(take)
    served.action("go")(take)
    served.view("prep")(take)
    served.view_closed("prep")(take)
    for callback_id in ("start", "keep"):
        served.shortcut(callback_id)(take)
    for event in ("message", "app_home_opened", "user_change"):
        served.event(event)(take)
    await _act_in_every_way(page_of("Pia Partner"), client)
    kinds = [body.get("type") or body["command"] for body in bodies]
    assert sorted(set(kinds)) == [
        "/career", "block_actions", "event_callback", "message_action", "shortcut", "view_closed", "view_submission",
    ]  # fmt: skip
    assert kinds.count("event_callback") == kinds.count("block_actions") == 3
    for body in bodies:
        assert (body.get("team_id") or body["team"]["id"]) == sandbox.team_id
        if "user" in body:
            assert body["user"]["team_id"] == "T0ELSEWHERE"
        if "view" in body:
            assert body["view"]["team_id"] == sandbox.team_id
