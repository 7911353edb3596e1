"""Checks that describe JSON: each yields what is wrong and where (a JSON pointer)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that Slack would refuse: where (a JSON pointer into the payload) and why."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Check = Callable[[Any, str], Iterator[Problem]]
"""A function from a value and its JSON pointer to the problems found in it."""


def text(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must be a string")
        elif len(value) > most:
            yield Problem(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            yield Problem(at, f"must be more than {least - 1} characters")

    return check


def boolean(value: Any, at: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield Problem(at, "must be a boolean")


def integer(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(at, "must be an integer")
        elif not least <= value <= most:
            yield Problem(at, f"must be from {least} to {most}")

    return check


def number_text(value: Any, at: str) -> Iterator[Problem]:
    """A number written as a string, as number_input expects it."""
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        yield Problem(at, "must be a number in a string")


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(at, f"must be one of: {', '.join(allowed)}")

    return check


def url(value: Any, at: str) -> Iterator[Problem]:
    """A URL of up to 3,000 characters with http or https (for buttons also mailto, tel or slack)."""
    yield from text(3000)(value, at)
    if isinstance(value, str) and not re.match(r"(https?|slack)://.|(mailto|tel):.", value):
        yield Problem(at, "must be a valid URL")


def iso_date(value: Any, at: str) -> Iterator[Problem]:
    """A day as YYYY-MM-DD."""
    if not _parses(date.fromisoformat, r"\d{4}-\d\d-\d\d", value):
        yield Problem(at, "must be a date as YYYY-MM-DD")


def clock_time(value: Any, at: str) -> Iterator[Problem]:
    """A time of day as HH:mm, 24 hours."""
    if not _parses(time.fromisoformat, r"\d\d:\d\d", value):
        yield Problem(at, "must be a time as HH:mm")


def _parses(parse: Callable[[str], object], pattern: str, value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        return False
    try:
        parse(value)
    except ValueError:
        return False
    return True


def anything(_value: Any, _at: str) -> Iterator[Problem]:
    """Any value, unchecked."""
    return iter(())


def items(each: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items that all pass one check."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must be an array")
            return
        if len(value) > most:
            yield Problem(at, f"no more than {most} items allowed")
        if len(value) < least:
            yield Problem(at, f"no fewer than {least} items allowed")
        for number, item in enumerate(value):
            yield from each(item, f"{at}/{number}")

    return check


def record(required: dict[str, Check], optional: dict[str, Check] | None = None, *more: Check) -> Check:
    """An object with these fields and no others; `more` checks get the whole object once all fields are valid."""
    known = required | (optional or {})

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must be an object")
            return
        found = [Problem(at, f"missing required field: {name}") for name in required if name not in value]
        for name, inner in value.items():
            if name in known:
                found.extend(known[name](inner, f"{at}/{name}"))
            elif name != "type":
                found.append(Problem(at, f"invalid additional property: {name}"))
        if not found:
            for whole_check in more:
                found.extend(whole_check(value, at))
        yield from found

    return check


def by_type(checks: dict[str, Check], what: str, elsewhere: frozenset[str] = frozenset()) -> Check:
    """An object whose check depends on its `type`; types in `elsewhere` exist, but are not allowed here."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            yield Problem(at, f"must be an object with the type of the {what}")
        elif kind in checks:
            yield from checks[kind](value, at)
        elif kind in elsewhere:
            yield Problem(f"{at}/type", f"{what} {kind} is not allowed here")
        else:
            yield Problem(f"{at}/type", f"unsupported type: {kind}")

    return check


def either(first: str, second: str) -> Check:
    """An object with exactly one of two fields."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if (first in value) == (second in value):
            yield Problem(at, f"must define either `{first}` or `{second}`, and only one of them")

    return check
