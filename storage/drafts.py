"""Drafts: what a person typed into a form and has not submitted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import Insert, NotFound, Repository, WorkspaceScoped, insert_into, reused
from storage.discussions import Discussion
from storage.encryption import EncryptedText
from storage.pairs import Pair


class Draft(WorkspaceScoped, table=True):
    """The fields of a form as JSON, readable by their author alone. One per person, form and subject."""

    __table_args__ = (
        sa.UniqueConstraint("person_id", "form", "subject_id"),
        sa.Index(None, "form", "subject_id"),  # both people's drafts of one form about one subject
    )

    person_id: int = Field(foreign_key="person.id")
    form: str = Field(description="which form, a callback id")
    subject_id: int = Field(default=0, description="what the form is about: a pair, a discussion, a commitment")
    state: str | None = Field(default=None, sa_type=EncryptedText, description="none once submitted or discarded")
    view_id: str = Field(description="the modal it was typed in; keystrokes that arrive after its end are known by it")
    typed_at: datetime = Field(description="when it was last typed in or discarded, by Slack's clock; else long ago")
    saved_at: datetime = Field(index=True)  # abandoned drafts are found by it


@dataclass(frozen=True)
class DraftKey:
    """Whose draft of which form, about what."""

    person_id: int
    form: str
    subject_id: int


# Drafts are saved past the session, which may hold a row as it was.
BY_KEY: Final = reused(
    select(Draft)
    .where(
        col(Draft.person_id) == sa.bindparam("person_id"),
        col(Draft.form) == sa.bindparam("form"),
        col(Draft.subject_id) == sa.bindparam("subject_id"),
    )
    .execution_options(populate_existing=True)
)
WITH_DISCUSSION: Final = reused(
    select(Pair, Discussion, Draft)
    .join(Discussion, col(Discussion.pair_id) == col(Pair.id))
    .join(
        Draft,
        sa.and_(
            col(Draft.subject_id) == col(Discussion.id),
            col(Draft.person_id) == sa.bindparam("person_id"),
            col(Draft.form) == sa.bindparam("form"),
        ),
        isouter=True,
    )
    .where(col(Discussion.id) == sa.bindparam("discussion_id"))
    .execution_options(populate_existing=True)
)
DRAFT: sa.Table = Draft.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it
DRAFT_KEY = ("person_id", "form", "subject_id")
# Before every moment that Slack gives. Our own clock is never compared with Slack's: one that runs ahead would make
# what is typed next look old.
NOT_TYPED: Final = datetime(1970, 1, 1, tzinfo=UTC)


MOMENT: Final = sa.bindparam("moment", type_=DRAFT.c.typed_at.type)
REOPENED: Final = (
    sa.update(DRAFT)
    .where(
        *(DRAFT.c[name] == sa.bindparam(f"of_{name}") for name in ("workspace_id", "view_id", *DRAFT_KEY)),
        DRAFT.c.state.is_(None),
    )
    .values(
        view_id="",
        typed_at=sa.case((DRAFT.c.typed_at < MOMENT, MOMENT), else_=DRAFT.c.typed_at),
    )
)


class Drafts(Repository):
    """Finds and saves drafts. Saving is one statement and locks no row but the draft's own."""

    async def get(self, key: DraftKey) -> Draft | None:
        """The draft as it is now, even an emptied one; None where nothing was ever typed."""
        return await self._first(BY_KEY, **asdict(key))  # type: ignore[no-any-return]

    async def with_discussion(self, key: DraftKey) -> tuple[Pair, Discussion, Draft | None]:
        """The draft of a form about a discussion, as `get` finds it, with that and its pair. Raises `NotFound`."""
        rows = await self._joined(WITH_DISCUSSION, person_id=key.person_id, form=key.form, discussion_id=key.subject_id)
        if not rows or rows[0][1] is None:
            raise NotFound(f"Discussion {key.subject_id}")
        pair, discussion, draft = rows[0]
        return pair, discussion, draft

    async def save(self, key: DraftKey, state: str, *, view_id: str, typed_at: datetime | None, now: datetime) -> bool:
        """Save what is typed, unless something typed later is saved or its modal has been submitted or discarded.

        Returns whether it is saved.

        `typed_at` is None for what was submitted and rejected, which Slack does not date. It wins over what was typed
        in the same modal, and loses to what was typed in another: the rejected form is still open and holds all of it.
        The next keystroke wins over it. So does a keystroke from before the rejection that arrives after it, since
        nothing tells the two apart: until the next one, the draft lacks what was typed after that keystroke, though the
        form on the screen does not.
        """
        row = self._row(key, state, view_id, typed_at, now)
        return await self._upsert(_saving(self._dialect, is_dated=typed_at is not None), row)

    async def clear(self, key: DraftKey, *, view_id: str, typed_at: datetime | None, now: datetime) -> None:
        """Empty the draft of a form that is submitted or discarded in some modal.

        `typed_at` is when it was discarded: what was typed before then is never saved again, and what was typed since
        in another modal is kept. It is None for a submission, which Slack does not date. A keystroke of another modal
        that arrives after a submission is saved unless it is older than the last one that was saved: it may have been
        typed since, on another device. So where a draft is resumed and submitted without typing on, a late keystroke of
        the modal it was typed in brings it back.
        """
        row = self._row(key, None, view_id, typed_at, now)
        await self._upsert(_clearing(self._dialect, is_dated=typed_at is not None), row)

    async def move(self, form: str, subject_id: int, new_subject_id: int) -> None:
        """Give both people's drafts of a form another subject: the one that replaced theirs."""
        is_about = (DRAFT.c.form == form, DRAFT.c.subject_id == subject_id, DRAFT.c.workspace_id == self._workspace_id)
        await self._execute_core(sa.update(DRAFT).where(*is_about).values(subject_id=new_subject_id))

    async def reopen(self, key: DraftKey, *, view_id: str, typed_at: datetime | None) -> None:
        """Save again what is typed in the modal in which the draft was submitted or discarded.

        `typed_at` is when it was reopened, by Slack's clock, if Slack said so: what was typed before then is not saved.
        """
        ended = {f"of_{name}": value for name, value in asdict(key).items()}
        ended |= {"of_workspace_id": self._workspace_id, "of_view_id": view_id, "moment": typed_at or NOT_TYPED}
        await self._execute_core(REOPENED, ended)

    async def delete_saved_before(self, moment: datetime) -> int:
        """Delete the drafts that were last saved before a moment. Returns how many."""
        return await self._delete_where(Draft, col(Draft.saved_at) < moment)

    def _row(
        self, key: DraftKey, state: str | None, view_id: str, typed_at: datetime | None, now: datetime
    ) -> dict[str, Any]:
        row = {"state": state, "view_id": view_id, "typed_at": typed_at or NOT_TYPED, "saved_at": now}
        return {"workspace_id": self._workspace_id, **asdict(key), **row}

    async def _upsert(self, statement: Any, row: Mapping[str, Any]) -> bool:
        """Execute one of the statements below. Returns whether it changed anything."""
        return (await self._execute_core(statement, row)).first() is not None


@lru_cache
def _saving(dialect: str, *, is_dated: bool) -> Any:
    """What `save` executes. Built once, since building it takes longer than executing it."""
    insert = insert_into(dialect, DRAFT)
    is_same_modal, is_empty = DRAFT.c.view_id == insert.excluded.view_id, DRAFT.c.state.is_(None)
    is_newer = _is_no_later(insert) if is_dated else sa.or_(is_same_modal, is_empty)
    return _or_change(insert, is_newer, sa.not_(sa.and_(is_same_modal, is_empty)))


@lru_cache
def _clearing(dialect: str, *, is_dated: bool) -> Any:
    """What `clear` executes."""
    insert = insert_into(dialect, DRAFT)
    if not is_dated:
        return _or_change(insert)
    return _or_change(insert, sa.or_(DRAFT.c.view_id == insert.excluded.view_id, _is_no_later(insert)))


def _or_change(insert: Insert, *where: sa.ColumnElement[bool]) -> Any:
    """A statement that inserts a draft or changes the one there is, whose moment is the later of the two.

    Its answer is the key of the draft, if it inserted or changed one.
    """
    changed: dict[str, Any] = {name: insert.excluded[name] for name in ("state", "view_id", "saved_at")}
    changed["typed_at"] = sa.case((_is_no_later(insert), insert.excluded.typed_at), else_=DRAFT.c.typed_at)
    of_ours = DRAFT.c.workspace_id == insert.excluded.workspace_id
    upsert = insert.on_conflict_do_update(index_elements=DRAFT_KEY, set_=changed, where=sa.and_(of_ours, *where))
    return upsert.returning(DRAFT.c.id)


def _is_no_later(insert: Insert) -> sa.ColumnElement[bool]:
    """Whether what is saved was typed no later than what is inserted."""
    is_no_later: sa.ColumnElement[bool] = DRAFT.c.typed_at <= insert.excluded.typed_at
    return is_no_later
