"""Opportunities: a channel is told about them, and those who take part hear in time (practice C11)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile

from cycle import formatting
from cycle.nudges.kind import (
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
from cycle.opportunity_dates import digest_days
from cycle.snapshot import OpportunitySnapshot
from cycle.zones import local_day
from storage.nudges import NudgeScope
from storage.opportunities import Digest, Frequency, OpportunityKind
from storage.people import Person
from storage.planning_rows import SignUpRow

NEW, CLOSING = "new", "closing"  # stages of a digest
MOVED, CALLED_OFF = "moved", "called_off"  # stages of news about a session
SIGNING_UP_IS_NEWS = timedelta(days=7)
WITHDRAWING_IS_NEWS = timedelta(days=14)
ONE_DAY = timedelta(days=1)
A_WEEK = timedelta(weeks=1)
OFFERED = {
    OpportunityKind.ROLE: "a role",
    OpportunityKind.PROJECT: "a project",
    OpportunityKind.TRAINING: "a course",
    OpportunityKind.SESSION: "a session",
}


# --- in a channel ----------------------------------------------------------------------------------------------------


def team_digest(snapshot: OpportunitySnapshot) -> Iterator[PlannedNudge]:
    """C11: each digest tells its channel when an opportunity is new, and once more the last time before it closes."""
    one = snapshot.opportunity
    if one.withdrawn_at is not None or snapshot.offered_by.deactivated:
        return
    for digest in snapshot.digests:
        moments = _moments(snapshot, digest)
        stages = {NEW: moments[0], CLOSING: moments[-1]} if moments else {}
        if len(set(moments)) < 2 or not snapshot.names_its_end:  # noqa: PLR2004 - the first and another
            stages.pop(CLOSING, None)
        for stage, due_at in stages.items():
            yield PlannedNudge(
                "team_digest", one.pk, digest.set_up_by_id, due_at, snapshot.closes_at,
                stage=stage, round=digest.pk, scope=NudgeScope.TEAM, channel=digest.channel,
            )  # fmt: skip


def _moments(snapshot: OpportunitySnapshot, digest: Digest) -> list[datetime]:
    """When a digest comes while the opportunity is open: on its days, or where its person does not work, after them."""
    calendar, since = snapshot.calendar(digest.set_up_by_id), max(snapshot.opportunity.offered_at, digest.set_up_at)
    days = digest_days(digest, calendar.day_of(since) - A_WEEK)  # one that was a day off may come only now
    moments = (calendar.opening(calendar.working_day_from(day)) for day in days)
    return [moment for moment in takewhile(lambda moment: moment < snapshot.closes_at, moments) if moment > since]


def team_digest_text(snapshot: OpportunitySnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What is offered, by whom and until when: to everyone in the channel, whatever their own clock says."""
    one, who = snapshot.opportunity, snapshot.offered_by.name
    today, what = snapshot.today(me), OFFERED[one.kind]
    if one.starts_at is not None:
        text = f"{who} is holding {what} on {_when(one.starts_at, me, today)}."
    elif one.open_until is not None:
        text = f"{who} is offering {what}, open until {formatting.day(one.open_until, today)}."
    else:
        text = f"{who} is offering {what}."
    text = f"Last call: {text}" if planned.stage == CLOSING else text
    return NudgeText(text, (Button("Details", Action.OPEN_OPPORTUNITY, one.pk),), quote=one.title)


def team_digest_item(snapshot: OpportunitySnapshot, planned: PlannedNudge, me: Person) -> ListItem | None:
    """The same among others of that day."""
    one, who = snapshot.opportunity, snapshot.offered_by.name
    today, what = snapshot.today(me), OFFERED[one.kind].capitalize()
    if one.starts_at is not None:
        text = f"{what} with {who} on {_when(one.starts_at, me, today)}."
    elif one.open_until is not None:
        text = f"{what} from {who}, open until {formatting.day(one.open_until, today)}."
    else:
        text = f"{what} from {who}."
    text = f"{text} Last call." if planned.stage == CLOSING else text
    return ListItem(
        "digest", text, local_day(me, snapshot.closes_at), lambda number: f"Here are {number} ways to grow."
    )


def _when(starts_at: datetime, me: Person, today: date) -> str:
    """A moment for readers elsewhere: “Wed 9 Dec at 10:00 (Madrid time)”."""
    return f"{formatting.moment(starts_at, me, today)} ({formatting.place_name(me.tz)} time)"


def team_digest_reason(snapshot: OpportunitySnapshot, planned: PlannedNudge, _me: Person) -> str | None:
    """Who has set it up, and how often it comes."""
    digest = next((one for one in snapshot.digests if one.pk == planned.round), None)
    if digest is None:
        return None
    name = formatting.first_name(snapshot.by_id(digest.set_up_by_id))
    return f"{name} shares opportunities here {how_often(digest.frequency, digest.weekday)}."


def how_often(frequency: Frequency, weekday: int) -> str:
    """“every Monday”, “on the first Monday of each month”."""
    day = formatting.WEEKDAYS[weekday]
    return f"every {day}" if frequency is Frequency.WEEKLY else f"on the first {day} of each month"


def how_many(number: int, *, is_session: bool) -> str:
    """One sentence on how many want to take part: one signs up for a session, and is interested in anything else."""
    match number, is_session:
        case 0, True:
            return "Nobody has signed up yet."
        case 0, False:
            return "Nobody has responded yet."
        case 1, _:
            return "1 person has signed up." if is_session else "1 person is interested."
        case _:
            return f"{number} people have signed up." if is_session else f"{number} people are interested."


# --- to those who take part ------------------------------------------------------------------------------------------


def signed_up(snapshot: OpportunitySnapshot) -> Iterator[PlannedNudge]:
    """C11: the person who offers it hears who wants to take part."""
    one, calendar = snapshot.opportunity, snapshot.calendar(snapshot.offered_by.pk)
    if one.withdrawn_at is not None:
        return
    for sign_up in snapshot.sign_ups:
        due_at = calendar.next_open(sign_up.signed_up_at)
        ends_at = one.starts_at or due_at + SIGNING_UP_IS_NEWS  # also of what has closed since
        if due_at < ends_at:
            yield PlannedNudge("signed_up", sign_up.pk, snapshot.offered_by.pk, due_at, ends_at, scope=NudgeScope.TEAM)


def _sign_up(snapshot: OpportunitySnapshot, planned: PlannedNudge) -> SignUpRow | None:
    return next((one for one in snapshot.sign_ups if one.pk == planned.subject_id), None)


def signed_up_text(snapshot: OpportunitySnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """Who it is, and for what."""
    one, sign_up = snapshot.opportunity, _sign_up(snapshot, planned)
    if sign_up is None:
        return None
    name = snapshot.by_id(sign_up.person_id).name
    if one.starts_at is not None:
        when = formatting.moment(one.starts_at, me, snapshot.today(me))
        text = f"{name} has signed up for your session on {when}."
    else:
        text = f"{name} is interested in {OFFERED[one.kind]} that you're offering."
    return NudgeText(text, (Button("Details", Action.OPEN_OPPORTUNITY, one.pk),), quote=one.title)


def signed_up_item(snapshot: OpportunitySnapshot, planned: PlannedNudge, me: Person) -> ListItem | None:
    """How it reads where several people have signed up."""
    text, sign_up = signed_up_text(snapshot, planned, me), _sign_up(snapshot, planned)
    if text is None or sign_up is None:
        return None
    day = local_day(me, sign_up.signed_up_at)
    return ListItem("signed_up", text.text, day, _who_wants_to_take_part)


def _who_wants_to_take_part(_number: int) -> str:
    return "Here is who wants to take part in what you're offering."  # one person may appear twice


def signed_up_outcome(snapshot: OpportunitySnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """That the name is off the list again, or the opportunity is gone."""
    return "You have withdrawn this." if snapshot.opportunity.withdrawn_at else "They have taken their name off again."


def session_ahead(snapshot: OpportunitySnapshot) -> Iterator[PlannedNudge]:
    """C11: on the last working day before a session, to everyone who takes part and to the host."""
    one = snapshot.opportunity
    if one.starts_at is None or one.withdrawn_at is not None:
        return
    since = {snapshot.offered_by.pk: one.offered_at} | {each.person_id: each.signed_up_at for each in snapshot.sign_ups}
    for person_id, known_at in since.items():
        calendar = snapshot.calendar(person_id)
        due_at = calendar.opening(calendar.working_day_until(calendar.day_of(one.starts_at) - ONE_DAY))
        if due_at > max(known_at, one.moved_at or known_at):
            yield PlannedNudge(
                "session_ahead", one.pk, person_id, due_at, one.starts_at,
                round=one.round, to_each=True, scope=NudgeScope.TEAM,
            )  # fmt: skip


def session_ahead_text(snapshot: OpportunitySnapshot, _planned: PlannedNudge, me: Person) -> NudgeText | None:
    """When it is; to the host, for how many."""
    one = snapshot.opportunity
    if one.starts_at is None:
        return None
    when = formatting.near_moment(one.starts_at, me, snapshot.today(me))
    if me.pk == snapshot.offered_by.pk:
        text = f"You are holding a session {when}. {how_many(len(snapshot.sign_ups), is_session=True)}"
    else:
        text = f"The session with {snapshot.offered_by.name} that you signed up for is {when}."
    return NudgeText(text, (Button("Details", Action.OPEN_OPPORTUNITY, one.pk),), quote=one.title)


def session_outcome(snapshot: OpportunitySnapshot, _planned: PlannedNudge, me: Person) -> str | None:
    """That it was called off or moved, or that the person no longer takes part."""
    if snapshot.opportunity.withdrawn_at is not None:
        return "This session was called off."
    takes_part = me.pk == snapshot.offered_by.pk or any(one.person_id == me.pk for one in snapshot.sign_ups)
    return "This session was moved." if takes_part else "You have taken your name off."


def session_changed(snapshot: OpportunitySnapshot) -> Iterator[PlannedNudge]:
    """C11: everyone who has signed up for a session hears when it is moved or called off."""
    one = snapshot.opportunity
    changed_at = one.withdrawn_at or one.moved_at
    if one.starts_at is None or changed_at is None:
        return
    for sign_up in snapshot.sign_ups:
        due_at = snapshot.calendar(sign_up.person_id).next_open(changed_at)
        if sign_up.signed_up_at < changed_at and due_at < one.starts_at:
            yield PlannedNudge(
                "session_changed", one.pk, sign_up.person_id, due_at, one.starts_at,
                stage=CALLED_OFF if one.withdrawn_at else MOVED, round=one.round, to_each=True, scope=NudgeScope.TEAM,
            )  # fmt: skip


def session_changed_text(snapshot: OpportunitySnapshot, planned: PlannedNudge, me: Person) -> NudgeText | None:
    """What has become of it."""
    one, who, today = snapshot.opportunity, snapshot.offered_by.name, snapshot.today(me)
    if one.starts_at is None:
        return None
    when = formatting.moment(one.starts_at, me, today)
    if planned.stage == CALLED_OFF:
        return NudgeText(f"{who} has called off the session on {when} that you signed up for.", quote=one.title)
    before = formatting.moment(one.moved_from or one.starts_at, me, today)
    return NudgeText(
        f"{who} has moved the session that you signed up for from {before} to {when}.",
        (Button("Details", Action.OPEN_OPPORTUNITY, one.pk),),
        quote=one.title,
    )


def offer_withdrawn(snapshot: OpportunitySnapshot) -> Iterator[PlannedNudge]:
    """C11: everyone who is interested in a role, a project or a course hears when it is withdrawn."""
    one = snapshot.opportunity
    if one.starts_at is not None or one.withdrawn_at is None:
        return
    for sign_up in snapshot.sign_ups:
        due_at = snapshot.calendar(sign_up.person_id).next_open(one.withdrawn_at)
        yield PlannedNudge(
            "offer_withdrawn", one.pk, sign_up.person_id, due_at, due_at + WITHDRAWING_IS_NEWS,
            to_each=True, scope=NudgeScope.TEAM,
        )  # fmt: skip


def offer_withdrawn_text(snapshot: OpportunitySnapshot, _planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """What is gone."""
    one = snapshot.opportunity
    return NudgeText(
        f"{snapshot.offered_by.name} is no longer offering {OFFERED[one.kind]} that you were interested in.",
        quote=one.title,
    )


KINDS = (
    NudgeKind(
        "team_digest", Urgency.AT_ITS_MOMENT, ReadingOrder.OPPORTUNITIES, team_digest, team_digest_text,
        team_digest_reason, scope=NudgeScope.TEAM, item=team_digest_item,
    ),
    NudgeKind(
        "signed_up", Urgency.MAY_WAIT, ReadingOrder.OPPORTUNITIES, signed_up, signed_up_text, topic=Topic.NEWS,
        scope=NudgeScope.TEAM, outcome=signed_up_outcome, item=signed_up_item,
    ),
    NudgeKind(
        "session_ahead", Urgency.AT_ITS_MOMENT, ReadingOrder.OPPORTUNITIES, session_ahead, session_ahead_text,
        scope=NudgeScope.TEAM, outcome=session_outcome,
    ),
    NudgeKind(
        "session_changed", Urgency.NEVER_HELD_BACK, ReadingOrder.OPPORTUNITIES, session_changed, session_changed_text,
        scope=NudgeScope.TEAM, outcome=session_outcome,
    ),
    NudgeKind(
        "offer_withdrawn", Urgency.MAY_WAIT, ReadingOrder.OPPORTUNITIES, offer_withdrawn, offer_withdrawn_text,
        topic=Topic.NEWS, scope=NudgeScope.TEAM,
    ),
)  # fmt: skip
