"""A preparation has pages, each with a draft of its own: what was typed into the one long form is on the pages.

Revision: 0008, after 0007.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.encryption import WrongKey, cipher_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DRAFT = sa.table(
    "draft",
    *(sa.column(name) for name in ("id", "workspace_id", "person_id", "form", "subject_id", "state", "view_id")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("typed_at", "saved_at")),
)
COPIED = ("workspace_id", "person_id", "subject_id", "view_id", "typed_at", "saved_at")

LONG_FORM = "preparation"
OTHER = "prep_answers"  # the page of whatever is on no other
PAGES = ("prep_standing", "prep_objectives", "prep_questions", OTHER)
STARTS = {
    "prep_standing": ("level", "path_clarity", "feedback_style"),
    "prep_objectives": ("short.", "long.", "share.objectives", "coach."),
    "prep_questions": ("question_set", "questions", "ask.", "instead.", "coach."),
}
# Fields of the long form that are boxes of their own now, and how the names of those begin.
SPLIT = {"shared": "share.", "questions_picked": "ask."}
TICKED = [{"value": "ticked"}]

Fields = dict[str, Any]


def upgrade() -> None:
    """Give each page its part of every draft; the row of the long form becomes that of one page."""
    connection = op.get_bind()
    cipher = cipher_of(connection.dialect)
    for row in _drafts(LONG_FORM):
        parts = _parts(json.loads(row["opened"]))
        first, *others = parts or {OTHER: {}}
        state = cipher.encrypt(_dumped(parts.get(first, {})))
        connection.execute(sa.update(DRAFT).where(DRAFT.c.id == row["id"]).values(form=first, state=state))
        for page in others:
            part = {"form": page, "state": cipher.encrypt(_dumped(parts[page]))}
            connection.execute(sa.insert(DRAFT).values({name: row[name] for name in COPIED} | part))
    # One that was submitted or discarded is a draft of no page.
    connection.execute(sa.delete(DRAFT).where(DRAFT.c.form == LONG_FORM, DRAFT.c.state.is_(None)))


def downgrade() -> None:
    """Put the drafts of the pages together again."""
    connection = op.get_bind()
    cipher = cipher_of(connection.dialect)
    connection.execute(sa.delete(DRAFT).where(DRAFT.c.form.in_(PAGES), DRAFT.c.state.is_(None)))
    together: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for page in PAGES:
        for row in _drafts(page):
            together.setdefault((row["person_id"], row["subject_id"]), []).append(row)
    for rows in together.values():
        fields: Fields = {}
        for row in rows:
            fields |= json.loads(row["opened"])
        state, (kept, *others) = cipher.encrypt(_dumped(_joined(fields))), sorted(row["id"] for row in rows)
        connection.execute(sa.delete(DRAFT).where(DRAFT.c.id.in_(others)))
        connection.execute(sa.update(DRAFT).where(DRAFT.c.id == kept).values(form=LONG_FORM, state=state))


def _drafts(form: str) -> Iterator[dict[str, Any]]:
    """The drafts of a form that can be decrypted, each with what it holds as `opened`."""
    cipher = cipher_of(op.get_bind().dialect)
    found = sa.select(DRAFT).where(DRAFT.c.form == form, DRAFT.c.state.is_not(None)).order_by(DRAFT.c.id)
    for row in op.get_bind().execute(found).mappings().all():
        try:
            yield dict(row) | {"opened": cipher.decrypt(row["state"])}
        except WrongKey:
            continue  # its key may be found again


def _parts(fields: Fields) -> dict[str, Fields]:
    """The fields of the long form by page, as the pages name them."""
    parts: dict[str, Fields] = {}
    for name, element in _as_boxes(fields):
        pages = [page for page, starts in STARTS.items() if name.startswith(starts)] or [OTHER]
        for page in pages:
            parts.setdefault(page, {})[name] = element
    # What was seen of the coach is no reason for a draft.
    return {page: part for page, part in parts.items() if any(not name.startswith("coach.") for name in part)}


def _as_boxes(fields: Fields) -> Iterator[tuple[str, Any]]:
    for name, elements in fields.items():
        if name not in SPLIT:
            yield name, elements
            continue
        for action, element in elements.items():
            for option in element.get("selected_options") or []:
                yield f"{SPLIT[name]}{option.get('value')}", {action: {"selected_options": TICKED}}


def _joined(fields: Fields) -> Fields:
    """The fields of the pages as the long form names them."""
    joined: Fields = {}
    for name, elements in fields.items():
        split = next((one for one, start in SPLIT.items() if name.startswith(start)), None)
        if split is None:
            joined[name] = elements
            continue
        for action, element in elements.items():
            options = joined.setdefault(split, {}).setdefault(action, {"selected_options": []})["selected_options"]
            if element.get("selected_options"):
                options.append({"value": name.removeprefix(SPLIT[split])})
    return joined


def _dumped(fields: Fields) -> str:
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
