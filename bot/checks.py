"""The checks behind `GET /readyz`. Each returns what is wrong in a few words, or `OK`; none shows a secret."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.installations import Installation, missing_scopes
from bot.slack_errors import error_word
from storage.database import Database

OK: Final = "ok"
NO_ANSWER: Final = "no answer"

LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
"""What has to be free in the folder of a SQLite database: room for its write-ahead log, and time to react."""

TRIAL_BYTES: Final = 4096
"""What is written as a trial: one block of a file system."""

Check = Callable[[], Awaitable[str]]
"""Checks one part of the bot. May raise or take long; `bot.readiness` limits both."""


def database_check(database: Database) -> Check:
    """Whether the database answers a query. It takes no lock, so that it does not wait for a writer."""

    async def check() -> str:
        return OK if await database.answers() else NO_ANSWER

    return check


def slack_check(installations: Iterable[Installation]) -> Check:
    """Whether Slack accepts each token, and whether it still has every scope."""

    async def check() -> str:
        every = list(installations)
        states = await asyncio.gather(*(_state_at_slack(each) for each in every))
        if len(every) == 1:
            return states[0]
        wrong = [f"{each.team_id} {state}" for each, state in zip(every, states, strict=True) if state != OK]
        return "; ".join(wrong) or OK

    return check


async def _state_at_slack(installation: Installation) -> str:
    try:
        answer = await installation.client.auth_test()
    except SlackApiError as error:
        return error_word(error)
    except (ClientError, SlackClientError, OSError, TimeoutError):
        return NO_ANSWER
    missing = missing_scopes(answer.headers)
    return f"missing scopes: {', '.join(missing)}" if missing else OK


def disk_check(folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Check:
    """Whether the folder of a SQLite database can be written and has room. `free` returns its free bytes."""

    def trial() -> str:
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"\0" * TRIAL_BYTES)
                file.flush()
            left = free(folder)
        except OSError as error:
            return f"cannot be written ({error.strerror})"
        return OK if left >= LEAST_FREE_BYTES else f"{left // 2**20} MiB free, {LEAST_FREE_BYTES // 2**20} needed"

    async def check() -> str:
        return await asyncio.to_thread(trial)

    return check
