"""The guide to a discussion, part by part, with notes that are saved as typed (practices E6–E8, L2, L3, L7)."""

from collections.abc import Iterator
from typing import Any, Final

from cycle import formatting
from cycle.bank import Bank
from cycle.follow_through import in_words
from cycle.guide import LONGEST_NOTES, LONGEST_RESPONSE, NOTES, RESPONSE, Guide, Part, minutes_of
from cycle.levels import difference
from cycle.nudges import Action
from cycle.prompts import BY_QUESTION, Prompt
from cycle.roadmap import tree
from cycle.suggestions import order_of_discussion
from cycle.turns import Turn, order_of
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import GuideMetadata
from handlers.views import kit
from handlers.views.home import words_for_due
from handlers.views.roadmap import bar, words_for_progress
from storage.pairs import Side

NAMES: Final = {
    Part.STANDING: "Where you stand",
    Part.QUESTIONS: "Questions and agenda",
    Part.OBJECTIVES: "Objectives and skills",
    Part.CLOSING: "Before you leave",
}
NAV: Final = "guide.nav"
MOST_OBJECTIVES: Final = 8
MOST_GAPS: Final = 6
MOST_COMMITMENTS: Final = 10
MOST_TURNS: Final = 30
TEXT: Final = 300  # characters shown of what people wrote
ANSWER_TEXT: Final = 600


def notes_of(values: FormValues) -> dict[str, str]:
    """The notes by field, those of parts that are not shown included, where a draft has them."""
    return {name: values.text(name) for part in Part if (name := f"{NOTES}{part}") in values}


def render(view: Guide, metadata: GuideMetadata, values: FormValues, bank: Bank) -> dict[str, Any]:
    """One part: what to do, what there is to know, and my own notes."""
    blocks = [_menu(view), *_PARTS[view.part](view, values, bank), *_notes(view, values)]
    last = view.part is Part.CLOSING
    submit = "Wrap up" if last else "Next part"
    return kit.modal(FormId.GUIDE, "Guide", blocks, submit=submit, metadata=metadata.updated(part=view.part))


def _menu(view: Guide) -> kit.Block:
    minutes = minutes_of(view.discussion.minutes)
    options = [
        kit.option(f"{number} of {len(Part)} · {NAMES[part]} ({minutes[part]} min)", part)
        for number, part in enumerate(Part, start=1)
    ]
    menu = kit.select(options, view.part, action_id=ActionId.GO_TO_PART)
    return kit.actions([menu], block_id=f"{NAV}.{view.part}")


def _name(view: Guide) -> str:
    return kit.fitted(formatting.first_name(view.other), 300)


# --- where the employee stands ---------------------------------------------------------------------------------------


def _standing(view: Guide, values: FormValues, _bank: Bank) -> Iterator[kit.Block]:
    """E6: first the manager's view, then the employee's, then the difference."""
    name, is_employee = _name(view), view.my_side is Side.EMPLOYEE
    yield kit.context(_when(view))
    for warning in view.warnings:
        yield kit.section(f":warning: {kit.escape(warning)}")
    steps = (
        (f"Ask {name} where they see you.", "Share your own view.", "Explore the difference together.")
        if is_employee
        else (f"Say where you see {name}.", f"Listen to {name}'s own view.", "Explore the difference together.")
    )
    yield kit.section("\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)))
    yield kit.section("\n".join(_levels(view)))
    if view.apart is None:
        return
    if is_employee:
        typed = values.text(RESPONSE) if RESPONSE in values else view.response or ""
        element = kit.text_input(typed, longest=LONGEST_RESPONSE)
        hint = f"{formatting.first_name(view.other)} can read this. It goes into the record of this discussion."
        yield kit.field(RESPONSE, "Your response", element, hint=hint)
    elif view.response:
        yield kit.section(f"*{name}'s response*\n{kit.quoted(view.response, 2600)}")


def _when(view: Guide) -> str:
    starts_at = view.discussion.starts_at
    if starts_at is None:
        return f"Your discussion with {_name(view)} has no date yet."
    when = kit.fitted(formatting.both_clocks(starts_at, view.me, view.other, view.today), 600)
    tip = f"To be undisturbed, type `/dnd {view.discussion.minutes} minutes` in Slack."
    return f"With {_name(view)} · {when}, {view.discussion.minutes} minutes. {tip}"


def _levels(view: Guide) -> Iterator[str]:
    for whose in (Side.MANAGER, Side.EMPLOYEE):
        is_mine = whose is view.my_side
        who = "You" if is_mine else _name(view)
        level = view.levels.get(whose)
        if level is not None:
            yield f"*{who}*: {formatting.LEVELS[level]}"
        else:
            yield f"*{who}*: not given yet" if is_mine else f"*{who}*: hidden until both are in"
    if view.apart is not None:
        yield f"_{kit.escape(difference(formatting.first_name(view.other), view.apart, view.my_side))}_"


# --- questions and agenda --------------------------------------------------------------------------------------------


def _questions(view: Guide, _values: FormValues, bank: Bank) -> Iterator[kit.Block]:
    """C14: the employee's first. L3: beside what the employee is asked, the manager's own answer to it."""
    steps = order_of_discussion(bank, view.discussion.question_set)
    order = order_of(steps, view.agenda, view.pair.employee_id, view.minutes)
    if not order.turns:
        yield kit.section("Nothing is on the agenda. Ask what is on your minds.")
    lines = [_turn(view, turn, bank) for turn in (*order.turns,)[:MOST_TURNS]]
    if order.left_out:
        lines.append("*If there is time left*")
        lines += [_turn(view, turn, bank) for turn in order.left_out[: MOST_TURNS - len(order.turns[:MOST_TURNS])]]
    yield from kit.packed(lines)


def _turn(view: Guide, turn: Turn, bank: Bank) -> str:
    is_mine, name = turn.side is view.my_side, _name(view)
    who = "You" if is_mine else name
    words = kit.fitted(" ".join(turn.text.split()), TEXT * 2)
    lines = [f"• *{who}*: {words} _({turn.minutes} min)_"]
    if (answer := _answer(view, turn.text, bank)) is not None:
        lines.append(answer)
    return "\n".join(lines)


def _answer(view: Guide, question: str, bank: Bank) -> str | None:
    """The manager's answer to a question of the bank, where they gave one that I may read."""
    prompt = _prompt(question, bank)
    answer = view.answers.get(prompt.key) if prompt else None
    if prompt is None or answer is None:
        return None
    text = kit.fitted(" ".join(answer.text.split()), ANSWER_TEXT)
    if view.my_side is Side.EMPLOYEE:
        return f"> {_name(view)}, on “{prompt.label}”: {text}"
    seen = "" if answer.shared else " _(only you see this)_"
    return f"> Your answer to “{prompt.label}”: {text}{seen}"


def _prompt(question: str, bank: Bank) -> Prompt | None:
    asked = " ".join(question.split()).casefold()
    known = next((one for one in bank.questions if one.text.casefold() == asked), None)
    return BY_QUESTION.get(known.leader_question or "") if known else None


# --- objectives and skills -------------------------------------------------------------------------------------------


def _objectives(view: Guide, _values: FormValues, _bank: Bank) -> Iterator[kit.Block]:
    """E7, E8: how far each objective is, the support asked for, and skill gaps; each opens to agree on it."""
    way, is_employee, name = view.roadmap, view.my_side is Side.EMPLOYEE, _name(view)
    if way is None:
        return
    yield kit.context(
        f"Say how it is going, agree on the support you need, and ask {name} how to close your skill gaps."
        if is_employee
        else f"Hear how it is going, agree on the support {name} asks for, and say how you would close the skill gaps."
    )
    if not way.current:
        yield kit.section("No objectives yet. Agree on a first one." if is_employee else f"{name} shares none yet.")
    for branch in tree(way.current)[:MOST_OBJECTIVES]:
        one, progress = branch.objective, way.progress(branch.objective)
        facts = [formatting.TERMS[one.horizon], f"by {formatting.day(one.target_on, view.today)}"]
        if progress.total:
            facts.append(f"{bar(progress)} {words_for_progress(progress)}")
        if one.support_given:
            facts.append("support agreed")
        elif one.support_asked:
            facts.append("support asked for")
        lines = f"*{kit.fitted(' '.join(one.text.split()), TEXT)}*\n{' · '.join(facts)}"
        yield kit.section(lines, kit.button("Open", ActionId.OPEN_OBJECTIVE, str(one.pk), about=one.text))
    for gap in way.gaps[:MOST_GAPS]:
        step = kit.fitted(" ".join(gap.way.split()), TEXT) or "How could it be closed?"
        yield kit.section(
            f"*Skill gap: {kit.fitted(gap.skill, TEXT)}*\n{step}",
            kit.button("Open", ActionId.OPEN_GAP, str(gap.pk), about=gap.skill),
        )
    pair = str(view.pair.pk)
    buttons = [
        kit.button("Add a skill gap", ActionId.ADD_GAP, pair),
        kit.button("Roadmap", ActionId.OPEN_ROADMAP, pair),
    ]
    yield kit.actions(buttons)


# --- closing ---------------------------------------------------------------------------------------------------------


def _closing(view: Guide, _values: FormValues, _bank: Bank) -> Iterator[kit.Block]:
    """E9–E11: what to agree on before the two part, and what is open from before."""
    yield kit.section(
        "Agree on three things, then wrap up:\n"
        "1. What each of you will do, and by when.\n"
        "2. How you want to meet: how often, how long, where, who takes notes.\n"
        "3. The next date."
    )
    by_side = [view.me, view.other] if view.my_side is Side.EMPLOYEE else [view.other, view.me]
    mirror = [
        f"{'You' if one.id == view.me.id else _name(view)}: {in_words(found)}"
        for one in by_side
        if (found := view.mirror.get(one.pk)) is not None and not found.is_empty
    ]
    if mirror:
        yield kit.context("\n".join(["Follow-through in the last year", *mirror]))
    if view.commitments:
        yield kit.section("*Open commitments*")
    lines = []
    for one in view.commitments[:MOST_COMMITMENTS]:
        who = "You" if one.owner_id == view.me.id else _name(view)
        text = kit.fitted(" ".join(one.text.split()), TEXT)
        lines.append(f"• {who}: {text} _({words_for_due(one.due_on, view.today)})_")
    yield from kit.packed(lines)
    if view.commitments:
        yield kit.actions([kit.button("Show commitments", Action.OPEN_COMMITMENTS, str(view.pair.pk))])


def _notes(view: Guide, values: FormValues) -> Iterator[kit.Block]:
    name = f"{NOTES}{view.part}"
    element = kit.text_input(values.text(name), longest=LONGEST_NOTES)
    hint = "Only you see these, saved as you type. The wrap-up begins with them, and shares what you keep."
    yield kit.field(name, "Your notes", element, hint=hint)


_PARTS: Final = {
    Part.STANDING: _standing,
    Part.QUESTIONS: _questions,
    Part.OBJECTIVES: _objectives,
    Part.CLOSING: _closing,
}
