"""When the next message may be started in a workspace, and when each could first have been sent.

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("next_slot_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "due_at")
    op.drop_column("workspace", "next_slot_at")
