"""What is filled in: Slack's `view.state.values`, by field. Block ids are field names; a block has one element."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Self


class FormValues:
    """The values of a form by field name; everything missing reads as empty."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._values = dict(values or {})

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> Self:
        """What a view's person has filled in so far."""
        return cls((view.get("state") or {}).get("values"))

    @classmethod
    def unpack(cls, text: str | None) -> Self | None:
        """What a draft holds; None when there is none."""
        return cls(json.loads(text)) if text else None

    def pack(self) -> str:
        """As a draft keeps it."""
        return json.dumps(self._values, separators=(",", ":"), ensure_ascii=False)

    def over(self, before: Self | None) -> "FormValues":
        """This on top of what was filled in before: fields that a form has hidden meanwhile keep their words."""
        return FormValues({**before._values, **self._values}) if before else self  # noqa: SLF001 - of the same class

    def noting(self, field: str, text: str) -> "FormValues":
        """The same with something that stands in no field, for a draft to remember."""
        return FormValues({**self._values, field: {"": {"value": text}}})

    def __contains__(self, field: str) -> bool:
        return field in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def _element(self, field: str) -> Mapping[str, Any]:
        return next(iter(self._values.get(field, {}).values()), {})

    def text(self, field: str) -> str:
        """What was typed."""
        return self._element(field).get("value") or ""

    def choice(self, field: str) -> str | None:
        """The value of the one option chosen, in a menu or radio group."""
        option = self._element(field).get("selected_option")
        return option["value"] if option else None

    def choices(self, field: str) -> tuple[str, ...]:
        """The values of the options ticked or chosen."""
        return tuple(option["value"] for option in self._element(field).get("selected_options") or ())

    def person(self, field: str) -> str | None:
        """The U… id of the person chosen."""
        return self._element(field).get("selected_user")

    def day(self, field: str) -> date | None:
        """The date chosen."""
        chosen = self._element(field).get("selected_date")
        return date.fromisoformat(chosen) if chosen else None

    def moment(self, field: str) -> datetime | None:
        """The moment chosen."""
        chosen = self._element(field).get("selected_date_time")
        return datetime.fromtimestamp(chosen, UTC) if chosen else None
