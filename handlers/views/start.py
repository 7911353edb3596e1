"""Starting: who is on which side, and with whom (practices C1, E1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cycle import words
from cycle.calendar import hours_in
from cycle.nudges import Do
from cycle.pairing import OTHER
from handlers.ids import Act, Form
from handlers.views import kit
from storage.pairs import Pair, Side
from storage.people import Person

SIDE = "side"  # a field of the form

WHAT_IT_IS = (
    "Career discussions are regular talks about the employee's growth, planned by both of you and apart from "
    "performance reviews. Either side may start."
)
SIDES = {
    Side.EMPLOYEE: ("The employee", "It is about my career"),
    Side.MANAGER: ("The manager", "It is about the career of someone who reports to me"),
}
# Nobody waits for as many answers at once; Slack allows 100 blocks.
MOST_WAITING = 20


def render(waiting: Sequence[tuple[Pair, Person]], me: Person, likely: Side) -> dict[str, Any]:
    """The form. `waiting`: questions without an answer, with the other side; `likely`: the side I am probably on."""
    blocks = [kit.section(WHAT_IT_IS)]
    for pair, other in waiting[:MOST_WAITING]:
        blocks.append(_waiting(pair, other, me))
    sides = [kit.option(text, side, description) for side, (text, description) in SIDES.items()]
    blocks.append(kit.field(SIDE, "In these talks, I am", kit.radio(sides, likely), optional=False))
    hint = "Your manager, or the person who reports to you. They are asked first; nothing begins without their yes."
    blocks.append(kit.field(OTHER, "With whom?", kit.person_picker(), hint=hint, optional=False))
    return kit.modal(Form.START, "Career discussions", blocks, submit="Ask them")


def _waiting(pair: Pair, other: Person, me: Person) -> kit.Block:
    name, key = kit.fitted(other.name, 300), str(pair.pk)
    if pair.asked_by_id == me.id:
        return kit.section(
            f"You asked *{name}* and wait for the answer.", kit.button("Take it back", Act.WITHDRAW_PAIR, key)
        )
    return kit.section(f"*{name}* asked you and waits for your answer.", kit.button("Say yes", Do.ACCEPT_PAIR, key))


def said_yes(other: Person, pair: Pair) -> dict[str, Any]:
    """After saying yes within a form: what came of it, and what to do next."""
    return kit.modal(Form.NOTICE, "You said yes", [kit.section(accepted(other)), kit.actions(next_steps(pair))])


def asked(other: Person, told_at: datetime, now: datetime) -> dict[str, Any]:
    """After asking: when the other side hears of it."""
    name = kit.fitted(words.first_name(other), 300)
    when = "right away" if told_at <= now else f"on {words.moment(told_at, hours_in(other.tz))}, their time"
    text = (
        f"{name} gets your question {when}. Once they say yes, I will tell you, and the two of you can find a time "
        "and prepare."
    )
    return kit.notice("Asked", text)


def accepted(other: Person) -> str:
    """What came of saying yes."""
    name = kit.fitted(words.first_name(other), 300)
    return f"You said yes, and {name} will hear it. Next: find a time, and prepare."


def next_steps(pair: Pair) -> list[kit.Element]:
    """What somebody can do right after saying yes."""
    key = str(pair.pk)
    return [
        kit.button("Find a time", Do.OPEN_SCHEDULE, key, primary=True),
        kit.button("Prepare", Do.OPEN_PREPARATION, key),
    ]


def declined(other: Person) -> str:
    """What came of saying no."""
    return f"You said that this is not right, and {kit.fitted(words.first_name(other), 300)} will hear it."
