"""`/career settings`: when the bot writes to a person, how often and of what. `/career next`: what comes next."""

from dataclasses import replace

from cycle import preferences
from cycle.coming import coming_messages
from cycle.nudges import Action, Topic
from cycle.preferences import Notices, Pace, WorkingTime
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import coming as coming_views
from handlers.views import settings as views
from storage.people import Person
from storage.store import Store


def register(_listeners: object) -> None:
    """Nothing to connect: the only listeners are those of the forms."""


async def open_working_time(interaction: Interaction, _store: Store, me: Person, _metadata: ViewMetadata) -> View:
    """When the bot may write to the person."""
    return views.working_time(preferences.working_time_of(me, local_day(me, interaction.now)), me, interaction.now)


async def open_notices(_interaction: Interaction, _store: Store, me: Person, _metadata: ViewMetadata) -> View:
    """How many reminders the person gets, and of what."""
    return views.notices(preferences.notices_of(me))


async def open_coming(interaction: Interaction, store: Store, me: Person, _metadata: ViewMetadata) -> View:
    """What is planned for the person."""
    return coming_views.render(await coming_messages(store, me, interaction.now), me, interaction.now)


async def save_working_time(interaction: Interaction, _metadata: ViewMetadata, values: FormValues) -> Reply:
    """The person saved when the bot may write to them."""
    wanted = WorkingTime(
        weekdays=[int(day) for day in values.choices(preferences.WEEKDAYS) if day in views.WEEKDAY_VALUES],
        opens=values.clock(preferences.OPENS_AT),
        closes=values.clock(preferences.CLOSES_AT),
        country=values.choice(preferences.COUNTRY) or preferences.AS_USUAL,
        away_from=values.day(preferences.AWAY_FROM),
        away_until=values.day(preferences.AWAY_UNTIL),
    )
    async with interaction.changing_me() as (store, me):
        entered = preferences.working_time_of(me, local_day(me, interaction.now)).time_off
        ticked = values.choices(preferences.TIME_OFF)
        wanted = replace(wanted, time_off=[span for span in entered if str(span) in ticked])
        if errors := preferences.check(wanted, local_day(me, interaction.now)):
            return Reply.reject(errors)
        if not await interaction.is_repeat(store):
            await preferences.set_working_time(store, me, wanted, interaction.now)
        planned = await preferences.planned_meanwhile(store, me)
        saved = views.working_time_saved(me, planned, interaction.now)
    interaction.replanned(me)
    return Reply.show(saved)


async def save_notices(interaction: Interaction, _metadata: ViewMetadata, values: FormValues) -> Reply:
    """The person saved how often the bot writes to them, and of what."""
    wanted = Notices(
        pace=values.member(views.PACE, Pace) or Pace.USUAL,
        topics=[topic for topic in Topic if topic in values.choices(views.TOPICS)],
        discreet=values.is_ticked(views.DISCREET),
    )
    async with interaction.changing_me() as (store, me):
        if not await interaction.is_repeat(store):
            await preferences.set_notices(store, me, wanted, interaction.now)
    interaction.replanned(me)
    return Reply.show(views.notices_saved(wanted))


WORKING_TIME = FormSpec(
    FormId.WORKING_TIME,
    ViewMetadata,
    word=Word("settings", "Say when I may write to you, how often, and of what"),
    about_pair=False,
    open=open_working_time,
    opened_by=Action.OPEN_SETTINGS,
    button_key="",
    submit=save_working_time,
)
NOTICES = FormSpec(
    FormId.NOTICES,
    ViewMetadata,
    open=open_notices,
    opened_by=ActionId.OPEN_NOTICES,
    button_key="",
    submit=save_notices,
)
COMING = FormSpec(
    FormId.COMING,
    ViewMetadata,
    word=Word("next", "See what I will write to you next and in the next 90 days, and why"),
    about_pair=False,
    open=open_coming,
    opened_by=ActionId.OPEN_COMING,
    button_key="",
)
FORMS = (WORKING_TIME, NOTICES, COMING)
