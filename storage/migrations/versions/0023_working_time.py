"""When people work, how many messages they want, and of what.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OPTIONAL = (
    ("country", sa.String()), ("weekdays", sa.String()), ("opens", sa.Time()), ("closes", sa.Time()),
    ("away_from", sa.Date()), ("away_until", sa.Date()), ("status_from", sa.Date()), ("status_until", sa.Date()),
)  # fmt: skip


def upgrade() -> None:
    for name, kind in OPTIONAL:
        op.add_column("person", sa.Column(name, kind, nullable=True))
    op.add_column("person", sa.Column("per_day", sa.Integer(), server_default="1", nullable=False))
    op.add_column("person", sa.Column("per_week", sa.Integer(), server_default="3", nullable=False))
    op.add_column("person", sa.Column("muted", sa.String(), server_default="", nullable=False))
    op.add_column("person", sa.Column("discreet", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("nudge", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("nudge", sa.Column("put_off_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("may_wait", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_message_person_id", table_name="message")
    op.create_index("ix_message_person", "message", ["person_id", "claimed_at"])


def downgrade() -> None:
    op.drop_index("ix_message_person", table_name="message")
    op.create_index("ix_message_person_id", "message", ["person_id"])
    op.drop_column("message", "may_wait")
    op.drop_column("nudge", "put_off_until")
    op.drop_column("nudge", "held_until")
    for name in ("discreet", "muted", "per_week", "per_day", *reversed([name for name, _ in OPTIONAL])):
        op.drop_column("person", name)
