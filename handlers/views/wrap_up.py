"""The wrap-up of a discussion: did it happen, what was agreed, when next (practices E9–E11, C9)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from cycle import formatting
from cycle.commitments import LONGEST_COMMITMENT, CommitmentEntry
from cycle.nudges import Action
from cycle.scheduling import STARTS_AT, warnings
from cycle.wrap_up import (
    HAPPENED,
    LATER,
    LONGEST_NOTES,
    NEXT_LATER,
    NEXT_STARTS_AT,
    NO_COMMITMENTS,
    NOTES,
    Outcome,
    WrapUpForm,
    WrapUpView,
)
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import kit
from handlers.views.schedule import LENGTHS, LONGEST
from storage.agenda import AgendaItem
from storage.commitments import Commitment
from storage.discussions import Discussion
from storage.pairs import Cadence, NotesBy, Pair, Place, Side
from storage.people import Person

CADENCE, MINUTES, PLACE, NOTES_BY = "cadence", "minutes", "place", "notes_by"  # fields that `cycle` does not name
DISCUSSED = "discussed"  # followed by a number: Slack takes ten boxes per element
BOXES_PER_ELEMENT = 10
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
    """What was submitted; menus that were left alone keep the pair's values."""
    boxes = [key for field in values if field.startswith(f"{DISCUSSED}.") for key in values.keys(field)]
    return WrapUpForm(
        cadence=values.member(CADENCE, Cadence) or pair.cadence,
        minutes=values.number(MINUTES, at_most=LONGEST) or pair.minutes,
        notes=values.text(NOTES),
        commitments=_entries(values, metadata.commitment_rows),
        no_commitments=TICKED in values.choices(NO_COMMITMENTS),
        place=values.member(PLACE, Place) or pair.place,
        notes_by=values.member(NOTES_BY, NotesBy) or pair.notes_by,
        next_starts_at=values.moment(NEXT_STARTS_AT),
        next_later=TICKED in values.choices(NEXT_LATER),
        discussed=frozenset(boxes),
        seen_round=metadata.round,
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
        blocks += _another_time(view, values)
        return kit.modal(FormId.WRAP_UP, "How did it go?", blocks, submit="Save", metadata=metadata)
    blocks += [*_discussed(view, values), *_commitments(view, metadata, values)]
    blocks += [*_format(view, values), *_next(values)]
    return kit.modal(FormId.WRAP_UP, "How did it go?", blocks, submit="Wrap up", metadata=metadata)


def _opening(view: WrapUpView, me: Person, now: datetime) -> Iterator[kit.Block]:
    other, today = (view.manager if me.id == view.employee.id else view.employee), local_day(me, now)
    name = kit.fitted(formatting.first_name(other), 300)
    starts_at = view.discussion.starts_at
    if starts_at is None:
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


def _happened(values: FormValues) -> kit.Block:
    options = [kit.option("Yes, we met", YES), kit.option("No, not this time", NO)]
    element = kit.radio(options, values.choice(HAPPENED), action_id=ActionId.HAPPENED)
    return kit.field(HAPPENED, "Did it happen?", element, optional=False)


def _another_time(view: WrapUpView, values: FormValues) -> list[kit.Block]:
    hint = f"I'll let the other side know. {view.discussion.minutes} minutes, as planned."
    later = kit.option("No date yet, remind us", TICKED)
    return [
        kit.field(STARTS_AT, "New date and time", kit.moment_picker(values.moment(STARTS_AT)), hint=hint),
        kit.field(LATER, "No new date yet?", kit.checkboxes([later], values.choices(LATER))),
    ]


def _discussed(view: WrapUpView, values: FormValues) -> Iterator[kit.Block]:
    label = f"Shared notes ({formatting.first_name(view.employee)} and {formatting.first_name(view.manager)} see these)"
    yield kit.field(NOTES, label, kit.text_input(values.text(NOTES), longest=LONGEST_NOTES))
    for number, start in enumerate(range(0, len(view.agenda), BOXES_PER_ELEMENT)):
        some = view.agenda[start : start + BOXES_PER_ELEMENT]
        field = f"{DISCUSSED}.{number}"
        boxes = kit.checkboxes([_box(item) for item in some], values.choices(field))
        label = "What did you talk about?" if number == 0 else "What else did you talk about?"
        yield kit.field(field, label, boxes, hint="What is not ticked moves on to the next discussion.")


def _box(item: AgendaItem) -> kit.Element:
    """An item as an option's two lines, broken between words; the agenda shows all of it."""
    text = " ".join(item.text.split())
    if len(text) <= kit.OPTION_TEXT:
        return kit.option(text, str(item.pk))
    cut = text.rfind(" ", 0, kit.OPTION_TEXT + 1)
    cut = cut if cut > 0 else kit.OPTION_TEXT
    return kit.option(text[:cut], str(item.pk), text[cut:].strip())


def _commitments(view: WrapUpView, metadata: WrapUpMetadata, values: FormValues) -> Iterator[kit.Block]:
    yield kit.header("What will each of you do before the next discussion?")
    options = [_named(side, view) for side in (Side.EMPLOYEE, Side.MANAGER)]
    shown = min(max(metadata.commitment_rows, FEWEST_COMMITMENTS), MOST_COMMITMENTS)
    for number, entry in enumerate(_entries(values, shown), start=1):
        what = kit.text_input(entry.text, longest=LONGEST_COMMITMENT)
        yield kit.field(entry.text_field, f"Commitment {number}", what)
        yield kit.field(
            _owner_field(entry), f"Who takes on commitment {number}?", kit.select(options, entry.owner), optional=False
        )
        yield kit.field(entry.date_field, f"Commitment {number}: by when?", kit.day_picker(entry.due_on))
    if shown < MOST_COMMITMENTS:
        yield kit.actions(
            [kit.button("Add another commitment", ActionId.MORE_COMMITMENTS)], block_id="more.commitments"
        )
    none = kit.option("Nothing to do this time", TICKED)
    yield kit.field(NO_COMMITMENTS, "No commitments?", kit.checkboxes([none], values.choices(NO_COMMITMENTS)))


def _named(side: Side, view: WrapUpView) -> kit.Element:
    person = view.employee if side is Side.EMPLOYEE else view.manager
    return kit.option(f"{formatting.shorten(formatting.first_name(person), 60)} ({side})", side)


def _format(view: WrapUpView, values: FormValues) -> Iterator[kit.Block]:
    pair = view.pair
    yield kit.header("How do you want to meet from now on?")
    often = [kit.option(_sentence(text), cadence) for cadence, text in formatting.CADENCES.items()]
    yield kit.field(CADENCE, "How often?", kit.select(often, values.choice(CADENCE) or pair.cadence), optional=False)
    lengths = sorted({*LENGTHS, pair.minutes})
    long = [kit.option(f"{minutes} minutes", str(minutes)) for minutes in lengths]
    yield kit.field(MINUTES, "How long?", kit.select(long, values.choice(MINUTES) or str(pair.minutes)), optional=False)
    where = [kit.option(_sentence(text), place) for place, text in formatting.PLACES.items()]
    yield kit.field(PLACE, "Where or how?", kit.select(where, values.choice(PLACE) or pair.place))
    takers = {
        NotesBy.EMPLOYEE: formatting.first_name(view.employee),
        NotesBy.MANAGER: formatting.first_name(view.manager),
        NotesBy.BOTH: "Both of you",
    }
    who = [kit.option(text, taker) for taker, text in takers.items()]
    yield kit.field(NOTES_BY, "Who takes notes?", kit.select(who, values.choice(NOTES_BY) or pair.notes_by))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _next(values: FormValues) -> Iterator[kit.Block]:
    yield kit.header("When do you meet next?")
    picker = kit.moment_picker(values.moment(NEXT_STARTS_AT))
    yield kit.field(NEXT_STARTS_AT, "Next date and time", picker, hint="In your own time zone.")
    later = kit.option("Decide later; remind us", TICKED)
    yield kit.field(NEXT_LATER, "No date yet?", kit.checkboxes([later], values.choices(NEXT_LATER)))


# --- afterwards ------------------------------------------------------------------------------------------------------


def wrapped_up(
    outcome: Outcome, me: Person, lead: str = "Wrapped up. Here is what you two agreed on."
) -> dict[str, Any]:
    """What was agreed, when they talk next, and what follows."""
    blocks = [kit.section(kit.escape(lead))]
    for commitment in outcome.commitments:
        blocks += [kit.section(_whose(commitment, outcome)), *kit.in_full(commitment.text)]
    if not outcome.commitments:
        blocks.append(kit.section("No commitments this time."))
    if outcome.discussion.notes:
        blocks += [kit.section("*Notes*"), *kit.in_full(outcome.discussion.notes)]
    if outcome.coming is not None:
        blocks += _coming(outcome, outcome.coming, me)
    blocks.append(kit.context(_thanks(outcome, me)))
    show = kit.button("Show commitments", Action.OPEN_COMMITMENTS, str(outcome.pair.pk))
    return kit.modal(FormId.NOTICE, "Wrapped up", [*blocks, kit.actions([show])])


def already(outcome: Outcome, me: Person, sentence: str, mine: FormValues | None) -> dict[str, Any]:
    """For the side that wraps up second: what was agreed and, so that it is not lost, what they had typed."""
    view = wrapped_up(outcome, me, sentence)
    typed = [values for values in (mine.text(NOTES), *_words(mine)) if values.strip()] if mine else []
    if typed:
        view["blocks"] += [kit.divider(), kit.section("*What you had typed, to copy from*")]
        view["blocks"] += [block for text in typed for block in kit.in_full(text)]
    return view


def _words(values: FormValues) -> list[str]:
    return [values.text(_row(number).text_field) for number in range(MOST_COMMITMENTS)]


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


def moved(discussion: Discussion, me: Person, people: Sequence[Person], today: date) -> dict[str, Any]:
    """After moving a discussion that did not happen: its new date, or that it was left for later."""
    if discussion.starts_at is None:
        by = formatting.day(discussion.due_on, today)
        return kit.notice("Left for later", f"It is due by {by}. I'll remind you both in time to find a date.")
    other = next(person for person in people if person.id != me.id)
    when = kit.fitted(formatting.both_clocks(discussion.starts_at, me, other, today), 1000)
    said = [kit.escape(text) for text in warnings(discussion.starts_at, discussion.minutes, (me, other), me, today)]
    return kit.notice("Moved", "\n".join([f"Your discussion is now on {when}, {discussion.minutes} minutes.", *said]))
