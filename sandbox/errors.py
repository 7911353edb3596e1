"""How the sandbox says no: to the bot in Slack's error words, to the page in a sentence."""

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """The answer to a Web API call that fails: Slack's error word and what goes with it in the JSON body."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON that the bot gets."""
        return {"ok": False, "error": self.error, **self.details}


def invalid(error: str, messages: Sequence[str]) -> SlackError:
    """An error with Slack's list of what is wrong and where, e.g. `no more than 25 items allowed [json-pointer:…]`."""
    return SlackError(
        error,
        errors=list(messages),
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )


class PageError(Exception):
    """A request of the page that cannot be met; the text is for the person in front of it."""

    def __init__(self, problem: str, *, status: int = 400) -> None:
        super().__init__(problem)
        self.problem = problem
        self.status = status
