"""A thank-you can go by mail as well; what became of that.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thankyou", sa.Column("mail_state", sa.String(length=32), nullable=True))
    op.add_column("thankyou", sa.Column("mail_attempt", sa.Integer(), nullable=True))
    op.add_column("thankyou", sa.Column("mail_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("thankyou", sa.Column("mail_failure", sa.String(length=32), nullable=True))


def downgrade() -> None:
    for name in ("mail_failure", "mail_at", "mail_attempt", "mail_state"):
        op.drop_column("thankyou", name)
