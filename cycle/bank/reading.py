"""Reading the bank's YAML with a line for every mistake.

The text is parsed into nodes only, never into objects: nothing in a file can run, and each node knows its line.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from cycle.bank.question import OPTION_LINE, option_lines

ID_LIMIT = 60
"""Characters in an id. Slack takes 150 for an option's value; an id should also be readable in a log line."""

LISTEN_FOR_LIMIT = 200
"""Characters in a "listen for" sentence: it stands under its question, and more would not be read during a talk."""

QUOTED = 40
"""Characters of a wrong value shown in its problem: enough to find it."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PRACTICE = re.compile(r"E(1[0-8]|[1-9])|M[1-9]|C(1[0-5]|[1-9])|L[1-9]")
_NUMBER = re.compile(r"[0-9]{1,3}")

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True)
class BankProblem:
    """One mistake in a file of the bank: where it is (lines count from 1) and a kind, plain sentence about it."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.sentence}"


@dataclass
class Source:
    """A file being read, and the problems found in it so far."""

    file: Path
    may_be_missing: bool = False
    problems: list[BankProblem] = field(default_factory=list)

    def complain(self, at: yaml.Node | int, sentence: str) -> None:
        """Note a problem at a node or at a line, counted from 1."""
        line = at if isinstance(at, int) else at.start_mark.line + 1
        self.problems.append(BankProblem(self.file, line, sentence))


@dataclass
class Entry:
    """One mapping of a file, read field by field.

    A field that is missing or wrong is a problem and yields a stand-in of the right type, so that every mistake of an
    entry is named at once. `sound` says whether there was none; an entry that is not sound is left out of the bank.
    """

    source: Source
    node: yaml.MappingNode
    fields: dict[str, yaml.Node] = field(default_factory=dict)
    sound: bool = True

    @classmethod
    def read(cls, source: Source, node: yaml.Node, allowed: Collection[str], what: str) -> "Entry | None":
        """The fields of a node, or None (and a problem) if it is no mapping. `what` is "A question" or the like."""
        if not isinstance(node, yaml.MappingNode):
            source.complain(node, f"{what} is written as fields with a colon, one a line: {_these(allowed, 'and')}.")
            return None
        entry = cls(source, node)
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key not in allowed:
                entry.complain(key_node, f"There is no field called {_quoted(key)} here{_hint(key, allowed)}.")
            elif key in entry.fields:
                entry.complain(key_node, f'"{key}" is given twice; please keep one of the two.')
            else:
                entry.fields[key] = value
        return entry

    @property
    def line(self) -> int:
        """The line it begins on, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def complain(self, at: str | yaml.Node, sentence: str) -> None:
        """Note a problem with a field (or, if it is not there, with the whole entry) or with a node inside."""
        self.sound = False
        self.source.complain(self.fields.get(at, self.node) if isinstance(at, str) else at, sentence)

    def items(self, key: str, *, required: bool = True) -> list[yaml.Node]:
        """The nodes of a list."""
        node = self._node(key, required=required)
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if node is not None and not _is_empty(node):
            self.complain(key, f'"{key}" is a list: begin each of its lines with a dash.')
        return []

    def text(self, key: str, limit: int) -> str:
        """A text of 1 to `limit` characters; line breaks and runs of spaces become one space."""
        node = self._node(key, required=True)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str":
            self.complain(key, f'"{key}" should be a text; please put it in double quotes.')
            return ""
        text = " ".join(node.value.split())
        if not text:
            self.complain(key, f'"{key}" is empty.')
        elif len(text) > limit:
            self.complain(key, f'"{key}" has {len(text)} characters; at most {limit} fit.')
        return text

    def question_text(self, key: str, limit: int) -> str:
        """A text that an option can show whole."""
        text = self.text(key, limit)
        if 0 < len(text) <= limit and option_lines(text) is None:
            self.complain(
                key, f'"{key}" does not break into two lines of {OPTION_LINE} characters; a little shorter and it fits.'
            )
        return text

    def slug(self, key: str) -> str:
        """An id: lower-case letters, digits and single hyphens."""
        text = self.text(key, ID_LIMIT)
        if text and not _SLUG.fullmatch(text):
            self.complain(key, f'"{key}" is {_quoted(text)}; an id has small letters, digits and hyphens only.')
        return text

    def optional_slug(self, key: str) -> str | None:
        """An id that may be left out."""
        return self.slug(key) if key in self.fields else None

    def choice(self, key: str, choices: type[_E]) -> _E:
        """One of an enumeration's values."""
        node = self._node(key, required=True)
        first = next(iter(choices))
        if node is None:
            return first
        allowed = [choice.value for choice in choices]
        value = node.value if isinstance(node, yaml.ScalarNode) else "a list"
        if value not in allowed:
            self.complain(key, f'"{key}" is {_quoted(value)}; it can be {_these(allowed)}.')
            return first
        return choices(value)

    def optional_choice(self, key: str, choices: type[_E]) -> _E | None:
        """One of an enumeration's values, or None if the field is left out."""
        return self.choice(key, choices) if key in self.fields else None

    def flag(self, key: str) -> bool:
        """True or false."""
        node = self._node(key, required=True)
        value = node.value.lower() if isinstance(node, yaml.ScalarNode) else ""
        if node is not None and value not in {"true", "false"}:
            self.complain(key, f'"{key}" can be true or false.')
        return value == "true"

    def minutes(self, key: str, most: int) -> int:
        """A whole number of minutes, 1 to `most`."""
        node = self._node(key, required=True)
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        number = int(value) if _NUMBER.fullmatch(value) else 0
        if node is not None and not 1 <= number <= most:
            self.complain(key, f'"{key}" is a whole number from 1 to {most}.')
        return number

    def practices(self, key: str) -> tuple[str, ...]:
        """The ids of a list of practices; the list may be left out."""
        found = []
        for node in self.items(key, required=False):
            value = node.value if isinstance(node, yaml.ScalarNode) else "a list"
            if not _PRACTICE.fullmatch(value):
                self.complain(node, f"There is no practice {_quoted(value)}; they are called E4, C12 and so on.")
            found.append(value)
        return tuple(found)

    def _node(self, key: str, *, required: bool) -> yaml.Node | None:
        """A field's node; if it is missing and required, None and a problem."""
        if required and key not in self.fields:
            self.complain(key, f'"{key}" is missing.')
        return self.fields.get(key)


def root_node(source: Source) -> yaml.Node | None:
    """The whole file as one node; None if it is empty or cannot be read, the latter with a problem."""
    try:
        data = source.file.read_bytes()
    except OSError as error:
        if not (source.may_be_missing and isinstance(error, FileNotFoundError)):
            source.complain(1, f"This file cannot be opened: {error.strerror or error}.")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source.complain(data.count(b"\n", 0, error.start) + 1, "This file is not in UTF-8; please save it as UTF-8.")
        return None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]
    except yaml.reader.ReaderError as error:
        source.complain(text.count("\n", 0, error.position) + 1, "There is an invisible character that YAML forbids.")
    except yaml.MarkedYAMLError as error:
        began = error.context_mark if isinstance(error, yaml.scanner.ScannerError) else None  # as of an open quote
        mark = began or error.problem_mark
        because = f" ({error.problem})" if error.problem else ""
        source.complain(
            mark.line + 1 if mark else 1,
            f"From here on the file cannot be read{because}. Often a colon, a quote, a dash or a space is not in its "
            "place.",
        )
    except (yaml.YAMLError, RecursionError):
        source.complain(1, "This file cannot be read as YAML.")
    return None


def entries(parent: Entry, key: str, allowed: Collection[str], what: str, *, required: bool = False) -> Iterator[Entry]:
    """The mappings in a list of an entry; anything else in it is a problem of the entry."""
    for node in parent.items(key, required=required):
        entry = Entry.read(parent.source, node, allowed, what)
        if entry is None:
            parent.sound = False
        else:
            yield entry


def _is_empty(node: yaml.Node) -> bool:
    """Whether nothing stands after a field's colon, as when every line of a list is commented out."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _quoted(value: str) -> str:
    """A wrong value, shortened, in quotes."""
    return f'"{value[:QUOTED]}…"' if len(value) > QUOTED else f'"{value}"'


def _these(values: Collection[str], between: str = "or") -> str:
    """A list of values as words: "a, b or c"."""
    *most, last = values
    return f"{', '.join(most)} {between} {last}" if most else last


def _hint(key: str, allowed: Collection[str]) -> str:
    """A guess at what a misspelt field was meant to be."""
    close = get_close_matches(key, allowed, n=1)
    return f'; perhaps "{close[0]}" was meant' if close else f"; there are {_these(allowed, 'and')}"
