"""Where a discussion took place, and when an objective was changed or dropped: for the records of past discussions.

Revision: 0018, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("discussion", sa.Column("place", sa.String(length=32), nullable=True))
    op.add_column("objective", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    # A changed one was changed when the one was set that replaces it; when one was dropped, nobody noted.
    op.execute(
        "UPDATE objective SET settled_at = (SELECT MIN(later.set_at) FROM objective AS later"
        " WHERE later.replaces_id = objective.id) WHERE state = 'changed'"
    )


def downgrade() -> None:
    op.drop_column("objective", "settled_at")
    op.drop_column("discussion", "place")
