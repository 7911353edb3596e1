"""What became of a discussion that a message was about: sentences that several kinds share. Pure."""

from cycle import formatting
from cycle.nudges.kind import PlannedNudge
from cycle.snapshot import PairSnapshot
from storage.people import Person

# Asking for a date, for a wrap-up, and for either once more after weeks: the series of what a discussion waits for.
OPEN_DISCUSSION = "open_discussion"


def the_date(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> str | None:
    """The date that the two have."""
    if (coming := snapshot.scheduled) is None:
        return None
    return f"The date is set: {formatting.moment(coming[1], me, snapshot.today(me))}."


def dated(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """The date of a discussion that needed one; otherwise what became of it."""
    is_current = snapshot.current is not None and snapshot.current.pk == planned.subject_id
    return the_date(snapshot, planned, me) if is_current else became_of(snapshot, planned, me)


def talked_again(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> str | None:
    """That there is a later discussion to read about; of the last one, that the reader has written in its record."""
    is_last = snapshot.held is not None and snapshot.held.pk == planned.subject_id
    return "You have added to it since." if is_last else "You two have talked again since."


def is_dated(snapshot: PairSnapshot, _planned: PlannedNudge) -> bool:
    """Whether the two have a date."""
    return snapshot.scheduled is not None


def became_of(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """What became of the date that a nudge was about: wrapped up, cancelled, dropped or moved, and by whom."""
    current, held, cancelled = snapshot.current, snapshot.held, snapshot.cancelled
    if held is not None and held.pk == planned.subject_id:
        return _by(snapshot, held.wrapped_up_by_id, me, "You wrapped it up.", "Wrapped up by {name}.")
    if cancelled is not None and cancelled.pk == planned.subject_id:
        return _by(snapshot, cancelled.cancelled_by_id, me, "You cancelled it.", "Cancelled by {name}.")
    if current is None or current.pk != planned.subject_id or current.round == planned.round:
        return None
    if current.starts_at is None:
        return _by(snapshot, current.dated_by_id, me, "You dropped the date.", "{name} dropped the date.")
    return f"Moved to {formatting.moment(current.starts_at, me, snapshot.today(me))}."


def _by(snapshot: PairSnapshot, person_id: int | None, me: Person, mine: str, theirs: str) -> str | None:
    if person_id is None:
        return None
    return mine if person_id == me.id else theirs.format(name=formatting.first_name(snapshot.by_id(person_id)))
