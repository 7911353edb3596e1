"""The preparation as one long form, which releases before the pages showed: modals of theirs may still be open."""

from typing import Any, Final

from cycle.guards import active_pair
from cycle.preparations import DRAFTS, prepared_so_far
from handlers.shared.form_values import FormValues
from handlers.shared.forms import FormSpec, Reply
from handlers.shared.ids import ActionId, FormId
from handlers.shared.interaction import Interaction
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import kit
from handlers.views.preparing import answers, before_pages, questions
from storage.drafts import DraftKey
from storage.people import Person
from storage.store import Store

# Fields of the long form that are boxes of their own now, and how the names of those begin.
SPLIT: Final = {"shared": answers.SHARE, "questions_picked": questions.ASK}


async def keep(interaction: Interaction, store: Store, me: Person, metadata: PreparationMetadata) -> None:
    """Save what is typed as the drafts of the pages; each ignores the fields of the others."""
    state = as_on_pages(interaction.values).pack()
    for page in DRAFTS:
        await store.drafts.save(
            DraftKey(me.pk, page, metadata.discussion_id), state,
            view_id=interaction.view_id, typed_at=interaction.typed_at, now=interaction.now,
        )  # fmt: skip


def as_on_pages(values: FormValues) -> FormValues:
    """What is typed into the long form, by the fields of the pages."""
    found: dict[str, Any] = {}
    for field in values:
        element = {ActionId.TYPED: values.element(field)}
        if field not in SPLIT:
            found[field] = element
            continue
        box = {ActionId.TYPED: {"selected_options": [{"value": kit.TICKED}]}}
        found |= dict.fromkeys((f"{SPLIT[field]}{one}" for one in values.choices(field)), box)
    return FormValues(found)


async def submit(interaction: Interaction, metadata: PreparationMetadata, _values: FormValues) -> Reply:
    """The person submitted the long form: everything typed is on the pages, where it can be saved."""
    async with interaction.writing() as (store, me):
        await prepared_so_far(store, me, await active_pair(store, me, metadata.pair_id), metadata.discussion_id)
        await keep(interaction, store, me, metadata)
    return Reply.show(before_pages.moved(metadata))


BEFORE_PAGES = FormSpec(FormId.PREPARATION, PreparationMetadata, submit=submit, keep=keep)
