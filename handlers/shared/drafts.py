"""What is typed and not submitted: saved at every change, resumed when the form is opened again."""

from dataclasses import dataclass
from datetime import datetime

from handlers.shared.form_values import FormValues
from handlers.shared.ids import FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import CoachedMetadata, ViewMetadata
from storage.drafts import Draft, DraftKey
from storage.people import Person
from storage.store import Store

# What a draft remembers beside its fields: the keys of the words that the coach remarked on, and of those kept.
SEEN, KEPT = "coach.seen", "coach.kept"


@dataclass(frozen=True)
class ResumedDraft:
    """What a person typed into a form and did not submit."""

    values: FormValues
    saved_at: datetime

    @property
    def seen(self) -> dict[str, tuple[str, ...]]:
        """The part of the form's metadata that is about the coach."""
        return {"seen": tuple(self.values.text(SEEN).split()), "kept": tuple(self.values.text(KEPT).split())}


async def resume(store: Store, me: Person, form: FormId, subject_id: int) -> ResumedDraft | None:
    """The draft of a form about a subject; None where nothing is typed."""
    return resumed(await store.drafts.get(DraftKey(me.pk, form, subject_id)))


def resumed(draft: Draft | None) -> ResumedDraft | None:
    """What is typed in a draft; None where it is empty."""
    values = FormValues.unpack(draft.state) if draft else None
    return ResumedDraft(values, draft.saved_at) if draft and values is not None else None


async def save(
    interaction: Interaction, store: Store, me: Person, form: FormId, subject_id: int, metadata: ViewMetadata
) -> None:
    """Save what is filled in, and what was seen of the coach there."""
    key = DraftKey(me.pk, form, subject_id)
    await save_over(interaction, store, key, await store.drafts.get(key), metadata)


async def save_over(
    interaction: Interaction, store: Store, key: DraftKey, draft: Draft | None, metadata: ViewMetadata
) -> FormValues:
    """Save what is filled in over a draft that was read. Returns what is saved now: what was typed later wins."""
    before = resumed(draft)
    values = interaction.values.over(before.values if before else None)
    if isinstance(metadata, CoachedMetadata):
        values = values.noting(SEEN, " ".join(metadata.seen)).noting(KEPT, " ".join(metadata.kept))
    is_saved = await store.drafts.save(
        key, values.pack(), view_id=interaction.view_id, typed_at=interaction.typed_at, now=interaction.now
    )
    if is_saved:
        return values
    later = resumed(await store.drafts.get(key))
    return later.values if later else FormValues()


async def clear(interaction: Interaction, store: Store, me: Person, form: FormId, subject_id: int) -> None:
    """Empty the draft of a form that is submitted or discarded, in the same transaction."""
    key = DraftKey(me.pk, form, subject_id)
    await store.drafts.clear(key, view_id=interaction.view_id, typed_at=interaction.typed_at, now=interaction.now)


async def reopen(interaction: Interaction, store: Store, me: Person, form: FormId, subject_id: int) -> None:
    """Save again what is typed in this modal, in which a draft was submitted or discarded."""
    key = DraftKey(me.pk, form, subject_id)
    await store.drafts.reopen(key, view_id=interaction.view_id, typed_at=interaction.typed_at)
