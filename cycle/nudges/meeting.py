"""Asking to meet: the request, reminders to answer it, and the answer (practice E5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cycle import formatting
from cycle.nudges import outcomes
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PairSnapshot
from storage.meeting_requests import MeetingRequest, MeetingState
from storage.people import Person

# A request that waits comes up again after these; then the one who asked is shown another way.
REMINDED_AFTER_WORKING_DAYS = (2, 5)
# For this long after the last of them the reminder makes sense.
REMINDER_MATTERS_FOR = timedelta(days=14)
# What was answered is no news later.
IS_NEWS = timedelta(days=14)


def meeting_asked(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The request reaches the other side, in their working hours."""
    if (request := snapshot.waiting_request) is not None:
        other = snapshot.pair.other_than(request.asked_by_id)
        first, reminders = _moments(snapshot, request, other)
        yield PlannedNudge("meeting_asked", request.pk, other, first, reminders[0])


def answer_request(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """A request that is not answered comes up again after two working days, and after five."""
    if (request := snapshot.waiting_request) is not None:
        other = snapshot.pair.other_than(request.asked_by_id)
        _first, reminders = _moments(snapshot, request, other)
        ends = [*reminders[1:], reminders[-1] + REMINDER_MATTERS_FOR]
        for stage, (due_at, ends_at) in enumerate(zip(reminders, ends, strict=True), start=1):
            yield PlannedNudge("answer_request", request.pk, other, due_at, ends_at, stage=str(stage))


def _moments(snapshot: PairSnapshot, request: MeetingRequest, person_id: int) -> tuple[datetime, list[datetime]]:
    """When the request arrives, and when it comes up again."""
    calendar = snapshot.calendar(person_id)
    first = calendar.next_open(request.asked_at)
    day = calendar.day_of(first)
    return first, [calendar.opening(calendar.working_days_after(day, days)) for days in REMINDED_AFTER_WORKING_DAYS]


def meeting_asked_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Who asks, and the times on the reader's clock; the words, since they were written to be sent."""
    if (request := _request(snapshot, planned)) is None:
        return None
    name, times = formatting.first_name(snapshot.other_than(me.pk)), _times(snapshot, request, me)
    text = f"{name} asks to meet for your career discussion. Would {times} suit you?"
    return NudgeText(text, (_see(request),), quote=request.words)


def answer_request_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Since when the request waits, and the times that are still ahead."""
    if (request := _request(snapshot, planned)) is None:
        return None
    name = formatting.first_name(snapshot.other_than(me.pk))
    asked_on = formatting.day(snapshot.calendar(me.pk).day_of(request.asked_at), snapshot.today(me))
    text = f"On {asked_on}, {name} asked to meet for your career discussion and is waiting for your answer."
    if planned.stage != "1":
        text = f"{name} is still waiting to hear whether you two can meet, since {asked_on}. Even a no helps."
    if any(time > snapshot.now for time in request.moments):
        return NudgeText(text, (_see(request),))
    return NudgeText(f"{text} The times have passed; you can propose another.", (_see(request),))


def _see(request: MeetingRequest) -> Button:
    return Button("See and answer", Action.ANSWER_MEETING, request.pk, primary=True)


def _times(snapshot: PairSnapshot, request: MeetingRequest, me: Person) -> str:
    """“Tue 1 Dec at 10:00, Thu 3 Dec at 14:00 or Fri 4 Dec at 10:00”, on the reader's clock."""
    times = [formatting.moment(time, me, snapshot.today(me)) for time in request.moments]
    *first, last = times
    return f"{', '.join(first)} or {last}" if first else last


def asked_outcome(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """What became of a request, for the one who was to answer it."""
    request = next((one for one in snapshot.meetings if one.pk == planned.subject_id), None)
    name = formatting.first_name(snapshot.other_than(me.pk))
    if request is None:
        return outcomes.the_date(snapshot, planned, me)
    match request.state:
        case MeetingState.COUNTERED:
            said = "You proposed another time."
        case MeetingState.DECLINED:
            said = "You said that it does not suit now."
        case MeetingState.WITHDRAWN:
            return f"{name} took the request back."
        case _:
            said = ""
    sentences = said, outcomes.the_date(snapshot, planned, me)
    return " ".join(sentence for sentence in sentences if sentence) or None


def meeting_answered(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The one who asked hears of another time, or that it does not suit. An accepted time is the news of a date."""
    if snapshot.scheduled is not None or not snapshot.meetings:
        return
    request = snapshot.meetings[-1]
    if request.state in {MeetingState.COUNTERED, MeetingState.DECLINED} and request.answered_at is not None:
        due_at = snapshot.calendar(request.asked_by_id).next_open(request.answered_at)
        ends_at = max(due_at, request.answered_at) + IS_NEWS
        yield PlannedNudge("meeting_answered", request.pk, request.asked_by_id, due_at, ends_at)


def meeting_answered_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """The other time with a button that takes it; or that it does not suit, and why."""
    request = next((one for one in snapshot.meetings if one.pk == planned.subject_id), None)
    if request is None:
        return None
    name, pair_id = formatting.first_name(snapshot.other_than(me.pk)), snapshot.pair.pk
    if request.state is MeetingState.COUNTERED and request.other_time is not None:
        when = formatting.both_clocks(request.other_time, me, snapshot.other_than(me.pk), snapshot.today(me))
        take = Button("Set this time", Action.TAKE_OTHER_TIME, request.pk, primary=True)
        another = Button("Find another time", Action.OPEN_SCHEDULE, pair_id)
        return NudgeText(f"{name} can't make the times you proposed, and suggests {when}.", (take, another))
    text = f"{name} says that it does not suit now. You can ask again with other times whenever you like."
    return NudgeText(text, (Button("Ask again", Action.OPEN_ASK, pair_id),), quote=request.reason)


def _request(snapshot: PairSnapshot, planned: PlannedNudge) -> MeetingRequest | None:
    request = snapshot.waiting_request
    return request if request is not None and request.pk == planned.subject_id else None


KINDS = (
    NudgeKind(
        "meeting_asked", Urgency.NEVER_HELD_BACK, ReadingOrder.DATE, meeting_asked, meeting_asked_text,
        outcome=asked_outcome, series="meeting_request",
    ),
    NudgeKind(
        "answer_request", Urgency.MAY_WAIT, ReadingOrder.DATE, answer_request, answer_request_text, topic=Topic.DATES,
        outcome=asked_outcome, series="meeting_request",
    ),
    NudgeKind(
        "meeting_answered", Urgency.NEVER_HELD_BACK, ReadingOrder.DATE, meeting_answered, meeting_answered_text,
        outcome=outcomes.the_date,
    ),
)  # fmt: skip
