"""The menu of a reminder: to have it again in an hour, tomorrow, next week or on a day that its reader chooses."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.calendar import calendar_of
from cycle.errors import NotAvailable
from cycle.nudges import Action
from cycle.putting_off import (
    AN_HOUR,
    DAY,
    OVER,
    UNTIL,
    check_day,
    comes_after_day_off,
    comes_after_hours,
    comes_again,
    find_reminder,
    out_of_date,
    put_off,
    put_off_to,
    tomorrow,
)
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import RemindMetadata
from handlers.views import reminders as views


def register(listeners: Listeners) -> None:
    """Connect the listeners that are no form's."""
    for choice in UNTIL:
        listeners.action(choice)(remind_later)
    listeners.action(Action.REMIND_ON)(choose_day)


async def remind_later(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person would rather be reminded later: the message says when, in the place of its buttons."""
    await ack()
    interaction = Interaction.of(context)
    choice, now = Action(interaction.body["actions"][0]["action_id"]), interaction.now
    async with interaction.writing() as (store, me):
        until = await put_off(store, me, interaction.value, choice, now)
        is_after_hours = choice is Action.REMIND_IN_AN_HOUR and until > now + AN_HOUR
        sentence = comes_after_hours(until, me, now) if is_after_hours else comes_again(until, me, now)
    await interaction.replace_message(sentence)
    interaction.services.wake()


async def choose_day(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person would rather be reminded on a day of their own choice, if the reminder holds for another day."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        reminder = await find_reminder(store, me, interaction.value, interaction.now)
        if reminder is None:
            raise NotAvailable(OVER)
        first = tomorrow(calendar_of(me), interaction.now)
        if not reminder.planned.holds(first):
            raise NotAvailable(out_of_date(first, me, interaction.now))
        view = views.render(reminder, me, interaction.now)
    await interaction.show(view)


async def save_day(interaction: Interaction, metadata: RemindMetadata, values: FormValues) -> Reply:
    """The person chose the day."""
    day, now = values.day(DAY), interaction.now
    async with interaction.writing() as (store, me):
        reminder = await find_reminder(store, me, metadata.nudge, now, lock=True)
        if reminder is None:
            if await interaction.is_repeat(store):
                return Reply.close()
            raise NotAvailable(OVER)
        errors = check_day(reminder, day, me, now)
        if errors or day is None:
            return Reply.reject(errors)
        await interaction.is_repeat(store)  # so that the next one is
        until = await put_off_to(store, me, reminder, day, now)
        is_day_off = not calendar_of(me).is_working_day(day)
        sentence = comes_after_day_off(day, until, me, now) if is_day_off else comes_again(until, me, now)
    interaction.services.wake()
    return Reply.show(views.saved(sentence))


REMIND_ON = FormSpec(FormId.REMIND_ON, RemindMetadata, submit=save_day)
FORMS = (REMIND_ON,)
