"""`/career ask`: asking to meet for the next discussion, answering, and taking the request back (practice E5)."""

from datetime import UTC, datetime

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import formatting, meeting_requests
from cycle.coach import review_request
from cycle.coach_remarks import Wording
from cycle.errors import FieldErrors
from cycle.guards import active_pair, in_use, open_discussion
from cycle.meeting_requests import WORDS, AnswerView, AskView
from cycle.nudges import Action
from cycle.scheduling import schedule_of
from cycle.zones import local_day
from handlers.shared import coach_remarks, drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.view_metadata import AnswerMeetingMetadata, AskMetadata
from handlers.views import kit
from handlers.views import meeting as views
from storage.meeting_requests import MeetingRequest
from storage.people import Person
from storage.store import Store

NOTHING_CHOSEN = "What suits you? Please choose."


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.action(ActionId.WITHDRAW_MEETING)(withdraw)
    listeners.action(Action.TAKE_OTHER_TIME)(take_other_time)


# --- asking ----------------------------------------------------------------------------------------------------------


async def open_ask(interaction: Interaction, store: Store, me: Person, metadata: AskMetadata) -> View:
    """The form, with what I had begun to type."""
    shown = await _about_to_ask(interaction, store, me, metadata)
    draft = await drafts.resume(store, me, FormId.ASK_MEETING, shown.schedule.discussion.pk)
    metadata = _of(shown, metadata.updated(**draft.seen) if draft else metadata)
    values = draft.values if draft else FormValues()
    note = formatting.moment(draft.saved_at, me, local_day(me, interaction.now)) if draft else ""
    return _drawn(interaction, me, shown, metadata, values, note)


async def redraw_ask(
    interaction: Interaction, store: Store, me: Person, metadata: AskMetadata, values: FormValues
) -> View:
    """The form as it is being filled in."""
    return _drawn(interaction, me, await _about_to_ask(interaction, store, me, metadata), metadata, values)


async def _about_to_ask(interaction: Interaction, store: Store, me: Person, metadata: AskMetadata) -> AskView:
    pair = await active_pair(store, me, metadata.pair_id)
    discussion = await open_discussion(store, pair, metadata.discussion_id)
    return await meeting_requests.about_to_ask(store, me, pair, discussion, interaction.now)


def _of(shown: AskView, metadata: AskMetadata) -> AskMetadata:
    return metadata.updated(pair_id=shown.schedule.pair.pk, discussion_id=shown.schedule.discussion.pk)


def _drawn(
    interaction: Interaction, me: Person, shown: AskView, metadata: AskMetadata, values: FormValues, note: str = ""
) -> View:
    advice = coach_remarks.advice_on(_wordings(values, shown), me, metadata, interaction.services.bank)
    return views.ask(shown, metadata, values, advice, note)


def _wordings(values: FormValues, shown: AskView) -> list[Wording]:
    """The words, unless they are the draft."""
    words = views.read(values, shown).words
    return [Wording(WORDS, words, review_request)] if words != shown.draft else []


async def ask(interaction: Interaction, metadata: AskMetadata, values: FormValues) -> Reply:
    """The person asked; words that sound like leaving are pointed out once, before they are sent."""
    async with interaction.changing(metadata.pair_id, booking=True) as (store, me, pair):
        discussion = await open_discussion(store, in_use(pair, me), metadata.discussion_id)
        shown = await meeting_requests.about_to_ask(store, me, pair, discussion, interaction.now)
        form = views.read(values, shown)
        if errors := await meeting_requests.check_request(store, me, pair, discussion, form, interaction.now):
            return Reply.reject(errors)
        if keys := coach_remarks.unseen_keys(me, metadata, _wordings(values, shown)):
            metadata = metadata.updated(seen=(*metadata.seen, *keys))
            await drafts.save(interaction, store, me, FormId.ASK_MEETING, discussion.pk, metadata)
            return Reply.show(_drawn(interaction, me, shown, metadata, values))
        if not await interaction.is_repeat(store):
            await meeting_requests.ask(store, me, pair, discussion, form, interaction.now)
            await drafts.clear(interaction, store, me, FormId.ASK_MEETING, discussion.pk)
    interaction.changed(pair)
    return Reply.show(views.asked(shown))


async def withdraw(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Take it back”."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, MeetingRequest) as (store, me, pair):
        await meeting_requests.withdraw(store, me, pair, interaction.subject_id, interaction.now)
        other = await store.people.get(pair.other_than(me.pk))
    interaction.changed(pair)
    view = views.taken_back(formatting.first_name(other))
    await (interaction.redraw(view) if interaction.in_modal else interaction.show(view))


# --- answering -------------------------------------------------------------------------------------------------------


async def open_answer(interaction: Interaction, store: Store, me: Person, metadata: AnswerMeetingMetadata) -> View:
    """The request, with what I had begun to answer."""
    shown = await meeting_requests.to_answer(store, me, metadata.request_id)
    draft = await drafts.resume(store, me, FormId.ANSWER_MEETING, metadata.request_id)
    return views.answer(shown, metadata, interaction.now, draft.values if draft else FormValues())


async def answer(interaction: Interaction, metadata: AnswerMeetingMetadata, values: FormValues) -> Reply:
    """The person accepted a time, proposed another, or declined."""
    async with interaction.changing(metadata.request_id, MeetingRequest, booking=True) as (store, me, pair):
        shown = await meeting_requests.to_answer_in(store, me, in_use(pair, me), metadata.request_id)
        if errors := await _answered(store, shown, values, interaction.now):
            return Reply.reject(errors)
        await drafts.clear(interaction, store, me, FormId.ANSWER_MEETING, metadata.request_id)
        schedule = await schedule_of(store, me, pair, shown.discussion, interaction.now)
    interaction.changed(pair)
    return Reply.show(views.answered(shown, schedule))


async def _answered(store: Store, shown: AnswerView, values: FormValues, now: datetime) -> FieldErrors:
    """Does what was chosen, unless something is against it."""
    match values.choice(meeting_requests.ANSWER):
        case views.ANOTHER:
            return await meeting_requests.counter(store, shown, values.moment(meeting_requests.OTHER_TIME), now)
        case views.NOT_NOW:
            return await meeting_requests.decline(store, shown, values.text(meeting_requests.REASON), now)
        case str(seconds) if seconds.isdecimal() and len(seconds) < len("10000000000000"):
            return await meeting_requests.accept(store, shown, datetime.fromtimestamp(int(seconds[:11]), UTC), now)
        case _:
            return FieldErrors({meeting_requests.ANSWER: NOTHING_CHOSEN})


async def take_other_time(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The one who asked takes the time that was proposed instead, in a message or in the App Home."""
    await ack()
    interaction = Interaction.of(context)
    async with interaction.changing(interaction.subject_id, MeetingRequest, booking=True) as (store, me, pair):
        schedule = await meeting_requests.take_other_time(store, me, pair, interaction.subject_id, interaction.now)
    interaction.changed(pair)
    prepare = kit.button("Prepare", Action.OPEN_PREPARATION, str(pair.pk))
    await interaction.replace_message(views.taken(schedule), [prepare])
    if interaction.view:
        await interaction.show(views.set_together(schedule))


ASK = FormSpec(
    FormId.ASK_MEETING,
    AskMetadata,
    word=Word("ask", "Ask to meet, with times to choose from"),
    open=open_ask,
    opened_by=Action.OPEN_ASK,
    redraw=redraw_ask,
    submit=ask,
    draft_subject=lambda metadata: metadata.discussion_id,
)
ANSWER = FormSpec(
    FormId.ANSWER_MEETING,
    AnswerMeetingMetadata,
    open=open_answer,
    opened_by=Action.ANSWER_MEETING,
    button_key="request_id",
    submit=answer,
    draft_subject=lambda metadata: metadata.request_id,
)
FORMS = (ASK, ANSWER)
