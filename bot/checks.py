"""The checks behind `GET /readyz`. Each returns how a part is; none shows a secret."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.installations import Installation, missing_scopes
from bot.slack_errors import RATE_LIMIT_ERRORS, error_word
from storage.database import Database


@dataclass(frozen=True)
class State:
    """How a part of the bot is: a few words, and whether the bot can do its work with it."""

    words: str
    is_ready: bool = False


OK: Final = State("ok", is_ready=True)
NO_ANSWER: Final = State("no answer")

NEEDED_SCOPES: Final = frozenset({"chat:write"})
"""Without these nothing that is due goes out. Without any other one thing less works, and the rest is worth serving."""

LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
"""What has to be free in the folder of a SQLite database: room for its write-ahead log, and time to react."""

TRIAL_BYTES: Final = 4096
"""What is written as a trial: one block of a file system."""

Check = Callable[[], Awaitable[State]]
"""Checks one part of the bot. May raise or take long; `bot.readiness` limits both."""


def database_check(database: Database) -> Check:
    """Whether the database answers a query. It takes no lock, so that it does not wait for a writer."""

    async def check() -> State:
        return OK if await database.answers() else NO_ANSWER

    return check


def slack_check(installations: Iterable[Installation]) -> Check:
    """Whether Slack accepts each token, and whether it still has every scope.

    The bot is ready as long as it can serve one workspace: a company that removes the app stops no other.
    """

    async def check() -> State:
        every = list(installations)
        states = await asyncio.gather(*(_state_at_slack(each) for each in every))
        if len(every) == 1:
            return states[0]
        wrong = [f"{each.team_id} {state.words}" for each, state in zip(every, states, strict=True) if state != OK]
        return State("; ".join(wrong), is_ready=any(state.is_ready for state in states)) if wrong else OK

    return check


async def _state_at_slack(installation: Installation) -> State:
    try:
        answer = await installation.client.auth_test()
    except SlackApiError as error:
        word = error_word(error)
        return State(word, is_ready=word in RATE_LIMIT_ERRORS)  # being asked too often stops nothing
    except (ClientError, SlackClientError, OSError, TimeoutError):
        return NO_ANSWER
    missing = missing_scopes(answer.headers, installation.scopes)
    if not missing:
        return OK
    return State(f"missing scopes: {', '.join(missing)}", is_ready=NEEDED_SCOPES.isdisjoint(missing))


def disk_check(folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Check:
    """Whether the folder of a SQLite database can be written and has room. `free` returns its free bytes."""

    def trial() -> State:
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"\0" * TRIAL_BYTES)
                file.flush()
            left = free(folder)
        except OSError as error:
            return State(f"cannot be written ({error.strerror})")
        if left < LEAST_FREE_BYTES:
            return State(f"{left // 2**20} MiB free, {LEAST_FREE_BYTES // 2**20} needed")
        return OK

    async def check() -> State:
        return await asyncio.to_thread(trial)

    return check
