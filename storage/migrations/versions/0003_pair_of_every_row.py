"""Every row between two people names its pair; indexes for what was read whole until now.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Where each table finds its pair: by which column, in which table. Answers come after the preparations they belong to.
PAIR_FROM = {
    "preparation": ("discussion_id", "discussion"),
    "agendaitem": ("discussion_id", "discussion"),
    "thankyou": ("discussion_id", "discussion"),
    "answer": ("preparation_id", "preparation"),
}


def upgrade() -> None:
    for name, (column, source) in PAIR_FROM.items():
        op.add_column(name, sa.Column("pair_id", sa.Integer(), nullable=True))
        _copy_pair(name, column, source)
        with op.batch_alter_table(name) as table:
            table.alter_column("pair_id", existing_type=sa.Integer(), nullable=False)
            table.create_foreign_key(op.f(f"fk_{name}_pair_id"), "pair", ["pair_id"], ["id"])
            table.create_index(op.f(f"ix_{name}_pair_id"), ["pair_id"])
    op.create_index(op.f("ix_commitment_discussion_id"), "commitment", ["discussion_id"])
    op.create_index(op.f("ix_draft_form_subject_id"), "draft", ["form", "subject_id"])
    op.create_index(op.f("ix_draft_saved_at"), "draft", ["saved_at"])


def _copy_pair(name: str, column: str, source: str) -> None:
    table = sa.table(name, sa.column("pair_id"), sa.column(column))
    belongs_to = sa.table(source, sa.column("id"), sa.column("pair_id"))
    pair = sa.select(belongs_to.c.pair_id).where(belongs_to.c.id == table.c[column]).scalar_subquery()
    op.execute(sa.update(table).values(pair_id=pair))


def downgrade() -> None:
    op.drop_index(op.f("ix_draft_saved_at"), "draft")
    op.drop_index(op.f("ix_draft_form_subject_id"), "draft")
    op.drop_index(op.f("ix_commitment_discussion_id"), "commitment")
    for name in reversed(PAIR_FROM):
        with op.batch_alter_table(name) as table:
            table.drop_index(op.f(f"ix_{name}_pair_id"))
            table.drop_constraint(op.f(f"fk_{name}_pair_id"), type_="foreignkey")
            table.drop_column("pair_id")
