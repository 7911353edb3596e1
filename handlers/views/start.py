"""Starting: who is on which side, and with whom (practices C1, E1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cycle import formatting
from cycle.coach_remarks import Advice
from cycle.nudges import Action
from cycle.pairing import DRAFTS, LONGEST_REASON, LONGEST_REQUEST, OTHER, REASON, words_field
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PairMetadata, StartMetadata
from handlers.views import coach_remarks, kit
from storage.pairs import Pair, Side
from storage.people import Person

SIDE = "side"  # a field of the form

WHAT_IT_IS = (
    "Career discussions are regular meetings about the employee's growth, planned by both of you and apart from "
    "performance reviews. Either side may start."
)
SIDES = {
    Side.EMPLOYEE: ("The employee", "It is about my career"),
    Side.MANAGER: ("The manager", "It is about the career of someone who reports to me"),
}
# Nobody has that many open requests; Slack allows 100 blocks.
MOST_WAITING = 20


def render(  # noqa: PLR0913, PLR0917 - what waits, what is filled in, and what is said about it
    waiting: Sequence[tuple[Pair, Person]],
    me: Person,
    side: Side,
    metadata: StartMetadata | None = None,
    values: FormValues | None = None,
    advice: Sequence[Advice] = (),
    draft_note: Sequence[kit.Block] = (),
) -> dict[str, Any]:
    """The form. `waiting`: unanswered requests, with the other side; `side`: the one I am (probably) on.

    A word that needs a pair opens this form where there is none, so the requests and what they hold up come first.
    """
    values = values or FormValues()
    requests = [_waiting(pair, other, me) for pair, other in waiting[:MOST_WAITING]]
    blocks = [*draft_note, *requests, kit.section(WHAT_IT_IS)]
    sides = [kit.option(text, side, description) for side, (text, description) in SIDES.items()]
    blocks.append(
        kit.field(
            SIDE, "In these discussions, I am", kit.radio(sides, side, action_id=ActionId.SIDE_CHOSEN), optional=False
        )
    )
    hint = "Your manager, or the person who reports to you. I ask them first; nothing begins without their yes."
    chosen = kit.person_picker(values.person(OTHER))
    blocks.append(kit.field(OTHER, "With whom?", chosen, hint=hint, optional=False))
    name = words_field(side)
    element = kit.text_input(_begun(values, side), longest=LONGEST_REQUEST)
    hint = "They read these words in a message from me. This is a draft: change it or leave it empty."
    blocks.append(kit.field(name, "A few words to them", element, hint=hint))
    blocks += [*coach_remarks.under(name, advice), *coach_remarks.closing(advice, "Ask them")]
    return kit.modal(FormId.START, "Career discussions", blocks, submit="Ask them", metadata=metadata)


def words_of(values: FormValues, side: Side) -> str:
    """The words to send. While the form still shows the other side's draft, only what the person wrote themselves."""
    if words_field(side) in values:
        return values.text(words_field(side))
    text = values.text(words_field(side.other))
    return "" if text == DRAFTS[side.other] else text


def _begun(values: FormValues, side: Side) -> str:
    """What the field of words begins with: the person's own words, whichever side they wrote them for, or the draft."""
    if words_field(side) in values:
        return values.text(words_field(side))
    before = words_field(side.other)
    if before in values and values.text(before) != DRAFTS[side.other]:
        return values.text(before)
    return DRAFTS[side]


def _waiting(pair: Pair, other: Person, me: Person) -> kit.Block:
    name, key = kit.fitted(other.name, 300), str(pair.pk)
    if pair.asked_by_id == me.id:
        text = (
            f"You asked *{name}* and have no answer yet. You two can prepare and find a time as soon as they say yes."
        )
        return kit.section(text, kit.button("Take it back", ActionId.WITHDRAW_PAIR, key))
    text = (
        f"*{name}* asked you and is waiting for your answer. "
        "You two can prepare and find a time as soon as you say yes."
    )
    return kit.section(text, kit.button("Say yes", Action.ACCEPT_PAIR, key))


def not_yet(waiting: Sequence[tuple[Pair, Person]], me: Person) -> dict[str, Any]:
    """In place of a form that needs a yes first: whose answer is missing, with what can be done about it."""
    blocks = [_waiting(pair, other, me) for pair, other in waiting]
    return kit.modal(FormId.NOTICE, "Not yet", [*blocks, kit.actions([kit.button("Ask someone else", ActionId.START)])])


def accepted_view(other: Person, pair: Pair) -> dict[str, Any]:
    """After saying yes in a form: that it was accepted, and what to do next."""
    return kit.modal(FormId.NOTICE, "You said yes", [kit.section(accepted(other)), kit.actions(next_steps(pair))])


def asked(me: Person, other: Person, arrives_at: datetime, now: datetime) -> dict[str, Any]:
    """After asking: when the other side hears of it."""
    name = kit.fitted(formatting.first_name(other), 300)
    later = f"on {formatting.moment(arrives_at, other, local_day(me, now))}, their time"
    when = "right away" if arrives_at <= now else later
    text = (
        f"{name} gets your request {when}. Once they say yes, I'll let you know, and the two of you can find a time "
        "and prepare."
    )
    return kit.notice("Asked", text)


def accepted(other: Person) -> str:
    """After saying yes: a sentence on what happens next."""
    name = kit.fitted(formatting.first_name(other), 300)
    return f"Accepted. I'll let {name} know. Next, find a time and prepare."


def next_steps(pair: Pair) -> list[kit.Element]:
    """What a person can do right after saying yes."""
    key = str(pair.pk)
    return [
        kit.button("Find a time", Action.OPEN_SCHEDULE, key, primary=True),
        kit.button("Prepare", Action.OPEN_PREPARATION, key),
    ]


def declining(other: Person, metadata: PairMetadata) -> dict[str, Any]:
    """A form for saying no, with or without a reason (E5)."""
    name = formatting.first_name(other)
    said = f"I'll let {kit.fitted(name, 300)} know. A word on why helps them find the right person."
    why = kit.text_input(longest=LONGEST_REASON, placeholder="Dev leads our team since May")
    field = kit.field(REASON, "Why, if you like", why, hint=f"Only {name} can read it.", tracked=False)
    return kit.modal(FormId.DECLINE, "Say no", [kit.section(said), field], submit="Say no", metadata=metadata)


def reason(other: Person, text: str) -> dict[str, Any]:
    """Why the other side said no."""
    name = kit.fitted(formatting.first_name(other), 300)
    if not text:
        return kit.notice("Their reason", f"{name} gave no reason.")
    return kit.modal(FormId.NOTICE, "Their reason", [kit.section(f"{name} wrote:"), *kit.in_full(text)])


def declined(other: Person) -> str:
    """After saying no: a sentence on what happens next."""
    return f"You said no. I'll let {kit.fitted(formatting.first_name(other), 300)} know."
