"""Records to read, and as files in one's own conversation: signed requests and what Slack got (practice L5)."""

import asyncio
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog
from pypdf import PdfReader

from cycle.nudges import Action
from cycle.record import NONE_YET
from handlers.shared.exports import MOST_WAITING
from handlers.shared.ids import ActionId
from handlers.views import export as views
from handlers.views import uploads
from storage.achievements import Achievement
from storage.agenda import AgendaItem, ItemState
from storage.commitments import CommitmentState
from storage.discussions import DiscussionState
from storage.objectives import Horizon, Objective, ObjectiveState
from storage.pairs import Pair, PairState, Side
from storage.preparations import Answer, Level, Preparation
from storage.thanks import ThankYou
from tests.support.builders import LONG_AGO, commitment, held, notes, saved, scheduled
from tests.support.harness import BotHarness, FakeSlack
from tests.support.views import fields, said

ANA, BEN, CHIYO, ELIF = "U0ANA", "U0BEN", "U0CHIYO", "U0ELIF"


async def furnish(harness: BotHarness, workspace: Any) -> Pair:
    """Elif's and Ben's held discussion, with something of everything; and one before it, which Ben cancelled."""
    elif_, ben, two, done = workspace.elif_, workspace.ben, workspace.thanks, workspace.held
    of = {"pair_id": two.pk, "discussion_id": done.pk}
    before = harness.now - timedelta(days=9)
    async with harness.database.unit(harness.workspace_id) as store:
        both = [
            Preparation(author_id=one.pk, side=side, level=level, submitted_at=before, **of)
            for one, side, level in ((elif_, Side.EMPLOYEE, Level.STRONG), (ben, Side.MANAGER, Level.OUTSTANDING))
        ]
        cancelled = scheduled(
            two, harness.now - timedelta(days=60), number=0, state=DiscussionState.CANCELLED,
            cancelled_at=harness.now - timedelta(days=61), cancelled_by_id=ben.pk, cancel_reason="The audit came first",
        )  # fmt: skip
        await saved(store, *both, cancelled)
        answers = [
            (both[0], elif_, "achievements", "The launch went well", True),
            (both[0], elif_, "challenges", "Elif's secret doubts", False),
            (both[1], ben, "strengths", "She listens", True),
            (both[1], ben, "potential", "Ben's secret plans", False),
        ]
        items = [
            (elif_, "My course", ItemState.DISCUSSED, False),
            (ben, "The budget", ItemState.CARRIED_OVER, False),
            (elif_, "What makes me ready?", ItemState.DISCUSSED, True),
            (elif_, "Taken back", ItemState.WITHDRAWN, False),
        ]
        objectives = [
            ("Lead the migration", True, before, ObjectiveState.CURRENT),
            ("Elif's secret aim", False, before, ObjectiveState.CURRENT),
            ("Set afterwards", True, harness.now, ObjectiveState.CURRENT),
            ("Dropped afterwards", True, before, ObjectiveState.DROPPED),
        ]
        await saved(
            store,
            *(
                Answer(
                    pair_id=two.pk, preparation_id=one.pk, author_id=who.pk, question=about, text=text, shared=shared,
                    answered_at=before,
                )
                for one, who, about, text, shared in answers
            ),
            *(
                AgendaItem(
                    author_id=who.pk, text=text, state=state, is_question=asks, position=1, proposed_at=before, **of
                )
                for who, text, state, asks in items
            ),
            *(
                Objective(
                    pair_id=two.pk, owner_id=elif_.pk, horizon=Horizon.SHORT, text=text, shared=shared, set_at=at,
                    state=state, settled_at=None if state is ObjectiveState.CURRENT else harness.now,
                    target_on=harness.now.date() + timedelta(days=250),
                )
                for text, shared, at, state in objectives
            ),
            notes(done, elif_, "She will ask HR"),
            notes(done, ben, "He pays for it"),
            commitment(
                two, ben, harness.now.date(), text="Pay the course", discussion_id=done.pk, settled_at=harness.now,
                state=CommitmentState.DONE,
            ),
            ThankYou(author_id=elif_.pk, text="Thank you, Ben", sent_at=harness.now, **of),
            Achievement(
                person_id=elif_.pk, text="Elif's secret prize", happened_on=before.date(), saved_at=before
            ),
        )  # fmt: skip
    return two  # type: ignore[no-any-return]


SHARED = (
    "met on", "My course", "(discussed)", "The budget", "(left for next time)", "Questions asked",
    "What makes me ready?", "Strong performer", "Outstanding performer", "The launch went well", "She listens",
    "Lead the migration", "Dropped afterwards", "She will ask HR", "He pays for it", "Pay the course", "Thank you, Ben",
)  # fmt: skip
OWN_OF_ELIF = ("Elif's secret doubts", "Elif's secret aim", "Elif's secret prize")


async def exported(
    harness: BotHarness, who: str, key: int, *, all_of_them: bool = False, **typed: Any
) -> dict[str, bytes]:
    """The files that came of a form opened for a discussion."""
    harness.slack.uploads.clear()
    form = (await harness.press_in_message(who, Action.OPEN_EXPORT, key)).modal
    [what] = [name for name in fields(form) if name.startswith(views.WHAT)]
    if all_of_them:
        typed[what.replace(".", "__")] = views.ALL
    outcome = await harness.submit(who, form, **typed)
    assert outcome.faults() == []
    assert outcome.refusal == ""
    return dict(harness.slack.uploads)


def texts(files: dict[str, bytes]) -> list[str]:
    """The words of files, on one line each."""
    found = [
        "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        if name.endswith(".pdf")
        else content.decode().replace("\\", "")
        for name, content in files.items()
    ]
    return [" ".join(text.split()) for text in found]


# --- reading ---------------------------------------------------------------------------------------------------------


async def test_L5_a_record_is_read_from_the_list_by_both(harness: BotHarness, workspace: Any):
    """Both find it by `/career record`, with what both shared, their own private answers, nothing else."""
    await furnish(harness, workspace)
    opened = {}
    for who in (ELIF, BEN):
        records = await harness.command(who, "record")
        assert records.faults() == []
        assert "wrapped up" in said(records.modal)
        assert "cancelled" in said(records.modal)
        outcome = await harness.press(who, records.modal, Action.OPEN_RECORD, workspace.held.pk)
        assert outcome.faults() == []
        opened[who] = said(outcome.modal).replace("*", "").replace('\\"', '"')
        assert [one for one in SHARED if one not in opened[who]] == []
        assert "My course _(discussed)_" in opened[who]
        assert not any(one in opened[who] for one in ("Taken back", "Set afterwards"))
    assert all(one in opened[ELIF] for one in ("Only you see this", *OWN_OF_ELIF))
    assert "Ben's secret plans" in opened[BEN]
    assert "secret" not in opened[BEN].replace("Ben's secret plans", "")
    assert "Ben's secret" not in opened[ELIF]


async def test_L5_a_past_brief_leads_to_the_record_of_what_was_cancelled(sqlite_harness: BotHarness, workspace: Any):
    """Looking back has a button for the record, which says who cancelled it and why."""
    await furnish(sqlite_harness, workspace)
    list_ = (await sqlite_harness.command(ELIF, "record")).modal
    [cancelled] = [
        block["accessory"]["value"] for block in list_["blocks"] if "cancelled" in str(block) and "accessory" in block
    ]
    back = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_BRIEF, cancelled)).modal
    read = await sqlite_harness.press(ELIF, back, Action.OPEN_RECORD)
    assert "The audit came first" in said(read.modal)
    assert "Ben cancelled it on" in said(read.modal).replace("*", "")
    assert "It took place on" in said(read.modal)


async def test_L5_whoever_has_no_record_reads_when_there_will_be_one(sqlite_harness: BotHarness, workspace: Any):
    """The list and the export say so, and so does a discussion that is still ahead."""
    assert NONE_YET in said((await sqlite_harness.command(ANA, "record")).modal)
    assert (await sqlite_harness.command(ANA, "export")).refusal == NONE_YET
    ahead = await sqlite_harness.press_in_message(ANA, Action.OPEN_RECORD, workspace.discussion.pk)
    assert "still ahead" in ahead.refusal


async def test_L5_records_with_a_former_manager_stay(sqlite_harness: BotHarness, workspace: Any):
    """Elif and Ben have ended their discussions: both still read and export what they have talked about."""
    await furnish(sqlite_harness, workspace)
    async with sqlite_harness.database.unit(sqlite_harness.workspace_id) as store:
        two = await store.pairs.get(workspace.thanks.pk)
        two.state, two.ended_at = PairState.ENDED, sqlite_harness.now
    assert "wrapped up" in said((await sqlite_harness.command(ELIF, "record")).modal)
    assert len(await exported(sqlite_harness, BEN, workspace.held.pk)) == 2


# --- files -----------------------------------------------------------------------------------------------------------


async def test_L5_the_shared_part_arrives_as_pdf_and_markdown(harness: BotHarness, workspace: Any):
    """Both kinds come by default, in one message in one's own conversation, with what both can read and no more."""
    await furnish(harness, workspace)
    files = await exported(harness, ELIF, workspace.held.pk)
    assert [name.rpartition(".")[2] for name in files] == ["md", "pdf"]
    for text in texts(files):
        assert [one for one in SHARED if one not in text] == []
        assert "Both of them can read everything in this file." in text
        assert "secret" not in text
        assert "Elif Kaya and Ben Okafor" in text
    called = dict(harness.slack.calls)
    assert called["files.completeUploadExternal"]["channel_id"] == f"D{ELIF}"
    assert called["files.completeUploadExternal"]["initial_comment"] == views.ARRIVED
    assert "Elif" not in str([body for method, body in harness.slack.calls if method.startswith("files.")])


async def test_L5_ones_own_copy_has_what_is_private_and_says_so(sqlite_harness: BotHarness, workspace: Any):
    """Each gets their own private answers, marked, and never the other's; all discussions are in one file."""
    await furnish(sqlite_harness, workspace)
    own = {"contents": views.Contents.OWN, "all_of_them": True}
    of_elif = texts(await exported(sqlite_harness, ELIF, workspace.held.pk, **own))
    of_ben = texts(await exported(sqlite_harness, BEN, workspace.held.pk, **own))
    assert len(of_elif) == len(of_ben) == 2
    for text in of_elif:
        assert all(one in text for one in ("Only you see this", "This copy is Elif's own", *OWN_OF_ELIF))
        assert "Ben's secret" not in text
        assert text.index("The audit came first") < text.index("My course")
    for text in of_ben:
        assert "Ben's secret plans" in text
        assert "Elif's secret" not in text


async def test_C2_the_profile_arrives_as_files_with_what_both_can_read(sqlite_harness: BotHarness, workspace: Any):
    """In place of discussions, under a name without names; one's own copy has what is private, and says so."""
    await furnish(sqlite_harness, workspace)
    field = views.what_field(workspace.thanks.pk).replace(".", "__")
    shared = await exported(sqlite_harness, ELIF, workspace.held.pk, **{field: views.PROFILE})
    assert [name.rpartition("-")[0] for name in shared] == ["career-profile-2026-11"] * 2
    for text in texts(shared):
        assert "Lead the migration" in text
        assert "The launch went well" in text
        assert "secret" not in text
        assert "Both of them can read everything in this file." in text
    own = {field: views.PROFILE, "contents": views.Contents.OWN}
    for text in texts(await exported(sqlite_harness, ELIF, workspace.held.pk, **own)):
        assert "(only you see this)" in text
        assert "This copy is Elif's own" in text


async def test_L5_a_level_stays_out_until_both_are_in(sqlite_harness: BotHarness, workspace: Any):
    """Elif alone has assessed herself: her own copy says so, neither the shared part nor Ben's copy has it."""
    async with sqlite_harness.database.unit(sqlite_harness.workspace_id) as store:
        await saved(
            store,
            Preparation(
                pair_id=workspace.thanks.pk, discussion_id=workspace.held.pk, author_id=workspace.elif_.pk,
                side=Side.EMPLOYEE, level=Level.OUTSTANDING, submitted_at=LONG_AGO,
            ),
        )  # fmt: skip
    own = {"contents": views.Contents.OWN, "formats": [views.Format.MARKDOWN]}
    [mine] = texts(await exported(sqlite_harness, ELIF, workspace.held.pk, **own))
    [shared] = texts(await exported(sqlite_harness, ELIF, workspace.held.pk, formats=[views.Format.MARKDOWN]))
    [of_ben] = texts(await exported(sqlite_harness, BEN, workspace.held.pk, **own))
    assert "Outstanding performer (only you see this, until both are in)" in mine
    assert "Outstanding" not in shared
    assert "Outstanding" not in of_ben


async def test_L5_a_person_with_several_partners_chooses_one(sqlite_harness: BotHarness, workspace: Any):
    """Ben's list follows whom he chooses; a list that was still of someone else sends nothing."""
    async with sqlite_harness.database.unit(sqlite_harness.workspace_id) as store:
        then = sqlite_harness.now - timedelta(days=400)
        with_ana = held(workspace.two, then, then, number=9)
        await saved(store, with_ana)
        await saved(store, notes(with_ana, workspace.ben, "Of Ana alone"))
    form = (await sqlite_harness.command(BEN, "export")).modal
    drawn, other = workspace.thanks.pk, workspace.two.pk
    stale = await sqlite_harness.submit(BEN, form, **{"with": str(other)})
    assert stale.answer["errors"] == {views.what_field(drawn): views.OTHER_LIST}
    chosen = await sqlite_harness.press(BEN, form, ActionId.EXPORT_WITH, **{"with": str(other)})
    assert chosen.faults() == []
    assert views.what_field(other) in fields(chosen.modal)
    await sqlite_harness.submit(BEN, chosen.modal, **{"with": str(other)})
    assert len(sqlite_harness.slack.uploads) == 2
    assert all("Of Ana alone" in text for text in texts(sqlite_harness.slack.uploads))


async def test_L5_without_a_kind_of_file_nothing_is_sent(sqlite_harness: BotHarness, workspace: Any):
    """The sentence is beside the boxes; made-up choices are refused as well."""
    form = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    none = await sqlite_harness.submit(ELIF, form, formats=[])
    assert none.answer["errors"] == {"formats": views.CHOOSE_FORMAT}
    field = views.what_field(workspace.thanks.pk).replace(".", "__")
    for made_up in ("12345", "x", str(workspace.discussion.pk)):
        assert (await sqlite_harness.submit(ELIF, form, **{field: made_up})).refusal
    assert sqlite_harness.slack.uploads == {}


async def test_L5_C10_a_third_person_gets_no_record_and_no_file(sqlite_harness: BotHarness, workspace: Any):
    """Chiyo opens and submits what belongs to the two: nothing is shown, and no file is made."""
    await furnish(sqlite_harness, workspace)
    form = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    sqlite_harness.slack.uploads.clear()
    for refused in (
        await sqlite_harness.press_in_message(CHIYO, Action.OPEN_RECORD, workspace.held.pk),
        await sqlite_harness.press_in_message(CHIYO, Action.OPEN_EXPORT, workspace.held.pk),
        await sqlite_harness.submit(CHIYO, form),
    ):
        assert "between two other people" in refused.refusal
    assert sqlite_harness.slack.uploads == {}


# --- twice, and when Slack fails -------------------------------------------------------------------------------------


async def test_L5_a_form_submitted_twice_sends_one_set(harness: BotHarness, workspace: Any):
    """The same submission once more, later or at the same moment, is answered alike and sends nothing again."""
    calls = harness.slack.calls
    form = (await harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    first = await harness.submit(ELIF, form)
    assert sum(method == "files.completeUploadExternal" for method, _ in first.calls) == 1
    again = await harness.send_again()
    assert (again.answer, again.calls) == (first.answer, [])
    form = (await harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    calls.clear()
    both = await asyncio.gather(harness.submit_alone(ELIF, form), harness.submit_alone(ELIF, form))
    await harness.finish()
    assert [answer.status for answer in both] == [200, 200]
    assert sum(method == "files.completeUploadExternal" for method, _ in calls) == 1


Fault = Callable[[FakeSlack], None]


def refusing(method: str, word: str) -> Fault:
    """Slack refuses a method."""
    return lambda slack: slack.refuses.update({method: word})


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (refusing("files.getUploadURLExternal", "missing_scope"), uploads.NO_PERMISSION.format(scope="files:write")),
        (refusing("files.getUploadURLExternal", "ratelimited"), uploads.SLOW_DOWN),
        (refusing("files.completeUploadExternal", "internal_error"), uploads.NOT_SENT),
        (refusing("conversations.open", "service_unavailable"), uploads.NOT_SENT),
    ],
    ids=["scope", "rate", "unknown outcome", "outage"],
)
async def test_L5_when_slack_fails_the_person_hears_why_and_can_try_again(
    sqlite_harness: BotHarness, workspace: Any, fault: Fault, sentence: str
):
    """One try per step, a sentence and a button in their conversation, no words in the log; then it works."""
    await furnish(sqlite_harness, workspace)
    fault(sqlite_harness.slack)
    form = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.submit(ELIF, form)
    posted = [body for method, body in outcome.calls if method == "chat.postMessage"]
    assert [(body["channel"], body["text"]) for body in posted] == [(ELIF, sentence)]
    assert outcome.faults() == []
    methods = [method for method, _ in outcome.calls]
    assert len(methods) == len(set(methods)) + max(methods.count("files.getUploadURLExternal") - 1, 0)
    assert [entry["event"] for entry in logged] == ["upload.failed"]
    assert not any(word in str(logged) for word in ("Elif", "launch", "secret", "course"))
    sqlite_harness.slack.refuses.clear()
    assert len(await exported(sqlite_harness, ELIF, workspace.held.pk)) == 2


async def test_L5_where_no_message_can_be_sent_the_form_says_so(sqlite_harness: BotHarness, workspace: Any):
    """Slack takes neither files nor messages: the sentence replaces the form that is still open."""
    sqlite_harness.slack.refuses |= {"conversations.open": "fatal_error", "chat.postMessage": "fatal_error"}
    form = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    outcome = await sqlite_harness.submit(ELIF, form)
    assert uploads.NOT_SENT in str([body for method, body in outcome.calls if method == "views.update"])


async def test_L5_who_waits_already_or_comes_among_too_many_is_asked_to_come_back(
    sqlite_harness: BotHarness, workspace: Any
):
    """The form stays open with a sentence, and the same form works once there is room."""
    exports, me = sqlite_harness.services.exports, (sqlite_harness.workspace_id, workspace.elif_.pk)
    form = (await sqlite_harness.press_in_message(ELIF, Action.OPEN_EXPORT, workspace.held.pk)).modal
    exports.add(me)
    assert (await sqlite_harness.submit(ELIF, form)).refusal == uploads.STILL_COMING
    exports.done(me)
    others = [(99, one) for one in range(MOST_WAITING)]
    for one in others:
        exports.add(one)
    assert (await sqlite_harness.submit(ELIF, form)).refusal == uploads.COME_BACK
    for one in others:
        exports.done(one)
    assert (await sqlite_harness.submit(ELIF, form)).refusal == ""
    assert len(sqlite_harness.slack.uploads) == 2


async def test_L5_the_list_of_records_is_turned_page_by_page(sqlite_harness: BotHarness, workspace: Any):
    """Each record is on one page, there and back."""
    days = [sqlite_harness.now - timedelta(days=900 + one) for one in range(12)]
    async with sqlite_harness.database.unit(sqlite_harness.workspace_id) as store:
        cancelled = {"state": DiscussionState.CANCELLED}
        dates = [
            scheduled(workspace.thanks, day, number=10 + one, cancelled_at=day, **cancelled)
            for one, day in enumerate(days)
        ]
        await saved(store, *dates)
    first = (await sqlite_harness.command("U0ELIF", "record")).modal
    second = (await sqlite_harness.press("U0ELIF", first, ActionId.RECORDS_PAGE, 1)).modal
    back = (await sqlite_harness.press("U0ELIF", second, ActionId.RECORDS_PAGE, 0)).modal
    keys = [_records_on(page) for page in (first, second)]
    assert len(keys[0]) == 10
    assert not set(keys[0]) & set(keys[1])
    assert {str(one.pk) for one in dates} <= {*keys[0], *keys[1]}
    assert _records_on(back) == keys[0]


def _records_on(page: dict[str, Any]) -> list[str]:
    """The keys of the records that can be read from a page of the list."""
    buttons = [block.get("accessory", {}) for block in page["blocks"]]
    return [one["value"] for one in buttons if one.get("action_id") == Action.OPEN_RECORD]
