"""The form that wraps a discussion up: did it happen, what was agreed, when next (practices E9–E11, C9)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from cycle import formatting
from cycle.scheduling import STARTS_AT, Heard, warnings
from cycle.wrap_up import (
    HAPPENED,
    LATER,
    NEXT_LATER,
    NEXT_STARTS_AT,
    NO_COMMITMENTS,
    NOTES,
    WrapUpForm,
    WrapUpView,
)
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import kit
from handlers.views import wrap_up_fields as fields
from handlers.views.schedule import how_heard
from storage.discussions import Discussion
from storage.pairs import Pair
from storage.people import Person

DISCUSSED = "discussed"  # followed by the key of an item
YES, NO = "yes", "no"


def they_met() -> FormValues:
    """The first question answered: for two who come from the guide."""
    return FormValues({HAPPENED: {ActionId.HAPPENED: {"selected_option": {"value": YES}}}})


def answered(values: FormValues) -> bool | None:
    """Whether the discussion happened; None where that is not answered."""
    chosen = values.choice(HAPPENED)
    return None if chosen is None else chosen == YES


def asks_the_rest(values: FormValues) -> bool:
    """Whether the form has been redrawn since the first question was answered."""
    return (NOTES if answered(values) else STARTS_AT) in values


def read(values: FormValues, pair: Pair, metadata: WrapUpMetadata) -> WrapUpForm:
    """What was submitted; menus that were left alone, or are not shown, keep the pair's values."""
    boxes = [key for field in values if field.startswith(f"{DISCUSSED}.") for key in values.keys(field)]
    cadence, minutes, place, notes_by = fields.chosen_format(values, pair, "")
    return WrapUpForm(
        cadence=cadence,
        minutes=minutes,
        notes=values.text(NOTES),
        commitments=fields.entries_of(values, metadata.commitment_rows),
        no_commitments=kit.TICKED in values.choices(NO_COMMITMENTS),
        place=place,
        notes_by=notes_by,
        next_starts_at=values.moment(NEXT_STARTS_AT),
        next_later=kit.TICKED in values.choices(NEXT_LATER),
        discussed=frozenset(boxes),
        seen_round=metadata.round,
    )


def render(
    view: WrapUpView,
    me: Person,
    metadata: WrapUpMetadata,
    values: FormValues | None,
    now: datetime,
    kept_at: datetime | None = None,
) -> dict[str, Any]:
    """The form; it asks first whether the discussion happened, and the rest follows from the answer."""
    values = values or FormValues()
    happened = answered(values)
    blocks = kit.draft_note(formatting.moment(kept_at, me, local_day(me, now))) if kept_at else []
    blocks += [*_opening(view, me, now), _happened(values)]
    if happened is None:
        return kit.modal(FormId.WRAP_UP, "How did it go?", blocks, submit="Next", metadata=metadata)
    if not happened:
        blocks += _another_time(view, me, values)
        return kit.modal(FormId.WRAP_UP, "How did it go?", blocks, submit="Save", metadata=metadata)
    blocks += [*_discussed(view, values), *fields.notes_field(view.employee, view.manager, me, values.text(NOTES))]
    blocks += [
        kit.header("Who does what by when?"),
        *fields.commitment_fields(
            view.employee, view.manager, metadata.commitment_rows, values, for_manager=me.id == view.manager.id
        ),
        *_no_commitments(values),
        *_next(values),
    ]
    if view.before is None or metadata.format_shown or fields.CADENCE in values:
        blocks += fields.format_fields(view.pair, view.employee, view.manager, values, "")
    else:
        blocks += fields.format_so_far(view.pair, me, view.manager if me.id == view.employee.id else view.employee)
    return kit.modal(FormId.WRAP_UP, "How did it go?", blocks, submit="Wrap up", metadata=metadata)


def _opening(view: WrapUpView, me: Person, now: datetime) -> Iterator[kit.Block]:
    other, today = (view.manager if me.id == view.employee.id else view.employee), local_day(me, now)
    name = kit.fitted(formatting.first_name(other), 300)
    starts_at = view.discussion.starts_at
    if starts_at is None and view.discussion.postponed and view.discussion.dated_by_id is not None:
        text = _dropped(view.discussion, me, name, today)
    elif starts_at is None:
        text = (
            f"Your next discussion with {name} has no date yet. "
            "If you two met spontaneously, you can wrap that up here."
        )
    elif now < starts_at:
        when = formatting.moment(starts_at, me, today)
        text = f"Your discussion with {name} is planned for {when}, which is still to come. Did you two meet earlier?"
    else:
        text = f"Your discussion with {name} on {formatting.moment(starts_at, me, today)}."
    yield kit.section(text)
    if view.before is not None and view.before.wrapped_up_at is not None and (starts_at is None or now < starts_at):
        last = formatting.day(local_day(me, view.before.wrapped_up_at), today)
        yield kit.context(f"Your last discussion was wrapped up on {last}; this is about the one after it.")


def _dropped(discussion: Discussion, me: Person, name: str, today: date) -> str:
    """For a button of before: the date is gone, and by whom."""
    who = "You" if discussion.dated_by_id == me.id else name
    before = f", {formatting.moment(discussion.moved_from, me, today)}," if discussion.moved_from else ""
    return (
        f"{who} said that you two did not meet, and dropped the date{before} without a new one. "
        "If you have met after all, you can wrap that up here."
    )


def _happened(values: FormValues) -> kit.Block:
    options = [kit.option("Yes, we met", YES), kit.option("No, not this time", NO)]
    element = kit.radio(options, values.choice(HAPPENED), action_id=ActionId.HAPPENED)
    return kit.field(HAPPENED, "Did it happen?", element, optional=False)


def _another_time(view: WrapUpView, me: Person, values: FormValues) -> list[kit.Block]:
    name = formatting.first_name(view.manager if me.id == view.employee.id else view.employee)
    hint = f"{view.discussion.minutes} minutes, as planned. {name} will see it."
    later = kit.option("No date yet, remind us", kit.TICKED)
    return [
        kit.field(STARTS_AT, "New date, or leave it open", kit.moment_picker(values.moment(STARTS_AT)), hint=hint),
        kit.field(LATER, "No new date yet?", kit.checkboxes([later], values.choices(LATER))),
    ]


def _discussed(view: WrapUpView, values: FormValues) -> Iterator[kit.Block]:
    """Each item whole, with a box that is ticked to begin with: most of an agenda is talked about."""
    if not view.agenda:
        return
    yield kit.section("*What did you talk about?* What you untick moves on to the next discussion.")
    for item in view.agenda:
        field, text = f"{DISCUSSED}.{item.pk}", " ".join(item.text.split())
        ticked = values.choices(field) if field in values else [str(item.pk)]
        if len(text) <= kit.OPTION_TEXT:
            yield kit.actions([kit.checkboxes([kit.option(text, str(item.pk))], ticked)], block_id=field)
        else:
            box = kit.checkboxes([kit.option("We talked about this", str(item.pk))], ticked)
            yield kit.section(kit.fitted(text, kit.SECTION_TEXT), box) | {"block_id": field}


def _no_commitments(values: FormValues) -> Iterator[kit.Block]:
    none = kit.option("Nothing to do this time", kit.TICKED)
    yield kit.field(NO_COMMITMENTS, "No commitments?", kit.checkboxes([none], values.choices(NO_COMMITMENTS)))


def _next(values: FormValues) -> Iterator[kit.Block]:
    picker = kit.moment_picker(values.moment(NEXT_STARTS_AT))
    yield kit.field(NEXT_STARTS_AT, "Next date, or decide later", picker)
    later = kit.option("Decide later; remind us", kit.TICKED)
    yield kit.field(NEXT_LATER, "No date yet?", kit.checkboxes([later], values.choices(NEXT_LATER)))


def moved(
    discussion: Discussion, me: Person, people: Sequence[Person], today: date, heard: Heard = Heard.BY_MESSAGE
) -> dict[str, Any]:  # fmt: skip
    """After saying that a discussion did not happen: its new date, or by when there is to be one; who hears of it."""
    other = next(person for person in people if person.id != me.id)
    told = how_heard(heard, kit.fitted(formatting.first_name(other), 300))
    if discussion.starts_at is None:
        by = formatting.day(discussion.due_on, today)
        left = f"It is due by {by}. I'll remind you both in time to find a date."
        return kit.notice("Left for later", f"{told} {left}" if discussion.moved_from is not None else left)
    when = kit.fitted(formatting.both_clocks(discussion.starts_at, me, other, today), 1000)
    said = [kit.escape(text) for text in warnings(discussion.starts_at, discussion.minutes, (me, other), me, today)]
    sentence = f"Your discussion is now on {when}, {discussion.minutes} minutes. {told}"
    return kit.notice("Moved", "\n".join([sentence, *said]))
