"""When people and workspaces work, how many messages people want, and of what.

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
    ("workspace_country", sa.String()), ("status_from", sa.Date()), ("status_until", sa.Date()),
)  # fmt: skip
TEXTS = ("time_off", "closed_days", "muted")


def upgrade() -> None:
    for name, kind in OPTIONAL:
        op.add_column("person", sa.Column(name, kind, nullable=True))
    op.add_column("person", sa.Column("per_day", sa.Integer(), server_default="1", nullable=False))
    op.add_column("person", sa.Column("per_week", sa.Integer(), server_default="3", nullable=False))
    for name in TEXTS:
        op.add_column("person", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.add_column("workspace", sa.Column("country", sa.String(), nullable=True))
    op.add_column("workspace", sa.Column("closed_days", sa.String(), server_default="", nullable=False))
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
    op.drop_column("workspace", "closed_days")
    op.drop_column("workspace", "country")
    for name in ("discreet", *TEXTS, "per_week", "per_day", *reversed([name for name, _ in OPTIONAL])):
        op.drop_column("person", name)
