"""The form that adds to a wrap-up: what the two have so far, and what the second person adds (practice E11)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cycle import formatting
from cycle.wrap_up import (
    AGREED_STARTS_AT,
    NEXT_STARTS_AT,
    NOTES,
    AdditionForm,
    Outcome,
)
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import kit, wrap_up_outcome
from handlers.views import wrap_up_fields as fields
from storage.discussions import Discussion
from storage.people import Person


def read(values: FormValues, record: Outcome, metadata: WrapUpMetadata) -> AdditionForm:
    """What was submitted to add; what is not shown, or was left alone, is as it was agreed."""
    cadence, minutes, place, notes_by = fields.chosen_format(values, record.pair, fields.AGREED)
    chosen = values.moment(AGREED_STARTS_AT)
    is_changed = chosen is not None and int(chosen.timestamp()) != metadata.agreed_at
    return AdditionForm(
        cadence=cadence,
        minutes=minutes,
        place=place,
        notes_by=notes_by,
        notes=values.text(NOTES),
        commitments=fields.entries_of(values, metadata.commitment_rows),
        starts_at=chosen if is_changed else None,
        seen_round=metadata.round,
    )


def typed(values: FormValues) -> FormValues:
    """What a draft has of a form about a discussion that was wrapped up since: not what is agreed, which may be new."""
    return values.without(fields.AGREED)


def render(
    record: Outcome,
    me: Person,
    metadata: WrapUpMetadata,
    values: FormValues | None,
    now: datetime,
    kept_at: datetime | None = None,
) -> dict[str, Any]:
    """The form for a discussion that is wrapped up: what the two have so far, and what I add, with what I had typed."""
    values = values or FormValues()
    mine, other = record.notes_of(me), record.other_than(me)
    text = values.text(NOTES) if NOTES in values else (mine.text if mine else "")
    blocks = kit.draft_note(formatting.moment(kept_at, me, record.today)) if kept_at else []
    blocks += [kit.section(_so_far(record, me)), *wrap_up_outcome.agreed_blocks(record)]
    if (theirs := record.notes_of(other)) is not None:
        blocks += wrap_up_outcome.notes_blocks([theirs], record)
    blocks += [
        kit.divider(),
        *fields.notes_field(record.employee, record.manager, me, text),
        kit.header("Anything more that one of you will do?"),
        *fields.commitment_fields(record.employee, record.manager, metadata.commitment_rows, values),
    ]
    if (coming := record.still_ahead(now)) is not None:
        blocks += _next_as_agreed(record, me, coming, values, now)
    if metadata.format_shown:
        blocks += fields.format_fields(record.pair, record.employee, record.manager, values, fields.AGREED)
    else:
        blocks += fields.format_so_far(record.pair, me, other)
    return kit.modal(FormId.WRAP_UP, "Add to the wrap-up", blocks, submit="Add", metadata=metadata)


def _so_far(record: Outcome, me: Person) -> str:
    discussion = record.discussion
    day = local_day(me, discussion.starts_at) if discussion.starts_at else record.today
    on = f"your discussion on {formatting.day(day, record.today)}"
    if discussion.wrapped_up_by_id == me.id:
        return f"*You wrapped up {on}.* Here is what you two have so far. You can add to it."
    name = kit.fitted(formatting.first_name(record.other_than(me)), 300)
    if discussion.added_at is not None:
        return f"*{name} wrapped up {on} first.* Here is what you two have so far. You can add to it."
    return f"*{name} wrapped up {on} first.* Here is what {name} wrote. Add your notes and commitments."


def _next_as_agreed(
    record: Outcome, me: Person, coming: Discussion, values: FormValues, now: datetime
) -> Iterator[kit.Block]:  # fmt: skip
    """The next date as it is, to change, and the one that I had picked myself; and what to do if we have met again."""
    chosen = values.moment(AGREED_STARTS_AT) or coming.starts_at
    picker = kit.moment_picker(chosen)
    name = formatting.first_name(record.other_than(me))
    hint = f"Your time. If you change it, I'll let {name} know."
    if coming.starts_at is None:
        hint = f"Your time. There is none yet; it is due by {formatting.day(coming.due_on, record.today)}."
    yield kit.field(AGREED_STARTS_AT, "When do you meet next?", picker, hint=hint)
    picked = values.moment(NEXT_STARTS_AT)
    if picked is not None and picked != chosen and picked > now:
        yield kit.context(f"You had picked {formatting.moment(picked, me, record.today)}.")
    again = kit.button("We have met again", ActionId.MET_AGAIN, str(coming.pk))
    yield kit.section("Have you two met once more since then? Wrap that up on its own.", again) | {"block_id": "again"}
