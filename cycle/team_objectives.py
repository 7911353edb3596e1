"""Team objectives: what a manager lists for their reports, or an admin for everyone (practice M7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cycle.errors import FieldErrors, NotAllowed, too_long
from storage.people import Person
from storage.store import Store
from storage.team_objectives import TeamObjective

LONGEST: Final = 150  # characters
MOST_LISTED: Final = 10  # by one person: more are no direction
NOT_YOURS: Final = "Team objectives are listed by managers and by admins of this workspace."


async def listed(store: Store, me: Person) -> Sequence[TeamObjective]:
    """What I list. Raises `NotAllowed` for someone with no report who is no admin."""
    if not me.is_admin and not await store.pairs.active_of_managers([me.pk]):
        raise NotAllowed(NOT_YOURS)
    return await store.team_objectives.listed_by(me.pk)


def check(texts: Mapping[str, str]) -> FieldErrors:
    """What is wrong with what is typed, by field. Pure."""
    errors, seen = FieldErrors(), set()
    for name, typed in texts.items():
        text = " ".join(typed.split())
        if len(text) > LONGEST:
            errors.add(name, too_long(text, LONGEST))
        if text and text.casefold() in seen:
            errors.add(name, "This one is listed twice.")
        seen.add(text.casefold())
    return errors


def save(
    store: Store, me: Person, before: Sequence[TeamObjective], texts: Mapping[int, str], added: str, now: datetime
) -> None:
    """Save checked texts: by key those that are listed, of which an empty one is removed; and one more, if any."""
    for one in before:
        text = " ".join(texts.get(one.pk, one.text).split())
        if text:
            one.text = text
        else:
            one.removed_at = now
    if text := " ".join(added.split()):
        store.add(TeamObjective(listed_by_id=me.pk, text=text, listed_at=now))
