"""Opportunities, who signed up for them, and the channels that are told about them.

Revision: 0025, after 0024.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OPPORTUNITY_KEYS = {"workspace_id": "workspace", "offered_by_id": "person"}
SIGN_UP_KEYS = {"workspace_id": "workspace", "opportunity_id": "opportunity", "person_id": "person"}
DIGEST_KEYS = {"workspace_id": "workspace", "set_up_by_id": "person"}
SWITCHED_ON = sa.text("switched_off_at IS NULL")
OF_ONE = sa.text("opportunity_id IS NOT NULL")


def _table(name: str, keys: dict[str, str], *parts: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in keys),
        *parts,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{name}_{column}")
            for column, table in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )


def _moment(name: str, *, nullable: bool = True) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _table(
        "opportunity", OPPORTUNITY_KEYS,
        sa.Column("kind", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "about", "skills")),
        sa.Column("open_until", sa.Date(), nullable=True),
        _moment("starts_at"),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        _moment("offered_at", nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        *(_moment(name) for name in ("moved_from", "moved_at", "withdrawn_at")),
    )  # fmt: skip
    op.create_index("ix_opportunity_offered_by_id", "opportunity", ["offered_by_id"])
    _table(
        "signup", SIGN_UP_KEYS,
        _moment("signed_up_at", nullable=False),
        _moment("cancelled_at"),
        sa.UniqueConstraint("opportunity_id", "person_id", name="uq_signup_opportunity_id_person_id"),
    )  # fmt: skip
    op.create_index("ix_signup_person_id", "signup", ["person_id"])
    _table(
        "digest", DIGEST_KEYS,
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        _moment("set_up_at", nullable=False),
        _moment("switched_off_at"),
    )  # fmt: skip
    op.create_index("ix_digest_set_up_by_id", "digest", ["set_up_by_id"])
    op.create_index(
        "uq_digest_channel", "digest", ["channel", "workspace_id"], unique=True,
        sqlite_where=SWITCHED_ON, postgresql_where=SWITCHED_ON,
    )  # fmt: skip
    with op.batch_alter_table("nudge") as nudge:
        nudge.add_column(sa.Column("opportunity_id", sa.Integer(), nullable=True))
        nudge.create_foreign_key("fk_nudge_opportunity_id", "opportunity", ["opportunity_id"], ["id"])
    op.create_index("ix_nudge_opportunity", "nudge", ["opportunity_id"], sqlite_where=OF_ONE, postgresql_where=OF_ONE)


def downgrade() -> None:
    # The release before does not know these nudges.
    op.execute("DELETE FROM nudge WHERE opportunity_id IS NOT NULL")
    op.drop_index("ix_nudge_opportunity", table_name="nudge")
    with op.batch_alter_table("nudge") as nudge:
        nudge.drop_constraint("fk_nudge_opportunity_id", type_="foreignkey")
        nudge.drop_column("opportunity_id")
    for table in ("digest", "signup", "opportunity"):
        op.drop_table(table)
