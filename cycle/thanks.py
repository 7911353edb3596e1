"""Thanking: the employee's written thank-you, with the deliverables confirmed from both sides (practice E12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cycle import formatting
from cycle.access import may_see
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.guards import active_pair, existing, lock_pair_of, side
from cycle.replanning import replan
from storage.commitments import Commitment
from storage.discussions import HELD_STATES, Discussion, DiscussionState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store
from storage.thanks import ThankYou

LONGEST_NOTE = 2500  # characters: a section of a Slack message takes 3000, escaping included

NOTE = "note"  # the field of the form
NOT_HELD = "That talk is not wrapped up yet, so there is nothing to thank for."


def draft_note(employee: Person, manager: Person, deliverables: Sequence[Commitment]) -> str:
    """A note to start from: thanks first, then what the employee will deliver and by when."""
    lines = [
        f"Dear {formatting.first_name(manager)},",
        "",
        "Thank you for taking the time to talk about my development.",
    ]
    if deliverables:
        lines += ["This is what I took with me and will deliver:"]
        lines += [f"• {commitment.text} (by {formatting.day(commitment.due_on)})" for commitment in deliverables]
    lines += ["", formatting.first_name(employee)]
    return formatting.shorten("\n".join(lines), LONGEST_NOTE)


async def deliverables(store: Store, pair: Pair, discussion: Discussion) -> list[Commitment]:
    """What the employee owes from a talk."""
    open_ones = await store.commitments.open_of([pair.pk])
    return [one for one in open_ones if one.discussion_id == discussion.id and one.owner_id == pair.employee_id]


@dataclass(frozen=True)
class ThanksView:
    """The thank-you of a talk: sent, or still to write."""

    pair: Pair
    discussion: Discussion
    side: Side
    employee: Person
    manager: Person
    note: ThankYou | None
    deliverables: Sequence[Commitment]

    @property
    def to_confirm(self) -> Sequence[Commitment]:
        """What the manager has not confirmed yet."""
        return [commitment for commitment in self.deliverables if commitment.confirmed_at is None]


async def thanks_for(store: Store, me: Person, discussion_id: int) -> ThanksView:
    """The thank-you of a talk, for either of the two. Raises `Gone` when the talk has not taken place."""
    discussion = await existing(store.discussions.get, discussion_id)
    pair = await active_pair(store, me, discussion.pair_id)
    if discussion.state not in HELD_STATES:
        raise NotAvailable(NOT_HELD)
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    notes = [note for note in await store.thanks.of_discussions([discussion.pk]) if may_see(me.pk, note, pair)]
    owed = [one for one in await deliverables(store, pair, discussion) if may_see(me.pk, one, pair)]
    return ThanksView(
        pair=pair,
        discussion=discussion,
        side=side(pair, me),
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        note=next(iter(notes), None),
        deliverables=owed,
    )


async def last_discussion(store: Store, me: Person, pair_id: int) -> Discussion:
    """The last talk of a pair of mine that took place. Raises `Gone` when there is none yet."""
    pair = await active_pair(store, me, pair_id)
    discussions = await store.discussions.latest_held(pair.pk, limit=1)
    if not discussions:
        raise NotAvailable("There has been no talk yet. After the first one, `/career wrapup` comes first.")
    return discussions[0]


async def send(store: Store, me: Person, discussion_id: int, text: str, now: datetime) -> ThankYou:
    """Send the note: the manager gets it in their own working hours. Raises `Refused` on `NOTE`."""
    discussion = await existing(store.discussions.get, discussion_id)
    pair = await lock_pair_of(store, me, discussion)
    if side(pair, me) is not Side.EMPLOYEE:
        raise NotAllowed("The employee writes this note.")
    if discussion.state not in HELD_STATES:
        raise NotAvailable(NOT_HELD)
    if await store.thanks.of_discussions([discussion.pk]):
        raise NotAvailable("Your note for this talk has been sent already.")
    if any(later.number > discussion.number for later in await store.discussions.latest_held(pair.pk, limit=1)):
        raise NotAvailable("You two have talked again since. `/career thanks` opens the note for that talk.")
    if not text.strip():
        raise InvalidInput({NOTE: "Please write a line or two first."})
    if len(text) > LONGEST_NOTE:
        raise InvalidInput({NOTE: f"Please keep it within {LONGEST_NOTE} characters; it is {len(text)} now."})
    note = ThankYou(pair_id=pair.pk, discussion_id=discussion.pk, author_id=me.pk, text=text.strip(), sent_at=now)
    store.add(note)
    discussion.state, discussion.closed_at = DiscussionState.CLOSED, now
    await replan(store, pair.pk, now)
    return note


async def confirm(store: Store, me: Person, discussion_id: int, now: datetime) -> int:
    """The manager's key to the employee's deliverables (E12). Returns how many were confirmed."""
    discussion = await existing(store.discussions.get, discussion_id)
    pair = await lock_pair_of(store, me, discussion)
    if side(pair, me) is not Side.MANAGER:
        raise NotAllowed("The manager confirms these.")
    for note in await store.thanks.of_discussions([discussion.pk]):
        note.confirmed_at = note.confirmed_at or now
    waiting = [one for one in await deliverables(store, pair, discussion) if one.confirmed_at is None]
    for commitment in waiting:
        commitment.confirmed_at = now
    await replan(store, pair.pk, now)
    return len(waiting)
