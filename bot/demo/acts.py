"""The words of a story: who does what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from cycle.calendar import add_months
from sandbox.acting import Actor

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Day:
    """A day of the story, like "3 Thu": the Thursday of its third week."""

    name: str

    def on(self, first_monday: date) -> date:
        """The date, in a story that begins on a Monday."""
        week, weekday = self.name.split()
        return first_monday + timedelta(weeks=int(week) - 1, days=WEEKDAYS.index(weekday))


@dataclass(frozen=True)
class Moment:
    """A moment of the story, like "3 Thu 11:00", on the clock of the person it is about."""

    name: str

    @property
    def day(self) -> Day:
        """Its day."""
        return Day(self.name.rsplit(" ", 1)[0])

    def at(self, first_monday: date, tz: str) -> datetime:
        """The moment, aware, on a clock in this time zone."""
        clock = time.fromisoformat(self.name.rsplit(" ", 1)[1])
        return datetime.combine(self.day.on(first_monday), clock, ZoneInfo(tz))


@dataclass(frozen=True)
class Months:
    """A day so many months after the story's first."""

    ahead: int

    def on(self, first_monday: date) -> date:
        """The date, in a story that begins on a Monday."""
        return add_months(first_monday, self.ahead)


Entry = str | bool | Day | Moment | Months
"""A text, the label of an option or a person's name; a tick; a day or a moment."""


class Act(Protocol):
    """Something that a person does."""

    async def done_by(self, actor: Actor, first_monday: date) -> None:
        """Do it."""


@dataclass(frozen=True)
class Types:
    """Sends a slash command."""

    text: str

    async def done_by(self, actor: Actor, _first_monday: date) -> None:
        """Do it."""
        await actor.type(self.text)


@dataclass(frozen=True)
class Presses:
    """Presses a button: in the newest message with these words, or, without any, in the modal in front."""

    label: str
    message: str = ""

    async def done_by(self, actor: Actor, _first_monday: date) -> None:
        """Do it."""
        await actor.press(self.label, message=self.message)


@dataclass(frozen=True)
class Chooses:
    """Chooses an option of a field that changes the form at once."""

    field: str
    label: str

    async def done_by(self, actor: Actor, _first_monday: date) -> None:
        """Do it."""
        await actor.choose(self.field, self.label)


@dataclass(frozen=True)
class ChoosesBeside:
    """Chooses from the menu beside a text."""

    text: str
    label: str

    async def done_by(self, actor: Actor, _first_monday: date) -> None:
        """Do it."""
        await actor.choose_beside(self.text, self.label)


@dataclass(frozen=True)
class Submits:
    """Fills fields of the modal in front in, by block id, and submits it."""

    entries: Mapping[str, Entry]

    async def done_by(self, actor: Actor, first_monday: date) -> None:
        """Do it."""
        for field, entry in self.entries.items():
            match entry:
                case Moment():
                    actor.fill(field, entry.at(first_monday, actor.tz))
                case Day() | Months():
                    actor.fill(field, entry.on(first_monday))
                case _:
                    actor.fill(field, entry)
        await actor.submit()


@dataclass(frozen=True, eq=False)
class Scene:
    """What one person does at a moment on their own clock: "3 Thu 11:00" is the Thursday of the third week."""

    when: str
    who: str
    acts: tuple[Act, ...]


def scene(when: str, who: str, *acts: Act) -> Scene:
    """A scene."""
    return Scene(when, who, acts)
