"""Every row between two people names its pair, levels are encrypted, and drafts know fields by their present names.

Indexes, too, for what was read whole until now.

Revision: 0003, after 0002.
"""

import json

import sqlalchemy as sa
from alembic import op

from storage.encryption import Cipher, WrongKey, cipher_of

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
# Fields of the forms in which commitments are typed, by how their names begin.
RENAMED_FIELDS = {"promise.": "commitment.", "no_promises": "no_commitments"}
FORMS = ("wrap_up", "commitments")

PREPARATION = sa.table("preparation", sa.column("id"), sa.column("level"))
DRAFT = sa.table("draft", sa.column("id"), sa.column("form"), sa.column("state"))


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
    with op.batch_alter_table("preparation") as table:
        table.alter_column("level", existing_type=sa.String(length=32), type_=sa.Text(), existing_nullable=True)
    for key, level in _levels():
        op.execute(sa.update(PREPARATION).where(PREPARATION.c.id == key).values(level=_cipher().encrypt(level)))
    _rename_fields(RENAMED_FIELDS)


def downgrade() -> None:
    _rename_fields({new: old for old, new in RENAMED_FIELDS.items()})
    for key, level in _levels():
        op.execute(sa.update(PREPARATION).where(PREPARATION.c.id == key).values(level=_cipher().decrypt(level)))
    with op.batch_alter_table("preparation") as table:
        table.alter_column("level", existing_type=sa.Text(), type_=sa.String(length=32), existing_nullable=True)
    op.drop_index(op.f("ix_draft_saved_at"), "draft")
    op.drop_index(op.f("ix_draft_form_subject_id"), "draft")
    op.drop_index(op.f("ix_commitment_discussion_id"), "commitment")
    for name in reversed(PAIR_FROM):
        with op.batch_alter_table(name) as table:
            table.drop_index(op.f(f"ix_{name}_pair_id"))
            table.drop_constraint(op.f(f"fk_{name}_pair_id"), type_="foreignkey")
            table.drop_column("pair_id")


def _copy_pair(name: str, column: str, source: str) -> None:
    table = sa.table(name, sa.column("pair_id"), sa.column(column))
    belongs_to = sa.table(source, sa.column("id"), sa.column("pair_id"))
    pair = sa.select(belongs_to.c.pair_id).where(belongs_to.c.id == table.c[column]).scalar_subquery()
    op.execute(sa.update(table).values(pair_id=pair))


def _cipher() -> Cipher:
    return cipher_of(op.get_bind().dialect)


def _levels() -> list[tuple[int, str]]:
    given = sa.select(PREPARATION.c.id, PREPARATION.c.level).where(PREPARATION.c.level.is_not(None))
    return [(row.id, row.level) for row in op.get_bind().execute(given)]


def _rename_fields(names: dict[str, str]) -> None:
    """Rename fields in saved drafts: the state of a draft is encrypted JSON by field name, or empty once submitted.

    A draft that cannot be decrypted stays as it is.
    """
    drafts = sa.select(DRAFT.c.id, DRAFT.c.state).where(DRAFT.c.form.in_(FORMS))
    for key, state in op.get_bind().execute(drafts).all():
        if text := _readable(state):
            fields = {_renamed(field, names): values for field, values in json.loads(text).items()}
            packed = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
            op.execute(sa.update(DRAFT).where(DRAFT.c.id == key).values(state=_cipher().encrypt(packed)))


def _readable(state: str) -> str:
    """The text of a draft; empty where no key of ours fits."""
    try:
        return _cipher().decrypt(state)
    except WrongKey:
        return ""


def _renamed(field: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        if field.startswith(old):
            return new + field.removeprefix(old)
    return field
