"""Where a discussion took place, for the records of past discussions.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("discussion", sa.Column("place", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("discussion", "place")
