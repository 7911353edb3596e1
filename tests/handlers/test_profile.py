"""The profile and how it changed, as signed requests (practices C2, C3, C13)."""

from datetime import timedelta
from typing import Any

from cycle.nudges import Action
from cycle.preparations import Page
from handlers.shared.ids import ActionId
from storage.drives import Drive, DriveKind
from storage.gaps import Gap
from storage.objectives import Benchmark, Development, Horizon, Objective, ObjectiveState
from storage.pairs import Side
from storage.preparations import Answer, Level, Preparation
from tests.handlers.conftest import NOW, TODAY
from tests.support.builders import saved
from tests.support.databases import counted_statements
from tests.support.harness import BotHarness
from tests.support.views import fields, said

ANA, BEN, MIA = "U0ANA", "U0BEN", "U0CHIYO"
BEFORE = NOW - timedelta(days=100)


async def fill(harness: BotHarness, workspace: Any, *, shared: bool = True, many: int = 1, words: str = "") -> None:
    """Ana and Ben have said something of everything; `many` of each that there can be many of."""
    pair_id, ana, ben, about = workspace.two.pk, workspace.ana.pk, workspace.ben.pk, workspace.discussion.pk

    def objective(number: int) -> Objective:
        horizon, days = (Horizon.SHORT, 300) if number % 2 else (Horizon.LONG, 900)
        return Objective(
            pair_id=pair_id, owner_id=ana, horizon=horizon, text=f"Aim {number} {words}".strip(), shared=shared,
            target_on=TODAY + timedelta(days=days + number), set_at=BEFORE + timedelta(hours=number),
        )  # fmt: skip

    def gap(number: int) -> Gap:
        return Gap(
            pair_id=pair_id, author_id=ana, skill=f"Skill {number} {words}".strip(), way=f"Ask Chiyo {words}",
            shared=shared, development=Development.MENTORING, set_at=BEFORE + timedelta(hours=number),
        )  # fmt: skip

    def drive(kind: DriveKind, text: str) -> Drive:
        return Drive(
            pair_id=pair_id, discussion_id=about, author_id=ana, kind=kind, text=text, shared=shared, set_at=BEFORE
        )

    async with harness.database.unit(harness.workspace_id) as store:
        await saved(store, *(objective(number) for number in range(2 * many)), *(gap(number) for number in range(many)))
        await saved(
            store,
            drive(DriveKind.PATH, "expert"),
            drive(DriveKind.MOTIVATIONS, "skills pay"),
            drive(DriveKind.WORK, f"Supplier <talks> {words}"),
            drive(DriveKind.MORE_OF_IT, f"Lead one {words}"),
        )
        prepared = [
            Preparation(
                pair_id=pair_id,
                discussion_id=about,
                author_id=author,
                side=side,
                level=level,
                submitted_at=NOW - timedelta(days=1),
            )
            for author, side, level in ((ana, Side.EMPLOYEE, Level.STRONG), (ben, Side.MANAGER, Level.OUTSTANDING))
        ]
        await saved(store, *prepared)
        await saved(
            store,
            *(
                Answer(
                    pair_id=pair_id, preparation_id=one.pk, author_id=one.author_id, question=question,
                    text=f"{text} {words}", shared=shared, answered_at=NOW,
                )
                for one, question, text in zip(
                    prepared, ("achievements", "strengths"), ("The launch", "Calm under pressure"), strict=True
                )
            ),
        )  # fmt: skip


async def profile_of(harness: BotHarness, who: str, workspace: Any) -> dict[str, Any]:
    """The profile as someone reads it."""
    outcome = await harness.press_in_home(who, ActionId.OPEN_PROFILE, workspace.two.pk)
    assert outcome.faults() == []
    return outcome.modal


async def history_of(harness: BotHarness, who: str, workspace: Any) -> str:
    """The first page of how it changed, as someone reads it."""
    outcome = await harness.press_in_home(who, ActionId.OPEN_HISTORY, workspace.two.pk)
    assert outcome.faults() == []
    return said(outcome.modal).replace("*", "")


def slot_of(page: dict[str, Any], words: str) -> str:
    """The fields of an objective on the page, as the harness names them."""
    values = {name: element.get("initial_value", "") for name, element in fields(page).items()}
    [found] = [name for name, value in values.items() if value.startswith(words)]
    return found.removesuffix(".text").replace(".", "__")


SHARED = (
    "Expert: go deeper", "Longer term:* Aim 0", "Short term:* Aim 1", "Calm under pressure", "The launch",
    "Skill 0 → Being mentored: Ask Chiyo", "Growing skills, then pay", "Supplier &lt;talks&gt;", "Lead one",
    "Ana: Strong performer · Ben: Outstanding performer", "career discussions with Ben Okafor since",
)  # fmt: skip


async def test_C2_both_read_ambitions_strengths_gaps_and_motivations_on_one_page(harness: BotHarness, workspace: Any):
    """By `/career profile` and from the roadmap: all that is shared, for both."""
    await fill(harness, workspace)
    mine = (await harness.command(ANA, "profile")).modal
    roadmap = (await harness.press_in_home(BEN, ActionId.OPEN_ROADMAP, workspace.two.pk)).modal
    theirs = (await harness.press(BEN, roadmap, ActionId.OPEN_PROFILE, workspace.two.pk)).modal
    for read in (said(mine), said(theirs)):
        assert [one for one in SHARED if one not in read] == []
        assert "only you see this" not in read
    assert "Ben can read all of it." in said(mine)


async def test_C2_what_is_not_shared_is_marked_for_its_owner_and_missing_for_the_other(
    sqlite_harness: BotHarness, workspace: Any
):
    """Each private thing of Ana's says so; Ben reads none of it, nor does she read his; levels are both in."""
    await fill(sqlite_harness, workspace, shared=False)
    mine, theirs = [said(await profile_of(sqlite_harness, who, workspace)) for who in (ANA, BEN)]
    assert mine.count("only you see this") == 1 + 8  # the sentence above, then each
    assert "Calm under pressure" not in mine
    for secret in ("Aim", "Skill 0", "Expert", "Supplier", "The launch", "Calm", "Growing"):
        assert secret not in theirs
    assert "Ana: Strong performer · Ben: Outstanding performer" in theirs
    third = await sqlite_harness.press_in_home(MIA, ActionId.OPEN_PROFILE, workspace.two.pk)
    assert "two other people" in third.refusal


async def test_C2_a_level_is_not_on_the_profile_until_both_are_in(sqlite_harness: BotHarness, workspace: Any):
    """Ben has assessed Ana, and she has not: neither the profile nor the history has his level."""
    async with sqlite_harness.database.unit(sqlite_harness.workspace_id) as store:
        row = {"pair_id": workspace.two.pk, "discussion_id": workspace.discussion.pk, "submitted_at": NOW}
        of_ben = Preparation(author_id=workspace.ben.pk, side=Side.MANAGER, level=Level.OUTSTANDING, **row)
        await saved(store, of_ben, Preparation(author_id=workspace.ana.pk, side=Side.EMPLOYEE, **row))
    for who in (ANA, BEN):
        assert "Outstanding" not in said(await profile_of(sqlite_harness, who, workspace))
        assert "Outstanding" not in await history_of(sqlite_harness, who, workspace)


async def test_C2_C3_an_empty_profile_says_how_to_begin_and_leads_there(sqlite_harness: BotHarness, workspace: Any):
    """One sentence for each of the two, and buttons to the roadmap and the preparation; the Home leads to it."""
    home = (await sqlite_harness.home_opened(ANA)).views[-1][1]
    assert "My profile" in said(home)
    mine, theirs = [await profile_of(sqlite_harness, who, workspace) for who in (ANA, BEN)]
    assert "begin with a longer-term objective" in said(mine)
    assert "share key strengths when you prepare" in said(theirs)
    roadmap = await sqlite_harness.press(ANA, mine, ActionId.OPEN_ROADMAP, workspace.two.pk)
    assert "Set objectives" in said(roadmap.modal)
    empty = await history_of(sqlite_harness, BEN, workspace)
    assert "There is nothing to read at the moment." in empty


async def test_C13_an_empty_history_says_where_to_begin(sqlite_harness: BotHarness, workspace: Any):
    """Nothing is set yet: one press leads to the preparation, where all of it begins."""
    page = (await sqlite_harness.press_in_home(ANA, ActionId.OPEN_HISTORY, workspace.two.pk)).modal
    assert "It begins with what you save when you prepare." in said(page)
    prepared = await sqlite_harness.press(ANA, page, Action.OPEN_PREPARATION, workspace.two.pk)
    assert prepared.faults() == []
    assert prepared.modal["title"]["text"] == "Prepare"


async def test_C2_the_fullest_profile_and_history_are_views_that_slack_takes(
    sqlite_harness: BotHarness, workspace: Any
):
    """Forty objectives in every script, with markup and long words: shortened, counted, read in few statements."""
    await fill(sqlite_harness, workspace, many=20, words="<@U0BEN> *مرحبا* &amp; 👩🏽‍🚀 " + "&" * 400)
    for who in (ANA, BEN):
        roadmap = (await sqlite_harness.press_in_home(who, ActionId.OPEN_ROADMAP, workspace.two.pk)).modal
        with counted_statements(sqlite_harness.database) as statements:
            outcome = await sqlite_harness.press(who, roadmap, ActionId.OPEN_PROFILE, workspace.two.pk)
        read = outcome.modal
        assert outcome.faults() == []
        assert len([one for one in statements if one.startswith("SELECT")]) <= 8
        assert "And 35 more, on the roadmap." in said(read)
        assert "<@U0BEN>" not in said(read)
        assert "Earlier" in await history_of(sqlite_harness, who, workspace)


async def test_C3_the_home_shows_how_far_shared_objectives_are(harness: BotHarness, workspace: Any):
    """A chart and the words for it on Ana's Home; Ben's has the one objective that she shares, and no chart of one."""
    await fill(harness, workspace)
    async with harness.database.unit(harness.workspace_id) as store:
        first, second = await store.objectives.current(workspace.two.pk)
        first.shared = False
        row = {"pair_id": workspace.two.pk, "text": "Step", "set_at": BEFORE}
        await saved(
            store,
            *(Benchmark(objective_id=one.pk, reached_at=at, **row) for one in (first, second) for at in (NOW, None)),
        )
    mine, theirs = [said((await harness.home_opened(who)).views[-1][1]) for who in (ANA, BEN)]
    assert "data_visualization" in mine
    assert "1. Aim 1: ▰▱ 1 of 2 benchmarks reached\\n2. Aim 0: ▰▱ 1 of 2 benchmarks reached" in mine
    assert "Aim 1: ▰▱ 1 of 2 benchmarks reached" in theirs
    assert "data_visualization" not in theirs
    assert "Aim 0" not in theirs


# --- how it changed --------------------------------------------------------------------------------------------------


async def test_C13_objectives_are_reworded_moved_reached_and_dropped_on_a_timeline(harness: BotHarness, workspace: Any):
    """Each change with its day and what was before, the latest first; the manager reads the shared ones."""
    await fill(harness, workspace)
    for text, days, harness.now in (
        ("Aim 1, in May", 301, NOW),
        ("Aim 1, in May", 320, NOW + timedelta(days=1)),
    ):
        page = await harness.prep(ANA, Page.OBJECTIVES)
        slot = slot_of(page, "Aim 1")
        changed = {f"{slot}__text": text, f"{slot}__date": TODAY + timedelta(days=days)}
        assert (await harness.submit(ANA, page, **changed)).refusal == ""
    async with harness.database.unit(harness.workspace_id) as store:
        longer, *_, last = await store.objectives.ever(workspace.two.pk)
        longer.state, longer.settled_at = ObjectiveState.DROPPED, NOW + timedelta(days=2)
        last.state, last.settled_at = ObjectiveState.REACHED, NOW + timedelta(days=3)
    for who in (ANA, BEN):
        read = await history_of(harness, who, workspace)
        in_order = ["Objective reached", "Objective dropped", "Objective: new date", "Objective reworded",
                    "Objective set", "Skill gap named by Ana"]  # fmt: skip
        assert [one for one in in_order if one not in read] == []
        assert sorted(in_order, key=read.index) == in_order
        assert "Before: Aim 1, by" in read
        assert "Both assessments in\nAna: Strong performer · Ben: Outstanding performer" in read.replace("\\n", "\n")
        assert "Thu 26 Nov 2026 · Objective reached" in read


async def test_C13_a_manager_reads_no_change_that_was_made_in_private(sqlite_harness: BotHarness, workspace: Any):
    """A shared one after a private one is new to Ben; private drops are Ana's alone; unshared and dropped is gone."""
    pair_id, ana = workspace.two.pk, workspace.ana.pk

    def objective(text: str, day: int, *, shared: bool, **also: Any) -> Objective:
        return Objective(
            pair_id=pair_id, owner_id=ana, horizon=Horizon.SHORT, text=text, target_on=TODAY + timedelta(days=300),
            shared=shared, set_at=BEFORE + timedelta(days=day), **also,
        )  # fmt: skip

    async with sqlite_harness.database.unit(sqlite_harness.workspace_id) as store:
        gone = {"state": ObjectiveState.CHANGED, "settled_at": NOW}
        first = objective("First private words", 1, shared=False, **gone)
        dropped = {"state": ObjectiveState.DROPPED, "settled_at": NOW}
        await saved(store, first, objective("Dropped in private", 2, shared=False, **dropped))
        await saved(store, objective("Then shared", 3, shared=True, replaces_id=first.pk))
    mine, theirs = [await history_of(sqlite_harness, who, workspace) for who in (ANA, BEN)]
    assert "Objective reworded" in mine
    assert "Before: First private words, by Sun 19 Sep 2027 _(only you see this)_" in mine
    assert "Objective dropped\\nDropped in private, by Sun 19 Sep 2027 _(only you see this)_" in mine
    assert "Objective set" in theirs
    for secret in ("private", "reworded", "dropped", "Before"):
        assert secret not in theirs
    page = await sqlite_harness.prep(ANA, Page.OBJECTIVES)
    slot = slot_of(page, "Then shared")
    await sqlite_harness.submit(ANA, page, **{f"{slot}__text": "", "share.objectives": []})
    assert "Then shared" not in await history_of(sqlite_harness, BEN, workspace)
    assert "Then shared" in await history_of(sqlite_harness, ANA, workspace)


async def test_C13_the_timeline_is_turned_page_by_page(sqlite_harness: BotHarness, workspace: Any):
    """Ten at a time, none twice and none left out; a page that is not there is empty."""
    await fill(sqlite_harness, workspace, many=10)
    page, seen = (await sqlite_harness.command(ANA, "history")).modal, ""
    for number in range(4):
        sections = [block for block in page["blocks"] if block["type"] == "section"]
        assert len(sections) == (10 if number < 3 else 5)
        seen += said(page)
        if number < 3:
            turned = await sqlite_harness.press(ANA, page, ActionId.HISTORY_PAGE, number + 1)
            assert turned.faults() == []
            page = turned.modal
    assert all(seen.count(f"Aim {number}, by") == 1 for number in range(20))
    assert "Earlier" not in said(page)
    back = await sqlite_harness.press(ANA, page, ActionId.HISTORY_PAGE, 2)
    assert "Later" in said(back.modal)
    third = await sqlite_harness.press_in_home(MIA, ActionId.OPEN_HISTORY, workspace.two.pk)
    assert "two other people" in third.refusal
