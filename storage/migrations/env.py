"""Alembic runs this for every command; the connection comes from `storage.schema`."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.encryption import EncryptedEnum, EncryptedText
from storage.tables import metadata


def render(kind: str, column_type: Any, _autogen: Any) -> str | Literal[False]:
    """Write column types that need nothing of ours, so that old migrations outlive changes of the code."""
    if kind == "type" and isinstance(column_type, EncryptedText | EncryptedEnum):
        return "sa.Text()"
    if kind == "type" and isinstance(column_type, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(column_type).__name__ == "AutoString":
        return "sa.String()"
    if kind == "type" and type(column_type).__name__ == "Enum":
        return "sa.String(length=32)"
    return False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=render)
with context.begin_transaction():
    context.run_migrations()
