"""Nudges: planned notices, each to one person, each delivered once (docs/delivery-contract.md)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Field, col, select

from storage.base import Repository, WorkspaceScoped, enum_column, locking
from storage.opportunities import Opportunity
from storage.pairs import Pair
from storage.people import Person


class NudgeState(StrEnum):
    """What has become of a nudge."""

    PLANNED = "planned"
    CLAIMED = "claimed"  # its message is claimed
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


WAITING = (NudgeState.PLANNED, NudgeState.CLAIMED)

BROKEN: Final = "broken"
"""The failure of a nudge whose rule or wording kept raising errors."""

RECIPIENT_FAILURES: Final = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
"""Slack's error words about the person a message is for. People come back."""

CHANNEL_FAILURES: Final = frozenset(
    {
        "external_channel_migrating",
        "no_permission",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
    }
)
"""Slack's error words that, about a message for a channel, are about that channel. What it allows may change."""

RETRYABLE_FAILURES: Final = RECIPIENT_FAILURES | CHANNEL_FAILURES | {BROKEN}
"""Failures whose cause may have gone: replanning plans such a nudge again for as long as its reason holds."""


class NudgeScope(StrEnum):
    """What a nudge is planned from: the state of a pair, of everything around one person, or of an opportunity."""

    PAIR = "pair"
    PERSON = "person"
    TEAM = "team"


class Nudge(WorkspaceScoped, table=True):
    """One planned notice to one person. Its text is made when it is sent, from the state of that moment."""

    __table_args__ = (
        sa.UniqueConstraint("key", "workspace_id"),
        # What is due in any workspace is found by this index alone, however many nudges are settled or far ahead.
        sa.Index("ix_nudge_ready", "ready_at", "workspace_id", sqlite_where=sa.text("ready_at IS NOT NULL"),
                 postgresql_where=sa.text("ready_at IS NOT NULL")),
        # Finds what a wrong clock has put off or cancelled; small, since most nudges just go out.
        sa.Index("ix_nudge_set_aside", "set_aside_at", sqlite_where=sa.text("set_aside_at IS NOT NULL"),
                 postgresql_where=sa.text("set_aside_at IS NOT NULL")),
        sa.Index("ix_nudge_opportunity", "opportunity_id", sqlite_where=sa.text("opportunity_id IS NOT NULL"),
                 postgresql_where=sa.text("opportunity_id IS NOT NULL")),
        sa.Index("ix_nudge_message", "message_id", sqlite_where=sa.text("message_id IS NOT NULL"),
                 postgresql_where=sa.text("message_id IS NOT NULL")),
        # Finds what still has something to press: a few per pair, however many were sent.
        sa.Index("ix_nudge_live", "pair_id", "person_id", "subject_id", sqlite_where=sa.text("live_since IS NOT NULL"),
                 postgresql_where=sa.text("live_since IS NOT NULL")),
    )  # fmt: skip

    person_id: int = Field(foreign_key="person.id", index=True)
    scope: NudgeScope = Field(
        default=NudgeScope.PAIR, sa_type=enum_column(NudgeScope), sa_column_kwargs={"server_default": "pair"}
    )
    pair_id: int | None = Field(default=None, foreign_key="pair.id", index=True, description="of scope pair only")
    opportunity_id: int | None = Field(default=None, foreign_key="opportunity.id", description="of scope team only")
    kind: str = Field(description="a kind of cycle.nudges")
    stage: str = Field(
        default="",
        sa_column_kwargs={"server_default": ""},
        description="which of several a kind sends: first, again, …",
    )
    round: int | None = Field(default=None, description="which round of its subject, where there are several")
    key: str = Field(description="stable: planning the same thing twice is planning it once")
    subject_id: int = Field(description="the discussion, commitment, request, thank-you, pair or person it is about")
    due_at: datetime
    planned_at: datetime = Field(description="when this moment was decided: nothing is late before it is known")
    state: NudgeState = Field(default=NudgeState.PLANNED, sa_type=enum_column(NudgeState))
    ready_at: datetime | None = Field(
        default=None,
        description="when a worker may claim it: its due moment, or later where it was put back; None unless planned",
    )
    held_until: datetime | None = Field(
        default=None, description="until when it was held back, since its person has had enough messages for now"
    )
    put_off_until: datetime | None = Field(default=None, description="until when its person has put it off")
    set_aside_at: datetime | None = Field(
        default=None, description="when a worker last put it back or cancelled it, by the clock of that worker"
    )
    attempts: int = Field(default=0, description="how often its rule, its wording or Slack's answer to it has failed")
    message_id: int | None = Field(
        default=None,
        foreign_key="message.id",
        description="the message that carries it; while it is put off to a day, the one that carried it",
    )
    live_since: datetime | None = Field(
        default=None, description="since when it may be in a message with its buttons; None once its matter is settled"
    )
    reworded: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": sa.false()},
        description="an earlier message was edited to say this, which notifies no one",
    )
    settled_at: datetime | None = None
    failure: str | None = Field(default=None, description="Slack's error word, or why we gave up; for admins")

    @property
    def snapshot_key(self) -> tuple[NudgeScope, int]:
        """What it is planned from: a scope, and the key of its pair, person or opportunity."""
        return snapshot_key(self.scope, self.person_id, self.pair_id, self.opportunity_id)


def snapshot_key(
    scope: NudgeScope, person_id: int, pair_id: int | None, opportunity_id: int | None
) -> tuple[NudgeScope, int]:
    """What a nudge of such columns is planned from."""
    if pair_id is not None:
        return scope, pair_id
    return scope, person_id if opportunity_id is None else opportunity_id


NUDGE: Final[sa.Table] = Nudge.__table__  # type: ignore[attr-defined]  # SQLModel doesn't declare it
TRANSITION_COLUMNS: Final = (
    "state", "ready_at", "set_aside_at", "held_until", "message_id", "failure", "attempts", "due_at", "planned_at",
    "settled_at", "live_since",
)  # fmt: skip


# Messages whose outcome is not known yet; `storage.messages`, which imports this module, has the rest.
IN_FLIGHT: Final = sa.table("message", sa.column("person_id"), sa.column("ready_at"), sa.column("attempts"))


@dataclass(frozen=True)
class Transition:
    """What becomes of a nudge that was locked: another state, another moment, or a message that carries it."""

    nudge: Nudge
    state: NudgeState
    ready_at: datetime | None = None
    message_id: int | None = None
    due_at: datetime | None = None
    """Its new moment, where that has moved."""
    failure: str | None = None
    faulty: bool = False
    """Whether it was the nudge's own fault: then it counts among its attempts."""
    is_held_back: bool = False
    """Whether it waits only because its person has had enough messages for now."""
    is_lasting: bool = False
    """Whether its message stays as it is posted, whatever becomes of the matter."""


class Nudges(Repository):
    """Finds nudges, locks those that are due, and moves them on."""

    async def of_pair(self, pair_id: int, keys: Collection[str] = ()) -> Sequence[Nudge]:
        """The waiting nudges of a pair, and any others with these keys."""
        statement = select(Nudge).where(
            sa.or_(
                sa.and_(col(Nudge.pair_id) == pair_id, col(Nudge.state).in_(WAITING)),
                col(Nudge.key).in_(keys),
            )
        )
        return await self._all(statement)

    async def of_person(self, person_id: int, keys: Collection[str] = ()) -> Sequence[Nudge]:
        """What is planned for a person, and any others of theirs with these keys, whatever became of them."""
        statement = select(Nudge).where(
            col(Nudge.person_id) == person_id,
            sa.or_(col(Nudge.state) == NudgeState.PLANNED, col(Nudge.key).in_(keys)),
        )
        return await self._all(statement)

    async def recipients(
        self, now: datetime, *, seen_outside: tuple[datetime, datetime], besides: Collection[int], limit: int
    ) -> Sequence[Person]:
        """Up to `limit` people to whom something is due, `besides` some, and who were last seen outside two moments."""
        earliest, latest = seen_outside
        due = select(col(Nudge.person_id)).where(_is_due(now))
        statement = select(Person).where(
            col(Person.id).in_(due),
            sa.or_(col(Person.seen_at) < earliest, col(Person.seen_at) > latest),
            col(Person.id).not_in(besides),
        )
        return await self._all(statement.limit(limit))

    async def lock_due(
        self, now: datetime, people: int, patience: int, urgent: Sequence[Collection[str]] = ()
    ) -> Sequence[Nudge]:
        """What is due to up to `people` people, locked until the transaction ends.

        The most urgent comes first: `urgent` are names of kinds, those of the first collection before those of the
        second, and all of them before the others. Among equals, the longest waiting comes first.

        A person is locked whole or not at all, so that what falls due together is never split between two workers; and
        only while none of their pairs (and no opportunity) is being changed, so that no reason can go away between
        being rechecked and being claimed. People whom another worker has locked are left out. (SQLite has one writer at
        a time anyway.)

        What was held back for someone comes along with whatever else is due to them.

        A person with an unconfirmed message is left out too, so that messages keep their order, until looking for it
        has failed `patience` times.
        """
        unconfirmed = sa.exists().where(
            IN_FLIGHT.c.person_id == col(Nudge.person_id),
            IN_FLIGHT.c.ready_at.is_not(None),
            IN_FLIGHT.c.attempts < patience,
        )
        free = sa.and_(_is_due(now), ~unconfirmed)
        first = select(col(Nudge.person_id)).where(free).order_by(*_most_urgent(urgent)).limit(people * 2)
        waiting = list(dict.fromkeys(await self._all(first)))[:people]
        # No key update: planning a nudge for someone, which refers to them, goes on meanwhile.
        unlocked = (
            select(col(Person.id)).where(col(Person.id).in_(waiting)).with_for_update(skip_locked=True, key_share=True)
        )
        ours = await self._all(unlocked) if waiting else ()
        if not ours:
            return ()
        held_back = sa.and_(col(Nudge.state) == NudgeState.PLANNED, col(Nudge.ready_at) == col(Nudge.held_until))
        theirs = (
            select(Nudge)
            .where(col(Nudge.person_id).in_(ours), ~unconfirmed, sa.or_(_is_due(now), held_back))
            .order_by(col(Nudge.due_at), col(Nudge.id))
        )
        rows: Sequence[Nudge] = await self._all(theirs)
        busy = await self._busy(Pair, [(row.pair_id, row.person_id) for row in rows])
        busy |= await self._busy(Opportunity, [(row.opportunity_id, row.person_id) for row in rows])
        turn = {person_id: place for place, person_id in enumerate(waiting)}
        return sorted((row for row in rows if row.person_id not in busy), key=lambda row: turn[row.person_id])

    async def _busy(self, noun: type[Pair | Opportunity], owned: Sequence[tuple[int | None, int]]) -> set[int]:
        """Those people who are about to get something of a row of this noun that is being changed; locks the others.

        `owned` are the keys of such rows (None for another noun's), each with that of a person.
        """
        keys = {key for key, _person_id in owned if key is not None}
        if not keys:
            return set()
        at_rest = select(col(noun.id)).where(col(noun.id).in_(keys))
        locked = set(await self._all(at_rest.with_for_update(read=True, skip_locked=True)))
        return {person_id for key, person_id in owned if key in keys - locked}

    async def apply(self, transitions: Sequence[Transition], now: datetime) -> None:
        """Write what becomes of locked nudges, in one statement, in the transaction that locked them."""
        statement = (
            sa.update(NUDGE)
            .where(NUDGE.c.id == sa.bindparam("nudge"), NUDGE.c.workspace_id == self._workspace_id)
            .values({name: sa.bindparam(f"new_{name}") for name in TRANSITION_COLUMNS})
        )
        rows = [_new_values(transition, now) for transition in transitions]
        if rows:
            await self._execute_core(statement, rows)

    async def waiting_recipients(self, opportunity_ids: Collection[int]) -> dict[int, set[int]]:
        """The keys of the people for whom nudges of some opportunities wait, by opportunity."""
        statement = select(col(Nudge.opportunity_id), col(Nudge.person_id)).where(
            self._among(col(Nudge.opportunity_id), opportunity_ids), col(Nudge.state).in_(WAITING)
        )
        found: dict[int, set[int]] = {}
        for opportunity_id, person_id in await self._all(statement.distinct()):
            found.setdefault(opportunity_id, set()).add(person_id)
        return found

    async def keys_of_messages(self, message_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
        """The keys of the nudges that messages carry, by message."""
        statement = select(col(Nudge.message_id), col(Nudge.key)).where(col(Nudge.message_id).in_(message_ids))
        found: dict[int, tuple[str, ...]] = {}
        for message_id, key in await self._all(statement):
            found[message_id] = (*found.get(message_id, ()), key)
        return found

    async def live_owners(self, message_ids: Collection[int]) -> set[tuple[NudgeScope, int]]:
        """What the nudges in messages that still have something to press are planned from."""
        columns = (col(Nudge.scope), col(Nudge.person_id), col(Nudge.pair_id), col(Nudge.opportunity_id))
        statement = select(*columns).where(col(Nudge.message_id).in_(message_ids), col(Nudge.live_since).is_not(None))
        return {snapshot_key(*row) for row in await self._all(statement)}

    async def lock_live(self, person_id: int, key: str) -> Nudge | None:
        """A nudge that was sent to a person and still has something to press, by its stable key, locked."""
        return await self._first(locking(_live(person_id, key)))  # type: ignore[no-any-return]

    async def live(self, person_id: int, key: str) -> Nudge | None:
        """The same, to look at."""
        return await self._first(_live(person_id, key))  # type: ignore[no-any-return]

    async def put_off_in(self, message_ids: Collection[int]) -> Sequence[Nudge]:
        """The nudges that were put off since messages carried them, and have not come again: planned, or cancelled."""
        statement = select(Nudge).where(
            col(Nudge.message_id).in_(message_ids),
            col(Nudge.state).in_((NudgeState.PLANNED, NudgeState.CANCELLED)),
            col(Nudge.put_off_until).is_not(None),
        )
        return await self._all(statement)

    async def settle_matters(self, nudge_ids: Collection[int]) -> None:
        """Write that nothing is left to press of these nudges, in one statement."""
        if nudge_ids:
            statement = sa.update(NUDGE).where(
                NUDGE.c.workspace_id == self._workspace_id, NUDGE.c.id.in_(sorted(nudge_ids))
            )
            await self._execute_core(statement.values(live_since=None))

    async def settle_matters_before(self, moment: datetime) -> int:
        """Write the same of all that were sent before a moment. Returns how many there were."""
        statement = sa.update(NUDGE).where(
            NUDGE.c.workspace_id == self._workspace_id, NUDGE.c.live_since.is_not(None), NUDGE.c.live_since < moment
        )
        return int((await self._execute_core(statement.values(live_since=None))).rowcount)

    async def undo_wrong_clock(self, latest: datetime) -> int:
        """Plan nudges for their due moment again that were set aside later than `latest`, by a clock that was wrong.

        Returns how many there were.
        """
        statement = (
            sa.update(NUDGE)
            .where(
                NUDGE.c.workspace_id == self._workspace_id,
                NUDGE.c.state.in_([NudgeState.PLANNED, NudgeState.CANCELLED]),
                NUDGE.c.set_aside_at > latest,
            )
            .values(state=NudgeState.PLANNED, ready_at=NUDGE.c.due_at, set_aside_at=None, settled_at=None)
        )
        return int((await self._execute_core(statement)).rowcount)


def _live(person_id: int, key: str) -> Any:
    return select(Nudge).where(
        Nudge.person_id == person_id, Nudge.key == key, Nudge.state == NudgeState.SENT,
        col(Nudge.live_since).is_not(None),
    )  # fmt: skip


def _is_due(now: datetime) -> Any:
    # The first condition is what the partial index asks for.
    return sa.and_(col(Nudge.ready_at).is_not(None), col(Nudge.ready_at) <= now)


def _most_urgent(urgent: Sequence[Collection[str]]) -> Sequence[Any]:
    places = [(col(Nudge.kind).in_(sorted(kinds)), place) for place, kinds in enumerate(urgent)]
    by_kind = [sa.case(*places, else_=len(places))] if places else []
    return [*by_kind, col(Nudge.due_at), col(Nudge.id)]  # not when it is ready: what was put back keeps its place


def _new_values(transition: Transition, now: datetime) -> dict[str, Any]:
    nudge = transition.nudge
    is_set_aside = transition.state in {NudgeState.PLANNED, NudgeState.CANCELLED}
    return {
        "nudge": nudge.pk,
        "new_state": transition.state,
        "new_ready_at": transition.ready_at,
        "new_set_aside_at": now if is_set_aside else None,
        "new_held_until": transition.ready_at if transition.is_held_back else nudge.held_until,
        "new_message_id": transition.message_id,
        "new_failure": transition.failure,
        "new_attempts": nudge.attempts + transition.faulty,
        "new_due_at": transition.due_at or nudge.due_at,
        "new_planned_at": now if transition.due_at else nudge.planned_at,
        "new_settled_at": None if transition.state in WAITING else now,
        "new_live_since": now if transition.state is NudgeState.CLAIMED and not transition.is_lasting else None,
    }
