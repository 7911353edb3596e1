"""How many statements a form takes to open: as many with a full workspace as with three years of it."""

from typing import Any

from cycle.nudges import Action
from handlers.shared.ids import ActionId
from tests.support.databases import counted_statements
from tests.support.harness import BotHarness
from tests.support.roadmaps import with_roadmap

ANA, BEN, ELIF = "U0ANA", "U0BEN", "U0ELIF"
MOST = 6
OF_A_RECORD = 11  # it shows that many nouns, each in one statement


async def test_opening_a_form_takes_six_statements_at_most(sqlite_harness: BotHarness, workspace: Any):
    """Roadmap, objective, guide, records, commitments and agenda, for both sides, typed and pressed; a record more."""
    harness = sqlite_harness
    keys = await with_roadmap(harness, workspace)
    for who in (ANA, BEN, ELIF):
        await harness.home_opened(who)
    pressed = {
        "objective": (ActionId.OPEN_OBJECTIVE, keys.short), "roadmap": (ActionId.OPEN_ROADMAP, workspace.two.pk),
        "commitments": (Action.OPEN_COMMITMENTS, workspace.two.pk), "agenda": (Action.OPEN_AGENDA, workspace.two.pk),
        "guide": (Action.OPEN_GUIDE, workspace.discussion.pk),
    }  # fmt: skip
    taken: dict[str, int] = {}
    for word in ("roadmap", "guide", "record", "commitments", "agenda"):
        with counted_statements(harness.database) as statements:
            outcome = await harness.command(ANA, word)
        assert outcome.faults() == [], word
        taken[f"/career {word}"] = read_or_written(statements)
    for what, (does, key) in pressed.items():
        for who in (ANA, BEN):
            with counted_statements(harness.database) as statements:
                outcome = await harness.press_in_home(who, does, key)
            assert outcome.faults() == [], what
            taken[f"{what} of {who}"] = read_or_written(statements)
    assert {what: number for what, number in taken.items() if not 0 < number <= MOST} == {}
    with counted_statements(harness.database) as statements:
        await harness.press_in_home(ELIF, Action.OPEN_RECORD, workspace.held.pk)
    assert 0 < read_or_written(statements) <= OF_A_RECORD


def read_or_written(statements: list[str]) -> int:
    """How many of them read or write; BEGIN and its like do not."""
    words = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}
    return sum(statement.split(maxsplit=1)[0].upper() in words for statement in statements)
