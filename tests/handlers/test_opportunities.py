"""The board of opportunities, offering, taking part, and channels that are told, as signed requests (practice C11)."""

from datetime import date, timedelta
from typing import Any

import pytest

from cycle.nudges import Action
from handlers.shared.ids import ActionId
from storage.nudges import NudgeState
from storage.opportunities import OpportunityKind
from tests.handlers.conftest import NOW
from tests.support.harness import BotHarness, Outcome
from tests.support.views import fields, said

ANA, BEN, CHIYO = "U0ANA", "U0BEN", "U0CHIYO"
IN_TEN_DAYS = NOW + timedelta(days=10)
GROWTH = "C0GROWTH"


async def offer(harness: BotHarness, who: str = BEN, title: str = "Customer workshop", **also: Any) -> Outcome:
    """Someone offers a project."""
    board = (await harness.command(who, "opportunities")).modal
    form = (await harness.press(who, board, ActionId.OPEN_OFFER)).modal
    return await harness.submit(who, form, **({"title": title, "open_until": date(2026, 12, 18)} | also))


async def offer_session(harness: BotHarness, **also: Any) -> Outcome:
    """Ben offers a session: choosing so shows the fields of one."""
    board = (await harness.command(BEN, "opportunities")).modal
    form = (await harness.press(BEN, board, ActionId.OPEN_OFFER)).modal
    form = (await harness.press(BEN, form, ActionId.OFFER_KIND, kind=OpportunityKind.SESSION)).modal
    typed = {"title": "How we negotiate", "starts_at": IN_TEN_DAYS, "seats": "2"} | also
    return await harness.submit(BEN, form, kind=OpportunityKind.SESSION, **typed)


async def details(harness: BotHarness, who: str) -> dict[str, Any]:
    """The first of the board, as someone opens it."""
    board = (await harness.command(who, "opportunities")).modal
    return (await harness.press(who, board, Action.OPEN_OPPORTUNITY)).modal


async def digests(harness: BotHarness) -> list[Any]:
    """What is planned for channels."""
    rows = (await harness.rows())["nudge"]
    return [row for row in rows if row.kind == "team_digest" and row.state == NudgeState.PLANNED]


async def test_C11_someone_offers_a_project_and_another_wants_to_take_part(harness: BotHarness, workspace: Any):
    """It is on the board for all; whoever is interested says so in one press, and takes it back in another."""
    done = await offer(harness, skills="Facilitation", about="Two days in January.")
    assert "It's on the board." in said(done.modal)
    shown = await details(harness, ANA)
    assert "A project, offered by Ben Okafor, open until Fri 18 Dec." in said(shown)
    assert "Two days in January." in said(shown)
    assert "Only Ben sees who wants to take part." in said(shown)
    interested = await harness.press(ANA, shown, ActionId.SIGN_UP)
    assert "I'll let Ben know that you're interested." in said(interested.modal)
    assert "Ana Ruiz" in said(await details(harness, BEN))
    off = await harness.press(ANA, interested.modal, ActionId.TAKE_NAME_OFF)
    assert "I've taken your name off the list." in said(off.modal)
    assert "Nobody has responded yet." in said(await details(harness, BEN))
    await harness.press(ANA, off.modal, ActionId.SIGN_UP)
    mine = await details(harness, BEN)
    assert "It comes off the board. I'll tell everyone who is interested." in said(mine)
    gone = await harness.press(BEN, mine, ActionId.WITHDRAW_OPPORTUNITY)
    assert "It's off the board, and I'll tell the person who is interested." in said(gone.modal)
    [told] = [row for row in (await harness.rows())["nudge"] if row.kind == "offer_withdrawn"]
    assert told.state == NudgeState.PLANNED


async def test_C11_a_session_has_a_time_and_seats(harness: BotHarness, workspace: Any):
    """Two sign up, the third reads that it is full; moving it keeps the names, and withdrawing it says who is told."""
    await offer_session(harness)
    for who in (ANA, CHIYO):
        signed = await harness.press(who, await details(harness, who), ActionId.SIGN_UP)
        assert "You have signed up, and I'll let Ben know." in said(signed.modal)
    full = said(await details(harness, "U0DEV"))
    assert "All seats are taken." in full
    assert "Sign up" not in full
    mine = await details(harness, BEN)
    form = (await harness.press(BEN, mine, ActionId.OPEN_OFFER)).modal
    assert "kind" not in fields(form)
    fewer = await harness.submit(BEN, form, seats="1")
    assert fewer.answer["errors"] == {"seats": "2 people have signed up. Please keep at least that many seats."}
    below = {"previous_view_id": "V0", "root_view_id": "V0"}
    moved = await harness.submit(BEN, form | below, starts_at=IN_TEN_DAYS + timedelta(days=1))
    [(_, redrawn)] = moved.views
    assert "Saved, and I'll tell the 2 people who have signed up about the new time." in said(redrawn)
    assert "See all opportunities" in said(redrawn)  # nothing lies below that one
    gone = await harness.press(BEN, mine, ActionId.WITHDRAW_OPPORTUNITY)
    assert "It's off the board, and I'll tell the 2 people who have signed up." in said(gone.modal)
    assert "Nothing is open right now." in said((await harness.command(ANA, "opportunities")).modal)


async def test_C11_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(harness: BotHarness, workspace: Any):
    """A session without a time and with odd seats; what was typed is there when the form is opened again."""
    wrong = await offer_session(harness, starts_at=NOW, seats="many", about="Role plays.")
    assert wrong.answer["errors"] == {
        "starts_at": "That time has passed. Please pick a time in the future.",
        "seats": "Please enter a number from 1 to 500, or leave this empty if there is no limit.",
    }
    again = (await harness.press_in_home(BEN, ActionId.OPEN_OFFER, 0)).modal
    assert fields(again)["about"]["initial_value"] == "Role plays."
    assert fields(again)["seats"]["initial_value"] == "many"


async def test_C10_nobody_else_changes_or_withdraws_an_offer(harness: BotHarness, workspace: Any):
    """Not by its form, nor by its buttons; and who has signed up is not shown to a third person."""
    await offer(harness)
    await harness.press(ANA, await details(harness, ANA), ActionId.SIGN_UP)
    mine = await details(harness, BEN)
    form = (await harness.press(BEN, mine, ActionId.OPEN_OFFER)).modal
    for refused in (
        await harness.submit(CHIYO, form, title="Mine now"),
        await harness.press(CHIYO, mine, ActionId.WITHDRAW_OPPORTUNITY),
        await harness.press(CHIYO, mine, ActionId.OPEN_OFFER),
    ):
        assert "Only the person who offers this can change it." in refused.refusal
    shown = said(await details(harness, CHIYO))
    assert "Customer workshop" in shown
    assert "Ana Ruiz" not in shown


async def test_C11_a_manager_has_a_channel_told(harness: BotHarness, workspace: Any):
    """Ben chooses a channel and a day; another day moves what is planned, and stopping cancels it."""
    await offer(harness)
    assert ActionId.OPEN_DIGEST not in said((await harness.command("U0GUS", "opportunities")).modal)
    board = (await harness.command(BEN, "opportunities")).modal
    form = (await harness.press(BEN, board, ActionId.OPEN_DIGEST)).modal
    none = await harness.submit(BEN, form)
    assert none.answer["errors"] == {"channel": "Please choose a channel."}
    done = await harness.submit(BEN, form, channel=GROWTH, weekday="1")
    assert f"I'll share opportunities in <#{GROWTH}> every Tuesday" in said(done.modal)
    assert {row.due_at.weekday() for row in await digests(harness)} == {1}
    form = (await harness.press(BEN, board, ActionId.OPEN_DIGEST)).modal
    await harness.submit(BEN, form, weekday="2")
    assert {row.due_at.weekday() for row in await digests(harness)} == {2}
    form = (await harness.press(BEN, board, ActionId.OPEN_DIGEST)).modal
    stopped = await harness.press(BEN, form, ActionId.SWITCH_OFF_DIGEST)
    assert "I no longer post there." in said(stopped.modal)
    assert await digests(harness) == []


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("not_in_channel", "I'm not in that channel yet."),
        ("channel_not_found", "I'm not in that channel yet."),
        ("is_archived", "That channel is archived."),
        ("missing_scope", "Opportunities in a channel"),
    ],
)
async def test_C11_a_channel_that_i_cannot_post_in_reliably_is_not_taken(
    sqlite_harness: BotHarness, workspace: Any, word: str, sentence: str
):
    """What to do about it is said beside the field, and nothing is saved."""
    harness = sqlite_harness
    board = (await harness.command(BEN, "opportunities")).modal
    form = (await harness.press(BEN, board, ActionId.OPEN_DIGEST)).modal
    harness.slack.refuses["conversations.history"] = word
    refused = await harness.submit(BEN, form, channel=GROWTH)
    assert sentence in refused.answer["errors"]["channel"]
    assert (await harness.rows())["digest"] == []


async def test_a_slow_slack_is_named_before_the_form_gives_up(
    sqlite_harness: BotHarness, workspace: Any, monkeypatch: pytest.MonkeyPatch
):
    """The form has three seconds for its answer: looking at the channel takes no more than half of them."""
    monkeypatch.setattr("handlers.digest.ASKED_FOR", 0.05)
    board = (await sqlite_harness.command(BEN, "opportunities")).modal
    form = (await sqlite_harness.press(BEN, board, ActionId.OPEN_DIGEST)).modal
    sqlite_harness.slack.silent.add("conversations.history")
    refused = await sqlite_harness.submit(BEN, form, channel=GROWTH)
    assert "Please save again in a moment." in refused.answer["errors"]["channel"]


async def test_C11_details_open_from_a_channel_for_whoever_pressed(harness: BotHarness, workspace: Any):
    """For someone the bot has never met as well, with a way to all the others; the message in the channel stays."""
    await offer(harness)
    [key] = [row.id for row in (await harness.rows())["opportunity"]]
    outcome = await harness.press_in_message("U0GUS", Action.OPEN_OPPORTUNITY, key)
    assert "Customer workshop" in said(outcome.modal)
    assert "See all opportunities" in said(outcome.modal)
    assert outcome.messages == []


async def test_C5_the_board_says_what_fits_a_skill_gap_of_mine(harness: BotHarness, workspace: Any):
    """To Ana, who has the gap, and to nobody else."""
    await offer(harness, skills="Presenting")
    roadmap = (await harness.command(ANA, "roadmap")).modal
    gap = (await harness.press(ANA, roadmap, ActionId.ADD_GAP)).modal
    await harness.submit(ANA, gap, skill="Presenting to customers")
    assert "It fits your skill gap “Presenting to customers”." in said(
        (await harness.command(ANA, "opportunities")).modal
    )
    assert "skill gap" not in said((await harness.command(CHIYO, "opportunities")).modal)
