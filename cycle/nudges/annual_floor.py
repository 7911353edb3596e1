"""The annual floor: no report goes without a career discussion for a year, whatever the cadence (practices M1, L6)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from cycle import formatting
from cycle.calendar import add_months
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PersonSnapshot, Report
from storage.discussions import DiscussionState
from storage.nudges import NudgeScope
from storage.people import Person

# Leaves two months to find a date, prepare and talk within the year.
FLOOR_MONTHS = 10
DAYS_OF_A_WEEK = 7
# A manager with more reports to talk with finds the others in the App Home.
MOST_BUTTONS = 3


def annual_floor(snapshot: PersonSnapshot) -> Iterator[PlannedNudge]:
    """M1: to the manager, on the first working day of the week after; one nudge for all reports of a week."""
    calendar = snapshot.calendar(snapshot.me.pk)
    for monday in _reports_by_week(snapshot):
        due_at = calendar.opening(calendar.working_day_from(monday))
        yield PlannedNudge(
            "annual_floor", snapshot.me.pk, snapshot.me.pk, due_at, stage=monday.isoformat(), scope=NudgeScope.PERSON
        )


def _reports_by_week(snapshot: PersonSnapshot) -> Mapping[date, Sequence[Report]]:
    """The reports without a date, by the Monday on or after the day that ends their ten months."""
    weeks: dict[date, list[Report]] = {}
    for report in snapshot.reports:
        since = report.held.starts_at if report.held else report.pair.answered_at
        is_dated = report.current is not None and report.current.state is DiscussionState.SCHEDULED
        if since is None or is_dated or report.employee.deactivated:
            continue
        floor = add_months(snapshot.calendar(snapshot.me.pk).day_of(since), FLOOR_MONTHS)
        weeks.setdefault(floor + timedelta(days=-floor.weekday() % DAYS_OF_A_WEEK), []).append(report)
    return weeks


def annual_floor_text(snapshot: PersonSnapshot, planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """Which reports the manager has not had a discussion with."""
    reports = _reports_by_week(snapshot).get(date.fromisoformat(planned.stage))
    if not reports:
        return None
    names = [formatting.first_name(report.employee) for report in reports]
    text = (
        f"You haven't had a career discussion with {formatting.listed(names)} for ten months or more, "
        "and none has a date yet."
    )
    buttons = [
        Button(f"Find a time with {name}", Action.OPEN_SCHEDULE, report.pair.pk, primary=report is reports[0])
        for name, report in zip(names, reports, strict=True)
    ]
    return NudgeText(text, tuple(buttons[:MOST_BUTTONS]))


def annual_floor_reason(_snapshot: PersonSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """The rule."""
    return "Every report should have at least one career discussion a year."


def annual_floor_outcome(_snapshot: PersonSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """What takes a report out of it: a date, or the end of the discussions with them."""
    return "Everyone named here has a date, or no longer needs one from you."


KINDS = (
    NudgeKind(
        "annual_floor", Urgency.MAY_WAIT, ReadingOrder.DATE, annual_floor, annual_floor_text, annual_floor_reason,
        topic=Topic.DATES, scope=NudgeScope.PERSON, outcome=annual_floor_outcome,
    ),
)  # fmt: skip
