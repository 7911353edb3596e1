"""Achievements, which people note down when they happen.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "achievement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_achievement_workspace_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_achievement_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_achievement"),
    )
    op.create_index("ix_achievement_person_id", "achievement", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_achievement_person_id", table_name="achievement")
    op.drop_table("achievement")
