"""`/career win`, and “Save as achievement” in the menu of a message (practice C8)."""

import zlib
from datetime import UTC, datetime
from typing import Any, Final

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from cycle import achievements
from cycle.achievements import AchievementForm
from cycle.guards import existing
from cycle.zones import local_day
from handlers.shared import drafts
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply, View, Word
from handlers.shared.ids import ActionId, FormId, ShortcutId
from handlers.shared.interaction import Interaction
from handlers.shared.listeners import Listeners
from handlers.shared.message_text import plain_text
from handlers.shared.view_metadata import AchievementsMetadata
from handlers.views import achievements as views
from storage.people import Person
from storage.store import Store

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def register(listeners: Listeners) -> None:
    """Connect the listeners."""
    listeners.shortcut(ShortcutId.SAVE_ACHIEVEMENT)(open_for_message)
    listeners.action(ActionId.EDIT_ACHIEVEMENT)(edit)
    listeners.action(ActionId.REMOVE_ACHIEVEMENT)(remove)


async def open_achievements(
    interaction: Interaction, store: Store, me: Person, metadata: AchievementsMetadata, *, said: str = ""
) -> View:
    """My achievements and a new one, or one of them to edit; with what I had begun to write.

    `said` is what was saved or removed just now.
    """
    draft = await drafts.resume(store, me, FormId.ACHIEVEMENTS, views.draft_subject(metadata))
    values = draft.values if draft else FormValues()
    if metadata.achievement_id:
        edited = await existing(store.achievements.get, metadata.achievement_id)
        return views.edit(edited, me, metadata, interaction.now, values)
    metadata = metadata.updated(added=max(metadata.added, values.highest(views.NEW)))
    saved = await store.achievements.latest_of(me.pk, achievements.MOST_SHOWN)
    return views.render(saved, me, metadata, interaction.now, values, said=said)


async def save_typed(interaction: Interaction, text: str) -> dict[str, Any]:
    """The person typed an achievement after the word: it is saved at once, as of today."""
    form = AchievementForm(text)
    async with interaction.writing() as (store, me):
        if errors := achievements.check(form, me, interaction.now):
            return views.not_saved(errors, text)
        if (before := await achievements.noted_before(store, me, form, interaction.now)) is not None:
            return views.saved_before(before)
        saved = achievements.save(store, me, form, interaction.now)
        await store.flush()
        return views.saved(saved)


async def open_for_message(ack: AsyncAck, context: AsyncBoltContext, shortcut: dict[str, Any]) -> None:
    """The person chose “Save as achievement” in the menu of a message: its words and its day are filled in."""
    await ack()
    interaction = Interaction.of(context)
    message = shortcut.get("message") or {}
    sent_at = _moment(str(message.get("ts", "")))
    metadata = AchievementsMetadata(message=_number_of(shortcut))
    async with interaction.reading() as (store, me):
        draft = await drafts.resume(store, me, FormId.ACHIEVEMENTS, views.draft_subject(metadata))
        day = min(local_day(me, sent_at), local_day(me, interaction.now))
        values = draft.values if draft else views.filled_in(plain_text(str(message.get("text") or "")), day)
        saved = await store.achievements.latest_of(me.pk, achievements.MOST_SHOWN)
        view = views.render(saved, me, metadata, interaction.now, values)
    await interaction.show(view)


def _number_of(shortcut: dict[str, Any]) -> int:
    """The same for the same message, so that what was typed about it is found again: 31 bits, as keys have."""
    named = f"{(shortcut.get('channel') or {}).get('id')}:{shortcut.get('message_ts')}"
    return zlib.crc32(named.encode()) >> 1


def _moment(ts: str) -> datetime:
    """When a message was sent; long ago where Slack does not say."""
    try:
        return max(datetime.fromtimestamp(float(ts), UTC), EPOCH)
    except (ValueError, OverflowError, OSError):
        return EPOCH


async def submit(interaction: Interaction, metadata: AchievementsMetadata, values: FormValues) -> Reply:
    """The person saved one; a new one with nothing typed just closes the list."""
    form, fields = views.read(values, metadata), views.field_names(metadata)
    if not metadata.achievement_id and not form.text.strip():
        return Reply.close()
    async with interaction.writing() as (store, me):
        if errors := achievements.check(form, me, interaction.now):
            return Reply.reject({fields[name]: sentence for name, sentence in errors.items()})
        changed = await achievements.lock(store, metadata.achievement_id) if metadata.achievement_id else None
        if not await interaction.is_repeat(store):
            achievements.save(store, me, form, interaction.now, changed)
            subject_id = views.draft_subject(metadata)
            await drafts.clear(interaction, store, me, FormId.ACHIEVEMENTS, subject_id)
            await drafts.reopen(interaction, store, me, FormId.ACHIEVEMENTS, subject_id)  # the list stays open
            await store.flush()
        added = metadata.added if metadata.achievement_id else metadata.added + 1
        shown = metadata.updated(achievement_id=0, added=added)
        return Reply.show(await open_achievements(interaction, store, me, shown, said=views.saved_line(form.text)))


async def edit(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Edit”, in the list or in the answer to what they typed; a new one that they began is kept."""
    await ack()
    interaction = Interaction.of(context)
    of_list = AchievementsMetadata.of(interaction.view) if interaction.in_modal else AchievementsMetadata()
    async with interaction.writing() as (store, me):
        if interaction.in_modal and views.read(interaction.values, of_list).text.strip():
            await drafts.save(interaction, store, me, FormId.ACHIEVEMENTS, views.draft_subject(of_list), of_list)
        metadata = of_list.updated(achievement_id=interaction.subject_id)
        view = await open_achievements(interaction, store, me, metadata)
    await (interaction.redraw(view) if interaction.in_modal else interaction.show(view))


async def remove(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """The person pressed “Remove it” and confirmed."""
    await ack()
    interaction = Interaction.of(context)
    metadata = AchievementsMetadata.of(interaction.view).updated(achievement_id=0)
    async with interaction.writing() as (store, me):
        gone = await achievements.lock(store, interaction.subject_id)
        await store.delete(gone)
        await store.flush()
        view = await open_achievements(interaction, store, me, metadata, said=views.removed_line(gone.text))
    await interaction.redraw(view)


ACHIEVEMENTS = FormSpec(
    FormId.ACHIEVEMENTS,
    AchievementsMetadata,
    word=Word("win", "Note down an achievement for your next preparation"),
    about_pair=False,
    say=save_typed,
    open=open_achievements,
    opened_by=ActionId.ACHIEVEMENTS,
    button_key="achievement_id",
    submit=submit,
    draft_subject=views.draft_subject,
)
FORMS = (ACHIEVEMENTS,)
