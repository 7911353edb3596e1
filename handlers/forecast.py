"""The next 90 days: a simulation of what a person will be sent, also before anything has begun."""

from datetime import timedelta

from cycle.calendar import DayOff
from cycle.forecast import (
    DAYS_AHEAD,
    Outlook,
    clock_changes,
    days_off,
    forecast,
    if_accepted,
    load_outlook,
    waits_for_an_answer,
)
from cycle.overview import MOST_IN_FULL
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from handlers.shared.forms import FormSpec, View
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ForecastMetadata
from handlers.views import forecast as views
from storage.people import Person
from storage.store import Store


def register(_listeners: object) -> None:
    """Nothing to connect: the only listeners are those of the form."""


async def open_forecast(interaction: Interaction, store: Store, me: Person, metadata: ForecastMetadata) -> View:
    """What comes in the next 90 days, as if the requests that wait for an answer were accepted now."""
    outlook, now = await load_outlook(store, me, interaction.now), interaction.now
    coming = list(forecast(if_accepted(outlook), now + timedelta(days=DAYS_AHEAD)))
    return views.render(coming, _around(outlook), me, now, metadata)


def _around(outlook: Outlook) -> views.Around:
    """The days off and the clocks; those of others too, where these are few."""
    me, now = outlook.me, outlook.now
    first = local_day(me, now)
    last = first + timedelta(days=DAYS_AHEAD)
    pairs = [one for one in outlook.snapshots.values() if isinstance(one, PairSnapshot)]
    others = {one.other_than(me.pk).pk: one.other_than(me.pk) for one in pairs} if len(pairs) <= MOST_IN_FULL else {}
    return views.Around(
        off=[
            off
            for one in (me, *others.values())
            for off in days_off(one, first, last)
            if one is me or off.why is not DayOff.CLOSED  # which is the same for everyone
        ],
        clocks=clock_changes(me, first, last),
        unanswered=[
            (one.other_than(me.pk), one.pair.asked_by_id != me.pk) for one in pairs if waits_for_an_answer(one, now)
        ],
    )


FORECAST = FormSpec(
    FormId.FORECAST,
    ForecastMetadata,
    open=open_forecast,
    opened_by=ActionId.OPEN_FORECAST,
    button_key="",
    turned_by=ActionId.FORECAST_PAGE,
)
FORMS = (FORECAST,)
