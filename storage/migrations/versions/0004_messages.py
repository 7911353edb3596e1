"""A message is a row of its own: claimed, found again and settled once, whatever number of nudges it carries.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("medium", sa.String(length=32), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_message_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"])
    _partial_index("ix_message_ready", "message", "ready_at", "workspace_id")
    op.drop_index("ix_nudge_ready", "nudge")
    with op.batch_alter_table("nudge") as table:
        table.alter_column("message_id", new_column_name="public_id", existing_type=sa.String())
    with op.batch_alter_table("nudge") as table:
        table.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_nudge_message_id"), "message", ["message_id"], ["id"])
    op.execute(MESSAGES_OF_NUDGES)
    op.execute("UPDATE nudge SET message_id = (SELECT id FROM message WHERE message.public_id = nudge.public_id)")
    op.execute("UPDATE nudge SET ready_at = NULL WHERE state = 'claimed'")
    with op.batch_alter_table("nudge") as table:
        table.drop_column("public_id")
        table.drop_column("channel")
        table.drop_column("ts")
    # What counted messages so far now counts failures.
    op.execute("UPDATE nudge SET attempts = 0")
    _partial_index("ix_nudge_ready", "nudge", "ready_at", "workspace_id")
    _partial_index("ix_nudge_set_aside", "nudge", "set_aside_at")
    _partial_index("ix_nudge_message", "nudge", "message_id")


# No nudge was claimed before it was due, so no message is older than the last of its nudges' due moments. The key of
# a message was random, and is the same in all workspaces only by a miracle.
MESSAGES_OF_NUDGES = """
    INSERT INTO message (workspace_id, person_id, medium, public_id, state, claimed_at, leased_at, ready_at, attempts,
                         late, channel, ts, posted_at, settled_at, failure)
    SELECT MIN(workspace_id), MIN(person_id), 'slack', public_id, MIN(state), MAX(due_at), MAX(due_at),
           MIN(CASE WHEN state = 'claimed' THEN ready_at END), 0, false, MIN(channel), MIN(ts),
           MIN(CASE WHEN state = 'sent' THEN settled_at END), MIN(settled_at), MIN(failure)
    FROM nudge WHERE public_id IS NOT NULL GROUP BY public_id ORDER BY MIN(id)
"""


COLUMNS = {
    "nudge": ("message_id", "public_id", "channel", "ts", "state", "ready_at"),
    "message": ("id", "public_id", "channel", "ts", "ready_at"),
}


def _partial_index(name: str, table: str, column: str, *also: str) -> None:
    condition = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, [column, *also], sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for name in ("ix_nudge_message", "ix_nudge_set_aside", "ix_nudge_ready"):
        op.drop_index(name, "nudge")
    with op.batch_alter_table("nudge") as table:
        table.add_column(sa.Column("public_id", sa.String(), nullable=True))
        table.add_column(sa.Column("channel", sa.String(), nullable=True))
        table.add_column(sa.Column("ts", sa.String(), nullable=True))
    nudge, message = (sa.table(name, *map(sa.column, columns)) for name, columns in COLUMNS.items())
    of_its_message = message.c.id == nudge.c.message_id
    for column in ("public_id", "channel", "ts"):
        op.execute(
            sa.update(nudge).values({column: sa.select(message.c[column]).where(of_its_message).scalar_subquery()})
        )
    lease_ends = sa.select(message.c.ready_at).where(of_its_message).scalar_subquery()
    op.execute(sa.update(nudge).where(nudge.c.state == "claimed").values(ready_at=lease_ends))
    with op.batch_alter_table("nudge") as table:
        table.drop_constraint(op.f("fk_nudge_message_id"), type_="foreignkey")
        table.drop_column("message_id")
        table.drop_column("set_aside_at")
    with op.batch_alter_table("nudge") as table:
        table.alter_column("public_id", new_column_name="message_id", existing_type=sa.String())
    _partial_index("ix_nudge_ready", "nudge", "workspace_id", "ready_at")
    op.drop_table("message")
