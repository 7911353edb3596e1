"""What a form is: one description each, from which its listeners, drafts, coach and command derive."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle.nudges import Action
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import LAST_PAGE, ViewMetadata
from storage.people import Person
from storage.store import Store

log = structlog.get_logger()

View = dict[str, Any]
M = TypeVar("M", bound=ViewMetadata)


@dataclass(frozen=True)
class Reply:
    """What Slack is answered with when a form is submitted: it closes, shows something else, or names what is wrong."""

    view: View | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def close(cls) -> Self:
        """The form closes."""
        return cls()

    @classmethod
    def show(cls, view: View) -> Self:
        """Another view takes the place of the form."""
        return cls(view=view)

    @classmethod
    def reject(cls, errors: Mapping[str, str]) -> Self:
        """The form stays as it is, with a sentence beside each field that needs another look."""
        return cls(errors=errors)

    def payload(self) -> dict[str, Any]:
        """As Slack wants it."""
        if self.errors:
            return {"response_action": "errors", "errors": dict(self.errors)}
        return {"response_action": "update", "view": self.view} if self.view is not None else {}


@dataclass(frozen=True)
class Word:
    """A word that people type after `/career`, and one line that says what it does."""

    name: str
    description: str


@dataclass(frozen=True)
class FormSpec(Generic[M]):
    """A form. `M` is its metadata; every function gets the interaction first.

    Adding a form is one of these in the `FORMS` of its moment's module, one view and one use case.
    """

    id: FormId
    metadata: type[M]
    open: Callable[[Interaction, Store, Person, M], Awaitable[View]] | None = None
    """Builds the view as it first shows, resumed from its draft where it keeps one."""
    word: Word | None = None
    """Opens it: for a pair of the person's, unless it is about none."""
    about_pair: bool = True
    """Whether it is about one of the person's pairs, which they choose where they have several."""
    say: Callable[[Interaction, str], Awaitable[dict[str, Any]]] | None = None
    """Takes what is typed after the word, and returns the answer to it."""
    opened_by: Action | ActionId | None = None
    """The button that opens it."""
    button_key: str = "pair_id"
    """The field of the metadata that such a button's value fills; empty where it carries none."""
    turned_by: ActionId | None = None
    """The buttons that show another page of it: their value fills `page` of its metadata."""
    redraw: Callable[[Interaction, Store, Person, M, FormValues], Awaitable[View]] | None = None
    """Builds the view anew with what is typed in it: after the coach has made a remark, or the person has reacted."""
    submit: Callable[[Interaction, M, FormValues], Awaitable[Reply]] | None = None
    draft_subject: Callable[[M], int] | None = None
    """Returns the key of what the form is about, under which its draft is saved; None where it keeps no draft."""
    keep: Callable[[Interaction, Store, Person, M], Awaitable[None]] | None = None
    """Saves what is typed, where that is not a draft of this form."""


AnyForm = FormSpec[Any]


def register_form(listeners: Listeners, form: AnyForm) -> None:
    """Connect the listeners of a form: its submission, and the buttons that open it and turn its pages."""
    if form.submit is not None:
        listeners.view(form.id)(_named(_submitted(form), form.submit))
    if form.opened_by is not None and form.open is not None:
        listeners.action(form.opened_by)(_named(_opened(form), form.open))
    if form.turned_by is not None and form.open is not None:
        listeners.action(form.turned_by)(_named(_turned(form), form.open, "_page"))


def _submitted(form: AnyForm) -> Callable[..., Awaitable[None]]:
    async def submitted(ack: AsyncAck, context: AsyncBoltContext) -> None:
        interaction = Interaction.of(context)
        metadata = form.metadata.of(interaction.view)
        if form.submit is None:
            raise LookupError(form.id)
        reply = await form.submit(interaction, metadata, interaction.values)
        if reply.errors:
            await try_to_save_draft(interaction, form, metadata)
        await ack(**reply.payload())

    return submitted


def _opened(form: AnyForm) -> Callable[..., Awaitable[None]]:
    async def opened(ack: AsyncAck, context: AsyncBoltContext) -> None:
        await ack()
        interaction = Interaction.of(context)
        metadata = form.metadata(**({form.button_key: interaction.subject_id} if form.button_key else {}))
        async with interaction.reading_with_partners() as (
            store,
            me,
            _partners,
        ):  # read in one go: most forms need them
            view = await opened_view(interaction, store, me, form, metadata)
        await interaction.show(view)

    return opened


def _turned(form: AnyForm) -> Callable[..., Awaitable[None]]:
    async def turned(ack: AsyncAck, context: AsyncBoltContext) -> None:
        await ack()
        interaction = Interaction.of(context)
        page = min(interaction.subject_id, LAST_PAGE)
        metadata = form.metadata.of(interaction.view).updated(page=page)
        async with interaction.reading() as (store, me):
            view = await opened_view(interaction, store, me, form, metadata)
        await interaction.redraw(view)

    return turned


def _named(
    listener: Callable[..., Awaitable[None]], after: Callable[..., Any], suffix: str = ""
) -> Callable[..., Awaitable[None]]:
    """The listener under the name of the function it calls, for logs and tracebacks."""
    listener.__name__, listener.__module__ = after.__name__ + suffix, after.__module__
    return listener


async def opened_view(
    interaction: Interaction, store: Store, me: Person, form: AnyForm, metadata: ViewMetadata
) -> View:
    """The view of a form as it first shows."""
    if form.open is None:
        raise LookupError(form.id)
    return await form.open(interaction, store, me, metadata)


async def save_draft(interaction: Interaction, form: AnyForm, metadata: ViewMetadata) -> None:
    """Save what is typed into a form, if it keeps a draft."""
    if form.keep is None and form.draft_subject is None:
        return
    async with interaction.writing() as (store, me):
        if form.keep is not None:
            await form.keep(interaction, store, me, metadata)
        elif form.draft_subject is not None:
            await drafts.save(interaction, store, me, form.id, form.draft_subject(metadata), metadata)


async def try_to_save_draft(interaction: Interaction, form: AnyForm, metadata: ViewMetadata) -> None:
    """Save what is typed into a form that stays open. The form still has everything, so a failure is only logged."""
    try:
        await save_draft(interaction, form, metadata)
    except Exception:
        log.exception("draft.not_saved", form=form.id)
