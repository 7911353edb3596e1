"""Requests to meet for the next discussion.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "meetingrequest"
KEYS = {"workspace_id": "workspace", "pair_id": "pair", "discussion_id": "discussion", "asked_by_id": "person"}
WAITS = sa.text("state = 'asked'")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in KEYS),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("times", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("other_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{TABLE}_{column}")
            for column, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
    )
    for column in ("pair_id", "discussion_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    op.create_index(
        f"uq_{TABLE}_asked", TABLE, ["discussion_id"], unique=True, sqlite_where=WAITS, postgresql_where=WAITS
    )


def downgrade() -> None:
    op.drop_index(f"uq_{TABLE}_asked", table_name=TABLE)
    for column in ("discussion_id", "pair_id"):
        op.drop_index(f"ix_{TABLE}_{column}", table_name=TABLE)
    op.drop_table(TABLE)
