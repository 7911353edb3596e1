"""The agenda: what both want to talk about, and a menu at each item (practices E4, E15)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.agendas import LONGEST_ITEM, MOST_ITEMS, NEW_ITEMS, TEXT, AgendaView
from cycle.coach_remarks import Advice
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId, MenuChoice
from handlers.shared.view_metadata import AgendaMetadata, AmendMetadata
from handlers.views import coach_remarks, kit
from storage.agenda import AgendaItem, ItemState
from storage.people import Person

PAGE_SIZE: Final = 10
PAGES: Final = "agenda.page"  # how the ids of this form's page buttons begin

LABELS: Final = {
    MenuChoice.ACCEPT: "Accept",
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
) -> dict[str, Any]:
    """The list with its menus, ten items per page, and a field for new ones."""
    today, new = local_day(me, now), values.text(NEW_ITEMS) if values else ""
    blocks: list[kit.Block] = []
    if draft_kept_at is not None and new.strip():
        blocks += kit.draft_note(formatting.moment(draft_kept_at, me, today))
    blocks.append(kit.context(_opening(view, me, today)))
    if not view.items:
        blocks.append(kit.section("Nothing here yet. Two or three items are plenty for one discussion."))
    page = min(metadata.page, max(len(view.items) - 1, 0) // PAGE_SIZE)
    first = page * PAGE_SIZE
    for number, item in enumerate(view.items[first : first + PAGE_SIZE], start=first + 1):
        menu = kit.overflow(
            [kit.option(LABELS[one], f"{one}:{item.pk}") for one in menu_of(item, view, me)], ActionId.ITEM_MENU
        )
        blocks.append(kit.section(_item(number, item, view, me), menu) | {"block_id": f"item.{item.pk}"})
    blocks += _pages(page, len(view.items))
    if view.carried_over:
        left = formatting.count(view.carried_over, "item waits", "items wait")
        blocks.append(kit.context(f"{left} for the discussion after this one."))
    blocks += [_new(view, me, new), *coach_remarks.under(NEW_ITEMS, advice), *coach_remarks.closing(advice, "Propose")]
    return kit.modal(FormId.AGENDA, "Agenda", blocks, submit="Propose", metadata=metadata.updated(page=page))


def menu_of(item: AgendaItem, view: AgendaView, me: Person) -> list[MenuChoice]:
    """What a person can do with an item: at most five things, as many as such a menu holds."""
    if item.author_id != me.id:
        accept = [MenuChoice.ACCEPT] if item.state is ItemState.PROPOSED else []
        return [*accept, MenuChoice.AMEND, MenuChoice.CARRY_OVER]
    mine = [one.id for one in view.items if one.author_id == me.id]
    up = [] if item.id == mine[0] else [MenuChoice.UP]
    down = [] if item.id == mine[-1] else [MenuChoice.DOWN]
    return [MenuChoice.AMEND, *up, *down, MenuChoice.CARRY_OVER, MenuChoice.WITHDRAW]


def amending(item: AgendaItem, metadata: AmendMetadata) -> dict[str, Any]:
    """A form for new words."""
    field = kit.field(
        TEXT,
        "What should the item say?",
        kit.text_input(item.text, longest=LONGEST_ITEM),
        hint="You can both still read the original words.",
        optional=False,
    )
    return kit.modal(FormId.AMEND, "Reword an item", [field], submit="Save", close="Back", metadata=metadata)


def _opening(view: AgendaView, me: Person, today: date) -> str:
    other = view.manager if me.id == view.pair.employee_id else view.employee
    starts_at = view.discussion.starts_at
    when = f"on {formatting.moment(starts_at, me, today)}" if starts_at else "which has no date yet"
    employee = "Your items come" if me.id == view.pair.employee_id else f"{_name(view.employee)}'s items come"
    return f"For your discussion with {_name(other)}, {when}. Both of you see this. {employee} first."


def _item(number: int, item: AgendaItem, view: AgendaView, me: Person) -> str:
    author = view.employee if item.author_id == view.pair.employee_id else view.manager
    facts = ["from you" if author.id == me.id else f"from {_name(author)}", formatting.ITEM_STATES[item.state]]
    if item.is_question:
        facts.append("a question")
    if item.carried_from_id is not None:
        facts.append("left from last time")
    text = f"{number}. {kit.fitted(item.text, 1500)}\n_{' · '.join(facts)}_"
    if item.first_text is not None and item.first_text != item.text:
        text += f"\nwas: “{kit.fitted(item.first_text, 1000)}”"
    return text


def _pages(page: int, items: int) -> list[kit.Block]:
    """Buttons to the neighbouring pages, each in a row of its own since both have the same action id."""
    shown = []
    for neighbour, way in ((page - 1, "Back to"), (page + 1, "On to")):
        first = neighbour * PAGE_SIZE + 1
        if 1 <= first <= items:
            last = min(first + PAGE_SIZE - 1, items)
            label = f"{way} items {first}–{last}" if last > first else f"{way} item {first}"
            shown.append(kit.actions([kit.button(label, ActionId.PAGE, str(neighbour))], f"{PAGES}.{neighbour}"))
    return shown


def _new(view: AgendaView, me: Person, text: str) -> kit.Block:
    other = view.manager if me.id == view.pair.employee_id else view.employee
    element = kit.text_input(text, placeholder="How I can take over the Friday planning")
    hint = f"One per line, up to {LONGEST_ITEM} characters each and {MOST_ITEMS} items in all. "
    return kit.field(NEW_ITEMS, "New items", element, hint=f"{hint}{formatting.first_name(other)} sees them here.")


def _name(person: Person) -> str:
    return kit.fitted(formatting.first_name(person), 300)
