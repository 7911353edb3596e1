"""The preparation form of either side (practices E2–E4, C8, L1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle import formatting
from cycle.bank import Clarity, FeedbackStyle, Question, QuestionSet
from cycle.coach_remarks import Advice
from cycle.objectives import LONGEST_OBJECTIVE, ObjectiveEntry
from cycle.preparations import LEVEL, QUESTIONS, PreparationView
from cycle.prompts import BY_QUESTION, LONGEST_ANSWER, PROMPTS, Prompt
from cycle.suggestions import Step
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import coach_remarks, kit
from storage.objectives import Horizon, Objective
from storage.pairs import Side
from storage.people import Person

PICKED = "questions_picked"  # fields of the form that `cycle` does not name
SHARED = "shared"
OBJECTIVES = "objectives"  # the tick that shares all objectives
QUESTION_SET = "question_set"
CLARITY = "path_clarity"
FEEDBACK = "feedback_style"
UNSAID = "unsaid"  # the option for giving no answer
MOST_OBJECTIVES = 4  # per horizon; more are wishes
MOST_SETS = 99  # Slack takes 100 options, and one of them is no set

HEADINGS = {Horizon.SHORT: "Objectives for the next 6–12 months", Horizon.LONG: "Objectives for the next 2–5 years"}
EXAMPLES = {
    Horizon.SHORT: "For example: pass the first-aid instructor exam",
    Horizon.LONG: "For example: lead the night shift",
}
CLARITIES = {Clarity.KNOWS: "I know where I want to go", Clarity.UNSURE: "I'm unsure"}
STYLES = {FeedbackStyle.DIRECT: "Direct: say it as it is", FeedbackStyle.GENTLE: "Gentle: begin with what works"}


@dataclass(frozen=True)
class Help:
    """What helps to fill the form in: what the question bank offers, and what the coach has to say."""

    sets: Sequence[QuestionSet] = ()
    chosen: QuestionSet | None = None  # the set of questions that the discussion follows
    suggestions: Sequence[Question] = ()  # for the employee to pick from
    steps: Sequence[Step] = ()  # of the chosen set: what the manager asks
    advice: Sequence[Advice] = ()


def slots(horizon: Horizon, objectives: Sequence[Objective], rows: int) -> list[tuple[str, Objective | None]]:
    """The rows of a horizon: each current objective, then empty ones up to `rows`. Slots name the fields."""
    present = [objective for objective in objectives if objective.horizon is horizon]
    values: list[tuple[str, Objective | None]] = [(f"{horizon}.{one.pk}", one) for one in present]
    empty = [(f"{horizon}.new{number}", None) for number in range(max(rows, 1) - len(present))]
    return [*values, *empty] or [(f"{horizon}.new0", None)]


def entries(values: FormValues, view: PreparationView, metadata: PreparationMetadata) -> list[ObjectiveEntry]:
    """The objective rows of a form that was submitted."""
    shared = OBJECTIVES in values.choices(SHARED)
    found = []
    for horizon, rows in ((Horizon.SHORT, metadata.short_rows), (Horizon.LONG, metadata.long_rows)):
        for slot, current in slots(horizon, view.objectives, rows):
            entry = ObjectiveEntry(slot, horizon, shared=shared, objective_id=current.pk if current else None)
            if current is not None and entry.text_field not in values:
                continue  # set in another window since this form was opened: not emptied, just not shown here
            text, day = values.text(entry.text_field), values.day(entry.date_field)
            found.append(ObjectiveEntry(slot, horizon, text, day, shared, entry.objective_id))
    return found


def render(  # noqa: PLR0913 - what is saved, what was typed since, and for whom and when it is shown
    view: PreparationView, me: Person, metadata: PreparationMetadata, draft: FormValues | None,
    draft_kept_at: datetime | None, aid: Help, *, now: datetime,
) -> dict[str, object]:  # fmt: skip
    """The form, filled with what was submitted or, where there is one, with the draft."""
    values, today = draft or _as_submitted(view, aid.suggestions), local_day(me, now)
    blocks = [kit.context(_opening(view, me, today))]
    if draft is not None and draft_kept_at is not None:
        blocks = [*kit.draft_note(formatting.moment(draft_kept_at, me, today)), *blocks]
    blocks.append(_level(view, values))
    if view.side is Side.EMPLOYEE:
        blocks += _objectives(view, metadata, values, aid)
        blocks += _questions(view, me, values, aid)
    else:
        blocks += [_question_set(aid), *_to_ask(view, aid)]
    blocks += [_answer(prompt, values) for prompt in PROMPTS[view.side]]
    blocks += [_sharing(view, values), *coach_remarks.closing(aid.advice, "Save")]
    return kit.modal(FormId.PREPARATION, "Prepare", blocks, submit="Save", metadata=metadata)


def _opening(view: PreparationView, me: Person, today: date) -> str:
    other = kit.escape(formatting.first_name(view.other))
    starts_at = view.discussion.starts_at
    when = f"on {formatting.moment(starts_at, me, today)}" if starts_at else "as soon as there is a date"
    return (
        f"For your discussion with {other}, {when}. Only you see this until you share it below. "
        "Half a form is fine, and you can change it until you meet."
    )


def _level(view: PreparationView, values: FormValues) -> kit.Block:
    other = formatting.first_name(view.other)
    label = (
        "How well are you driving your own development?"
        if view.side is Side.EMPLOYEE
        else f"How well is {other} driving their development?"
    )
    options = [kit.option(text, level) for level, text in formatting.LEVELS.items()]
    hint = f"{other} answers this too. Neither of you sees the other's choice until both are in."
    return kit.field(LEVEL, label, kit.radio(options, values.choice(LEVEL)), hint=hint)


def _objectives(view: PreparationView, metadata: PreparationMetadata, values: FormValues, aid: Help) -> list[kit.Block]:
    blocks: list[kit.Block] = []
    for horizon, rows in ((Horizon.SHORT, metadata.short_rows), (Horizon.LONG, metadata.long_rows)):
        shown = slots(horizon, view.objectives, rows)
        blocks.append(kit.header(HEADINGS[horizon]))
        for number, (slot, _current) in enumerate(shown, start=1):
            entry = ObjectiveEntry(slot, horizon)
            what = kit.text_input(
                values.text(entry.text_field), longest=LONGEST_OBJECTIVE, placeholder=EXAMPLES[horizon]
            )
            tail = f" {number}" if len(shown) > 1 else ""
            blocks.append(kit.field(entry.text_field, f"Objective{tail}", what))
            blocks += coach_remarks.under(entry.text_field, aid.advice)
            by = kit.day_picker(values.day(entry.date_field))
            blocks.append(kit.field(entry.date_field, f"Reached by{tail}", by))
        if len(shown) < MOST_OBJECTIVES:
            more = kit.button("Add another objective", ActionId.MORE_OBJECTIVES, horizon)
            blocks.append(kit.actions([more], block_id=f"more.{horizon}"))
    return blocks


def _question_set(aid: Help) -> kit.Block:
    """Which set of questions the discussion follows; saved at once, since both can choose it (C12)."""
    none = kit.option("No script, we'll talk freely", UNSAID)
    options = [none, *(kit.option(one.title, one.id, one.about) for one in aid.sets[:MOST_SETS])]
    element = kit.select(options, aid.chosen.id if aid.chosen else None, action_id=ActionId.QUESTION_SET)
    hint = "Either of you can choose. Your brief then shows the order."
    return kit.field(QUESTION_SET, "What kind of discussion?", element, hint=hint)


def _about_me(me: Person) -> list[kit.Block]:
    """C12: the questions fit the person. Saved at once, for this discussion and the next ones."""
    shown = []
    for name, label, says, chosen in (
        (CLARITY, "How clear is your path?", CLARITIES, me.path_clarity),
        (FEEDBACK, "How do you like feedback?", STYLES, me.feedback_style),
    ):
        options = [*(kit.option(text, value) for value, text in says.items()), kit.option("Rather not say", UNSAID)]
        element = kit.select(options, chosen, action_id=ActionId.QUESTION_SET)
        shown.append(kit.field(name, label, element, hint="Changes the questions suggested below. Only you see it."))
    return shown


def _to_ask(view: PreparationView, aid: Help) -> Iterator[kit.Block]:
    """C7, L3: what the manager asks, what to listen for, and where their own answer goes."""
    if not aid.steps:
        return
    yield kit.section(f"*What you ask {kit.fitted(formatting.first_name(view.other), 300)} in this discussion*")
    yield from (kit.section(_step(step)) for step in aid.steps)


def _step(step: Step) -> str:
    question = step.question
    own = BY_QUESTION.get(question.leader_question or "")
    yours = f" Your own view: “{own.label}”, below." if own else ""
    text = f"{kit.escape(question.text)} ({step.minutes} min)"
    return f"{text}\n_Listen for: {kit.escape(question.listen_for)}{yours}_"


def _questions(view: PreparationView, me: Person, values: FormValues, aid: Help) -> list[kit.Block]:
    other = formatting.first_name(view.other)
    blocks: list[kit.Block] = [kit.header(f"Questions for {other}"), _question_set(aid), *_about_me(me)]
    if aid.suggestions:
        picked = kit.checkboxes(coach_remarks.question_options(aid.suggestions), values.choices(PICKED))
        blocks.append(kit.field(PICKED, "Pick any you would like to ask", picked))
    own = kit.text_input(values.text(QUESTIONS), placeholder="What would I need to show by June to lead a project?")
    hint = f"One per line. Questions go on the agenda, where {other} sees them."
    blocks.append(kit.field(QUESTIONS, "Your own questions", own, hint=hint))
    return [*blocks, *coach_remarks.under(QUESTIONS, aid.advice)]


def _answer(prompt: Prompt, values: FormValues) -> kit.Block:
    element = kit.text_input(values.text(prompt.key), longest=LONGEST_ANSWER)
    return kit.field(prompt.key, prompt.label, element, hint=prompt.hint)


def _sharing(view: PreparationView, values: FormValues) -> kit.Block:
    options = [kit.option(prompt.label, prompt.key) for prompt in PROMPTS[view.side]]
    if view.side is Side.EMPLOYEE:
        options.insert(0, kit.option("My objectives", OBJECTIVES))
    element = kit.checkboxes(options, values.choices(SHARED))
    other = formatting.first_name(view.other)
    return kit.field(SHARED, f"What may {other} read?", element, hint="Nothing, unless you tick it.")


def _as_submitted(view: PreparationView, suggestions: Sequence[Question]) -> FormValues:
    """What was submitted before, in the shape in which Slack reports what is filled in."""
    values: dict[str, dict[str, object]] = {}
    if view.preparation and view.preparation.level:
        values[LEVEL] = {"selected_option": {"value": view.preparation.level}}
    for key, answer in view.answers.items():
        values[key] = {"value": answer.text}
    for objective in view.objectives:
        entry = ObjectiveEntry(f"{objective.horizon}.{objective.pk}", objective.horizon)
        values[entry.text_field] = {"value": objective.text}
        values[entry.date_field] = {"selected_date": objective.target_on.isoformat()}
    by_text = {question.text: question.id for question in suggestions}
    picked = [by_text[item.text] for item in view.questions if item.text in by_text]
    own = [item.text for item in view.questions if item.text not in by_text]
    values[PICKED] = {"selected_options": [{"value": one} for one in picked]}
    values[QUESTIONS] = {"value": "\n".join(own)}
    shared = [key for key, answer in view.answers.items() if answer.shared]
    if any(objective.shared for objective in view.objectives):
        shared.append(OBJECTIVES)
    values[SHARED] = {"selected_options": [{"value": one} for one in shared]}
    return FormValues({field: {ActionId.TYPED: element} for field, element in values.items()})
