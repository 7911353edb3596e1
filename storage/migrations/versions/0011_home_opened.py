"""When a person opened the App Home, and when a message that they wrote was answered.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("home_opened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("helped_at", sa.DateTime(timezone=True), nullable=True))
    # People who use the bot may have their Home open while this version is installed.
    op.execute("UPDATE person SET home_opened_at = seen_at")


def downgrade() -> None:
    op.drop_column("person", "helped_at")
    op.drop_column("person", "home_opened_at")
