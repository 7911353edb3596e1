"""What `career status` prints. It reads the database, whether or not the bot is running, and changes nothing."""

from datetime import datetime

import sqlalchemy as sa

from bot.errors import StartupError
from bot.settings import Mode, Settings
from scheduler.status import delivery_status, report
from storage.database import Database
from storage.engine import READ_ONLY, make_engine
from storage.schema import NewerDatabase, newest_revision, revision_of


async def status_of(settings: Settings, now: datetime) -> str:
    """The status of delivery in all workspaces. Raises `StartupError` where there is no database to read."""
    if settings.mode is Mode.SANDBOX:
        from bot.sandbox_workspace import FOLDER  # noqa: PLC0415 - loads the sandbox

        settings = settings.moved_to(settings.career_data_dir / FOLDER)
    if settings.database_file is not None and not settings.database_file.exists():
        raise StartupError(f"There is no database at {settings.database_file} yet. Start the bot with `career run`.")
    # No cipher: nothing encrypted is read.
    database = Database(make_engine(settings.database_url.get_secret_value()))
    try:
        await _check_revision(database)
        return report(await delivery_status(database, now))
    except (sa.exc.DBAPIError, OSError) as error:
        cause = getattr(error, "orig", error)
        raise StartupError(f"The database does not answer: {cause}. Check DATABASE_URL.") from error
    finally:
        await database.close()


async def _check_revision(database: Database) -> None:
    async with database.engine.execution_options(**READ_ONLY).connect() as connection:
        try:
            revision = await connection.run_sync(revision_of)
        except NewerDatabase as error:
            revision = error.revision
    if revision != newest_revision():
        raise StartupError(
            "The database belongs to another version of the bot. Run `career status` from the version that is running, "
            "or start this version once with `career run` to upgrade it."
        )
