"""What is filled in: Slack's `view.state.values`, by field. Block ids are field names; a block has one element."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Self, TypeVar

from handlers.shared.ids import HIGHEST_KEY
from storage.pairs import Side

E = TypeVar("E", bound=StrEnum)


def at_texts(errors: Mapping[str, str], day: str) -> dict[str, str]:
    """What is wrong with a form, by the field at which Slack can say so.

    Slack shows errors at inputs only. A picker beside a text is none: what is wrong with the day in a field
    `….{day}` is said at the words above it, `….text`, after what is wrong with those.
    """
    placed: dict[str, str] = {}
    for field, sentence in sorted(errors.items(), key=lambda one: one[0].endswith(f".{day}")):
        place = field.removesuffix(day) + "text" if field.endswith(f".{day}") else field
        placed[place] = f"{placed[place]} {sentence}" if place in placed else sentence
    return placed


class FormValues:
    """The values of a form by field name. Whatever is missing, or is not what a field holds, reads as empty."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._values = dict(values or {})

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> Self:
        """What is filled in in a view so far."""
        state = view.get("state")
        values = state.get("values") if isinstance(state, dict) else None
        return cls(values if isinstance(values, dict) else None)

    @classmethod
    def unpack(cls, text: str | None) -> Self | None:
        """The values that a draft holds; None when there is no draft."""
        return cls(json.loads(text)) if text else None

    def pack(self) -> str:
        """As a draft holds it."""
        return json.dumps(self._values, separators=(",", ":"), ensure_ascii=False)

    def over(self, before: Self | None) -> "FormValues":
        """These values over earlier ones: fields that a form has hidden meanwhile keep their values."""
        return FormValues({**before._values, **self._values}) if before else self  # noqa: SLF001 - of the same class

    def without(self, prefix: str) -> "FormValues":
        """These values but for the fields whose names begin with something."""
        return FormValues({field: value for field, value in self._values.items() if not field.startswith(prefix)})

    def noting(self, field: str, text: str) -> "FormValues":
        """These values, and one that is in no field, for a draft to hold."""
        return FormValues({**self._values, field: {"": {"value": text}}})

    def filled(self, wanted: Callable[[str], bool]) -> dict[str, object]:
        """What is filled in in the wanted fields, in a shape that can be compared; empty fields are left out."""
        found = {
            field: self.text(field).strip() or self.choice(field) or self.choices(field) or self.day(field)
            for field in self._values
            if wanted(field)
        }
        return {field: value for field, value in found.items() if value}

    def element(self, field: str) -> Mapping[str, Any]:
        """What Slack reports of a field, as it is; empty where there is none."""
        return self._element(field)

    def is_ticked(self, field: str) -> bool:
        """Whether the one box of a field is ticked."""
        return bool(self.choices(field))

    def __contains__(self, field: str) -> bool:
        return field in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def _element(self, field: str) -> Mapping[str, Any]:
        elements = self._values.get(field)
        first = next(iter(elements.values()), None) if isinstance(elements, dict) else None
        return first if isinstance(first, dict) else {}

    def text(self, field: str) -> str:
        """What was typed."""
        return _text(self._element(field).get("value"))

    def choice(self, field: str) -> str | None:
        """The value of the one option chosen, in a menu or radio group."""
        return _value_of(self._element(field).get("selected_option"))

    def choices(self, field: str) -> tuple[str, ...]:
        """The values of the options ticked or chosen."""
        options = self._element(field).get("selected_options")
        values = (_value_of(option) for option in options) if isinstance(options, list) else ()
        return tuple(value for value in values if value is not None)

    def number(self, field: str, at_most: int) -> int | None:
        """The value of the one option chosen, as a number from 0 to `at_most`."""
        return _number(self.choice(field), at_most)

    def highest(self, prefix: str) -> int:
        """The highest number in names of fields like `new3.text`, by what is before the number; 0 where there is none.

        A list in which several things are added gives each fresh fields, since Slack keeps what is typed by name.
        """
        slots = [field.partition(".")[0].removeprefix(prefix) for field in self._values if field.startswith(prefix)]
        return max((int(slot) for slot in slots if slot.isdecimal()), default=0)

    def keys(self, field: str) -> tuple[int, ...]:
        """The values of the options ticked, as keys of rows."""
        keys = (_number(choice, HIGHEST_KEY) for choice in self.choices(field))
        return tuple(key for key in keys if key is not None)

    def member(self, field: str, enum: type[E]) -> E | None:
        """The member of an enum whose value was chosen."""
        chosen = self.choice(field)
        return enum(chosen) if chosen in set(enum) else None

    def side(self, field: str) -> Side | None:
        """The side chosen."""
        return self.member(field, Side)

    def person(self, field: str) -> str | None:
        """The U… id of the person chosen."""
        return _text(self._element(field).get("selected_user")) or None

    def conversation(self, field: str) -> str | None:
        """Slack's id of the channel chosen."""
        return _text(self._element(field).get("selected_conversation")) or None

    def day(self, field: str) -> date | None:
        """The date chosen."""
        try:
            return date.fromisoformat(_text(self._element(field).get("selected_date")))
        except ValueError:
            return None

    def clock(self, field: str) -> time | None:
        """The time of the day chosen."""
        try:
            return time.fromisoformat(_text(self._element(field).get("selected_time"))).replace(tzinfo=None)
        except ValueError:
            return None

    def moment(self, field: str) -> datetime | None:
        """The moment chosen."""
        chosen = self._element(field).get("selected_date_time")
        try:
            return datetime.fromtimestamp(chosen, UTC) if isinstance(chosen, int) and chosen else None
        except (ValueError, OverflowError, OSError):
            return None


def _number(text: str | None, at_most: int) -> int | None:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > len(str(at_most)):
        return None
    return int(text) if int(text) <= at_most else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _value_of(option: object) -> str | None:
    return _text(option.get("value")) or None if isinstance(option, dict) else None
