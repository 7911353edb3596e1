"""users.*, bots.info, team.info, auth.test: the people of the workspace, and the bot itself."""

from typing import Any

from sandbox.people import LOCALE, Person
from sandbox.web_api.call import Call, Method
from sandbox.web_api.paging import page

LIST_MOST = 1000
NO_LIMIT = 1_000_000
"""Without a limit Slack tries to return the whole list."""


def _user(call: Call, person: Person) -> dict[str, Any]:
    shown = call.workspace.user_as_slack(person)
    return shown | {"locale": LOCALE} if call.boolean("include_locale") else shown


def _auth_test(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    return {
        "url": f"{workspace.address}/",
        "team": workspace.team_name,
        "user": workspace.bot.handle,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


def _team_info(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team_name,
            "domain": workspace.team_domain,
            "email_domain": "",
            "icon": {},
            "url": f"{workspace.address}/",
        }
    }


def _list(call: Call) -> dict[str, Any]:
    limit = call.integer("limit", NO_LIMIT, LIST_MOST, "invalid_limit")
    shown, following = page(call.workspace.people.all(), call.optional("cursor"), limit)
    return {
        "members": [_user(call, person) for person in shown],
        "cache_ts": int(call.workspace.timestamp()),
        "response_metadata": {"next_cursor": following},
    }


def _info(call: Call) -> dict[str, Any]:
    return {"user": _user(call, call.workspace.people.get(call.optional("user")))}


def _profile(call: Call) -> dict[str, Any]:
    person = call.workspace.people.get(call.optional("user", call.workspace.bot.id))
    return {"profile": call.workspace.profile_as_slack(person)}


def _by_email(call: Call) -> dict[str, Any]:
    return {"user": _user(call, call.workspace.people.by_email(call.optional("email")))}


def _presence(call: Call) -> dict[str, Any]:
    """Someone is active while their page is open."""
    person = call.workspace.people.get(call.optional("user", call.workspace.bot.id))
    return {"presence": "active" if call.workspace.events.has_subscriber(person.id) else "away"}


def _bot_info(call: Call) -> dict[str, Any]:
    bot = call.workspace.people.by_bot_id(call.text("bot"))
    shown = {
        "id": bot.bot_id,
        "deleted": bot.deleted,
        "name": bot.name,
        "updated": bot.updated,
        "user_id": bot.id,
        "icons": {},
    }
    return {"bot": shown | ({"app_id": call.workspace.app_id} if bot is call.workspace.bot else {})}


METHODS = {
    "auth.test": Method(_auth_test),
    "team.info": Method(_team_info, "team:read"),
    "users.list": Method(_list, "users:read"),
    "users.info": Method(_info, "users:read"),
    "users.getPresence": Method(_presence, "users:read"),
    "bots.info": Method(_bot_info, "users:read"),
    "users.profile.get": Method(_profile, "users.profile:read"),
    "users.lookupByEmail": Method(_by_email, "users:read.email"),
}
