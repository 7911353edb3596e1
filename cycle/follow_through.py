"""Follow-through: what each of the two kept, kept late, and has open, as both see it (practice M8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cycle import formatting
from cycle.zones import local_day
from storage.commitments import Advocacy, Commitment, CommitmentState
from storage.people import Person

# A year is long enough to be fair, and short enough to be about now.
LOOKS_BACK: Final = timedelta(days=365)


@dataclass(frozen=True)
class FollowThrough:
    """How one of the two has kept their commitments in the last year."""

    kept: int = 0  # on their date or before
    kept_late: int = 0
    open: int = 0
    overdue: int = 0  # of the open ones
    advocacy: frozenset[Advocacy] = frozenset()  # ways in which a manager has spoken up for the employee, kept or open

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.kept or self.kept_late or self.open)


def follow_through(commitments: Iterable[Commitment], person: Person, now: datetime) -> FollowThrough:
    """How a person has kept their commitments, from all of a pair that are open or were kept lately. Pure.

    One that was changed with the other's consent counts by its new date; one that was dropped does not count.
    """
    mine = [one for one in commitments if one.owner_id == person.id]
    still_open = [one for one in mine if one.state is CommitmentState.OPEN]
    done = [one for one in mine if one.state is CommitmentState.DONE and one.settled_at is not None]
    late = [one for one in done if one.settled_at is not None and local_day(person, one.settled_at) > one.due_on]
    today = local_day(person, now)
    return FollowThrough(
        kept=len(done) - len(late),
        kept_late=len(late),
        open=len(still_open),
        overdue=sum(one.due_on < today for one in still_open),
        advocacy=frozenset(one.advocacy for one in (*done, *still_open) if one.advocacy is not None),
    )


def in_words(found: FollowThrough) -> str:
    """“5 kept, 1 kept late, 2 open (1 past the date)”."""
    parts = [f"{found.kept} kept"]
    if found.kept_late:
        parts.append(f"{found.kept_late} kept late")
    if found.open:
        late = f" ({found.overdue} past the date)" if found.overdue else ""
        parts.append(f"{found.open} open{late}")
    if found.advocacy:
        ways = [formatting.ADVOCACY[way].lower() for way in Advocacy if way in found.advocacy]
        parts.append(f"support by {formatting.listed(ways)}")
    return ", ".join(parts)
