"""`/career prep`: a preparation in a few short pages, each saved for itself (practices E2–E4, C4, C8, L1, L8, M5).

A page has a module here and one in `handlers.views.preparing`; `series` leads from one to the next.
"""

from typing import Any

from cycle.nudges import Action
from cycle.preparations import DRAFTS, Page
from handlers.preparing import series, sharing
from handlers.preparing.before_pages import BEFORE_PAGES
from handlers.preparing.page import PreparationPage
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, View, Word
from handlers.shared.ids import ActionId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import PreparationMetadata
from storage.people import Person
from storage.store import Store


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.GO_TO_PAGE)(series.go_to_page)
    listeners.action(ActionId.MORE_OBJECTIVES)(series.more_objectives)
    listeners.action(ActionId.QUESTION_SET)(series.choose_set)


async def open_preparation(interaction: Interaction, store: Store, me: Person, metadata: PreparationMetadata) -> View:
    """The first page, or the first with something unsaved; that of a form which is opened afresh is known."""
    if metadata.discussion_id:
        return await series.open_page(interaction, store, me, series.BY_PAGE[Page.STANDING], metadata)
    return await series.open_first(interaction, store, me, metadata)


def _form_of(page: PreparationPage, **first: Any) -> FormSpec[PreparationMetadata]:
    async def open_page(interaction: Interaction, store: Store, me: Person, metadata: PreparationMetadata) -> View:
        return await series.open_page(interaction, store, me, page, metadata)

    async def redraw(
        interaction: Interaction, store: Store, me: Person, metadata: PreparationMetadata, values: FormValues
    ) -> View:
        return await series.redraw_page(interaction, store, me, page, metadata, values)

    known: dict[str, Any] = {"open": open_page, "redraw": redraw, "submit": series.submitting(page)}
    if page.page in DRAFTS:
        known["draft_subject"] = lambda metadata: metadata.discussion_id
    return FormSpec(page.form, PreparationMetadata, **(known | first))


FIRST = _form_of(
    series.BY_PAGE[Page.STANDING],
    word=Word("prep", "Prepare for the next discussion; you decide what to share"),
    open=open_preparation,
    opened_by=Action.OPEN_PREPARATION,
)
FORMS = (
    FIRST,
    _form_of(series.BY_PAGE[Page.OBJECTIVES], opened_by=ActionId.CHANGE_OBJECTIVES),
    *(_form_of(series.BY_PAGE[page]) for page in (Page.DRIVES, Page.QUESTIONS, Page.ANSWERS)),
    _form_of(series.BY_PAGE[Page.SHARING], submit=sharing.submit),
    BEFORE_PAGES,
)
