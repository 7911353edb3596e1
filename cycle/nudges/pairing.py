"""Pairing: one of the two asked, and was answered or not (practices E1, E5)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from cycle import formatting
from cycle.nudges import outcomes
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.pairs import PairState, Side
from storage.people import Person

# An answer is news for a week; later the App Home has long shown it.
ANSWER_IS_NEWS = timedelta(days=7)
# A request is brought up once more, when it may have been overlooked.
ASKED_AGAIN_AFTER = 5  # working days
# Silence for this long is an answer too, and nobody should have to wait for another one.
REQUEST_EXPIRES_AFTER = timedelta(days=21)


def pair_asked(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E1: the other side is asked to accept."""
    pair = snapshot.pair
    if pair.state is PairState.ASKED:
        other = pair.other_than(pair.asked_by_id)
        yield PlannedNudge("pair_asked", pair.pk, other, snapshot.calendar(other).next_open(pair.asked_at))


def pair_asked_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """The request in the asker's own words (E5), and once what a career discussion is (practice C1)."""
    asker, pair = snapshot.other_than(me.pk).name, snapshot.pair
    wish = (
        f"{asker} would like to have regular career discussions with you about their growth."
        if pair.side_of(me.pk) is Side.MANAGER
        else f"{asker} would like to have regular career discussions with you about your growth."
    )
    return NudgeText(
        f"{wish} They are separate from performance reviews: you both prepare, talk and follow up. "
        "What you write stays with you until you share it.",
        (
            Button("Yes, let's", Action.ACCEPT_PAIR, pair.pk, primary=True),
            Button("Say no", Action.DECLINE_PAIR, pair.pk),
        ),
        quote=pair.request,
    )


def pair_asked_again(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E1: the other side is reminded once of a request that they left open."""
    pair = snapshot.pair
    if pair.state is PairState.ASKED:
        other = pair.other_than(pair.asked_by_id)
        calendar = snapshot.calendar(other)
        day = calendar.working_days_after(calendar.day_of(pair.asked_at), ASKED_AGAIN_AFTER)
        due_at, ends_at = calendar.opening(day), pair.asked_at + REQUEST_EXPIRES_AFTER
        if due_at < ends_at:
            yield PlannedNudge("pair_asked_again", pair.pk, other, due_at, ends_at)


def pair_asked_again_text(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """That the request waits, and that a no is an answer too."""
    first = pair_asked_text(snapshot, planned, me)
    if first is None:
        return None
    asker, asked_on = snapshot.other_than(me.pk), local_day(me, snapshot.pair.asked_at)
    day = formatting.day(asked_on, snapshot.today(me))
    text = (
        f"{asker.name} asked you on {day} for regular career discussions about their growth, and has no answer yet."
        if snapshot.pair.side_of(me.pk) is Side.MANAGER
        else f"{asker.name} asked you on {day} for regular career discussions about your growth, and has no answer yet."
    )
    return replace(first, text=f"{text} A no is fine, too: then {formatting.first_name(asker)} knows.")


def pair_asked_again_reason(_snapshot: PairSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """That it is the only one."""
    return "This is the only reminder. The request expires three weeks after it was made."


def pair_asked_reason(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> str | None:
    """Which side the person was asked to take."""
    asker = formatting.first_name(snapshot.other_than(me.pk))
    if snapshot.pair.side_of(me.pk) is Side.MANAGER:
        return f"You're getting this because {asker} named you as their manager."
    return f"You're getting this because {asker} named you as one of their reports."


def pair_asked_outcome(snapshot: PairSnapshot, planned: PlannedNudge, me: Person) -> str | None:
    """The answer, and the date that followed; or why no answer is needed any more."""
    asker = formatting.first_name(snapshot.by_id(snapshot.pair.asked_by_id))
    if snapshot.pair.answered_at is None and snapshot.pair.state is PairState.ENDED:
        return f"{asker} took the request back."
    answers = {
        PairState.ACTIVE: "You said yes.",
        PairState.DECLINED: "You said no.",
        PairState.EXPIRED: "The request has expired.",
    }
    sentences = answers.get(snapshot.pair.state), outcomes.the_date(snapshot, planned, me)
    return " ".join(sentence for sentence in sentences if sentence) or None


def needs_its_first_date(snapshot: PairSnapshot, _planned: PlannedNudge) -> bool:
    """Whether the two have said yes, and neither a date nor a discussion has followed."""
    return snapshot.pair.state is PairState.ACTIVE and snapshot.scheduled is None and snapshot.held is None


def pair_answered(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The asker gets the answer."""
    pair = snapshot.pair
    if pair.answered_at is None or pair.state not in {PairState.ACTIVE, PairState.DECLINED}:
        return
    due_at = snapshot.calendar(pair.asked_by_id).next_open(pair.answered_at)
    ends_at = max(due_at, pair.answered_at) + ANSWER_IS_NEWS
    yield PlannedNudge("pair_answered", pair.pk, pair.asked_by_id, due_at, ends_at)


def pair_answered_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """The answer, and what comes next."""
    pair, other = snapshot.pair, formatting.first_name(snapshot.other_than(me.pk))
    if pair.state is PairState.ACTIVE:
        return NudgeText(
            f"{other} said yes. Next, find a time for your first discussion and prepare for it.",
            (
                Button("Find a time", Action.OPEN_SCHEDULE, pair.pk, primary=True),
                Button("Prepare", Action.OPEN_PREPARATION, pair.pk),
            ),
        )
    with_reason = pair.decline_reason is not None
    said_no = f"{other} said no and told you why." if with_reason else f"{other} said no."
    ask_again = Button("Ask someone else", Action.START, pair.pk)
    return NudgeText(
        f"{said_no} If someone else is your manager, you can ask them."
        if pair.side_of(me.pk) is Side.EMPLOYEE
        else f"{said_no} You can ask your other reports.",
        (Button("Read why", Action.READ_REASON, pair.pk), ask_again) if with_reason else (ask_again,),
    )


def pair_expired(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The asker hears that there was no answer."""
    pair = snapshot.pair
    if pair.state is not PairState.EXPIRED or pair.ended_at is None:
        return
    due_at = snapshot.calendar(pair.asked_by_id).next_open(pair.ended_at)
    yield PlannedNudge("pair_expired", pair.pk, pair.asked_by_id, due_at, due_at + ANSWER_IS_NEWS)


def pair_expired_text(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """That the request has expired, and what the asker can do now."""
    pair, other = snapshot.pair, snapshot.other_than(me.pk)
    name, is_employee = formatting.first_name(other), pair.side_of(me.pk) is Side.EMPLOYEE
    if other.deactivated:
        expired = f"Your request to {name} has expired: {name} is no longer active in this workspace."
        next_step = (
            "If someone else is your manager, you can ask them." if is_employee else "You can ask your other reports."
        )
    else:
        expired = f"{name} did not answer your request for three weeks, so it has expired."
        next_step = (
            f"You could talk to {name} and ask again, or ask someone else if they are your manager."
            if is_employee
            else f"You could talk to {name} and ask again, or ask your other reports."
        )
    return NudgeText(f"{expired} {next_step}", (Button("Start career discussions", Action.START, pair.pk),))


KINDS = (
    NudgeKind(
        "pair_asked", Urgency.NEVER_HELD_BACK, ReadingOrder.PAIRING, pair_asked, pair_asked_text, pair_asked_reason,
        outcome=pair_asked_outcome, offers_next=needs_its_first_date,
    ),
    NudgeKind(
        "pair_asked_again", Urgency.MAY_WAIT, ReadingOrder.PAIRING, pair_asked_again, pair_asked_again_text,
        pair_asked_again_reason, topic=Topic.DATES, outcome=pair_asked_outcome, offers_next=needs_its_first_date,
    ),
    NudgeKind(
        "pair_answered", Urgency.NEVER_HELD_BACK, ReadingOrder.PAIRING, pair_answered, pair_answered_text,
        outcome=outcomes.the_date, is_over=outcomes.is_dated,
    ),
    NudgeKind("pair_expired", Urgency.NEVER_HELD_BACK, ReadingOrder.PAIRING, pair_expired, pair_expired_text),
)  # fmt: skip
