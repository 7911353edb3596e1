"""`/career thanks`: the employee's note, and the manager's confirmation of its deliverables (practice E12)."""

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import thanks, thanks_mail
from cycle.errors import NotAvailable
from cycle.guards import active_pair, in_use, pair_of
from cycle.nudges import Action
from handlers import mailing
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import PairMetadata
from handlers.views import thanks as views
from storage.discussions import Discussion
from storage.people import Person
from storage.store import Store
from storage.thanks import ThankYou


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(Action.CHANGE_DELIVERABLES)(change_deliverables)
    listeners.action(Action.CONFIRM_DELIVERABLES)(confirm_deliverables)
    listeners.action(Action.MAIL_AGAIN)(send_mail_again)


async def open_thank_you(interaction: Interaction, store: Store, me: Person, metadata: PairMetadata) -> View:
    """The note for a discussion, or for the last one of a pair: to write, or to read."""
    if metadata.discussion_id:
        pair = await pair_of(store, me, metadata.discussion_id, Discussion)
        discussion = await store.discussions.get(metadata.discussion_id)
    else:
        pair = await active_pair(store, me, metadata.pair_id)
        discussion = await thanks.last_discussion(store, pair)
    shown = await thanks.thanks_for(store, me, pair, discussion, interaction.now)
    draft = await drafts.resume(store, me, FormId.THANK_YOU, discussion.pk)
    metadata = metadata.updated(pair_id=pair.pk, discussion_id=discussion.pk)
    return views.render(
        shown, me, metadata, draft.values if draft else None, draft.saved_at if draft else None,
        mail_is_set_up=interaction.services.mailer is not None,
    )  # fmt: skip


async def submit(interaction: Interaction, metadata: PairMetadata, values: FormValues) -> Reply:
    """The employee sent their note."""
    text = values.text(thanks.NOTE)
    if errors := thanks.check(text):
        return Reply.reject(errors)
    wants_mail = bool(values.choices(views.BY_MAIL))
    by_mail = wants_mail and interaction.services.mailer is not None
    async with interaction.changing(metadata.discussion_id, Discussion) as (store, me, pair):
        discussion = await store.discussions.get(metadata.discussion_id)
        shown = await thanks.thanks_for(store, me, in_use(pair, me), discussion, interaction.now)
        note = await thanks.send(store, me, shown, text, interaction.now, by_mail=by_mail)
        await drafts.clear(interaction, store, me, FormId.THANK_YOU, discussion.pk)
        attempt = thanks_mail.Attempt(note.pk, note.mail_attempt or 0)
    interaction.changed(pair)
    if by_mail:
        mailing.start(interaction, attempt)
    return Reply.show(views.sent(shown, by_mail=by_mail or (None if wants_mail else False)))


async def send_mail_again(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The employee pressed “Try again” in the message that says that the mail was not sent."""
    await ack()
    interaction = Interaction.of(context)
    if interaction.services.mailer is None:
        raise NotAvailable(views.NO_MAIL_SERVER)
    async with interaction.changing(interaction.subject_id, ThankYou) as (store, me, pair):
        attempt = await thanks_mail.ask_again(store, me, pair, interaction.subject_id, interaction.now)
    mailing.start(interaction, attempt)
    await interaction.replace_message(views.MAILING)
    interaction.changed(pair)


async def confirm_deliverables(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The manager pressed “Confirm the deliverables”, in a message, in the note or in the App Home."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, Discussion) as (store, me, pair):
        discussion = await store.discussions.get(interaction.subject_id)
        confirmed = await thanks.confirm(store, me, pair, discussion, interaction.now)
        shown = await thanks.thanks_for(store, me, pair, discussion, interaction.now)
    interaction.changed(pair)
    if interaction.in_modal:
        await interaction.redraw(views.render(shown, me, PairMetadata(pair_id=pair.pk, discussion_id=discussion.pk)))
    await interaction.replace_message(views.confirmed(shown, confirmed))


async def change_deliverables(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The manager pressed “Change them” under the note."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.reading() as (store, me):
        pair = await pair_of(store, me, interaction.subject_id, Discussion)
        discussion = await store.discussions.get(interaction.subject_id)
        shown = await thanks.thanks_for(store, me, pair, discussion, interaction.now)
    await interaction.show(views.to_change(shown))


THANK_YOU = FormSpec(
    FormId.THANK_YOU,
    PairMetadata,
    word=Word("thanks", "Thank your manager and confirm what you will deliver"),
    open=open_thank_you,
    opened_by=Action.OPEN_THANK_YOU,
    button_key="discussion_id",
    submit=submit,
    draft_subject=lambda metadata: metadata.discussion_id,
)
FORMS = (THANK_YOU,)
