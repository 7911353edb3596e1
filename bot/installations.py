"""The workspaces in which the app is installed: one bot token each, checked with Slack at start."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import ClientError
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StartupError
from bot.slack_errors import error_word
from handlers.app_config import BOT_SCOPES

log = structlog.get_logger(__name__)

SCOPES_HEADER: Final = "X-OAuth-Scopes"
"""The header of an answer that lists what the token may do, separated by commas."""


@dataclass(frozen=True)
class Installation:
    """The app in one workspace. `client` has its token; `bot_user_id` and `bot_id` are the bot itself there."""

    team_id: str
    name: str
    bot_user_id: str
    bot_id: str
    client: AsyncWebClient
    enterprise_id: str | None = None
    scopes: tuple[str, ...] = BOT_SCOPES
    """Those that the app needs, with these settings."""
    missing_scopes: tuple[str, ...] = ()

    @property
    def problem(self) -> str | None:
        """A sentence on what the app lacks in this workspace; None when it has all scopes."""
        if not self.missing_scopes:
            return None
        scopes = ", ".join(self.missing_scopes)
        return f"In {self.name} the app lacks {scopes}. Add this under OAuth & Permissions and reinstall the app."


class Installations:
    """All installations, by workspace. Gives Bolt the token for a request without asking Slack."""

    def __init__(self, installations: Sequence[Installation]) -> None:
        self._by_team = {each.team_id: each for each in installations}

    def __len__(self) -> int:
        return len(self._by_team)

    def __iter__(self) -> Iterator[Installation]:
        return iter(self._by_team.values())

    def authorization(self, team_id: str | None, user_id: str | None) -> AuthorizeResult:
        """Whose token a request is answered with, as Bolt's `authorize` returns it.

        For a workspace that the bot does not serve there is no token; `handlers.registration` refuses its requests.
        """
        found = self._by_team.get(team_id or "")
        if found is None:
            return AuthorizeResult(enterprise_id=None, team_id=team_id, user_id=user_id)
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=found.team_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.client.token,
            user_id=user_id,
        )


async def find_installations(clients: Sequence[AsyncWebClient], scopes: tuple[str, ...] = BOT_SCOPES) -> Installations:
    """Ask Slack which workspace the token of each client belongs to, and which of the scopes needed it has.

    Raises `StartupError` with a problem per token that Slack does not accept, for two tokens of one workspace, and one
    for an address at which Slack does not answer, however many tokens find that out, and in whatever way.
    """
    answers = await asyncio.gather(*(_installation(client, scopes) for client in clients), return_exceptions=True)
    problems: list[str] = []
    silent: dict[str, str] = {}  # the first reason, by address
    found: dict[str, Installation] = {}
    for place, answer in enumerate(answers, start=1):
        name = "SLACK_BOT_TOKEN" if len(clients) == 1 else f"token {place} of SLACK_BOT_TOKEN"
        match answer:
            case Installation() if answer.team_id in found:
                problems.append(
                    f"Token {place} of SLACK_BOT_TOKEN is a second one for {answer.name}. List one token per workspace."
                )
            case Installation():
                found[answer.team_id] = answer
            case SlackApiError():
                problems.append(f"Slack does not accept {name}: {error_word(answer)}.")
            case ClientError() | SlackClientError() | OSError() | TimeoutError():
                silent.setdefault(clients[place - 1].base_url, str(answer) or type(answer).__name__)
            case BaseException():
                raise answer
    problems += [f"Slack does not answer at {address}: {why}. Check SLACK_API_URL." for address, why in silent.items()]
    if problems:
        raise StartupError(*problems)
    for each in found.values():
        if each.problem:
            log.warning("slack.scopes_missing", team=each.team_id, scopes=each.missing_scopes)
    return Installations(list(found.values()))


async def _installation(client: AsyncWebClient, scopes: tuple[str, ...]) -> Installation:
    answer = await client.auth_test()
    return Installation(
        team_id=answer["team_id"],
        name=answer.get("team") or answer["team_id"],
        bot_user_id=answer.get("user_id") or "",
        bot_id=answer.get("bot_id") or "",
        client=client,
        enterprise_id=answer.get("enterprise_id"),
        scopes=scopes,
        missing_scopes=missing_scopes(answer.headers, scopes),
    )


def missing_scopes(headers: Any, needed: Sequence[str]) -> tuple[str, ...]:
    """The scopes that the app needs and its token lacks, from the headers of any answer; none if they list none."""
    listed = headers.get(SCOPES_HEADER)
    if listed is None:
        return ()
    granted = {scope.strip() for scope in listed.split(",")}
    return tuple(scope for scope in needed if scope not in granted)
