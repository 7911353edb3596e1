"""Reading the database for an admin at the terminal, whether or not the bot is running. It changes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import sqlalchemy as sa

from bot.errors import StartupError
from bot.settings import Mode, Settings
from storage.database import Database
from storage.encryption import Cipher, WrongKey
from storage.engine import READ_ONLY, make_engine
from storage.key_file import KeyFile, UnusableKeyFile
from storage.schema import NewerDatabase, newest_revision, revision_of

WRONG_KEY: Final = "The database was written with another encryption key. Add that key to CAREER_ENCRYPTION_KEYS."


@asynccontextmanager
async def reading_database(settings: Settings, command: str, *, with_key: bool = False) -> AsyncIterator[Database]:
    """The database of a bot, of this version. Raises `StartupError` where there is none to read.

    Without the key nothing encrypted can be read. `command` is what the admin typed.
    """
    if settings.mode is Mode.SANDBOX:
        from bot.sandbox_workspace import FOLDER  # noqa: PLC0415 - loads the sandbox

        settings = settings.moved_to(settings.career_data_dir / FOLDER)
    if settings.database_file is not None and not settings.database_file.exists():
        raise StartupError(f"There is no database at {settings.database_file} yet. Start the bot with `career run`.")
    cipher = _cipher(settings) if with_key else None
    database = Database(make_engine(settings.database_url.get_secret_value(), cipher))
    try:
        await _check_revision(database, command)
        yield database
    except WrongKey as error:
        raise StartupError(WRONG_KEY) from error
    except (sa.exc.DBAPIError, OSError) as error:
        cause = getattr(error, "orig", error)
        raise StartupError(f"The database does not answer: {cause}. Check DATABASE_URL.") from error
    finally:
        await database.close()


def _cipher(settings: Settings) -> Cipher:
    if settings.encryption_keys:
        return Cipher(settings.encryption_keys)
    try:
        return KeyFile(settings.career_data_dir).cipher(is_new=False)
    except (UnusableKeyFile, OSError) as error:
        raise StartupError(
            f"The encryption key file cannot be used: {error}. Run this where the bot runs, or set "
            "CAREER_ENCRYPTION_KEYS."
        ) from error


async def _check_revision(database: Database, command: str) -> None:
    async with database.engine.execution_options(**READ_ONLY).connect() as connection:
        try:
            revision = await connection.run_sync(revision_of)
        except NewerDatabase as error:
            revision = error.revision
    if revision != newest_revision():
        raise StartupError(
            f"The database belongs to another version of the bot. Run `{command}` from the version that is running, "
            "or start this version once with `career run` to upgrade it."
        )
