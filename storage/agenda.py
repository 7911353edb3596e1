"""Agenda items: what the two want to talk about (practices E4, E15)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import PairScoped, Repository, enum_column, reused
from storage.discussions import LAST_HELD
from storage.encryption import EncryptedText


class ItemState(StrEnum):
    """What became of an agenda item."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    AMENDED = "amended"
    COUNTERED = "countered"  # the other side suggested other words, and the author has not answered
    KEPT = "kept"  # the author kept their own words
    CARRIED_OVER = "carried_over"  # moved to the next discussion, which has a copy
    DISCUSSED = "discussed"
    WITHDRAWN = "withdrawn"


ACTIVE_ITEMS = (
    ItemState.PROPOSED, ItemState.ACCEPTED, ItemState.AMENDED, ItemState.COUNTERED, ItemState.KEPT
)  # fmt: skip


class AgendaItem(PairScoped, table=True):
    """One item on the agenda of a discussion, seen by both."""

    discussion_id: int = Field(foreign_key="discussion.id", index=True)
    author_id: int = Field(foreign_key="person.id")
    text: str = Field(sa_type=EncryptedText)
    first_text: str | None = Field(default=None, sa_type=EncryptedText, description="as proposed, when amended since")
    state: ItemState = Field(default=ItemState.PROPOSED, sa_type=enum_column(ItemState))
    is_question: bool = Field(default=False, description="a question for the other side, from a preparation (E4)")
    position: int
    proposed_at: datetime
    answered_at: datetime | None = Field(
        default=None, description="when the other side accepted, reworded or deferred it, if they did"
    )
    carried_from_id: int | None = Field(default=None, foreign_key="agendaitem.id")
    counter_text: str | None = Field(
        default=None, sa_type=EncryptedText, description="other words that the other side suggested, if they did"
    )
    counter_number: int = Field(
        default=0,
        sa_column_kwargs={"server_default": "0"},
        description="how often they did; a button answers one suggestion",
    )
    counter_answered_at: datetime | None = Field(default=None, description="when the author took or kept them")

    @property
    def counter_waits(self) -> bool:
        """Whether the author has not answered a suggestion of other words."""
        return self.counter_text is not None and self.counter_answered_at is None

    @property
    def counter_taken(self) -> bool:
        """Whether the item has the words that the other side suggested, because the author took them."""
        return self.state is ItemState.AMENDED and self.counter_text is not None


IN_ORDER: Final = (col(AgendaItem.position), col(AgendaItem.id))
OF_DISCUSSIONS: Final = reused(
    select(AgendaItem).where(col(AgendaItem.discussion_id).in_(sa.bindparam("ids", expanding=True))).order_by(*IN_ORDER)
)
NOW_AND_LAST_TIME: Final = reused(
    select(AgendaItem)
    .where(
        sa.or_(
            col(AgendaItem.discussion_id) == sa.bindparam("discussion_id"), col(AgendaItem.discussion_id) == LAST_HELD
        )
    )
    .order_by(*IN_ORDER)
)


class Agenda(Repository):
    """Finds agenda items."""

    async def get(self, item_id: int) -> AgendaItem:
        """An item by key."""
        return await self._get(AgendaItem, item_id)

    async def of_discussions(self, discussion_ids: Sequence[int]) -> Sequence[AgendaItem]:
        """All items of some discussions, whatever became of them, in their order."""
        return await self._all(OF_DISCUSSIONS, ids=list(discussion_ids))

    async def now_and_last_time(self, discussion_id: int, pair_id: int) -> Sequence[AgendaItem]:
        """All items of a discussion and of the last one that the pair has held, whatever became of them, in order."""
        return await self._all(NOW_AND_LAST_TIME, discussion_id=discussion_id, pair_id=pair_id)
