"""The wrap-up of a discussion: did it happen, what was agreed, when next (practices E9–E11, C9)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from cycle import formatting
from cycle.commitments import LONGEST_COMMITMENT, CommitmentEntry
from cycle.nudges import Action
from cycle.scheduling import STARTS_AT, Heard, warnings
from cycle.wrap_up import (
    AGREED_STARTS_AT,
    HAPPENED,
    LATER,
    LONGEST_NOTES,
    NEXT_LATER,
    NEXT_STARTS_AT,
    NO_COMMITMENTS,
    NOTES,
    Added,
    AdditionForm,
    Outcome,
    WrapUpForm,
    WrapUpView,
)
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import kit, pulses
from handlers.views.schedule import LENGTHS, LONGEST, how_heard
from storage.commitments import Commitment
from storage.discussions import Discussion
from storage.pairs import Cadence, NotesBy, Pair, Place, Side
from storage.people import Person
from storage.wrap_ups import Notes

CADENCE, MINUTES, PLACE, NOTES_BY = "cadence", "minutes", "place", "notes_by"  # fields that `cycle` does not name
# Before their names where the two have agreed on a format: Slack keeps what is chosen in a field of the same name, and
# what the second person had chosen would hide what was agreed.
AGREED = "agreed_"
DISCUSSED = "discussed"  # followed by the key of an item
YES, NO = "yes", "no"
TICKED = "ticked"  # the value of a box that is the only one
FEWEST_COMMITMENTS = 2  # one row per side
MOST_COMMITMENTS = 8  # more than this is a wish list


# --- what was filled in ----------------------------------------------------------------------------------------------


def answered(values: FormValues) -> bool | None:
    """Whether the discussion happened; None where that is not answered."""
    chosen = values.choice(HAPPENED)
    return None if chosen is None else chosen == YES


def asks_the_rest(values: FormValues) -> bool:
    """Whether the form has been redrawn since the first question was answered."""
    return (NOTES if answered(values) else STARTS_AT) in values


def rows(values: FormValues) -> int:
    """How many rows of commitments a form has."""
    return sum(field.startswith("commitment.") and field.endswith(".text") for field in values)


def read(values: FormValues, pair: Pair, metadata: WrapUpMetadata) -> WrapUpForm:
    """What was submitted; menus that were left alone, or are not shown, keep the pair's values."""
    boxes = [key for field in values if field.startswith(f"{DISCUSSED}.") for key in values.keys(field)]
    cadence, minutes, place, notes_by = _chosen_format(values, pair, "")
    return WrapUpForm(
        cadence=cadence,
        minutes=minutes,
        notes=values.text(NOTES),
        commitments=_entries(values, metadata.commitment_rows),
        no_commitments=TICKED in values.choices(NO_COMMITMENTS),
        place=place,
        notes_by=notes_by,
        next_starts_at=values.moment(NEXT_STARTS_AT),
        next_later=TICKED in values.choices(NEXT_LATER),
        discussed=frozenset(boxes),
        seen_round=metadata.round,
    )


def read_addition(values: FormValues, record: Outcome, metadata: WrapUpMetadata) -> AdditionForm:
    """What was submitted to add; what is not shown, or was left alone, is as it was agreed."""
    cadence, minutes, place, notes_by = _chosen_format(values, record.pair, AGREED)
    chosen = values.moment(AGREED_STARTS_AT)
    is_changed = chosen is not None and int(chosen.timestamp()) != metadata.agreed_at
    return AdditionForm(
        cadence=cadence,
        minutes=minutes,
        place=place,
        notes_by=notes_by,
        notes=values.text(NOTES),
        commitments=_entries(values, metadata.commitment_rows),
        starts_at=chosen if is_changed else None,
        seen_round=metadata.round,
    )


def typed(values: FormValues) -> FormValues:
    """What a draft has of a form about a discussion that was wrapped up since: not what is agreed, which may be new."""
    return values.without(AGREED)


def rows_in_use(values: FormValues) -> int:
    """How many rows of commitments it takes to show those in which something is filled in."""
    used = [number for number, entry in enumerate(_entries(values, MOST_COMMITMENTS), start=1) if not entry.is_empty]
    return max(used, default=FEWEST_COMMITMENTS)


def _chosen_format(
    values: FormValues, pair: Pair, prefix: str
) -> tuple[Cadence, int, Place | None, NotesBy | None]:  # fmt: skip
    return (
        values.member(prefix + CADENCE, Cadence) or pair.cadence,
        values.number(prefix + MINUTES, at_most=LONGEST) or pair.minutes,
        values.member(prefix + PLACE, Place) or pair.place,
        values.member(prefix + NOTES_BY, NotesBy) or pair.notes_by,
    )


def _entries(values: FormValues, number: int) -> list[CommitmentEntry]:
    entries = []
    for row in range(max(number, FEWEST_COMMITMENTS)):
        entry = _row(row)
        owner = values.side(_owner_field(entry)) or entry.owner
        entries.append(CommitmentEntry(entry.slot, owner, values.text(entry.text_field), values.day(entry.date_field)))
    return entries


def _row(number: int) -> CommitmentEntry:
    """An empty row: the employee's first, then one of the manager's (E1, E11)."""
    return CommitmentEntry(f"commitment.{number}", Side.MANAGER if number == 1 else Side.EMPLOYEE)


def _owner_field(entry: CommitmentEntry) -> str:
    return f"{entry.slot}.owner"


# --- the form --------------------------------------------------------------------------------------------------------


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
    blocks += [*_discussed(view, values), *_notes(view.employee, view.manager, me, values.text(NOTES))]
    blocks += [
        kit.header("Who does what by when?"),
        *_commitments(view.employee, view.manager, metadata.commitment_rows, values),
        *_no_commitments(values),
        *_next(values),
    ]
    if view.before is None or metadata.format_shown or CADENCE in values:
        blocks += _format(view.pair, view.employee, view.manager, values, "")
    else:
        blocks += _format_so_far(view.pair, me, view.manager if me.id == view.employee.id else view.employee)
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
    later = kit.option("No date yet, remind us", TICKED)
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


def _notes(employee: Person, manager: Person, me: Person, text: str) -> Iterator[kit.Block]:
    other = formatting.first_name(manager if me.id == employee.id else employee)
    yield kit.field(NOTES, f"Your notes, which {other} can read", kit.text_input(text, longest=LONGEST_NOTES))


def _commitments(employee: Person, manager: Person, number: int, values: FormValues) -> Iterator[kit.Block]:
    """A row for each side; whose a further one is, is chosen. The day stands beside a text, to keep rows low."""
    options = [_named(Side.EMPLOYEE, employee), _named(Side.MANAGER, manager)]
    shown = min(max(number, FEWEST_COMMITMENTS), MOST_COMMITMENTS)
    for row, entry in enumerate(_entries(values, shown)):
        owner = formatting.first_name(employee if entry.owner is Side.EMPLOYEE else manager)
        question = f"What will {owner} do?"
        if row >= FEWEST_COMMITMENTS or entry.owner is not _row(row).owner:
            question = f"Commitment {row + 1}: what?"
            who = kit.select(options, entry.owner)
            yield kit.section(f"*Commitment {row + 1}: whose?*", who) | {"block_id": _owner_field(entry)}
        what = kit.text_input(" ".join(entry.text.split()), multiline=False, longest=LONGEST_COMMITMENT)
        yield kit.field(entry.text_field, question, what)
        yield kit.section(kit.BY_WHEN, kit.day_picker(entry.due_on)) | {"block_id": entry.date_field}
    if shown < MOST_COMMITMENTS:
        yield kit.actions(
            [kit.button("Add another commitment", ActionId.MORE_COMMITMENTS)], block_id="more.commitments"
        )


def _no_commitments(values: FormValues) -> Iterator[kit.Block]:
    none = kit.option("Nothing to do this time", TICKED)
    yield kit.field(NO_COMMITMENTS, "No commitments?", kit.checkboxes([none], values.choices(NO_COMMITMENTS)))


def _named(side: Side, person: Person) -> kit.Element:
    return kit.option(f"{formatting.shorten(formatting.first_name(person), 60)} ({side})", side)


def _format(
    pair: Pair, employee: Person, manager: Person, values: FormValues, prefix: str
) -> Iterator[kit.Block]:  # fmt: skip
    cadence, minutes, place, notes_by = _chosen_format(values, pair, prefix)
    yield kit.header("How do you want to meet from now on?")
    often = [kit.option(_sentence(text), cadence) for cadence, text in formatting.CADENCES.items()]
    yield kit.field(prefix + CADENCE, "How often?", kit.select(often, cadence), optional=False)
    long = [kit.option(f"{length} minutes", str(length)) for length in sorted({*LENGTHS, pair.minutes})]
    yield kit.field(prefix + MINUTES, "How long?", kit.select(long, str(minutes)), optional=False)
    where = [kit.option(_sentence(text), place) for place, text in formatting.PLACES.items()]
    yield kit.field(prefix + PLACE, "Where or how?", kit.select(where, place))
    takers = {
        NotesBy.EMPLOYEE: formatting.first_name(employee),
        NotesBy.MANAGER: formatting.first_name(manager),
        NotesBy.BOTH: "Both of you",
    }
    who = [kit.option(text, taker) for taker, text in takers.items()]
    yield kit.field(prefix + NOTES_BY, "Who takes notes?", kit.select(who, notes_by))


def _format_so_far(pair: Pair, me: Person, other: Person) -> Iterator[kit.Block]:
    change = kit.button("Change how we meet", ActionId.CHANGE_FORMAT)
    yield kit.section(kit.fitted(formatting.how_you_meet(pair, me, other), 1000), change) | {"block_id": "format"}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _next(values: FormValues) -> Iterator[kit.Block]:
    picker = kit.moment_picker(values.moment(NEXT_STARTS_AT))
    yield kit.field(NEXT_STARTS_AT, "Next date, or decide later", picker)
    later = kit.option("Decide later; remind us", TICKED)
    yield kit.field(NEXT_LATER, "No date yet?", kit.checkboxes([later], values.choices(NEXT_LATER)))


# --- to add to it ----------------------------------------------------------------------------------------------------


def render_addition(
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
    blocks += [kit.section(_so_far(record, me)), *_agreed(record)]
    if (theirs := record.notes_of(other)) is not None:
        blocks += notes_blocks([theirs], record)
    blocks += [
        kit.divider(),
        *_notes(record.employee, record.manager, me, text),
        kit.header("Anything more that one of you will do?"),
        *_commitments(record.employee, record.manager, metadata.commitment_rows, values),
    ]
    if (coming := record.still_ahead(now)) is not None:
        blocks += _next_as_agreed(record, me, coming, values, now)
    if metadata.format_shown:
        blocks += _format(record.pair, record.employee, record.manager, values, AGREED)
    else:
        blocks += _format_so_far(record.pair, me, other)
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


# --- afterwards ------------------------------------------------------------------------------------------------------


def wrapped_up(
    outcome: Outcome, me: Person, lead: str = "Wrapped up. Here is what you two agreed on.", *, is_new: bool = True
) -> dict[str, Any]:
    """What was agreed, when they talk next, and what follows from it, if it was wrapped up just now."""
    blocks = [kit.section(kit.escape(lead)), *_agreed(outcome), *notes_blocks(outcome.notes, outcome)]
    if outcome.coming is not None:
        blocks += _coming(outcome, outcome.coming, me)
    if is_new:
        blocks.append(kit.context(_thanks(outcome, me)))
    show = kit.button("Show commitments", Action.OPEN_COMMITMENTS, str(outcome.pair.pk))
    buttons = [show, pulses.ask(outcome.discussion.pk)] if is_new else [show]
    return kit.modal(FormId.NOTICE, "Wrapped up", [*blocks, kit.actions(buttons)])


def added(outcome: Outcome, me: Person, what: Added, heard: Heard | None = None) -> dict[str, Any]:
    """After adding: what is new, who hears of it and how, and all that the two have now.

    `heard` is how the other side hears of the next date; None where that was left as it was.
    """
    name = formatting.first_name(outcome.other_than(me))
    commitments = what.for_employee + what.for_manager
    parts = ["your notes"] if what.notes else []
    parts += [formatting.count(commitments, "commitment")] if commitments else []
    parts += ["how you meet"] if what.format else []
    said = [f"Added: {formatting.listed(parts)}."] if parts else []
    if parts and heard is not Heard.BY_MESSAGE:
        said.append(f"I'll let {name} know.")
    if heard is not None:
        said.append(f"Your next date is set. {how_heard(heard, name)}")
    lead = " ".join([*said, "Here is what you two have now."])
    if not said:
        lead = "There was nothing new to add. Here is what you two have."
    return wrapped_up(outcome, me, lead, is_new=False)


def _agreed(outcome: Outcome) -> Iterator[kit.Block]:
    for commitment in outcome.commitments:
        yield kit.section(_whose(commitment, outcome))
        yield from kit.in_full(commitment.text)
    if not outcome.commitments:
        yield kit.section("No commitments this time.")


def notes_blocks(notes: Sequence[Notes], outcome: Outcome) -> Iterator[kit.Block]:
    """Notes, each below the name of its author."""
    for one in notes:
        yield kit.section(f"*Notes from {kit.fitted(formatting.first_name(outcome.person(one.author_id)), 300)}*")
        yield from kit.in_full(one.text)


def already(outcome: Outcome, me: Person, sentence: str, mine: FormValues | None) -> dict[str, Any]:
    """For a discussion that nothing is added to any more: what was agreed and, so that it is not lost, what I typed."""
    view = wrapped_up(outcome, me, sentence, is_new=False)
    typed = [values for values in (mine.text(NOTES), *_words(mine)) if values.strip()] if mine else []
    if typed:
        view["blocks"] += [kit.divider(), kit.section("*What you had typed, to copy from*")]
        view["blocks"] += [block for text in typed for block in kit.in_full(text)]
    return view


def _words(values: FormValues) -> list[str]:
    return [entry.text for entry in _entries(values, MOST_COMMITMENTS)]


def _whose(commitment: Commitment, outcome: Outcome) -> str:
    owner = outcome.employee if commitment.owner_id == outcome.employee.id else outcome.manager
    return f"*{kit.fitted(formatting.first_name(owner), 300)}*, by {formatting.day(commitment.due_on, outcome.today)}"


def _coming(outcome: Outcome, coming: Discussion, me: Person) -> Iterator[kit.Block]:
    people = (outcome.employee, outcome.manager)
    other = people[1] if me.id == people[0].id else people[0]
    if coming.starts_at is None:
        by = formatting.day(coming.due_on, outcome.today)
        yield kit.section(f"The next discussion is due by {by}. I'll remind you both in time to find a date.")
        return
    when = kit.fitted(formatting.both_clocks(coming.starts_at, me, other, outcome.today), 1000)
    yield kit.section(f"You meet again on {when}, {coming.minutes} minutes.")
    for warning in warnings(coming.starts_at, coming.minutes, people, me, outcome.today):
        yield kit.context(kit.escape(warning))


def _thanks(outcome: Outcome, me: Person) -> str:
    if me.id == outcome.employee.id:
        return "In two working days I'll bring you a draft thank-you note to send."
    name = kit.fitted(formatting.first_name(outcome.employee), 300)
    return f"In two working days {name} gets a draft thank-you note to send you."


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
