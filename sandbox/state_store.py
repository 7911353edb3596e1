"""What outlives a restart: one SQLite table of JSON records, each written before the change is announced."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

Record = TypeVar("Record")

LOCK_SECONDS = 1.0
"""How long to wait for another process that is about to release the same file."""

_SET_UP = (
    "PRAGMA locking_mode = EXCLUSIVE",  # two sandboxes on one file would each see half of what happens
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    """
    CREATE TABLE IF NOT EXISTS record (
        kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) WITHOUT ROWID
    """,
)


class StateFileError(OSError):
    """The state file cannot be used, most often because another sandbox is running on it."""

    def __init__(self, file: Path | None, why: str) -> None:
        super().__init__(f"The sandbox cannot use its state file {file}: {why}. Is another sandbox running on it?")
        self.file = file


class StateStore:
    """Stores records by kind and id; without a file they live in memory.

    Raises `StateFileError` where the file is in use or is not a database. A process killed at any moment loses nothing
    once `save` has returned: every save is a transaction of its own in the write-ahead log. (A power failure may lose
    the last ones, which is good enough for a sandbox.)
    """

    def __init__(self, file: Path | None) -> None:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)  # it holds tokens and what people wrote
        self._database = sqlite3.connect(file or ":memory:", timeout=LOCK_SECONDS, isolation_level=None)
        try:
            for statement in _SET_UP:
                self._database.execute(statement)
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise StateFileError(file, str(error)) from error

    def load(self, kind: str) -> dict[str, Any]:
        """All records of a kind by id, in the order of their ids."""
        rows = self._database.execute("SELECT id, body FROM record WHERE kind = ? ORDER BY id", (kind,))
        return {name: json.loads(body) for name, body in rows}

    def save(self, kind: str, name: str, body: Any) -> None:
        """Write one record (anything JSON can hold), replacing an earlier one."""
        self._database.execute(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, name, json.dumps(body)),
        )

    def delete(self, kind: str, name: str) -> None:
        """Delete one record; does nothing where there is none."""
        self._database.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, name))

    def close(self) -> None:
        """Release the file."""
        self._database.close()


def restored(kind: type[Record], body: Mapping[str, Any]) -> Record:
    """A dataclass instance from its stored fields; fields that the class no longer has are ignored.

    So a state file written by another version of the sandbox still opens.
    """
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in body.items() if name in known})
