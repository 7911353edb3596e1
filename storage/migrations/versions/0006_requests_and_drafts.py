"""Requests that are remembered, requests to pair side by side, drafts that know when they were typed, who is a guest.

Revision: 0006, after 0005.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from storage.encryption import WrongKey, cipher_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DRAFT = sa.table("draft", sa.column("id"), sa.column("state"), sa.column("typed_at", sa.DateTime(timezone=True)))
# When drafts were typed, Slack never said; our clock, which says when they were saved, is not compared with Slack's.
NOT_TYPED = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "processedrequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_processedrequest_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processedrequest")),
        sa.UniqueConstraint("key", "workspace_id", name=op.f("uq_processedrequest_key_workspace_id")),
    )
    op.create_index(op.f("ix_processedrequest_processed_at"), "processedrequest", ["processed_at"])
    op.drop_index("uq_pair_living_employee", "pair")
    op.create_index(
        "uq_pair_active_employee",
        "pair",
        ["workspace_id", "employee_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    for flag in ("is_guest", "is_external"):
        op.add_column("person", sa.Column(flag, sa.Boolean(), server_default=sa.false(), nullable=False))
    _delete_emptied_drafts()
    op.add_column("draft", sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.update(DRAFT).values(typed_at=NOT_TYPED))
    with op.batch_alter_table("draft") as table:
        table.alter_column("typed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.alter_column("state", existing_type=sa.Text(), nullable=True)


def _delete_emptied_drafts() -> None:
    """Delete the drafts that were submitted or discarded: their state is an encrypted empty text, where now it is NULL.

    Only the key tells them apart from others, so each is decrypted. One that cannot be decrypted is kept: its key may
    be found again.
    """
    drafts = op.get_bind().execute(sa.select(DRAFT.c.id, DRAFT.c.state)).all()
    if emptied := [{"key": key} for key, state in drafts if _is_empty(state)]:
        op.get_bind().execute(sa.delete(DRAFT).where(DRAFT.c.id == sa.bindparam("key")), emptied)


def _is_empty(state: str) -> bool:
    try:
        return not cipher_of(op.get_bind().dialect).decrypt(state)
    except WrongKey:
        return False


def downgrade() -> None:
    op.execute("DELETE FROM draft WHERE state IS NULL")
    with op.batch_alter_table("draft") as table:
        table.alter_column("state", existing_type=sa.Text(), nullable=False)
        table.drop_column("typed_at")
    for flag in ("is_external", "is_guest"):
        op.drop_column("person", flag)
    op.drop_index("uq_pair_active_employee", "pair")
    op.create_index(
        "uq_pair_living_employee",
        "pair",
        ["workspace_id", "employee_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'active')"),
        postgresql_where=sa.text("state IN ('asked', 'active')"),
    )
    op.drop_table("processedrequest")
