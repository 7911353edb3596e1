"""A `.env` file: the variables it sets, and the lines that cannot be parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import Binding, parse_stream


@dataclass(frozen=True)
class EnvFile:
    """The variables a file sets, and its problems. `${…}` is not expanded, so that secrets stay as typed."""

    values: Mapping[str, str]
    problems: tuple[str, ...]


def read_env_file(path: Path) -> EnvFile:
    """Read a `.env` file. One that does not exist sets nothing."""
    try:
        with path.open(encoding="utf-8") as lines:
            bindings = list(parse_stream(lines))
    except FileNotFoundError:
        return EnvFile({}, ())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return EnvFile({}, (f"{path} cannot be read: {reason}.",))
    return EnvFile(
        {binding.key: binding.value or "" for binding in bindings if binding.key is not None},
        tuple(f"{path}, line {_line(binding)}: this is not NAME=value." for binding in bindings if binding.error),
    )


def _line(binding: Binding) -> int:
    """The line on which a binding's own text begins. The parser counts from the blank lines before it."""
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + blank.count("\n")
