"""A database of an earlier revision, with something in every table, is upgraded and keeps all of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from cryptography.fernet import Fernet

from storage.database import Database
from storage.drafts import NOT_TYPED
from storage.encryption import Cipher, WrongKey
from storage.engine import make_engine
from storage.nudges import NudgeScope
from storage.preparations import Level
from storage.schema import config, preparing, revision_of, upgrade_tables
from storage.tables import metadata
from storage.wrap_ups import Notes
from tests.support.databases import Template, cipher

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON = NOON + timedelta(days=3)
Rows = dict[str, list[dict[str, Any]]]


def sealed(text: str) -> str:
    """A text as it is kept."""
    return cipher().encrypt(text)


EMPTIED_DRAFT = 98

# Keys of nudges as releases before stages wrote them, each with the stage that it holds.
STAGES = {
    "pair_answered:21": "", "schedule_next:33:2": "2", "gone_quiet:33:0:11:6": "6", "date_set:32:1": "",
    "propose_agenda:32:2:first": "first", "propose_agenda:32:2:last": "last", "answer_agenda:32:2": "",
    "day_before:32:1:11": "", "wrap_up:32:2:11:first": "first", "wrap_up:32:2:11:again": "again",
    "wrapped_up:31": "", "thank_you:31:first": "first", "thank_you:31:again": "again",
    "commitment_ahead:81:week": "week", "commitment_ahead:81:day": "day", "commitment_overdue:81:1": "1",
    "commitment_overdue:81:3": "3", "commitment_overdue:81:both:1": "both", "commitment_overdue:81:both:12": "both",
    "change_asked:1": "",
}  # fmt: skip

# Two pairs in two workspaces, the second with the least that there can be. Keys are chosen so that no two kinds of rows
# share one: whatever finds its pair by the wrong key finds none, or another.
OF_0002: Rows = {
    "keycheck": [{"id": 1, "sealed": sealed("career")}],
    "workspace": [{"id": 1, "team_id": "T0ACME", "name": "Acme"}, {"id": 2, "team_id": "T0OTHER", "name": "Other"}],
    "person": [
        {"id": key, "workspace_id": workspace, "slack_id": f"U{key}", "name": name, "tz": "Europe/Madrid",
         "is_bot": False, "deactivated": False, "dm_channel": channel, "seen_at": NOON, "coach_off": False,
         "path_clarity": None, "feedback_style": "gentle"}
        for key, workspace, name, channel in
        [(11, 1, "Ana Ruiz", "D11"), (12, 1, "Ben Okafor", None), (13, 2, "Chiyo Sato", None), (14, 2, "Dara Ek", None)]
    ],
    "pair": [
        {"id": 21, "workspace_id": 1, "employee_id": 11, "manager_id": 12, "state": "active", "asked_by_id": 11,
         "asked_at": NOON, "answered_at": NOON, "request": sealed("Shall we?"), "cadence": "6m", "minutes": 60,
         "place": "walk", "notes_by": "both"},
        {"id": 22, "workspace_id": 2, "employee_id": 13, "manager_id": 14, "state": "active", "asked_by_id": 13,
         "asked_at": NOON, "cadence": "6m", "minutes": 60},
    ],
    "discussion": [
        {"id": 31, "workspace_id": 1, "pair_id": 21, "number": 1, "state": "closed", "due_on": date(2026, 5, 4),
         "postponed": False, "starts_at": NOON - timedelta(days=180), "minutes": 60, "round": 1,
         "dated_at": NOON - timedelta(days=190), "dated_by_id": 11, "notes": sealed("We talked about Lisbon"),
         "wrapped_up_at": NOON - timedelta(days=180), "wrapped_up_by_id": 11, "closed_at": NOON - timedelta(days=179)},
        {"id": 32, "workspace_id": 1, "pair_id": 21, "number": 2, "state": "scheduled", "due_on": date(2026, 12, 1),
         "postponed": False, "starts_at": SOON, "minutes": 45, "round": 2, "dated_at": NOON, "dated_by_id": 12,
         "question_set": "first"},
        {"id": 33, "workspace_id": 2, "pair_id": 22, "number": 1, "state": "planning", "due_on": date(2026, 12, 1),
         "postponed": False, "minutes": 60, "round": 0},
    ],
    "preparation": [
        {"id": 41, "workspace_id": 1, "discussion_id": 32, "author_id": 11, "side": "employee", "level": "strong",
         "submitted_at": NOON},
        {"id": 42, "workspace_id": 1, "discussion_id": 32, "author_id": 12, "side": "manager", "level": None,
         "submitted_at": NOON},
        {"id": 43, "workspace_id": 2, "discussion_id": 33, "author_id": 13, "side": "employee", "level": "outstanding",
         "submitted_at": NOON},
    ],
    "answer": [
        {"id": 51, "workspace_id": 1, "preparation_id": 41, "author_id": 11, "question": "skills",
         "text": sealed("Negotiating"), "shared": True, "answered_at": NOON},
        {"id": 52, "workspace_id": 2, "preparation_id": 43, "author_id": 13, "question": "skills",
         "text": sealed("Listening"), "shared": False, "answered_at": NOON},
    ],
    "agendaitem": [
        {"id": 61, "workspace_id": 1, "discussion_id": 31, "author_id": 11, "text": sealed("A course"),
         "state": "carried_over", "is_question": False, "position": 1, "proposed_at": NOON},
        {"id": 62, "workspace_id": 1, "discussion_id": 32, "author_id": 11, "text": sealed("A course in May"),
         "first_text": sealed("A course"), "state": "amended", "is_question": False, "position": 1,
         "proposed_at": NOON, "carried_from_id": 61},
    ],
    "objective": [
        {"id": 71, "workspace_id": 1, "pair_id": 21, "owner_id": 11, "horizon": "short",
         "text": sealed("Pass an exam"), "target_on": date(2027, 6, 1), "shared": True,
         "state": "changed", "set_at": NOON - timedelta(days=90), "replaces_id": None},
        {"id": 73, "workspace_id": 1, "pair_id": 21, "owner_id": 11, "horizon": "short",
         "text": sealed("Pass the exam"), "target_on": date(2027, 6, 1), "shared": True,
         "state": "standing", "set_at": NOON, "replaces_id": 71},
    ],
    "commitment": [
        {"id": 81, "workspace_id": 1, "pair_id": 21, "discussion_id": 31, "owner_id": 12, "text": sealed("Call Mara"),
         "due_on": date(2026, 12, 4), "state": "open", "agreed_at": NOON},
    ],
    "changerequest": [
        {"id": 86, "workspace_id": 1, "commitment_id": 81, "pair_id": 21, "asked_by_id": 12,
         "text": sealed("Call Mara"), "due_on": date(2026, 12, 11), "reason": sealed("She is away"),
         "asked_at": NOON, "state": "asked"},
    ],
    "thankyou": [
        {"id": 91, "workspace_id": 1, "discussion_id": 31, "author_id": 11, "text": sealed("Thank you, Ben"),
         "sent_at": NOON},
    ],
    "draft": [
        {"id": 96, "workspace_id": 1, "person_id": 11, "form": "preparation", "subject_id": 32,
         "state": sealed('{"skills":{"typed":{"value":"no_promises"}}}'), "view_id": "V1", "saved_at": NOON},
        {"id": 97, "workspace_id": 1, "person_id": 12, "form": "wrap_up", "subject_id": 32,
         "state": sealed('{"notes":{"typed":{"value":"Ça va: “promise.1.text”"}},'
                         '"promise.1.text":{"typed":{"value":"C"}},"promise.12.due_on":{"typed":{}},"no_promises":{"typed":{}},'
                         '"coach.seen":{"":{"value":"ab"}}}'),
         "view_id": "V2", "saved_at": NOON},
        {"id": EMPTIED_DRAFT, "workspace_id": 1, "person_id": 11, "form": "wrap_up", "subject_id": 31,
         "state": sealed(""), "view_id": "V3", "saved_at": NOON},
    ],
    "nudge": [
        {"id": key, "workspace_id": 1, "person_id": 11, "pair_id": 21, "kind": "day_before", "key": f"day_before:{key}",
         "subject_id": 32, "due_at": SOON, "planned_at": NOON, "attempts": attempts, **rest}
        for key, attempts, rest in [
            (101, 0, {"state": "planned", "ready_at": SOON}),
            (102, 1, {"state": "claimed", "ready_at": NOON, "message_id": "m-102"}),
            (103, 1, {"state": "sent", "message_id": "m-103", "channel": "D11", "ts": "1.5", "settled_at": NOON}),
        ]
    ] + [
        {"id": key, "workspace_id": 1, "person_id": 11, "pair_id": 21, "kind": nudge_key.partition(":")[0],
         "key": nudge_key, "subject_id": int(nudge_key.split(":")[1]), "due_at": SOON, "planned_at": NOON,
         "attempts": 0, "state": "cancelled"}
        for key, nudge_key in enumerate(STAGES, start=104)
    ] + [
        {"id": 150, "workspace_id": 1, "person_id": 12, "pair_id": 21, "kind": "thank_you_note",
         "key": "thank_you_note:91", "subject_id": 31, "due_at": NOON, "planned_at": NOON, "attempts": 0,
         "state": "cancelled"},
    ],
}  # fmt: skip


async def filled(url: str, revision: str, rows: Rows) -> None:
    """Make a database as it was at a revision and put rows into it."""

    def fill(connection: sa.Connection) -> None:
        command.upgrade(config(connection), revision)
        tables = sa.MetaData()
        tables.reflect(connection)
        assert rows.keys() == tables.tables.keys() - {"alembic_version"}, "there is something in every table"
        for name, some in rows.items():
            for row in some:
                connection.execute(sa.insert(tables.tables[name]).values(row))

    engine = make_engine(url, cipher())
    async with engine.begin() as connection:
        await connection.run_sync(fill)
    await engine.dispose()


async def upgrade_filled(url: str, rows: Rows) -> None:
    """Fill a database at revision 0002 and have the code of today open it."""
    await filled(url, "0002", rows)
    await (await Database.open(url, cipher())).close()


@pytest.fixture(scope="module")
def upgraded_url(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database that was upgraded with something in every table, to copy."""
    url = template.empty(tmp_path_factory.mktemp("upgraded"))
    asyncio.run(upgrade_filled(url, OF_0002))
    yield url
    template.drop(url)


@pytest.fixture
async def upgraded(template: Template, upgraded_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database that was filled at revision 0002 and upgraded by the code of today."""
    url = template.copy_of(upgraded_url, tmp_path)
    database = await Database.open(url, cipher())
    yield database
    await database.close()
    template.drop(url)


async def everything(database: Database, table: str) -> list[sa.RowMapping]:
    """All rows of a table, as the models read them."""
    async with database.engine.connect() as connection:
        found = await connection.execute(sa.select(metadata.tables[table]).order_by(sa.text("id")))
        return list(found.mappings())


async def test_an_upgrade_keeps_every_row(upgraded: Database):
    """Each row is still there under its key, and what it said reads as before."""
    for table, rows in OF_0002.items():
        kept = [row["id"] for row in rows if row["id"] != EMPTIED_DRAFT]
        assert [row["id"] for row in await everything(upgraded, table)] == kept, table
    (item,) = [row for row in await everything(upgraded, "agendaitem") if row["id"] == 62]
    assert (item["text"], item["first_text"], item["carried_from_id"]) == ("A course in May", "A course", 61)
    assert [row["starts_at"] for row in await everything(upgraded, "discussion")] == [
        NOON - timedelta(days=180), SOON, None
    ]  # fmt: skip
    assert [row["state"] for row in await everything(upgraded, "nudge")][:3] == ["planned", "claimed", "sent"]


async def test_an_upgrade_finds_the_pair_of_every_row(upgraded: Database):
    """What belonged to a discussion or a preparation belongs to the pair of that."""
    for table, pair_ids in {
        "preparation": [21, 21, 22], "answer": [21, 22], "agendaitem": [21, 21], "thankyou": [21],
        "objective": [21, 21], "commitment": [21], "changerequest": [21], "discussion": [21, 21, 22],
    }.items():  # fmt: skip
        assert [row["pair_id"] for row in await everything(upgraded, table)] == pair_ids, table


async def test_an_upgrade_dates_the_change_of_an_objective(upgraded: Database):
    """A changed objective was changed when the one that replaces it was set; a current one has not been changed."""
    changes = {row["id"]: row["settled_at"] for row in await everything(upgraded, "objective")}
    assert changes == {71: NOON, 73: None}


async def test_an_upgrade_encrypts_the_levels(upgraded: Database):
    """A level reads as before, and is unreadable in the database; where there was none there is none."""
    assert [row["level"] for row in await everything(upgraded, "preparation")] == [
        Level.STRONG, None, Level.OUTSTANDING
    ]  # fmt: skip
    async with upgraded.engine.connect() as connection:
        kept = (await connection.execute(sa.text("SELECT level FROM preparation ORDER BY id"))).scalars().all()
    assert [level and cipher().decrypt(level) for level in kept] == ["strong", None, "outstanding"]


async def test_an_upgrade_renames_the_fields_of_drafts(upgraded: Database):
    """What was typed is found by the fields of today, in the forms they belong to; what was typed is left as it is."""
    drafts = {row["id"]: row["state"] for row in await everything(upgraded, "draft")}
    assert drafts[96] == '{"skills":{"typed":{"value":"no_promises"}}}'
    assert json.loads(drafts[97]) == {
        "notes": {"typed": {"value": "Ça va: “promise.1.text”"}},
        "commitment.1.text": {"typed": {"value": "C"}},
        "commitment.12.due_on": {"typed": {}},
        "no_commitments": {"typed": {}},
        "coach.seen": {"": {"value": "ab"}},
    }


async def test_an_upgrade_deletes_emptied_drafts(upgraded: Database):
    """A draft that was submitted or discarded held an encrypted empty text, and there is nothing to keep."""
    drafts = await everything(upgraded, "draft")
    assert len(drafts) == len(OF_0002["draft"]) - 1
    assert all(row["state"] for row in drafts)


async def test_an_upgrade_keeps_what_is_on_its_way_to_slack(upgraded: Database):
    """A claimed nudge is still looked for under the id its message carries, and a sent one is known to be there."""
    messages = {row["id"]: row for row in await everything(upgraded, "message")}
    nudges = {row["id"]: row for row in await everything(upgraded, "nudge")}
    planned, claimed, sent = nudges[101], nudges[102], nudges[103]
    assert (planned["message_id"], planned["ready_at"]) == (None, SOON)
    assert claimed["ready_at"] is None
    looked_for = messages[claimed["message_id"]]
    assert [looked_for[name] for name in ("public_id", "state", "ready_at", "person_id")] == [
        "m-102", "claimed", NOON, 11
    ]  # fmt: skip
    posted = messages[sent["message_id"]]
    assert [posted[name] for name in ("public_id", "state", "channel", "ts", "posted_at")] == [
        "m-103", "sent", "D11", "1.5", NOON
    ]  # fmt: skip


async def test_an_upgrade_leaves_drafts_undated(upgraded: Database):
    """Slack never said when they were typed, so what is typed next is newer, however far ahead our clock was."""
    assert {row["typed_at"] for row in await everything(upgraded, "draft")} == {NOT_TYPED}


async def test_an_upgrade_keeps_drafts_that_it_cannot_decrypt(empty_url: str):
    """Drafts of a key that is gone, in a form whose fields are renamed and in another, stop no upgrade and no start."""
    lost = Cipher([Fernet.generate_key().decode()]).encrypt("{}")
    unreadable = [
        {"id": key, "workspace_id": 1, "person_id": 12, "form": form, "subject_id": 31, "state": lost, "view_id": "V4",
         "saved_at": NOON}
        for key, form in [(94, "agenda"), (95, "wrap_up")]
    ]  # fmt: skip
    await filled(empty_url, "0002", OF_0002 | {"draft": OF_0002["draft"] + unreadable})
    database = await Database.open(empty_url, cipher())
    async with database.engine.connect() as connection:
        kept = await connection.execute(sa.text("SELECT id, state FROM draft WHERE id IN (94, 95) ORDER BY id"))
        assert kept.all() == [(94, lost), (95, lost)]
    await database.close()


async def test_nothing_is_upgraded_with_a_wrong_key(empty_url: str):
    """An upgrade encrypts, so the key is checked first: what was there can still be opened with the right one."""
    await filled(empty_url, "0002", OF_0002)
    with pytest.raises(WrongKey):
        await Database.open(empty_url, Cipher([Fernet.generate_key().decode()]))
    engine = make_engine(empty_url, cipher())
    async with engine.connect() as connection:
        assert await connection.run_sync(revision_of) == "0002"
        assert (
            await connection.execute(sa.text("SELECT level FROM preparation WHERE id = 41"))
        ).scalar_one() == "strong"
    await engine.dispose()


async def test_an_upgrade_can_be_taken_back(upgraded: Database):
    """One step back, levels and fields are what they were; and forward again."""
    engine = upgraded.engine

    async def step(to: Callable[[sa.Connection], None]) -> None:
        async with preparing(engine) as connection:
            await connection.run_sync(to)

    await step(lambda connection: command.downgrade(config(connection), "0002"))
    async with engine.connect() as connection:
        levels = (await connection.execute(sa.text("SELECT level FROM preparation ORDER BY id"))).scalars().all()
        drafts = (await connection.execute(sa.text("SELECT state FROM draft ORDER BY id"))).scalars().all()
    assert levels == ["strong", None, "outstanding"]
    assert [cipher().decrypt(state) for state in drafts] == [
        cipher().decrypt(row["state"]) for row in OF_0002["draft"] if row["id"] != EMPTIED_DRAFT
    ]  # fmt: skip
    await step(upgrade_tables)
    assert [row["pair_id"] for row in await everything(upgraded, "answer")] == [21, 22]


async def test_an_upgrade_names_the_stage_of_every_nudge(upgraded: Database):
    """What was at the end of a key, or before the person where both got one, is in a column; keys stay."""
    nudges = {row["key"]: row for row in await everything(upgraded, "nudge")}
    assert {key: nudges[key]["stage"] for key in STAGES} == STAGES
    assert {(row["scope"], row["pair_id"]) for row in nudges.values()} == {(NudgeScope.PAIR, 21)}


async def test_an_upgrade_points_a_thank_you_at_its_note(upgraded: Database):
    """The nudge with a note was about its discussion, and is about the note now."""
    nudges = {row["key"]: row for row in await everything(upgraded, "nudge")}
    assert nudges["thank_you_note:91"]["subject_id"] == 91


async def test_an_upgrade_gives_notes_to_whoever_wrapped_up(upgraded: Database):
    """What stood on the discussion is a note of whoever wrapped it up, as of then; a discussion without has none."""
    (kept,) = await everything(upgraded, "notes")
    assert [kept[name] for name in ("workspace_id", "pair_id", "discussion_id", "author_id", "text", "written_at")] == [
        1, 21, 31, 11, "We talked about Lisbon", NOON - timedelta(days=180)
    ]  # fmt: skip
    async with upgraded.engine.connect() as connection:
        stored = (await connection.execute(sa.text("SELECT text FROM notes"))).scalar_one()
    assert "Lisbon" not in stored


async def test_an_upgrade_taken_back_puts_the_notes_of_both_together(upgraded: Database):
    """Where the other side has written notes since, they stand below those of whoever wrapped up."""
    async with upgraded.unit(1) as store:
        store.add(Notes(pair_id=21, discussion_id=31, author_id=12, text="And about Porto", written_at=NOON))
    async with preparing(upgraded.engine) as connection:
        await connection.run_sync(lambda synchronous: command.downgrade(config(synchronous), "0007"))
    async with upgraded.engine.connect() as connection:
        stored = (await connection.execute(sa.text("SELECT notes FROM discussion ORDER BY id"))).scalars().all()
    assert [text and cipher().decrypt(text) for text in stored] == [
        "We talked about Lisbon\n\nAnd about Porto", None, None
    ]  # fmt: skip


async def test_foreign_keys_are_checked_again_after_an_upgrade(upgraded: Database):
    """What is written after an upgrade has to refer to something."""
    async with upgraded.engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError):
            await connection.execute(
                sa.insert(metadata.tables["thankyou"]).values(
                    workspace_id=1, pair_id=999, discussion_id=32, author_id=11, text="x", sent_at=NOON
                )
            )
