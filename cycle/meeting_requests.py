"""Asking to meet for the next discussion: in one's own words, with times to choose from (practice E5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle.errors import FieldErrors, NotAllowed, NotAvailable, too_long
from cycle.guards import existing, in_use, pair_of
from cycle.replanning import replan
from cycle.scheduling import ScheduleView, check_date, schedule_of, set_date, times_to_propose
from storage.discussions import OPEN, Discussion
from storage.meeting_requests import MeetingRequest, MeetingState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store

WORDS: Final = "words"  # fields
TIMES: Final = ("time_1", "time_2", "time_3")
ANSWER: Final = "answer"
OTHER_TIME: Final = "other_time"
REASON: Final = "reason"

LONGEST_WORDS: Final = 1000  # characters: a few words, which a direct message shows in full
LONGEST_REASON: Final = 500

NOT_WAITING: Final = "This request has been answered or taken back already. The App Home shows what you can do now."
HAS_A_DATE: Final = "You two have a date by now. To change it, use `/career schedule`."
NOT_YOURS_TO_ANSWER: Final = "You asked; the other one of you two answers this."

# What the words begin as: about growing here, to be edited or emptied.
FIRST_WORDS: Final = {
    Side.EMPLOYEE: "I'd like to plan with you how I can grow here. Would one of these times suit you?",
    Side.MANAGER: "I'd like to hear how you want to grow here. Would one of these times suit you?",
}
NEXT_WORDS: Final = {
    Side.EMPLOYEE: "I'm looking forward to our next career discussion. Would one of these times suit you?",
    Side.MANAGER: "I'd like to hear how you are getting on. Would one of these times suit you for our next discussion?",
}


@dataclass(frozen=True)
class AskView:
    """What a person sees before asking."""

    schedule: ScheduleView
    proposed: Sequence[datetime]  # times that suit both
    waiting: MeetingRequest | None  # that I asked and is not answered
    is_first: bool  # whether the two have not met yet
    declined: MeetingRequest | None = None  # what I asked last, where the answer was that it does not suit now

    @property
    def draft(self) -> str:
        """What the words begin as."""
        my_side = self.schedule.pair.side_of(self.schedule.me.pk) or Side.EMPLOYEE
        return (FIRST_WORDS if self.is_first else NEXT_WORDS)[my_side]


@dataclass(frozen=True)
class AskForm:
    """A request as it is submitted: `times` by field."""

    words: str
    times: Sequence[datetime | None]


@dataclass(frozen=True)
class AnswerView:
    """A request that waits for my answer."""

    request: MeetingRequest
    discussion: Discussion
    pair: Pair
    me: Person
    other: Person  # who asks


async def about_to_ask(store: Store, me: Person, pair: Pair, discussion: Discussion, now: datetime) -> AskView:
    """What a person sees before asking. Raises `NotAvailable` where there is a date already."""
    if discussion.starts_at is not None:
        raise NotAvailable(HAS_A_DATE)
    schedule = await schedule_of(store, me, pair, discussion, now)
    requests = await store.meeting_requests.of_discussions([discussion.pk])
    mine = [one for one in requests if one.asked_by_id == me.id]
    waiting = [one for one in mine if one.state is MeetingState.ASKED]
    return AskView(
        schedule=schedule,
        proposed=await times_to_propose(store, schedule, discussion.minutes, now, soon=True),
        waiting=waiting[-1] if waiting else None,
        declined=mine[-1] if mine and mine[-1].state is MeetingState.DECLINED else None,
        is_first=not await store.discussions.latest_held(pair.pk, limit=1),
    )


async def check_request(
    store: Store, me: Person, pair: Pair, discussion: Discussion, form: AskForm, now: datetime
) -> FieldErrors:
    """What is wrong with a request: a sentence by field. Both people are locked."""
    errors, chosen = FieldErrors(), [time for time in form.times if time is not None]
    if len(form.words) > LONGEST_WORDS:
        errors.add(WORDS, too_long(form.words, LONGEST_WORDS))
    if not chosen:
        errors.add(TIMES[0], "Please propose at least one time.")
    for position, (name, time) in enumerate(zip(TIMES, form.times, strict=True)):
        if time is None:
            continue
        if time in form.times[:position]:
            errors.add(name, "You propose this time already. Please pick another, or clear it.")
        else:
            errors.update(
                await check_date(
                    store, me, pair, time, discussion.minutes, now=now, besides=discussion, field=name
                )
            )  # fmt: skip
    return errors


async def ask(store: Store, me: Person, pair: Pair, discussion: Discussion, form: AskForm, now: datetime) -> None:
    """Ask the other side, checked. A request of either that waits is replaced by this one. The pair is locked."""
    for one in await store.meeting_requests.of_discussions([discussion.pk]):
        if one.state is MeetingState.ASKED:
            one.state, one.answered_at = MeetingState.WITHDRAWN, now
    await store.flush()
    times = sorted(time for time in form.times if time is not None)
    store.add(
        MeetingRequest(
            pair_id=pair.pk, discussion_id=discussion.pk, asked_by_id=me.pk, words=form.words.strip() or None,
            times=" ".join(str(int(time.timestamp())) for time in times), asked_at=now,
        )
    )  # fmt: skip
    await store.flush()
    await replan(store, pair, now)


async def to_answer(store: Store, me: Person, request_id: int) -> AnswerView:
    """A request that waits for my answer. Raises `NotAllowed` or `NotAvailable`."""
    pair = await pair_of(store, me, request_id, MeetingRequest)
    return await to_answer_in(store, me, pair, request_id)


async def to_answer_in(store: Store, me: Person, pair: Pair, request_id: int) -> AnswerView:
    """A request of a pair of mine that waits for my answer; raises as `to_answer` does."""
    request = await existing(store.meeting_requests.get, request_id)
    discussion = await store.discussions.get(request.discussion_id)
    if request.asked_by_id == me.id:
        raise NotAllowed(NOT_YOURS_TO_ANSWER)
    _check_waits(request, discussion)
    return AnswerView(request, discussion, pair, me, await store.people.get(request.asked_by_id))


def _check_waits(request: MeetingRequest, discussion: Discussion) -> None:
    if request.state is not MeetingState.ASKED or discussion.state not in OPEN:
        raise NotAvailable(NOT_WAITING)
    if discussion.starts_at is not None:
        raise NotAvailable(HAS_A_DATE)


async def accept(store: Store, shown: AnswerView, time: datetime, now: datetime) -> FieldErrors:
    """Accept one of the times: it becomes the date. Both people are locked. Returns what is against it, if anything."""
    discussion, me, pair = shown.discussion, shown.me, in_use(shown.pair, shown.me)
    if time not in shown.request.moments:
        return FieldErrors({ANSWER: "That time is not among those proposed. Please choose another."})
    errors = await check_date(store, me, pair, time, discussion.minutes, now=now, besides=discussion, field=ANSWER)
    if not errors:
        shown.request.state, shown.request.answered_at = MeetingState.ACCEPTED, now
        await set_date(store, me, pair, discussion, time, discussion.minutes, now)
    return errors


async def counter(store: Store, shown: AnswerView, time: datetime | None, now: datetime) -> FieldErrors:
    """Propose another time. Both people are locked. Returns what is against it, if anything."""
    discussion, pair = shown.discussion, in_use(shown.pair, shown.me)
    if time is None:
        return FieldErrors({OTHER_TIME: "Which time would suit you?"})
    errors = await check_date(
        store, shown.me, pair, time, discussion.minutes, now=now, besides=discussion, field=OTHER_TIME
    )
    if not errors:
        request = shown.request
        request.state, request.answered_at, request.other_time = MeetingState.COUNTERED, now, time
        await replan(store, pair, now)
    return errors


async def decline(store: Store, shown: AnswerView, reason: str, now: datetime) -> FieldErrors:
    """Say that it does not suit now, and why. The pair is locked. Returns what is missing, if anything."""
    reason = reason.strip()
    if not reason:
        return FieldErrors({REASON: "A word on why helps. It stays between you two."})
    if len(reason) > LONGEST_REASON:
        return FieldErrors({REASON: too_long(reason, LONGEST_REASON)})
    request = shown.request
    request.state, request.answered_at, request.reason = MeetingState.DECLINED, now, reason
    await replan(store, in_use(shown.pair, shown.me), now)
    return FieldErrors()


async def withdraw(store: Store, me: Person, pair: Pair, request_id: int, now: datetime) -> None:
    """Take a request of mine back. One that is taken back already stays so. Raises `NotAllowed` or `NotAvailable`."""
    request = await existing(store.meeting_requests.get, request_id)
    if request.asked_by_id != me.id:
        raise NotAllowed("Only the one who asked can take it back.")
    if request.state is MeetingState.WITHDRAWN:
        return
    _check_waits(request, await store.discussions.get(request.discussion_id))
    request.state, request.answered_at = MeetingState.WITHDRAWN, now
    await replan(store, in_use(pair, me), now)


async def take_other_time(store: Store, me: Person, pair: Pair, request_id: int, now: datetime) -> ScheduleView:
    """The asker takes the time that was proposed instead: it becomes the date. Both people are locked.

    Returns how the discussion is scheduled now. Raises `NotAllowed`, or `NotAvailable` with what is against it.
    """
    request = await existing(store.meeting_requests.get, request_id)
    discussion = await store.discussions.get(request.discussion_id)
    if request.asked_by_id != me.id:
        raise NotAllowed("You proposed this time; the other one of you two takes it.")
    if request.state is not MeetingState.COUNTERED or request.other_time is None or discussion.state not in OPEN:
        raise NotAvailable(NOT_WAITING)
    if discussion.starts_at is not None:
        raise NotAvailable(HAS_A_DATE)
    errors = await check_date(
        store, me, in_use(pair, me), request.other_time, discussion.minutes, now=now, besides=discussion
    )
    if errors:
        raise NotAvailable(" ".join(errors.values()))
    await set_date(store, me, pair, discussion, request.other_time, discussion.minutes, now)
    return await schedule_of(store, me, pair, discussion, now)
