"""Thanking: the employee's written thank-you, with the deliverables confirmed from both sides (practice E12)."""

from collections.abc import Sequence
from datetime import datetime

from cycle import words
from cycle.errors import Gone, NotAllowed, Refused
from cycle.reach import existing, hold_pair_of, side
from cycle.replanning import replan
from storage.commitments import Commitment
from storage.discussions import TOOK_PLACE, Discussion, DiscussionState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store
from storage.thanks import ThankYou

LONGEST_NOTE = 2500  # characters: a section of a Slack message takes 3000, escaping included

NOTE = "note"  # the field of the form


def draft_note(employee: Person, manager: Person, deliverables: Sequence[Commitment]) -> str:
    """A note to start from: thanks first, then what the employee will deliver and by when."""
    lines = [f"Dear {words.first_name(manager)},", "", "Thank you for taking the time to talk about my development."]
    if deliverables:
        lines += ["This is what I took with me and will deliver:"]
        lines += [f"• {promise.text} (by {words.day(promise.due_on)})" for promise in deliverables]
    lines += ["", words.first_name(employee)]
    return words.shorten("\n".join(lines), LONGEST_NOTE)


async def deliverables(store: Store, pair: Pair, discussion: Discussion) -> list[Commitment]:
    """What the employee owes from a talk."""
    open_ones = await store.commitments.open_of([pair.pk])
    return [one for one in open_ones if one.discussion_id == discussion.id and one.owner_id == pair.employee_id]


async def send(store: Store, me: Person, discussion_id: int, text: str, now: datetime) -> ThankYou:
    """Send the note: the manager gets it in their own working hours. Raises `Refused` on `NOTE`."""
    talk = await existing(store.discussions.get, discussion_id)
    pair = await hold_pair_of(store, me, talk)
    if side(pair, me) is not Side.EMPLOYEE:
        raise NotAllowed("The employee writes this note.")
    if talk.state not in TOOK_PLACE:
        raise Gone("That talk is not wrapped up yet, so there is nothing to thank for.")
    if await store.thanks.of_discussions([talk.pk]):
        raise Gone("Your note for this talk has been sent already.")
    if not text.strip():
        raise Refused({NOTE: "Please write a line or two first."})
    if len(text) > LONGEST_NOTE:
        raise Refused({NOTE: f"Please keep it within {LONGEST_NOTE} characters; it is {len(text)} now."})
    note = ThankYou(discussion_id=talk.pk, author_id=me.pk, text=text.strip(), sent_at=now)
    store.add(note)
    talk.state, talk.closed_at = DiscussionState.CLOSED, now
    await replan(store, pair.pk, now)
    return note


async def confirm(store: Store, me: Person, discussion_id: int, now: datetime) -> int:
    """The manager's key to the employee's deliverables (E12). Returns how many were confirmed."""
    talk = await existing(store.discussions.get, discussion_id)
    pair = await hold_pair_of(store, me, talk)
    if side(pair, me) is not Side.MANAGER:
        raise NotAllowed("The manager confirms these.")
    for note in await store.thanks.of_discussions([talk.pk]):
        note.confirmed_at = note.confirmed_at or now
    waiting = [one for one in await deliverables(store, pair, talk) if one.confirmed_at is None]
    for promise in waiting:
        promise.confirmed_at = now
    await replan(store, pair.pk, now)
    return len(waiting)
