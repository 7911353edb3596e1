"""Scheduling: a date was set, moved or cancelled, or the time has come to set one (practices E10, E17)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from cycle import formatting
from cycle.calendar import A_WEEK_OF_DAYS, DayOff, WorkingCalendar
from cycle.nudges import outcomes
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency, key_of
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.discussions import Discussion, DiscussionState
from storage.meeting_requests import MeetingState
from storage.pairs import PairState
from storage.people import Person

# A discussion without a date comes up three weeks before it is due, then weekly, three times in all.
SCHEDULE_AHEAD = timedelta(days=21)
SCHEDULE_CALLS = 3
ONE_WEEK = timedelta(days=7)
# Once a discussion has been opened or has lost its date, the two have two working days to find one before being asked.
SCHEDULE_QUIET_WORKING_DAYS = 2
# A cancellation itself asks both to find a new date, so they have a week before being asked again.
QUIET_AFTER_CANCELLING = 5
# A cycle that has stopped after all that comes up every four weeks, for both (E17: never lost silently), six times:
# letting half a year of these pass is an answer too. The App Home goes on showing it, and the annual floor comes.
QUIET_FOR = timedelta(weeks=4)
QUIET_CALLS = 6
# After three of these about a date that was never wrapped up, nobody is going to say any more how it went.
UNWRAPPED_CALLS = 3
# While a request to meet waits for an answer, and may be reminded of twice, nobody is asked to find a date.
REQUEST_WAITS_FOR = timedelta(days=10)
# A cancelled or dropped date is no news after this.
CANCELLED_IS_NEWS = timedelta(days=14)


def schedule_next(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E17: a discussion without a date comes up for the employee, and for the manager the last time.

    Where the two left the date for later, it comes up for both each time.
    """
    discussion, pair = snapshot.current, snapshot.pair
    if discussion is None or discussion.state is not DiscussionState.PLANNING or pair.state is not PairState.ACTIVE:
        return
    for person_id in snapshot.person_ids:
        calendar = snapshot.calendar(person_id)
        days = _call_days(snapshot, discussion, calendar)
        moments = [calendar.opening(snapshot.common_day_from(day, person_id)) for day in days]
        for call, (due_at, ends_at) in enumerate(pairwise([*moments, moments[-1] + QUIET_FOR]), start=1):
            is_theirs = discussion.postponed or person_id == pair.employee_id or call == SCHEDULE_CALLS
            is_said = (
                _waits_for_an_answer(snapshot, due_at)
                or _has_to_answer(snapshot, person_id)
                or _was_answered(snapshot, due_at)
            )
            if is_theirs and due_at < ends_at and not is_said:
                yield PlannedNudge(
                    "schedule_next", discussion.pk, person_id, due_at, ends_at,
                    stage=str(call), to_each=person_id != pair.employee_id,
                )  # fmt: skip


def _call_days(snapshot: PairSnapshot, discussion: Discussion, calendar: WorkingCalendar) -> list[date]:
    """From which day on each of the calls may come: on the first one on which both are at work."""
    day = first_call(snapshot, discussion.due_on, calendar)
    return [day + ONE_WEEK * call for call in range(SCHEDULE_CALLS)]


def _waits_for_an_answer(snapshot: PairSnapshot, moment: datetime) -> bool:
    """Whether one of the two has asked to meet so lately that the answer may still come."""
    request = snapshot.waiting_request
    return request is not None and moment < request.asked_at + REQUEST_WAITS_FOR


def _was_answered(snapshot: PairSnapshot, moment: datetime) -> bool:
    """Whether the answer to a request to meet, which says itself what comes next, is newer than a week by then."""
    request = snapshot.meetings[-1] if snapshot.meetings else None
    if request is None or request.state not in {MeetingState.COUNTERED, MeetingState.DECLINED}:
        return False
    return request.answered_at is not None and moment < request.answered_at + ONE_WEEK


def _has_to_answer(snapshot: PairSnapshot, person_id: int) -> bool:
    """Whether a person has a request to meet to answer, which has reminders of its own."""
    request = snapshot.waiting_request
    return request is not None and request.asked_by_id != person_id


def wording_to_send(snapshot: PairSnapshot, minutes: int) -> str:
    """E5: words that the employee can send as they are, where the manager stays quiet."""
    return (
        f"Hi {formatting.first_name(snapshot.manager)}, could we find {minutes} minutes for our career discussion in "
        "the next two weeks? I'd like to plan with you how I can grow here. Any time that suits you is fine with me."
    )


def first_call(snapshot: PairSnapshot, due_on: date, calendar: WorkingCalendar) -> date:
    """The day on which a discussion without a date first comes up."""
    day = due_on - SCHEDULE_AHEAD
    if (since := snapshot.undated_since) is None:
        return day
    was_cancelled = snapshot.cancelled is not None and snapshot.cancelled.cancelled_at == since
    quiet = QUIET_AFTER_CANCELLING if was_cancelled else SCHEDULE_QUIET_WORKING_DAYS
    return max(day, calendar.working_days_after(calendar.day_of(since), quiet))


def schedule_next_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """By when the discussion is due, or was; the second time how long that is, the third time that it is the last."""
    if snapshot.current is None:
        return None
    other, today = formatting.first_name(snapshot.other_than(me.pk)), snapshot.today(me)
    due_on = snapshot.current.due_on
    by = formatting.day(due_on, today)
    which = f"Your next career discussion with {other}" if snapshot.held else f"Your career discussion with {other}"
    days = (due_on - today).days
    text = (
        f"{which} was due by {by} and has no date yet." if days < 0 else f"{which} is due by {by} and has no date yet."
    )
    match planned.stage:
        case "2" if days > 0:
            text = f"{text} That is in {formatting.count(days, 'day')}."
        case "2" if days < 0:
            text = f"{text} That was {formatting.count(-days, 'day')} ago."
        case "3" if me.id == snapshot.pair.manager_id and not snapshot.current.postponed:
            text = f"{text} I have been reminding {other}."
        case "3" if me.id == snapshot.pair.employee_id and not snapshot.current.postponed:
            words = wording_to_send(snapshot, snapshot.current.minutes)
            text = f"{text} This is my last weekly reminder. Below are words that you can send {other} as they are."
            return NudgeText(text, _ask_or_find(snapshot), quote=words, is_suggestion=True)
        case "3":
            text = f"{text} This is my last weekly reminder."
    is_employee = me.id == snapshot.pair.employee_id
    return NudgeText(text, _ask_or_find(snapshot) if is_employee else (_find_a_time(snapshot),))


def _ask_or_find(snapshot: PairSnapshot) -> tuple[Button, ...]:
    """E5: asking comes first for the employee, who may not want to choose for both."""
    ask = Button("Ask to meet", Action.OPEN_ASK, snapshot.pair.pk, primary=True)
    return ask, Button("Find a time", Action.OPEN_SCHEDULE, snapshot.pair.pk)


def schedule_next_reason(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """That it waited for the other one, or what ends these; the last one says so itself."""
    if snapshot.current is not None and _has_waited(snapshot, snapshot.current, planned, me):
        return f"I waited until {formatting.first_name(snapshot.other_than(me.pk))} was back."
    if planned.stage == str(SCHEDULE_CALLS):
        return None
    return "This comes once a week, three times at most, until there is a date."


def _has_waited(snapshot: PairSnapshot, discussion: Discussion, planned: PlannedNudge, me: Person) -> bool:
    """Whether a call comes later than it would have, since the other one was away."""
    calendar = snapshot.calendar(me.pk)
    day = _call_days(snapshot, discussion, calendar)[int(planned.stage) - 1]
    own = calendar.working_day_from(day)
    other = snapshot.calendar(snapshot.pair.other_than(me.pk))
    return own < calendar.day_of(planned.due_at) and other.day_off(own) is DayOff.ABSENCE


def gone_quiet(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E17: a discussion that gets no date, or is never wrapped up, comes up again for both."""
    discussion = snapshot.current
    if discussion is None or snapshot.pair.state is not PairState.ACTIVE:
        return
    key, round_, ended_at = discussion.pk, discussion.round, discussion.ends_at
    for person_id in snapshot.person_ids:
        calendar = snapshot.calendar(person_id)
        if ended_at is not None:
            since, calls = calendar.day_of(ended_at), UNWRAPPED_CALLS
        else:
            since = first_call(snapshot, discussion.due_on, calendar) + ONE_WEEK * (SCHEDULE_CALLS - 1)
            calls = QUIET_CALLS
        if snapshot.is_beyond(since + QUIET_FOR):
            continue
        days = [since + QUIET_FOR * call for call in range(1, calls + 2)]
        moments = [calendar.opening(snapshot.common_day_from(day, person_id)) for day in days]
        for call, (due_at, ends_at) in enumerate(pairwise(moments), start=1):
            if due_at < ends_at and not _waits_for_an_answer(snapshot, due_at):
                yield PlannedNudge(
                    "gone_quiet", key, person_id, due_at, ends_at, stage=str(call), round=round_, to_each=True
                )


def gone_quiet_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What is missing, and the button for it."""
    if (discussion := snapshot.current) is None:
        return None
    other, today = formatting.first_name(snapshot.other_than(me.pk)), snapshot.today(me)
    if discussion.starts_at is None:
        due, ago = formatting.day(discussion.due_on, today), _weeks_ago(discussion.due_on, today)
        if snapshot.held is None:
            begins = f"Your career discussions with {other} have not begun."
            missing = (
                f"The first one was due by {due}, {ago}, and has no date yet."
                if ago
                else f"The first one is due by {due} and has no date yet."
            )
        else:
            begins = f"Your career discussions with {other} have gone quiet."
            missing = (
                f"The next one was due by {due}, {ago}, and has no date yet."
                if ago
                else f"The next one is due by {due} and has no date yet."
            )
        text = f"{begins} {missing}"
        return NudgeText(text, (_find_a_time(snapshot),))
    when = formatting.moment(discussion.starts_at, me, today)
    ago = _weeks_ago(local_day(me, discussion.starts_at), today)
    text = (
        f"Your discussion with {other} on {when}, {ago}, was never wrapped up. Did it happen?"
        if ago
        else f"Your discussion with {other} on {when} was never wrapped up. Did it happen?"
    )
    return NudgeText(text, (Button("How did it go?", Action.OPEN_WRAP_UP, discussion.pk, primary=True),))


def gone_quiet_reason(snapshot: PairSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """What ends these."""
    is_dated = snapshot.current is not None and snapshot.current.starts_at is not None
    if is_dated:
        return "This comes every four weeks, three times at most, until it is wrapped up."
    return "This comes every four weeks, six times at most, until there is a date."


def _weeks_ago(day: date, today: date) -> str:
    """“5 weeks ago”, so that each repetition says something new; empty for less than a week, or a day to come."""
    weeks = (today - day).days // A_WEEK_OF_DAYS
    return f"{formatting.count(weeks, 'week')} ago" if weeks > 0 else ""


def date_set(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side hears of a date that was set or moved."""
    if (coming := snapshot.scheduled) is None:
        return
    discussion, starts_at = coming
    told_with_the_wrap_up = snapshot.held is not None and (
        (snapshot.held.wrapped_up_at, snapshot.held.wrapped_up_by_id) == (discussion.dated_at, discussion.dated_by_id)
    )
    if discussion.dated_by_id is None or discussion.dated_at is None or told_with_the_wrap_up:
        return
    other = snapshot.pair.other_than(discussion.dated_by_id)
    due_at = snapshot.calendar(other).next_open(discussion.dated_at)
    if due_at < starts_at:
        yield PlannedNudge("date_set", discussion.pk, other, due_at, starts_at, round=discussion.round)


def date_set_key(discussion: Discussion) -> str:
    """The key of the news of the date that a discussion has now."""
    return key_of("date_set", discussion.pk, round_=discussion.round)


def date_set_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """The date, on both clocks; and the one before that the reader knows of, where there was one."""
    if (coming := snapshot.scheduled) is None:
        return None
    discussion, starts_at = coming
    other, today = snapshot.other_than(me.pk), snapshot.today(me)
    name, when = formatting.first_name(other), formatting.both_clocks(starts_at, me, other, today)
    if discussion.moved_from == starts_at:  # another length, or moved away and back before this was sent
        text = f"{name} edited your career discussion: it is on {when}, {discussion.minutes} minutes."
    elif discussion.moved_from is None:
        text = f"{name} set a date for your career discussion: {when}, {discussion.minutes} minutes."
    elif (day := local_day(me, starts_at)) == local_day(me, discussion.moved_from):
        on, before = formatting.day(day, today), formatting.clock(discussion.moved_from, me)
        when = formatting.both_clocks(starts_at, me, other, today, names_day=False)
        text = f"{name} moved your career discussion on {on} from {before} to {when}, {discussion.minutes} minutes."
    else:
        before = formatting.moment(discussion.moved_from, me, today)
        text = f"{name} moved your career discussion from {before} to {when}, {discussion.minutes} minutes."
    return NudgeText(
        text,
        (
            Button("Prepare", Action.OPEN_PREPARATION, snapshot.pair.pk, primary=True),
            Button("Another time", Action.OPEN_SCHEDULE, snapshot.pair.pk),
            calendar_button(discussion, is_news=discussion.moved_from is None),
        ),
    )


def calendar_button(discussion: Discussion, *, is_news: bool = True) -> Button:
    """Sends the file that brings a calendar in line with a discussion: that adds it, moves it or takes it out.

    `is_news` says whether the person knew of no other date of it.
    """
    if discussion.state is not DiscussionState.SCHEDULED:
        label = "Remove from calendar"
    else:
        label = "Add to calendar" if is_news else "Update my calendar"
    return Button(label, Action.CALENDAR_FILE, discussion.pk)


def postponed(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side hears that a date was dropped without a new one (E10)."""
    discussion = snapshot.current
    if discussion is None or not discussion.postponed or discussion.moved_from is None:
        return
    if discussion.dated_at is None or discussion.dated_by_id is None:
        return
    other = snapshot.pair.other_than(discussion.dated_by_id)
    due_at = snapshot.calendar(other).next_open(discussion.dated_at)
    ends_at = max(due_at, discussion.dated_at) + CANCELLED_IS_NEWS
    yield PlannedNudge("postponed", discussion.pk, other, due_at, ends_at, round=discussion.round)


def postponed_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Which date there was, by when there should be one, and that both are reminded."""
    discussion = snapshot.current
    if discussion is None or discussion.moved_from is None:
        return None
    other = formatting.first_name(snapshot.other_than(me.pk))
    before = formatting.moment(discussion.moved_from, me, snapshot.today(me))
    by = formatting.day(discussion.due_on, snapshot.today(me))
    return NudgeText(
        f"{other} dropped the date of your career discussion, {before}, without setting a new one. "
        f"It is due by {by}; I'll remind you both.",
        (_find_a_time(snapshot), calendar_button(discussion)),
    )


def cancelled(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side hears that a discussion was cancelled, if they knew of a date."""
    discussion = snapshot.cancelled
    if (
        discussion is None
        or discussion.cancelled_at is None
        or discussion.cancelled_by_id is None
        or discussion.moved_from is None
    ):
        return
    other = snapshot.pair.other_than(discussion.cancelled_by_id)
    due_at = snapshot.calendar(other).next_open(discussion.cancelled_at)
    ends_at = max(due_at, discussion.cancelled_at) + CANCELLED_IS_NEWS
    yield PlannedNudge("cancelled", discussion.pk, other, due_at, ends_at)


def cancelled_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """The date that the reader knew, and that the next discussion needs one, if it still does."""
    discussion = snapshot.cancelled
    if discussion is None or discussion.moved_from is None:
        return None
    other = formatting.first_name(snapshot.other_than(me.pk))
    when = formatting.moment(discussion.moved_from, me, snapshot.today(me))
    text = f"{other} cancelled your career discussion on {when}."
    if snapshot.scheduled is not None:
        return NudgeText(text)
    return NudgeText(f"{text} Next, find a new date.", (_find_a_time(snapshot), calendar_button(discussion)))


def is_far_enough_to_edit(snapshot: PairSnapshot, planned: PlannedNudge, sent_at: datetime) -> bool:
    """Whether a move may be said by editing the news of the same day, which notifies no one.

    Neither the date that the reader knows nor the new one comes before the end of their next working day: the message
    on the day before is then still to come, on a later day, and names the new date.
    """
    if (coming := snapshot.scheduled) is None or coming[0].moved_from is None:
        return False
    calendar = snapshot.calendar(planned.person_id)
    today = calendar.day_of(planned.due_at)
    soon = calendar.working_days_after(today, 1)
    return calendar.day_of(sent_at) == today and calendar.day_of(min(coming[1], coming[0].moved_from)) > soon


def _find_a_time(snapshot: PairSnapshot) -> Button:
    return Button("Find a time", Action.OPEN_SCHEDULE, snapshot.pair.pk, primary=True)


KINDS = (
    NudgeKind(
        "schedule_next", Urgency.MAY_WAIT, ReadingOrder.DATE, schedule_next, schedule_next_text, schedule_next_reason,
        topic=Topic.DATES, outcome=outcomes.dated, series=outcomes.OPEN_DISCUSSION,
    ),
    NudgeKind(
        "gone_quiet", Urgency.MAY_WAIT, ReadingOrder.DATE, gone_quiet, gone_quiet_text, gone_quiet_reason,
        topic=Topic.DATES, outcome=outcomes.dated, series=outcomes.OPEN_DISCUSSION,
    ),
    NudgeKind(
        "date_set", Urgency.NEVER_HELD_BACK, ReadingOrder.DATE, date_set, date_set_text,
        outcome=outcomes.became_of, may_reword=is_far_enough_to_edit,
    ),
    NudgeKind(
        "postponed", Urgency.NEVER_HELD_BACK, ReadingOrder.DATE, postponed, postponed_text, outcome=outcomes.dated
    ),
    NudgeKind(
        "cancelled", Urgency.NEVER_HELD_BACK, ReadingOrder.DATE, cancelled, cancelled_text,
        outcome=outcomes.the_date, is_over=outcomes.is_dated,
    ),
)  # fmt: skip
