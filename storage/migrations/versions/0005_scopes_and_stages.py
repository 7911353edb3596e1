"""A nudge names its stage and its scope, which may lie beyond a pair; a discussion knows from where its date was moved.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Until now the stage of a nudge was in its key only: at its end, or before the person where both get one.
AT_THE_END = ("first", "again", "last", "week", "day", "1", "2", "3", "4", "5", "6")
STAGED = (
    "schedule_next", "gone_quiet", "propose_agenda", "wrap_up", "thank_you", "commitment_ahead", "commitment_overdue",
)  # fmt: skip

nudge = sa.table("nudge", sa.column("kind"), sa.column("key"), sa.column("stage"), sa.column("subject_id"))
thank_you = sa.table("thankyou", sa.column("id"), sa.column("discussion_id"))


def upgrade() -> None:
    op.add_column("discussion", sa.Column("moved_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("nudge", sa.Column("scope", sa.String(length=32), nullable=False, server_default="pair"))
    op.add_column("nudge", sa.Column("stage", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("nudge") as table:
        table.alter_column("pair_id", existing_type=sa.Integer(), nullable=True)
    to_both = nudge.c.key.like("%:both:%")
    op.execute(sa.update(nudge).where(nudge.c.kind == "commitment_overdue", to_both).values(stage="both"))
    for stage in AT_THE_END:
        named = sa.and_(nudge.c.kind.in_(STAGED), nudge.c.key.like(f"%:{stage}"), sa.not_(to_both))
        op.execute(sa.update(nudge).where(named).values(stage=stage))
    # A thank-you is about the note, no longer about its discussion.
    note = sa.select(thank_you.c.id).where(thank_you.c.discussion_id == nudge.c.subject_id).scalar_subquery()
    op.execute(
        sa.update(nudge)
        .where(nudge.c.kind == "thank_you_note", note.is_not(None))
        .values(subject_id=note)
    )  # fmt: skip


def downgrade() -> None:
    discussion = sa.select(thank_you.c.discussion_id).where(thank_you.c.id == nudge.c.subject_id).scalar_subquery()
    about_a_note = sa.and_(nudge.c.kind == "thank_you_note", discussion.is_not(None))
    op.execute(sa.update(nudge).where(about_a_note).values(subject_id=discussion))
    op.execute(sa.text("DELETE FROM nudge WHERE pair_id IS NULL"))
    with op.batch_alter_table("nudge") as table:
        table.alter_column("pair_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("nudge", "stage")
    op.drop_column("nudge", "scope")
    op.drop_column("discussion", "moved_from")
