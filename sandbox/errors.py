"""Errors: Slack's error words for the bot, sentences for the page."""

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """A Web API call that fails: Slack's error word, and further fields of the answer."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        return {"ok": False, "error": self.error, **self.details}


def invalid(error: str, messages: Sequence[str]) -> SlackError:
    """An error that lists what is wrong and where, as Slack does: `no more than 25 items allowed [json-pointer:…]`."""
    return SlackError(
        error,
        errors=list(messages),
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )


class PageError(Exception):
    """A request of the page that fails; `problem` is a sentence for the person, `status` the HTTP status."""

    def __init__(self, problem: str, *, status: int = 400) -> None:
        super().__init__(problem)
        self.problem = problem
        self.status = status
