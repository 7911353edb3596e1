"""What the employee wants to ask (practice E4), and what the manager asks and listens for (C7, C12, C14)."""

from typing import Final

from cycle.bank import Addressee, Asker, Bank
from cycle.preparations import QUESTIONS, Page, PreparationView
from cycle.prompts import BY_QUESTION
from cycle.suggestions import Step
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.views import coach_remarks, kit
from handlers.views.preparing.page import CONTINUE, PageView, Shown, fields, ticks
from handlers.views.preparing.standing import UNSAID
from storage.pairs import Side
from storage.people import Person

ASK: Final = "ask."  # how the fields of the suggestions begin; the id of the question follows
QUESTION_SET: Final = "question_set"
MOST_SETS: Final = 99  # Slack takes 100 options, and one of them is no set


def picked(values: FormValues) -> list[str]:
    """The ids of the suggestions that are ticked."""
    return [field.removeprefix(ASK) for field in values if field.startswith(ASK) and values.is_ticked(field)]


def blocks(shown: Shown) -> list[kit.Block]:
    """What kind of discussion it is, and the questions of this side."""
    return [_question_set(shown), *(_to_pick(shown) if shown.view.side is Side.EMPLOYEE else _to_ask(shown))]


def saved(view: PreparationView, _me: Person, bank: Bank) -> FormValues:
    """What is saved of it."""
    by_text = {
        one.text: one.id for one in bank.questions if one.asker is Asker.EMPLOYEE and one.to is Addressee.MANAGER
    }
    own = [item.text for item in view.lists.questions if item.text not in by_text]
    ticked = {f"{ASK}{by_text[item.text]}": True for item in view.lists.questions if item.text in by_text}
    written: dict[str, dict[str, object]] = {QUESTIONS: {"value": "\n".join(own)}}
    return fields(written | ticks(ticked))


def _question_set(shown: Shown) -> kit.Block:
    """Which set of questions the discussion follows; saved at once, since both can choose it (C12)."""
    none = kit.option("No script, we'll talk freely", UNSAID)
    options = [none, *(kit.option(one.title, one.id, one.about) for one in shown.help.sets[:MOST_SETS])]
    chosen = shown.help.chosen
    element = kit.select(options, chosen.id if chosen else None, action_id=ActionId.QUESTION_SET)
    hint = f"You or {shown.other} can choose, and it is saved at once. The brief then shows the order."
    return kit.field(QUESTION_SET, "What kind of discussion?", element, hint=hint)


def _to_pick(shown: Shown) -> list[kit.Block]:
    found: list[kit.Block] = []
    offered = shown.help.suggestions
    if any(one.instead for one in shown.help.advice):  # two lists to pick from would be too long
        asked = {item.text for item in shown.view.lists.questions}  # a box that was unticked has to stay, to count
        offered = [one for one in offered if one.text in asked or shown.values.is_ticked(f"{ASK}{one.id}")]
    if offered:
        found.append(kit.section(f"*Tick what you would like to ask {shown.other_escaped}*"))
    for question in offered:
        name = f"{ASK}{question.id}"
        found.append(
            kit.ticked_section(name, kit.escape(question.text), "Ask this", ticked=shown.values.is_ticked(name))
        )
    own = kit.text_input(
        shown.values.text(QUESTIONS), placeholder="What would I need to show by June to lead a project?"
    )
    hint = f"One per line. All your questions go on the agenda, where {shown.other} sees them."
    found.append(kit.field(QUESTIONS, "Your own questions", own, hint=hint))
    return [*found, *coach_remarks.under(QUESTIONS, shown.help.advice)]


def _to_ask(shown: Shown) -> list[kit.Block]:
    """C7, L3: what the manager asks, what to listen for, and where their own answer goes."""
    if not shown.help.steps:
        return []
    lead = kit.section(f"*What you ask {shown.other_escaped}, and what to listen for*")
    return [lead, *(kit.section(_step(step)) for step in shown.help.steps)]


def _step(step: Step) -> str:
    question = step.question
    own = BY_QUESTION.get(question.leader_question or "")
    yours = f" Your answer: “{own.label}”." if own else ""
    text = f"{kit.escape(question.text)} ({step.minutes} min)"
    return f"{text}\n_{kit.escape(question.listen_for)}{yours}_"


def _owns(field: str) -> bool:
    return field == QUESTIONS or field.startswith((ASK, f"{coach_remarks.INSTEAD}."))


def _button(shown: Shown) -> str:
    return CONTINUE if shown.view.side is Side.EMPLOYEE else "Continue"


VIEW: Final = PageView(Page.QUESTIONS, blocks, saved, _owns, _button)
