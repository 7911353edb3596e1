"""What the bot is going to write to a person next, as things stand, and why."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from cycle.forecast import DAYS_AHEAD, ComingMessage, forecast, load_outlook
from storage.people import Person
from storage.store import Store

MOST_MESSAGES: Final = 5  # shown in full; all of them are in the forecast


async def coming_messages(store: Store, me: Person, now: datetime) -> list[ComingMessage]:
    """The next messages to a person if nobody does anything until then, the soonest first."""
    outlook = await load_outlook(store, me, now)
    return list(islice(forecast(outlook, now + timedelta(days=DAYS_AHEAD)), MOST_MESSAGES))
