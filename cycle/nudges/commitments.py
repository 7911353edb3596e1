"""Commitments: remembered before their date and kindly after it, and changed by both together (practice E13)."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import pairwise

from cycle import formatting
from cycle.nudges.kind import (
    BOTH,
    Action,
    Button,
    ListItem,
    NudgeKind,
    NudgeText,
    PlannedNudge,
    ReadingOrder,
    Topic,
    Urgency,
)
from cycle.snapshot import PairSnapshot
from storage.commitments import ChangeRequest, Commitment, RequestState
from storage.people import Person

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
# A week-ahead reminder within three days of agreeing would only repeat what was just said.
WEEK_AHEAD_NEEDS = timedelta(days=3)
# Reminded on the first working day after the date and weekly twice; then a new date is suggested to both.
OVERDUE_REMINDERS = 3
# The answer to a request for a change is news for a week.
ANSWER_IS_NEWS = timedelta(days=7)
# Characters of a commitment in a message: enough to tell it from another, few enough for a phone.
QUOTED = 200
# That one was kept reaches the other side on the next working morning: "Done" was hardly a slip then, and several
# kept on one day are one message. It is news for a week.
KEPT_IS_NEWS = timedelta(days=7)

ONE_COMMITMENT = "commitment"  # the series of reminders before and after its date

WEEK = "week"  # stages
DAY = "day"
FIRST_OVERDUE = "1"
LAST_OVERDUE = str(OVERDUE_REMINDERS)


def commitment_ahead(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E13: to the owner, a week and a working day before the date, where there is that much time.

    While a change is asked for, nobody asks whether it is on its way.
    """
    for commitment in snapshot.commitments:
        if snapshot.change_is_asked(commitment):
            continue
        owner_id, due_on = commitment.owner_id, commitment.due_on
        calendar = snapshot.calendar(owner_id)
        agreed_on = calendar.day_of(commitment.agreed_at)
        week_day = calendar.working_day_until(due_on - ONE_WEEK)
        eve = calendar.working_days_before(due_on, 1)
        if agreed_on + WEEK_AHEAD_NEEDS <= week_day < eve:
            due_at, ends_at = calendar.opening(week_day), calendar.opening(eve)
            yield PlannedNudge("commitment_ahead", commitment.pk, owner_id, due_at, ends_at, stage=WEEK)
        if eve > agreed_on:
            due_at, ends_at = calendar.opening(eve), calendar.opening(due_on + ONE_DAY)
            yield PlannedNudge("commitment_ahead", commitment.pk, owner_id, due_at, ends_at, stage=DAY)


def commitment_ahead_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Which one, and when it is due."""
    if (commitment := snapshot.commitment(planned.subject_id)) is None:
        return None
    other, today = formatting.first_name(snapshot.other_than(me.pk)), snapshot.today(me)
    text = f"Your commitment to {other} is due {formatting.near_day(commitment.due_on, today)}. Is it on its way?"
    return NudgeText(text, _buttons(snapshot, commitment, me), quote=quoted(commitment))


def commitment_overdue(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E13: the first working day after, weekly twice, then a new date is suggested to both."""
    for commitment in snapshot.commitments:
        if snapshot.is_beyond(commitment.due_on) or snapshot.change_is_asked(commitment):
            continue
        key, owner_id = commitment.pk, commitment.owner_id
        calendar = snapshot.calendar(owner_id)
        first = calendar.working_days_after(commitment.due_on, 1)
        days = [calendar.working_day_from(first + ONE_WEEK * week) for week in range(OVERDUE_REMINDERS + 1)]
        moments = [calendar.opening(day) for day in days]
        for number, (due_at, ends_at) in enumerate(pairwise(moments), start=1):
            if due_at < ends_at:
                yield PlannedNudge("commitment_overdue", key, owner_id, due_at, ends_at, stage=str(number))
        for person_id in snapshot.person_ids:
            due_at = snapshot.calendar(person_id).next_open(moments[-1])
            yield PlannedNudge("commitment_overdue", key, person_id, due_at, stage=BOTH, to_each=True)


def commitment_overdue_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Which one, since when, and that a new date is fine."""
    if (commitment := snapshot.commitment(planned.subject_id)) is None:
        return None
    other, is_mine = formatting.first_name(snapshot.other_than(me.pk)), commitment.owner_id == me.id
    due = formatting.day(commitment.due_on, snapshot.today(me))
    match planned.stage:
        case stage if stage == BOTH:
            text = (
                f"Your commitment to {other} from {due} is still open. You two could agree on a new date."
                if is_mine
                else f"{other}'s commitment from {due} is still open. You two could agree on a new date."
            )
        case stage if stage == FIRST_OVERDUE:
            text = f"Your commitment to {other} was due on {due}. Done, or shall we find a date that works?"
        case stage if stage == LAST_OVERDUE:
            text = (
                f"Your commitment to {other} from {due} is still open. If you are still at it next week, I'll suggest "
                "a new date to you both."
            )
        case _:
            text = f"Your commitment to {other} from {due} is still open. If it has grown, a new date is fine."
    return NudgeText(text, _buttons(snapshot, commitment, me), quote=quoted(commitment))


def commitment_overdue_reason(_snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> str | None:
    """Why both get it, and not its owner alone."""
    return "You agreed on this together, so it goes to you both." if planned.stage == BOTH else None


def commitment_item(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> ListItem | None:
    """When it is due, or was, below one lead for all that one of the two has promised the other."""
    if (commitment := snapshot.commitment(planned.subject_id)) is None:
        return None
    other, today = formatting.first_name(snapshot.other_than(me.pk)), snapshot.today(me)
    is_mine = commitment.owner_id == me.id
    text = (
        f"Due {formatting.near_day(commitment.due_on, today)}."
        if planned.kind == "commitment_ahead"
        else f"Was due on {formatting.day(commitment.due_on, today)}."
    )
    match planned.stage:
        case stage if stage == BOTH:
            text = f"{text} You two could agree on a new date."
        case stage if planned.kind == "commitment_overdue" and stage == LAST_OVERDUE:
            text = f"{text} If you are still at it next week, I'll suggest a new date to you both."
    list_key = f"commitments:{commitment.pair_id}:{commitment.owner_id}"
    return ListItem(list_key, text, commitment.due_on, partial(_lead, other, is_mine))


def _lead(other: str, is_mine: bool, number: int) -> str:  # noqa: FBT001 - bound by position
    """Above several commitments. It counts and asks, and so remains true when some of them are done."""
    if is_mine:
        return f"Here are {number} of your commitments to {other}. How are they going?"
    return f"Here are {number} of {other}'s commitments to you that have passed their date."


def commitment_outcome(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """That a change is asked for or agreed on, or that it is done."""
    of_this = [one for one in snapshot.requests if one.commitment_id == planned.subject_id]
    if snapshot.commitment(planned.subject_id) is None:
        agreed = next((one for one in of_this if one.state is RequestState.AGREED), None)
        if agreed is None:
            return "Done."
        return f"You two agreed on a change: it is due on {formatting.day(agreed.due_on, snapshot.today(me))}."
    asked = next((one for one in of_this if one.state is RequestState.ASKED), None)
    if asked is None:
        return None
    name = formatting.first_name(snapshot.by_id(asked.asked_by_id))
    return "You asked for a change." if asked.asked_by_id == me.id else f"{name} asked for a change."


def quoted(commitment: Commitment | ChangeRequest) -> str:
    """The words of a commitment on one line, shortened, so that two that are due together can be told apart."""
    return formatting.shorten(" ".join(commitment.text.split()), QUOTED)


def _buttons(snapshot: PairSnapshot, commitment: Commitment, me: Person) -> tuple[Button, ...]:
    show = Button("Show it", Action.OPEN_COMMITMENTS, snapshot.pair.pk, primary=True)
    new_date = Button("New date", Action.NEW_DATE, commitment.pk)
    if commitment.owner_id != me.id:
        return show, new_date
    return show, Button("Done", Action.COMMITMENT_DONE, commitment.pk), new_date


def change_asked(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side is asked to agree to a change of a commitment."""
    for request in snapshot.requests:
        if request.state is RequestState.ASKED:
            other = snapshot.pair.other_than(request.asked_by_id)
            yield PlannedNudge("change_asked", request.pk, other, snapshot.calendar(other).next_open(request.asked_at))


def change_asked_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Whose commitment, and what would change: its dates are in the text, its words in the quotation."""
    request = snapshot.request(planned.subject_id)
    commitment = snapshot.commitment(request.commitment_id) if request else None
    if request is None or commitment is None:
        return None
    other, today = formatting.first_name(snapshot.other_than(me.pk)), snapshot.today(me)
    before, after = formatting.day(commitment.due_on, today), formatting.day(request.due_on, today)
    one = "one of your commitments" if commitment.owner_id == me.id else "one of their commitments"
    new_words, new_date = commitment.text != request.text, commitment.due_on != request.due_on
    if new_words and new_date:
        text = f"{other} would like to reword {one} and move it from {before} to {after}."
    elif new_date:
        text = f"{other} would like to move {one} from {before} to {after}."
    else:
        text = f"{other} would like to reword {one}."
    words = f"Now: {quoted(commitment)}\nProposed: {quoted(request)}" if new_words else quoted(commitment)
    answer = Button("See and answer", Action.ANSWER_CHANGE, request.pk, primary=True)
    return NudgeText(text, (answer,), quote=words)


def change_asked_reason(_snapshot: PairSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """Why the person's answer is needed."""
    return "A commitment changes only when you both agree."


def change_asked_outcome(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> str | None:
    """The answer; or that none is needed, where the commitment was kept or changed meanwhile."""
    request = snapshot.request(planned.subject_id)
    match request.state if request else None:
        case RequestState.AGREED:
            return "You agreed."
        case RequestState.DECLINED:
            return "You kept what you had agreed on."
        case _:
            return "No answer is needed any more."


def change_answered(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The person who asked for a change gets the answer."""
    for request in snapshot.requests:
        if request.answered_at is not None and request.state in {RequestState.AGREED, RequestState.DECLINED}:
            due_at = snapshot.calendar(request.asked_by_id).next_open(request.answered_at)
            ends_at = max(due_at, request.answered_at) + ANSWER_IS_NEWS
            yield PlannedNudge("change_answered", request.pk, request.asked_by_id, due_at, ends_at)


def change_answered_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """The answer."""
    if (request := snapshot.request(planned.subject_id)) is None:
        return None
    other, day = formatting.first_name(snapshot.other_than(me.pk)), request.due_on
    text = (
        f"{other} agreed to your change: it is due on {formatting.day(day, snapshot.today(me))}."
        if request.state is RequestState.AGREED
        else f"{other} would rather keep what you agreed on. Perhaps talk it over?"
    )
    show = Button("Show commitments", Action.OPEN_COMMITMENTS, snapshot.pair.pk)
    return NudgeText(text, (show,), quote=_agreed_words(snapshot, request))


def _agreed_words(snapshot: PairSnapshot, request: ChangeRequest) -> str | None:
    """The words that count after the answer: the new ones, or the old ones."""
    if request.state is RequestState.AGREED:
        return quoted(request)
    commitment = snapshot.commitment(request.commitment_id)
    return quoted(commitment) if commitment else None


def commitment_kept(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side hears that a commitment was kept, on their next working morning (E13)."""
    for commitment in snapshot.kept:
        if commitment.settled_at is None:
            continue
        other = snapshot.pair.other_than(commitment.owner_id)
        calendar = snapshot.calendar(other)
        due_at = calendar.opening(calendar.working_days_after(calendar.day_of(commitment.settled_at), 1))
        yield PlannedNudge("commitment_kept", commitment.pk, other, due_at, due_at + KEPT_IS_NEWS)


def commitment_kept_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Who kept it; its words are quoted."""
    commitment = next((one for one in snapshot.kept if one.pk == planned.subject_id), None)
    if commitment is None:
        return None
    other = formatting.first_name(snapshot.other_than(me.pk))
    return NudgeText(f"{other} kept a commitment to you.", quote=quoted(commitment))


KINDS = (
    NudgeKind(
        "commitment_ahead", Urgency.MAY_WAIT, ReadingOrder.COMMITMENTS, commitment_ahead, commitment_ahead_text,
        topic=Topic.COMMITMENTS, outcome=commitment_outcome, series=ONE_COMMITMENT, item=commitment_item,
    ),
    NudgeKind(
        "commitment_overdue", Urgency.MAY_WAIT, ReadingOrder.COMMITMENTS, commitment_overdue, commitment_overdue_text,
        commitment_overdue_reason,
        topic=Topic.COMMITMENTS, outcome=commitment_outcome, series=ONE_COMMITMENT, item=commitment_item,
    ),
    NudgeKind(
        "change_asked", Urgency.NEVER_HELD_BACK, ReadingOrder.COMMITMENTS, change_asked, change_asked_text,
        change_asked_reason, outcome=change_asked_outcome,
    ),
    NudgeKind(
        "change_answered", Urgency.NEVER_HELD_BACK, ReadingOrder.COMMITMENTS, change_answered, change_answered_text
    ),
    NudgeKind(
        "commitment_kept", Urgency.MAY_WAIT, ReadingOrder.COMMITMENTS, commitment_kept, commitment_kept_text,
        topic=Topic.NEWS,
    ),
)  # fmt: skip
