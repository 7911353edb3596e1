"""Objectives on two horizons (practice E3)."""

from collections.abc import Sequence
from typing import Final

from cycle.bank import Bank
from cycle.objectives import LONGEST_OBJECTIVE, ObjectiveEntry, window
from cycle.preparations import Page, PreparationView
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import coach_remarks, kit
from handlers.views.preparing.page import PageView, Shown, fields, ticks
from storage.objectives import Horizon, Objective
from storage.people import Person

SHARE: Final = "share.objectives"  # the tick that shares all objectives
MOST_OBJECTIVES: Final = 4  # per horizon; more are wishes

HEADINGS: Final = {Horizon.SHORT: "In the next 6 to 12 months", Horizon.LONG: "In the next 2 to 5 years"}
STANDING: Final = "These are yours so far. For each one: keep, change or drop it. To drop one, clear its words."
EXAMPLES: Final = {
    Horizon.SHORT: "For example: pass the first-aid instructor exam",
    Horizon.LONG: "For example: lead the night shift",
}


def slots(horizon: Horizon, objectives: Sequence[Objective], rows: int) -> list[tuple[str, Objective | None]]:
    """The rows of a horizon: each current objective, then empty ones up to `rows`. Slots name the fields."""
    present = [objective for objective in objectives if objective.horizon is horizon]
    values: list[tuple[str, Objective | None]] = [(f"{horizon}.{one.pk}", one) for one in present]
    empty = [(f"{horizon}.new{number}", None) for number in range(max(rows, 1) - len(present))]
    return [*values, *empty] or [(f"{horizon}.new0", None)]


def entries(values: FormValues, view: PreparationView, metadata: PreparationMetadata) -> list[ObjectiveEntry]:
    """The rows of a page that was submitted."""
    shared = values.is_ticked(SHARE)
    found = []
    for horizon, rows in rows_of(metadata).items():
        for slot, current in slots(horizon, view.lists.objectives, rows):
            entry = ObjectiveEntry(slot, horizon, shared=shared, objective_id=current.pk if current else None)
            if current is not None and entry.text_field not in values:
                continue  # set in another window since this page was opened: not emptied, just not shown here
            text, day = values.text(entry.text_field), values.day(entry.date_field)
            found.append(ObjectiveEntry(slot, horizon, text, day, shared, entry.objective_id))
    return found


def rows_of(metadata: PreparationMetadata) -> dict[Horizon, int]:
    """How many rows are shown on each horizon."""
    return {Horizon.SHORT: metadata.short_rows, Horizon.LONG: metadata.long_rows}


def blocks(shown: Shown) -> list[kit.Block]:
    """Words and a day for each objective, and one tick that shares them all."""
    found: list[kit.Block] = [kit.context(STANDING)] if shown.view.lists.objectives else []
    for horizon, rows in rows_of(shown.metadata).items():
        found += _of_horizon(horizon, rows, shown)
    share = f"Share my objectives with {shown.other}"
    return [*found, kit.divider(), kit.tick(SHARE, share, ticked=shown.values.is_ticked(SHARE))]


def saved(view: PreparationView, _me: Person, _bank: Bank) -> FormValues:
    """What is saved of it."""
    values: dict[str, dict[str, object]] = {}
    for objective in view.lists.objectives:
        entry = ObjectiveEntry(f"{objective.horizon}.{objective.pk}", objective.horizon)
        values[entry.text_field] = {"value": objective.text}
        values[entry.date_field] = {"selected_date": objective.target_on.isoformat()}
    return fields(values | ticks({SHARE: any(objective.shared for objective in view.lists.objectives)}))


def _of_horizon(horizon: Horizon, rows: int, shown: Shown) -> list[kit.Block]:
    found = [kit.header(HEADINGS[horizon])]
    first, last = (f"{day.day} {day:%b %Y}" for day in window(horizon, shown.today))
    in_rows = slots(horizon, shown.view.lists.objectives, rows)
    for number, (slot, _current) in enumerate(in_rows, start=1):
        entry, tail = ObjectiveEntry(slot, horizon), f" {number}" if len(in_rows) > 1 else ""
        what = kit.text_input(
            shown.values.text(entry.text_field), longest=LONGEST_OBJECTIVE, placeholder=EXAMPLES[horizon]
        )
        found.append(kit.field(entry.text_field, f"Objective{tail}", what))
        found += coach_remarks.under(entry.text_field, shown.help.advice)
        by = kit.day_picker(shown.values.day(entry.date_field))
        found.append(kit.section(f"*Reached by*\n{first} – {last}", by) | {"block_id": entry.date_field})
    if len(in_rows) < MOST_OBJECTIVES:
        more = kit.button("Add another objective", ActionId.MORE_OBJECTIVES, horizon)
        found.append(kit.actions([more], block_id=f"more.{horizon}"))
    return found


def _owns(field: str) -> bool:
    return field == SHARE or field.startswith(tuple(f"{horizon}." for horizon in Horizon))


VIEW: Final = PageView(Page.OBJECTIVES, blocks, saved, _owns)
