"""Where the employee stands, as each side sees it (practice E2), and what questions suit them (C12)."""

from typing import Final

from cycle import formatting
from cycle.bank import Bank, FeedbackStyle
from cycle.preparations import LEVEL, Page, PreparationView
from handlers.shared.form_values import FormValues
from handlers.views import kit
from handlers.views.preparing.page import PageView, Shown, fields
from storage.pairs import Side
from storage.people import Person

FEEDBACK: Final = "feedback_style"  # a field that `cycle` does not name
UNSAID: Final = "unsaid"  # the option for giving no answer

STYLES: Final = {FeedbackStyle.DIRECT: "Direct: say it as it is", FeedbackStyle.GENTLE: "Gentle: begin with what works"}


def blocks(shown: Shown) -> list[kit.Block]:
    """The level; for the employee also how they like feedback."""
    about_me = _about_me(shown) if shown.view.side is Side.EMPLOYEE else []
    return [kit.context(_opening(shown)), _level(shown), *about_me]


def saved(view: PreparationView, me: Person, _bank: Bank) -> FormValues:
    """What is saved of it."""
    values = {LEVEL: view.level, FEEDBACK: me.feedback_style}
    return fields({name: {"selected_option": {"value": value}} for name, value in values.items() if value})


def _opening(shown: Shown) -> str:
    starts_at = shown.view.discussion.starts_at
    when = f"on {formatting.moment(starts_at, shown.me, shown.today)}" if starts_at else "as soon as there is a date"
    return (
        f"For your discussion with {shown.other_escaped}, {when}. Leave out what you like: you can change everything "
        "until you meet, and only you see it until you share it."
    )


def _level(shown: Shown) -> kit.Block:
    label = (
        "How well are you driving your own development?"
        if shown.view.side is Side.EMPLOYEE
        else f"How well is {shown.other} driving their development?"
    )
    options = [kit.option(text, level) for level, text in formatting.LEVELS.items()]
    hint = f"{shown.other} answers this too. Neither of you sees the other's choice until both are in."
    return kit.field(LEVEL, label, kit.radio(options, shown.values.choice(LEVEL)), hint=hint)


def _about_me(shown: Shown) -> list[kit.Block]:
    """C12: the questions fit the person, for this discussion and the next ones."""
    options = [*(kit.option(text, value) for value, text in STYLES.items()), kit.option("Rather not say", UNSAID)]
    hint = "It changes the questions suggested to you. Only you see it."
    element = kit.select(options, shown.values.choice(FEEDBACK))
    return [kit.field(FEEDBACK, "How do you like feedback?", element, hint=hint)]


VIEW: Final = PageView(Page.STANDING, blocks, saved, {LEVEL, FEEDBACK}.__contains__)
