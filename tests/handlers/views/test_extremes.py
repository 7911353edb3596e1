"""Nothing, and far more than a form would take: what the views of the roadmap, the guide and their forms then show."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from cycle.agendas import Accepted, AgendaView
from cycle.bank import load_bank
from cycle.follow_through import FollowThrough
from cycle.guide import NOTES, RESPONSE, Guide, Part
from cycle.objective_details import SUPPORT, ObjectiveView
from cycle.prompts import PROMPTS
from cycle.roadmap import Roadmap
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.shared.view_metadata import (
    AgendaMetadata,
    GapMetadata,
    GuideMetadata,
    ObjectiveMetadata,
    TeamObjectivesMetadata,
)
from handlers.views import agenda, gaps, guide, objective, roadmap, team_objectives
from sandbox.validation import problems
from storage.agenda import AgendaItem, ItemState
from storage.commitments import Advocacy
from storage.gaps import Gap, GapState
from storage.objectives import Benchmark, Development, Horizon, Objective, ObjectiveState
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level
from storage.team_objectives import TeamObjective
from tests.support.builders import MADRID, TOKYO, at, commitment, pair, person, planning, scheduled

NOW = at(MADRID, 2026, 11, 23, 10)
TODAY = NOW.date()
THEN = at(MADRID, 2026, 11, 24, 9)
BANK, _ = load_bank()
SIGNS = ["x", "&", "<!here> ", "*_~`", "\n", " ", "名", "ש ", "👩🏽\u200d🚀"]
Shown = dict[str, dict[str, Any]]


def every_view(me: Person, other: Person, two: Pair, words: str, many: int) -> Shown:
    """Each view as one of the two sees it, by a name: with `many` of everything, and `words` wherever people write."""
    shown = roadmap_of(me, other, two, words, many)
    found = {"roadmap": roadmap.render(shown)}
    found |= objectives_of(shown, words, many)
    side = Side.EMPLOYEE if shown.is_mine else Side.MANAGER
    typed = FormValues({gaps.SKILL: field(words[:150]), gaps.WAY: field(words[:500])})
    for name, gap in (("new", None), *((str(one.pk), one) for one in shown.gaps[:2])):
        for values in (FormValues(), typed):
            found[f"gap {name} {len(found)}"] = gaps.render(gap, me, other, side, GapMetadata(pair_id=1), values)
    found |= {f"gap settled {one.pk}": gaps.settled(one) for one in (*shown.gaps[:1], *shown.closed[:1])}
    listed = team(words, min(many, 10))
    found["team"] = team_objectives.render(listed, me, TeamObjectivesMetadata(), FormValues(), said="Saved.")
    for part in Part:
        view = guide_of(me, other, two, part, shown, words, many)
        found[f"guide, {part}"] = guide.render(view, GuideMetadata(pair_id=1), notes(words), BANK)
    employee, manager = (me, other) if shown.is_mine else (other, me)
    both = AgendaView(two, planning(two, TODAY, id=7), employee, manager, items(words, many))
    for page in range(2):
        metadata = AgendaMetadata(pair_id=1, page=page)
        found[f"agenda {page}"] = agenda.render(
            both, me, metadata, now=NOW, done=agenda.accepted(Accepted(many), other)
        )
    return found


def items(words: str, many: int) -> list[AgendaItem]:
    """Agenda items: reworded, with other words that wait, every third left for next time."""
    return [
        AgendaItem(
            id=key, pair_id=1, discussion_id=7, author_id=1 + key % 2, text=words[:500], position=key, proposed_at=NOW,
            first_text=words[:499], counter_text=words[:400], carried_from_id=key,
            state=ItemState.COUNTERED if key % 3 else ItemState.CARRIED_OVER,
        )
        for key in range(1, many * 3 // 2 + 1)
    ]  # fmt: skip


def roadmap_of(me: Person, other: Person, two: Pair, words: str, many: int) -> Roadmap:
    """A roadmap on which each objective leads to the one before it, with eight benchmarks and a support each."""
    objectives = [
        Objective(
            id=key, pair_id=1, owner_id=1, horizon=Horizon.SHORT if key % 2 else Horizon.LONG, text=words[:1000],
            target_on=date(2030, 6, 1) - timedelta(days=key), set_at=NOW, shared=key % 3 > 0, leads_to_id=key - 1,
            development=list(Development)[key % len(Development)], team_objective_id=key % 10 + 1,
            support_asked=words[:500], support_given=words[:499], settled_at=NOW,
        )
        for key in range(1, many + 1)
    ]  # fmt: skip
    open_gaps = [
        Gap(
            id=key, pair_id=1, author_id=1 + key % 2, skill=words[:150], way=words[:500], set_at=NOW, settled_at=NOW,
            development=Development.MENTORING,
        )
        for key in range(1, many // 2 + 5 if many else 1)
    ]  # fmt: skip
    closed = [one.model_copy(update={"state": GapState.CLOSED}) for one in open_gaps]
    fits = team(words, 10)
    return Roadmap(
        pair=two, me=me, other=other, today=TODAY, current=objectives, reached=objectives,
        fits={one.pk: fits[one.pk % 10] for one in objectives}, gaps=open_gaps, closed=closed,
        benchmarks={one.pk: benchmarks(one.pk, words) for one in objectives},
    )  # fmt: skip


def objectives_of(shown: Roadmap, words: str, many: int) -> Shown:
    """The first and the last objective, open and reached, with what is saved and with what is typed."""
    metadata, found = ObjectiveMetadata(pair_id=1, objective_id=1), Shown()
    words_field, _day = objective.field_names(metadata)
    typed = FormValues({SUPPORT: field(words[:500]), words_field: field(words[:300])})
    employee, manager = (shown.me, shown.other) if shown.is_mine else (shown.other, shown.me)
    bare = Objective(id=99, pair_id=1, owner_id=1, horizon=Horizon.LONG, text="x", target_on=TODAY, set_at=NOW)
    chosen = [*shown.current[:1], *shown.current[-1:], bare]
    for one in (*chosen, *(one.model_copy(update={"state": ObjectiveState.REACHED}) for one in chosen)):
        view = ObjectiveView(
            pair=shown.pair, objective=one, owner=employee, other=manager if shown.is_mine else employee,
            benchmarks=shown.benchmarks.get(one.pk, ()), current=shown.current, team=team(words, many), fits=None,
            updates=many * 100,
        )  # fmt: skip
        for values in (FormValues(), typed):
            said = objective.support_saved(view)
            key = f"objective {one.pk}, {one.state} {len(found)}"
            found[key] = objective.render(view, shown.me, metadata, NOW, values, said=said)
    return found


def guide_of(me: Person, other: Person, two: Pair, part: Part, shown: Roadmap, words: str, many: int) -> Guide:
    """A part of the guide, in which everything is known that any part shows."""
    prompts = PROMPTS[Side.MANAGER] if many else ()
    answers = [
        Answer(id=1, pair_id=1, preparation_id=1, author_id=2, question=one.key, text=words, answered_at=NOW)
        for one in prompts
    ]
    kept = FollowThrough(999, 999, 999, 999, frozenset(Advocacy)) if many else FollowThrough()
    discussion = scheduled(two, THEN, id=7, question_set=BANK.sets[0].id) if many else planning(two, TODAY, id=7)
    return Guide(
        pair=two, discussion=discussion, me=me, other=other, today=TODAY, part=part, minutes=15,
        levels={Side.EMPLOYEE: Level.STRONG, Side.MANAGER: Level.DEVELOPING} if many else {},
        response=words[:1000] or None, warnings=[words[:300]] * 3 if many else (),
        agenda=items(words, many), answers={one.question: one for one in answers}, roadmap=shown,
        commitments=[commitment(two, me, TODAY, id=key, text=words[:500]) for key in range(many * 3 // 2)],
        mirror={1: kept, 2: kept},
    )  # fmt: skip


def benchmarks(objective_id: int, words: str) -> list[Benchmark]:
    """Eight of them, of which half are reached."""
    return [
        Benchmark(
            id=objective_id * 8 + key, pair_id=1, objective_id=objective_id, text=words[:300], set_at=NOW, due_on=TODAY,
            reached_at=NOW if key % 2 else None,
        )
        for key in range(8)
    ]  # fmt: skip


def team(words: str, many: int) -> list[TeamObjective]:
    """Team objectives."""
    return [TeamObjective(id=key, listed_by_id=2, text=words[:150], listed_at=NOW) for key in range(1, many + 1)]


def field(text: str) -> Any:
    """A field with something typed into it."""
    return {ActionId.TYPED: {"value": text}}


def notes(words: str) -> FormValues:
    """The notes and the response of the guide, as they are typed."""
    return FormValues({RESPONSE: field(words[:1000])} | {f"{NOTES}{part}": field(words[:700]) for part in Part})


def texts(block: Any) -> Iterator[str]:
    """Everything in mrkdwn."""
    if isinstance(block, Mapping):
        if block.get("type") == "mrkdwn":
            yield block["text"]
        for part in block.values():
            yield from texts(part)
    elif isinstance(block, list):
        for part in block:
            yield from texts(part)


def wrong_with(shown: Shown) -> list[tuple[str, Any]]:
    """What Slack would refuse in some views, and what a reader would see broken: an escape that is cut in two."""
    found = [(name, problem) for name, view in shown.items() for problem in problems("modal", view)]
    cut = re.compile(r"&(?!amp;|lt;|gt;)|<(?!https?:)")
    return [*found, *((name, text) for name, view in shown.items() for text in texts(view) if cut.search(text))]


@pytest.mark.parametrize("side", Side)
def test_nothing_is_shown_as_an_invitation(side: Side):
    """A pair with no objectives, gaps, items or commitments: each view is taken by Slack and says what to do."""
    ana, ben = person("Ana Ruiz", id=1), person("Ben Okafor", TOKYO, id=2)
    me, other = (ana, ben) if side is Side.EMPLOYEE else (ben, ana)
    shown = every_view(me, other, pair(ana, ben, id=1), "", 0)
    assert len(shown) > 10
    assert wrong_with(shown) == []
    assert "None yet." in json.dumps(shown["roadmap"])


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("sign", SIGNS)
def test_more_than_anyone_would_write_still_fits(sign: str, side: Side):
    """50 objectives of eight benchmarks, 29 gaps, 75 items and commitments, the longest words and names there are."""
    words, name = (sign * 3000)[:3000], (sign * 255)[:255]
    ana, ben = person(name, id=1), person(name, TOKYO, id=2)
    me, other = (ana, ben) if side is Side.EMPLOYEE else (ben, ana)
    shown = every_view(me, other, pair(ana, ben, id=1), words, 50)
    assert wrong_with(shown) == []
    assert "And 10 objectives more." in json.dumps(shown["roadmap"])
