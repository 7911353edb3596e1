"""A thank-you by mail as well: signed requests, a real mail server, and what the author hears (practice E12)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
import structlog

from bot.mailer import SmtpMailer
from cycle.nudges import Action, plan, worded
from cycle.nudges.thanks import MAIL_TAKES
from cycle.snapshot_loading import load_snapshot
from cycle.thanks_mail import NOT_YOURS, ON_ITS_WAY, SENT_ALREADY
from handlers.views import kit
from handlers.views import thanks as views
from storage.thanks import MailState, ThankYou
from tests.support.harness import BotHarness, Outcome
from tests.support.mail_server import FakeMailServer
from tests.support.views import fields, said

BEN, ELIF = "U0BEN", "U0ELIF"
NOTE = "Dear Ben,\nthank you: <b>really</b> & truly.\n\nElif"


@pytest.fixture
async def server() -> AsyncIterator[FakeMailServer]:
    """A mail server."""
    async with FakeMailServer().running() as running:
        yield running


def set_up(harness: BotHarness, server: FakeMailServer, seconds: float = 5) -> None:
    """The bot of an admin who has set up mail, in a workspace where everyone has an address."""
    harness.services.mailer = SmtpMailer(server.address(), seconds)
    harness.slack.emails |= {BEN: "ben@example.com", ELIF: "elif@example.com"}


async def thank(harness: BotHarness, workspace: Any, **typed: Any) -> Outcome:
    """Elif sends her note, by mail as well unless she says otherwise."""
    form = (await harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    return await harness.submit(ELIF, form, note=NOTE, **({"by_mail": [kit.TICKED]} | typed))


async def note_of(harness: BotHarness, workspace: Any) -> ThankYou:
    """The note as saved."""
    async with harness.database.reading(harness.workspace_id) as store:
        [note] = await store.thanks.of_discussions([workspace.held.pk])
    return note  # type: ignore[no-any-return]


async def told(harness: BotHarness, workspace: Any) -> list[tuple[str, Any]]:
    """What Elif hears of her mail: when, and what she reads then."""
    async with harness.database.reading(harness.workspace_id) as store:
        snapshot = await load_snapshot(store, await store.pairs.get(workspace.thanks.pk), harness.now)
        rows = {row.key for row in await store.nudges.of_pair(workspace.thanks.pk) if row.state == "planned"}
    planned = [one for one in plan(snapshot, harness.now).values() if one.kind == "mail_not_sent"]
    assert {one.key for one in planned} == {key for key in rows if key.startswith("mail_not_sent")}
    assert {one.person_id for one in planned} <= {workspace.elif_.pk}
    texts = [(one.due_at, worded(snapshot, one, workspace.elif_)) for one in planned]
    return [(due_at, text) for due_at, text in texts if text is not None]


async def test_E12_a_thank_you_goes_out_by_mail_once(harness: BotHarness, workspace: Any, server: FakeMailServer):
    """One mail with the note and what she will deliver, to Ben alone; submitting again sends nothing."""
    set_up(harness, server)
    outcome = await thank(harness, workspace)
    assert outcome.faults() == []
    assert "The e-mail goes out now" in said(outcome.modal)
    [mail] = server.mails
    assert [(one.display_name, one.addr_spec) for one in mail["To"].addresses] == [("Ben Okafor", "ben@example.com")]
    assert mail["From"].addresses[0].addr_spec == "career@example.com"
    assert mail["Reply-To"].addresses[0].addr_spec == "elif@example.com"
    assert mail["Subject"] == "A thank-you from Elif Kaya"
    assert (mail["Bcc"], mail["Cc"]) == (None, None)
    assert server.envelopes[0].rcpt_tos == ["ben@example.com"]
    plain = mail.get_body(("plain",)).get_content()
    assert "> thank you: <b>really</b> & truly." in plain
    assert "What Elif will deliver" in plain
    assert workspace.deliverable.text in plain
    assert "&lt;b&gt;really&lt;/b&gt; &amp; truly." in mail.get_body(("html",)).get_content()
    assert (await note_of(harness, workspace)).mail_state is MailState.SENT
    assert await told(harness, workspace) == []
    await harness.send_again()
    refused = await harness.press_in_message(ELIF, Action.MAIL_AGAIN, (await note_of(harness, workspace)).pk)
    assert refused.refusal == SENT_ALREADY
    assert len(server.envelopes) == 1


async def test_E12_mail_is_offered_where_it_is_set_up_and_sent_where_it_is_ticked(
    sqlite_harness: BotHarness, workspace: Any, server: FakeMailServer
):
    """Without a server there is no box; a tick in a form from before says that nothing goes out; none sends none."""
    form = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    assert views.BY_MAIL not in fields(form)
    set_up(sqlite_harness, server)
    offered = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    assert "Also send it by e-mail to Ben" in said(offered)
    sqlite_harness.services.mailer = None
    gone = await sqlite_harness.submit(ELIF, offered, note=NOTE, by_mail=[kit.TICKED])
    assert views.NO_MAIL_SERVER in said(gone.modal)
    assert (await note_of(sqlite_harness, workspace)).mail_state is None
    assert server.envelopes == []


async def test_E12_no_tick_sends_no_mail(sqlite_harness: BotHarness, workspace: Any, server: FakeMailServer):
    """The box is empty to begin with, and then nobody's address is looked up."""
    set_up(sqlite_harness, server)
    outcome = await thank(sqlite_harness, workspace, by_mail=[])
    assert "e-mail" not in said(outcome.modal)
    assert [method for method, _ in outcome.calls if method == "users.info"] == []
    assert server.envelopes == []


Accident = Callable[[BotHarness, FakeMailServer], object]
ACCIDENTS: Mapping[str, tuple[Accident, str]] = MappingProxyType({
    "refused": (
        lambda _bot, server: server.answers.update({"RCPT": "550 no ben@example.com"}), "the mail server refused it"
    ),
    "no address": (lambda bot, _server: bot.slack.emails.pop(BEN), "I found no address"),
    "no scope": (lambda bot, _server: setattr(bot.slack, "scopes", "chat:write,users:read"), "users:read.email"),
    "no lookup": (lambda bot, _server: bot.slack.refuses.update({"users.info": "fatal_error"}), "Slack didn't tell me"),
    "not reached": (
        lambda bot, server: setattr(bot.services, "mailer", SmtpMailer(server.address(port=1))),
        "I couldn't reach the mail server",
    ),
})  # fmt: skip


@pytest.mark.parametrize("accident", ACCIDENTS)
async def test_E12_what_failed_is_said_and_can_be_tried_again(
    sqlite_harness: BotHarness, workspace: Any, server: FakeMailServer, accident: str
):
    """Elif hears at once why no mail went out, and that Ben gets the note anyway; “Try again” then sends it."""
    set_up(sqlite_harness, server)
    happen, words = ACCIDENTS[accident]
    happen(sqlite_harness, server)
    with structlog.testing.capture_logs() as logged:
        await thank(sqlite_harness, workspace)
    assert server.envelopes == []
    assert "@" not in str(logged)
    [(due_at, text)] = await told(sqlite_harness, workspace)
    assert due_at == sqlite_harness.now
    assert words in text.text
    assert text.text.endswith("Ben gets your note here in Slack in any case.")
    [again] = text.buttons
    server.answers, sqlite_harness.slack.refuses, sqlite_harness.slack.scopes = {}, {}, ""
    set_up(sqlite_harness, server)
    stranger = await sqlite_harness.press_in_message(BEN, again.does, again.subject_id)
    assert stranger.refusal == NOT_YOURS
    pressed = await sqlite_harness.press_in_message(ELIF, again.does, again.subject_id)
    assert views.MAILING in str(pressed.messages)
    assert len(server.envelopes) == 1
    assert await told(sqlite_harness, workspace) == []


async def test_E12_a_lost_answer_is_said_and_never_repeated_silently(
    sqlite_harness: BotHarness, workspace: Any, server: FakeMailServer
):
    """The server has the mail but its answer is lost: Elif hears that nobody knows; trying again has the same id."""
    set_up(sqlite_harness, server)
    server.drops = "DATA"
    await thank(sqlite_harness, workspace)
    [(_, text)] = await told(sqlite_harness, workspace)
    assert "I don't know whether" in text.text
    server.drops = ""
    await sqlite_harness.press_in_message(ELIF, Action.MAIL_AGAIN, text.buttons[0].subject_id)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert await told(sqlite_harness, workspace) == []


async def test_E12_a_process_that_ends_in_the_middle_leaves_a_trace(
    sqlite_harness: BotHarness, workspace: Any, server: FakeMailServer
):
    """Killed while the server has the mail: a nudge is planned already, which says so and offers to repeat it."""
    set_up(sqlite_harness, server)
    server.hangs = "DATA"
    form = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_THANK_YOU, workspace.held.pk)).modal
    await sqlite_harness.submit_alone(ELIF, form, note=NOTE, by_mail=[kit.TICKED])
    await asyncio.wait_for(server.has_mail.wait(), 10)
    await sqlite_harness.services.background.finish(seconds=0)
    note = await note_of(sqlite_harness, workspace)
    assert note.mail_state is MailState.SENDING
    [(due_at, text)] = await told(sqlite_harness, workspace)
    assert due_at == sqlite_harness.now + MAIL_TAKES
    assert "I don't know whether" in text.text
    early = await sqlite_harness.press_in_message(ELIF, Action.MAIL_AGAIN, note.pk)
    assert early.refusal == ON_ITS_WAY
    server.hangs = ""
    sqlite_harness.now += MAIL_TAKES + timedelta(seconds=1)
    await sqlite_harness.press_in_message(ELIF, Action.MAIL_AGAIN, note.pk)
    assert len(server.envelopes) == 2
    assert await told(sqlite_harness, workspace) == []
