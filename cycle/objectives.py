"""Objectives on two horizons, with target dates that lie within them (practice E3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle import formatting
from cycle.calendar import add_months
from cycle.errors import FieldErrors, too_long
from cycle.zones import local_day
from storage.objectives import Horizon, Objective, ObjectiveState
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

# How many months ahead a target date lies (E3).
WINDOWS = {Horizon.SHORT: (6, 12), Horizon.LONG: (24, 60)}
LONGEST_OBJECTIVE = 1000  # characters


@dataclass(frozen=True)
class ObjectiveEntry:
    """A row of the form. `slot` names its fields; `objective_id` is set when it shows a current objective."""

    slot: str
    horizon: Horizon
    text: str = ""
    target_on: date | None = None
    shared: bool = False
    objective_id: int | None = None

    @property
    def text_field(self) -> str:
        """The field of the words."""
        return f"{self.slot}.text"

    @property
    def date_field(self) -> str:
        """The field of the target date."""
        return f"{self.slot}.date"


def window(horizon: Horizon, today: date) -> tuple[date, date]:
    """The first and last day that lie within a horizon."""
    first, last = WINDOWS[horizon]
    return add_months(today, first), add_months(today, last)


def check_objectives(
    entries: Sequence[ObjectiveEntry], current: Sequence[Objective], me: Person, now: datetime
) -> FieldErrors:
    """What is wrong: objectives without a date, dates without an objective, dates outside the horizon. Pure."""
    errors, today = FieldErrors(), local_day(me, now)
    dates = {objective.pk: objective.target_on for objective in current}
    for entry in entries:
        text = entry.text.strip()
        if not text:
            if entry.target_on is not None and entry.objective_id is None:
                errors.add(entry.text_field, "This date has no objective yet. What would you like to reach by then?")
            continue
        if len(text) > LONGEST_OBJECTIVE:
            errors.add(entry.text_field, too_long(text, LONGEST_OBJECTIVE))
        first, last = window(entry.horizon, today)
        if entry.target_on is None:
            errors.add(
                entry.date_field,
                f"By when? Pick a date from {formatting.day(first, today)} to {formatting.day(last, today)}.",
            )
        elif dates.get(entry.objective_id or 0) == entry.target_on:
            continue  # set for an earlier discussion, and time has passed since
        elif not first <= entry.target_on <= last:
            errors.add(
                entry.date_field,
                f"For {formatting.HORIZONS[entry.horizon]}, pick a date from {formatting.day(first, today)} "
                f"to {formatting.day(last, today)}.",
            )
    return errors


async def save_objectives(
    store: Store,
    me: Person,
    pair: Pair,
    entries: Sequence[ObjectiveEntry],
    current: Sequence[Objective],
    now: datetime,
) -> None:
    """Save new and changed objectives; a changed one is replaced by a new row (C13), an emptied one is dropped.

    What hangs on a changed one goes with it: benchmarks, what the two wrote about it, the objectives that lead to it.
    A question about one that is dropped or no longer shared waits for no answer any more.
    """
    known, replaced = {objective.pk: objective for objective in current}, []
    for entry in entries:
        old, text = known.get(entry.objective_id or 0), entry.text.strip()
        if old is not None:
            if old.shared and not (entry.shared and text):
                await store.updates.settle_about_objective(old.pk, now)  # the other side can no longer open it
            if text == old.text and entry.target_on == old.target_on:
                old.shared = entry.shared
                continue
            old.state, old.settled_at = ObjectiveState.CHANGED if text else ObjectiveState.DROPPED, now
            if not text:
                old.shared = old.shared and entry.shared  # unshared and dropped at once: the other side reads neither
        if text and entry.target_on is not None:
            new = Objective(
                pair_id=pair.pk, owner_id=me.pk, horizon=entry.horizon, text=text, target_on=entry.target_on,
                shared=entry.shared, set_at=now,
            )  # fmt: skip
            if old is not None:
                _carry_over(old, new)
                replaced.append((old, new))
            store.add(new)
    await store.flush()
    for old, new in replaced:
        await store.objectives.replace(old, new)
        await store.updates.move_to_objective(old.pk, new.pk)


def _carry_over(old: Objective, new: Objective) -> None:
    new.replaces_id, new.leads_to_id, new.team_objective_id = old.id, old.leads_to_id, old.team_objective_id
    new.is_personal, new.development = old.is_personal, old.development
    new.support_asked, new.support_given = old.support_asked, old.support_given
