"""The brief as a document: what a person reads before they meet, or when they look back (practices E2, E6, E16)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from cycle import formatting
from cycle.bank import QuestionSet, Stage
from cycle.brief import Brief
from cycle.document import Document, Heading, ListItem, Marker, Paragraph, Part, Quote, Span, bold, excerpt, text
from cycle.drives import LABELS, written
from cycle.levels import difference
from cycle.nudges import Action, Button
from cycle.nudges.scheduling import calendar_button
from cycle.prompts import BY_KEY
from cycle.roadmap import progress
from cycle.suggestions import Step
from cycle.turns import Turn, order_of
from storage.commitments import Commitment
from storage.discussions import DiscussionState
from storage.objectives import Objective
from storage.pairs import Side
from storage.preparations import Answer

# In the brief a text is a reminder; the buttons lead to all of it.
ITEM_TEXT: Final = 300  # characters of an agenda item, commitment or objective
ANSWER_TEXT: Final = 600  # characters of an answer of one's own
MOST_COMMITMENTS: Final = 10
MOST_LEFT_OUT: Final = 5  # questions for which there is no time

STAGES: Final = {Stage.OPENING: "Opening", Stage.EXPLORING: "Exploring", Stage.CLOSING: "Closing"}


def brief_document(brief: Brief, chosen: QuestionSet | None = None, order: Sequence[Step] = ()) -> Document:
    """The brief as a document. `order`: the questions of the set chosen for the discussion."""
    parts = [
        *_when(brief),
        *_checklist(brief),
        *_agenda(brief),
        *_order(brief, chosen, order),
        *_commitments(brief),
        *_levels(brief),
        *_answers(brief),
        *_drives(brief),
        *_objectives(brief),
        *_notes(brief),
    ]
    title = "Your brief" if brief.is_coming else "Looking back"
    return Document(title, parts, _choices(brief) if brief.is_coming else (_record(brief),))


def _when(brief: Brief) -> Iterator[Part]:
    discussion, other = brief.discussion, _other(brief)
    is_cancelled = discussion.state is DiscussionState.CANCELLED
    if discussion.starts_at is None:
        due = bold(formatting.day(discussion.due_on, brief.today))
        if is_cancelled:
            yield Paragraph(text("Your discussion with ", other, ", due by ", due, ", was cancelled."))
        else:
            yield Paragraph(text("Your discussion with ", other, " has no date yet. It is due by ", due, "."))
    elif not brief.is_coming:
        when = bold(formatting.moment(discussion.starts_at, brief.me, brief.today))
        fate = " was cancelled." if is_cancelled else " took place."
        yield Paragraph(text("Your discussion with ", other, " on ", when, fate))
    else:
        clocks = bold(formatting.both_clocks(discussion.starts_at, brief.me, brief.other, brief.today))
        where = f", {formatting.PLACES[brief.pair.place]}" if brief.pair.place else ""
        yield Paragraph(text("You meet ", other, " on ", clocks, f", {discussion.minutes} minutes{where}."))
        if taker := formatting.who_takes_notes(brief.pair, brief.me, brief.other):
            yield Paragraph(text(taker))
    if discussion.cancel_reason:
        yield Quote(discussion.cancel_reason)


def _checklist(brief: Brief) -> Iterator[Part]:
    if brief.checklist:
        yield Heading("Before you meet")
        for check in brief.checklist:
            yield ListItem(text(Span(check.sentence, limit=600)), Marker.DONE if check.done else Marker.OPEN)


def _agenda(brief: Brief) -> Iterator[Part]:
    yield Heading("Agenda")
    if not brief.agenda:
        yield Paragraph(text("No items yet." if brief.is_coming else "There was no agenda."))
    for number, item in enumerate(brief.agenda, start=1):
        author = "you" if item.author_id == brief.me.id else formatting.first_name(brief.other)
        facts = Span(f"({author}, {formatting.ITEM_STATES[item.state]})", italic=True)
        yield ListItem(text(f"{number}. ", excerpt(item.text, ITEM_TEXT), " ", facts), Marker.NONE)


def _order(brief: Brief, chosen: QuestionSet | None, steps: Sequence[Step]) -> Iterator[Part]:
    """The discussion along a set and the agenda: in each part the employee's come first, then the manager's (C14)."""
    if chosen is None or not brief.is_coming:
        return
    available = brief.discussion.minutes
    order = order_of(steps, brief.agenda, brief.pair.employee_id, available)
    yield Heading("Order of the discussion")
    yield Paragraph(text(f"{chosen.title} and your agenda: about {order.minutes} of {available} minutes."), small=True)
    for stage, turns in groupby(order.turns, key=lambda turn: turn.stage):
        yield ListItem(text(bold(STAGES[stage])), Marker.NONE)
        for turn in turns:
            yield ListItem(text(*_turn(brief, turn), " ", Span(f"({turn.minutes} min)", italic=True)))
    if order.left_out:
        yield ListItem(text(bold("If there is time left")), Marker.NONE)
        for turn in order.left_out[:MOST_LEFT_OUT]:
            yield ListItem(text(*_turn(brief, turn)))
    if (more := len(order.left_out) - MOST_LEFT_OUT) > 0:
        yield Paragraph(text(f"And {formatting.count(more, 'question')} more."), small=True)


def _turn(brief: Brief, turn: Turn) -> tuple[Span | str, ...]:
    """Who asks it, or whose agenda item it is."""
    is_mine, name = turn.side is brief.my_side, formatting.first_name(brief.other)
    if turn.on_agenda:
        return "Your agenda item: " if is_mine else f"{name}'s agenda item: ", excerpt(turn.text, ITEM_TEXT)
    return "You ask: " if is_mine else f"{name} asks: ", excerpt(turn.text, ITEM_TEXT)


def _commitments(brief: Brief) -> Iterator[Part]:
    yield Heading("Open commitments" if brief.is_coming else "What you agreed on")
    if not brief.commitments:
        yield Paragraph(text("None."))
    for commitment in brief.commitments[:MOST_COMMITMENTS]:
        yield ListItem(_commitment(brief, commitment))
    if (left := len(brief.commitments) - MOST_COMMITMENTS) > 0:
        yield Paragraph(text(f"And {formatting.count(left, 'commitment')} more."), small=True)


def _commitment(brief: Brief, one: Commitment) -> tuple[Span, ...]:
    who = bold("You") if one.owner_id == brief.me.id else bold(formatting.first_name(brief.other))
    day = formatting.day(one.due_on, brief.today)
    if not brief.is_coming:
        when = f" ({day}, {one.state})"
    else:
        when = f" (was due {day})" if one.due_on < brief.today else f" (by {day})"
    return text(who, ": ", excerpt(one.text, ITEM_TEXT), when)


def _levels(brief: Brief) -> Iterator[Part]:
    """E2, E6: both assessments side by side, the employee's first, once both are in."""
    other = formatting.first_name(brief.other)
    yield Heading("How you each see it")
    for side in Side:
        yield ListItem(_level(brief, side), Marker.NONE)
    if brief.apart is not None:
        yield ListItem(text(difference(other, brief.apart, brief.my_side)), Marker.NONE)
    if brief.is_coming and brief.my_side is Side.EMPLOYEE:
        yield ListItem(
            text(
                f"When you meet, first ask where {other} sees you, then share your view, then explore the difference."
            ),
            Marker.NONE,
        )
    elif brief.is_coming:
        yield ListItem(
            text(f"When you meet, first say where you see {other}, then hear their view, then explore the difference."),
            Marker.NONE,
        )


def _level(brief: Brief, whose: Side) -> tuple[Span, ...]:
    is_mine = whose is brief.my_side
    name = bold("You") if is_mine else bold(formatting.first_name(brief.other))
    if (level := brief.levels.get(whose)) is not None:
        alone = "" if brief.apart is not None else " (only you see this until both are in)"
        return text(name, f": {formatting.LEVELS[level]}{alone}")
    return text(name, ": not given yet" if is_mine else ": hidden until both are in")


def _answers(brief: Brief) -> Iterator[Part]:
    """The employee's answers first (E1). What the other shares is shown in full: it can be read nowhere else."""
    for side in Side:
        if side is brief.my_side:
            yield Heading("Your preparation")
            yield from _mine(brief)
        else:
            yield Heading(f"What {formatting.first_name(brief.other)} shares")
            if not brief.theirs:
                yield Paragraph(text("No answers shared so far." if brief.is_coming else "No answers were shared."))
            for answer in _in_order(brief.theirs):
                yield Paragraph(text(bold(_label(answer))))
                yield Quote(answer.text)


def _mine(brief: Brief) -> Iterator[Part]:
    if not brief.mine:
        yield Paragraph(text("No answers yet." if brief.is_coming else "No answers."))
    for answer in _in_order(brief.mine):
        seen = f"{formatting.first_name(brief.other)} can read this" if answer.shared else "only you see this"
        yield Paragraph(text(bold(_label(answer)), f" · {seen}"))
        yield Quote(answer.text, ANSWER_TEXT)


def _in_order(answers: Sequence[Answer]) -> list[Answer]:
    known = list(BY_KEY)
    return sorted(answers, key=lambda one: known.index(one.question) if one.question in BY_KEY else len(known))


def _label(answer: Answer) -> str:
    prompt = BY_KEY.get(answer.question)
    return prompt.label if prompt else "An earlier question"


def _drives(brief: Brief) -> Iterator[Part]:
    """C4, L8, M5: what the employee says drives them; each sees what they may."""
    if not brief.drives:
        return
    other, is_mine = formatting.first_name(brief.other), brief.my_side is Side.EMPLOYEE
    yield Heading("What drives you" if is_mine else f"What drives {other}")
    for one in brief.drives:
        seen = f" ({other} can read this)" if one.shared else " (only you see this)"
        yield ListItem(text(bold(LABELS[one.kind]), ": ", excerpt(written(one), ITEM_TEXT), seen if is_mine else ""))


def _objectives(brief: Brief) -> Iterator[Part]:
    if not brief.objectives:
        return
    is_mine = brief.my_side is Side.EMPLOYEE
    yield Heading("Your objectives" if is_mine else f"{formatting.first_name(brief.other)}'s objectives")
    for one in sorted(brief.objectives, key=lambda one: one.target_on):
        facts = [f"by {formatting.day(one.target_on, brief.today)}"]
        if (so_far := progress(brief.benchmarks.get(one.pk, ()))).total:
            facts.append(f"{so_far.reached} of {formatting.count(so_far.total, 'benchmark')} reached")
        if is_mine:
            facts.append(f"{formatting.first_name(brief.other)} can read this" if one.shared else "only you see this")
        yield ListItem(text(excerpt(one.text, ITEM_TEXT), f" ({', '.join(facts)})"))
        if one.support_asked:
            yield ListItem(text(*_support(brief, one)), Marker.NONE)


def _support(brief: Brief, one: Objective) -> tuple[Span | str, ...]:
    """E8: the support that the employee asks for, or what the manager agreed to."""
    asker = "You ask" if brief.my_side is Side.EMPLOYEE else f"{_other(brief)} asks"
    giver = f"{_other(brief)} agreed" if brief.my_side is Side.EMPLOYEE else "You agreed"
    if one.support_given:
        return f"{giver} to this support: ", excerpt(one.support_given, ITEM_TEXT)
    return f"{asker} for this support: ", excerpt(one.support_asked or "", ITEM_TEXT)


def _notes(brief: Brief) -> Iterator[Part]:
    """The notes of the previous discussion; for a past discussion, its own."""
    if brief.notes:
        yield Heading("Notes from your last discussion" if brief.is_coming else "Notes")
    for notes in brief.notes:
        yield Paragraph(text(bold("You" if notes.author_id == brief.me.id else _other(brief))))
        yield Quote(notes.text)


def _choices(brief: Brief) -> tuple[Button, ...]:
    pair_id = brief.pair.pk
    guide = (Button("Guide", Action.OPEN_GUIDE, brief.discussion.pk),) if brief.discussion.starts_at else ()
    return (
        *guide,
        Button("Prepare", Action.OPEN_PREPARATION, pair_id),
        Button("Show the agenda", Action.OPEN_AGENDA, pair_id),
        Button("Show commitments", Action.OPEN_COMMITMENTS, pair_id),
        Button("Change the date" if brief.discussion.starts_at else "Find a time", Action.OPEN_SCHEDULE, pair_id),
        *((calendar_button(brief.discussion),) if brief.discussion.starts_at else ()),
    )


def _record(brief: Brief) -> Button:
    return Button("Read the record", Action.OPEN_RECORD, brief.discussion.pk)


def _other(brief: Brief) -> str:
    return formatting.first_name(brief.other)
