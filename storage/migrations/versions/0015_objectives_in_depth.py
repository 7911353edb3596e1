"""Objectives lead to longer ones, fit those of a team, have benchmarks and threads; skill gaps.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEXTS = ("support_asked", "support_given")
LINKS = {"leads_to_id": "objective", "team_objective_id": "teamobjective"}


def upgrade() -> None:
    op.add_column("person", sa.Column("is_admin", sa.Boolean(), server_default=sa.false(), nullable=False))
    _create(
        "teamobjective",
        {"workspace_id": "workspace", "listed_by_id": "person"},
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        indexed=("listed_by_id",),
    )
    with op.batch_alter_table("objective") as table:
        table.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("is_personal", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("development", sa.String(length=32), nullable=True))
        for name in TEXTS:
            table.add_column(sa.Column(name, sa.Text(), nullable=True))
        for name, to in LINKS.items():
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_foreign_key(f"fk_objective_{name}", to, [name], ["id"])
    # A changed one was changed when the one was set that replaces it; when one was dropped, nobody noted.
    op.execute(
        "UPDATE objective SET settled_at = (SELECT MIN(later.set_at) FROM objective AS later"
        " WHERE later.replaces_id = objective.id) WHERE state = 'changed'"
    )
    _create(
        "benchmark",
        {"workspace_id": "workspace", "pair_id": "pair", "objective_id": "objective"},
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        indexed=("pair_id", "objective_id"),
    )
    _create(
        "gap",
        {"workspace_id": "workspace", "pair_id": "pair", "author_id": "person"},
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("development", sa.String(length=32), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["replaces_id"], ["gap.id"], name="fk_gap_replaces_id"),
        indexed=("pair_id",),
    )
    with op.batch_alter_table("commitmentupdate") as table:
        table.alter_column("commitment_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("objective_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_commitmentupdate_objective_id", "objective", ["objective_id"], ["id"])
        table.create_index("ix_commitmentupdate_objective_id", ["objective_id"])


def downgrade() -> None:
    """Threads about objectives go with the column that says what they are about."""
    op.execute(sa.text("DELETE FROM commitmentupdate WHERE commitment_id IS NULL"))
    with op.batch_alter_table("commitmentupdate") as table:
        table.drop_index("ix_commitmentupdate_objective_id")
        table.drop_constraint("fk_commitmentupdate_objective_id", type_="foreignkey")
        table.drop_column("objective_id")
        table.alter_column("commitment_id", existing_type=sa.Integer(), nullable=False)
    _drop("gap", indexed=("pair_id",))
    _drop("benchmark", indexed=("objective_id", "pair_id"))
    # To the release before, an objective that was reached was no longer current.
    op.execute(sa.text("UPDATE objective SET state = 'dropped' WHERE state = 'reached'"))
    with op.batch_alter_table("objective") as table:
        for name in LINKS:
            table.drop_constraint(f"fk_objective_{name}", type_="foreignkey")
        for name in ("settled_at", "is_personal", "development", *TEXTS, *LINKS):
            table.drop_column(name)
    _drop("teamobjective", indexed=("listed_by_id",))
    op.drop_column("person", "is_admin")


def _create(
    table: str, keys: dict[str, str], *columns: sa.Column[object] | sa.ForeignKeyConstraint, indexed: tuple[str, ...]
) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in keys),
        *columns,
        *(sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}") for column, to in keys.items()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in indexed:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _drop(table: str, *, indexed: tuple[str, ...]) -> None:
    for column in indexed:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    op.drop_table(table)
