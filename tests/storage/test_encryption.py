import sqlite3
from datetime import date
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from storage.database import Database
from storage.drafts import Draft
from storage.encryption import Cipher, EncryptedEnum, EncryptedText, WrongKey, cipher_of
from storage.engine import make_engine
from storage.preparations import Level, Preparation
from storage.tables import metadata
from tests.support.builders import LONG_AGO, commitment, pair, person, planning, saved
from tests.support.databases import KEY, cipher

WORDS = "Lead the Lisbon rollout"


async def written(database: Database, workspace_id: int) -> int:
    """A commitment and a draft with words in them; the key of the commitment."""
    async with database.unit(workspace_id) as store:
        ana, bo = person(), person("Bo Lind")
        await saved(store, ana, bo)
        two = pair(ana, bo)
        await saved(store, two)
        made = commitment(two, ana, date(2027, 1, 15), text=WORDS)
        draft = Draft(person_id=ana.pk, form="prep", state=WORDS, view_id="V1", typed_at=LONG_AGO, saved_at=LONG_AGO)
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


async def test_a_level_is_unreadable_in_what_is_kept(database: Database, workspace_id: int, database_url: str):
    """Neither the level nor its length shows in the database, and it reads as it was given."""
    keys = {}
    async with database.unit(workspace_id) as store:
        for level in (*Level, None):
            ana, bo = person(), person("Bo Lind")
            await saved(store, ana, bo)
            two = pair(ana, bo)
            await saved(store, two)
            coming = planning(two, date(2027, 1, 15))
            await saved(store, coming)
            preparation = Preparation(
                pair_id=two.pk, discussion_id=coming.pk, author_id=ana.pk, side="employee", level=level,
                submitted_at=LONG_AGO,
            )  # fmt: skip
            await saved(store, preparation)
            keys[level] = coming.pk
    async with database.reading(workspace_id) as store:
        for level, key in keys.items():
            assert [one.level for one in await store.preparations.of_discussion([key])] == [level]
    kept = everything_kept(database_url)
    assert not [level for level in Level if level.value.encode() in kept]
    async with database.engine.connect() as connection:
        stored = (await connection.execute(sa.text("SELECT level FROM preparation"))).scalars().all()
    assert len({len(one) for one in stored if one is not None}) == 1
    assert len(stored) - stored.count(None) == len(Level)


async def test_two_databases_of_a_process_have_keys_of_their_own(database: Database, workspace_id: int, tmp_path: Path):
    """Each encrypts and decrypts with its own, even while both are in use."""
    first = await written(database, workspace_id)
    other = await Database.open(f"sqlite:///{tmp_path / 'other.db'}", Cipher([Fernet.generate_key().decode()]))
    elsewhere = await other.workspace("T0OTHER", "Other")
    second = await written(other, elsewhere)
    async with database.reading(workspace_id) as here, other.reading(elsewhere) as there:
        assert (await here.commitments.get(first)).text == WORDS
        assert (await there.commitments.get(second)).text == WORDS
    for kept, right, wrong in ((database, database, other), (other, other, database)):
        async with kept.engine.connect() as connection:
            text = (await connection.execute(sa.text("SELECT text FROM commitment"))).scalar_one()
        assert cipher_of(right.engine.dialect).decrypt(text) == WORDS
        with pytest.raises(WrongKey):
            cipher_of(wrong.engine.dialect).decrypt(text)
    await other.close()


def test_every_written_word_is_in_an_encrypted_column():
    """The columns that hold what people write are encrypted, whatever table comes next."""
    written_by_people = {
        "text",
        "first_text",
        "counter_text",
        "notes",
        "reason",
        "cancel_reason",
        "decline_reason",
        "request",
        "level",
        "state",
    }
    open_words = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name in written_by_people and not isinstance(column.type, EncryptedText | EncryptedEnum | sa.Enum)
    ]
    assert open_words == []


async def test_a_wrong_key_is_refused(database: Database, workspace_id: int, database_url: str):
    """A key that the data was not written with stops the start, rather than failing at the first click."""
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
