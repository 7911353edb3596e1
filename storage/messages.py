"""Messages: what is posted to a person or in a channel at one moment, with its nudges (docs/delivery-contract.md)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import Repository, WorkspaceScoped, enum_column
from storage.nudges import NUDGE, NudgeState


class Medium(StrEnum):
    """Where a message is posted."""

    SLACK = "slack"


class MessageState(StrEnum):
    """What is known of a message. One that was certainly not posted is deleted, and its nudges are planned again."""

    CLAIMED = "claimed"  # a worker is posting it, or stopped while doing so
    SENT = "sent"
    FAILED = "failed"


class Message(WorkspaceScoped, table=True):
    """One post to one person. It is written before it is posted, so that a crash in between leaves a trace."""

    __table_args__ = (
        # Holds only messages that wait for an answer or to be looked for: a few, however many were sent.
        sa.Index("ix_message_ready", "ready_at", "workspace_id", sqlite_where=sa.text("ready_at IS NOT NULL"),
                 postgresql_where=sa.text("ready_at IS NOT NULL")),
        # Finds what a person got lately.
        sa.Index("ix_message_person", "person_id", "claimed_at"),
        # Holds only messages that wait to be edited.
        sa.Index("ix_message_edit_ready", "edit_ready_at", "workspace_id",
                 sqlite_where=sa.text("edit_ready_at IS NOT NULL"),
                 postgresql_where=sa.text("edit_ready_at IS NOT NULL")),
        # A key is never used again: a worker that comes back late with the key of a deleted message finds nothing.
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    person_id: int | None = Field(foreign_key="person.id", description="None where it goes to a channel")
    medium: Medium = Field(default=Medium.SLACK, sa_type=enum_column(Medium))
    public_id: str = Field(unique=True, description="opaque id in the message's metadata, to find it again")
    state: MessageState = Field(default=MessageState.CLAIMED, sa_type=enum_column(MessageState))
    claimed_at: datetime = Field(description="when posting it was decided: it is not in Slack before")
    leased_at: datetime = Field(description="when the present lease was taken, by the clock of that worker")
    ready_at: datetime | None = Field(
        default=None, description="when it may be looked for: the end of the lease; None once settled"
    )
    attempts: int = Field(default=0, description="how often looking for it has failed")
    due_at: datetime | None = Field(default=None, description="when it could first have been sent, if that is known")
    late: bool = Field(default=False, description="whether it admits that it comes late")
    may_wait: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": sa.false()},
        description="whether all it says could have waited",
    )
    channel: str | None = Field(
        default=None, description="Slack's id of the conversation: D… once it is known, C… from the start"
    )
    ts: str | None = Field(default=None, description="Slack's id of the message in it")
    posted_at: datetime | None = None
    settled_at: datetime | None = None
    failure: str | None = Field(default=None, description="Slack's error word, for admins")
    edit_ready_at: datetime | None = Field(
        default=None,
        description="when it may be edited, or the end of the lease in which it is; None if nothing changed",
    )
    edit_version: int = Field(
        default=0,
        sa_column_kwargs={"server_default": "0"},
        description="counts what asked for an edit, so that a change during one is not lost",
    )
    edit_attempts: int = Field(
        default=0, sa_column_kwargs={"server_default": "0"}, description="how often editing it has failed in a row"
    )


MESSAGE: Final[sa.Table] = Message.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it


@dataclass(frozen=True)
class NewMessage:
    """A message about to be posted."""

    person_id: int | None
    public_id: str
    late: bool
    may_wait: bool = False
    due_at: datetime | None = None
    channel: str | None = None
    """The channel it is for; None where it is for a person."""


class Sent(NamedTuple):
    """When a message was sent to a person, and whether all it said could have waited."""

    at: datetime
    may_wait: bool
    posted_at: datetime | None = None
    """When it is known to have been posted; None before."""


@dataclass(frozen=True)
class SentMessage:
    """A message that Slack has."""

    message_id: int
    channel: str
    ts: str
    posted_at: datetime


@dataclass(frozen=True)
class Release:
    """A message that Slack certainly does not have; its nudges are planned again for `ready_at`."""

    message_id: int
    ready_at: datetime
    faulty: bool = False
    """Whether the nudges caused it: then it counts among their attempts."""


@dataclass(frozen=True)
class Split:
    """A message that Slack certainly does not have, and the messages that take its nudges over."""

    message_id: int
    into: Sequence[tuple[NewMessage, Sequence[int]]]
    """Each with the keys of its nudges."""


class Messages(Repository):
    """Writes messages before they are posted, and their outcomes afterwards.

    Many are written at once by statements that name the workspace themselves, since the session is not asked then.
    Every change depends on the message being claimed still: a worker that was away for longer than its lease changes
    nothing that another has settled meanwhile.
    """

    async def add(self, messages: Sequence[NewMessage], now: datetime, lease_ends_at: datetime) -> dict[str, int]:
        """Write claimed messages, in two statements. Returns their keys by public id."""
        rows = [
            {
                "workspace_id": self._workspace_id,
                "person_id": one.person_id,
                "medium": Medium.SLACK,
                "public_id": one.public_id,
                "state": MessageState.CLAIMED,
                "claimed_at": now,
                "leased_at": now,
                "ready_at": lease_ends_at,
                "attempts": 0,
                "due_at": one.due_at,
                "late": one.late,
                "may_wait": one.may_wait,
                "channel": one.channel,
            }
            for one in messages
        ]
        if not rows:
            return {}
        # Reading the keys afterwards takes well under half of the time of an INSERT for many rows that returns them.
        await self._execute_core(sa.insert(MESSAGE), rows)
        keys = sa.select(MESSAGE.c.public_id, MESSAGE.c.id).where(
            MESSAGE.c.workspace_id == self._workspace_id, MESSAGE.c.public_id.in_([one.public_id for one in messages])
        )
        return dict((await self._execute_core(keys)).all())

    async def sent_since(self, person_ids: Collection[int], since: datetime) -> dict[int, list[Sent]]:
        """What went to some people, or is about to, since a moment; by person."""
        columns = (col(Message.person_id), col(Message.claimed_at), col(Message.may_wait), col(Message.posted_at))
        statement = select(*columns).where(
            col(Message.person_id).in_(person_ids),
            col(Message.claimed_at) >= since,
            col(Message.state) != MessageState.FAILED,
        )
        found: dict[int, list[Sent]] = {}
        for person_id, *sent in await self._all(statement) if person_ids else ():
            found.setdefault(person_id, []).append(Sent(*sent))
        return found

    async def lock_unconfirmed(self, now: datetime, limit: int) -> Sequence[Message]:
        """Messages whose lease has ended, locked until the transaction ends; the longest waiting first.

        Those that another worker has locked are left out.
        """
        statement = (
            select(Message)
            .where(col(Message.ready_at).is_not(None), col(Message.ready_at) <= now)
            .order_by(col(Message.ready_at))
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True)
        )
        return await self._all(statement)

    async def settle_sent(self, sent: Sequence[SentMessage], now: datetime) -> None:
        """Write that Slack has these messages, in two statements."""
        statement = (
            self._claimed(MESSAGE.c.id == sa.bindparam("message"))
            .values(
                state=MessageState.SENT,
                ready_at=None,
                channel=sa.bindparam("new_channel"),
                ts=sa.bindparam("new_ts"),
                posted_at=sa.bindparam("new_posted_at"),
                settled_at=now,
            )
        )  # fmt: skip
        rows = [
            {"message": one.message_id, "new_channel": one.channel, "new_ts": one.ts, "new_posted_at": one.posted_at}
            for one in sent
        ]
        if rows:
            await self._execute_core(statement, rows)
            nudges = self._their_nudges(NUDGE.c.message_id.in_([one.message_id for one in sent]))
            await self._execute_core(nudges.values(state=NudgeState.SENT, settled_at=now, failure=None))
            await self._look_at_earlier([one.message_id for one in sent], now)

    async def settle_failed(self, causes: Mapping[int, str], now: datetime) -> None:
        """Write that Slack will never take these messages, by key and with the cause, in two statements."""
        rows = [{"message": key, "cause": cause} for key, cause in causes.items()]
        settled = {"settled_at": now, "failure": sa.bindparam("cause")}
        message = self._claimed(MESSAGE.c.id == sa.bindparam("message"))
        nudges = self._their_nudges(NUDGE.c.message_id == sa.bindparam("message"))
        if rows:
            await self._execute_core(message.values(state=MessageState.FAILED, ready_at=None, **settled), rows)
            await self._execute_core(nudges.values(state=NudgeState.FAILED, live_since=None, **settled), rows)

    async def release(self, releases: Sequence[Release], now: datetime) -> None:
        """Plan the nudges of messages again and delete the messages, in two statements."""
        nudges = self._their_nudges(NUDGE.c.message_id == sa.bindparam("message")).values(
            state=NudgeState.PLANNED,
            message_id=None,
            ready_at=sa.bindparam("new_ready_at"),
            live_since=None,
            set_aside_at=now,
            attempts=NUDGE.c.attempts + sa.bindparam("faults"),
        )
        rows = [
            {"message": one.message_id, "new_ready_at": one.ready_at, "faults": int(one.faulty)} for one in releases
        ]
        if rows:
            await self._execute_core(nudges, rows)
            await self._delete([one.message_id for one in releases])

    async def split(self, splits: Sequence[Split], now: datetime, lease_ends_at: datetime) -> dict[str, int]:
        """Divide the nudges of messages among new ones, in five statements. Returns the new keys by public id.

        A message that has been settled by another worker meanwhile is not divided: its new messages are left out.
        """
        ids = [one.message_id for one in splits]
        if not ids:
            return {}
        claimed = select(col(Message.id)).where(col(Message.id).in_(ids), Message.state == MessageState.CLAIMED)
        ours = set(await self._all(claimed.with_for_update(key_share=True)))
        parts = [(one.message_id, new, nudge_ids) for one in splits if one.message_id in ours
                 for new, nudge_ids in one.into]  # fmt: skip
        keys = await self.add([new for _, new, _ in parts], now, lease_ends_at)
        moved = [
            {"nudge": nudge_id, "old": old, "new": keys[new.public_id]}
            for old, new, nudge_ids in parts
            for nudge_id in nudge_ids
        ]
        if moved:
            nudges = self._their_nudges(NUDGE.c.id == sa.bindparam("nudge"), NUDGE.c.message_id == sa.bindparam("old"))
            await self._execute_core(nudges.values(message_id=sa.bindparam("new")), moved)
            await self._delete(sorted(ours))
        return keys

    async def look_again(self, ready_at: Mapping[int, datetime], now: datetime) -> None:
        """Write that looking for messages failed and when to try again, by key, in one statement."""
        statement = self._claimed(MESSAGE.c.id == sa.bindparam("message")).values(
            ready_at=sa.bindparam("new_ready_at"), leased_at=now, attempts=MESSAGE.c.attempts + 1
        )
        rows = [{"message": key, "new_ready_at": moment} for key, moment in ready_at.items()]
        if rows:
            await self._execute_core(statement, rows)

    async def undo_wrong_clock(self, latest: datetime, claimed_at: datetime, lease: tuple[datetime, datetime]) -> int:
        """Give messages another lease (from, to) that were leased later than `latest`, by a clock that was wrong.

        That clock says nothing about when they were posted, so they are looked for from `claimed_at` on. Returns how
        many there were.
        """
        leased_at, ready_at = lease
        statement = self._claimed(MESSAGE.c.leased_at > latest).values(
            claimed_at=claimed_at, leased_at=leased_at, ready_at=ready_at
        )
        return int((await self._execute_core(statement)).rowcount)

    # --- editing ---------------------------------------------------------------------------------------------------

    async def ask_for_edits(self, message_ids: Collection[int], ready_at: datetime) -> None:
        """Have messages looked at from a moment on: what they say may not be so any more. In one statement.

        One that is being edited just now is looked at again after that, at the end of its lease at the latest.
        """
        statement = (
            sa.update(MESSAGE)
            .where(MESSAGE.c.workspace_id == self._workspace_id, MESSAGE.c.id == sa.bindparam("message"))
            .values(
                edit_version=MESSAGE.c.edit_version + 1,
                edit_ready_at=sa.case((MESSAGE.c.edit_ready_at > ready_at, MESSAGE.c.edit_ready_at), else_=ready_at),
            )
        )
        rows = [{"message": key} for key in sorted(message_ids)]  # in one order, so that two never wait for each other
        if rows:
            await self._execute_core(statement, rows)

    async def _look_at_earlier(self, message_ids: Collection[int], now: datetime) -> None:
        """Have earlier messages looked at that are about the same as these: a newer one may take their place."""
        new, old = NUDGE.alias("new"), NUDGE.alias("old")
        statement = sa.select(old.c.message_id).distinct().where(
            new.c.workspace_id == self._workspace_id,
            new.c.message_id.in_(message_ids),
            old.c.live_since.is_not(None),
            old.c.pair_id == new.c.pair_id,
            old.c.person_id == new.c.person_id,
            old.c.subject_id == new.c.subject_id,
            old.c.message_id != new.c.message_id,
        )  # fmt: skip
        await self.ask_for_edits((await self._execute_core(statement)).scalars().all(), now)

    async def lock_for_editing(self, now: datetime, wrong: datetime, limit: int) -> Sequence[Message]:
        """Sent messages that are to be edited, locked until the transaction ends; the longest waiting first.

        So are those that should wait beyond `wrong`: a wrong clock said so. What another worker has locked is left out.
        """
        ready = col(Message.edit_ready_at)
        statement = (
            select(Message)
            .where(Message.state == MessageState.SENT, ready.is_not(None), sa.or_(ready <= now, ready > wrong))
            .order_by(ready)
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True)
        )
        return await self._all(statement)

    async def settle_edits(self, versions: Mapping[int, int], now: datetime) -> None:
        """Write that messages are as they should have been at a version, by key, in two statements.

        One that was changed since is to be edited again at once.
        """
        rows = [{"message": key, "seen": version} for key, version in sorted(versions.items())]
        edited = sa.update(MESSAGE).where(
            MESSAGE.c.workspace_id == self._workspace_id,
            MESSAGE.c.id == sa.bindparam("message"),
            MESSAGE.c.edit_ready_at.is_not(None),
        )
        unchanged = MESSAGE.c.edit_version == sa.bindparam("seen")
        if rows:
            await self._execute_core(edited.where(unchanged).values(edit_ready_at=None, edit_attempts=0), rows)
            await self._execute_core(edited.where(~unchanged).values(edit_ready_at=now, edit_attempts=0), rows)

    async def edit_again(self, ready_at: Mapping[int, datetime]) -> None:
        """Write that editing messages failed and when to try again, by key, in one statement."""
        statement = (
            sa.update(MESSAGE)
            .where(
                MESSAGE.c.workspace_id == self._workspace_id,
                MESSAGE.c.id == sa.bindparam("message"),
                MESSAGE.c.edit_ready_at.is_not(None),
            )
            .values(edit_ready_at=sa.bindparam("new_ready_at"), edit_attempts=MESSAGE.c.edit_attempts + 1)
        )
        rows = [{"message": key, "new_ready_at": moment} for key, moment in sorted(ready_at.items())]
        if rows:
            await self._execute_core(statement, rows)

    def _claimed(self, *conditions: Any) -> sa.Update:
        return sa.update(MESSAGE).where(
            MESSAGE.c.workspace_id == self._workspace_id, MESSAGE.c.state == MessageState.CLAIMED, *conditions
        )

    def _their_nudges(self, *conditions: Any) -> sa.Update:
        """The nudges of claimed messages: they are claimed exactly while their message is."""
        return sa.update(NUDGE).where(
            NUDGE.c.workspace_id == self._workspace_id, NUDGE.c.state == NudgeState.CLAIMED, *conditions
        )

    async def _delete(self, message_ids: Collection[int]) -> None:
        """Delete claimed messages to which no nudge refers any more."""
        await self._execute_core(
            sa.delete(MESSAGE).where(
                MESSAGE.c.workspace_id == self._workspace_id,
                MESSAGE.c.state == MessageState.CLAIMED,
                MESSAGE.c.id.in_(message_ids),
            )
        )
