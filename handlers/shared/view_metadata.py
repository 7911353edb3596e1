"""What a modal is about: travels in its `private_metadata` (3,000 characters), so that nothing waits in memory."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class ViewMetadata(BaseModel):
    """Keys and counters only, never people's words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pair_id: int = 0
    discussion_id: int = 0
    commitment_id: int = 0
    request_id: int = 0
    item_id: int = 0
    round: int = 0
    short_rows: int = 1
    long_rows: int = 1
    commitment_rows: int = 2
    page: int = 0
    added: int = 0  # promises added in this modal: each gets fresh fields
    warned_of: int = 0  # the moment (unix seconds) whose oddities the person has seen
    seen: tuple[str, ...] = ()  # keys of words on which the coach has remarked (cycle.coaching)
    kept: tuple[str, ...] = ()  # those of them that the person wants to keep
    form: str = ""  # what a page opens anew
    does: str = ""  # what a chooser leads to

    def pack(self) -> str:
        """As Slack carries it."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def of(cls, view: dict[str, Any]) -> Self:
        """What a view is about."""
        return cls.model_validate_json(view.get("private_metadata") or "{}")

    def updated(self, **changes: int | str | tuple[str, ...]) -> Self:
        """The same with some changes."""
        return self.model_copy(update=changes)
