"""“Add to calendar”: signed requests, and the file that came of them (practices E10, L2)."""

from datetime import timedelta
from typing import Any

import structlog
from icalendar import Calendar, Event

from cycle.calendar_event import NO_DATE_YET, OVER
from cycle.guards import NOT_YOURS
from cycle.nudges import Action
from handlers.shared.ids import ActionId
from handlers.views import calendar_file as views
from handlers.views import uploads
from tests.support.harness import BotHarness, Outcome
from tests.support.views import said

ANA, BEN, CHIYO, DEV, ELIF = "U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF"


def sent(harness: BotHarness) -> tuple[str, Event]:
    """The one file that was sent: what a calendar should do with it, and the event."""
    [content] = harness.slack.uploads.values()
    harness.slack.uploads.clear()
    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    return str(calendar["method"]), event


def comment_of(outcome: Outcome) -> str:
    """What is written above the file."""
    return str(dict(outcome.calls)["files.completeUploadExternal"]["initial_comment"])


async def test_E10_L2_the_date_goes_into_both_calendars_moves_and_is_taken_out(harness: BotHarness, workspace: Any):
    """Ana sets a date and cancels it after a move: at each step she and Ben get a file of the same event."""
    first = workspace.discussion.starts_at + timedelta(days=1)
    moved = await harness.submit(ANA, (await harness.command(ANA, "schedule")).modal, starts_at=first)
    pressed = await harness.press(ANA, moved.modal, Action.CALENDAR_FILE)
    assert pressed.faults() == []
    assert views.ON_ITS_WAY in said(pressed.modal)
    method, mine = sent(harness)
    assert (method, mine["summary"], mine["dtstart"].dt) == ("PUBLISH", "Career discussion with Ben", first)
    assert dict(pressed.calls)["files.completeUploadExternal"]["channel_id"] == f"D{ANA}"
    assert "with Ben on Fri 4 Dec at 10:00" in comment_of(pressed)
    assert "Item" not in str(mine.to_ical())

    second = first + timedelta(days=3)
    form = (await harness.press_in_message(BEN, Action.OPEN_SCHEDULE, workspace.two.pk)).modal
    await harness.submit(BEN, form, starts_at=second)
    brief = (await harness.press_in_message(BEN, Action.OPEN_BRIEF, workspace.discussion.pk)).modal
    await harness.press(BEN, brief, Action.CALENDAR_FILE)
    _, theirs = sent(harness)
    assert (theirs["summary"], theirs["dtstart"].dt) == ("Career discussion with Ana", second)
    assert theirs["uid"] == mine["uid"]
    assert theirs["sequence"] == mine["sequence"] + 1

    old = await harness.press_in_message(ANA, Action.CALENDAR_FILE, workspace.discussion.pk)
    assert sent(harness)[1]["dtstart"].dt == second
    assert "this moves it" in comment_of(old)

    form = (await harness.press(ANA, (await harness.command(ANA, "schedule")).modal, ActionId.OPEN_CANCEL)).modal
    cancelled = (await harness.submit(ANA, form, reason="Ben is away")).modal
    outcome = await harness.press(ANA, cancelled, Action.CALENDAR_FILE)
    method, gone = sent(harness)
    assert (method, gone["status"], gone["uid"]) == ("CANCEL", "CANCELLED", mine["uid"])
    assert gone["sequence"] > theirs["sequence"]
    assert "no longer holds" in comment_of(outcome)
    for later in (
        (await harness.press_in_message(BEN, Action.OPEN_SCHEDULE, workspace.two.pk)).modal,
        (await harness.press_in_message(BEN, Action.OPEN_RECORD, workspace.discussion.pk)).modal,
    ):
        assert "Remove from calendar" in said(later)
        assert (await harness.press(BEN, later, Action.CALENDAR_FILE)).faults() == []
        assert sent(harness)[1]["sequence"] == gone["sequence"]


async def test_E10_whoever_may_not_have_a_file_reads_why(sqlite_harness: BotHarness, workspace: Any):
    """No date yet, already held, someone else's, or one that never was: a sentence, and no file."""
    for who, key, sentence in (
        (ELIF, workspace.next.pk, NO_DATE_YET),
        (ELIF, workspace.held.pk, OVER),
        (CHIYO, workspace.discussion.pk, NOT_YOURS),
        (ANA, 9999, NOT_YOURS),
    ):
        outcome = await sqlite_harness.press_in_message(who, Action.CALENDAR_FILE, key)
        assert outcome.refusal == sentence
    assert sqlite_harness.slack.uploads == {}


async def test_E10_pressing_again_sends_it_again_but_not_while_it_is_on_its_way(
    sqlite_harness: BotHarness, workspace: Any
):
    """The same event both times; a second press in a row is answered that the file is coming."""
    exports, me = sqlite_harness.services.exports, (sqlite_harness.workspace_id, workspace.ana.pk)
    exports.add(me)
    busy = await sqlite_harness.press_in_message(ANA, Action.CALENDAR_FILE, workspace.discussion.pk)
    assert busy.refusal == uploads.STILL_COMING
    exports.done(me)
    events = []
    for _ in range(2):
        await sqlite_harness.press_in_message(ANA, Action.CALENDAR_FILE, workspace.discussion.pk)
        events.append(sent(sqlite_harness)[1])
    assert events[0] == events[1]


async def test_E10_when_slack_fails_the_person_hears_why_and_can_try_again(sqlite_harness: BotHarness, workspace: Any):
    """A message with a button that then works; the log has no names."""
    sqlite_harness.slack.refuses["files.getUploadURLExternal"] = "missing_scope"
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.press_in_message(ANA, Action.CALENDAR_FILE, workspace.discussion.pk)
    [message] = [body for method, body in outcome.calls if method == "chat.postMessage"]
    assert message["text"] == uploads.NO_PERMISSION.format(scope="files:write")
    assert outcome.faults() == []
    assert [(entry["event"], entry["what"]) for entry in logged] == [("upload.failed", "calendar_file")]
    sqlite_harness.slack.refuses.clear()
    [again] = message["blocks"][-1]["elements"] if isinstance(message["blocks"], list) else [None]
    await sqlite_harness.press_in_message(ANA, again["action_id"], again["value"])
    assert sent(sqlite_harness)[0] == "PUBLISH"
