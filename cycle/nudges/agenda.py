"""The agenda: the employee proposes items a week ahead, and the manager answers them (practice E15)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from cycle import formatting
from cycle.calendar import WorkingCalendar
from cycle.nudges import outcomes
from cycle.nudges.day_before import brief_due
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.agenda import ACTIVE_ITEMS, AgendaItem, ItemState
from storage.discussions import Discussion
from storage.people import Person

# The proposal is to be out a week ahead (E15): the first nudge leaves two days for it, the last call an hour.
FIRST_CALL = timedelta(days=9)
OUT_BY = timedelta(days=7)
READ_IN_WORKING_DAYS = 2  # of the manager
LAST_CALL_MARGIN = timedelta(hours=1)
# A call on the day after the first, which a date set late can lead to, would only repeat it.
BETWEEN_CALLS = timedelta(days=2)
# The manager has two working days before being asked to answer a proposal.
ANSWER_AFTER_WORKING_DAYS = 2


class News(NamedTuple):
    """What is told of items that were answered, and how each is quoted below it."""

    one: str
    many: str
    label: str


# To their author, in the order in which it is told: what the other side made of them.
ANSWERED = {
    ItemState.COUNTERED: News(
        "{name} suggests other words for one of your agenda items. Would you take them?",
        "{name} suggests other words for {number} of your agenda items. Would you take them?",
        "Suggested",
    ),
    ItemState.ACCEPTED: News(
        "{name} accepted one of your agenda items.", "{name} accepted {number} of your agenda items.", "Accepted"
    ),
    ItemState.AMENDED: News(
        "{name} reworded one of your agenda items.", "{name} reworded {number} of your agenda items.", "Reworded"
    ),
    ItemState.CARRIED_OVER: News(
        "{name} left one of your agenda items for next time.",
        "{name} left {number} of your agenda items for next time.",
        "Left for next time",
    ),
}
# To the other side: what the author made of other words that they suggested.
COUNTER_ANSWERED = {
    ItemState.AMENDED: News(
        "{name} took your words for an agenda item.", "{name} took your words for {number} agenda items.", "Your words"
    ),
    ItemState.KEPT: News(
        "{name} kept the words of an agenda item.", "{name} kept the words of {number} agenda items.", "Kept"
    ),
}
# To the employee, who has nothing else to tell them of it before they talk: the manager is asked to answer theirs.
ADDED = News("{name} added an agenda item.", "{name} added {number} agenda items.", "Added")
QUOTED = 200  # characters of an item: enough to know which it is
MOST_QUOTED = 10  # items

FIRST = "first"  # stages
LAST = "last"


def propose_agenda(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E15: nine days before, and a last call in time for a week before; both before the brief."""
    if (coming := snapshot.scheduled) is None or snapshot.proposed_items:
        return
    discussion, starts_at = coming
    employee_id = snapshot.pair.employee_id
    calendar = snapshot.calendar(employee_id)
    brief = brief_due(discussion, starts_at, calendar)
    earlier = _earlier(snapshot, starts_at)
    first, last = _first_call(discussion, starts_at - earlier, calendar), _last_call(starts_at - earlier, calendar)
    calls = [(stage, due_at) for stage, due_at in ((FIRST, first), (LAST, last)) if due_at < brief]
    if _was_asked_before(discussion, starts_at, calendar):
        calls = [call for call in calls if call[0] == LAST and discussion.dated_at and call[1] > discussion.dated_at]
    elif last < first + BETWEEN_CALLS:
        calls = [call for call in calls if call[0] == FIRST]
    ends = [*(due_at for _stage, due_at in calls[1:]), brief]
    for (stage, due_at), ends_at in zip(calls, ends, strict=False):
        yield PlannedNudge(
            "propose_agenda", discussion.pk, employee_id, due_at, ends_at, stage=stage, round=discussion.round
        )


def _earlier(snapshot: PairSnapshot, starts_at: datetime) -> timedelta:
    """How many days earlier than usual the employee is asked, so that the manager can read what they propose.

    Not at all, unless the manager is off for most of the week before.
    """
    calendar = snapshot.calendar(snapshot.pair.manager_id)
    out_by, day = calendar.day_of(starts_at - OUT_BY), calendar.day_of(starts_at)
    missing = READ_IN_WORKING_DAYS - calendar.working_days_between(out_by, day)
    return out_by - calendar.working_days_before(out_by, missing) if missing > 0 else timedelta()


def _was_asked_before(discussion: Discussion, starts_at: datetime, calendar: WorkingCalendar) -> bool:
    """Whether a date was moved when the first call for the old one, and that for the new one, had already come."""
    if discussion.dated_at is None or discussion.moved_from is None:
        return False
    return all(_nine_days_before(one, calendar) < discussion.dated_at for one in (starts_at, discussion.moved_from))


def _nine_days_before(starts_at: datetime, calendar: WorkingCalendar) -> datetime:
    return calendar.opening(calendar.working_day_until(calendar.day_of(starts_at - FIRST_CALL)))


def _first_call(discussion: Discussion, starts_at: datetime, calendar: WorkingCalendar) -> datetime:
    first = _nine_days_before(starts_at, calendar)
    if discussion.dated_at is None:
        return first
    # Nobody is asked on the day on which the date was set.
    return max(first, calendar.opening(calendar.working_days_after(calendar.day_of(discussion.dated_at), 1)))


def _last_call(starts_at: datetime, calendar: WorkingCalendar) -> datetime:
    latest = starts_at - OUT_BY - LAST_CALL_MARGIN
    day = calendar.working_day_until(calendar.day_of(latest))
    return calendar.opening(day if calendar.opening(day) <= latest else calendar.working_days_before(day, 1))


def propose_agenda_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """When they talk, and that items are welcome."""
    if (coming := snapshot.scheduled) is None:
        return None
    manager, when = formatting.first_name(snapshot.manager), formatting.near_moment(coming[1], me, snapshot.today(me))
    text = (
        f"Your career discussion with {manager} is {when}. Today is a good day to propose two or three agenda items."
        if planned.stage == LAST
        else f"Your career discussion with {manager} is {when}. What would you like to talk about?"
    )
    return NudgeText(
        f"{text} {carried}" if (carried := _carried(snapshot)) else text,
        (
            Button("Propose agenda items", Action.OPEN_AGENDA, snapshot.pair.pk, primary=True),
            Button("Prepare", Action.OPEN_PREPARATION, snapshot.pair.pk),
        ),
    )


def _carried(snapshot: PairSnapshot) -> str:
    carried = sum(item.carried_from_id is not None and item.state in ACTIVE_ITEMS for item in snapshot.agenda)
    if carried == 0:
        return ""
    return (
        "One agenda item is left from last time."
        if carried == 1
        else f"{carried} agenda items are left from last time."
    )


def propose_agenda_reason(snapshot: PairSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """Why to propose early, or earlier than usual."""
    if snapshot.scheduled is not None and _earlier(snapshot, snapshot.scheduled[1]):
        manager = formatting.first_name(snapshot.manager)
        return f"I'm asking early: {manager} is off for most of the week before."
    return "Items that are known ahead of time give both of you time to think."


def propose_agenda_outcome(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """What became of the date, or that items are proposed."""
    became = outcomes.became_of(snapshot, planned, me)
    return became or ("You proposed agenda items." if snapshot.proposed_items else None)


def answer_agenda_outcome(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """What became of the date, or that the items are answered."""
    became = outcomes.became_of(snapshot, planned, me)
    return became or ("You answered." if snapshot.proposed_items and not snapshot.unanswered_items else None)


def answer_agenda(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The manager accepts, rewords or adds, two working days after a proposal."""
    unanswered = snapshot.unanswered_items
    if (coming := snapshot.scheduled) is None or not unanswered:
        return
    discussion, starts_at = coming
    manager_id = snapshot.pair.manager_id
    calendar = snapshot.calendar(manager_id)
    proposed_on = calendar.day_of(min(item.proposed_at for item in unanswered))
    due_at = calendar.opening(calendar.working_days_after(proposed_on, ANSWER_AFTER_WORKING_DAYS))
    brief = brief_due(discussion, starts_at, calendar)
    if due_at < brief:
        yield PlannedNudge("answer_agenda", discussion.pk, manager_id, due_at, brief, round=discussion.round)


def answer_agenda_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """How many items wait, and for which discussion."""
    waiting = len(snapshot.unanswered_items)
    if (coming := snapshot.scheduled) is None or not waiting:
        return None
    employee, when = formatting.first_name(snapshot.employee), formatting.moment(coming[1], me, snapshot.today(me))
    text = (
        f"{employee} proposed an agenda item for your discussion on {when}. "
        "You can accept it, reword it or add your own."
        if waiting == 1
        else f"{employee} proposed {waiting} agenda items for your discussion on {when}. "
        "You can accept them, reword them or add your own."
    )
    return NudgeText(text, (Button("See the agenda", Action.OPEN_AGENDA, snapshot.pair.pk, primary=True),))


def answer_agenda_reason(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> str | None:
    """Since when the oldest of them has waited."""
    since = min((item.proposed_at for item in snapshot.unanswered_items), default=None)
    if since is None:
        return None
    day = formatting.day(local_day(me, since), snapshot.today(me))
    is_one = len(snapshot.unanswered_items) == 1
    return f"It has waited for your answer since {day}." if is_one else f"The first has waited for you since {day}."


def agenda_answered(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E15: who wrote agenda items, or suggested words, hears how they were answered, once a day, as the day begins.

    The employee hears of items that the manager has added in the same message.
    """
    if (discussion := snapshot.current) is None:
        return
    ends_at = snapshot.scheduled[1] if snapshot.scheduled else None
    for person_id in snapshot.person_ids:
        for due_at in sorted({due_at for due_at, _item, _news in _answers(snapshot, person_id)}):
            yield PlannedNudge(
                "agenda_answered", discussion.pk, person_id, due_at, ends_at,
                stage=due_at.isoformat(), to_each=True,
            )  # fmt: skip


def _answers(snapshot: PairSnapshot, person_id: int) -> list[tuple[datetime, AgendaItem, News]]:
    """Each item that is news to a person, for its answer or for being there, with when they hear of it and what."""
    calendar, coming = snapshot.calendar(person_id), snapshot.scheduled
    told = []
    for item in snapshot.agenda:
        happened_at, news = _happened(item, person_id, is_told_of_new=person_id == snapshot.pair.employee_id)
        if happened_at is None or news is None:
            continue
        due_at = _next_morning(happened_at, calendar)
        if coming is not None and due_at >= coming[1]:  # too late for a discussion that is about to begin
            due_at = calendar.next_open(happened_at)
        if coming is None or due_at < coming[1]:
            told.append((due_at, item, news))
    return told


def _happened(item: AgendaItem, person_id: int, *, is_told_of_new: bool) -> tuple[datetime | None, News | None]:
    """What last happened to an item that is news to a person, and when; None where nothing is."""
    if item.author_id == person_id:
        return item.answered_at, ANSWERED.get(item.state)
    if is_told_of_new and _is_new(item):
        return item.proposed_at, ADDED
    return item.counter_answered_at, COUNTER_ANSWERED.get(item.state)


def _is_new(item: AgendaItem) -> bool:
    """Whether an item has come up for this discussion, and the side that did not propose it has not answered it."""
    return item.carried_from_id is None and item.state is ItemState.PROPOSED


def _next_morning(moment: datetime, calendar: WorkingCalendar) -> datetime:
    day = calendar.day_of(moment)
    opening = calendar.opening(calendar.working_day_from(day))
    return opening if opening > moment else calendar.opening(calendar.working_days_after(day, 1))


def agenda_answered_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """How many items were countered, accepted, reworded, left for next time and added; which is quoted below."""
    told = [(item, news) for due_at, item, news in _answers(snapshot, me.pk) if due_at == planned.due_at]
    if not told:
        return None
    name, sentences = formatting.first_name(snapshot.other_than(me.pk)), list[str]()
    for news in (*ANSWERED.values(), *COUNTER_ANSWERED.values(), ADDED):
        number = sum(its is news for _item, its in told)
        if number:
            sentences.append((news.one if number == 1 else news.many).format(name=name, number=number))
    lines = [line for item, news in told[:MOST_QUOTED] for line in _quoted(item, news)]
    if (left := len(told) - MOST_QUOTED) > 0:
        lines.append(f"And {formatting.count(left, 'item')} more.")
    see = Button("See the agenda", Action.OPEN_AGENDA, snapshot.pair.pk, primary=True)
    return NudgeText(" ".join(sentences), (see,), quote="\n".join(lines))


def _quoted(item: AgendaItem, news: News) -> Iterator[str]:
    """An item that was answered; where other words are suggested, both."""
    if item.state is ItemState.COUNTERED and item.counter_text is not None:
        yield f"{news.label}: {_line(item.counter_text)}"
        yield f"Instead of: {_line(item.text)}"
    else:
        yield f"{news.label}: {_line(item.text)}"


def _line(words: str) -> str:
    return formatting.shorten(" ".join(words.split()), QUOTED)


KINDS = (
    NudgeKind(
        "propose_agenda", Urgency.MAY_WAIT, ReadingOrder.NEXT_DISCUSSION, propose_agenda, propose_agenda_text,
        propose_agenda_reason, topic=Topic.PREPARING, outcome=propose_agenda_outcome,
    ),
    NudgeKind(
        "answer_agenda", Urgency.MAY_WAIT, ReadingOrder.NEXT_DISCUSSION, answer_agenda, answer_agenda_text,
        answer_agenda_reason, topic=Topic.PREPARING, outcome=answer_agenda_outcome,
    ),
    NudgeKind(
        "agenda_answered", Urgency.MAY_WAIT, ReadingOrder.NEXT_DISCUSSION, agenda_answered, agenda_answered_text,
        topic=Topic.NEWS, outcome=outcomes.became_of,
    ),
)  # fmt: skip
