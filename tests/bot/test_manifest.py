import json
import re

import pytest

from bot.manifest import manifest
from handlers.app_config import BOT_SCOPES, COMMANDS, EVENTS


def test_http_manifest_says_where_slack_sends_everything():
    """With an address, commands, interactions and events all go to the bot's one path."""
    made = manifest("https://career.example.com/", socket_mode=False)
    address = "https://career.example.com/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {command["url"] for command in made["features"]["slash_commands"]} == {address}
    assert made["settings"]["socket_mode_enabled"] is False
    assert manifest(address, socket_mode=False) == made


def test_socket_mode_manifest_names_no_address():
    """Slack refuses request URLs beside Socket Mode, so none is left in."""
    assert "url" not in json.dumps(manifest("https://career.example.com", socket_mode=True))
    assert manifest(None, socket_mode=True)["settings"]["socket_mode_enabled"] is True


def test_manifest_asks_for_what_the_code_uses():
    """Commands, events and scopes are those of the code, and people cannot type messages that no listener reads."""
    made = manifest(None, socket_mode=True)
    assert [each["command"] for each in made["features"]["slash_commands"]] == [each.name for each in COMMANDS]
    assert made["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert made["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)
    assert made["features"]["app_home"]["messages_tab_read_only_enabled"] is ("message.im" not in EVENTS)


def test_manifest_keeps_slacks_limits():
    """Names and texts fit what Slack takes in a manifest of version 2 (its app manifest reference)."""
    made = manifest("https://career.example.com", socket_mode=False)
    metadata, features = made["display_information"], made["features"]
    assert made["_metadata"]["major_version"] == 2
    assert 1 <= len(metadata["name"]) <= 35
    assert 1 <= len(metadata["description"]) <= 140
    assert 175 <= len(metadata["long_description"]) <= 4000
    assert re.fullmatch("#[0-9a-f]{6}", metadata["background_color"])
    assert len(features["bot_user"]["display_name"]) <= 80
    assert 1 <= len(features["slash_commands"]) <= 50
    for command in features["slash_commands"]:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
    assert len(features.get("shortcuts", ())) <= 10
    for shortcut in features.get("shortcuts", ()):
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100
    assert len(made["oauth_config"]["scopes"]["bot"]) <= 255


def test_E12_mail_needs_one_more_scope():
    """Only those who set up mail let the bot look up addresses."""
    scopes = [manifest(None, socket_mode=True, mail=mail)["oauth_config"]["scopes"]["bot"] for mail in (False, True)]
    assert set(scopes[1]) - set(scopes[0]) == {"users:read.email"}


def test_digests_in_channels_need_two_more_scopes():
    """Only those who want digests let the bot read in the channels that it is in."""
    scopes = [
        manifest(None, socket_mode=True, channels=channels)["oauth_config"]["scopes"]["bot"]
        for channels in (False, True)
    ]
    assert set(scopes[1]) - set(scopes[0]) == {"channels:history", "groups:history"}


@pytest.mark.parametrize(
    "url", [None, "", "http://career.example.com", "career.example.com", "https://", "https://x/?a=1"]
)
def test_addresses_slack_would_refuse_are_refused_here(url: str | None):
    """Without Socket Mode, Slack needs a plain https address."""
    with pytest.raises(ValueError, match="https://"):
        manifest(url, socket_mode=False)
