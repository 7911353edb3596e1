"""What the bot wrote to one person, by date, as JSON for the page's calendar."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sandbox.errors import PageError
from sandbox.messages import Message, posted_at
from sandbox.people import Person
from sandbox.workspace import Workspace

MONTHS: Final = 12
"""Months that the calendar shows, unless another number is asked for."""

MOST_MONTHS: Final = 36
FIRST_YEAR, LAST_YEAR = 1970, 9000


def calendar_of(workspace: Workspace, person: Person, begins: str, months: str) -> dict[str, Any]:
    """The messages of some months, the first of which is `begins` ("2027-02"), in the person's own time.

    Where `begins` is empty, they are the last ones, or the first ones of a workspace that is younger than that. Answers
    to commands that only the person could see are left out, as Slack does not keep them. Raises `PageError`.
    """
    tz = ZoneInfo(person.tz)
    started = _month(workspace.clock.started_at.astimezone(tz).date())
    latest = _month(workspace.clock.now().astimezone(tz).date())
    count = _number(months)
    first = _read(begins) if begins else max(started, _later(latest, 1 - count))
    last = _later(first, count) - timedelta(1)
    days_off = workspace.settings.days_off(person.tz, first, last)
    return {
        "months": [f"{_later(first, number):%Y-%m}" for number in range(count)],
        "started": f"{started:%Y-%m}",
        "latest": f"{latest:%Y-%m}",
        "days_off": {day.isoformat(): name for day, name in days_off.items()},
        "messages": [
            _entry(message, at)
            for message in workspace.messages.all(person.dm)
            if message.user == workspace.bot.id and first <= (at := posted_at(message.ts).astimezone(tz)).date() <= last
        ],
    }


def _entry(message: Message, at: datetime) -> dict[str, Any]:
    return {"ts": message.ts, "date": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}", "text": message.text}


def _month(day: date) -> date:
    return day.replace(day=1)


def _later(month: date, count: int) -> date:
    years, rest = divmod(month.month - 1 + count, 12)
    return date(month.year + years, rest + 1, 1)


def _read(text: str) -> date:
    """The first day of a month like "2027-02"."""
    found = re.fullmatch(r"(\d{4})-(\d\d)", text)
    if found is None or not 1 <= int(found[2]) <= 12 or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:  # noqa: PLR2004
        raise PageError("Name a month like 2027-02.")
    return date(int(found[1]), int(found[2]), 1)


def _number(text: str) -> int:
    if not text:
        return MONTHS
    if not re.fullmatch(r"\d{1,2}", text) or not 1 <= int(text) <= MOST_MONTHS:
        raise PageError(f"The calendar shows 1 to {MOST_MONTHS} months.")
    return int(text)
