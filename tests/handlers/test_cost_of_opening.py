"""How many statements a form takes to open: as many with a full workspace as with three years of it."""

from typing import Any

from cycle.guide import Part
from cycle.nudges import Action
from handlers.shared.ids import ActionId
from tests.support.databases import counted_statements
from tests.support.harness import BotHarness
from tests.support.roadmaps import with_roadmap

ANA, BEN, ELIF = "U0ANA", "U0BEN", "U0ELIF"
MOST = 6
OF_PREP = 2  # while nothing is typed
OF_A_RECORD = 8  # it shows eleven nouns
OF_A_BRIEF = 8  # and this one ten


async def test_opening_a_form_takes_six_statements_at_most(sqlite_harness: BotHarness, workspace: Any):
    """Whatever shows a long history, for both sides, typed and pressed; a preparation fewer, a record or brief more."""
    harness = sqlite_harness
    keys = await with_roadmap(harness, workspace)
    for who in (ANA, BEN, ELIF):
        await harness.home_opened(who)
    form = (await harness.press_in_home(BEN, ActionId.OPEN_OFFER, 0)).modal
    await harness.submit(BEN, form, title="Customer workshop")
    [offered] = [row.id for row in (await harness.rows())["opportunity"]]
    pressed = {
        "objective": (ActionId.OPEN_OBJECTIVE, keys.short), "roadmap": (ActionId.OPEN_ROADMAP, workspace.two.pk),
        "commitments": (Action.OPEN_COMMITMENTS, workspace.two.pk), "agenda": (Action.OPEN_AGENDA, workspace.two.pk),
        "guide": (Action.OPEN_GUIDE, workspace.discussion.pk), "profile": (ActionId.OPEN_PROFILE, workspace.two.pk),
        "history": (ActionId.OPEN_HISTORY, workspace.two.pk), "prep": (Action.OPEN_PREPARATION, workspace.two.pk),
        "brief": (Action.OPEN_BRIEF, workspace.discussion.pk), "board": (ActionId.OPEN_OPPORTUNITIES, ""),
        "opportunity": (Action.OPEN_OPPORTUNITY, offered), "offer": (ActionId.OPEN_OFFER, offered),
    }  # fmt: skip
    taken: dict[str, int] = {}
    for word in ("prep", "roadmap", "guide", "record", "commitments", "agenda", "profile", "history", "brief"):
        with counted_statements(harness.database) as statements:
            outcome = await harness.command(ANA, word)
        assert outcome.faults() == [], word
        taken[f"{word}, typed"] = read_or_written(statements)
    for what, (does, key) in pressed.items():
        for who in (ANA, BEN):
            with counted_statements(harness.database) as statements:
                outcome = await harness.press_in_home(who, does, key)
            assert outcome.faults() == [], what
            taken[f"{what} of {who}"] = read_or_written(statements)
    for what, does in {"a record": Action.OPEN_RECORD, "export": Action.OPEN_EXPORT}.items():
        with counted_statements(harness.database) as statements:
            outcome = await harness.press_in_home(ELIF, does, workspace.held.pk)
        assert outcome.faults() == [], what
        taken[what] = read_or_written(statements)
    most = {"prep": OF_PREP, "a record": OF_A_RECORD, "brief": OF_A_BRIEF}

    def may_take(what: str) -> int:
        return next((number for start, number in most.items() if what.startswith(start)), MOST)

    assert {what: number for what, number in taken.items() if not 0 < number <= may_take(what)} == {}


async def test_going_to_a_part_of_the_guide_takes_six_statements_at_most(sqlite_harness: BotHarness, workspace: Any):
    """What is typed on the part before is saved among them, for both sides."""
    harness = sqlite_harness
    await with_roadmap(harness, workspace)
    taken: dict[str, int] = {}
    for who in (ANA, BEN):
        form = (await harness.press_in_home(who, Action.OPEN_GUIDE, workspace.discussion.pk)).modal
        for part in Part:
            with counted_statements(harness.database) as statements:
                outcome = await harness.press(who, form, ActionId.GO_TO_PART, part, notes__standing="Ready to lead.")
            assert outcome.faults() == [], part
            taken[f"{part} of {who}"] = read_or_written(statements)
    assert {what: number for what, number in taken.items() if not 0 < number <= MOST} == {}


def read_or_written(statements: list[str]) -> int:
    """How many of them read or write; BEGIN and its like do not."""
    words = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}
    return sum(statement.split(maxsplit=1)[0].upper() in words for statement in statements)
