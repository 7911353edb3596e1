"""The annual floor: no report goes without a career discussion for a year, whatever the cadence (practices M1, L6).

It comes after ten months without one, and again after each further quarter for as long as that is so: a single reminder
that is overlooked would be the end of the cycle.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from cycle import formatting
from cycle.calendar import add_months
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PersonSnapshot, Report
from storage.discussions import DiscussionState
from storage.nudges import NudgeScope
from storage.people import Person

# Ten months leave two to find a date, prepare and talk within the year. Then it comes after each further quarter, for
# nearly two years: a manager who lets that pass has decided.
MONTHS = {10: "ten", 13: "thirteen", 16: "sixteen", 19: "nineteen", 22: "twenty-two"}
UNTIL_THE_NEXT = timedelta(weeks=13)
# A date that has passed counts for this long: two who never wrapped up have not met, as far as anyone can tell.
WRAPPED_UP_WITHIN = timedelta(days=30)
DAYS_OF_A_WEEK = 7
# A manager with more reports to talk with finds the others in the App Home.
MOST_BUTTONS = 3


def annual_floor(snapshot: PersonSnapshot) -> Iterator[PlannedNudge]:
    """M1, L6: to the manager, on the first working day of the week after; one nudge for all reports of a week."""
    calendar = snapshot.calendar(snapshot.me.pk)
    for monday in _reports_by_week(snapshot):
        due_at = calendar.opening(calendar.working_day_from(monday))
        yield PlannedNudge(
            "annual_floor", snapshot.me.pk, snapshot.me.pk, due_at, due_at + UNTIL_THE_NEXT,
            stage=monday.isoformat(), scope=NudgeScope.PERSON,
        )  # fmt: skip


def _reports_by_week(snapshot: PersonSnapshot) -> Mapping[date, Sequence[tuple[Report, int]]]:
    """The reports without a date ahead, and for how many months at least, by the Mondays on which they come up."""
    weeks: dict[date, list[tuple[Report, int]]] = {}
    calendar = snapshot.calendar(snapshot.me.pk)
    for report in snapshot.reports:
        since = report.held.starts_at if report.held else report.pair.answered_at
        if since is None or report.employee.deactivated:
            continue
        dated = _dated_until(report)
        for months in MONTHS:
            monday = _monday_after(add_months(calendar.day_of(since), months))
            if dated is None or calendar.opening(monday) > dated:
                weeks.setdefault(monday, []).append((report, months))
    return weeks


def _dated_until(report: Report) -> datetime | None:
    """Until when the date of a report's discussion counts; None where there is no date."""
    current = report.current
    if current is None or current.state is not DiscussionState.SCHEDULED or current.ends_at is None:
        return None
    return current.ends_at + WRAPPED_UP_WITHIN


def _monday_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % DAYS_OF_A_WEEK)


def annual_floor_text(snapshot: PersonSnapshot, planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """Which reports the manager has not had a discussion with."""
    found = _reports_by_week(snapshot).get(date.fromisoformat(planned.stage))
    if not found:
        return None
    reports, months = [report for report, _ in found], min(months for _, months in found)
    names = [formatting.first_name(report.employee) for report in reports]
    long = f"{MONTHS[months]} months or more"
    text = f"No career discussion with {formatting.listed(names)} has been wrapped up for {long}, and none is ahead."
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
