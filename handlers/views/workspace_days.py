"""The working days of the whole workspace: a form for its admins."""

from datetime import date
from typing import Any

from cycle import formatting
from cycle.countries import NOWHERE, country_names
from cycle.preferences import AS_USUAL, COUNTRY
from cycle.workspace_days import CLOSED_DAYS, CLOSED_FROM, CLOSED_UNTIL, WorkspaceTime, closed_days
from handlers.shared.ids import FormId
from handlers.views import kit, settings


def render(shown: WorkspaceTime, today: date) -> dict[str, Any]:
    """Whose public holidays people keep, and when the workspace is closed."""
    choices = settings.countries("Those of each person's time zone", "None")
    blocks = [
        kit.field(
            COUNTRY, "Public holidays and weekends", kit.grouped_select(choices, shown.country),
            hint="For everyone who has not chosen a country in their own settings.", optional=False, tracked=False,
        ),
    ]  # fmt: skip
    if shown.closed:
        blocks.append(settings.field_of_spans(CLOSED_DAYS, "Closed", shown.closed, today))
    blocks += [
        kit.field(
            CLOSED_FROM, "Also closed, from" if shown.closed else "Closed, from", kit.day_picker(),
            optional=True, tracked=False,
        ),
        kit.field(
            CLOSED_UNTIL, "Until and including", kit.day_picker(),
            hint="Leave it empty for a single day. I write to nobody while the workspace is closed.",
            optional=True, tracked=False,
        ),
    ]  # fmt: skip
    return kit.modal(FormId.WORKSPACE_DAYS, settings.WHOLE_WORKSPACE, blocks, submit="Save")


def saved(saved_time: WorkspaceTime, today: date) -> dict[str, Any]:
    """What counts from now on."""
    if saved_time.country == AS_USUAL:
        sentences = ["Saved. People keep the public holidays of their time zone's country, unless they chose another."]
    elif saved_time.country == NOWHERE:
        sentences = ["Saved. Nobody keeps public holidays, unless they chose a country."]
    else:
        country = country_names().get(saved_time.country, saved_time.country)
        sentences = [f"Saved. People keep the public holidays of {country}, unless they chose another country."]
    if spans := closed_days(saved_time):
        days = formatting.listed([settings.days_of(one, today) for one in spans])
        sentences.append(f"The workspace is closed {days}.")
    sentences.append("It counts at once. Reminders that move because of it are planned anew tonight.")
    return kit.notice(settings.WHOLE_WORKSPACE, " ".join(sentences))
