"""News between the two: somebody asked for something, or answered (practices E1, E13)."""

from collections.abc import Iterator
from datetime import timedelta

from cycle import words
from cycle.nudges.kind import Do, Kind, Planned, Press, Words
from cycle.state import PairView
from storage.commitments import RequestState
from storage.pairs import PairState, Side
from storage.people import Person

# An answer is news for a week; later the App Home has long shown it.
ANSWER_IS_NEWS = timedelta(days=7)


def pair_asked(view: PairView) -> Iterator[Planned]:
    """E1: the other side is asked to confirm."""
    pair = view.pair
    if pair.state is PairState.ASKED:
        other = pair.other_than(pair.asked_by_id)
        due_at = view.hours(other).next_open(pair.asked_at)
        yield Planned("pair_asked", f"pair_asked:{pair.id}", other, pair.pk, due_at)


def pair_asked_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What the other side reads: the asker's own words (E5), and once what a career discussion is (practice C1)."""
    asker = view.other_than(me.pk)
    whose = "their" if view.pair.side_of(me.pk) is Side.MANAGER else "your"
    text = (
        f"{asker.name} would like to talk with you regularly about {whose} career. "
        "These talks are about growth and apart from performance reviews: plan, talk, follow up. "
        "What you write stays with you until you share it."
    )
    return Words(
        text,
        (
            Press("Yes, let's", Do.ACCEPT_PAIR, view.pair.pk, primary=True),
            Press("Not me", Do.DECLINE_PAIR, view.pair.pk),
        ),
        quote=view.pair.request,
    )


def pair_answered(view: PairView) -> Iterator[Planned]:
    """Whoever asked hears the answer."""
    pair = view.pair
    if pair.answered_at is None or pair.state not in {PairState.ACTIVE, PairState.DECLINED}:
        return
    due_at = view.hours(pair.asked_by_id).next_open(pair.answered_at)
    ends_at = max(due_at, pair.answered_at) + ANSWER_IS_NEWS
    yield Planned("pair_answered", f"pair_answered:{pair.id}", pair.asked_by_id, pair.pk, due_at, ends_at)


def pair_answered_words(view: PairView, _planned: Planned, me: Person) -> Words | None:
    """What the asker reads."""
    other = words.first_name(view.other_than(me.pk))
    if view.pair.state is PairState.DECLINED:
        reason = view.pair.decline_reason is not None
        said = "said this pairing is not right, and wrote why" if reason else "said this pairing is not right"
        return Words(
            f"{other} {said}. Perhaps somebody else is your match: `/career start`.",
            (Press("Read why", Do.READ_REASON, view.pair.pk),) if reason else (),
        )
    return Words(
        f"{other} said yes. Your first career discussion is open: find a time, then prepare.",
        (
            Press("Find a time", Do.OPEN_SCHEDULE, view.pair.pk, primary=True),
            Press("Prepare", Do.OPEN_PREPARATION, view.pair.pk),
        ),
    )


def change_asked(view: PairView) -> Iterator[Planned]:
    """The other side is asked to agree to a change of a promise."""
    for request in view.requests:
        if request.state is RequestState.ASKED:
            other = view.pair.other_than(request.asked_by_id)
            due_at = view.hours(other).next_open(request.asked_at)
            yield Planned("change_asked", f"change_asked:{request.id}", other, request.pk, due_at)


def change_asked_words(view: PairView, planned: Planned, me: Person) -> Words | None:
    """What the other side reads."""
    request = view.request(planned.subject_id)
    promise = view.commitment(request.commitment_id) if request else None
    if request is None or promise is None:
        return None
    whose = "a promise of yours" if promise.owner_id == me.id else "a promise"
    text = (
        f"{words.first_name(view.other_than(me.pk))} would like to change {whose}: "
        f"{words.day(request.due_on)} instead of {words.day(promise.due_on)}."
    )
    return Words(text, (Press("See and answer", Do.ANSWER_CHANGE, request.pk, primary=True),))


def change_answered(view: PairView) -> Iterator[Planned]:
    """Whoever asked for a change hears the answer."""
    for request in view.requests:
        if request.answered_at is not None and request.state in {RequestState.AGREED, RequestState.DECLINED}:
            due_at = view.hours(request.asked_by_id).next_open(request.answered_at)
            key = f"change_answered:{request.id}"
            ends_at = request.answered_at + ANSWER_IS_NEWS
            yield Planned("change_answered", key, request.asked_by_id, request.pk, due_at, ends_at)


def change_answered_words(view: PairView, planned: Planned, me: Person) -> Words | None:
    """What the asker reads."""
    request = view.request(planned.subject_id)
    if request is None:
        return None
    other = words.first_name(view.other_than(me.pk))
    text = (
        f"{other} agreed: the new date is {words.day(request.due_on)}."
        if request.state is RequestState.AGREED
        else f"{other} would rather keep what you agreed. A word between you two may help."
    )
    return Words(text, (Press("Show promises", Do.OPEN_COMMITMENTS, view.pair.pk),))


PAIR_ASKED = Kind("pair_asked", "A colleague named you as their other side.", pair_asked, pair_asked_words)
PAIR_ANSWERED = Kind("pair_answered", "You asked, and there is an answer.", pair_answered, pair_answered_words)
CHANGE_ASKED = Kind("change_asked", "A promise between you two may change.", change_asked, change_asked_words)
CHANGE_ANSWERED = Kind("change_answered", "You asked for a change.", change_answered, change_answered_words)
