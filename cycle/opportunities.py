"""Opportunities: what people offer to everyone, and who wants to take part (practice C11).

Replanning one reads which channels are told about opportunities. So that a digest that is set up at the same moment is
never missed, a new opportunity is saved first and planned afterwards, in a transaction of its own, as is a new digest:
whichever of the two is planned last sees both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cycle.calendar import add_months
from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.guards import existing
from cycle.nudges.opportunities import how_many
from cycle.opportunity_dates import is_open
from cycle.replanning import replan_opportunities
from cycle.zones import local_day
from storage.opportunities import Opportunity, OpportunityKind, SignUp, Taken
from storage.people import Person
from storage.store import Store

TITLE: Final = "title"  # fields of the form
ABOUT: Final = "about"
SKILLS: Final = "skills"
OPEN_UNTIL: Final = "open_until"
STARTS_AT: Final = "starts_at"
MINUTES: Final = "minutes"
PLACE: Final = "place"
SEATS: Final = "seats"

LONGEST: Final = {TITLE: 100, ABOUT: 2000, SKILLS: 200, PLACE: 150}  # characters
MOST_OPEN: Final = 20  # of one person at a time
MOST_SEATS: Final = 500
FURTHEST_MONTHS: Final = 12
USUAL_MINUTES: Final = 60

GONE: Final = "I can't find this opportunity. `/career opportunities` shows those that are open."
CLOSED: Final = "This opportunity is no longer open. `/career opportunities` shows those that are."


@dataclass(frozen=True)
class Offer:
    """An opportunity as it is filled in."""

    kind: OpportunityKind
    title: str
    about: str = ""
    skills: str = ""
    open_until: date | None = None
    starts_at: datetime | None = None
    minutes: int = USUAL_MINUTES
    place: str = ""
    seats: int | None = None

    @property
    def is_session(self) -> bool:
        """Whether people meet at a time."""
        return self.kind is OpportunityKind.SESSION


@dataclass(frozen=True)
class Listed:
    """An opportunity as someone sees it."""

    opportunity: Opportunity
    offered_by: Person
    taken: int
    """How many have signed up."""
    takes_part: bool = False
    """Whether the reader has signed up."""
    gap: str | None = None
    """The skill gap of the reader's that it helps to close (C5)."""
    names: Sequence[Person] = ()
    """Who has signed up: only the person who offers it reads them."""

    @property
    def seats_left(self) -> int | None:
        """How many seats are free; None where any number of people can take part."""
        seats = self.opportunity.seats
        return None if seats is None else max(seats - self.taken, 0)


async def board(store: Store, me: Person, now: datetime) -> list[Listed]:
    """What is open: first what helps to close a skill gap of mine, then the latest first."""
    found = await store.opportunities.open_at(now)
    people = await store.people.by_ids({one.offered_by_id for one in found})
    still_open = [one for one in found if is_open(one, people[one.offered_by_id], now)]
    ids = [one.pk for one in still_open]
    taken = await store.opportunities.taken(ids, me.pk)
    gaps = await _skills_i_lack(store, me)
    listed = [
        Listed(one, people[one.offered_by_id], *taken.get(one.pk, Taken()), matching(one.skills, gaps))
        for one in still_open
    ]
    return sorted(listed, key=lambda one: one.gap is None)


async def look_at(store: Store, me: Person, key: int) -> Listed:
    """One opportunity, open or not. Raises `NotAllowed` where there is none."""
    one = await _existing(store, key)
    sign_ups = await store.opportunities.sign_ups([key]) if one.offered_by_id == me.pk else ()
    people = await store.people.by_ids({one.offered_by_id, *(each.person_id for each in sign_ups)})
    taken = await store.opportunities.taken([key], me.pk)
    return Listed(
        one,
        people[one.offered_by_id],
        *taken.get(key, Taken()),
        matching(one.skills, await _skills_i_lack(store, me)),
        [people[each.person_id] for each in sign_ups],
    )


async def seats_taken(store: Store, me: Person, key: int) -> int:
    """How many have signed up."""
    return (await store.opportunities.taken([key], me.pk)).get(key, Taken()).people


def matching(skills: str, gaps: Sequence[str]) -> str | None:
    """The first of some skill gaps that names one of the skills (separated by commas), or is named by one. Pure."""
    offered = [" ".join(skill.casefold().split()) for skill in skills.split(",") if skill.strip()]
    for gap in gaps:
        words = f" {' '.join(gap.casefold().split())} "
        if any(f" {skill} " in words or words in f" {skill} " for skill in offered):
            return gap
    return None


async def _skills_i_lack(store: Store, me: Person) -> list[str]:
    """My open skill gaps, whomever I have named them to."""
    return [gap.skill for gap in await store.gaps.open_of(me.pk)]


def check(offer: Offer, me: Person, now: datetime, *, taken: int = 0) -> FieldErrors:
    """What is wrong with what is filled in; `taken` is how many have signed up. Pure."""
    errors, today = FieldErrors(), local_day(me, now)
    if not offer.title.strip():
        errors.add(TITLE, "Please say in a few words what it is.")
    for name, text in ((TITLE, offer.title), (ABOUT, offer.about), (SKILLS, offer.skills), (PLACE, offer.place)):
        if len(text) > LONGEST[name]:
            errors.add(name, too_long(text, LONGEST[name]))
    if offer.is_session:
        _check_session(offer, me, now, errors, taken)
    elif offer.open_until is not None and offer.open_until < today:
        errors.add(OPEN_UNTIL, "That day has passed. Please pick today or a later day.")
    elif offer.open_until is not None and offer.open_until > add_months(today, FURTHEST_MONTHS):
        errors.add(OPEN_UNTIL, "That is more than a year away. Please pick a day within the next twelve months.")
    return errors


def _check_session(offer: Offer, me: Person, now: datetime, errors: FieldErrors, taken: int) -> None:
    if offer.starts_at is None:
        errors.add(STARTS_AT, "When does it take place?")
    elif offer.starts_at <= now:
        errors.add(STARTS_AT, "That time has passed. Please pick a time in the future.")
    elif local_day(me, offer.starts_at) > add_months(local_day(me, now), FURTHEST_MONTHS):
        errors.add(STARTS_AT, "That is more than a year away. Please pick a time within the next twelve months.")
    if offer.seats is not None and not 0 < offer.seats <= MOST_SEATS:
        errors.add(SEATS, f"Please enter a number from 1 to {MOST_SEATS}, or leave this empty if there is no limit.")
    elif offer.seats is not None and offer.seats < taken:
        errors.add(SEATS, f"{how_many(taken, is_session=True)} Please keep at least that many seats.")


async def save(store: Store, me: Person, offer: Offer, now: datetime) -> Opportunity:
    """Save a checked offer that is new, for `announce` to plan. Raises `NotAvailable` where I have too many open."""
    mine = [
        one for one in await store.opportunities.open_at(now) if one.offered_by_id == me.pk and is_open(one, me, now)
    ]
    if len(mine) >= MOST_OPEN:
        raise NotAvailable(
            f"You have {len(mine)} open opportunities, and that is the limit. Please withdraw one first."
        )
    one = Opportunity(offered_by_id=me.pk, kind=offer.kind, title="", about="", skills="", place="", offered_at=now)
    _fill(one, offer)
    store.add(one)
    await store.flush()
    return one


async def announce(store: Store, key: int, now: datetime) -> None:
    """Plan the nudges of an opportunity that was saved before, in an earlier transaction."""
    await replan_opportunities(store, [key], now)


async def change(store: Store, one: Opportunity, offer: Offer, now: datetime) -> None:
    """Save a checked change of a locked opportunity of mine; everyone who has signed up hears of another time."""
    if offer.is_session and offer.starts_at != one.starts_at:
        if one.moved_at is None or not await _is_untold(store, one):
            one.moved_from = one.starts_at
        one.moved_at = now if offer.starts_at != one.moved_from else None
        one.round += 1
    _fill(one, offer)
    await replan_opportunities(store, [one.pk], now)


async def _is_untold(store: Store, one: Opportunity) -> bool:
    """Whether people have not read of the last time that a session was moved: they know the one before."""
    planned = await store.nudge_plans.planned_of_opportunities([one.pk])
    return any(row.key.startswith(f"session_changed:{one.pk}:{one.round}:") for row in planned)


def _fill(one: Opportunity, offer: Offer) -> None:
    one.title, one.skills, one.place = (" ".join(text.split()) for text in (offer.title, offer.skills, offer.place))
    one.about = offer.about.strip()
    one.open_until = None if offer.is_session else offer.open_until
    one.starts_at, one.minutes = (offer.starts_at, offer.minutes) if offer.is_session else (None, None)
    one.seats = offer.seats if offer.is_session else None


async def own(store: Store, me: Person, key: int, now: datetime) -> Opportunity:
    """Lock an opportunity of mine that is open. Raises `NotAllowed` or `NotAvailable`."""
    one = await _locked(store, key)
    if one.offered_by_id != me.pk:
        raise NotAllowed("Only the person who offers this can change it.")
    if not is_open(one, me, now):
        raise NotAvailable(CLOSED)
    return one


async def withdraw(store: Store, me: Person, key: int, now: datetime) -> None:
    """Withdraw an opportunity of mine; everyone who has signed up for it, or is interested, hears.

    Raises `NotAllowed` or `NotAvailable`.
    """
    one = await own(store, me, key, now)
    one.withdrawn_at = now
    await replan_opportunities(store, [key], now)


async def sign_up(store: Store, me: Person, key: int, now: datetime) -> None:
    """Sign me up, or save that I am interested. Twice is once. Raises `NotAllowed` or `NotAvailable`."""
    one = await _locked(store, key)
    if one.offered_by_id == me.pk:
        raise NotAllowed("You are offering this yourself.")
    if not is_open(one, await store.people.get(one.offered_by_id), now):
        raise NotAvailable(CLOSED)
    mine = await store.opportunities.sign_up_of(key, me.pk)
    if mine is not None and mine.cancelled_at is None:
        return
    if one.seats is not None and await seats_taken(store, me, key) >= one.seats:
        raise NotAvailable("All seats are taken now. You can sign up if someone cancels.")
    if mine is None:
        store.add(SignUp(opportunity_id=key, person_id=me.pk, signed_up_at=now))
    else:
        mine.signed_up_at, mine.cancelled_at = now, None
    await replan_opportunities(store, [key], now)


async def take_name_off(store: Store, me: Person, key: int, now: datetime) -> None:
    """Take my name off the list again. Raises `NotAllowed` where there is no such opportunity."""
    await _locked(store, key)
    mine = await store.opportunities.sign_up_of(key, me.pk)
    if mine is not None and mine.cancelled_at is None:
        mine.cancelled_at = now
        await replan_opportunities(store, [key], now)


async def _locked(store: Store, key: int) -> Opportunity:
    return await existing(store.opportunities.lock, key, GONE)


async def _existing(store: Store, key: int) -> Opportunity:
    return await existing(store.opportunities.get, key, GONE)
