"""The keys of Slack's payloads, events and answers in a workspace outside an enterprise grid, where bots use them.

`a.b` is a key inside an object, `a[].b` one inside each object of a list. Keys of blocks are left out: they come back
as they were sent.
"""


def _words(text: str) -> set[str]:
    return set(text.split())


def _under(place: str, keys: set[str]) -> set[str]:
    return {f"{place}.{key}" for key in keys}


_TITLES = {f"view.{part}.{key}" for part in ("title", "submit", "close") for key in ("type", "text")}

_VIEW = _TITLES | _under(
    "view",
    _words(
        "id team_id type blocks private_metadata callback_id state state.values hash title clear_on_close "
        "notify_on_close close submit previous_view_id root_view_id app_id external_id app_installed_team_id bot_id"
    ),
)

_HOME = _VIEW - _TITLES

_BOT_PROFILE = _under("bot_profile", _words("id deleted name updated app_id user_id icons team_id"))

_BOT_MESSAGE = _BOT_PROFILE | _words("type user text ts team bot_id app_id bot_profile blocks")

_USER = _words(
    "id team_id name deleted color real_name tz tz_label tz_offset profile is_admin is_owner is_primary_owner "
    "is_restricted is_ultra_restricted is_bot is_app_user updated is_email_confirmed who_can_share_contact_card"
) | _under(
    "profile",
    _words(
        "title phone skype real_name real_name_normalized display_name display_name_normalized status_text "
        "status_text_canonical status_emoji status_emoji_display_info status_expiration avatar_hash first_name "
        "last_name team"
    ),
)


_ORIGIN = _words(
    "type token user user.id user.username user.name user.team_id team team.id team.domain enterprise "
    "is_enterprise_install api_app_id"
)

_ACTIONS = {f"actions[].{key}" for key in ("type", "action_id", "block_id", "action_ts")}

_EVENT = _words(
    "token team_id api_app_id event type event_id event_time authorizations authorizations[].enterprise_id "
    "authorizations[].team_id authorizations[].user_id authorizations[].is_bot authorizations[].is_enterprise_install "
    "is_ext_shared_channel event_context"
)

REQUESTS: dict[str, set[str]] = {
    "/career": _words(
        "token team_id team_domain channel_id channel_name user_id user_name command text api_app_id "
        "is_enterprise_install response_url trigger_id"
    ),
    "block_actions message": _ORIGIN
    | _ACTIONS
    | _under("message", _BOT_MESSAGE)
    | _words(
        "container.type container.message_ts container.channel_id container.is_ephemeral trigger_id channel.id "
        "channel.name message state.values response_url actions[].text actions[].value"
    ),
    "block_actions modal": _ORIGIN
    | _ACTIONS
    | _VIEW
    | {"container.type", "container.view_id", "trigger_id", "actions[].placeholder", "actions[].selected_option"},
    "block_actions home": _ORIGIN | _ACTIONS | _HOME | {"container.type", "container.view_id", "trigger_id"},
    "view_submission": _ORIGIN | _VIEW | {"trigger_id", "response_urls"},
    "view_closed": _ORIGIN | _VIEW | {"is_cleared"},
    "app_home_opened": _EVENT
    | _under("event", {"type", "user", "channel", "tab", "event_ts"})
    | _under("event", _HOME),
    "message": _EVENT
    | _under(
        "event", _words("type channel user text ts client_msg_id team blocks channel_type event_ts blocks[].type")
    ),
    "user_change": _EVENT
    | {"event.type", "event.user", "event.cache_ts", "event.event_ts", "event.user.locale"}
    | _under("event.user", _USER),
}
"""What Slack sends, by what is done."""

ANSWERS: dict[str, set[str]] = {
    "auth.test": _words("ok url team user team_id user_id bot_id is_enterprise_install"),
    "chat.postMessage": {"ok", "channel", "ts", "message"} | _under("message", _BOT_MESSAGE),
    "chat.update": {"ok", "channel", "ts", "text", "message"} | _under("message", _BOT_MESSAGE - {"ts"}),
    "conversations.open": _words("ok no_op already_open channel channel.id"),
    "conversations.history": _words(
        "ok messages has_more pin_count channel_actions_ts channel_actions_count messages[].metadata.event_type "
        "messages[].metadata.event_payload"
    )
    | _under("messages[]", _BOT_MESSAGE),
    "users.info": {"ok", "user"} | _under("user", _USER),
    "users.list": _words("ok members cache_ts response_metadata.next_cursor members[].id members[].profile.team"),
    "views.open": {"ok"} | _VIEW,
    "views.push": {"ok"} | _VIEW,
    "views.update": {"ok"} | _VIEW,
    "views.publish": {"ok"} | _HOME,
}
"""What the Web API answers, by method."""

POSTS: dict[str, set[str]] = {
    "a sentence that only one person sees": _words("text response_type replace_original"),
    "a message in place of the one with the button": _words("text blocks replace_original"),
}
"""What the bot posts to a response_url, by what comes of it. Slack ignores keys that it does not know."""

POST_ACCEPTED = (200, "ok")
"""The status and the whole body of Slack's answer to such a post: plain text, no JSON."""
