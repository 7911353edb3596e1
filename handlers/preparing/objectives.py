"""The page of objectives (practices E3, M6)."""

from cycle.bank import Bank
from cycle.coach import review_goal
from cycle.coach_remarks import Wording, new_words
from cycle.preparations import ObjectivesForm, PageForm, PreparationView
from handlers.preparing.page import PreparationPage
from handlers.shared.form_values import FormValues
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing import objectives as views
from storage.objectives import Horizon


def parse(values: FormValues, prepared: PreparationView, metadata: PreparationMetadata, _bank: Bank) -> PageForm:
    """The objectives as they are filled in."""
    return ObjectivesForm(views.entries(values, prepared, metadata))


def wordings(values: FormValues, prepared: PreparationView, metadata: PreparationMetadata) -> list[Wording]:
    """Each objective."""
    goals = [Wording(row.text_field, row.text, review_goal) for row in views.entries(values, prepared, metadata)]
    return new_words(goals, [one.text for one in prepared.lists.objectives])


def with_rows_of(values: FormValues, metadata: PreparationMetadata) -> PreparationMetadata:
    """As many rows on each horizon as a draft has, submitted and new."""
    short, long = (
        sum(field.startswith(f"{horizon}.") and field.endswith(".text") for field in values)
        for horizon in (Horizon.SHORT, Horizon.LONG)
    )
    return metadata.updated(short_rows=max(short, 1), long_rows=max(long, 1))


def with_one_more(horizon: Horizon, prepared: PreparationView, metadata: PreparationMetadata) -> PreparationMetadata:
    """One more row on a horizon, up to the most there can be."""
    shown = len(views.slots(horizon, prepared.lists.objectives, views.rows_of(metadata)[horizon]))
    more = min(shown + 1, views.MOST_OBJECTIVES)
    return metadata.updated(**{"short_rows" if horizon is Horizon.SHORT else "long_rows": more})


OBJECTIVES = PreparationPage(views.VIEW, parse, wordings=wordings)
