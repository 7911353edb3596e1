"""Every button and form between two people, pressed by a third: she reads and changes nothing of theirs (C10)."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from cycle.nudges import Action
from cycle.people import Profile
from cycle.preparations import Page
from handlers.forms import FORMS
from handlers.shared.ids import ActionId, BenchmarkChoice, FormId, MenuChoice
from sandbox.view_state import elements
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, CommitmentState
from storage.database import Database
from storage.discussions import DiscussionState
from storage.drafts import DraftKey
from storage.drives import Drive, DriveKind
from storage.gaps import Gap
from storage.meeting_requests import MeetingRequest
from storage.nudges import Nudge, NudgeState
from storage.objectives import Benchmark, Horizon, Objective
from storage.pairs import PairState, Side
from storage.preparations import Answer, Preparation
from storage.pulses import Pulse, Score
from storage.store import Store
from storage.thanks import ThankYou
from storage.updates import Update, UpdateKind
from tests.handlers.conftest import NOW, TODAY
from tests.support.builders import LONG_AGO, commitment, held, notes, pair, person, planning, saved, scheduled
from tests.support.databases import SqliteTemplate, opened
from tests.support.harness import TEAM, BotHarness, FakeSlack, Outcome

ANA, BEN, CHIYO, MIA, NILS = "U0ANA", "U0BEN", "U0CHIYO", "U0MIA", "U0NILS"
MARK = "Confidential"  # how every text of Ana's and Ben's begins; a word for its noun follows

# The texts that Ana and Ben read themselves when they press the same buttons.
NOUNS = {
    "answer", "objective", "item", "rewording", "commitment", "change", "why", "notes", "note", "reason", "draft",
    "line", "skill", "way", "benchmark",
}  # fmt: skip


class AnaAndBen:
    """Ana and her manager Ben, with something of everything, all marked; and Mia, who has a manager of her own.

    Mia has one row of each noun, written first: the keys from 2 on are never hers.
    """

    def __init__(self) -> None:
        self.mia, self.nils = person("Mia Berg", slack_id=MIA), person("Nils Ek", slack_id=NILS)
        self.ana, self.ben = person("Ana Ruiz", slack_id=ANA), person("Ben Okafor", slack_id=BEN)
        self.chiyo = person("Chiyo Tanaka", slack_id=CHIYO)

    async def furnish(self, store: Store) -> None:
        """Write all of it."""
        await saved(store, self.mia, self.nils, self.ana, self.ben, self.chiyo)
        await self._furnish_mia(store)
        self.pair = pair(self.ana, self.ben)
        also = {"asked_at": NOW - timedelta(days=2), "answered_at": None}
        self.asked = pair(self.chiyo, self.ana, state=PairState.ASKED, request=f"{MARK} request", **also)
        self.declined = pair(self.ben, self.chiyo, state=PairState.DECLINED, decline_reason=f"{MARK} reason")
        await saved(store, self.pair, self.asked, self.declined)
        long_ago, recently = NOW - timedelta(days=90), NOW - timedelta(days=4)
        self.thanked = held(self.pair, long_ago, long_ago, number=1)
        self.cancelled = scheduled(
            self.pair, recently, number=2, state=DiscussionState.CANCELLED, cancel_reason=f"{MARK} why",
            cancelled_at=NOW, cancelled_by_id=self.ben.pk, moved_from=recently,
        )  # fmt: skip
        self.held = held(self.pair, recently, recently, number=3)
        self.coming = scheduled(self.pair, NOW + timedelta(days=10), number=4)
        await saved(store, self.thanked, self.cancelled, self.held, self.coming)
        for author in (self.ana, self.ben):
            await saved(store, *(notes(one, author, f"{MARK} notes") for one in (self.thanked, self.held)))
        await self._furnish_discussions(store)
        undated = pair(self.ben, self.chiyo)
        await saved(store, undated)
        self.undated, unplanned = undated, planning(undated, TODAY + timedelta(days=60))
        await saved(store, unplanned)
        owed = self.commitments[2]
        self.reminder = Nudge(
            person_id=self.ana.pk, pair_id=self.pair.pk, kind="commitment_ahead", key=f"commitment_ahead:{owed.pk}:day",
            subject_id=owed.pk, due_at=LONG_AGO, planned_at=LONG_AGO, state=NudgeState.SENT, live_since=LONG_AGO,
        )  # fmt: skip
        await saved(store, self.reminder)
        self.meeting = MeetingRequest(
            pair_id=undated.pk, discussion_id=unplanned.pk, asked_by_id=self.ben.pk, words=f"{MARK} request",
            times=str(int((NOW + timedelta(days=20)).timestamp())), asked_at=LONG_AGO,
        )  # fmt: skip
        await saved(store, self.meeting)

    async def _furnish_mia(self, store: Store) -> None:
        own = pair(self.mia, self.nils)
        await saved(store, own)
        coming = scheduled(own, NOW + timedelta(days=9))
        await saved(store, coming)
        row = {"pair_id": own.pk, "discussion_id": coming.pk, "author_id": self.mia.pk}
        made = commitment(own, self.mia, TODAY + timedelta(days=9))
        await saved(store, made, AgendaItem(text="Hers", position=1, proposed_at=LONG_AGO, **row))
        await saved(
            store,
            ChangeRequest(
                commitment_id=made.pk, pair_id=own.pk, asked_by_id=self.mia.pk, text="Hers", due_on=TODAY, asked_at=NOW
            ),
        )
        goal = Objective(
            pair_id=own.pk, owner_id=self.mia.pk, horizon=Horizon.SHORT, text="Hers", target_on=TODAY, set_at=NOW
        )
        await saved(store, goal)
        await saved(
            store,
            Benchmark(pair_id=own.pk, objective_id=goal.pk, text="Hers", set_at=NOW),
            Gap(pair_id=own.pk, author_id=self.mia.pk, skill="Hers", way="Hers", set_at=NOW),
        )

    async def _furnish_discussions(self, store: Store) -> None:
        pair_id, ana, ben = self.pair.pk, self.ana.pk, self.ben.pk
        self.items = [
            AgendaItem(
                pair_id=pair_id, discussion_id=self.coming.pk, author_id=author, text=f"{MARK} item", position=number,
                first_text=f"{MARK} rewording", proposed_at=LONG_AGO,
            )
            for number, author in enumerate((ana, ben))
        ]  # fmt: skip
        days = (-5, 5, 9)
        self.commitments = [
            commitment(self.pair, owner, TODAY + timedelta(days=day), text=f"{MARK} commitment", discussion_id=by)
            for owner, day, by in zip((self.ana, self.ben, self.ana), days, (None, None, self.held.pk), strict=True)
        ]
        done = commitment(
            self.pair, self.ana, TODAY, text=f"{MARK} commitment", state=CommitmentState.DONE, settled_at=NOW
        )
        objective = Objective(
            pair_id=pair_id, owner_id=ana, horizon=Horizon.SHORT, text=f"{MARK} objective", shared=True,
            target_on=TODAY + timedelta(days=250), set_at=LONG_AGO,
        )  # fmt: skip
        note = ThankYou(
            pair_id=pair_id, discussion_id=self.thanked.pk, author_id=ana, text=f"{MARK} note", sent_at=LONG_AGO
        )
        both = [
            Preparation(
                pair_id=pair_id, discussion_id=self.coming.pk, author_id=author, side=side, submitted_at=LONG_AGO
            )
            for author, side in ((ana, Side.EMPLOYEE), (ben, Side.MANAGER))
        ]
        self.gap = Gap(
            pair_id=pair_id, author_id=ana, skill=f"{MARK} skill", way=f"{MARK} way", shared=True, set_at=LONG_AGO
        )
        await saved(store, *self.items, *self.commitments, done, objective, note, *both, self.gap)
        self.objective = objective
        self.benchmark = Benchmark(
            pair_id=pair_id, objective_id=objective.pk, text=f"{MARK} benchmark", set_at=LONG_AGO
        )
        await saved(store, self.benchmark)
        self.change = ChangeRequest(
            commitment_id=self.commitments[0].pk, pair_id=pair_id, asked_by_id=ana, text=f"{MARK} change",
            reason=f"{MARK} why", due_on=TODAY + timedelta(days=30), asked_at=LONG_AGO,
        )  # fmt: skip
        answers = [
            Answer(
                pair_id=pair_id, preparation_id=one.pk, author_id=one.author_id, question=question, shared=True,
                text=f"{MARK} answer", answered_at=LONG_AGO,
            )
            for one, question in zip(both, ("achievements", "strengths"), strict=True)
        ]  # fmt: skip
        line = Update(
            pair_id=pair_id, commitment_id=self.commitments[0].pk, author_id=ana, kind=UpdateKind.QUESTION,
            text=f"{MARK} line", written_at=LONG_AGO,
        )  # fmt: skip
        pulse = Pulse(pair_id=pair_id, discussion_id=self.held.pk, author_id=ana, score=Score.GOOD, given_at=LONG_AGO)
        work = Drive(
            pair_id=pair_id, discussion_id=self.coming.pk, author_id=ana, kind=DriveKind.WORK, text=f"{MARK} drive",
            shared=True, shared_at=LONG_AGO, set_at=LONG_AGO,
        )  # fmt: skip
        await saved(store, self.change, line, pulse, work, *answers)
        state = json.dumps({name: {"typed": {"value": f"{MARK} draft"}} for name in ("text", "reason", "note")})
        for form, subject_id in (
            (FormId.CANCEL, self.coming.pk),
            (FormId.CHANGE, self.commitments[0].pk),
            (FormId.THANK_YOU, self.held.pk),
        ):
            key = DraftKey(ana, form, subject_id)
            await store.drafts.save(key, state, view_id="V9", typed_at=LONG_AGO, now=LONG_AGO)


@pytest.fixture
async def two() -> AnaAndBen:
    """Ana and Ben, before anything is written."""
    return AnaAndBen()


@pytest.fixture
async def bot(
    sqlite_template: SqliteTemplate, tmp_path: Path, slack: FakeSlack, two: AnaAndBen
) -> AsyncIterator[BotHarness]:
    """The bot in a workspace with the two and the third; on SQLite, since the gate knows no database."""
    async with opened(sqlite_template.copy(tmp_path)) as database, _in(database, slack, two) as bot:
        yield bot


@asynccontextmanager
async def _in(database: Database, slack: FakeSlack, two: AnaAndBen) -> AsyncIterator[BotHarness]:
    workspace_id = await database.workspace(TEAM, "Acme")
    async with database.unit(workspace_id) as store:
        await two.furnish(store)
    async with BotHarness(database, workspace_id, NOW, slack).open() as harness:
        for one in (two.mia, two.nils, two.ana, two.ben, two.chiyo):
            harness.directory.profiles[one.slack_id] = Profile(one.slack_id, one.name, one.tz)
        yield harness


def said(outcome: Outcome) -> str:
    """Everything that was shown to anyone but the two, whose App Homes may be published anew."""
    theirs = {ANA, BEN, CHIYO}
    return json.dumps([body for _, body in outcome.calls if body.get("user_id") not in theirs] + [outcome.answer])


async def rows(harness: BotHarness, two: AnaAndBen) -> dict[str, list[Any]]:
    """Every row but Mia's own: what she prefers, and what she typed."""
    found = await harness.rows(besides={"processedrequest"})
    found["person"] = [row for row in found["person"] if row.id != two.mia.pk]
    found["draft"] = [row for row in found["draft"] if row.person_id != two.mia.pk]
    return found


# --- buttons ---------------------------------------------------------------------------------------------------------


ANYWHERE = (
    *Action, ActionId.START, ActionId.WITHDRAW_PAIR, ActionId.SWITCH_COACH, ActionId.OPEN_ROADMAP,
    ActionId.OPEN_OBJECTIVE, ActionId.REACHED, ActionId.NOT_REACHED, ActionId.CHANGE_OBJECTIVES, ActionId.ADD_GAP,
    ActionId.OPEN_GAP, ActionId.CLOSE_GAP, ActionId.DROP_GAP, ActionId.WITHDRAW_MEETING, ActionId.OPEN_PROFILE,
    ActionId.OPEN_HISTORY,
)  # fmt: skip
IN_A_MODAL = (
    *ANYWHERE, ActionId.CHOOSE_PAIR, ActionId.OPEN_CANCEL, ActionId.AGREE, ActionId.KEEP_AS_IT_WAS,
    ActionId.BRING_BACK, *(f"{ActionId.ITEM_MENU} {choice}" for choice in MenuChoice),
    *(f"{ActionId.BENCHMARK_MENU} {choice}" for choice in BenchmarkChoice),
)  # fmt: skip


@pytest.mark.parametrize("place", ["in a message", "on the Home", "in a modal"])
async def test_C10_no_button_with_a_key_of_two_others_shows_or_changes_anything(
    bot: BotHarness, two: AnaAndBen, place: str
):
    """Every action, with every key that is not hers: nothing of the two is shown to Mia, and no row changes."""
    agenda, before = (await bot.command(MIA, "agenda")).modal, await rows(bot, two)
    keys = range(2, 1 + max(row.id for table in ("pair", "discussion", "commitment") for row in before[table]))
    with structlog.testing.capture_logs() as logged:
        for action in IN_A_MODAL if place == "in a modal" else ANYWHERE:
            for key in keys:
                outcome = await press(bot, place, agenda, action, key)
                assert outcome.status == 200
                assert MARK not in said(outcome), (action, key)
    assert [entry for entry in logged if entry["log_level"] == "error"] == []
    assert await rows(bot, two) == before


async def press(bot: BotHarness, place: str, modal: dict[str, Any], action: str, key: int) -> Outcome:
    """Mia presses a button with a made-up key, or chooses from a menu with one."""
    if place == "in a message":
        return await bot.press_in_message(MIA, action, key)
    if place == "on the Home":
        return await bot.press_in_home(MIA, action, key)
    does, _, choice = action.partition(" ")
    body = bot._pressed(MIA, does, f"{choice}:{key}" if choice else key, "b0")
    return await bot._interact(body | {"view": modal | {"state": {"values": {}}}})


# --- forms -----------------------------------------------------------------------------------------------------------


async def forms_of(bot: BotHarness, two: AnaAndBen) -> dict[str, dict[str, Any]]:
    """Every modal that one of the two can have open, by a name."""
    press, schedule = bot.press_in_message, (await bot.command(ANA, "schedule")).modal
    agenda, wrap_up = (await bot.command(ANA, "agenda")).modal, await press(ANA, Action.OPEN_WRAP_UP, two.coming.pk)
    met = await bot.press(ANA, wrap_up.modal, ActionId.HAPPENED, happened="yes")
    not_met = await bot.press(ANA, wrap_up.modal, ActionId.HAPPENED, happened="no")
    change, prep = (
        await press(ANA, Action.NEW_DATE, two.commitments[0].pk),
        await press(BEN, Action.OPEN_PREPARATION, two.pair.pk),
    )
    return {
        "start": (await bot.command(ANA, "start")).modal,
        "decline": (await press(ANA, Action.DECLINE_PAIR, two.asked.pk)).modal,
        "read reason": (await press(BEN, Action.READ_REASON, two.declined.pk)).modal,
        **{f"{page} of Ana": await bot.prep(ANA, page) for page in Page},
        "preparation of the manager": prep.modal,
        "preparation of an older version": await bot.prep(ANA) | {"callback_id": FormId.PREPARATION},
        "answers of the manager": (await bot.press(BEN, prep.modal, ActionId.GO_TO_PAGE, Page.ANSWERS)).modal,
        "drives, for the manager": (await bot.press(BEN, prep.modal, ActionId.GO_TO_PAGE, Page.DRIVES)).modal,
        "schedule": schedule,
        "ask to meet": (await press(BEN, Action.OPEN_ASK, two.undated.pk)).modal,
        "asked to meet": (await press(CHIYO, Action.ANSWER_MEETING, two.meeting.pk)).modal,
        "cancel": (await bot.press(ANA, schedule, ActionId.OPEN_CANCEL)).modal,
        "agenda": agenda,
        "amend": (await bot.press(ANA, agenda, ActionId.ITEM_MENU, f"amend:{two.items[0].pk}")).modal,
        "counter": (await bot.press(ANA, agenda, ActionId.ITEM_MENU, f"counter:{two.items[1].pk}")).modal,
        "brief": (await press(ANA, Action.OPEN_BRIEF, two.coming.pk)).modal,
        "brief of a cancelled discussion": (await press(BEN, Action.OPEN_BRIEF, two.cancelled.pk)).modal,
        "wrap up": met.modal,
        "wrap up, another time": not_met.modal,
        "thank you": (await press(ANA, Action.OPEN_THANK_YOU, two.held.pk)).modal,
        "thank you, to read": (await press(BEN, Action.OPEN_THANK_YOU, two.thanked.pk)).modal,
        "commitments": (await press(ANA, Action.OPEN_COMMITMENTS, two.pair.pk)).modal,
        "change": change.modal,
        "start over": (await bot.press(ANA, change.modal, ActionId.DISCARD_DRAFT)).modal,
        "in between": (await press(ANA, Action.OPEN_UPDATES, two.commitments[0].pk)).modal,
        "in between, about an objective": (await press(BEN, Action.OPEN_OBJECTIVE_UPDATES, two.objective.pk)).modal,
        "guide": (await press(ANA, Action.OPEN_GUIDE, two.coming.pk)).modal,
        "roadmap": (await press(BEN, ActionId.OPEN_ROADMAP, two.pair.pk)).modal,
        "objective": (await press(ANA, ActionId.OPEN_OBJECTIVE, two.objective.pk)).modal,
        "objective, for the manager": (await press(BEN, ActionId.OPEN_OBJECTIVE, two.objective.pk)).modal,
        "skill gap": (await press(BEN, ActionId.OPEN_GAP, two.gap.pk)).modal,
        "profile": (await press(BEN, ActionId.OPEN_PROFILE, two.pair.pk)).modal,
        "history": (await press(ANA, ActionId.OPEN_HISTORY, two.pair.pk)).modal,
        "records": (await bot.command(ANA, "record")).modal,
        "record": (await press(BEN, Action.OPEN_RECORD, two.thanked.pk)).modal,
        "export": (await press(ANA, Action.OPEN_EXPORT, two.thanked.pk)).modal,
        "pulse": (await press(BEN, Action.OPEN_PULSE, two.held.pk)).modal,
        "remind me later": (await press(ANA, Action.REMIND_ON, two.reminder.key)).modal,
        "answer change": (await press(BEN, Action.ANSWER_CHANGE, two.change.pk)).modal,
    }


def choices(modal: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Everything that can be pressed or changed in a modal: the action, and the value of a button or an option."""
    for _block, element in elements(modal["blocks"]):
        options = element.get("options") or [element]
        yield from {(element["action_id"], option.get("value")) for option in options}


def filled_in(modal: dict[str, Any]) -> dict[str, Any]:
    """Something valid for every field but people."""
    values: dict[str, Any] = {}
    for block, element in elements(modal["blocks"]):
        match element["type"]:
            case "plain_text_input":
                value: Any = "Mia was here"
            case "datepicker":
                value = TODAY + timedelta(days=250)
            case "datetimepicker":
                value = NOW + timedelta(days=20)
            case "static_select" | "radio_buttons":
                value = (element.get("initial_option") or element["options"][-1])["value"]
            case _:
                continue
        values[block["block_id"].replace(".", "__")] = value
    return values


async def test_C10_no_form_of_two_others_shows_or_changes_anything(bot: BotHarness, two: AnaAndBen):
    """Every field, button and submission of every modal of the two, sent by Mia: nothing is shown, no row changes."""
    forms = await forms_of(bot, two)
    # About the person who opens them, and nobody else; or for everyone, as what is offered is: what a third
    # person can do with that, `test_opportunities` says.
    of_one = {
        FormId.ACHIEVEMENTS, FormId.TEAM_OBJECTIVES, FormId.WORKING_TIME, FormId.NOTICES, FormId.COMING,
        FormId.WORKSPACE_DAYS, FormId.FORECAST, FormId.OPPORTUNITIES, FormId.OPPORTUNITY, FormId.OFFER, FormId.DIGEST,
    }  # fmt: skip
    assert {form["callback_id"] for form in forms.values()} == {*FORMS, FormId.ANSWER_CHANGE, FormId.NOTICE} - of_one
    before = await rows(bot, two)
    with structlog.testing.capture_logs() as logged:
        for name, modal in forms.items():
            typed = filled_in(modal)
            for action, value in choices(modal):
                outcome = await bot.press(MIA, modal, action, value, **typed)
                assert outcome.status == 200
                assert MARK not in said(outcome), (name, action, value)
            if "submit" in modal:
                outcome = await bot.submit(MIA, modal, **typed)
                assert outcome.refusal, name
                assert MARK not in said(outcome), name
    assert [entry for entry in logged if entry["log_level"] == "error"] == []
    assert await rows(bot, two) == before


async def test_C10_the_two_read_all_of_it_themselves(bot: BotHarness, two: AnaAndBen):
    """The same modals show Ana and Ben every marked text, so that its absence above says something."""
    shown = json.dumps(list((await forms_of(bot, two)).values()))
    assert {noun for noun in NOUNS if f"{MARK} {noun}" in shown} == NOUNS
