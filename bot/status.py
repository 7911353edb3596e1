"""What `career status` prints. It reads the database, whether or not the bot is running, and changes nothing."""

from datetime import datetime

from bot.reading import reading_database
from bot.settings import Settings
from scheduler.status import delivery_status, report


async def status_of(settings: Settings, now: datetime) -> str:
    """The status of delivery in all workspaces. Raises `StartupError` where there is no database to read."""
    async with reading_database(settings, "career status") as database:
        return report(await delivery_status(database, now))
