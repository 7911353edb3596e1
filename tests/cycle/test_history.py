"""What rows tell of how things changed (practice C13)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cycle import drives
from cycle.history import Entry, of_drives, of_gaps
from storage.drives import Drive, DriveKind
from storage.gaps import Gap, GapState
from storage.objectives import Development

THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = THEN + timedelta(days=60)
NAMES = {1: "Ana", 2: "Ben"}


def gap(key: int, skill: str, *, author: int = 1, shared: bool = True, **also: Any) -> Gap:
    """A skill gap of Ana's."""
    return Gap(
        id=key, pair_id=1, author_id=author, skill=skill, way="Ask Chiyo", shared=shared, set_at=THEN + timedelta(key),
        **also,
    )  # fmt: skip


def written(entry: Entry) -> tuple[str, str, str]:
    """What changed, what it is now and what it was."""
    now, before = ("".join(span.text for span in words) for words in (entry.now, entry.before))
    return entry.what, now, before


def test_C13_a_gap_is_named_changed_closed_and_removed():
    """By whom it was named, what was said before, and what became of it."""
    rows = [
        gap(1, "SQL", author=2, state=GapState.CHANGED, settled_at=LATER),
        gap(2, "SQL joins", author=2, replaces_id=1, development=Development.COURSE, state=GapState.CLOSED,
            settled_at=LATER),
        gap(3, "Rostering", state=GapState.DROPPED, settled_at=LATER),
    ]  # fmt: skip
    assert [written(one) for one in of_gaps(rows, NAMES)] == [
        ("Skill gap named by Ben", "SQL → Ask Chiyo", ""),
        ("Skill gap changed", "SQL joins → A course: Ask Chiyo", "SQL → Ask Chiyo"),
        ("Skill gap closed", "SQL joins → A course: Ask Chiyo", ""),
        ("Skill gap named by Ana", "Rostering → Ask Chiyo", ""),
        ("Skill gap removed", "Rostering → Ask Chiyo", ""),
    ]


def test_C13_a_shared_gap_after_a_private_one_is_new_to_the_manager():
    """Without the row that it replaces, nothing tells that there was one; with it, the mark is on what was before."""
    private = gap(1, "SQL", shared=False, state=GapState.CHANGED, settled_at=LATER)
    shared = gap(2, "Data", replaces_id=1)
    assert [written(one) for one in of_gaps([shared], NAMES)] == [("Skill gap named by Ana", "Data → Ask Chiyo", "")]
    [_, changed] = of_gaps([private, shared], NAMES)
    assert (changed.private, changed.private_before) == (False, True)


def test_C13_what_was_said_to_another_manager_is_private_in_this_pair():
    """Shared there is not shared here; what was taken out is the employee's alone."""
    there = Drive(
        id=1, pair_id=9, discussion_id=1, author_id=1, kind=DriveKind.PATH, text="lead", shared=True, set_at=THEN,
        replaced_at=LATER,
    )  # fmt: skip
    [gone, said] = of_drives(drives.changes_in([there]), 1)
    assert written(said) == ("Path", "Lead: people, a team or a direction", "")
    assert written(gone) == ("Path", "", "Lead: people, a team or a direction")
    assert said.private
    assert gone.private
    [_, here] = of_drives(drives.changes_in([there]), 9)
    assert here == replace(said, private=False)
