"""What the forms of a wrap-up have in common: notes, commitments, and how the two want to meet (practices E9, E11)."""

from collections.abc import Iterator

from cycle import formatting
from cycle.commitments import LONGEST_COMMITMENT, CommitmentEntry
from cycle.wrap_up import (
    LONGEST_NOTES,
    NOTES,
)
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.views import kit
from handlers.views.schedule import LENGTHS, LONGEST
from storage.commitments import Advocacy
from storage.pairs import Cadence, NotesBy, Pair, Place, Side
from storage.people import Person

CADENCE, MINUTES, PLACE, NOTES_BY = "cadence", "minutes", "place", "notes_by"  # fields that `cycle` does not name
# Before their names where the two have agreed on a format: Slack keeps what is chosen in a field of the same name, and
# what the second person had chosen would hide what was agreed.
AGREED = "agreed_"
NO_WAY = "none"  # the option for a commitment that is none of the ways
FEWEST_COMMITMENTS = 2  # one row per side
MOST_COMMITMENTS = 8  # more than this is a wish list


def rows(values: FormValues) -> int:
    """How many rows of commitments a form has."""
    return sum(field.startswith("commitment.") and field.endswith(".text") for field in values)


def rows_in_use(values: FormValues) -> int:
    """How many rows of commitments it takes to show those in which something is filled in."""
    used = [number for number, entry in enumerate(entries_of(values, MOST_COMMITMENTS), start=1) if not entry.is_empty]
    return max(used, default=FEWEST_COMMITMENTS)


def chosen_format(
    values: FormValues, pair: Pair, prefix: str
) -> tuple[Cadence, int, Place | None, NotesBy | None]:  # fmt: skip
    """How the two want to meet; menus that were left alone, or are not shown, keep the pair's values."""
    return (
        values.member(prefix + CADENCE, Cadence) or pair.cadence,
        values.number(prefix + MINUTES, at_most=LONGEST) or pair.minutes,
        values.member(prefix + PLACE, Place) or pair.place,
        values.member(prefix + NOTES_BY, NotesBy) or pair.notes_by,
    )


def entries_of(values: FormValues, number: int) -> list[CommitmentEntry]:
    """The rows of commitments as they are filled in."""
    entries = []
    for row in range(max(number, FEWEST_COMMITMENTS)):
        entry = _row(row)
        owner = values.side(_owner_field(entry)) or entry.owner
        text, day = values.text(entry.text_field), values.day(entry.date_field)
        way = values.member(entry.advocacy_field, Advocacy)
        entries.append(CommitmentEntry(entry.slot, owner, text, day, way))
    return entries


def _row(number: int) -> CommitmentEntry:
    """An empty row: the employee's first, then one of the manager's (E1, E11)."""
    return CommitmentEntry(f"commitment.{number}", Side.MANAGER if number == 1 else Side.EMPLOYEE)


def _owner_field(entry: CommitmentEntry) -> str:
    return f"{entry.slot}.owner"


def notes_field(employee: Person, manager: Person, me: Person, text: str) -> Iterator[kit.Block]:
    """My own notes, which the other side can read."""
    other = formatting.first_name(manager if me.id == employee.id else employee)
    yield kit.field(NOTES, f"Your notes, which {other} can read", kit.text_input(text, longest=LONGEST_NOTES))


def commitment_fields(
    employee: Person, manager: Person, number: int, values: FormValues, *, for_manager: bool = False
) -> Iterator[kit.Block]:
    """A row for each side; whose a further one is, is chosen. The day is beside a text, to keep rows low.

    `for_manager`: with a menu of ways to speak up for the employee (M8), in the rows of the manager who fills it in.
    """
    options = [_named(Side.EMPLOYEE, employee), _named(Side.MANAGER, manager)]
    shown = min(max(number, FEWEST_COMMITMENTS), MOST_COMMITMENTS)
    for row, entry in enumerate(entries_of(values, shown)):
        owner = formatting.first_name(employee if entry.owner is Side.EMPLOYEE else manager)
        question = f"What will {owner} do?"
        if row >= FEWEST_COMMITMENTS or entry.owner is not _row(row).owner:
            question = f"Commitment {row + 1}: what?"
            who = kit.select(options, entry.owner)
            yield kit.section(f"*Commitment {row + 1}: whose?*", who) | {"block_id": _owner_field(entry)}
        what = kit.text_input(" ".join(entry.text.split()), multiline=False, longest=LONGEST_COMMITMENT)
        yield kit.field(entry.text_field, question, what)
        yield kit.section(kit.BY_WHEN, kit.day_picker(entry.due_on)) | {"block_id": entry.date_field}
        if for_manager and entry.owner is Side.MANAGER:
            yield advocacy_menu(entry, employee)
    if shown < MOST_COMMITMENTS:
        yield kit.actions(
            [kit.button("Add another commitment", ActionId.MORE_COMMITMENTS)], block_id="more.commitments"
        )


def advocacy_menu(entry: CommitmentEntry, employee: Person) -> kit.Block:
    """M8: in which way a manager speaks up for the employee, if that is what they will do."""
    options = [
        kit.option("None of these", NO_WAY),
        *(kit.option(text, way) for way, text in formatting.ADVOCACY.items()),
    ]
    name = kit.fitted(formatting.first_name(employee), 300)
    menu = kit.select(options, entry.advocacy or NO_WAY)
    return kit.section(f"*Support for {name}?*", menu) | {"block_id": entry.advocacy_field}


def _named(side: Side, person: Person) -> kit.Element:
    return kit.option(f"{formatting.shorten(formatting.first_name(person), 60)} ({side})", side)


def format_fields(
    pair: Pair, employee: Person, manager: Person, values: FormValues, prefix: str
) -> Iterator[kit.Block]:  # fmt: skip
    """How often, how long, where, and who takes notes (E9)."""
    cadence, minutes, place, notes_by = chosen_format(values, pair, prefix)
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


def format_so_far(pair: Pair, me: Person, other: Person) -> Iterator[kit.Block]:
    """How the two meet so far, and a button to change it."""
    change = kit.button("Change how we meet", ActionId.CHANGE_FORMAT)
    yield kit.section(kit.fitted(formatting.how_you_meet(pair, me, other), 1000), change) | {"block_id": "format"}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
