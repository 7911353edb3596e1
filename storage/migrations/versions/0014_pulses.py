"""Pulses: how a discussion was for each of the two.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEYS = {"workspace_id": "workspace", "pair_id": "pair", "discussion_id": "discussion", "author_id": "person"}


def upgrade() -> None:
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in KEYS),
        sa.Column("score", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_pulse_{column}")
            for column, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pulse"),
        sa.UniqueConstraint("discussion_id", "author_id", name="uq_pulse_discussion_id_author_id"),
    )
    op.create_index("ix_pulse_pair_id", "pulse", ["pair_id"])


def downgrade() -> None:
    op.drop_index("ix_pulse_pair_id", table_name="pulse")
    op.drop_table("pulse")
