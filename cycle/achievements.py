"""Achievements: noted down when they happen, offered again in the next preparation (practice C8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from cycle import formatting
from cycle.errors import FieldErrors, NotAvailable, too_long
from cycle.zones import local_day
from storage.achievements import Achievement
from storage.discussions import HELD_STATES
from storage.people import Person
from storage.store import Store

TEXT: Final = "text"  # fields
HAPPENED_ON: Final = "happened_on"

LONGEST_ACHIEVEMENT: Final = 1000  # characters
OLDEST: Final = timedelta(days=730)  # a day before that is a slip of the year
MOST_SHOWN: Final = 20
MOST_OFFERED: Final = 10  # in a preparation: more than anybody talks about

GONE: Final = "That achievement is not there any more."


@dataclass(frozen=True)
class AchievementForm:
    """What is filled in; without a day it happened today."""

    text: str
    happened_on: date | None = None


def check(form: AchievementForm, me: Person, now: datetime) -> FieldErrors:
    """What is wrong: a sentence for each field. Pure."""
    errors, today, text = FieldErrors(), local_day(me, now), form.text.strip()
    if not text:
        errors.add(TEXT, "Please write down what you achieved.")
    elif len(text) > LONGEST_ACHIEVEMENT:
        errors.add(TEXT, too_long(text, LONGEST_ACHIEVEMENT))
    if form.happened_on is not None and form.happened_on > today:
        errors.add(HAPPENED_ON, "That day is still to come. Pick today or a day before.")
    elif form.happened_on is not None and form.happened_on < today - OLDEST:
        errors.add(HAPPENED_ON, f"{formatting.day(form.happened_on, today)} is a long time ago. Is the year right?")
    return errors


def save(
    store: Store, me: Person, form: AchievementForm, now: datetime, changed: Achievement | None = None
) -> Achievement:
    """Save a checked form: a new achievement, or new words and another day for one there is."""
    text, happened_on = form.text.strip(), form.happened_on or local_day(me, now)
    one = changed or Achievement(person_id=me.pk, text=text, happened_on=happened_on, saved_at=now)
    one.text, one.happened_on = text, happened_on
    store.add(one)
    return one


async def noted_before(store: Store, me: Person, form: AchievementForm, now: datetime) -> Achievement | None:
    """The same words of the same day, where I have noted them down already."""
    day, words = form.happened_on or local_day(me, now), form.text.split()
    of_the_day = await store.achievements.since(me.pk, day, MOST_SHOWN)
    return next((one for one in of_the_day if one.happened_on == day and one.text.split() == words), None)


async def lock(store: Store, achievement_id: int) -> Achievement:
    """An achievement of mine, to change or remove it. Raises `NotAvailable` where it is gone."""
    found = await store.achievements.lock(achievement_id)
    if found is None:
        raise NotAvailable(GONE)
    return found


async def since_last_discussion(store: Store, me: Person, pair_id: int) -> Sequence[Achievement]:
    """What I noted down since the two of a pair last met; everything, where they have not met yet."""
    held = [one for one in await store.discussions.latest([pair_id]) if one.state in HELD_STATES]
    met_on = [local_day(me, one.starts_at) for one in held if one.starts_at is not None]
    return await store.achievements.since(me.pk, max(met_on, default=date.min), MOST_OFFERED)


def as_answer(noted: Sequence[Achievement], longest: int) -> str:
    """What was noted down, a line each, as a first answer: as many as fit. Pure."""
    answer = ""
    for one in noted:
        longer = f"{answer}\n• {_on_one_line(one.text)}".lstrip()
        if len(longer) > longest:
            break
        answer = longer
    return answer


def missing(answer: str, offered: Sequence[Achievement]) -> list[Achievement]:
    """What was noted down and is not in an answer yet. Pure."""
    said = _on_one_line(answer)
    return [one for one in offered if _on_one_line(one.text) not in said]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
