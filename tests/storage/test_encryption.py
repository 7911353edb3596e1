import sqlite3
from datetime import date
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from storage.database import Database, make_engine
from storage.encryption import Cipher, EncryptedText, WrongKey
from storage.preparations import Draft
from storage.tables import metadata
from tests.support.builders import LONG_AGO, commitment, pair, person, saved
from tests.support.databases import KEY, cipher

WORDS = "Lead the Lisbon rollout"


async def written(database: Database, workspace_id: int) -> int:
    """A promise with words in it; its key."""
    async with database.unit(workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        made = commitment(two, ana, date(2027, 1, 15), text=WORDS)
        draft = Draft(person_id=ana.pk, form="prep", state=WORDS, view_id="V1", saved_at=LONG_AGO)
        await saved(store, made, draft)
        return made.pk


def everything_kept(url: str) -> bytes:
    """All that is on disk (SQLite), or all rows as text (PostgreSQL)."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [connection.execute(f'SELECT t::text FROM "{name}" t').fetchall() for (name,) in tables]  # noqa: S608
    return repr(rows).encode()


async def test_words_are_unreadable_in_what_is_kept(database: Database, workspace_id: int, database_url: str):
    """Neither the file nor its journal nor a dump shows what people wrote."""
    await written(database, workspace_id)
    kept = everything_kept(database_url)
    assert b"Ana Ruiz" in kept  # so we are looking in the right place
    assert WORDS.encode() not in kept


def test_every_written_word_is_in_a_sealed_column():
    """The columns that hold what people write are sealed, whatever table comes next."""
    written_by_people = {"text", "first_text", "notes", "reason", "cancel_reason", "decline_reason", "state"}
    open_words = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name in written_by_people and not isinstance(column.type, EncryptedText | sa.Enum)
    ]
    assert open_words == []


async def test_a_wrong_key_is_refused(database: Database, workspace_id: int, database_url: str):
    """A key that the data was not written with stops the start, rather than failing at somebody's first click."""
    await written(database, workspace_id)
    with pytest.raises(WrongKey):
        await Database.open(database_url, Cipher([Fernet.generate_key().decode()]))
    await (await Database.open(database_url, cipher())).close()


async def test_keys_rotate(database: Database, workspace_id: int, database_url: str):
    """A new key in front of the old one reads what was written, and what is written from then on needs the new one."""
    old = await written(database, workspace_id)
    new_key = Fernet.generate_key().decode()
    rotated = await Database.open(database_url, Cipher([new_key, KEY]))
    async with rotated.unit(workspace_id) as store:
        first = await store.commitments.get(old)
        assert first.text == WORDS
        second = commitment(await store.pairs.get(first.pair_id), await store.people.get(first.owner_id),
                         date(2027, 2, 1), text="Newer words")  # fmt: skip
        await saved(store, second)
    await rotated.close()
    with_new_alone = Database(make_engine(database_url, Cipher([new_key])))
    async with with_new_alone.reading(workspace_id) as store:
        assert (await store.commitments.get(second.pk)).text == "Newer words"
    async with with_new_alone.reading(workspace_id) as store:
        with pytest.raises(WrongKey):
            await store.commitments.get(old)
    await with_new_alone.close()


def test_the_file_says_so_itself(tmp_path: Path):
    """SQLite is what the test above believes it is: a plain file that would show plain words."""
    with sqlite3.connect(tmp_path / "plain.db") as connection:
        connection.execute("CREATE TABLE t (x TEXT)")
        connection.execute("INSERT INTO t VALUES (?)", [WORDS])
    connection.close()
    assert WORDS.encode() in (tmp_path / "plain.db").read_bytes()
