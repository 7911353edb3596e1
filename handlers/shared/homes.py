"""The App Home of a person, from what is remembered."""

from datetime import datetime
from typing import Any

from cycle.overview import overview
from handlers.views.home import render
from storage.people import Person
from storage.store import Store


async def home_of(store: Store, person: Person, now: datetime) -> dict[str, Any]:
    """The view to publish for somebody."""
    return render(await overview(store, person, now))
