"""Status: what waits, what is unconfirmed and what failed, for admins. Counts, kinds, ids and error words only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cycle.pulses import numbers
from scheduler.claiming import LEASE
from scheduler.delivery import DELAYED_AFTER
from storage.database import Database
from storage.deliveries import FailedDelivery, UnconfirmedDelivery
from storage.due import workspaces
from storage.nudges import NudgeState
from storage.pulses import Score

FAILURES_LISTED: Final = 20
"""For each workspace, the latest first; all of them are counted."""

LOOK_BACK: Final = timedelta(days=30)
"""What was settled before this is neither counted nor listed."""

PULSE_OF: Final = timedelta(days=180)
"""How discussions were is counted over half a year, so that a single answer hardly moves the numbers."""

DELAYS_OF: Final = timedelta(days=1)
"""How far back late messages are counted: the morning before is the one to compare with."""

OVERDUE_AFTER: Final = timedelta(minutes=1)
"""A nudge that has been due for longer than a few ticks is waiting for something: working hours, or Slack."""


PULSE_WORDS: Final = {Score.GOOD: "worth it", Score.MIXED: "so-so", Score.POOR: "not worth it"}


@dataclass(frozen=True)
class WorkspaceStatus:
    """How delivery is doing in one workspace."""

    team_id: str
    name: str
    counts: Mapping[NudgeState, int]
    overdue: int
    unconfirmed: Sequence[UnconfirmedDelivery]
    failures: Sequence[FailedDelivery]
    pulse: Mapping[Score, int] | None = None
    """How often people found a discussion good, mixed or poor; None where too few said so."""
    waiting: int = 0
    """Nudges that could go out now."""
    delays: Sequence[timedelta] = ()
    """How long after they could have been messages were sent lately, as far as that was noticeable."""


async def delivery_status(database: Database, now: datetime) -> list[WorkspaceStatus]:
    """How delivery is doing in every workspace. Reads only."""
    statuses = []
    for workspace in await workspaces(database):
        async with database.reading(workspace.id) as store:
            statuses.append(
                WorkspaceStatus(
                    workspace.team_id,
                    workspace.name,
                    await store.deliveries.counts(now - LOOK_BACK),
                    await store.deliveries.overdue(now - OVERDUE_AFTER),
                    await store.deliveries.unconfirmed(now - LEASE),
                    await store.deliveries.failures(now - LOOK_BACK, FAILURES_LISTED),
                    numbers(await store.pulses.since(now - PULSE_OF)),
                    await store.deliveries.waiting(now),
                    await store.deliveries.delays(now - DELAYS_OF, DELAYED_AFTER),
                )
            )
    return statuses


def report(statuses: Sequence[WorkspaceStatus]) -> str:
    """The status of all workspaces as lines of text. Pure."""
    if not statuses:
        return "There is no workspace in this database yet."
    return "\n\n".join("\n".join(_lines(status)) for status in statuses)


def _lines(status: WorkspaceStatus) -> Iterator[str]:
    counts, failed = status.counts, status.counts.get(NudgeState.FAILED, 0)
    yield f"{status.name} ({status.team_id})"
    yield f"  {_count(counts.get(NudgeState.PLANNED, 0), 'nudge')} planned, {status.overdue} of them overdue"
    yield f"  {_count(status.waiting, 'nudge')} waiting for their turn now"
    yield f"  {_count(counts.get(NudgeState.SENT, 0), 'nudge')} sent in the last {LOOK_BACK.days} days"
    yield f"  {_late(status.delays)} in the last 24 hours"
    yield f"  {_count(len(status.unconfirmed), 'message')} unconfirmed"
    for message in status.unconfirmed:
        looked = f"searched for {_count(message.attempts, 'time')} without success"
        yield f"    to {message.slack_id}, posted about {_moment(message.claimed_at)}, {looked}"
    yield f"  {_count(failed, 'nudge')} failed in the last {LOOK_BACK.days} days"
    for failure in status.failures:
        yield f"    {_moment(failure.failed_at)}  {failure.cause}  {failure.kind}, to {failure.slack_id}"
    if failed > len(status.failures):
        yield f"    and {failed - len(status.failures)} earlier"
    if status.pulse is not None:
        said = ", ".join(f"{status.pulse.get(score, 0)} {words}" for score, words in PULSE_WORDS.items())
        yield f"  how people found their discussions in the last {PULSE_OF.days} days: {said}"


def _late(delays: Sequence[timedelta]) -> str:
    late = f"{_count(len(delays), 'message')} sent more than {_minutes(DELAYED_AFTER)} late"
    return f"{late}, {_minutes(max(delays))} at most," if delays else late


def _minutes(duration: timedelta) -> str:
    return _count(round(duration.total_seconds() / 60), "minute")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
