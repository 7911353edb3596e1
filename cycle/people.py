"""People, as Slack knows them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from cycle.bank import Clarity, FeedbackStyle
from cycle.replanning import replan
from cycle.zones import zone_named
from storage.people import Person
from storage.store import Store

# Slack is asked again after a day: long enough to stay far below its rates, short enough for a move of time zone.
PROFILE_GOOD_FOR = timedelta(days=1)

# Someone who writes to the bot in words is told once an hour what it can do; more often would be noise.
HELPED_AGAIN_AFTER = timedelta(hours=1)
# A Home is drawn again after each change for this long after it was opened. Slack asks for it whenever it is opened, so
# someone who has not looked for longer, or never, sees it up to date anyway.
LOOKS_AT_HOME_FOR = timedelta(days=30)
# That a Home was opened is written down once a day at most.
HOME_NOTED_AGAIN_AFTER = timedelta(days=1)
# A status that lasts beyond noon takes the whole day.
AWAY_ALL_DAY = time(12)


@dataclass(frozen=True)
class Profile:
    """What Slack says about a person."""

    slack_id: str
    name: str
    tz: str
    is_bot: bool = False
    deactivated: bool = False
    is_guest: bool = False  # in a single channel: cannot be sent direct messages
    is_external: bool = False  # belongs to another workspace
    is_admin: bool = False  # or an owner
    away_until: datetime | None = None  # when a status that says that they are away ends


PROFILE_FIELDS = ("name", "tz", "is_bot", "deactivated", "is_guest", "is_external", "is_admin")


class LookupFailure(StrEnum):
    """Why Slack's directory has no profile of a person."""

    UNKNOWN = "unknown"  # there is no such person in the workspace
    UNAVAILABLE = "unavailable"  # not now: a rate limit, a timeout, an outage
    NOT_ALLOWED = "not_allowed"  # the app lacks a scope, or its token is no longer accepted


def provisional(slack_id: str, name: str) -> Profile:
    """A person about whom Slack does not answer right now: known by the name in their request, in UTC until it does."""
    return Profile(slack_id, name or slack_id, "UTC")


def is_stale(person: Person | None, now: datetime) -> bool:
    """Whether Slack should be asked about a person."""
    return person is None or now - person.seen_at >= PROFILE_GOOD_FOR


def has_changed(person: Person, profile: Profile, now: datetime) -> bool:
    """Whether a profile from Slack differs from what is saved of the person."""
    if absence_of(person, profile, now) != (person.status_from, person.status_until):
        return True
    return any(getattr(person, name) != getattr(profile, name) for name in PROFILE_FIELDS)


def absence_of(person: Person, profile: Profile, now: datetime) -> tuple[date | None, date | None]:
    """The first and last day of the absence that a status in Slack tells, on the person's own calendar; else nothing.

    A status says when it ends, not when it began: its absence begins on the day on which it was first seen. The day on
    which it ends in the morning is a working day.
    """
    if profile.away_until is None or profile.away_until <= now:
        return None, None
    zone = zone_named(profile.tz)
    today = now.astimezone(zone).date()
    ends = profile.away_until.astimezone(zone)
    last = ends.date() if ends.time() > AWAY_ALL_DAY else ends.date() - timedelta(days=1)
    if last < today:
        return None, None
    goes_on = person.status_until is not None and person.status_until >= today - timedelta(days=1)
    return (person.status_from if goes_on else None) or today, last


def is_to_be_helped(person: Person, now: datetime) -> bool:
    """Whether a message that a person writes to the bot is answered."""
    return person.helped_at is None or now - person.helped_at >= HELPED_AGAIN_AFTER


def looks_at_home(person: Person, now: datetime) -> bool:
    """Whether a person opened their App Home lately, so that it may be in front of them now."""
    return person.home_opened_at is not None and now - person.home_opened_at < LOOKS_AT_HOME_FOR


def is_opening_to_note(person: Person, now: datetime) -> bool:
    """Whether it is to be written down that a person opened their App Home now."""
    return person.home_opened_at is None or now - person.home_opened_at >= HOME_NOTED_AGAIN_AFTER


def prefer(person: Person, clarity: Clarity | None, feedback: FeedbackStyle | None) -> None:
    """Saves how clear a person's path is and how they like feedback; None where they would rather not say (C12)."""
    person.path_clarity, person.feedback_style = clarity, feedback


def switch_coach(person: Person, *, on: bool) -> None:
    """Switches the coach on or off for a person."""
    person.coach_off = not on


async def save_profile(store: Store, profile: Profile, now: datetime) -> Person:
    """Save a person, or what has changed about them. If they moved or left, their nudges are planned anew.

    Locks the person, then their pairs.
    """
    person = await store.people.by_slack_id(profile.slack_id)
    if person is None:
        await store.people.add_unless_known(profile.slack_id, profile.name, profile.tz, now)
        person = await store.people.by_slack_id(profile.slack_id)
    if person is None:
        raise LookupError(profile.slack_id)
    person = (await store.people.lock(person.pk))[person.pk]
    absence = absence_of(person, profile, now)
    moved = (person.tz, person.deactivated, person.status_from, person.status_until) != (
        profile.tz, profile.deactivated, *absence
    )  # fmt: skip
    person.status_from, person.status_until = absence
    person.name, person.tz = profile.name, profile.tz
    person.is_bot, person.deactivated = profile.is_bot, profile.deactivated
    person.is_guest, person.is_external, person.is_admin = profile.is_guest, profile.is_external, profile.is_admin
    person.seen_at = now
    if moved:
        await replan_pairs_of(store, person, now)
    else:
        await store.flush()
    return person


async def replan_pairs_of(store: Store, person: Person, now: datetime) -> None:
    """Plan the nudges of a locked person's pairs anew, after something about the person has changed.

    Locks the pairs, in the order of their keys.
    """
    await store.flush()
    for pair_id in sorted(pair.pk for pair in await store.pairs.current_of(person.pk)):
        await replan(store, await store.pairs.lock(pair_id), now)
