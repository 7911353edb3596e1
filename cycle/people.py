"""People, as Slack knows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cycle.bank import Clarity, FeedbackStyle
from cycle.replanning import replan
from storage.people import Person
from storage.store import Store

# Slack is asked again after a day: long enough to stay far below its rates, short enough for a move of time zone.
PROFILE_GOOD_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Profile:
    """What Slack says of somebody."""

    slack_id: str
    name: str
    tz: str
    is_bot: bool = False
    deactivated: bool = False


def provisional(slack_id: str, name: str) -> Profile:
    """Somebody of whom Slack tells nothing right now: their name from what they just did, UTC until it is known."""
    return Profile(slack_id, name or slack_id, "UTC")


def is_stale(person: Person | None, now: datetime) -> bool:
    """Whether Slack should be asked about somebody."""
    return person is None or now - person.seen_at >= PROFILE_GOOD_FOR


def prefer(person: Person, clarity: Clarity | None, feedback: FeedbackStyle | None) -> None:
    """Somebody says how clear their path is and how they like feedback, or no longer says (C12)."""
    person.path_clarity, person.feedback_style = clarity, feedback


def switch_coach(person: Person, *, on: bool) -> None:
    """Somebody would like remarks on their words, or rather none."""
    person.coach_off = not on


async def remember(store: Store, profile: Profile, now: datetime) -> Person:
    """Remember somebody, or what has changed about them; where they live or that they left moves their nudges."""
    person = await store.people.by_slack_id(profile.slack_id)
    if person is None:
        person = Person(slack_id=profile.slack_id, name=profile.name, tz=profile.tz, seen_at=now)
        store.add(person)
    moved = (person.tz, person.deactivated) != (profile.tz, profile.deactivated)
    person.name, person.tz = profile.name, profile.tz
    person.is_bot, person.deactivated = profile.is_bot, profile.deactivated
    person.seen_at = now
    await store.flush()
    if moved:
        for pair in await store.pairs.current_of(person.pk):
            await store.pairs.lock(pair.pk)
            await replan(store, pair.pk, now)
    return person
