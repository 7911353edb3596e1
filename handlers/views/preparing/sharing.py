"""What the other side can read and what only you see: nothing to fill in, and what comes next (practices C10, E16)."""

from typing import Final

from cycle import formatting
from cycle.bank import Bank
from cycle.drives import LABELS
from cycle.nudges import Action
from cycle.preparations import PAGES, Page, PreparationView
from cycle.prompts import MORE_ENERGISING_WORK, PROMPTS
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.views import kit
from handlers.views.preparing.page import PageView, Shown, name_of
from storage.drives import DriveKind
from storage.pairs import Side
from storage.people import Person

WORDS: Final = 150  # characters shown of an objective or a question: enough to know it by
MOST_LISTED: Final = 10  # questions shown by their words


def blocks(shown: Shown) -> list[kit.Block]:
    """A paragraph for each page, with a button that opens it."""
    found = [kit.section(_status(shown))]
    for page in PAGES[shown.view.side]:
        lines = LINES[page](shown) if page in LINES else []
        if not lines:
            continue
        if page in shown.help.unsaved:
            lines.append("_You have typed something here that is not saved yet._")
        text = "\n".join([f"*{kit.fitted(name_of(page, shown), 400)}*", *lines])
        change = kit.button("Change", ActionId.GO_TO_PAGE, page, about=name_of(page, shown))
        found.append(kit.section(text, change) | {"block_id": f"change.{page}"})
    return [*found, *_next(shown)]


def saved(_view: PreparationView, _me: Person, _bank: Bank) -> FormValues:
    """Nothing is filled in here."""
    return FormValues()


def _status(shown: Shown) -> str:
    if shown.view.preparation is None:
        return "Nothing is saved yet. One honest line is a good start."
    return f"Saved. You can change everything until you meet, and {shown.other_escaped} reads only what you share."


def _next(shown: Shown) -> list[kit.Block]:
    """E16: what comes next."""
    pair, starts_at = str(shown.view.pair.pk), shown.view.discussion.starts_at
    if starts_at is None:
        find = kit.button("Find a time", Action.OPEN_SCHEDULE, pair)
        return [kit.section("Next, find a time: you two have no date yet.", find)]
    when = formatting.moment(starts_at, shown.me, shown.today)
    return [kit.context(f"You talk on {when}. On the working day before, I'll bring you the brief.")]


def _standing(shown: Shown) -> list[str]:
    level = shown.view.level
    if level is None:
        return ["Still empty."]
    return [f"{formatting.LEVELS[level]}. {shown.other_escaped} sees it once both of you have answered."]


def _drives(shown: Shown) -> list[str]:
    """What is said on the page, by its parts; for a manager, what they can do about it."""
    if shown.view.side is Side.MANAGER:
        answer = shown.view.lists.answers.get(MORE_ENERGISING_WORK.key)
        if answer is None:
            return ["Still empty."]
        return [f"{_reader(shown, shared=answer.shared)} {MORE_ENERGISING_WORK.label}"]
    said = shown.view.lists.drives
    lines = []
    for shared in (True, False):
        labels = [LABELS[kind] for kind in DriveKind if kind in said and said[kind].shared is shared]
        if labels:
            lines.append(f"{_reader(shown, shared=shared)} {' · '.join(labels)}")
    return lines or ["Still empty."]


def _reader(shown: Shown, *, shared: bool) -> str:
    return f"{shown.other_escaped} can read:" if shared else "Only you see:"


def _objectives(shown: Shown) -> list[str]:
    goals = shown.view.lists.objectives
    if not goals:
        return ["Still empty."]
    read = [one for one in goals if one.shared]
    private = [one for one in goals if not one.shared]
    lines = []
    for lead, some in ((f"{shown.other_escaped} can read:", read), ("Only you see:", private)):
        if some:
            lines += [lead, *(f"• {kit.fitted(_in_line(one.text), WORDS)}" for one in some)]
    return lines


def _questions(shown: Shown) -> list[str]:
    asked = shown.view.lists.questions
    if not asked:
        return ["Still empty."] if shown.view.side is Side.EMPLOYEE else []
    shown_ones = [f"• {kit.fitted(_in_line(item.text), WORDS)}" for item in asked[:MOST_LISTED]]
    rest = [f"… and {formatting.count(len(asked) - MOST_LISTED, 'more', 'more')}"] if len(asked) > MOST_LISTED else []
    return [f"On the agenda, where {shown.other_escaped} sees them:", *shown_ones, *rest]


def _answers(shown: Shown) -> list[str]:
    prompts, answers = PROMPTS[shown.view.side], shown.view.lists.answers
    groups = {
        f"{shown.other_escaped} can read:": [one for one in prompts if one.key in answers and answers[one.key].shared],
        "Only you see:": [one for one in prompts if one.key in answers and not answers[one.key].shared],
        "Still empty:": [one for one in prompts if one.key not in answers],
    }
    return [f"{lead} {' · '.join(one.label for one in some)}" for lead, some in groups.items() if some]


def _in_line(text: str) -> str:
    return " ".join(text.split())


LINES: Final = {
    Page.STANDING: _standing,
    Page.DRIVES: _drives,
    Page.OBJECTIVES: _objectives,
    Page.QUESTIONS: _questions,
    Page.ANSWERS: _answers,
}
VIEW: Final = PageView(Page.SHARING, blocks, saved, lambda _field: False, lambda _shown: "Done")
