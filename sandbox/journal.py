"""What outlives a restart: one SQLite table of JSON records, each written before anybody is told that it happened."""

import json
import sqlite3
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID
"""


class Journal:
    """Keeps records by kind and id; without a file they live in memory.

    A process killed at any moment loses nothing that `save` returned for: every save is a transaction of its own in
    the write-ahead log. (Losing power may cost the last ones: it is a sandbox.)
    """

    def __init__(self, file: Path | None) -> None:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(file if file is not None else ":memory:", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(_SCHEMA)
        if file is not None:
            file.chmod(0o600)  # it holds tokens and what people wrote

    def load(self, kind: str) -> dict[str, Any]:
        """All records of a kind by id, in the order of their ids."""
        rows = self._database.execute("SELECT id, body FROM record WHERE kind = ? ORDER BY id", (kind,))
        return {name: json.loads(body) for name, body in rows}

    def save(self, kind: str, name: str, body: Any) -> None:
        """Write one record (anything JSON holds), replacing an earlier one."""
        self._database.execute(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, name, json.dumps(body)),
        )

    def delete(self, kind: str, name: str) -> None:
        """Forget one record, if it is there."""
        self._database.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, name))

    def close(self) -> None:
        """Let the file go."""
        self._database.close()
