"""Reads the bank's YAML files and reports every mistake with its line.

The text is only parsed into nodes, never into objects, so nothing in a file can run and each node knows its line.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from cycle.bank.question import OPTION_LINE, option_lines

ID_LIMIT = 60
"""Characters in an id. Slack allows 150 in an option's value, but an id should be readable in a log line too."""

LISTEN_FOR_LIMIT = 200
"""Characters in `listen_for`, which is shown under its question. Nobody reads more during a discussion."""

QUOTED = 40
"""Characters of a wrong value that its problem quotes: enough to find it."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PRACTICE = re.compile(r"E(1[0-8]|[1-9])|M[1-9]|C(1[0-5]|[1-9])|L[1-9]")
_NUMBER = re.compile(r"[0-9]{1,3}")

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True)
class BankProblem:
    """One mistake in a file of the bank: the file, the line (counted from 1), and what to change, in plain words."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.sentence}"


@dataclass
class SourceFile:
    """A file that is being read, and the problems found in it so far."""

    file: Path
    may_be_missing: bool = False
    problems: list[BankProblem] = field(default_factory=list)

    def report(self, at: yaml.Node | int, sentence: str) -> None:
        """Add a problem at a node, or at a line counted from 1."""
        line = at if isinstance(at, int) else at.start_mark.line + 1
        self.problems.append(BankProblem(self.file, line, sentence))


@dataclass
class Entry:
    """One mapping in a file, read field by field.

    A field that is missing or wrong adds a problem and yields a placeholder of the right type, so that all mistakes in
    an entry are reported at once. `valid` becomes False with the first one. Invalid entries are left out of the bank.
    """

    source: SourceFile
    node: yaml.MappingNode
    fields: dict[str, yaml.Node] = field(default_factory=dict)
    valid: bool = True

    @classmethod
    def parse(cls, source: SourceFile, node: yaml.Node, allowed: Collection[str], what: str) -> "Entry | None":
        """The entry in a node; None, and a problem, if it is not a mapping. `what` names it, such as "A question"."""
        if not isinstance(node, yaml.MappingNode):
            source.report(node, f"{what} needs fields with a colon, one per line: {_listed(allowed, 'and')}.")
            return None
        entry = cls(source, node)
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key not in allowed:
                entry.report(key_node, f"There is no field called {_quoted(key)} here. {_hint(key, allowed)}")
            elif key in entry.fields:
                entry.report(key_node, f'"{key}" is given twice. Keep one of them.')
            else:
                entry.fields[key] = value
        return entry

    @property
    def line(self) -> int:
        """The line on which it starts, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def report(self, at: str | yaml.Node, sentence: str) -> None:
        """Add a problem at a field (at the whole entry if the field is missing) or at a node inside the entry."""
        self.valid = False
        self.source.report(self.fields.get(at, self.node) if isinstance(at, str) else at, sentence)

    def items(self, key: str, *, required: bool = True) -> list[yaml.Node]:
        """The nodes in a list; none if the field is missing or is not a list."""
        node = self._node(key, required=required)
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if node is not None and not _is_empty(node):
            self.report(key, f'"{key}" has to be a list. Start each of its lines with a dash.')
        return []

    def text(self, key: str, limit: int) -> str:
        """A text of 1 to `limit` characters, with line breaks and runs of spaces reduced to one space."""
        node = self._node(key, required=True)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str":
            self.report(key, f'"{key}" has to be text. Put it in double quotes.')
            return ""
        text = " ".join(node.value.split())
        if not text:
            self.report(key, f'"{key}" is empty.')
        elif len(text) > limit:
            self.report(key, f'"{key}" has {len(text)} characters, but at most {limit} fit.')
        return text

    def question_text(self, key: str, limit: int) -> str:
        """A text that an option can show without cutting it off."""
        text = self.text(key, limit)
        if 0 < len(text) <= limit and option_lines(text) is None:
            self.report(
                key, f'"{key}" does not fit into two lines of {OPTION_LINE} characters. Make it a little shorter.'
            )
        return text

    def slug(self, key: str) -> str:
        """An id of lower-case letters and digits, with single hyphens between them."""
        text = self.text(key, ID_LIMIT)
        if text and not _SLUG.fullmatch(text):
            self.report(key, f'"{key}" is {_quoted(text)}. Use only lower-case letters, digits and single hyphens.')
        return text

    def optional_slug(self, key: str) -> str | None:
        """An id, or None if the field is left out."""
        return self.slug(key) if key in self.fields else None

    def choice(self, key: str, choices: type[_E]) -> _E:
        """A member of an enumeration, given by its value."""
        node = self._node(key, required=True)
        first = next(iter(choices))
        if node is None:
            return first
        allowed = [choice.value for choice in choices]
        value = node.value if isinstance(node, yaml.ScalarNode) else "a list"
        if value not in allowed:
            self.report(key, f'"{key}" is {_quoted(value)}. It can be {_listed(allowed)}.')
            return first
        return choices(value)

    def optional_choice(self, key: str, choices: type[_E]) -> _E | None:
        """A member of an enumeration, or None if the field is left out."""
        return self.choice(key, choices) if key in self.fields else None

    def flag(self, key: str) -> bool:
        """A field that is either true or false."""
        node = self._node(key, required=True)
        value = node.value.lower() if isinstance(node, yaml.ScalarNode) else ""
        if node is not None and value not in {"true", "false"}:
            self.report(key, f'"{key}" has to be true or false.')
        return value == "true"

    def minutes(self, key: str, most: int) -> int:
        """A whole number of minutes from 1 to `most`."""
        node = self._node(key, required=True)
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        number = int(value) if _NUMBER.fullmatch(value) else 0
        if node is not None and not 1 <= number <= most:
            self.report(key, f'"{key}" has to be a whole number from 1 to {most}.')
        return number

    def practices(self, key: str) -> tuple[str, ...]:
        """A list of practice ids; empty if the field is left out."""
        found = []
        for node in self.items(key, required=False):
            value = node.value if isinstance(node, yaml.ScalarNode) else "a list"
            if not _PRACTICE.fullmatch(value):
                self.report(node, f"There is no practice {_quoted(value)}. Practices are called E4, C12 and so on.")
            found.append(value)
        return tuple(found)

    def _node(self, key: str, *, required: bool) -> yaml.Node | None:
        """The node of a field; None if it is missing, and a problem if it is required."""
        if required and key not in self.fields:
            self.report(key, f'"{key}" is missing.')
        return self.fields.get(key)


def read_root(source: SourceFile) -> yaml.Node | None:
    """The whole file as one node; None if it is empty, and None with a problem if it cannot be read."""
    try:
        data = source.file.read_bytes()
    except OSError as error:
        if not (source.may_be_missing and isinstance(error, FileNotFoundError)):
            source.report(1, f"This file cannot be opened: {error.strerror or error}.")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source.report(data.count(b"\n", 0, error.start) + 1, "This file is not in UTF-8. Save it as UTF-8.")
        return None
    try:
        return _composed(text)
    except yaml.reader.ReaderError as error:
        source.report(
            text.count("\n", 0, error.position) + 1,
            "There is an invisible character here that YAML does not allow. Delete it.",
        )
    except yaml.MarkedYAMLError as error:
        began = error.context_mark if isinstance(error, yaml.scanner.ScannerError) else None  # as of an open quote
        mark = began or error.problem_mark
        because = f" ({error.problem})" if error.problem else ""
        source.report(
            mark.line + 1 if mark else 1,
            f"From here on the file cannot be read{because}. Often a colon, a quote, a dash or a space is missing "
            "or in the wrong place.",
        )
    except (yaml.YAMLError, RecursionError):
        source.report(1, "This file cannot be read as YAML.")
    return None


def _composed(text: str) -> yaml.Node | None:
    """A text as one node.

    libyaml reads ten times faster, where it is there. What it refuses is read again without it, for a clearer problem.
    """
    node: yaml.Node | None
    with suppress(AttributeError, yaml.YAMLError):
        node = yaml.compose(text, Loader=yaml.CSafeLoader)  # type: ignore[no-untyped-call, unused-ignore]
        return node
    node = yaml.compose(text, Loader=yaml.SafeLoader)  # type: ignore[no-untyped-call, unused-ignore]
    return node


def read_entries(
    parent: Entry, key: str, allowed: Collection[str], what: str, *, required: bool = False
) -> Iterator[Entry]:
    """The entries in a list inside another one. Anything in it that is not a mapping makes the parent invalid."""
    for node in parent.items(key, required=required):
        entry = Entry.parse(parent.source, node, allowed, what)
        if entry is None:
            parent.valid = False
        else:
            yield entry


def _is_empty(node: yaml.Node) -> bool:
    """Whether nothing follows a field's colon, for example because every line of a list is commented out."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _quoted(value: str) -> str:
    """A wrong value, shortened, in quotes."""
    return f'"{value[:QUOTED]}…"' if len(value) > QUOTED else f'"{value}"'


def _listed(values: Collection[str], between: str = "or") -> str:
    """Values in a sentence: "a, b or c"."""
    *most, last = values
    return f"{', '.join(most)} {between} {last}" if most else last


def _hint(key: str, allowed: Collection[str]) -> str:
    """A guess at what a misspelt field should be called, or else all the fields there are."""
    close = get_close_matches(key, allowed, n=1)
    return f'Did you mean "{close[0]}"?' if close else f"The fields are {_listed(allowed, 'and')}."
