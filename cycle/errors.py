"""What can be wrong with what somebody asks for. Each error carries the sentence that the person is shown."""

from collections.abc import Mapping


class CareerError(Exception):
    """Base of everything that a person can be told in a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(CareerError):
    """Somebody reached for what is not theirs."""

    def __init__(self, sentence: str = "That is between two other people, so I can't show or change it.") -> None:
        super().__init__(sentence)


class NotAvailable(CareerError):
    """What the person acts on has changed or ended since they saw it."""


class InvalidInput(CareerError):
    """What was filled in cannot be taken as it is: a sentence for each field concerned."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class FieldErrors:
    """Collects what is wrong with a form, so that a person hears all of it at once."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def add(self, field: str, sentence: str) -> None:
        """Say something about a field; the first thing said of it stands."""
        self._fields.setdefault(field, sentence)

    def raise_if_any(self) -> None:
        """Raise `Refused` with everything said."""
        if self._fields:
            raise InvalidInput(self._fields)
