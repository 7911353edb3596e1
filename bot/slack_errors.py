"""Slack's error words, and what they mean for the bot."""

from typing import Any, Final

from slack_sdk.errors import SlackApiError

NO_ACCESS: Final = frozenset(
    {
        "access_denied",
        "account_inactive",  # the account of the token, not the person whom a call is about
        "ekm_access_denied",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""The app's installation lacks something. An admin has to reinstall it or to change the token."""

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
