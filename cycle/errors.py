"""What can be wrong with what a person asks for. Each error carries the sentence that the person reads."""

from collections.abc import Mapping


class CareerError(Exception):
    """Base of everything that can be said to a person in a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(CareerError):
    """The person may not see or change this."""


class NotAvailable(CareerError):
    """What the person acts on is not there yet, has changed, or has ended since they saw it."""


class InvalidInput(CareerError):
    """What was filled in cannot be used as it is: a sentence for each field concerned."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class FieldErrors(dict[str, str]):
    """What is wrong with a form: a sentence by field, so that a person reads all of it at once."""

    def add(self, field: str, sentence: str) -> None:
        """Add what is wrong with a field; the first sentence about a field wins."""
        self.setdefault(field, sentence)


def too_long(text: str, limit: int) -> str:
    """The sentence about a text that is longer than a field takes. Pure."""
    return f"That is {len(text)} characters. Please keep it within {limit}."
