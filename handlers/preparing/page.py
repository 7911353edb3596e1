"""What a page of a preparation is to its listeners: how it looks, and how what is typed on it is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cycle.bank import Bank
from cycle.coach_remarks import Wording
from cycle.preparations import Page, PageForm, PreparationView
from handlers.shared.form_values import FormValues
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views.preparing.page import PageView
from storage.people import Person


def _nothing(_values: FormValues, _prepared: PreparationView, _metadata: PreparationMetadata) -> Sequence[Wording]:
    return ()


@dataclass(frozen=True)
class PreparationPage:
    """A page: its view, and how what is filled in is read."""

    view: PageView
    parse: Callable[[FormValues, PreparationView, PreparationMetadata, Bank], PageForm | None]
    """What is submitted; None where there is nothing to submit on this side."""
    prefer: Callable[[Person, FormValues], None] | None = None
    """Saves what the page says about the employee themselves."""
    wordings: Callable[[FormValues, PreparationView, PreparationMetadata], Sequence[Wording]] = _nothing
    """What the coach reads of it: words that were not submitted before."""

    @property
    def page(self) -> Page:
        """Which page it is."""
        return self.view.page

    @property
    def form(self) -> FormId:
        """Its callback id, under which its draft is saved."""
        return FormId(self.page)

    def is_unsaved(self, values: FormValues, prepared: PreparationView, me: Person, bank: Bank) -> bool:
        """Whether something is typed that is not saved."""
        owns = self.view.owns
        return values.filled(owns) != self.view.saved(prepared, me, bank).filled(owns)
