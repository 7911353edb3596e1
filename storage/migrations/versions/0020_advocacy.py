"""A commitment of the manager's can be one to speak up for the employee.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("commitment", sa.Column("advocacy", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("commitment", "advocacy")
