"""The working days of the whole workspace, which its admins set."""

from cycle import workspace_days
from cycle.preferences import AS_USUAL, COUNTRY
from cycle.workspace_days import WorkspaceTime
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import workspace_days as views
from storage.people import Person
from storage.store import Store


def register(_listeners: object) -> None:
    """Nothing to connect: the only listeners are those of the form."""


async def open_days(interaction: Interaction, store: Store, me: Person, _metadata: ViewMetadata) -> View:
    """Whose public holidays people keep, and when the workspace is closed."""
    shown = await workspace_days.workspace_time(store, me, interaction.now)
    return views.render(shown, local_day(me, interaction.now))


async def save_days(interaction: Interaction, _metadata: ViewMetadata, values: FormValues) -> Reply:
    """An admin saved the workspace's days."""
    async with interaction.writing() as (store, one):
        me = await workspace_days.lock(store, one)
        today = local_day(me, interaction.now)
        entered = (await workspace_days.workspace_time(store, me, interaction.now)).closed
        ticked = values.choices(workspace_days.CLOSED_DAYS)
        wanted = WorkspaceTime(
            values.choice(COUNTRY) or AS_USUAL,
            [span for span in entered if str(span) in ticked],
            values.day(workspace_days.CLOSED_FROM),
            values.day(workspace_days.CLOSED_UNTIL),
        )
        if errors := workspace_days.check(wanted, today):
            return Reply.reject(errors)
        if not await interaction.is_repeat(store):
            await workspace_days.set_workspace_time(store, wanted)
        return Reply.show(views.saved(wanted, today))


WORKSPACE_DAYS = FormSpec(
    FormId.WORKSPACE_DAYS,
    ViewMetadata,
    open=open_days,
    opened_by=ActionId.OPEN_WORKSPACE_DAYS,
    button_key="",
    submit=save_days,
)
FORMS = (WORKSPACE_DAYS,)
