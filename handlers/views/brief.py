"""The brief of a talk, at one look (practices E2, E6, E16). Nothing to fill in; buttons lead to what can be done."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from cycle import formatting
from cycle.bank import Asker, QuestionSet, Stage
from cycle.brief import Brief
from cycle.nudges import Action
from cycle.prompts import BY_KEY
from cycle.suggestions import Step
from handlers.shared.ids import FormId
from handlers.shared.view_metadata import PairMetadata
from handlers.views import kit
from storage.commitments import Commitment
from storage.discussions import DiscussionState
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Answer

# In the brief a text is a reminder; the buttons lead to all of it.
POINT_TEXT: Final = 300  # characters of an agenda item, promise or objective
ANSWER_TEXT: Final = 600  # characters of an answer of one's own
MOST_COMMITMENTS: Final = 10

STAGES: Final = {Stage.OPENING: "Opening", Stage.EXPLORING: "Exploring", Stage.CLOSING: "Closing"}
STEPS: Final = {1: "one step", 2: "two steps"}


def render(brief: Brief, chosen: QuestionSet | None = None, order: Sequence[Step] = ()) -> dict[str, Any]:
    """The brief as a modal. `order`: of the set of questions chosen for the talk, where there is one."""
    blocks = [
        kit.section(_when(brief)),
        *_reason(brief),
        *_checklist(brief),
        *_agenda(brief),
        *_order(brief, chosen, order),
        *_commitments(brief),
        *_levels(brief),
        *_answers(brief),
        *_objectives(brief),
        *_notes(brief),
    ]
    if brief.is_coming:
        blocks.append(kit.actions(_buttons(brief)))
    title = "Your brief" if brief.is_coming else "Looking back"
    metadata = PairMetadata(pair_id=brief.pair.pk, discussion_id=brief.discussion.pk)
    return kit.modal(FormId.BRIEF, title, blocks, metadata=metadata)


def _when(brief: Brief) -> str:
    discussion, other = brief.discussion, _name(brief.other)
    if discussion.starts_at is None:
        due = formatting.day(discussion.due_on, brief.today)
        ended = " It was cancelled." if discussion.state is DiscussionState.CANCELLED else ""
        return f"Your talk with {other} has no date yet (due by *{due}*).{ended}"
    if not brief.is_coming:
        fate = "was cancelled" if discussion.state is DiscussionState.CANCELLED else "took place"
        return f"Your talk with {other} on *{formatting.moment(discussion.starts_at, brief.me)}* {fate}."
    clocks = kit.fitted(formatting.both_clocks(discussion.starts_at, brief.me, brief.other), 1000)
    where = f", {formatting.PLACES[brief.pair.place]}" if brief.pair.place else ""
    return f"You talk with {other} on *{clocks}*, {discussion.minutes} minutes{where}."


def _reason(brief: Brief) -> list[kit.Block]:
    return kit.in_full(brief.discussion.cancel_reason or "")


def _checklist(brief: Brief) -> Iterator[kit.Block]:
    if brief.checklist:
        yield kit.header("Before the talk")
        yield from kit.packed(
            f":white_check_mark: Done: {kit.fitted(check.sentence, 600)}"
            if check.done
            else f":white_large_square: Open: {kit.fitted(check.sentence, 600)}"
            for check in brief.checklist
        )


def _agenda(brief: Brief) -> Iterator[kit.Block]:
    yield kit.header("Agenda")
    if not brief.agenda:
        yield kit.section("No points yet." if brief.is_coming else "There was no agenda.")
    yield from kit.packed(
        f"{number}. {kit.fitted(item.text, POINT_TEXT)} "
        f"_({'you' if item.author_id == brief.me.id else _name(brief.other)}, {formatting.ITEM_STATES[item.state]})_"
        for number, item in enumerate(brief.agenda, start=1)
    )


def _order(brief: Brief, chosen: QuestionSet | None, order: Sequence[Step]) -> Iterator[kit.Block]:
    """The talk along a set: in each part the employee's questions, then the manager's (C14)."""
    if chosen is None or not brief.is_coming:
        return
    yield kit.header("Order of the talk")
    too_long = f", longer than the {brief.discussion.minutes} you have: leave some out" * (
        chosen.minutes > brief.discussion.minutes
    )
    yield kit.context(f"{kit.escape(chosen.title)}: about {chosen.minutes} minutes{too_long}.")
    lines = []
    for stage, steps in groupby(order, key=lambda step: step.question.stage):
        lines.append(f"*{STAGES[stage]}*")
        lines += [f"• {_asks(brief, step)}: {kit.escape(step.question.text)} _({step.minutes} min)_" for step in steps]
    yield from kit.packed(lines)


def _asks(brief: Brief, step: Step) -> str:
    mine = (step.question.asker is Asker.EMPLOYEE) is (brief.my_side is Side.EMPLOYEE)
    return "You ask" if mine else f"{_name(brief.other)} asks"


def _commitments(brief: Brief) -> Iterator[kit.Block]:
    yield kit.header("Open promises" if brief.is_coming else "What was promised")
    if not brief.commitments:
        yield kit.section("None.")
    yield from kit.packed(_commitment(brief, one) for one in brief.commitments[:MOST_COMMITMENTS])
    if (left := len(brief.commitments) - MOST_COMMITMENTS) > 0:
        yield kit.context(f"And {left} more: `/career commitments` shows all that are open.")


def _commitment(brief: Brief, one: Commitment) -> str:
    who = "You" if one.owner_id == brief.me.id else _name(brief.other)
    day = formatting.day(one.due_on, brief.today)
    if not brief.is_coming:
        return f"• *{who}*: {kit.fitted(one.text, POINT_TEXT)} ({day}, {one.state})"
    when = f"the date has passed: {day}" if one.due_on < brief.today else f"by {day}"
    return f"• *{who}*: {kit.fitted(one.text, POINT_TEXT)} ({when})"


def _levels(brief: Brief) -> Iterator[kit.Block]:
    """E2, E6: both assessments side by side, the employee's first, once both are in."""
    employee = "you" if brief.my_side is Side.EMPLOYEE else _name(brief.other)
    yield kit.header("Work on the career, as each of you sees it")
    lines = [_level(brief, one) for one in Side]
    apart = brief.apart
    if apart is not None:
        lines.append(_difference(brief, apart))
    if brief.is_coming:
        lines.append(
            f"In the talk, ask first where {_name(brief.other)} sees you; then share your own view; then explore the "
            "difference."
            if brief.my_side is Side.EMPLOYEE
            else f"In the talk, say first where you see {employee}; then hear their own view; then explore the "
            "difference."
        )
    yield kit.section("\n".join(lines))


def _level(brief: Brief, whose: Side) -> str:
    mine = whose is brief.my_side
    name = "You" if mine else _name(brief.other)
    if (level := brief.levels.get(whose)) is not None:
        alone = "" if brief.apart is not None else " (only you see this until both are in)"
        return f"*{name}*: {formatting.LEVELS[level]}{alone}"
    return f"*{name}*: {'not given yet' if mine else 'hidden until both are in'}"


def _difference(brief: Brief, apart: int) -> str:
    """The difference named kindly; `apart` is how many steps the manager sees the employee further."""
    if apart == 0:
        return "You both see it the same way."
    steps, other = STEPS[abs(apart)], _name(brief.other)
    if brief.my_side is Side.EMPLOYEE:
        if apart > 0:
            return f"{other} sees you {steps} further along than you see yourself."
        return f"You see yourself {steps} further along than {other} does. An example from each of you helps here."
    if apart > 0:
        return f"You see {other} {steps} further along than they see themselves: good to say out loud."
    return f"{other} is {steps} further along in their own eyes than in yours. An example from each of you helps here."


def _answers(brief: Brief) -> Iterator[kit.Block]:
    """The employee's answers first (E1). What the other shares stands in full: it can be read nowhere else."""
    for side in Side:
        if side is brief.my_side:
            yield kit.header("Your preparation")
            yield from _mine(brief)
        else:
            yield kit.header(f"What {formatting.first_name(brief.other)} shares")
            if not brief.theirs:
                yield kit.section("Nothing shared so far." if brief.is_coming else "Nothing was shared.")
            for answer in _in_order(brief.theirs):
                yield kit.section(f"*{_label(answer)}*")
                yield from kit.in_full(answer.text)


def _mine(brief: Brief) -> Iterator[kit.Block]:
    if not brief.mine:
        yield kit.section("No answers yet." if brief.is_coming else "No answers.")
    for answer in _in_order(brief.mine):
        seen = f"{_name(brief.other)} can read this" if answer.shared else "only you see this"
        yield kit.section(f"*{_label(answer)}* · {seen}\n{kit.quoted(answer.text, ANSWER_TEXT)}")


def _in_order(answers: Sequence[Answer]) -> list[Answer]:
    known = list(BY_KEY)
    return sorted(answers, key=lambda one: known.index(one.question) if one.question in BY_KEY else len(known))


def _label(answer: Answer) -> str:
    prompt = BY_KEY.get(answer.question)
    return prompt.label if prompt else "An earlier question"


def _objectives(brief: Brief) -> Iterator[kit.Block]:
    if brief.objectives:
        whose = "Your" if brief.my_side is Side.EMPLOYEE else f"{formatting.first_name(brief.other)}'s"
        yield kit.header(f"{whose} objectives")
        yield from kit.packed(
            f"• {kit.fitted(one.text, POINT_TEXT)} (by {formatting.day(one.target_on, brief.today)})"
            for one in sorted(brief.objectives, key=lambda one: one.target_on)
        )


def _notes(brief: Brief) -> Iterator[kit.Block]:
    """The notes of the talk before; of a past talk its own."""
    discussion = brief.last if brief.is_coming else brief.discussion
    if discussion is not None and discussion.notes:
        yield kit.header("Notes of your last talk" if brief.is_coming else "Notes")
        yield from kit.in_full(discussion.notes)


def _buttons(brief: Brief) -> list[kit.Element]:
    pair_id = str(brief.pair.pk)
    return [
        kit.button("My preparation", Action.OPEN_PREPARATION, pair_id),
        kit.button("The agenda", Action.OPEN_AGENDA, pair_id),
        kit.button("Promises", Action.OPEN_COMMITMENTS, pair_id),
        kit.button("Another time" if brief.discussion.starts_at else "Find a time", Action.OPEN_SCHEDULE, pair_id),
    ]


def _name(person: Person) -> str:
    return kit.fitted(formatting.first_name(person), 300)
