"""Opportunities: the board, one of them in full, and the form to offer one (practice C11)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from cycle import formatting
from cycle.nudges import Action
from cycle.nudges.opportunities import how_many
from cycle.opportunities import (
    ABOUT,
    LONGEST,
    MINUTES,
    OPEN_UNTIL,
    PLACE,
    SEATS,
    SKILLS,
    STARTS_AT,
    TITLE,
    USUAL_MINUTES,
    Listed,
    Offer,
)
from cycle.opportunity_dates import is_open
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import OpportunityMetadata
from handlers.views import kit
from handlers.views.schedule import LENGTHS
from storage.opportunities import Opportunity, OpportunityKind
from storage.people import Person

KIND: Final = "kind"  # a field of the form
MOST_SHOWN: Final = 40  # within Slack's 100 blocks, and more than anyone reads
SHORT_TITLE: Final = 100  # characters of a title in the list
MOST_NAMES: Final = 100
NOT_A_NUMBER: Final = -1
LONGEST_MINUTES: Final = 24 * 60

WHAT_IT_IS: Final = (
    "Roles, projects, courses and sessions from colleagues. Anyone can offer one, and anyone can take part."
)
NOTHING: Final = (
    "Nothing is open right now. Is there a project that others could learn from, or something that you could show "
    "them? Be the first to offer something."
)
OFFERED_NOW: Final = "It's on the board. I'll tell you who wants to take part."
KINDS: Final = {
    OpportunityKind.ROLE: ("A role", "An opening in your team, for a while or for good"),
    OpportunityKind.PROJECT: ("A project", "Work that someone can learn from"),
    OpportunityKind.TRAINING: ("A course", "Or another way to learn that you can recommend"),
    OpportunityKind.SESSION: ("A session", "People meet, and you show them something"),
}
Said = Callable[[Listed], str]


# --- the board -------------------------------------------------------------------------------------------------------


def board(listed: Sequence[Listed], me: Person, now: datetime, *, may_tell_a_channel: bool) -> dict[str, Any]:
    """All that is open, each with a button to read on."""
    buttons = [kit.button("Offer something", ActionId.OPEN_OFFER, "0", primary=not listed)]
    if may_tell_a_channel:
        buttons.append(kit.button("Share in a channel", ActionId.OPEN_DIGEST))
    blocks = [kit.context(WHAT_IT_IS), kit.actions(buttons)]
    if not listed:
        blocks.append(kit.section(NOTHING))
    for one in listed[:MOST_SHOWN]:
        title = one.opportunity.title
        button = kit.button("Details", Action.OPEN_OPPORTUNITY, str(one.opportunity.pk), about=title)
        lines = [f"*{kit.fitted(title, SHORT_TITLE)}*", _what_and_when(one, me, now), *_for_me(one, me)]
        blocks.append(kit.section("\n".join(lines), button))
    if (left := len(listed) - MOST_SHOWN) > 0:
        are = "1 older opportunity is" if left == 1 else f"{left} older opportunities are"
        blocks.append(kit.context(f"{are} not shown."))
    return kit.modal(FormId.OPPORTUNITIES, "Opportunities", blocks)


def _what_and_when(listed: Listed, me: Person, now: datetime) -> str:
    """What it is, by whom and when: “A session with Ana Ruiz on Tue 8 Dec at 14:00. 3 seats are left.”."""
    one, today = listed.opportunity, local_day(me, now)
    what, name = KINDS[one.kind][0], kit.fitted(listed.offered_by.name, 300)
    if listed.offered_by.pk == me.pk:
        return _what_i_offer(listed, me, now)
    if one.starts_at is not None:
        text = f"{what} with {name} on {formatting.moment(one.starts_at, me, today)}."
        return f"{text} {_seats(listed)}" if listed.seats_left is not None else text
    if one.open_until is None:
        return f"{what}, offered by {name}."
    return f"{what}, offered by {name}, open until {formatting.day(one.open_until, today)}."


def _what_i_offer(listed: Listed, me: Person, now: datetime) -> str:
    one, today = listed.opportunity, local_day(me, now)
    what = KINDS[one.kind][0]
    if one.starts_at is not None:
        text = f"{what} that you are holding on {formatting.moment(one.starts_at, me, today)}."
        return f"{text} {_seats(listed)}" if listed.seats_left is not None else text
    if one.open_until is None:
        return f"{what} that you are offering."
    return f"{what} that you are offering until {formatting.day(one.open_until, today)}."


def _seats(listed: Listed) -> str:
    match listed.seats_left:
        case 0:
            return "All seats are taken."
        case 1:
            return "1 seat is left."
        case number:
            return f"{number} seats are left."


def _for_me(listed: Listed, me: Person) -> Iterator[str]:
    """What it has to do with the reader."""
    if listed.gap is not None:
        yield f":seedling: It fits your skill gap “{kit.fitted(' '.join(listed.gap.split()), 200)}”."
    if listed.takes_part:
        yield f":white_check_mark: {_taking_part(listed)}"
    if listed.offered_by.pk == me.pk:
        yield how_many(listed.taken, is_session=listed.opportunity.starts_at is not None)


def _taking_part(listed: Listed) -> str:
    return "You have signed up." if listed.opportunity.starts_at else "You said you're interested."


# --- one of them -----------------------------------------------------------------------------------------------------


def one(
    listed: Listed, me: Person, now: datetime, metadata: OpportunityMetadata, *, said: str = "", is_alone: bool = False
) -> dict[str, Any]:
    """All there is to know, and what the reader can do. `is_alone`: the board is not below it."""
    shown = listed.opportunity
    blocks = [kit.section(f":white_check_mark: {said}")] if said else []
    blocks += [kit.header(shown.title), kit.section(_what_and_when(listed, me, now))]
    if shown.about:
        blocks += kit.in_full(shown.about)
    blocks += [kit.section(line) for line in _more(listed)]
    if not is_open(shown, listed.offered_by, now):
        blocks.append(kit.section("This is no longer open."))
    elif listed.offered_by.pk == me.pk:
        blocks += _mine(listed)
    else:
        blocks += _others(listed)
    if is_alone:
        blocks.append(kit.actions([kit.button("See all opportunities", ActionId.OPEN_OPPORTUNITIES)]))
    return kit.modal(FormId.OPPORTUNITY, "Opportunity", blocks, metadata=metadata)


def _more(listed: Listed) -> Iterator[str]:
    shown = listed.opportunity
    if shown.starts_at is not None and shown.minutes:
        if shown.place:
            yield f"*How long and where:* {shown.minutes} minutes, {kit.fitted(shown.place, 600)}"
        else:
            yield f"*How long:* {shown.minutes} minutes"
    if shown.skills:
        yield f"*What you can learn:* {kit.fitted(shown.skills, 1000)}"
    if listed.gap is not None:
        yield f":seedling: It fits your skill gap “{kit.fitted(' '.join(listed.gap.split()), 200)}”."


def _others(listed: Listed) -> Iterator[kit.Block]:
    """Of someone else: taking part, or no longer."""
    key, is_session = str(listed.opportunity.pk), listed.opportunity.starts_at is not None
    name = kit.fitted(formatting.first_name(listed.offered_by), 300)
    if listed.takes_part:
        label = "Take my name off" if is_session else "No longer interested"
        yield kit.section(_taking_part(listed), kit.button(label, ActionId.TAKE_NAME_OFF, key))
    elif listed.seats_left != 0:
        label = "Sign up" if is_session else "I'm interested"
        yield kit.actions([kit.button(label, ActionId.SIGN_UP, key, primary=True)])
    yield kit.context(f"Only {name} sees who wants to take part.")


def _mine(listed: Listed) -> Iterator[kit.Block]:
    """Of the reader's own: who wants to take part, changing and withdrawing it."""
    key, is_session = str(listed.opportunity.pk), listed.opportunity.starts_at is not None
    if listed.names:
        yield kit.section("*Who wants to take part*")
        yield from kit.packed(f"• {kit.fitted(person.name, 300)}" for person in listed.names[:MOST_NAMES])
        if (left := len(listed.names) - MOST_NAMES) > 0:
            yield kit.context(f"And {left} more.")
    else:
        yield kit.section(how_many(0, is_session=is_session))
    text = "It comes off the board."
    if listed.names:
        told = "everyone who signed up that it's called off" if is_session else "everyone who is interested"
        text = f"{text} I'll tell {told}."
    button = kit.button("Withdraw", ActionId.WITHDRAW_OPPORTUNITY, key, danger=True)
    yield kit.actions(
        [kit.button("Change", ActionId.OPEN_OFFER, key), kit.confirmed(button, "Withdraw this?", text, "Withdraw")]
    )


def signed_up(listed: Listed) -> str:
    """After putting one's name on the list."""
    name = kit.fitted(formatting.first_name(listed.offered_by), 300)
    if listed.opportunity.starts_at is not None:
        return f"You have signed up, and I'll let {name} know."
    return f"I'll let {name} know that you're interested."


def name_taken_off(_listed: Listed) -> str:
    """After taking it off again."""
    return "I've taken your name off the list."


def withdrawn(listed: Listed) -> str:
    """After withdrawing one's own."""
    if not listed.taken:
        return "It's off the board."
    if listed.opportunity.starts_at is not None:
        told = _those_who_have_signed_up(listed.taken)
    else:
        told = "the person who is interested" if listed.taken == 1 else f"the {listed.taken} people who are interested"
    return f"It's off the board, and I'll tell {told}."


def changed(*, told: int) -> str:
    """After changing one's own; `told` is how many hear that a session has moved."""
    return f"Saved, and I'll tell {_those_who_have_signed_up(told)} about the new time." if told else "Saved."


def _those_who_have_signed_up(number: int) -> str:
    return "the person who has signed up" if number == 1 else f"the {number} people who have signed up"


# --- offering --------------------------------------------------------------------------------------------------------


def read(values: FormValues, before: Opportunity | None) -> Offer:
    """What is filled in. What kind it is stays once it is offered."""
    seats = values.text(SEATS).strip()
    number = int(seats) if seats.isascii() and seats.isdecimal() and len(seats) < len(str(10**6)) else NOT_A_NUMBER
    return Offer(
        kind=before.kind if before else values.member(KIND, OpportunityKind) or OpportunityKind.PROJECT,
        title=values.text(TITLE),
        about=values.text(ABOUT),
        skills=values.text(SKILLS),
        open_until=values.day(OPEN_UNTIL),
        starts_at=values.moment(STARTS_AT),
        minutes=values.number(MINUTES, LONGEST_MINUTES) or USUAL_MINUTES,
        place=values.text(PLACE),
        seats=number if seats else None,
    )


def _of(one: Opportunity) -> Offer:
    """What was offered, as it is filled in."""
    return Offer(
        one.kind, one.title, one.about, one.skills, one.open_until, one.starts_at, one.minutes or USUAL_MINUTES,
        one.place, one.seats,
    )  # fmt: skip


def offer(
    changed: Opportunity | None, metadata: OpportunityMetadata, values: FormValues, note: Sequence[kit.Block]
) -> dict[str, Any]:
    """The form; short: a session has a time and seats, others a last day."""
    typed = read(values, changed) if TITLE in values or changed is None else _of(changed)
    blocks = list(note)
    if changed is None:
        kinds = [kit.option(text, kind, description) for kind, (text, description) in KINDS.items()]
        menu = kit.select(
            kinds, typed.kind, action_id=ActionId.OFFER_KIND
        )  # in one line: a session has much to fill in
        blocks.append(kit.field(KIND, "What are you offering?", menu, optional=False))
    example = "Plan our next customer workshop with us"
    named = kit.text_input(typed.title, multiline=False, longest=LONGEST[TITLE], placeholder=example)
    blocks.append(kit.field(TITLE, "In a few words", named, optional=False))
    blocks += _session(typed, values) if typed.is_session else [_until(typed)]
    about = kit.text_input(typed.about, longest=LONGEST[ABOUT])
    blocks.append(kit.field(ABOUT, "What should people know about it?", about))
    skills = kit.text_input(
        typed.skills, multiline=False, longest=LONGEST[SKILLS], placeholder="Facilitation, public speaking"
    )
    hint = "Separate them with commas. People who have one of these as a skill gap see that it fits."
    blocks.append(kit.field(SKILLS, "What can people learn?", skills, hint=hint))
    title, submit = ("Change your offer", "Save") if changed else ("Offer something", "Offer it")
    return kit.modal(FormId.OFFER, title, blocks, submit=submit, metadata=metadata)


def _until(typed: Offer) -> kit.Block:
    hint = "The last day to respond. Without one, it stays on the board for three months."
    return kit.field(OPEN_UNTIL, "Open until", kit.day_picker(typed.open_until), hint=hint)


def _session(typed: Offer, values: FormValues) -> list[kit.Block]:
    lengths = [kit.option(f"{one} minutes", str(one)) for one in sorted({*LENGTHS, typed.minutes})]
    seats = values.text(SEATS) if SEATS in values else str(typed.seats or "")
    place = kit.text_input(typed.place, multiline=False, longest=LONGEST[PLACE], placeholder="Room 4, or a link")
    free = kit.text_input(seats, multiline=False, longest=4)
    return [
        kit.field(STARTS_AT, "When?", kit.moment_picker(typed.starts_at), hint="Your time.", optional=False),
        kit.field(MINUTES, "How long?", kit.select(lengths, str(typed.minutes)), optional=False),
        kit.field(PLACE, "Where?", place),
        kit.field(SEATS, "How many can come?", free, hint="Leave this empty if there is no limit."),
    ]
