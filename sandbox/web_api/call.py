"""One call of the Web API, and its arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.errors import SlackError, invalid
from sandbox.json_input import parse_json
from sandbox.workspace import Workspace

TRUE_WORDS = frozenset({"1", "true", "True"})


@dataclass(frozen=True)
class Call:
    """The arguments as they were sent: strings from queries and forms, any JSON from JSON bodies."""

    workspace: Workspace
    args: dict[str, Any]

    def check_scope(self, scope: str) -> None:
        """Raise `SlackError` missing_scope where the app has not been granted a scope."""
        granted = self.workspace.settings.scopes
        if scope not in granted:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(granted)))

    def text(self, name: str) -> str:
        """A string; raises `SlackError` invalid_arguments where it is missing."""
        value = self.args.get(name)
        if value is None or value == "":
            raise invalid("invalid_arguments", [f"missing required field: {name}"])
        return str(value)

    def optional(self, name: str, default: str = "") -> str:
        """A string, or the default."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def boolean(self, name: str) -> bool:
        """True or false; false where it is missing."""
        return str(self.args.get(name)) in TRUE_WORDS

    def integer(self, name: str, default: int, most: int, error: str) -> int:
        """A whole number up to `most`, or the default where it is missing or 0; raises `SlackError` with `error`."""
        try:
            value = int(self.optional(name) or 0)
        except ValueError:
            raise invalid(error, [f"must be an integer [json-pointer:/{name}]"]) from None
        if not 0 <= value <= most:
            raise invalid(error, [f"must be from 1 to {most} [json-pointer:/{name}]"])
        return value or default

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        """JSON, even where it was sent as a string; None where it is missing. Raises `SlackError` with `error`."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return parse_json(value) if value else None
        except ValueError:
            raise invalid(error, [f"must be valid JSON [json-pointer:/{name}]"]) from None


@dataclass(frozen=True)
class Method:
    """A method: what it does (`run` returns the answer without `ok`), the scope it needs, whose token it accepts."""

    run: Callable[[Call], dict[str, Any]]
    scope: str = ""
    caller: Literal["bot", "app", "anyone"] = "bot"
