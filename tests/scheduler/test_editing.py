"""Messages that were sent: their buttons go once there is nothing to do, and one thing of one day is one message."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from cycle import agendas
from cycle.commitments import ChangeForm, CommitmentEntry
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.nudges import KINDS, called_for
from cycle.pairing import expire_requests
from cycle.sent_nudges import EDIT_AFTER, EDITED_FOR, SUPERSEDED, edited_since
from cycle.snapshot_loading import load_snapshot
from cycle.wrap_up import WrapUpForm
from scheduler.claiming import LEASE, MOST_ATTEMPTS
from scheduler.editing import EDITS_PER_MINUTE, Editing
from scheduler.housekeeping import Housekeeping
from scheduler.messenger import (
    ContentRefused,
    InstallationFault,
    NotPosted,
    RateLimited,
    RecipientRefused,
    Unknown,
)
from scheduler.nightly import Nightly, Run
from storage.pairs import Cadence, Side
from tests.scheduler.conftest import Services
from tests.support.builders import MADRID, at, commitment, pair, planning
from tests.support.databases import Template
from tests.support.messengers import Died
from tests.support.pair_fixture import PairFixture

MONDAY = at(MADRID, 2026, 11, 23, 11)  # ten in London
DUE_ON = MONDAY.date() + timedelta(days=18)
FAR_OFF = MONDAY.date() + timedelta(days=90)  # nothing asks for a date yet
THURSDAY = at(MADRID, 2026, 12, 3, 15)
FRIDAY = at(MADRID, 2026, 12, 4, 15)
SOON = timedelta(minutes=1)
NOTHING_MORE = {"cadence": Cadence.QUARTERLY, "minutes": 60, "no_commitments": True, "next_later": True}


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """On SQLite, but for what is told otherwise; `tests.handlers.test_sent_messages` edits on PostgreSQL as well."""
    template: Template = request.getfixturevalue(f"{request.param}_template")
    url = template.copy(tmp_path)
    yield url
    template.give_back(url)


async def planned(services: Services, due_on: date = FAR_OFF) -> PairFixture:
    """Ana and Ben, who have no date yet, on a Monday morning."""
    services.now = MONDAY
    two = await PairFixture.unpaired(services.database, services.workspace_id)
    two.pair = pair(two.ana, two.ben)
    await two.write(two.pair)
    two.discussion = planning(two.pair, due_on)
    await two.write(two.discussion)
    return two


async def told_of_thursday(services: Services) -> PairFixture:
    """Ana has set a date, and Ben has read of it."""
    two = await planned(services)
    await two.set_date(two.ana, THURSDAY, now=services.now)
    await services.catch_up(SOON)
    assert services.slack.buttons() == {f"date_set:{two.discussion.pk}:1"}
    return two


async def met_on_monday(services: Services) -> PairFixture:
    """Ana and Ben have met, and both were asked how it went."""
    two = await PairFixture.scheduled(services.database, services.workspace_id, MONDAY - timedelta(hours=2))
    services.now = MONDAY
    await services.nightly()
    await services.catch_up()
    assert services.slack.buttons() == {f"wrap_up:{two.discussion.pk}:1:{two.ana.pk}:first",
                                        f"wrap_up:{two.discussion.pk}:1:{two.ben.pk}:first"}  # fmt: skip
    return two


def last_text(services: Services) -> str:
    """What the last message says now."""
    return services.slack.texts()[-1]


# --- a settled message -----------------------------------------------------------------------------------------------


async def test_how_it_went_is_asked_of_no_one_once_it_is_wrapped_up(services: Services):
    """When one of the two wraps up, both messages lose their button and say who did it."""
    two = await met_on_monday(services)
    await two.wrap_up(two.ana, WrapUpForm(**NOTHING_MORE), services.now)
    await services.catch_up(EDIT_AFTER)
    assert services.slack.buttons() == {f"wrapped_up:{two.discussion.pk}"}
    assert sorted(text.rsplit(". ", 1)[1] for text in services.slack.texts()[:2]) == [
        "Wrapped up by Ana.",
        "You wrapped it up.",
    ]


async def test_the_second_reminder_takes_the_buttons_of_the_first(services: Services):
    """Of several reminders of one thing only the last has buttons; an earlier one points to it."""
    two = await met_on_monday(services)
    await services.catch_up(timedelta(days=1))
    await services.catch_up(EDIT_AFTER)
    assert services.slack.buttons() == {f"wrap_up:{two.discussion.pk}:1:{two.ana.pk}:again",
                                        f"wrap_up:{two.discussion.pk}:1:{two.ben.pk}:again"}  # fmt: skip
    assert [text.endswith(SUPERSEDED) for text in services.slack.texts()] == [True, True, False, False]


async def test_a_reminder_keeps_its_buttons_until_the_next_one_comes(services: Services):
    """Between the end of the first overdue reminder and the next one, the first can still be answered."""
    two = await planned(services)
    made = commitment(two.pair, two.ana, MONDAY.date() - timedelta(days=4))
    await two.write(made)
    await services.nightly()
    await services.catch_up()
    await services.nightly(after=timedelta(days=5))
    await services.catch_up(EDIT_AFTER)
    assert services.slack.buttons() == {f"commitment_overdue:{made.pk}:1"}


@pytest.mark.parametrize("weeks", [0, 1, 2])
async def test_done_settles_every_reminder_of_a_commitment(services: Services, weeks: int):
    """Done, from wherever: no reminder of it has a button left, and the last one says so."""
    two = await planned(services)
    made = commitment(two.pair, two.ana, MONDAY.date() - timedelta(days=4))
    await two.write(made)
    await services.nightly()
    await services.catch_up()
    for _ in range(weeks):
        await services.catch_up(timedelta(days=7))
    await two.done(two.ana, made.pk, services.now)
    await services.catch_up(EDIT_AFTER)
    texts = [text for text in services.slack.texts() if "commitment" in text]
    assert len(texts) == weeks + 1
    assert texts[-1].endswith("Done.")
    assert not {key for key in services.slack.buttons() if key.startswith("commitment")}


@pytest.mark.parametrize(
    ("answer", "says"),
    [("accept", "You said yes."), ("decline", "You said no."), ("take_back", "Ana took the request back.")],
)
async def test_E1_a_request_that_is_answered_has_no_buttons(services: Services, answer: str, says: str):
    """An answer, from wherever, or taking the request back leaves nothing to answer."""
    services.now = MONDAY
    two = await PairFixture.unpaired(services.database, services.workspace_id)
    asked = await two.ask(two.ana, two.ben, Side.EMPLOYEE, "Please?", now=services.now)
    await services.catch_up()
    assert services.slack.buttons() == {f"pair_asked:{asked.pk}"}
    who = two.ana if answer == "take_back" else two.ben
    await getattr(two, answer)(who, asked.pk, services.now)
    await services.catch_up(EDIT_AFTER)
    assert f"pair_asked:{asked.pk}" not in services.slack.buttons()
    assert services.slack.texts()[0].endswith(says)
    shown = next(iter(services.slack.blocks.values()))
    assert any("Please?" in str(block) for block in shown), "the words of the request stay"


async def test_a_request_that_expired_says_so(services: Services):
    """A request without an answer for three weeks has nothing left to press."""
    services.now = MONDAY
    two = await PairFixture.unpaired(services.database, services.workspace_id)
    asked = await two.ask(two.ana, two.ben, Side.EMPLOYEE, now=services.now)
    await services.catch_up()
    async with services.database.unit(services.workspace_id) as store:
        assert await expire_requests(store, services.now + timedelta(days=22)) == 1
    await services.catch_up(timedelta(days=22, seconds=5))
    assert f"pair_asked:{asked.pk}" not in services.slack.buttons()
    assert services.slack.texts()[0].endswith("The request has expired.")


async def test_E17_a_date_settles_what_asked_for_one(services: Services):
    """A date set in the App Home: “find a time” is gone from the message that asked for one."""
    two = await planned(services, due_on=DUE_ON)
    await services.nightly()
    await services.catch_up()
    assert services.slack.buttons() == {f"schedule_next:{two.discussion.pk}:1"}
    await two.set_date(two.ana, THURSDAY, now=services.now)
    await services.catch_up(EDIT_AFTER)
    assert services.slack.buttons() == {f"date_set:{two.discussion.pk}:1"}
    assert services.slack.texts()[0].endswith("The date is set: Thu 3 Dec at 15:00.")


async def test_a_yes_asks_for_a_date_until_there_is_one(services: Services):
    """The answer to a request offers to find a time; once there is one, it doesn't."""
    services.now = MONDAY
    two = await PairFixture.unpaired(services.database, services.workspace_id)
    two.pair = await two.ask(two.ana, two.ben, Side.EMPLOYEE, now=services.now)
    await two.accept(two.ben, two.pair.pk, services.now)
    await services.catch_up()
    assert f"pair_answered:{two.pair.pk}" in services.slack.buttons()
    await two.set_date(two.ben, THURSDAY, now=services.now)
    await services.catch_up(EDIT_AFTER)
    assert f"pair_answered:{two.pair.pk}" not in services.slack.buttons()


async def test_E15_items_that_are_answered_have_no_button(services: Services):
    """Accepting an item settles both the manager's message and, long before, the employee's."""
    two = await told_of_thursday(services)
    await services.catch_up(timedelta(days=1))
    key = f"propose_agenda:{two.discussion.pk}:1:first"
    assert key in services.slack.buttons()
    [item] = await two.propose(two.ana, "Mentoring", now=services.now)
    await services.catch_up(EDIT_AFTER)
    assert key not in services.slack.buttons()
    assert last_text(services).endswith("You proposed agenda items.")
    await services.catch_up(timedelta(days=2))
    key = f"answer_agenda:{two.discussion.pk}:1"
    assert key in services.slack.buttons()
    await two.change_item(agendas.accept, two.ben, item.pk, services.now)
    await services.catch_up(EDIT_AFTER)
    assert key not in services.slack.buttons()
    assert last_text(services).endswith("You answered.")


@pytest.mark.parametrize(
    ("agree", "says"),
    [(True, "You agreed."), (False, "You kept what you had agreed on."), (None, "No answer is needed")],
)
async def test_E13_a_change_that_is_answered_or_pointless_has_no_button(
    services: Services, *, agree: bool | None, says: str
):
    """Answered, or the commitment is done meanwhile: there is nothing to answer any more."""
    two = await planned(services)
    made = commitment(two.pair, two.ana, DUE_ON)
    await two.write(made)
    form = ChangeForm(DUE_ON + timedelta(days=7))
    request = await two.ask_change(two.ana, made.pk, form, services.now)
    await services.catch_up()
    assert f"change_asked:{request.pk}" in services.slack.buttons()
    if agree is None:
        await two.done(two.ana, made.pk, services.now)
    else:
        await two.answer_change(two.ben, request.pk, services.now, agree=agree)
    await services.catch_up(EDIT_AFTER)
    assert f"change_asked:{request.pk}" not in services.slack.buttons()
    assert says in services.slack.texts()[0]


async def test_E12_a_note_that_is_sent_is_no_draft(services: Services):
    """“Read and send it” is gone once the note is sent, and so is “Confirm” once nothing is left to confirm."""
    two = await met_on_monday(services)
    entry = CommitmentEntry("1", Side.EMPLOYEE, "A demo for the team", DUE_ON)
    form = WrapUpForm(Cadence.QUARTERLY, 60, commitments=[entry], next_later=True)
    await two.wrap_up(two.ana, form, services.now)
    await services.catch_up(timedelta(days=2))
    key = f"thank_you:{two.discussion.pk}:first"
    assert key in services.slack.buttons()
    await two.send_thanks(two.ana, "Thank you!", services.now)
    await services.catch_up(EDIT_AFTER)
    assert key not in services.slack.buttons()
    [note] = [one for one in services.slack.buttons() if one.startswith("thank_you_note")]
    assert await two.confirm(two.ben, services.now) == 1
    await services.catch_up(EDIT_AFTER)
    assert note not in services.slack.buttons()
    assert any("Thank you!" in str(blocks) for blocks in services.slack.blocks.values()), "the note stays"


async def test_E16_a_brief_of_a_date_that_moved_says_where_to(services: Services):
    """The brief of the day before a date that was moved or cancelled since has no buttons and names the new date."""
    made = await services.pair_with_briefs_due()
    await services.catch_up()
    two = PairFixture(services.database, services.workspace_id)
    async with services.database.reading(services.workspace_id) as store:
        people = await store.people.by_ids([made.employee_id, made.manager_id])
    two.pair, ana = made, people[made.employee_id]
    await two.set_date(ana, THURSDAY, seen_round=1, now=services.now)
    await services.catch_up(EDIT_AFTER)
    assert services.slack.buttons() == {f"date_set:{made.pk}:2"}
    assert [text.endswith("Moved to Thu 3 Dec at 15:00.") for text in services.slack.texts()] == [True, True, False]


async def test_only_what_is_settled_changes_in_a_message_of_several(services: Services):
    """One of two commitments is done: the other keeps its buttons, in the same message."""
    two = await planned(services)
    first, second = (commitment(two.pair, two.ana, MONDAY.date() - timedelta(days=4), text=x) for x in "ab")
    await two.write(first, second)
    await services.nightly()
    await services.catch_up()
    assert len(services.slack.shown) == 1
    await two.done(two.ana, first.pk, services.now)
    await services.catch_up(EDIT_AFTER)
    assert services.slack.buttons() == {f"commitment_overdue:{second.pk}:1"}


async def test_a_night_settles_what_no_change_has(services: Services):
    """What settled while nobody replanned, as after an upgrade, is found at night; the next night does nothing."""
    two = await told_of_thursday(services)
    async with services.database.unit(services.workspace_id) as store:
        discussion = await store.discussions.get(two.discussion.pk)
        discussion.round, discussion.starts_at = 2, FRIDAY
    await services.nightly(after=SOON)
    await services.catch_up(EDIT_AFTER)
    assert f"date_set:{two.discussion.pk}:1" not in services.slack.buttons()
    edits = len(services.slack.edits)
    await services.nightly(after=timedelta(hours=1))
    await services.catch_up(EDIT_AFTER)
    assert len(services.slack.edits) == edits


# --- one thing, one day, one message ---------------------------------------------------------------------------------


async def test_a_date_that_moves_twice_in_a_day_is_one_message(services: Services):
    """Set, moved and moved again: one message, which says how the date that was announced has changed."""
    two = await told_of_thursday(services)
    for number, hours in ((1, 24), (2, 48), (3, 25)):
        moved = THURSDAY + timedelta(hours=hours)
        await two.set_date(two.ana, moved, seen_round=number, now=services.now)
        await services.catch_up(timedelta(minutes=20))
    [text] = services.slack.texts()
    assert text.startswith("Ana moved your career discussion from Thu 3 Dec at 14:00 to Fri 4 Dec at 15:00 for you")
    assert services.slack.buttons() == {f"date_set:{two.discussion.pk}:4"}
    nudges = await services.nudges()
    assert [nudges[f"date_set:{two.discussion.pk}:{number}"].reworded for number in (1, 2, 3, 4)] == [
        False, True, True, True,
    ]  # fmt: skip


async def test_a_move_of_another_day_is_a_message_of_its_own(services: Services):
    """News of another day is a new message, and the earlier one says where the date has moved."""
    two = await told_of_thursday(services)
    services.wait(timedelta(days=1))
    await two.set_date(two.ana, FRIDAY, seen_round=1, now=services.now)
    await services.catch_up(EDIT_AFTER)
    assert len([text for text in services.slack.texts() if text.startswith("Ana moved")]) == 1
    assert services.slack.texts()[0].endswith("Moved to Fri 4 Dec at 14:00.")
    assert f"date_set:{two.discussion.pk}:1" not in services.slack.buttons()


@pytest.mark.parametrize(("first", "then"), [((11, 24), (12, 3)), ((12, 3), (11, 24))])
async def test_no_edit_says_that_a_day_is_near_or_was(
    services: Services, first: tuple[int, int], then: tuple[int, int]
):
    """An edit notifies nobody: where either date is tomorrow, the move is a message of its own."""
    two = await planned(services)
    await two.set_date(two.ana, at(MADRID, 2026, *first, 15), now=services.now)
    await services.catch_up(SOON)
    await two.set_date(two.ana, at(MADRID, 2026, *then, 15), seen_round=1, now=services.now)
    await services.catch_up(EDIT_AFTER)
    said = [text for text in services.slack.texts() if "Ana moved your career discussion" in text]
    assert len(said) == 1
    assert f"date_set:{two.discussion.pk}:1" not in services.slack.buttons()


async def test_a_move_of_one_s_own_choice_is_announced(services: Services):
    """Ben moved the date himself and Ana moves it back: Ben hears of that in a new message."""
    two = await told_of_thursday(services)
    await two.set_date(two.ben, FRIDAY, seen_round=1, now=services.now)
    await two.set_date(two.ana, THURSDAY, seen_round=2, now=services.now)
    await services.catch_up(EDIT_AFTER)
    to_ben = [message for message in services.slack.shown if message.recipient.pk == two.ben.pk]
    assert len(to_ben) == 2


async def test_a_cancellation_is_announced_and_said_in_the_first_message(services: Services):
    """A cancelled date is news that must not be missed; the message that announced it says so, too."""
    two = await told_of_thursday(services)
    await two.cancel(two.ana, "Ill", services.now)
    await services.catch_up(EDIT_AFTER)
    first, second = services.slack.texts()
    assert first.endswith("Cancelled by Ana.")
    assert second.startswith("Ana cancelled your career discussion on Thu 3 Dec at 14:00.")


async def test_a_silent_move_is_no_date_that_the_reader_knows(services: Services):
    """After a move that was said by an edit, a cancellation names the date that was announced."""
    two = await told_of_thursday(services)
    await two.set_date(two.ana, FRIDAY, seen_round=1, now=services.now)
    await services.catch_up(EDIT_AFTER)
    await two.cancel(two.ana, "Ill", services.now)
    await services.catch_up(EDIT_AFTER)
    assert "on Thu 3 Dec at 14:00" in last_text(services)


# --- accidents -------------------------------------------------------------------------------------------------------


async def moved(services: Services) -> PairFixture:
    """The date has moved to another day, so that the first message waits to be edited."""
    two = await told_of_thursday(services)
    await two.set_date(two.ana, FRIDAY, seen_round=1, now=services.now)
    return two


def is_edited(services: Services) -> bool:
    """Whether the message says that the date has moved."""
    return services.slack.texts()[0].startswith("Ana moved")


async def test_an_edit_waits_for_an_answer_in_place(services: Services):
    """A listener that replaces the buttons itself has moments to do so, and what it has put there stays."""
    two = await planned(services)
    made = commitment(two.pair, two.ana, MONDAY.date() - timedelta(days=4))
    await two.write(made)
    await services.nightly()
    await services.catch_up()
    await two.done(two.ana, made.pk, services.now)
    assert (await services.edit()).taken == 0
    [(place, blocks)] = services.slack.blocks.items()
    in_place = {"type": "context", "elements": [{"type": "mrkdwn", "text": "Marked as done."}]}
    services.slack.blocks[place] = [in_place if block["type"] == "actions" else block for block in blocks]
    replaced = list(services.slack.blocks[place])
    assert (await services.edit(EDIT_AFTER)).done == 1
    assert services.slack.blocks[place] == replaced


async def test_a_worker_killed_before_or_after_editing_leaves_it_to_another(services: Services):
    """Whether Slack took the edit or not: when the lease has ended, another worker makes it, once more if need be."""
    await moved(services)
    services.slack.edit_accidents.append(Died())
    with pytest.raises(BaseExceptionGroup):
        await services.edit(EDIT_AFTER)
    services.new_process()
    assert (await services.edit()).taken == 0, "it is leased"
    assert (await services.edit(LEASE)).done == 1
    assert is_edited(services)
    assert (await services.edit(LEASE)).taken == 0


async def test_two_workers_take_different_messages(services: Services):
    """What one worker has leased the other does not take."""
    await moved(services)
    other = Editing(services.database, services.messengers.get, services.clocks)
    services.wait(EDIT_AFTER)
    taken = await asyncio.gather(services.edit(), other.edit(services.workspace_id))
    assert sorted(one.taken for one in taken) == [0, 1]
    assert len(services.slack.edits) == 1


async def test_a_change_during_an_edit_is_not_lost(services: Services):
    """The date moves again while an edit is under way: the message is edited once more, with the last date."""
    two = await moved(services)

    class Busy(Editing):
        """Does something between taking and editing."""

        async def _edit_all(self, *given: object) -> object:
            await two.set_date(two.ana, THURSDAY + timedelta(hours=2), seen_round=2, now=services.now)
            return await super()._edit_all(*given)  # type: ignore[arg-type]

    services.wait(EDIT_AFTER)
    assert (await Busy(services.database, services.messengers.get, services.clocks).edit(services.workspace_id)).done
    assert (await services.edit()).done == 1
    assert "on Thu 3 Dec from 14:00 to 16:00 for you" in services.slack.texts()[0]
    assert (await services.edit(LEASE)).taken == 0


async def test_a_message_that_settles_while_it_is_posted_is_edited(services: Services):
    """The date moves between claiming a message and hearing of Slack's answer: nothing in it stays open."""
    two = await planned(services)
    await two.set_date(two.ana, THURSDAY, now=services.now)
    posting = services.slack.post

    async def post(message: object) -> object:
        if len(services.slack.asked) == 0:
            await two.set_date(two.ana, FRIDAY, seen_round=1, now=services.now)
        return await posting(message)  # type: ignore[arg-type]

    services.slack.post = post  # type: ignore[method-assign, assignment]
    await services.catch_up()
    await services.catch_up(EDIT_AFTER)
    assert len(services.slack.shown) == 2
    assert services.slack.buttons() == {f"date_set:{two.discussion.pk}:2"}


async def test_a_rate_limit_on_editing_delays_no_posting(services: Services):
    """After a 429 edits pause, posting goes on, and the edit is made later."""
    two = await moved(services)
    services.slack.edit_accidents.append(RateLimited(timedelta(seconds=30)))
    await services.edit(EDIT_AFTER)
    assert not services.editing.is_open(services.workspace_id)
    await two.cancel(two.ana, "Ill", services.now)
    assert (await services.deliver()).sent == 1
    await services.catch_up(LEASE)
    assert services.slack.texts()[0].endswith("Cancelled by Ana.")


async def test_a_broken_installation_costs_no_edit(services: Services):
    """A revoked token says nothing about the message: it is edited once an admin has fixed that."""
    await moved(services)
    services.slack.edit_accidents.append(InstallationFault("token_revoked"))
    await services.edit(EDIT_AFTER)
    assert (await services.edit()).taken == 0
    assert (await services.edit(LEASE)).done == 1
    assert is_edited(services)


@pytest.mark.parametrize(
    "refusal",
    [NotPosted("message_not_found"), ContentRefused("edit_window_closed", for_good=False),
     RecipientRefused("channel_not_found")],
)  # fmt: skip
async def test_what_cannot_be_edited_is_given_up(services: Services, refusal: NotPosted):
    """A message that is gone, or that Slack lets nobody edit, is left alone for good."""
    await moved(services)
    services.slack.edit_accidents.append(refusal)
    assert (await services.edit(EDIT_AFTER)).given_up == 1
    assert not [key for key, row in (await services.nudges()).items() if row.live_since is not None]
    await services.nightly(after=timedelta(days=1))
    assert (await services.edit(LEASE)).taken == 0


async def test_an_unknown_outcome_is_repeated_but_not_for_ever(services: Services):
    """No answer, or an error of ours: tried again, after longer pauses, six times at most."""
    await moved(services)
    services.slack.edit_accidents.extend([Unknown("timeout"), ValueError("ours"), *[Unknown("x")] * 10])
    services.wait(EDIT_AFTER)
    for _ in range(MOST_ATTEMPTS):
        assert (await services.edit()).taken == 1
        assert (await services.edit()).taken == 0
        services.wait(timedelta(minutes=31))
    assert (await services.edit()).taken == 0
    assert len(services.slack.edits) == MOST_ATTEMPTS


async def test_nobody_edits_for_someone_who_left(services: Services):
    """What someone deactivated would read is not edited."""
    two = await moved(services)
    async with services.database.unit(services.workspace_id) as store:
        (await store.people.get(two.ben.pk)).deactivated = True
    assert (await services.edit(EDIT_AFTER)).done == 1
    assert not services.slack.edits


async def test_old_messages_stay_as_they_are(services: Services):
    """What was sent more than thirty days ago is history, and housekeeping stops looking at it."""
    two = await told_of_thursday(services)
    services.wait(EDITED_FOR + timedelta(days=1))
    await two.cancel(two.ana, "Ill", services.now)
    assert (await services.edit(EDIT_AFTER)).taken == 0
    nightly = Nightly(services.database, (), services.clocks)
    run = Run(nightly, "housekeeping", services.workspace_id)
    await Housekeeping(services.database, services.clocks).tidy_up(run)
    assert (await services.nudges())[f"date_set:{two.discussion.pk}:1"].live_since is None


async def test_edits_stay_within_slack_s_rate(services: Services):
    """A night that settles hundreds of messages edits forty a minute, and all in the end."""
    services.now = MONDAY
    key = await services.manager_with_briefs_due(EDITS_PER_MINUTE + 20)
    services.now = at(MADRID, 2026, 11, 23, 9)
    await services.catch_up()
    async with services.database.unit(services.workspace_id) as store:
        for two in await store.pairs.active_of_managers([key]):
            discussion = await store.discussions.open_of(two.pk)
            assert discussion is not None
            discussion.round, discussion.starts_at = 2, THURSDAY
    await services.nightly(after=SOON)
    await services.catch_up(EDIT_AFTER)
    assert len(services.slack.edits) == EDITS_PER_MINUTE
    await services.catch_up(timedelta(minutes=1))
    assert len(services.slack.edits) == len(services.slack.shown) > EDITS_PER_MINUTE
    assert not services.slack.buttons()


async def test_a_wrong_clock_puts_no_edit_off_for_long(services: Services):
    """An edit that should wait for days was put off by a clock that ran ahead."""
    two = await moved(services)
    async with services.database.unit(services.workspace_id) as store:
        ids = [row.pk for row in await services.messages()]
        await store.messages.ask_for_edits(ids, services.now + timedelta(days=40))
    await services.catch_up()
    assert is_edited(services), two


# --- whatever happens ------------------------------------------------------------------------------------------------


async def do_something(two: PairFixture, services: Services, chance: random.Random) -> None:
    """One of the two does something that they may do now, or it is refused."""
    who, now = chance.choice((two.ana, two.ben)), services.now
    current = await two.open_discussion()
    two.discussion = current
    day = now + timedelta(days=chance.choice((1, 3, 8, 30)), hours=chance.choice((0, 1)))
    between = await two.between(two.ana, now)
    entry = CommitmentEntry("1", chance.choice(list(Side)), "x", now.date() + timedelta(days=chance.choice((2, 9))))
    form = {"commitments": [entry]} if chance.random() < 0.5 else {"no_commitments": True}
    deeds = [
        lambda: two.set_date(who, day, seen_round=current.round, now=now),
        lambda: two.set_date(who, day, seen_round=current.round, now=now),
        lambda: two.cancel(who, "x", now),
        lambda: two.propose(two.ana, "x", now=now),
        lambda: two.wrap_up(who, WrapUpForm(Cadence.MONTHLY, 60, next_later=True, **form), now),
        *(lambda one=one: two.done(who, one.pk, now) for one in between.open[:1]),
        *(lambda one=one: two.ask_change(who, one.pk, ChangeForm(day.date()), now) for one in between.open[:1]),
    ]
    with contextlib.suppress(InvalidInput, NotAvailable, NotAllowed):
        await chance.choice(deeds)()


@pytest.mark.parametrize(
    ("database_url", "seed"),
    [("sqlite", 0), pytest.param("postgres", 4, marks=pytest.mark.postgres)],
    indirect=["database_url"],
)
async def test_no_button_outlives_its_reason(services: Services, seed: int):
    """Whatever the two do, in whatever order: once edits are delivered, every button has a reason, and no part two."""
    chance = random.Random(seed)  # noqa: S311 - the same sequences every time
    two = await planned(services, due_on=DUE_ON)
    removed = 0
    for _ in range(30):
        await do_something(two, services, chance)
        if chance.random() < 0.7:
            before = services.slack.buttons()
            await services.catch_up(chance.choice((SOON, timedelta(hours=3), timedelta(days=1), timedelta(days=4))))
            await services.catch_up(EDIT_AFTER)
            removed += len(before - services.slack.buttons())
            async with services.database.reading(services.workspace_id) as store:
                snapshot = await load_snapshot(store, await store.pairs.get(two.pair.pk), services.now)
            holds = called_for(snapshot, KINDS.keys())
            rows = await services.nudges()
            recent = {key for key in services.slack.buttons()
                      if (rows[key].settled_at or services.now) > edited_since(services.now)}  # fmt: skip
            assert recent <= holds.keys()
            assert not [key for key in recent if KINDS[rows[key].kind].is_over(snapshot, holds[key])]
            assert {key for key, row in rows.items() if row.live_since is not None and key in recent} == recent
    assert removed > 1
