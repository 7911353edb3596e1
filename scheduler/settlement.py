"""Settlement: write down what became of posted messages and of the nudges they carry."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scheduler.claiming import new_public_id, next_attempt
from scheduler.messenger import MessagePart, OutgoingMessage, Posted
from scheduler.posting import Divided, Outcomes, PutBack, Refused
from storage.messages import NewMessage, Release, SentMessage, Split
from storage.nudges import NudgeState
from storage.store import Store


@dataclass
class Settlement:
    """What is to be written, and how many nudges it moves to each state."""

    channels: dict[int, str] = field(default_factory=dict)
    sent: list[SentMessage] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    released: list[Release] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    divided: list[OutgoingMessage] = field(default_factory=list)
    """The messages that `splits` makes; their keys are known once they are written."""
    counts: Counter[NudgeState] = field(default_factory=Counter)
    waits: list[timedelta] = field(default_factory=list)
    """How long after they could first have been sent messages were."""


def settlement_of(outcomes: Outcomes, now: datetime) -> Settlement:
    """What follows from the outcomes of messages. Pure."""
    all_of_it = Settlement()
    for message, outcome in outcomes:
        match outcome:
            case Posted():
                _add_sent(all_of_it, message, outcome, now)
            case PutBack(after):
                _add_release(all_of_it, message, now + after, faulty=False)
            case Refused():
                again_at = None if outcome.for_good else next_attempt(message.parts[0].attempts, now)
                if again_at is None:
                    all_of_it.failed[message.message_id] = outcome.cause
                    all_of_it.counts[NudgeState.FAILED] += len(message.parts)
                else:
                    _add_release(all_of_it, message, again_at, faulty=True)
            case Divided(groups):
                new = [_part_of(message, tuple(parts)) for parts in groups]
                all_of_it.divided += new
                all_of_it.splits.append(Split(message.message_id, [(_as_new(one), _ids(one.parts)) for one in new]))
    return all_of_it


def _add_sent(all_of_it: Settlement, message: OutgoingMessage, posted: Posted, now: datetime) -> None:
    all_of_it.sent.append(SentMessage(message.message_id, posted.channel, posted.ts, now))
    all_of_it.counts[NudgeState.SENT] += len(message.parts)
    all_of_it.waits.append(now - (message.due_at or now))
    # Where the conversation is known, an unconfirmed message is looked for without asking Slack for it first.
    if message.channel is None and posted.channel != message.recipient.dm_channel:
        all_of_it.channels[message.recipient.pk] = posted.channel


def _add_release(all_of_it: Settlement, message: OutgoingMessage, ready_at: datetime, *, faulty: bool) -> None:
    all_of_it.released.append(Release(message.message_id, ready_at, faulty))
    all_of_it.counts[NudgeState.PLANNED] += len(message.parts)


def _part_of(message: OutgoingMessage, parts: tuple[MessagePart, ...]) -> OutgoingMessage:
    return replace(message, public_id=new_public_id(), parts=parts)


def _as_new(message: OutgoingMessage) -> NewMessage:
    person_id = message.recipient.pk if message.channel is None else None
    return NewMessage(person_id, message.public_id, message.late, due_at=message.due_at, channel=message.channel)


def _ids(parts: tuple[MessagePart, ...]) -> list[int]:
    return [part.nudge_id for part in parts]


async def write(store: Store, settlement: Settlement, now: datetime, lease_ends_at: datetime) -> list[OutgoingMessage]:
    """Write a settlement, in a number of statements that does not grow. Returns the messages to post next."""
    await store.people.set_channels(settlement.channels)  # first: locks are taken in one order everywhere
    await store.messages.settle_sent(settlement.sent, now)
    await store.messages.settle_failed(settlement.failed, now)
    await store.messages.release(settlement.released, now)
    keys = await store.messages.split(settlement.splits, now, lease_ends_at)
    return [replace(one, message_id=keys[one.public_id]) for one in settlement.divided if one.public_id in keys]
