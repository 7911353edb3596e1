"""Drives: what the employee works for, what gives them energy and which path they prefer.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEYS = {"workspace_id": "workspace", "pair_id": "pair", "discussion_id": "discussion", "author_id": "person"}


def upgrade() -> None:
    op.create_table(
        "drive",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in KEYS),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_drive_{column}")
            for column, table in KEYS.items()
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["drive.id"], name="fk_drive_replaces_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drive"),
    )
    op.create_index("ix_drive_pair_id", "drive", ["pair_id"])
    op.create_index("ix_drive_author_id", "drive", ["author_id"])


def downgrade() -> None:
    op.drop_index("ix_drive_author_id", table_name="drive")
    op.drop_index("ix_drive_pair_id", table_name="drive")
    op.drop_table("drive")
