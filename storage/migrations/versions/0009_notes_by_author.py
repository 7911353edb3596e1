"""Notes belong to their author, what was added to a wrap-up is news, and agenda items know when they were answered.

Revision: 0009, after 0008.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.encryption import WrongKey, cipher_of

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PAIR = sa.table("pair", sa.column("id"), sa.column("employee_id"))
DISCUSSION = sa.table(
    "discussion", sa.column("id"), sa.column("workspace_id"), sa.column("pair_id"), sa.column("notes"),
    sa.column("wrapped_up_at", MOMENT), sa.column("wrapped_up_by_id"), sa.column("starts_at", MOMENT),
)  # fmt: skip
NOTES = sa.table(
    "notes", sa.column("id"), sa.column("workspace_id"), sa.column("pair_id"), sa.column("discussion_id"),
    sa.column("author_id"), sa.column("text"), sa.column("written_at", MOMENT),
)  # fmt: skip


def upgrade() -> None:
    _create(
        "notes",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.UniqueConstraint("discussion_id", "author_id", name=op.f("uq_notes_discussion_id_author_id")),
    )
    _create(
        "addition",
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("has_notes", sa.Boolean(), nullable=False),
        sa.Column("for_employee", sa.Integer(), nullable=False),
        sa.Column("for_manager", sa.Integer(), nullable=False),
        sa.Column("has_format", sa.Boolean(), nullable=False),
    )
    op.create_index(op.f("ix_addition_discussion_id"), "addition", ["discussion_id"])
    _give_notes_to_their_authors()
    op.drop_column("discussion", "notes")
    op.add_column("discussion", sa.Column("added_at", MOMENT, nullable=True))
    op.add_column("agendaitem", sa.Column("answered_at", MOMENT, nullable=True))


def _create(name: str, *more: sa.Column[Any] | sa.Constraint) -> None:
    """A table of what people write about a discussion."""
    keys = {"workspace_id": "workspace", "pair_id": "pair", "discussion_id": "discussion", "author_id": "person"}
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in keys),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *more,
    )
    op.create_index(op.f(f"ix_{name}_pair_id"), name, ["pair_id"])


def _give_notes_to_their_authors() -> None:
    """The notes so far were written by the person who wrapped up. They stay encrypted as they are."""
    written = (
        sa.select(
            DISCUSSION.c.workspace_id, DISCUSSION.c.pair_id, DISCUSSION.c.id,
            sa.func.coalesce(DISCUSSION.c.wrapped_up_by_id, PAIR.c.employee_id), DISCUSSION.c.notes,
            sa.func.coalesce(DISCUSSION.c.wrapped_up_at, DISCUSSION.c.starts_at, sa.func.current_timestamp()),
        )
        .join(PAIR, PAIR.c.id == DISCUSSION.c.pair_id)
        .where(DISCUSSION.c.notes.is_not(None))
    )  # fmt: skip
    columns = ["workspace_id", "pair_id", "discussion_id", "author_id", "text", "written_at"]
    op.execute(sa.insert(NOTES).from_select(columns, written))


def downgrade() -> None:
    op.drop_column("agendaitem", "answered_at")
    op.drop_column("discussion", "added_at")
    op.add_column("discussion", sa.Column("notes", sa.Text(), nullable=True))
    _put_notes_together()
    op.drop_table("addition")
    op.drop_table("notes")


def _put_notes_together() -> None:
    """The notes of both in the one place that there was for them; those that cannot be decrypted alone in theirs."""
    texts: dict[int, list[str]] = {}
    rows = op.get_bind().execute(sa.select(NOTES.c.discussion_id, NOTES.c.text).order_by(NOTES.c.id))
    for discussion_id, text in rows.all():
        texts.setdefault(discussion_id, []).append(text)
    for discussion_id, both in texts.items():
        op.execute(sa.update(DISCUSSION).where(DISCUSSION.c.id == discussion_id).values(notes=_together(both)))


def _together(texts: list[str]) -> str:
    cipher = cipher_of(op.get_bind().dialect)
    if len(texts) == 1:
        return texts[0]
    try:
        return cipher.encrypt("\n\n".join(map(cipher.decrypt, texts)))
    except WrongKey:
        return texts[0]
