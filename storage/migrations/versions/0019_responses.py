"""The employee's response to how the manager sees them.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("preparation", sa.Column("response", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("preparation", "response")
