"""Requests from Slack that have had their effect: Slack sends some twice, and people press buttons twice."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, col

from storage.base import Repository, WorkspaceScoped, insert_into


class ProcessedRequest(WorkspaceScoped, table=True):
    """A request from Slack, by an id that it carries again when it is sent again."""

    __table_args__ = (sa.UniqueConstraint("key", "workspace_id"),)

    key: str = Field(description="an event's id, or the modal and its state that were submitted")
    processed_at: datetime = Field(index=True)


PROCESSED: sa.Table = ProcessedRequest.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it


@lru_cache
def _unless_known(dialect: str) -> Any:
    return insert_into(dialect, PROCESSED).on_conflict_do_nothing().returning(PROCESSED.c.id)


class ProcessedRequests(Repository):
    """Remembers requests for as long as Slack may send them again."""

    async def is_first(self, key: str, now: datetime) -> bool:
        """Whether a request comes for the first time; False for the same request once this transaction is committed.

        The same request in another transaction waits for the end of this one.
        """
        row = {"workspace_id": self._workspace_id, "key": key, "processed_at": now}
        return (await self._execute_core(_unless_known(self._dialect), row)).first() is not None

    async def delete_before(self, moment: datetime) -> int:
        """Delete the requests that Slack will not send again. Returns how many."""
        return await self._delete_where(ProcessedRequest, col(ProcessedRequest.processed_at) < moment)
