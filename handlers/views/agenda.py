"""The agenda: what both want to talk about, and a menu at each item (practices E4, E15)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.agendas import (
    LONGEST_ITEM,
    MOST_ITEMS,
    NEW_ITEMS,
    TEXT,
    Accepted,
    AgendaView,
    can_bring_back,
    mark_of,
)
from cycle.coach_remarks import Advice
from cycle.zones import local_day
from handlers.shared.drafts import ResumedDraft
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId, MenuChoice
from handlers.shared.view_metadata import AgendaMetadata, AmendMetadata
from handlers.views import coach_remarks, kit
from storage.agenda import AgendaItem, ItemState
from storage.people import Person

PAGE_SIZE: Final = 10
MOST_LEFT: Final = 5  # items that wait for the discussion after this one
LONGEST_KEY: Final = 19  # digits
LEFT_TEXT: Final = 600  # characters of one of them, escaped
SAME_WORDS: Final = "Nothing has changed: those are its words already."
PAGES: Final = "agenda.page"  # how the ids of this form's page buttons begin

LABELS: Final = {
    MenuChoice.ACCEPT: "Accept",
    MenuChoice.COUNTER: "Suggest other words",
    MenuChoice.AMEND: "Reword",
    MenuChoice.UP: "Move up",
    MenuChoice.DOWN: "Move down",
    MenuChoice.CARRY_OVER: "Next time",
    MenuChoice.WITHDRAW: "Take back",
}


def render(  # noqa: PLR0913 - what is saved, what was typed since, and for whom and when it is shown
    view: AgendaView,
    me: Person,
    metadata: AgendaMetadata,
    values: FormValues | None = None,
    draft_kept_at: datetime | None = None,
    advice: Sequence[Advice] = (),
    *,
    now: datetime,
    done: str = "",
) -> dict[str, Any]:
    """The list with its menus, ten items per page, and a field for new ones. `done` is what was done just now."""
    today, new = local_day(me, now), values.text(NEW_ITEMS) if values else ""
    blocks: list[kit.Block] = []
    if draft_kept_at is not None and new.strip():
        blocks += kit.draft_note(formatting.moment(draft_kept_at, me, today))
    if done:
        blocks.append(kit.section(f":white_check_mark: {kit.fitted(done, 1000)}"))
    blocks.append(kit.context(_opening(view, me, today)))
    blocks += _accept_all(view, me)
    if not view.items:
        blocks.append(kit.section("Nothing here yet. Two or three items are plenty for one discussion."))
    page = min(metadata.page, max(len(view.items) - 1, 0) // PAGE_SIZE)
    first = page * PAGE_SIZE
    for number, item in enumerate(view.items[first : first + PAGE_SIZE], start=first + 1):
        menu = kit.overflow(
            [kit.option(LABELS[one], _value(one, item)) for one in menu_of(item, view, me)], ActionId.ITEM_MENU
        )
        blocks.append(kit.section(_item(number, item, view, me), menu) | {"block_id": f"item.{item.pk}"})
        blocks += _counter(item, view, me)
    blocks += [*_pages(page, len(view.items)), *_for_next_time(view, me)]
    blocks += [_new(view, me, new), *coach_remarks.under(NEW_ITEMS, advice), *coach_remarks.closing(advice, "Propose")]
    return kit.modal(FormId.AGENDA, "Agenda", blocks, submit="Propose", metadata=metadata.updated(page=page))


def accepted(what: Accepted, other: Person) -> str:
    """After accepting items: what happened, and what comes next."""
    name, waits = formatting.first_name(other), ""
    if what.reworded == 1:
        waits = "One item was reworded since you read it, so it still waits for your answer."
    elif what.reworded:
        waits = f"{what.reworded} items were reworded since you read them, so they still wait for your answer."
    if what.accepted == 0:
        return waits or "Nothing is waiting for your answer any more."
    return f"You accepted {formatting.count(what.accepted, 'item')}. I'll let {name} know. {waits}".rstrip()


def chosen(choice: MenuChoice, other: Person, *, is_mine: bool) -> str:
    """After a choice from a menu: what happened, and what comes next."""
    name = formatting.first_name(other)
    told = "" if is_mine else f" I'll let {name} know."
    match choice:
        case MenuChoice.ACCEPT:
            return accepted(Accepted(1), other)
        case MenuChoice.CARRY_OVER:
            return f"That one waits for the discussion after this one.{told}"
        case MenuChoice.WITHDRAW:
            return f"You took that one back. {name} no longer sees it."
        case MenuChoice.COUNTER:
            return f"I'll let {name} know what you suggest. The item stays as it is until {name} answers."
        case MenuChoice.AMEND:
            return f"Reworded.{told}" if told else f"Reworded. {name} sees the new words."
        case _:
            return "Moved."


def counter_answered(other: Person, *, take: bool) -> str:
    """After an answer to other words for an item: what happened, and who hears of it."""
    name = formatting.first_name(other)
    return (
        f"The item now says what {name} suggested. I'll let {name} know."
        if take
        else f"The item keeps your words. I'll let {name} know."
    )


def brought_back(other: Person, is_mine: bool) -> str:  # noqa: FBT001 - what is said of an item depends on whose it is
    """After bringing an item back: where it is, and what comes next."""
    name = formatting.first_name(other)
    return f"That one is back on the agenda. {name} {'can answer it there' if is_mine else 'sees it there'}."


def proposed(view: AgendaView, me: Person, number: int) -> dict[str, Any]:
    """After proposing a number of items: what happened, and what comes next."""
    name = kit.fitted(formatting.first_name(view.other_than(me)), 300)
    if number == 0:
        return kit.notice("Agenda", "That is on the agenda already, so I added nothing.")
    what = "1 new item is" if number == 1 else f"{number} new items are"
    if me.id == view.pair.employee_id and view.discussion.starts_at is not None:
        follows = f"{name} can accept or reword what you propose. If nothing happens, I'll ask in two working days."
    elif me.id == view.pair.manager_id:
        follows = f"I'll let {name} know."
    else:
        follows = f"{name} sees what you propose on the agenda, and in the brief on the day before."
    return kit.notice("Agenda", f"{what} on the agenda. {follows} To see it or change it, use `/career agenda`.")


def _accept_all(view: AgendaView, me: Person) -> Iterator[kit.Block]:
    """One press for the side that has something to answer. It carries what was read: the rest goes on waiting."""
    waiting = view.to_answer(me)
    if waiting:
        label = "Accept this item" if len(waiting) == 1 else f"Accept all {len(waiting)}"
        read = " ".join(f"{item.pk}:{mark_of(item)}" for item in waiting)
        yield kit.actions([kit.button(label, ActionId.ACCEPT_ALL, read, primary=True)], block_id="accept_all")


def marks(value: str) -> dict[int, str]:
    """The marks that such a press carries, by the keys of items. What is no key is left out."""
    pairs = (one.partition(":") for one in value.split())
    return {int(key): mark for key, _, mark in pairs if key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY}


def _value(choice: MenuChoice, item: AgendaItem) -> str:
    """What a choice from the menu of an item carries; accepting, also the mark of the words that are accepted."""
    return f"{choice}:{item.pk}" + (f":{mark_of(item)}" if choice is MenuChoice.ACCEPT else "")


def _for_next_time(view: AgendaView, me: Person) -> Iterator[kit.Block]:
    """Which items wait for the discussion after this one, who left them for it, and a way back for each."""
    if not view.carried_over:
        return
    yield kit.section("*For the discussion after this one*")
    for item in view.carried_over[:MOST_LEFT]:
        back = kit.button("Bring back", ActionId.BRING_BACK, str(item.pk), about=item.text)
        text = f"{kit.fitted(item.text, LEFT_TEXT)}\n_{_left(item, view, me)}_"
        yield kit.section(text, back if can_bring_back(item, me) else None) | {"block_id": f"left.{item.pk}"}
    if (more := len(view.carried_over) - MOST_LEFT) > 0:
        yield kit.context(f"And {formatting.count(more, 'item')} more.")


def _left(item: AgendaItem, view: AgendaView, me: Person) -> str:
    """Whose item it is, and who left it for next time: its author, unless the other side has answered it so."""
    is_mine, other = item.author_id == me.id, _name(view.other_than(me))
    by_me = is_mine is (item.answered_at is None)
    return f"{_whose(item, view, me)} · {'you' if by_me else other} left it for next time"


def _counter(item: AgendaItem, view: AgendaView, me: Person) -> Iterator[kit.Block]:
    """Below an item: the other words that were suggested, and two buttons for its author while they wait."""
    if item.counter_text is None or item.counter_text == item.text:
        return
    is_mine, other = item.author_id == me.id, _name(view.other_than(me))
    words = f"“{kit.fitted(item.counter_text, 2000)}”"
    if item.state is ItemState.COUNTERED:
        yield kit.section(f"{other} suggests: {words}" if is_mine else f"You suggest: {words}")
    else:
        yield kit.section(f"{other} suggested: {words}" if is_mine else f"You suggested: {words}")
    if is_mine and item.state is ItemState.COUNTERED:
        value, words = f"{item.pk}:{item.counter_number}", item.counter_text
        take = kit.button("Use these words", ActionId.TAKE_COUNTER, value, primary=True, about=words)
        keep = kit.button("Keep mine", ActionId.KEEP_WORDS, value, about=item.text)
        yield kit.actions([take, keep], block_id=f"counter.{item.pk}")


def menu_of(item: AgendaItem, view: AgendaView, me: Person) -> list[MenuChoice]:
    """What a person can do with an item: at most five things, as many as such a menu holds."""
    if item.author_id != me.id:
        can_accept = item.state in {ItemState.PROPOSED, ItemState.COUNTERED, ItemState.KEPT}
        accept = [MenuChoice.ACCEPT] if can_accept else []
        return [*accept, MenuChoice.COUNTER, MenuChoice.AMEND, MenuChoice.CARRY_OVER]
    mine = [one.id for one in view.items if one.author_id == me.id]
    up = [] if item.id == mine[0] else [MenuChoice.UP]
    down = [] if item.id == mine[-1] else [MenuChoice.DOWN]
    return [MenuChoice.AMEND, *up, *down, MenuChoice.CARRY_OVER, MenuChoice.WITHDRAW]


def amending(
    item: AgendaItem, me: Person, metadata: AmendMetadata, draft: ResumedDraft | None = None, reworded: str = "",
    *, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """A form for new words. `reworded` is what the person typed for words that have changed meanwhile."""
    field = kit.field(
        TEXT,
        "What should the item say?",
        kit.text_input(_typed(draft, reworded) or item.text, longest=LONGEST_ITEM),
        hint="You can both still read the original words.",
        optional=False,
    )
    blocks = [*_draft_note(draft, me, now), *_reworded(item, reworded), field]
    return kit.modal(FormId.AMEND, "Reword an item", blocks, submit="Save", close="Back", metadata=metadata)


def countering(  # noqa: PLR0913 - the item and its author, what is typed for it, and for whom and when it is shown
    item: AgendaItem, author: Person, me: Person, metadata: AmendMetadata, draft: ResumedDraft | None = None,
    reworded: str = "", *, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """A form for other words, which the author of the item takes or does not. `reworded` as for `amending`."""
    name = formatting.first_name(author)
    waiting = item.counter_text if item.counter_waits else None
    field = kit.field(
        TEXT,
        "What would you say instead?",
        kit.text_input(_typed(draft, reworded) or waiting or item.text, longest=LONGEST_ITEM),
        hint=f"The item stays as it is until {name} takes your words or keeps the present ones.",
        optional=False,
    )
    present = kit.section(f"{_name(author)}'s item:\n{kit.quoted(item.text, 2500)}")
    blocks = [*_draft_note(draft, me, now), *(_reworded(item, reworded) or [present]), field]
    return kit.modal(FormId.COUNTER, "Suggest other words", blocks, submit="Suggest", close="Back", metadata=metadata)


def _typed(draft: ResumedDraft | None, reworded: str) -> str:
    """What the person has typed: just now, or in their draft."""
    return reworded or (draft.values.text(TEXT) if draft else "")


def _draft_note(draft: ResumedDraft | None, me: Person, now: datetime) -> list[kit.Block]:
    return kit.draft_note(formatting.moment(draft.saved_at, me, local_day(me, now))) if draft else []


def _reworded(item: AgendaItem, reworded: str) -> list[kit.Block]:
    """What an item says now that it was reworded while the person was writing."""
    if not reworded:
        return []
    return [kit.section(f"This item was reworded while you were writing. It now says:\n{kit.quoted(item.text, 2500)}")]


def _opening(view: AgendaView, me: Person, today: date) -> str:
    other = view.manager if me.id == view.pair.employee_id else view.employee
    starts_at = view.discussion.starts_at
    when = f"on {formatting.moment(starts_at, me, today)}" if starts_at else "which has no date yet"
    employee = "Your items come" if me.id == view.pair.employee_id else f"{_name(view.employee)}'s items come"
    return f"For your discussion with {_name(other)}, {when}. Both of you see this. {employee} first."


def _item(number: int, item: AgendaItem, view: AgendaView, me: Person) -> str:
    is_mine, other = item.author_id == me.id, _name(view.other_than(me))
    facts = [_whose(item, view, me), _state(item, other, is_mine=is_mine)]
    if item.carried_from_id is not None:
        facts.append("left from last time")
    text = f"{number}. {kit.fitted(item.text, 1400)}\n_{' · '.join(facts)}_"
    if item.first_text is not None and item.first_text != item.text:
        text += f"\nFirst: “{kit.fitted(item.first_text, 800)}”"
    return text


def _whose(item: AgendaItem, view: AgendaView, me: Person) -> str:
    what = "question" if item.is_question else "item"
    return f"Your {what}" if item.author_id == me.id else f"{_name(view.other_than(me))}'s {what}"


def _state(item: AgendaItem, other: str, *, is_mine: bool) -> str:
    """Where an item stands, in plain words."""
    match item.state:
        case ItemState.ACCEPTED:
            return f"accepted by {other}" if is_mine else "accepted by you"
        case ItemState.COUNTERED:
            return f"{other} suggests other words" if is_mine else f"waiting for {other}'s answer to your words"
        case ItemState.KEPT:
            return "you kept your words" if is_mine else f"{other} kept these words"
        case ItemState.AMENDED if item.counter_taken:
            return f"{other}'s words, which you took" if is_mine else f"your words, which {other} took"
        case ItemState.AMENDED:
            return f"reworded by {other}" if is_mine else "reworded by you"
        case _:
            return f"{other} has not answered yet" if is_mine else "waiting for your answer"


def _pages(page: int, items: int) -> list[kit.Block]:
    """Buttons to the neighbouring pages, each in a row of its own since both have the same action id."""
    shown = []
    for neighbour, way in ((page - 1, "Back to"), (page + 1, "On to")):
        first = neighbour * PAGE_SIZE + 1
        if 1 <= first <= items:
            last = min(first + PAGE_SIZE - 1, items)
            label = f"{way} items {first}–{last}" if last > first else f"{way} item {first}"
            shown.append(kit.actions([kit.button(label, ActionId.AGENDA_PAGE, str(neighbour))], f"{PAGES}.{neighbour}"))
    return shown


def _new(view: AgendaView, me: Person, text: str) -> kit.Block:
    other = view.manager if me.id == view.pair.employee_id else view.employee
    is_employee = me.id == view.pair.employee_id
    example = "How I can take over the Friday planning" if is_employee else "What you would like to learn this year"
    element = kit.text_input(text, placeholder=example)
    hint = f"One per line, up to {LONGEST_ITEM} characters each and {MOST_ITEMS} items in all. "
    hint += f"{formatting.first_name(other)} sees them here."
    return kit.field(NEW_ITEMS, "New items", element, hint=hint, optional=False)


def _name(person: Person) -> str:
    return kit.fitted(formatting.first_name(person), 300)
