"""The Slack app manifest (version 2), made from what the code says it needs: creating the app is one paste."""

from typing import Any, Final
from urllib.parse import urlsplit

from handlers.app_config import (
    APP_DESCRIPTION,
    APP_LONG_DESCRIPTION,
    APP_NAME,
    BOT_SCOPES,
    CHANNEL_SCOPES,
    COMMANDS,
    EVENTS,
    SHORTCUTS,
    Command,
)
from handlers.shared.mailer import MAIL_SCOPE

EVENTS_PATH: Final = "/slack/events"
"""Where all commands, interactions and events arrive."""

BACKGROUND: Final = "#1f5f5b"


def manifest(url: str | None, *, socket_mode: bool, mail: bool = False, channels: bool = False) -> dict[str, Any]:
    """The manifest as a JSON-ready dict.

    `url` is where Slack reaches the bot over HTTPS, with or without `/slack/events` at its end. It is left out in
    Socket Mode, as Slack allows one of the two ways only. `mail` adds the scope for looking up addresses, `channels`
    those for digests in channels. Raises `ValueError`, saying why, for an address that Slack would not take.
    """
    request_url = {} if socket_mode else {"url": _request_url(url)}
    settings_url = {} if socket_mode else {"request_url": _request_url(url)}
    scopes = [*BOT_SCOPES, *((MAIL_SCOPE,) if mail else ()), *(CHANNEL_SCOPES if channels else ())]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": APP_NAME,
            "description": APP_DESCRIPTION,
            "long_description": APP_LONG_DESCRIPTION,
            "background_color": BACKGROUND,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                # Without a listener for messages, people should not be able to type any.
                "messages_tab_read_only_enabled": "message.im" not in EVENTS,
            },
            "bot_user": {"display_name": APP_NAME, "always_online": True},
            "slash_commands": [_slash_command(command) | request_url for command in COMMANDS],
            **_shortcuts(),
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": settings_url | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True} | settings_url,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def _slash_command(command: Command) -> dict[str, Any]:
    return {
        "command": command.name,
        "description": command.description,
        "usage_hint": command.usage_hint,
        "should_escape": False,
    }


def _shortcuts() -> dict[str, Any]:
    """The shortcuts; an empty dict when there are none, as Slack refuses an empty list."""
    if not SHORTCUTS:
        return {}
    return {
        "shortcuts": [
            {
                "name": shortcut.name,
                "type": shortcut.kind,
                "callback_id": shortcut.callback_id,
                "description": shortcut.description,
            }
            for shortcut in SHORTCUTS
        ]
    }


def _request_url(url: str | None) -> str:
    parts = urlsplit(url or "")
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("Slack needs an address that starts with https://, as in https://career.example.com")
    return parts.geturl().rstrip("/").removesuffix(EVENTS_PATH) + EVENTS_PATH
