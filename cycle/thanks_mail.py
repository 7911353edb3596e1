"""A thank-you as mail: written down before it is sent, and never sent again by itself (practice E12).

An attempt waits, then is begun, then ends; each is written in a transaction of its own. A process that ends in between
leaves behind how far it got, and a nudge that says so (`cycle.nudges.thanks.mail_not_sent`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cycle.errors import NotAllowed, NotAvailable
from cycle.guards import existing
from cycle.nudges.thanks import MAIL_TAKES
from cycle.replanning import replan
from cycle.thanks import ThanksView, thanks_for
from cycle.zones import local_day
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store
from storage.thanks import MailFailure, MailState, ThankYou

BEGINS_WITHIN: Final = timedelta(minutes=2)
"""An attempt that has not begun within this time is given up, and its author is told: begun later, it could still be
running when they read that it failed."""

SENT_ALREADY: Final = "Your thank-you has gone out by e-mail already."
ON_ITS_WAY: Final = "Your thank-you is on its way by e-mail. I'll tell you if that fails."
NOT_YOURS: Final = "Only the person who wrote the note can send it by e-mail."


@dataclass(frozen=True)
class Attempt:
    """One attempt to send the mail with a note."""

    thank_you_id: int
    number: int


async def ask_again(store: Store, me: Person, pair: Pair, thank_you_id: int, now: datetime) -> Attempt:
    """Another attempt, if the last one has ended and did not succeed. The pair is locked.

    Raises `NotAllowed` for all but the author, and `NotAvailable` where it was sent, or is being sent.
    """
    note = await existing(store.thanks.get, thank_you_id)
    if note.author_id != me.pk:
        raise NotAllowed(NOT_YOURS)
    if note.mail_state is None or note.mail_state is MailState.SENT:
        raise NotAvailable(SENT_ALREADY)
    if note.mail_state in {MailState.WAITING, MailState.SENDING} and note.mail_at and now < note.mail_at + MAIL_TAKES:
        raise NotAvailable(ON_ITS_WAY)
    note.mail_attempt = (note.mail_attempt or 0) + 1
    note.mail_state, note.mail_at, note.mail_failure = MailState.WAITING, now, None
    await replan(store, pair, now)
    return Attempt(note.pk, note.mail_attempt)


async def to_mail(store: Store, me: Person, pair: Pair, attempt: Attempt, now: datetime) -> ThanksView:
    """What the mail says: the note as the manager reads it. Reads as the author."""
    note = await existing(store.thanks.get, attempt.thank_you_id)
    discussion = await store.discussions.get(note.discussion_id)
    view = await thanks_for(store, me, pair, discussion, now)
    return replace(view, side=Side.MANAGER, today=local_day(view.manager, now))


async def begin(store: Store, attempt: Attempt, now: datetime) -> bool:
    """Write down that the mail server is asked from now on; False where that is no longer to be. The pair is locked."""
    note = await _waiting(store, attempt)
    if note is None or note.mail_at is None or now > note.mail_at + BEGINS_WITHIN:
        return False
    note.mail_state = MailState.SENDING
    return True


async def fail(store: Store, pair: Pair, attempt: Attempt, failure: MailFailure, now: datetime) -> None:
    """Write down that the mail was certainly not sent. The pair is locked."""
    await _end(store, pair, attempt, MailState.FAILED, now, failure)


async def end(store: Store, pair: Pair, attempt: Attempt, now: datetime, *, is_sent: bool) -> None:
    """Write down that the server has the mail, or that its answer was lost. The pair is locked."""
    await _end(store, pair, attempt, MailState.SENT if is_sent else MailState.UNCONFIRMED, now)


async def _end(
    store: Store, pair: Pair, attempt: Attempt, state: MailState, now: datetime, failure: MailFailure | None = None
) -> None:
    note = await _going_on(store, attempt)
    if note is None:
        return
    note.mail_state, note.mail_at, note.mail_failure = state, now, failure
    await replan(store, pair, now)


async def _waiting(store: Store, attempt: Attempt) -> ThankYou | None:
    note = await _going_on(store, attempt)
    return note if note is not None and note.mail_state is MailState.WAITING else None


async def _going_on(store: Store, attempt: Attempt) -> ThankYou | None:
    """The note, if this attempt is the last and has not ended."""
    note = await existing(store.thanks.get, attempt.thank_you_id)
    is_going_on = note.mail_state in {MailState.WAITING, MailState.SENDING}
    return note if is_going_on and note.mail_attempt == attempt.number else None
