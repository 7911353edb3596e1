"""Thanks: the employee writes a note a few days after a discussion, and the manager gets it (practice E12)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from cycle import formatting
from cycle.nudges.kind import Action, Button, NudgeKind, NudgeText, PlannedNudge, ReadingOrder, Topic, Urgency
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from storage.discussions import DiscussionState
from storage.people import Person
from storage.thanks import MailFailure, MailState

# On the second working day after the wrap-up, as the wrap-up announces it (E12), and once more on the fourth.
AFTER_WORKING_DAYS = 2
AGAIN_AFTER_WORKING_DAYS = 2
# Later than this a thank-you would puzzle rather than please.
MAKES_SENSE_FOR = timedelta(days=21)

# That the deliverables were confirmed is news for a week; later the list has long shown it.
CONFIRMED_IS_NEWS = timedelta(days=7)

# By then a mail was sent or has failed, or the process that was sending it has ended.
MAIL_TAKES = timedelta(minutes=5)
# That a mail was not sent is news for so long; then the note has long arrived in Slack.
MAIL_IS_NEWS = timedelta(days=14)
NOT_MAILED: Mapping[MailFailure | None, str] = MappingProxyType(
    {
        None: "Your thank-you to {name} didn't go out by e-mail: I was interrupted.",
        MailFailure.NO_ADDRESS: "Your thank-you to {name} didn't go out by e-mail: I found no address in Slack.",
        MailFailure.NO_PERMISSION: (
            "Your thank-you to {name} didn't go out by e-mail: I'm not allowed to look up addresses in this workspace "
            "yet. An admin can give me the permission users:read.email."
        ),
        MailFailure.NO_LOOKUP: "Your thank-you to {name} didn't go out by e-mail: Slack didn't tell me the address.",
        MailFailure.NOT_REACHED: "Your thank-you to {name} didn't go out by e-mail: I couldn't reach the mail server.",
        MailFailure.REFUSED: "Your thank-you to {name} didn't go out by e-mail: the mail server refused it.",
    }
)

FIRST = "first"  # stages
AGAIN = "again"


def thank_you(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """E12: to the employee, until the note is sent or the day of the next discussion has come."""
    discussion = snapshot.held
    if discussion is None or discussion.state is not DiscussionState.HELD or snapshot.thank_you is not None:
        return
    if discussion.starts_at is None or discussion.wrapped_up_at is None:
        return
    employee_id = snapshot.pair.employee_id
    calendar = snapshot.calendar(employee_id)
    # Counted from a late wrap-up, so that the date which the wrap-up announces is true.
    since = calendar.day_of(max(discussion.starts_at, discussion.wrapped_up_at))
    first_day = calendar.working_days_after(since, AFTER_WORKING_DAYS)
    first = calendar.opening(first_day)
    again = calendar.opening(calendar.working_days_after(first_day, AGAIN_AFTER_WORKING_DAYS))
    ends_at = again + MAKES_SENSE_FOR
    if (coming := snapshot.scheduled) is not None:
        ends_at = min(ends_at, calendar.opening(calendar.day_of(coming[1])))
    for stage, due_at, until in ((FIRST, first, min(again, ends_at)), (AGAIN, again, ends_at)):
        if due_at < until:
            yield PlannedNudge("thank_you", discussion.pk, employee_id, due_at, until, stage=stage)


def thank_you_text(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """That a draft is ready, and still is the second time."""
    if (discussion := snapshot.held) is None:
        return None
    manager = formatting.first_name(snapshot.manager)
    if planned.stage == AGAIN:
        text = f"Your thank-you to {manager} is still a draft. It takes a minute to send."
    elif snapshot.deliverables(discussion.pk):
        text = f"Want to thank {manager}? I've drafted a note with what you promised."
    else:
        text = f"Want to thank {manager}? I've drafted a note."
    return NudgeText(text, (Button("Read and send it", Action.OPEN_THANK_YOU, discussion.pk, primary=True),))


def thank_you_reason(snapshot: PairSnapshot, _planned: PlannedNudge, me: Person) -> str | None:
    """For which discussion."""
    if snapshot.held is None or snapshot.held.starts_at is None:
        return None
    return f"You two talked on {formatting.day(local_day(me, snapshot.held.starts_at), snapshot.today(me))}."


def thank_you_outcome(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> str | None:
    """That the note is sent."""
    is_sent = any(note.discussion_id == planned.subject_id for note in snapshot.thanks)
    return "You sent your thank-you." if is_sent else None


def thank_you_note(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The manager gets each note that was sent, in working hours, even if the two have met again since."""
    manager_id = snapshot.pair.manager_id
    for note in snapshot.thanks:
        yield PlannedNudge("thank_you_note", note.pk, manager_id, snapshot.calendar(manager_id).next_open(note.sent_at))


def thank_you_note_text(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """The note itself, since it was written to be sent, and what there is to confirm."""
    note = next((one for one in snapshot.thanks if one.pk == planned.subject_id), None)
    if note is None:
        return None
    text = f"{formatting.first_name(snapshot.employee)} sent you a note after your discussion."
    unconfirmed = len(snapshot.unconfirmed(note.discussion_id))
    if not unconfirmed:
        return NudgeText(text, quote=note.text)
    waiting = (
        "One commitment is waiting for you to confirm it."
        if unconfirmed == 1
        else f"{unconfirmed} commitments are waiting for you to confirm them."
    )
    return NudgeText(
        f"{text} {waiting}",
        (
            Button("Confirm", Action.CONFIRM_DELIVERABLES, note.discussion_id, primary=True),
            Button("Show commitments", Action.OPEN_COMMITMENTS, snapshot.pair.pk),
        ),
        quote=note.text,
    )


def is_confirmed(snapshot: PairSnapshot, planned: PlannedNudge) -> bool:
    """Whether nothing is left to confirm of what a note names."""
    note = next((one for one in snapshot.thanks if one.pk == planned.subject_id), None)
    return note is not None and not snapshot.unconfirmed(note.discussion_id)


def thank_you_note_outcome(_snapshot: PairSnapshot, _planned: PlannedNudge, _me: Person) -> str | None:
    """What is true of every note that is not news any more: what it names may be confirmed, done or changed."""
    return "Nothing is left to confirm."


def deliverables_confirmed(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The employee hears that the manager has confirmed what they promised (E12)."""
    employee_id = snapshot.pair.employee_id
    for note in snapshot.thanks:
        if note.confirmed_at is not None:
            due_at = snapshot.calendar(employee_id).next_open(note.confirmed_at)
            ends_at = max(due_at, note.confirmed_at) + CONFIRMED_IS_NEWS
            yield PlannedNudge("deliverables_confirmed", note.pk, employee_id, due_at, ends_at)


def deliverables_confirmed_text(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """That both have agreed; nothing is left to do."""
    note = next((one for one in snapshot.thanks if one.pk == planned.subject_id), None)
    if note is None or note.confirmed_at is None:
        return None
    manager = formatting.first_name(snapshot.manager)
    show = Button("Show commitments", Action.OPEN_COMMITMENTS, snapshot.pair.pk)
    return NudgeText(f"{manager} read your note and confirmed what you promised.", (show,))


def mail_not_sent(snapshot: PairSnapshot) -> Iterator[PlannedNudge]:
    """The author hears that the mail with their note failed, or that nobody knows.

    It is planned when the mail is asked for, so that they hear of it even if the process ends in the middle; sending
    the mail takes it back.
    """
    author_id = snapshot.pair.employee_id
    calendar = snapshot.calendar(author_id)
    for note in snapshot.thanks:
        if note.mail_state is None or note.mail_state is MailState.SENT or note.mail_at is None:
            continue
        has_ended = note.mail_state in {MailState.FAILED, MailState.UNCONFIRMED}
        moment = note.mail_at if has_ended else note.mail_at + MAIL_TAKES
        due_at = calendar.next_open(moment)
        yield PlannedNudge(
            "mail_not_sent", note.pk, author_id, due_at, max(due_at, moment) + MAIL_IS_NEWS, round=note.mail_attempt
        )


def mail_not_sent_text(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> NudgeText | None:
    """Says why the mail failed, and that the note arrives in Slack anyway."""
    note = next((one for one in snapshot.thanks if one.pk == planned.subject_id), None)
    if note is None or note.mail_state in {None, MailState.SENT}:
        return None
    name = formatting.first_name(snapshot.manager)
    if note.mail_state in {MailState.SENDING, MailState.UNCONFIRMED}:
        text = (
            f"I don't know whether your thank-you to {name} went out by e-mail: the mail server's answer got lost. "
            "If you try again, it may come twice."
        )
    else:
        text = NOT_MAILED[note.mail_failure].format(name=name)
    again = Button("Try again", Action.MAIL_AGAIN, note.pk)
    return NudgeText(f"{text} {name} gets your note here in Slack in any case.", (again,))


def mail_not_sent_outcome(snapshot: PairSnapshot, planned: PlannedNudge, _me: Person) -> str | None:
    """That it was sent, or is tried again."""
    note = next((one for one in snapshot.thanks if one.pk == planned.subject_id), None)
    if note is None:
        return None
    return "It went out by e-mail." if note.mail_state is MailState.SENT else "You tried again."


KINDS = (
    NudgeKind(
        "thank_you", Urgency.MAY_WAIT, ReadingOrder.LAST_DISCUSSION, thank_you, thank_you_text, thank_you_reason,
        topic=Topic.THANKS, outcome=thank_you_outcome,
    ),
    NudgeKind(
        "thank_you_note", Urgency.NEVER_HELD_BACK, ReadingOrder.LAST_DISCUSSION, thank_you_note, thank_you_note_text,
        outcome=thank_you_note_outcome, is_over=is_confirmed,
    ),
    NudgeKind(
        "deliverables_confirmed", Urgency.NEVER_HELD_BACK, ReadingOrder.LAST_DISCUSSION, deliverables_confirmed,
        deliverables_confirmed_text,
    ),
    NudgeKind(
        "mail_not_sent", Urgency.NEVER_HELD_BACK, ReadingOrder.LAST_DISCUSSION, mail_not_sent, mail_not_sent_text,
        outcome=mail_not_sent_outcome,
    ),
)  # fmt: skip
