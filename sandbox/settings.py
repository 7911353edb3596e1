"""How a sandbox is set up: its people, commands, shortcuts and scopes, and its two hooks into the bot."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

DEFAULT_PORT = 8787

RESPONSE_TIMEOUT = 3.0
"""Seconds that Slack waits for the bot's response to a command or an interaction."""

DEFAULT_SCOPES = frozenset({"chat:write", "commands", "im:history", "users:read"})
DEFAULT_EVENTS = frozenset({"app_home_opened", "message.im"})


DaysOff = Callable[[str, date, date], Mapping[date, str]]
"""The days from the first to the last on which nobody works in a time zone (IANA name), and what they are called."""

WEEKEND = "Weekend"
SATURDAY = 5


def weekends(_tz: str, first: date, last: date) -> dict[date, str]:
    """Saturdays and Sundays, wherever one is."""
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    return {day: WEEKEND for day in days if day.weekday() >= SATURDAY}


Guest = Literal["multi-channel", "single-channel"]


@dataclass(frozen=True)
class PersonSeed:
    """Someone who is in the workspace from the start; `tz` is an IANA name, `tz_label` what Slack would call it.

    `guest` is None for full members. `team_id` is the T… id of another workspace for people of another organisation;
    those who share no channel with the app are strangers.
    """

    name: str
    title: str = ""
    tz: str = "Europe/Madrid"
    tz_label: str = "Central European Time"
    deleted: bool = False
    is_bot: bool = False
    is_admin: bool = False
    guest: Guest | None = None
    team_id: str = ""
    is_stranger: bool = False


@dataclass(frozen=True)
class CommandSeed:
    """A slash command as in the app's manifest; `name` with its slash."""

    name: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True)
class ShortcutSeed:
    """A shortcut as in the app's manifest; `kind` is "global" or "message"."""

    name: str
    callback_id: str
    kind: str = "global"
    description: str = ""


DEFAULT_PEOPLE = (
    PersonSeed("Ana Ruiz", "Account Manager", "Europe/Madrid", "Central European Time"),
    PersonSeed("Ben Okafor", "Head of Sales", "Europe/London", "Greenwich Mean Time"),
    PersonSeed("Chiyo Tanaka", "Sales Analyst", "Asia/Tokyo", "Japan Standard Time"),
    PersonSeed("Dev Patel", "Sales Engineer", "America/New_York", "Eastern Time"),
    PersonSeed("Elif Kaya", "Partner Manager", "Europe/Istanbul", "Turkey Time"),
    PersonSeed("Gloria Mendes", "Junior Account Manager", "America/Sao_Paulo", "Brasilia Time"),
    PersonSeed("Former Fred", "Left the company", "Europe/Berlin", "Central European Time", deleted=True),
    PersonSeed("Deploy Bot", "Another app", "UTC", "Coordinated Universal Time", is_bot=True),
)

DEFAULT_COMMANDS = (CommandSeed("/career", "Plan, hold and follow up career discussions", "[help]"),)


@dataclass(frozen=True)
class SandboxSettings:
    """How a sandbox is set up.

    `port` 0 takes any free port. Without `state_file` nothing outlives the process. `start_at` (aware) is where the
    clock starts when there is no state file yet. `scopes` and `events` are those of the app's manifest.
    `response_timeout` is in seconds; tests shorten it. `days_off` is for the calendar only.
    """

    port: int = DEFAULT_PORT
    state_file: Path | None = None
    people: tuple[PersonSeed, ...] = DEFAULT_PEOPLE
    scopes: frozenset[str] = DEFAULT_SCOPES
    commands: tuple[CommandSeed, ...] = DEFAULT_COMMANDS
    shortcuts: tuple[ShortcutSeed, ...] = ()
    start_at: datetime | None = None
    events: frozenset[str] = DEFAULT_EVENTS
    bot_name: str = "Career"
    response_timeout: float = RESPONSE_TIMEOUT
    days_off: DaysOff = weekends


@dataclass(frozen=True)
class Hooks:
    """What the clock calls in the bot; without hooks the clock still moves, but the bot is not called.

    `next_moment` returns when the bot has something to do next (aware UTC, or None); `catch_up` does what is due now.
    `next_night` returns when its nightly work is next due, and `do_night` does it.
    """

    next_moment: Callable[[], Awaitable[datetime | None]]
    catch_up: Callable[[], Awaitable[None]]
    next_night: Callable[[], datetime | None] = lambda: None
    do_night: Callable[[], Awaitable[None]] | None = None
