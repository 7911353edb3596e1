"""Digests: the channels that are told about opportunities, each set up by a person (practice C11)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle.errors import FieldErrors, InvalidInput, NotAllowed
from cycle.replanning import replan_opportunities
from storage.opportunities import Digest, Frequency, NewDigest
from storage.people import Person
from storage.store import Store

CHANNEL: Final = "channel"  # fields of the form
FREQUENCY: Final = "frequency"
WEEKDAY: Final = "weekday"
MONDAY: Final = 0
FOR_MANAGERS: Final = "Only managers and admins of this workspace can share opportunities in a channel."


@dataclass(frozen=True)
class Wanted:
    """A digest as it is filled in; no channel switches it off."""

    channel: str | None
    frequency: Frequency = Frequency.WEEKLY
    weekday: int = MONDAY


async def may_set_up(store: Store, me: Person) -> bool:
    """Whether I may have a channel told about opportunities."""
    return me.is_admin or bool(await store.pairs.active_of_managers([me.pk]))


async def digest_of(store: Store, me: Person) -> Digest | None:
    """My digest, if there is one. Raises `NotAllowed` for someone who may have none."""
    if not await may_set_up(store, me):
        raise NotAllowed(FOR_MANAGERS)
    return next((one for one in await store.digests.on() if one.set_up_by_id == me.pk), None)


async def check(store: Store, me: Person, wanted: Wanted) -> FieldErrors:
    """What is wrong with what is filled in: another person's digest goes to that channel, and they are still here."""
    for one in await store.digests.on():
        if one.channel == wanted.channel and one.set_up_by_id != me.pk:
            person = await store.people.get(one.set_up_by_id)
            taken = f"{person.name} shares opportunities there already. Please pick another channel."
            return FieldErrors() if person.deactivated else FieldErrors({CHANNEL: taken})
    return FieldErrors()


async def save(store: Store, me: Person, wanted: Wanted, now: datetime) -> None:
    """Save a checked digest, with me locked, for `announce_all` to plan.

    Another channel is another digest, which tells of everything that is open. That of someone who has left is taken
    over. Raises `InvalidInput` where someone else has chosen the channel since it was checked.
    """
    kept = None
    for one in await store.digests.lock_on():
        if one.set_up_by_id == me.pk and one.channel == wanted.channel:
            kept = one
        elif one.set_up_by_id == me.pk or (one.channel == wanted.channel and await _has_left(store, one)):
            one.switched_off_at = now
    await store.flush()
    if kept is not None:
        if (kept.frequency, kept.weekday) != (wanted.frequency, wanted.weekday):
            kept.set_up_at = now  # none of its new days is past, or what is new would be posted at once
        kept.frequency, kept.weekday = wanted.frequency, wanted.weekday
    elif wanted.channel is not None:
        digest = NewDigest(me.pk, wanted.channel, wanted.frequency, wanted.weekday, now)
        if not await store.digests.add(digest):
            raise InvalidInput(await check(store, me, wanted))


async def _has_left(store: Store, digest: Digest) -> bool:
    return (await store.people.get(digest.set_up_by_id)).deactivated


async def announce_all(store: Store, now: datetime) -> None:
    """Plan the nudges of all open opportunities, after digests were saved in an earlier transaction."""
    await replan_opportunities(store, await store.opportunities.open_ids(now), now)
