"""Messages are edited once what they say is settled, and a nudge knows its round.

Revision: 0010, after 0009.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What was sent earlier keeps its buttons: to look at all of it would take hours at Slack's rate.
LIVE_FOR = timedelta(days=14)
# The round comes third in the keys of these kinds.
OF_ROUNDS = ("propose_agenda", "answer_agenda", "gone_quiet", "date_set", "postponed", "day_before", "wrap_up")

nudge = sa.table(
    "nudge",
    *map(sa.column, ("id", "kind", "key", "round", "state", "settled_at", "live_since")),
)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("nudge", sa.Column("round", sa.Integer(), nullable=True))
    op.add_column("nudge", sa.Column("live_since", MOMENT, nullable=True))
    op.add_column("nudge", sa.Column("reworded", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("edit_ready_at", MOMENT, nullable=True))
    op.add_column("message", sa.Column("edit_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("message", sa.Column("edit_attempts", sa.Integer(), nullable=False, server_default="0"))
    condition = sa.text("edit_ready_at IS NOT NULL")
    op.create_index("ix_message_edit_ready", "message", ["edit_ready_at", "workspace_id"],
                    sqlite_where=condition, postgresql_where=condition)  # fmt: skip
    since = sa.literal(datetime.now(UTC) - LIVE_FOR, MOMENT)
    lately = sa.and_(nudge.c.state == "sent", nudge.c.settled_at >= since)
    op.execute(sa.update(nudge).where(sa.or_(lately, nudge.c.state == "claimed")).values(
        live_since=sa.func.coalesce(nudge.c.settled_at, sa.literal(datetime.now(UTC), MOMENT))
    ))  # fmt: skip
    connection = op.get_bind()
    live = connection.execute(
        sa.select(nudge.c.id, nudge.c.key).where(nudge.c.kind.in_(OF_ROUNDS), nudge.c.live_since.is_not(None))
    ).all()
    numbered = [(key, name.split(":")[2]) for key, name in live if name.count(":") > 1]
    if numbered:
        rounds = sa.update(nudge).where(nudge.c.id == sa.bindparam("of_id")).values(round=sa.bindparam("its_round"))
        connection.execute(rounds, [{"of_id": key, "its_round": int(number)} for key, number in numbered])
    condition = sa.text("live_since IS NOT NULL")
    op.create_index("ix_nudge_live", "nudge", ["pair_id", "person_id", "subject_id"],
                    sqlite_where=condition, postgresql_where=condition)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_nudge_live", "nudge")
    op.drop_index("ix_message_edit_ready", "message")
    # Not by making the tables anew: others refer to them.
    for name in ("edit_ready_at", "edit_version", "edit_attempts"):
        op.drop_column("message", name)
    for name in ("round", "live_since", "reworded"):
        op.drop_column("nudge", name)
