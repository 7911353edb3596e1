"""In between: questions and answers about commitments and objectives, a reminder to write halfway (practice E14)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cycle import formatting
from cycle.nudges.commitments import quoted
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PairSnapshot
from storage.pairs import PairState
from storage.people import Person
from storage.updates import Update, UpdateKind

# A question comes up once more after this; then the App Home shows it.
AGAIN_AFTER_WORKING_DAYS = 3
QUESTION_MATTERS_FOR = timedelta(days=21)
# How something is going is no news later.
IS_NEWS = timedelta(days=14)
# With less time between two discussions, halfway is too soon after the one and too close to the other.
CHECK_IN_NEEDS = timedelta(days=28)
CHECK_IN_MATTERS_FOR = timedelta(days=7)
# Around the date of a commitment its reminders ask how it is going.
REMINDED_WITHIN = timedelta(days=8)

FIRST = "first"  # stages
AGAIN = "again"


def guidance_asked(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """A question reaches the other side, and comes up once more."""
    for update in snapshot.updates:
        if update.kind is not UpdateKind.QUESTION or update.answered_at is not None:
            continue
        other = snapshot.pair.other_than(update.author_id)
        calendar = snapshot.calendar(other)
        first = calendar.next_open(update.written_at)
        again = calendar.opening(calendar.working_days_after(calendar.day_of(first), AGAIN_AFTER_WORKING_DAYS))
        for stage, due_at, ends_at in ((FIRST, first, again), (AGAIN, again, again + QUESTION_MATTERS_FOR)):
            yield PlannedNudge("guidance_asked", update.pk, other, due_at, ends_at, stage=stage)


def guidance_asked_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Who asks, about whose commitment or objective; the question itself, since it was written to be sent."""
    if (update := _update(snapshot, planned)) is None:
        return None
    other = formatting.first_name(snapshot.other_than(me.pk))
    if planned.stage == AGAIN:
        asked_on = formatting.day(snapshot.calendar(me.pk).day_of(update.written_at), snapshot.today(me))
        text = f"On {asked_on}, {other} asked for your guidance and is still waiting for your answer."
    else:
        text = f"{other} asks for your guidance on {_whose(snapshot, update, me)}."
    return NudgeText(text, (thread("Answer", update, primary=True),), quote=_quote(snapshot, update))


def guidance_asked_outcome(_snapshot: PairSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """The rule stops calling for it with the answer."""
    return "You answered."


def guidance_given(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """An answer reaches the person who asked."""
    yield from _news(snapshot, "guidance_given", UpdateKind.ANSWER)


def guidance_given_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Who answered, about what, and the answer."""
    if (update := _update(snapshot, planned)) is None:
        return None
    other = formatting.first_name(snapshot.other_than(me.pk))
    text = f"{other} answered your question about {_whose(snapshot, update, me)}."
    return NudgeText(text, (thread("Write back", update),), quote=_quote(snapshot, update))


def progress_told(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """How something is going reaches the other side."""
    yield from _news(snapshot, "progress_told", UpdateKind.PROGRESS)


def progress_told_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Who wrote, about what, and the words."""
    if (update := _update(snapshot, planned)) is None:
        return None
    other = formatting.first_name(snapshot.other_than(me.pk))
    text = f"{other} wrote to you about {_whose(snapshot, update, me)}."
    return NudgeText(text, (thread("Write back", update),), quote=_quote(snapshot, update))


def check_in(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """To the employee, halfway from one discussion to the next, unless they have written since."""
    if (way := _way(snapshot)) is None:
        return
    since, until = way
    employee_id = snapshot.pair.employee_id
    mine = [one for one in snapshot.commitments if one.owner_id == employee_id]
    wrote = any(one.author_id == employee_id and one.written_at >= since for one in snapshot.updates)
    if wrote or not mine or snapshot.current is None:
        return
    calendar = snapshot.calendar(employee_id)
    day = calendar.working_day_from(calendar.day_of(since + (until - since) / 2))
    is_asked_anyway = any(abs(one.due_on - day) <= REMINDED_WITHIN for one in mine)
    due_at = calendar.opening(day)
    if due_at > min(one.agreed_at for one in mine) and not is_asked_anyway:
        yield PlannedNudge("check_in", snapshot.current.pk, employee_id, due_at, due_at + CHECK_IN_MATTERS_FOR)


def check_in_outcome(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> str | None:
    """That the employee wrote, or that nothing of theirs is open any more."""
    if any(one.author_id == me.id for one in snapshot.updates):
        return "You wrote."
    return None if any(one.owner_id == me.id for one in snapshot.commitments) else "Nothing of yours is open."


def _way(snapshot: PairSnapshot) -> tuple[datetime, datetime] | None:
    """From the last discussion, or the yes, to the next one; None where that is too short for a word in between."""
    if snapshot.pair.state is not PairState.ACTIVE or snapshot.current is None:
        return None
    since = snapshot.held.starts_at if snapshot.held is not None else snapshot.pair.answered_at
    coming = snapshot.scheduled
    calendar = snapshot.calendar(snapshot.pair.employee_id)
    until = coming[1] if coming is not None else calendar.opening(snapshot.current.due_on)
    if since is None or until - since < CHECK_IN_NEEDS:
        return None
    return since, until


def check_in_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """How much is open, and that a line is enough."""
    mine = [one for one in snapshot.commitments if one.owner_id == me.id]
    if not mine:
        return None
    manager = formatting.first_name(snapshot.manager)
    opening = f"You are halfway to your next discussion with {manager}."
    if len(mine) == 1:
        write = Button(f"Write to {formatting.shorten(manager, 40)}", Action.OPEN_UPDATES, mine[0].pk, primary=True)
        text = f"{opening} How is your commitment going? A line is enough, and you can ask for guidance."
        return NudgeText(text, (write,), quote=quoted(mine[0]))
    show = Button("Show commitments", Action.OPEN_COMMITMENTS, snapshot.pair.pk, primary=True)
    text = f"{opening} How are your {len(mine)} commitments going? A line is enough, and you can ask for guidance."
    return NudgeText(text, (show,))


def _news(snapshot: PairSnapshot, kind: str, of: UpdateKind) -> Iterator[PlannedNudge]:
    for update in snapshot.updates:
        if update.kind is of:
            other = snapshot.pair.other_than(update.author_id)
            due_at = snapshot.calendar(other).next_open(update.written_at)
            yield PlannedNudge(kind, update.pk, other, due_at, max(due_at, update.written_at) + IS_NEWS)


def _update(snapshot: PairSnapshot, planned: PlannedNudge) -> Update | None:
    return next((one for one in snapshot.updates if one.pk == planned.subject_id), None)


def _whose(snapshot: PairSnapshot, update: Update, me: Person) -> str:
    """What it is about and whose that is, for the reader; a commitment that is settled by now is open to neither."""
    if update.objective_id is not None:
        return "one of your objectives" if me.id == snapshot.pair.employee_id else "one of their objectives"
    commitment = snapshot.commitment(update.commitment_id or 0)
    if commitment is None:
        return "a commitment"
    return "one of your commitments" if commitment.owner_id == me.id else "one of their commitments"


def _quote(snapshot: PairSnapshot, update: Update) -> str:
    """What was written, since it was written to be sent, and which commitment it is about, where that is still open.

    An objective is never quoted: it may be taken back while the message stays.
    """
    commitment = snapshot.commitment(update.commitment_id or 0)
    return update.text if commitment is None else f"“{quoted(commitment)}”\n{update.text}"


def thread(label: str, update: Update, *, primary: bool = False) -> Button:
    """The button that opens all that was written about the same matter."""
    if update.objective_id is not None:
        return Button(label, Action.OPEN_OBJECTIVE_UPDATES, update.objective_id, primary=primary)
    return Button(label, Action.OPEN_UPDATES, update.commitment_id or 0, primary=primary)


KINDS = (
    NudgeKind(
        "guidance_asked", Urgency.NEVER_HELD_BACK, ReadingOrder.COMMITMENTS, guidance_asked, guidance_asked_text,
        outcome=guidance_asked_outcome, series="guidance",
    ),
    NudgeKind(
        "guidance_given", Urgency.NEVER_HELD_BACK, ReadingOrder.COMMITMENTS, guidance_given, guidance_given_text
    ),
    NudgeKind(
        "progress_told", Urgency.MAY_WAIT, ReadingOrder.COMMITMENTS, progress_told, progress_told_text,
        topic=Topic.NEWS,
    ),
    NudgeKind(
        "check_in", Urgency.MAY_WAIT, ReadingOrder.COMMITMENTS, check_in, check_in_text,
        topic=Topic.COMMITMENTS, outcome=check_in_outcome
    ),
)  # fmt: skip
