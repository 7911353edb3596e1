"""The roadmap: the tree of objectives, links, progress (practices M6, M9)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cycle.objective_details import can_lead_to, wrong_link
from cycle.roadmap import orphans, tree
from storage.objectives import Horizon, Objective
from tests.support.builders import LONG_AGO

DAY = date(2027, 6, 1)


def objective(key: int, horizon: Horizon = Horizon.LONG, leads_to: int | None = None, days: int = 0) -> Objective:
    """An objective that was never written."""
    return Objective(
        id=key, pair_id=1, owner_id=1, horizon=horizon, text=f"Objective {key}", target_on=DAY + timedelta(days=days),
        set_at=LONG_AGO, leads_to_id=leads_to,
    )  # fmt: skip


# Up to eight objectives that lead to one another in any way, circles included.
FORESTS = st.lists(
    st.tuples(st.sampled_from(Horizon), st.none() | st.integers(1, 9), st.integers(0, 400)), max_size=8
).map(lambda rows: [objective(key, *row) for key, row in enumerate(rows, start=1)])


@given(FORESTS)
def test_M9_the_tree_shows_every_objective_once(objectives: list[Objective]):
    """Whatever leads to what, nothing is lost or doubled, and each stands right below the one that it leads to."""
    branches = tree(objectives)
    assert sorted(branch.objective.pk for branch in branches) == [one.pk for one in objectives]
    above: list[int] = []
    for branch in branches:
        assert branch.depth <= len(above)
        above[branch.depth :] = [branch.objective.pk]
        if branch.depth:
            assert branch.objective.leads_to_id == above[branch.depth - 1]


@given(FORESTS)
def test_M9_what_is_offered_never_makes_a_circle(objectives: list[Objective]):
    """Linking to anything that is offered leaves every objective reachable from the top."""
    for one in objectives:
        for longer in can_lead_to(one, objectives):
            assert longer.horizon is Horizon.LONG
            assert longer.target_on >= one.target_on
            above, seen = longer, {longer.pk}
            by_key = {other.pk: other for other in objectives}
            while (up := by_key.get(above.leads_to_id or 0)) is not None and up.pk not in seen:
                seen.add(up.pk)
                above = up
            assert one.pk not in seen


def test_M9_each_link_that_makes_no_sense_has_its_sentence():
    """Itself, a circle, a shorter one, an earlier date."""
    low, high, short = objective(1, leads_to=2), objective(2, days=9), objective(3, Horizon.SHORT, days=-99)
    everything = [low, high, short]
    assert "lead to itself" in (wrong_link(low, low, everything) or "")
    assert "leads to this one already" in (wrong_link(high, low, everything) or "")
    assert "longer-term" in (wrong_link(low, short, everything) or "")
    assert "earlier date" in (wrong_link(objective(4, days=10), high, everything) or "")
    assert wrong_link(short, low, everything) is None


def test_M9_only_a_short_one_beside_a_longer_one_is_an_orphan():
    """Without a longer one there is nothing to lead to; a link to one that is gone counts as none."""
    alone, linked, lost = (objective(key, Horizon.SHORT, leads_to) for key, leads_to in ((1, None), (2, 9), (3, 8)))
    assert orphans([alone]) == []
    assert orphans([alone, linked, lost, objective(9)]) == [alone, lost]
