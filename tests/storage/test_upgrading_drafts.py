"""Drafts of the one long preparation form of earlier versions are drafts of its pages after an upgrade."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import command
from cryptography.fernet import Fernet

from cycle.preparations import Page
from storage.database import Database
from storage.encryption import Cipher
from storage.schema import config, preparing, upgrade_tables
from tests.storage.test_upgrading import NOON, OF_0002, filled, sealed
from tests.support.databases import cipher


def text(words: str) -> dict[str, Any]:
    """A text field as it was reported."""
    return {"typed": {"type": "plain_text_input", "value": words}}


def boxes(*ticked: str) -> dict[str, Any]:
    """Boxes as they were reported."""
    return {"typed": {"type": "checkboxes", "selected_options": [{"value": one} for one in ticked]}}


TYPED: dict[str, Any] = {
    "level": {"typed": {"selected_option": {"value": "strong"}}},
    "short.new0.text": text("Passer l’examen <1>"),
    "short.new0.date": {"typed": {"selected_date": "2027-06-01"}},
    "question_set": {"question_set": {"selected_option": {"value": "unsaid"}}},
    "questions_picked": boxes("where-you-see-my-level"),
    "questions": text("Who reviews it?"),
    "achievements": text("The audit"),
    "challenges": text(""),
    "shared": boxes("objectives", "achievements"),
    "coach.seen": {"": {"value": "ab12"}},
}
SPLIT = ("questions_picked", "shared")
TICKED = {"typed": {"selected_options": [{"value": "ticked"}]}}
LOST = Cipher([Fernet.generate_key().decode()]).encrypt("{}")


def draft(key: int, person: int, subject: int, state: str) -> dict[str, Any]:
    """A draft of the long form."""
    return {
        "id": key, "workspace_id": 1, "person_id": person, "form": "preparation", "subject_id": subject,
        "state": state, "view_id": f"V{key}", "saved_at": NOON,
    }  # fmt: skip


ROWS = OF_0002 | {
    "draft": [
        draft(201, 11, 31, sealed(json.dumps(TYPED))),
        draft(202, 12, 31, sealed(json.dumps({"strengths": text("Calm"), "shared": boxes()}))),
        draft(203, 12, 32, sealed("{}")),
        draft(204, 11, 32, LOST),
    ]
}


async def drafts(database: Database) -> dict[tuple[int, int], dict[str, Any]]:
    """What each person has typed about each discussion, by form, as it is kept."""
    async with database.engine.connect() as connection:
        rows = (await connection.execute(sa.text("SELECT * FROM draft ORDER BY id"))).mappings().all()
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        state = row["state"] if row["state"] == LOST else json.loads(cipher().decrypt(row["state"]))
        found.setdefault((row["person_id"], row["subject_id"]), {})[row["form"]] = state
    return found


async def test_an_upgrade_puts_what_was_typed_on_its_pages(empty_url: str):
    """Each page has its own fields, encrypted, with a tick for each thing that was to be shared or asked."""
    await filled(empty_url, "0002", ROWS)
    database = await Database.open(empty_url, cipher())
    found = await drafts(database)
    assert found[11, 31] == {
        Page.STANDING: {"level": TYPED["level"]},
        Page.OBJECTIVES: {name: TYPED[name] for name in ("short.new0.text", "short.new0.date", "coach.seen")}
        | {"share.objectives": TICKED},
        Page.QUESTIONS: {name: TYPED[name] for name in ("question_set", "questions", "coach.seen")}
        | {"ask.where-you-see-my-level": TICKED},
        Page.ANSWERS: {name: TYPED[name] for name in ("achievements", "challenges")} | {"share.achievements": TICKED},
    }
    assert found[12, 31] == {Page.ANSWERS: {"strengths": text("Calm")}}
    assert found[12, 32] == {Page.ANSWERS: {}}
    assert found[11, 32] == {"preparation": LOST}
    async with database.engine.connect() as connection:
        kept = (await connection.execute(sa.text("SELECT view_id FROM draft WHERE subject_id = 31"))).scalars().all()
    assert sorted(kept) == ["V201", "V201", "V201", "V201", "V202"]
    await database.close()


async def test_the_pages_are_put_together_again_when_an_upgrade_is_taken_back(empty_url: str):
    """One step back, the long form has everything that was typed; forward again, so have the pages."""
    await filled(empty_url, "0002", ROWS)
    database = await Database.open(empty_url, cipher())
    before = await drafts(database)
    async with preparing(database.engine) as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "0007"))
    back = await drafts(database)
    assert {key: list(forms) for key, forms in back.items()} == {key: ["preparation"] for key in before}
    joined = back[11, 31]["preparation"]
    assert joined.keys() == TYPED.keys()
    assert {name: joined[name] for name in TYPED if name not in SPLIT} == {
        name: element for name, element in TYPED.items() if name not in SPLIT
    }
    for name in SPLIT:
        options = [[one["value"] for one in form[name]["typed"]["selected_options"]] for form in (joined, TYPED)]
        assert options[0] == options[1]
    async with preparing(database.engine) as connection:
        await connection.run_sync(upgrade_tables)
    assert await drafts(database) == before
    await database.close()
