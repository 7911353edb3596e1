"""Other words for an agenda item, which wait for its author's answer.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agendaitem", sa.Column("counter_text", sa.Text(), nullable=True))
    op.add_column("agendaitem", sa.Column("counter_number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("agendaitem", sa.Column("counter_answered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("agendaitem", "counter_answered_at")
    op.drop_column("agendaitem", "counter_number")
    op.drop_column("agendaitem", "counter_text")
