"""News between the two: somebody asked for something, or answered (practices E1, E13)."""

from collections.abc import Iterator
from datetime import timedelta

from cycle import formatting
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge
from cycle.snapshot import PairSnapshot
from storage.commitments import RequestState
from storage.pairs import PairState, Side
from storage.people import Person

# An answer is news for a week; later the App Home has long shown it.
ANSWER_IS_NEWS = timedelta(days=7)


def pair_asked(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """E1: the other side is asked to confirm."""
    pair = view.pair
    if pair.state is PairState.ASKED:
        other = pair.other_than(pair.asked_by_id)
        due_at = view.hours(other).next_open(pair.asked_at)
        yield PlannedNudge("pair_asked", f"pair_asked:{pair.id}", other, pair.pk, due_at)


def pair_asked_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the other side reads: the asker's own words (E5), and once what a career discussion is (practice C1)."""
    asker = view.other_than(me.pk)
    whose = "their" if view.pair.side_of(me.pk) is Side.MANAGER else "your"
    text = (
        f"{asker.name} would like to talk with you regularly about {whose} career. "
        "These talks are about growth and apart from performance reviews: plan, talk, follow up. "
        "What you write stays with you until you share it."
    )
    return NudgeText(
        text,
        (
            Button("Yes, let's", Action.ACCEPT_PAIR, view.pair.pk, primary=True),
            Button("Not me", Action.DECLINE_PAIR, view.pair.pk),
        ),
        quote=view.pair.request,
    )


def pair_answered(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """Whoever asked hears the answer."""
    pair = view.pair
    if pair.answered_at is None or pair.state not in {PairState.ACTIVE, PairState.DECLINED}:
        return
    due_at = view.hours(pair.asked_by_id).next_open(pair.answered_at)
    ends_at = max(due_at, pair.answered_at) + ANSWER_IS_NEWS
    yield PlannedNudge("pair_answered", f"pair_answered:{pair.id}", pair.asked_by_id, pair.pk, due_at, ends_at)


def pair_answered_words(view: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the asker reads."""
    other = formatting.first_name(view.other_than(me.pk))
    if view.pair.state is PairState.DECLINED:
        reason = view.pair.decline_reason is not None
        said = "said this pairing is not right, and wrote why" if reason else "said this pairing is not right"
        return NudgeText(
            f"{other} {said}. Perhaps somebody else is your match: `/career start`.",
            (Button("Read why", Action.READ_REASON, view.pair.pk),) if reason else (),
        )
    return NudgeText(
        f"{other} said yes. Your first career discussion is open: find a time, then prepare.",
        (
            Button("Find a time", Action.OPEN_SCHEDULE, view.pair.pk, primary=True),
            Button("Prepare", Action.OPEN_PREPARATION, view.pair.pk),
        ),
    )


def change_asked(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """The other side is asked to agree to a change of a promise."""
    for request in view.requests:
        if request.state is RequestState.ASKED:
            other = view.pair.other_than(request.asked_by_id)
            due_at = view.hours(other).next_open(request.asked_at)
            yield PlannedNudge("change_asked", f"change_asked:{request.id}", other, request.pk, due_at)


def change_asked_words(view: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the other side reads."""
    request = view.request(planned.subject_id)
    commitment = view.commitment(request.commitment_id) if request else None
    if request is None or commitment is None:
        return None
    whose = "a promise of yours" if commitment.owner_id == me.id else "a promise"
    text = (
        f"{formatting.first_name(view.other_than(me.pk))} would like to change {whose}: "
        f"{formatting.day(request.due_on)} instead of {formatting.day(commitment.due_on)}."
    )
    return NudgeText(text, (Button("See and answer", Action.ANSWER_CHANGE, request.pk, primary=True),))


def change_answered(view: PairSnapshot) -> Iterator[PlannedNudge]:
    """Whoever asked for a change hears the answer."""
    for request in view.requests:
        if request.answered_at is not None and request.state in {RequestState.AGREED, RequestState.DECLINED}:
            due_at = view.hours(request.asked_by_id).next_open(request.answered_at)
            key = f"change_answered:{request.id}"
            ends_at = request.answered_at + ANSWER_IS_NEWS
            yield PlannedNudge("change_answered", key, request.asked_by_id, request.pk, due_at, ends_at)


def change_answered_words(view: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What the asker reads."""
    request = view.request(planned.subject_id)
    if request is None:
        return None
    other = formatting.first_name(view.other_than(me.pk))
    text = (
        f"{other} agreed: the new date is {formatting.day(request.due_on)}."
        if request.state is RequestState.AGREED
        else f"{other} would rather keep what you agreed. A word between you two may help."
    )
    return NudgeText(text, (Button("Show promises", Action.OPEN_COMMITMENTS, view.pair.pk),))


PAIR_ASKED = NudgeKind("pair_asked", "A colleague named you as their other side.", pair_asked, pair_asked_words)
PAIR_ANSWERED = NudgeKind("pair_answered", "You asked, and there is an answer.", pair_answered, pair_answered_words)
CHANGE_ASKED = NudgeKind("change_asked", "A promise between you two may change.", change_asked, change_asked_words)
CHANGE_ANSWERED = NudgeKind("change_answered", "You asked for a change.", change_answered, change_answered_words)
