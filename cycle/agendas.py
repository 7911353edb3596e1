"""The agenda: propose, accept, amend, counter, reorder, carry over (practices E4, E15)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.guards import active_pair, existing, in_use, open_discussion
from cycle.replanning import replan
from storage.agenda import ACTIVE_ITEMS, AgendaItem, ItemState
from storage.discussions import OPEN, Discussion
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

# More than this is too much for one discussion, and does not fit on a page.
MOST_ITEMS = 30
LONGEST_ITEM = 500  # characters

FORM = "agenda"  # drafts are saved under this name, by discussion

NEW_ITEMS = "new_items"  # fields of the forms
TEXT = "text"


class Move(StrEnum):
    """Where an item goes within its author's items."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class AgendaView:
    """What both see of the agenda of the coming discussion."""

    pair: Pair
    discussion: Discussion
    employee: Person
    manager: Person
    all_items: Sequence[AgendaItem]  # whatever became of them, by position

    @property
    def items(self) -> list[AgendaItem]:
        """The active ones, the employee's first (E1)."""
        return in_order(self.all_items, self.pair)

    @property
    def carried_over(self) -> list[AgendaItem]:
        """Those that wait for the discussion after this one."""
        return [item for item in self.all_items if item.state is ItemState.CARRIED_OVER]

    def to_decide(self, me: Person) -> list[AgendaItem]:
        """My items for which the other side suggests other words."""
        return [item for item in self.items if item.state is ItemState.COUNTERED and item.author_id == me.id]

    def other_than(self, me: Person) -> Person:
        """The other of the two."""
        return self.manager if me.id == self.pair.employee_id else self.employee

    def to_answer(self, me: Person) -> list[AgendaItem]:
        """What the other side has proposed and I have not answered."""
        return [item for item in self.items if item.state is ItemState.PROPOSED and item.author_id != me.id]


async def agenda_of(store: Store, pair: Pair, discussion: Discussion) -> AgendaView:
    """The agenda of a discussion of a pair."""
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    return AgendaView(
        pair=pair,
        discussion=discussion,
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        all_items=await store.agenda.of_discussions([discussion.pk]),
    )


async def coming_agenda(store: Store, me: Person, pair_id: int) -> AgendaView:
    """The agenda of the discussion that a pair of mine has open. Raises `NotAllowed` or `NotAvailable`."""
    pair = await active_pair(store, me, pair_id)
    return await agenda_of(store, pair, await open_discussion(store, pair))


async def item_of(store: Store, me: Person, pair_id: int, item_id: int) -> AgendaItem:
    """An item of a pair of mine that can still be changed. Raises `NotAllowed` or `NotAvailable`."""
    return await _active_item(store, me, await active_pair(store, me, pair_id), item_id)


def check_new_items(texts: Sequence[str], present: Sequence[AgendaItem], field: str = NEW_ITEMS) -> FieldErrors:
    """What is wrong with items that are to be added to an agenda. Pure."""
    errors, fresh = FieldErrors(), _fresh(texts, present)
    if any(len(text) > LONGEST_ITEM for text in fresh):
        errors.add(field, f"One item is longer than {LONGEST_ITEM} characters. Could it be two, or shorter?")
    if len(_known(present)) + len(fresh) > MOST_ITEMS:
        errors.add(field, f"That makes more than {MOST_ITEMS} items for one discussion. Which matter most?")
    return errors


def check_proposal(texts: Sequence[str], agenda: AgendaView) -> FieldErrors:
    """What is wrong with a proposal. Pure."""
    if not any(text.strip() for text in texts):
        return FieldErrors({NEW_ITEMS: "Please write at least one item, one per line."})
    return check_new_items(texts, agenda.all_items)


async def propose(store: Store, me: Person, agenda: AgendaView, texts: Sequence[str], now: datetime) -> None:
    """Add items to the agenda of a locked pair. Texts that are on it already are not added again."""
    add_items(store, me, agenda.discussion, agenda.all_items, texts, now)
    await replan(store, agenda.pair, now)


def new_among(texts: Sequence[str], agenda: AgendaView) -> int:
    """How many of some texts are not on the agenda yet. Pure."""
    return len(_fresh(texts, agenda.all_items))


def add_items(  # noqa: PLR0913 - whose items for which discussion, beside which others, and when
    store: Store,
    me: Person,
    discussion: Discussion,
    present: Sequence[AgendaItem],
    texts: Sequence[str],
    now: datetime,
    *,
    are_questions: bool = False,
) -> None:
    """Add new items after the present ones."""
    last = max((item.position for item in present), default=0)
    store.add(
        *(
            AgendaItem(
                pair_id=discussion.pair_id, discussion_id=discussion.pk, author_id=me.pk, text=text,
                position=last + number, proposed_at=now, is_question=are_questions,
            )
            for number, text in enumerate(_fresh(texts, present), start=1)
        )
    )  # fmt: skip


def _fresh(texts: Sequence[str], present: Sequence[AgendaItem]) -> list[str]:
    """The texts that are not on an agenda yet, each once, in their order."""
    known, fresh = _known(present), dict[str, str]()
    for text in (" ".join(text.split()) for text in texts):
        if text and text.casefold() not in known:
            fresh.setdefault(text.casefold(), text)
    return list(fresh.values())


def _known(present: Sequence[AgendaItem]) -> set[str]:
    return {item.text.casefold() for item in present if item.state is not ItemState.WITHDRAWN}


def mark_of(item: AgendaItem) -> str:
    """A short hash of an item's words. A button carries it, so that it acts only on the words that its reader saw."""
    return hashlib.blake2s(item.text.encode(), digest_size=4).hexdigest()


async def accept(store: Store, me: Person, pair: Pair, item_id: int, read: str, now: datetime) -> None:
    """Accept an item that the other side proposed. `read` is the mark of the words that I read."""
    item = await _active_item(store, me, pair, item_id)
    if item.author_id == me.id:
        raise NotAllowed("You proposed this one; the other side accepts it.")
    if mark_of(item) != read:
        raise NotAvailable("That item was reworded since you read it. The agenda shows what it says now.")
    item.counter_text = None
    _answer(item, me, ItemState.ACCEPTED, now)
    await replan(store, pair, now)


@dataclass(frozen=True)
class Accepted:
    """What accepting everything at once did, in numbers of items."""

    accepted: int
    reworded: int = 0  # since the person read them, so they still wait


async def accept_all(store: Store, me: Person, agenda: AgendaView, read: Mapping[int, str], now: datetime) -> Accepted:
    """Accept what waits for my answer, of a locked pair. `read` are the marks of what I read, by the keys of items."""
    waiting = [item for item in agenda.to_answer(me) if item.pk in read]
    as_read = [item for item in waiting if mark_of(item) == read[item.pk]]
    for item in as_read:
        _answer(item, me, ItemState.ACCEPTED, now)
    await replan(store, agenda.pair, now)
    return Accepted(len(as_read), len(waiting) - len(as_read))


def _answer(item: AgendaItem, me: Person, state: ItemState, now: datetime) -> None:
    """What I make of an item. Its author hears of my answer; what they change themselves is no answer."""
    item.state, item.answered_at = state, None if item.author_id == me.id else now


def check_text(text: str) -> FieldErrors:
    """What is wrong with the new words of an item. Pure."""
    errors = FieldErrors()
    if not text.strip():
        errors.add(TEXT, "Please write what the item should say, or take it back instead.")
    if len(" ".join(text.split())) > LONGEST_ITEM:
        errors.add(TEXT, too_long(text, LONGEST_ITEM))
    return errors


def is_reworded(item: AgendaItem, read: str, text: str) -> bool:
    """Whether an item has other words than those that a person read before writing their own. Pure."""
    return mark_of(item) != read and " ".join(text.split()) != item.text


async def amend(store: Store, me: Person, pair: Pair, item_id: int, text: str, now: datetime) -> bool:
    """Change the words of an item, mine or the other's; how it was first proposed stays on record.

    Returns False where these are its words already.
    """
    item, text = await _active_item(store, me, pair, item_id), " ".join(text.split())
    is_new = text != item.text
    if is_new:
        item.first_text = item.first_text or item.text
        item.text, item.counter_text, item.counter_answered_at = text, None, None
        # Words that the other side has accepted or amended are proposed anew when their author changes them.
        _answer(item, me, ItemState.PROPOSED if item.author_id == me.id else ItemState.AMENDED, now)
    await replan(store, pair, now)
    return is_new


def check_counter(text: str, item: AgendaItem) -> FieldErrors:
    """What is wrong with other words for an item. Pure."""
    errors = check_text(text)
    if " ".join(text.split()) == item.text:
        errors.add(TEXT, "Those are its words already. What would you say instead?")
    return errors


async def counter(store: Store, me: Person, pair: Pair, item_id: int, text: str, now: datetime) -> None:
    """Suggest other words for an item of the other side: it stays as it is until its author takes or keeps them."""
    item = await _active_item(store, me, pair, item_id)
    if item.author_id == me.id:
        raise NotAllowed("You proposed this one, so you can reword it at once.")
    item.counter_text, item.counter_number = " ".join(text.split()), item.counter_number + 1
    item.counter_answered_at = None
    _answer(item, me, ItemState.COUNTERED, now)
    await replan(store, pair, now)


async def answer_counter(  # noqa: PLR0913 - which answer to which suggestion for which item, and when
    store: Store, me: Person, pair: Pair, item_id: int, number: int, now: datetime, *, take: bool
) -> None:
    """Take the words that the other side suggested for an item of mine, or keep mine. `number` is the one I read."""
    item = await _active_item(store, me, pair, item_id)
    if item.author_id != me.id:
        raise NotAllowed("Only the one who proposed an item decides about its words.")
    if item.state is not ItemState.COUNTERED or item.counter_text is None:
        raise NotAvailable("No other words for that item are waiting for your answer.")
    if item.counter_number != number:
        raise NotAvailable("The suggestion has changed since you read it. The agenda has the new one.")
    if take:
        item.first_text, item.text = item.first_text or item.text, item.counter_text
    _answer(item, me, ItemState.AMENDED if take else ItemState.KEPT, now)
    item.counter_answered_at = now
    await replan(store, pair, now)


async def withdraw(store: Store, me: Person, pair: Pair, item_id: int, now: datetime) -> None:
    """Take back an item of my own."""
    item = await _active_item(store, me, pair, item_id)
    if item.author_id != me.id:
        raise NotAllowed("The other side proposed this one. You can leave it for the next discussion.")
    item.state = ItemState.WITHDRAWN
    await replan(store, pair, now)


async def carry_over(store: Store, me: Person, pair: Pair, item_id: int, now: datetime) -> None:
    """Leave an item for the discussion after the coming one."""
    _answer(await _active_item(store, me, pair, item_id), me, ItemState.CARRIED_OVER, now)
    await replan(store, pair, now)


def can_bring_back(item: AgendaItem, me: Person) -> bool:
    """Whether an item that was left for next time is mine to bring back: I wrote it, or it was I who left it. Pure."""
    return item.author_id == me.id or item.answered_at is not None


async def bring_back(store: Store, me: Person, pair: Pair, item_id: int, now: datetime) -> None:
    """Put an item that was left for next time back on the agenda. If its author does so, it is a new proposal."""
    item = await _item(store, me, pair, item_id, [ItemState.CARRIED_OVER])
    if not can_bring_back(item, me):
        raise NotAllowed("Its author left this one for next time. Would you talk to them about it?")
    back = ItemState.PROPOSED if item.author_id == me.id else ItemState.ACCEPTED
    _answer(item, me, ItemState.COUNTERED if item.counter_waits else back, now)
    await replan(store, pair, now)


async def move(store: Store, me: Person, pair: Pair, item_id: int, where: Move) -> None:
    """Swap an item of mine with its neighbour among my own: the employee's stay first (E1)."""
    item = await _active_item(store, me, pair, item_id)
    if item.author_id != me.id:
        raise NotAllowed("You can reorder your own items; the other side reorders theirs.")
    mine = [
        other
        for other in await store.agenda.of_discussions([item.discussion_id])
        if other.author_id == item.author_id and other.state in ACTIVE_ITEMS
    ]
    here = next(number for number, other in enumerate(mine) if other.id == item.id)
    there = here - 1 if where is Move.UP else here + 1
    if 0 <= there < len(mine):
        item.position, mine[there].position = mine[there].position, item.position


def in_order(items: Sequence[AgendaItem], pair: Pair) -> list[AgendaItem]:
    """The active items, the employee's first (E1)."""
    active = [item for item in items if item.state in ACTIVE_ITEMS]
    return sorted(active, key=lambda item: (item.author_id != pair.employee_id, item.position, item.pk))


async def carry_into(store: Store, before: Discussion, successor: Discussion) -> None:
    """Copy what was carried over, or not discussed, into the next discussion."""
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
                carried_from_id=item.pk, **_counter_of(item),
            )
        )  # fmt: skip
    await store.flush()


def _counter_of(item: AgendaItem) -> dict[str, Any]:
    """Other words that wait for the author's answer, which go on waiting for it next time."""
    if not item.counter_waits:
        return {}
    return {"state": ItemState.COUNTERED, "counter_text": item.counter_text, "counter_number": 1}


async def _active_item(store: Store, me: Person, pair: Pair, item_id: int) -> AgendaItem:
    """An item of a pair that can still be changed."""
    return await _item(store, me, pair, item_id, ACTIVE_ITEMS)


async def _item(store: Store, me: Person, pair: Pair, item_id: int, states: Collection[ItemState]) -> AgendaItem:
    """An item for the coming discussion of a pair that is in one of some states."""
    in_use(pair, me)
    item = await existing(store.agenda.get, item_id)
    discussion = await store.discussions.get(item.discussion_id)
    if item.pair_id != pair.pk or discussion.state not in OPEN or item.state not in states:
        raise NotAvailable("That item is no longer on the agenda.")
    return item
