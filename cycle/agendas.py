"""The agenda: propose, accept, amend, reorder, carry over (practices E4, E15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cycle.access import may_see
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.guards import active_pair, existing, lock_active_pair, lock_pair_of, open_discussion
from cycle.replanning import replan
from storage.agenda import ACTIVE_ITEMS, AgendaItem, ItemState
from storage.discussions import OPEN, Discussion
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

# More than this cannot be talked about in one sitting, and would not fit on a page.
MOST_ITEMS = 30
LONGEST_ITEM = 500  # characters

NEW_ITEMS = "new_items"  # fields of the forms
TEXT = "text"


class Move(StrEnum):
    """Where an item goes within its author's items."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class AgendaView:
    """What both see of the coming talk's agenda."""

    pair: Pair
    discussion: Discussion
    employee: Person
    manager: Person
    items: Sequence[AgendaItem]  # on the table, the employee's first (E1)
    carried_over: int  # points left for the talk after this one


async def agenda_of(store: Store, me: Person, pair_id: int) -> AgendaView:
    """The agenda of the talk that a pair is heading for. Raises `NotAllowed` or `Gone`."""
    pair = await active_pair(store, me, pair_id)
    discussion = await open_discussion(store, pair)
    items = [item for item in await store.agenda.of_discussions([discussion.pk]) if may_see(me.pk, item, pair)]
    return AgendaView(
        pair=pair,
        discussion=discussion,
        employee=await store.people.get(pair.employee_id),
        manager=await store.people.get(pair.manager_id),
        items=in_order(items, pair),
        carried_over=sum(item.state is ItemState.CARRIED_OVER for item in items),
    )


async def item_of(store: Store, me: Person, item_id: int) -> AgendaItem:
    """A point that can still be changed, for looking at. Raises `NotAllowed` or `Gone`."""
    item = await existing(store.agenda.get, item_id)
    discussion = await store.discussions.get(item.discussion_id)
    pair = await active_pair(store, me, discussion.pair_id)
    if not may_see(me.pk, item, pair):
        raise NotAllowed
    return _still_there(item, discussion)


async def propose(store: Store, me: Person, pair_id: int, texts: Sequence[str], now: datetime) -> list[AgendaItem]:
    """Put points on the agenda of the coming talk. Raises `Refused` on `NEW_ITEMS`."""
    pair = await lock_active_pair(store, me, pair_id)
    discussion = await open_discussion(store, pair)
    present = await store.agenda.of_discussions([discussion.pk])
    items = new_items(me, discussion, present, texts, now)
    store.add(*items)
    await replan(store, pair.pk, now)
    return items


def new_items(
    me: Person,
    discussion: Discussion,
    present: Sequence[AgendaItem],
    texts: Sequence[str],
    now: datetime,
    *,
    is_question: bool = False,
) -> list[AgendaItem]:
    """New items after the present ones; what stands there already is not put there twice. Raises `Refused`."""
    standing = {item.text.casefold() for item in present if item.state is not ItemState.WITHDRAWN}
    written = [text for text in (" ".join(text.split()) for text in texts) if text]
    if not written:
        raise InvalidInput({NEW_ITEMS: "Please write at least one point, one per line."})
    first_of_each: dict[str, str] = {}
    for text in written:
        first_of_each.setdefault(text.casefold(), text)
    fresh = [text for words, text in first_of_each.items() if words not in standing]
    if any(len(text) > LONGEST_ITEM for text in fresh):
        raise InvalidInput(
            {NEW_ITEMS: f"One point is longer than {LONGEST_ITEM} characters. Could it be two, or shorter?"}
        )
    if len(standing) + len(fresh) > MOST_ITEMS:
        raise InvalidInput({NEW_ITEMS: f"That would be more than {MOST_ITEMS} points for one talk. Which matter most?"})
    after = max((item.position for item in present), default=0)
    return [
        AgendaItem(
            pair_id=discussion.pair_id, discussion_id=discussion.pk, author_id=me.pk, text=text,
            position=after + number, proposed_at=now, is_question=is_question,
        )
        for number, text in enumerate(fresh, start=1)
    ]  # fmt: skip


async def accept(store: Store, me: Person, item_id: int, now: datetime) -> AgendaItem:
    """Accept a point that the other side proposed."""
    item, pair = await _lock_item(store, me, item_id)
    if item.author_id == me.id:
        raise NotAllowed("You proposed this one; the other side accepts it.")
    item.state = ItemState.ACCEPTED
    await replan(store, pair.pk, now)
    return item


async def amend(store: Store, me: Person, item_id: int, text: str, now: datetime) -> AgendaItem:
    """Change the words of a point, mine or the other's; how it was first proposed stays on record."""
    item, pair = await _lock_item(store, me, item_id)
    text = " ".join(text.split())
    if not text:
        raise InvalidInput({TEXT: "Please write what the point should be, or withdraw it instead."})
    if len(text) > LONGEST_ITEM:
        raise InvalidInput({TEXT: f"Please keep it within {LONGEST_ITEM} characters."})
    if text != item.text:
        item.first_text = item.first_text or item.text
        item.text = text
        # Words that the other side has accepted or amended are proposed anew when their author changes them.
        item.state = ItemState.PROPOSED if item.author_id == me.id else ItemState.AMENDED
    await replan(store, pair.pk, now)
    return item


async def withdraw(store: Store, me: Person, item_id: int, now: datetime) -> AgendaItem:
    """Take back a point of my own."""
    item, pair = await _lock_item(store, me, item_id)
    if item.author_id != me.id:
        raise NotAllowed("The other side proposed this one. You can carry it over to the next talk.")
    item.state = ItemState.WITHDRAWN
    await replan(store, pair.pk, now)
    return item


async def carry_over(store: Store, me: Person, item_id: int, now: datetime) -> AgendaItem:
    """Leave a point for the talk after the coming one."""
    item, pair = await _lock_item(store, me, item_id)
    item.state = ItemState.CARRIED_OVER
    await replan(store, pair.pk, now)
    return item


async def move(store: Store, me: Person, item_id: int, where: Move) -> AgendaItem:
    """Swap a point with its neighbour, within the items of the same side: the employee's stay first (E1)."""
    item, _pair = await _lock_item(store, me, item_id)
    peers = [
        other
        for other in await store.agenda.of_discussions([item.discussion_id])
        if other.author_id == item.author_id and other.state in ACTIVE_ITEMS
    ]
    here = next(number for number, other in enumerate(peers) if other.id == item.id)
    there = here - 1 if where is Move.UP else here + 1
    if 0 <= there < len(peers):
        item.position, peers[there].position = peers[there].position, item.position
    return item


def in_order(items: Sequence[AgendaItem], pair: Pair) -> list[AgendaItem]:
    """What is on the table, the employee's points first (E1)."""
    on_the_table = [item for item in items if item.state in ACTIVE_ITEMS]
    return sorted(on_the_table, key=lambda item: (item.author_id != pair.employee_id, item.position, item.pk))


async def carry_into(store: Store, before: Discussion, successor: Discussion) -> None:
    """Copy what was carried over, or not discussed, into the next talk."""
    left = [
        item
        for item in await store.agenda.of_discussions([before.pk])
        if item.state in (*ACTIVE_ITEMS, ItemState.CARRIED_OVER)
    ]
    for item in left:
        item.state = ItemState.CARRIED_OVER
        store.add(
            AgendaItem(
                pair_id=successor.pair_id, discussion_id=successor.pk, author_id=item.author_id, text=item.text,
                is_question=item.is_question, position=item.position, proposed_at=item.proposed_at,
                carried_from_id=item.pk,
            )
        )  # fmt: skip
    await store.flush()


async def _lock_item(store: Store, me: Person, item_id: int) -> tuple[AgendaItem, Pair]:
    item = await existing(store.agenda.get, item_id)
    discussion = await store.discussions.get(item.discussion_id)
    pair = await lock_pair_of(store, me, discussion)
    await store.refresh(item)
    return _still_there(item, discussion), pair


def _still_there(item: AgendaItem, discussion: Discussion) -> AgendaItem:
    if discussion.state not in OPEN or item.state not in ACTIVE_ITEMS:
        raise NotAvailable("That point is no longer on the agenda.")
    return item
