"""Thanking: the employee's written thank-you, with the deliverables confirmed from both sides (practice E12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle import formatting
from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.guards import in_use, side
from cycle.replanning import replan
from cycle.zones import local_day
from storage.commitments import Commitment
from storage.discussions import HELD_STATES, Discussion, DiscussionState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store
from storage.thanks import MailState, ThankYou

LONGEST_NOTE = 2500  # characters: a section of a Slack message takes 3000, escaping included

NOTE = "note"  # the field of the form
NOT_HELD = "That discussion is not wrapped up yet, so there is nothing to say thank you for."


def draft_note(employee: Person, manager: Person, deliverables: Sequence[Commitment], today: date) -> str:
    """A note to start from: thanks, then what the employee will deliver and by when; `today` is theirs."""
    lines = [
        f"Dear {formatting.first_name(manager)},",
        "",
        "Thank you for taking the time to talk about my development.",
    ]
    if deliverables:
        lines += ["This is what I took with me and will deliver:"]
        lines += [f"• {one.text} (by {formatting.day(one.due_on, today)})" for one in deliverables]
    lines += ["", formatting.first_name(employee)]
    return formatting.shorten("\n".join(lines), LONGEST_NOTE)


async def deliverables(store: Store, pair: Pair, discussion: Discussion) -> list[Commitment]:
    """What the employee committed to in a discussion."""
    open_ones = await store.commitments.open_of([pair.pk])
    return [one for one in open_ones if one.discussion_id == discussion.id and one.owner_id == pair.employee_id]


@dataclass(frozen=True)
class ThanksView:
    """The thank-you after a discussion: sent, or still to write."""

    pair: Pair
    discussion: Discussion
    side: Side
    employee: Person
    manager: Person
    note: ThankYou | None
    deliverables: Sequence[Commitment]
    today: date  # mine

    @property
    def to_confirm(self) -> Sequence[Commitment]:
        """What the manager has not confirmed yet."""
        return [commitment for commitment in self.deliverables if commitment.confirmed_at is None]


async def thanks_for(store: Store, me: Person, pair: Pair, discussion: Discussion, now: datetime) -> ThanksView:
    """The thank-you for a discussion, for either of the two. Raises `NotAvailable` when it has not taken place."""
    if discussion.state not in HELD_STATES:
        raise NotAvailable(NOT_HELD)
    people = await store.people.by_ids([pair.employee_id, pair.manager_id])
    notes = await store.thanks.of_discussions([discussion.pk])
    return ThanksView(
        pair=pair,
        discussion=discussion,
        side=side(pair, me),
        employee=people[pair.employee_id],
        manager=people[pair.manager_id],
        note=next(iter(notes), None),
        deliverables=await deliverables(store, pair, discussion),
        today=local_day(me, now),
    )


async def last_discussion(store: Store, pair: Pair) -> Discussion:
    """The last discussion of a pair that took place. Raises `NotAvailable` when there is none yet."""
    held = await store.discussions.latest_held(pair.pk, limit=1)
    if not held:
        raise NotAvailable("There has been no discussion yet. Wrap one up first; the thank-you comes after it.")
    return held[0]


def check(text: str) -> FieldErrors:
    """What is wrong with a note. Pure."""
    if not text.strip():
        return FieldErrors({NOTE: "Please write a line or two first."})
    if len(text) > LONGEST_NOTE:
        return FieldErrors({NOTE: too_long(text, LONGEST_NOTE)})
    return FieldErrors()


async def send(
    store: Store, me: Person, view: ThanksView, text: str, now: datetime, *, by_mail: bool = False
) -> ThankYou:
    """Send a checked note: the manager gets it in their own working hours. The pair is locked.

    `by_mail` writes down that it is to go out as mail as well, at once (`cycle.thanks_mail`).

    Raises `NotAllowed` for the manager, and `NotAvailable` when it has been sent or the two have met again since.
    """
    pair, discussion = in_use(view.pair, me), view.discussion
    if view.side is not Side.EMPLOYEE:
        raise NotAllowed("The employee writes this note.")
    if view.note is not None:
        raise NotAvailable("Your note for this discussion has been sent already.")
    if any(later.number > discussion.number for later in await store.discussions.latest_held(pair.pk, limit=1)):
        raise NotAvailable("You two have met again since. Close this and open the thank-you for that discussion.")
    note = ThankYou(pair_id=pair.pk, discussion_id=discussion.pk, author_id=me.pk, text=text.strip(), sent_at=now)
    if by_mail:
        note.mail_state, note.mail_attempt, note.mail_at = MailState.WAITING, 1, now
    store.add(note)
    discussion.state, discussion.closed_at = DiscussionState.CLOSED, now
    await replan(store, pair, now)
    return note


async def confirm(store: Store, me: Person, pair: Pair, discussion: Discussion, now: datetime) -> int:
    """The manager confirms the employee's deliverables, the second of two confirmations (E12). Returns how many."""
    if side(in_use(pair, me), me) is not Side.MANAGER:
        raise NotAllowed("The manager confirms these.")
    for note in await store.thanks.of_discussions([discussion.pk]):
        note.confirmed_at = note.confirmed_at or now
    waiting = [one for one in await deliverables(store, pair, discussion) if one.confirmed_at is None]
    for commitment in waiting:
        commitment.confirmed_at = now
    await replan(store, pair, now)
    return len(waiting)
