"""Slack's error words, and what they mean for the bot."""

from typing import Any, Final

from slack_sdk.errors import SlackApiError

AMBIGUOUS_ERRORS: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Trouble on Slack's side, which passes by itself. Slack may nevertheless have done what it was asked to do."""

RATE_LIMIT_ERRORS: Final = frozenset({"ratelimited", "rate_limited"})
"""Too many requests. This passes by itself, too."""

INSTALLATION_ERRORS: Final = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",  # of a call, not of a person: the token's own account is gone
        "app_missing_action_url",
        "deprecated_endpoint",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "external_channel_migrating",
        "invalid_auth",
        "message_limit_exceeded",
        "messages_tab_disabled",
        "method_deprecated",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "restricted_action",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        "upgrade_required",
    }
)
"""A fault of the installation or of the moment, not of the message. It lasts until an admin changes something or Slack
finishes a migration; nothing that falls due meanwhile may be lost."""

CONTENT_ERRORS: Final = frozenset(
    {
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "json_not_object",
        "markdown_text_conflict",
        "metadata_too_large",
        "missing_post_type",
        "no_text",
    }
)
"""Slack cannot read the message. Sending it again as it is would not help."""

SIZE_ERRORS: Final = frozenset({"msg_blocks_too_long", "msg_too_long", "too_many_blocks"})
"""The message is too large. Its parts may go out one by one."""

TOO_MANY_REQUESTS: Final = 429


def error_word(error: SlackApiError) -> str:
    """Slack's word for what is wrong, as in `user_not_found`; `HTTP 503` where the answer has none."""
    response: Any = error.response
    data = getattr(response, "data", response)
    word = data.get("error") if isinstance(data, dict) else None
    if isinstance(word, str) and word:
        return word
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return "ratelimited" if status == TOO_MANY_REQUESTS else f"HTTP {status}"
