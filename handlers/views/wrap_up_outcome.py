"""What came of a discussion: shown after wrapping up, after adding to it, and where nothing can be added any more."""

from collections.abc import Iterator, Sequence
from typing import Any

from cycle import formatting
from cycle.nudges import Action
from cycle.nudges.scheduling import calendar_button
from cycle.scheduling import Heard, warnings
from cycle.wrap_up import (
    NOTES,
    Added,
    Outcome,
)
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.views import kit, pulses
from handlers.views import wrap_up_fields as fields
from handlers.views.schedule import how_heard
from storage.commitments import Commitment
from storage.discussions import Discussion
from storage.people import Person
from storage.wrap_ups import Notes


def wrapped_up(
    outcome: Outcome, me: Person, lead: str = "Wrapped up. Here is what you two agreed on.", *, is_new: bool = True
) -> dict[str, Any]:
    """What was agreed, when they talk next, and what follows from it, if it was wrapped up just now."""
    blocks = [kit.section(kit.escape(lead)), *agreed_blocks(outcome), *notes_blocks(outcome.notes, outcome)]
    if outcome.coming is not None:
        blocks += _coming(outcome, outcome.coming, me)
    if is_new:
        blocks.append(kit.context(_thanks(outcome, me)))
    show = kit.button("Show commitments", Action.OPEN_COMMITMENTS, str(outcome.pair.pk))
    gap = kit.button("Add a skill gap", ActionId.ADD_GAP, str(outcome.pair.pk))  # E7: what the two agreed to close
    buttons = [show, gap, pulses.ask(outcome.discussion.pk)] if is_new else [show]
    if outcome.coming is not None and outcome.coming.round:
        buttons.append(kit.choice(calendar_button(outcome.coming)))
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


def agreed_blocks(outcome: Outcome) -> Iterator[kit.Block]:
    """The commitments of both, each in full."""
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
    return [entry.text for entry in fields.entries_of(values, fields.MOST_COMMITMENTS)]


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
