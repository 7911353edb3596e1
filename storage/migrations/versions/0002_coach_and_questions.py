"""The coach can be switched off; questions fit the person and the discussion; a request to pair can carry words.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("coach_off", sa.Boolean(), nullable=False, server_default=sa.false()))
        person.add_column(sa.Column("path_clarity", sa.String(), nullable=True))
        person.add_column(sa.Column("feedback_style", sa.String(), nullable=True))
    with op.batch_alter_table("pair") as pair:
        pair.add_column(sa.Column("request", sa.Text(), nullable=True))
    with op.batch_alter_table("discussion") as discussion:
        discussion.add_column(sa.Column("question_set", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("discussion") as discussion:
        discussion.drop_column("question_set")
    with op.batch_alter_table("pair") as pair:
        pair.drop_column("request")
    with op.batch_alter_table("person") as person:
        person.drop_column("feedback_style")
        person.drop_column("path_clarity")
        person.drop_column("coach_off")
