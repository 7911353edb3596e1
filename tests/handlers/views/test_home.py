import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from cycle.nudges import Action
from cycle.overview import Measured, Overview, with_all
from cycle.roadmap import Progress
from cycle.snapshot import PairSnapshot
from handlers.shared.ids import ActionId
from handlers.views import home
from sandbox.validation import problems
from storage.agenda import AgendaItem, ItemState
from storage.commitments import Commitment, CommitmentState
from storage.objectives import Horizon, Objective
from storage.pairs import Pair, PairState
from storage.people import Person
from storage.preparations import Preparation
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, commitment, held, pair, person, planning, scheduled
from tests.support.views import said

NOW = at(MADRID, 2026, 11, 23, 10)
TODAY = date(2026, 11, 23)
ANA, BEN = person("Ana Ruiz", id=1), person("Ben Okafor", TOKYO, id=2)
TWO = pair(ANA, BEN, id=1)
LONG_NAME, LONG_TEXT = "<&>" * 85, "<&> long " * 334


def overview(
    *views: PairSnapshot, me: Person = ANA, kept: Sequence[Commitment] = (), measured: Sequence[Measured] = ()
) -> Overview:
    """What a person sees, with the things to do worked out as in production."""
    return Overview(
        me=me,
        now=NOW,
        pairs=views,
        to_do=with_all(views, me, NOW),
        kept=[(views[0], one) for one in kept],
        measured={view.pair.pk: measured for view in views},
    )


def rendered(*views: PairSnapshot, **also: Any) -> dict[str, Any]:
    """The Home, which Slack takes."""
    shown = home.render(overview(*views, **also))
    assert problems("home", shown) == []
    return shown


def texts(shown: dict[str, Any]) -> str:
    """Everything that can be read on it."""
    return json.dumps(shown["blocks"], ensure_ascii=False)


def marked_up(shown: dict[str, Any]) -> str:
    """What Slack reads as markup."""
    lines = [block["text"]["text"] for block in shown["blocks"] if block["type"] == "section"]
    return "\n".join(lines)


def primary(shown: dict[str, Any]) -> list[str]:
    """The labels of the primary buttons."""
    rows = [block.get("elements", []) for block in shown["blocks"] if block["type"] == "actions"]
    sides = [[block["accessory"]] for block in shown["blocks"] if "accessory" in block]
    return [one["text"]["text"] for row in [*rows, *sides] for one in row if one.get("style") == "primary"]


def menus(shown: dict[str, Any]) -> list[list[str]]:
    """What the menu beside each person offers: the label and what it opens."""
    sides = [block["accessory"] for block in shown["blocks"] if "accessory" in block]
    found = [side for side in sides if side["action_id"] == ActionId.PAIR_MENU]
    return [[f"{one['text']['text']} {one['value']}" for one in side["options"]] for side in found]


def presses(shown: dict[str, Any], does: str) -> list[str]:
    """The values of all buttons with an action."""
    rows = [block.get("elements", []) for block in shown["blocks"] if block["type"] == "actions"]
    sides = [[block["accessory"]] for block in shown["blocks"] if "accessory" in block]
    return [one.get("value", "") for row in [*rows, *sides] for one in row if one["action_id"] == does]


def busy(
    two: Pair, employee: Person, manager: Person, commitments: int, text: str = "Write the proposal"
) -> PairSnapshot:
    """A pair with everything: a discussion tomorrow, an agenda, a preparation, late commitments of both."""
    owners = (employee, manager)
    return PairSnapshot(
        pair=two,
        employee=employee,
        manager=manager,
        now=NOW,
        current=scheduled(two, NOW + timedelta(days=1), id=two.pk),
        agenda=[
            AgendaItem(pair_id=1, discussion_id=1, author_id=employee.pk, text=text, position=1, proposed_at=LONG_AGO)
        ],
        preparations=[
            Preparation(
                pair_id=1, discussion_id=1, author_id=manager.pk, side=two.side_of(manager.pk), submitted_at=LONG_AGO
            )
        ],
        commitments=[
            commitment(two, owners[number % 2], TODAY - timedelta(days=3 - number), id=number + 1, text=text)
            for number in range(commitments)
        ],
    )


def team(size: int, name: str = "Chiyo Tanaka", text: str = "Write the proposal") -> list[PairSnapshot]:
    """Ben's reports, each busy."""
    people = [person(name, id=key) for key in range(10, 10 + size)]
    return [busy(pair(one, BEN, id=one.id), one, BEN, 50, text) for one in people]


def test_C11_opportunities_are_a_press_away_from_every_home():
    """Also from the one of someone who has no career discussions yet."""
    for shown in (rendered(), rendered(busy(TWO, ANA, BEN, 1))):
        assert len(presses(shown, ActionId.OPEN_OPPORTUNITIES)) == 1


def test_C1_a_newcomer_reads_what_this_is_and_may_start():
    """With nothing there yet, the Home says what career discussions are and has the button that starts them."""
    shown = rendered()
    assert "apart from performance reviews" in texts(shown)
    assert presses(shown, ActionId.START) == [""]


def test_E1_a_request_can_be_answered_or_taken_back_on_the_home():
    """The person asked can say yes or no here; the asker can take the request back."""
    asked = PairSnapshot(pair(ANA, BEN, id=1, state=PairState.ASKED, answered_at=None), ANA, BEN, NOW)
    assert presses(rendered(asked), ActionId.WITHDRAW_PAIR) == ["1"]
    for_ben = rendered(asked, me=BEN)
    assert presses(for_ben, Action.ACCEPT_PAIR) == ["1"]
    assert presses(for_ben, Action.DECLINE_PAIR) == ["1"]
    assert primary(for_ben) == ["Yes, let's"]


@pytest.mark.parametrize("words", ["I would like to plan how I could grow <here>.", LONG_TEXT])
def test_E5_the_person_asked_reads_the_request(words: str):
    """The words are beside the buttons that answer, shortened where they are long; the asker sees none."""
    asked = PairSnapshot(pair(ANA, BEN, id=1, state=PairState.ASKED, answered_at=None, request=words), ANA, BEN, NOW)
    assert "&lt;" in marked_up(rendered(asked, me=BEN))
    assert "&lt;" not in marked_up(rendered(asked))


@pytest.mark.parametrize("views", [(), (PairSnapshot(TWO, ANA, BEN, NOW),)], ids=["a newcomer", "in the middle"])
def test_M6_the_coach_has_a_switch(views: tuple[PairSnapshot, ...]):
    """Everyone has it; its value is the state that pressing it leads to."""
    assert presses(rendered(*views), ActionId.SWITCH_COACH) == ["off"]
    assert presses(rendered(*views, me=person("Ana Ruiz", id=1, coach_off=True)), ActionId.SWITCH_COACH) == ["on"]


def test_the_next_discussion_on_both_clocks_and_all_that_can_be_done_about_it():
    """The Home has the date for both, the agenda and who has prepared; the rest is in a menu beside the name."""
    shown = rendered(busy(TWO, ANA, BEN, 0))
    said = texts(shown)
    assert "Next discussion: Tue 24 Nov at 10:00 for you, 18:00 for Ben (Tokyo), 60 minutes." in said
    assert "1 agenda item · Ben has prepared" in said
    assert presses(shown, Action.OPEN_PREPARATION) == presses(shown, Action.OPEN_AGENDA) == ["1"]
    assert menus(shown) == [
        ["Move the date schedule:1", "Roadmap roadmap:1", "Brief brief:1", "Commitments commitments:1"]
    ]


def test_one_thing_is_primary_and_nothing_is_offered_twice():
    """What is most pressing, whoever it is about, has the one primary button; its form has no second button below."""
    late = busy(TWO, ANA, BEN, 1)
    undated = PairSnapshot(pair(ANA, person("Zoe Q", id=3), id=2), ANA, person("Zoe Q", id=3), NOW,
                           current=planning(TWO, TODAY, id=9))  # fmt: skip
    shown = rendered(undated, late)
    assert primary(shown) == ["Show commitments"]
    assert sorted(presses(shown, Action.OPEN_PREPARATION)) == [
        "1",
        "2",
    ]  # to be prepared now with Ben; whenever with Zoe
    assert primary(rendered(undated)) == ["Find a time"]
    assert primary(rendered(PairSnapshot(TWO, ANA, BEN, NOW))) == []


def test_zeros_are_not_said():
    """Where there is no agenda item, preparation or commitment, the Home does not say so."""
    quiet = PairSnapshot(TWO, ANA, BEN, NOW, current=scheduled(TWO, NOW + timedelta(days=40), id=1))
    for shown in (rendered(quiet), rendered(*[quiet] * 6)):
        said = texts(shown).lower()
        assert "nothing yet" not in said
        assert "neither" not in said
        assert "no open commitments" not in said
        assert "0 " not in marked_up(shown).replace("10:00", "").replace("60 minutes", "").replace("18:00", "")


def test_the_last_discussion_is_one_press_away():
    """Its brief shows what was shared, agreed and noted then."""
    last = held(TWO, NOW - timedelta(days=9), NOW - timedelta(days=9), id=5)
    shown = rendered(PairSnapshot(TWO, ANA, BEN, NOW, current=planning(TWO, TODAY, id=6), held=last))
    rest = ["Brief brief:6", "Commitments commitments:1", "Last discussion brief:5"]
    assert menus(shown) == [["Find a time schedule:1", "Roadmap roadmap:1", *rest]]


def test_C3_the_roadmap_is_one_press_away_for_both():
    """Objectives and what belongs to them, from the menu beside the other of the two."""
    both = PairSnapshot(TWO, ANA, BEN, NOW, current=planning(TWO, TODAY, id=6))
    for me in (ANA, BEN):
        assert "Roadmap roadmap:1" in menus(rendered(both, me=me))[0]


@pytest.mark.parametrize(
    ("due_on", "said"),
    [
        (date(2026, 12, 11), "Your next discussion is due by Fri 11 Dec and has no date yet."),
        (date(2026, 11, 2), "Your next discussion was due by Mon 2 Nov and has no date yet."),
    ],
)
def test_E17_a_discussion_without_a_date_says_by_when(due_on: date, said: str):
    """The Home says by when the two want to meet, even when that has passed."""
    shown = rendered(PairSnapshot(TWO, ANA, BEN, NOW, current=planning(TWO, due_on, id=1)))
    assert said in texts(shown)
    assert "1" in presses(shown, Action.OPEN_SCHEDULE)


def test_a_discussion_that_is_over_asks_how_it_went():
    """Its date is no longer announced as the next one."""
    shown = rendered(PairSnapshot(TWO, ANA, BEN, NOW, current=scheduled(TWO, NOW - timedelta(hours=3), id=4)))
    assert "How did it go?" in texts(shown)
    assert "Next discussion:" not in texts(shown)
    assert presses(shown, Action.OPEN_WRAP_UP) == ["4"]


def test_E13_open_commitments_of_both_with_their_dates_in_words():
    """Mine have a button, the other's have none; a date that has passed says so in words."""
    shown = rendered(busy(TWO, ANA, BEN, 5))
    said = texts(shown)
    for words in ("3 days ago", "1 day ago", "due today", "due tomorrow"):
        assert words in said
    assert presses(shown, Action.COMMITMENT_DONE) == ["1", "3", "5"]
    assert presses(shown, Action.OPEN_COMMITMENTS) == ["1"]  # what is overdue; the menu has it as well


def test_more_commitments_than_fit_are_one_press_away():
    """Five are shown, and the others are counted beside a button that shows all."""
    shown = rendered(busy(TWO, ANA, BEN, 50))
    assert "And 45 commitments more." in texts(shown)
    assert len(presses(shown, Action.COMMITMENT_DONE)) == 3


def test_what_was_kept_is_shown_and_what_was_dropped_is_not():
    """Kept commitments are named with their day; a dropped one is not praised."""
    kept = commitment(TWO, BEN, TODAY, id=1, text="Call HR", state=CommitmentState.DONE, settled_at=NOW)
    dropped = commitment(TWO, ANA, TODAY, id=2, text="Learn Latin", state=CommitmentState.DROPPED, settled_at=NOW)
    said = texts(rendered(busy(TWO, ANA, BEN, 0), kept=[kept, dropped]))
    assert "Ben: Call HR (Mon 23 Nov)" in said
    assert "Learn Latin" not in said


def test_E1_my_own_manager_comes_first():
    """The order of the overview is kept: my own manager above my reports."""
    mine, theirs = busy(TWO, ANA, BEN, 0), busy(pair(person(id=3), ANA, id=2), person("Zoe Q", id=3), ANA, 0)
    said = texts(rendered(mine, theirs))
    assert said.index("your manager") < said.index("reports to you")


@pytest.mark.parametrize("size", [1, 5, 6, 20, 40, 60])
@pytest.mark.parametrize(("name", "text"), [("Chiyo Tanaka", "Write it"), (LONG_NAME, LONG_TEXT)])
def test_a_manager_with_many_reports_fits(size: int, name: str, text: str):
    """Slack takes 100 blocks: many reports fit, with long names and long texts, up to 40 of them with their buttons."""
    kept = [
        commitment(TWO, BEN, TODAY, id=number, text=text, state=CommitmentState.DONE, settled_at=NOW)
        for number in range(1, 6)
    ]
    shown = rendered(*team(size, name, text), me=BEN, kept=kept)
    assert len(set(presses(shown, Action.OPEN_PREPARATION))) == min(size, home.MOST_PAIRS)
    assert ("And 20 more" in texts(shown)) is (size == 60)
    assert "<" not in marked_up(shown)


def test_C10_no_answers_on_the_home():
    """Agenda items and preparations are counted, not quoted: only commitments are shown in words."""
    view = busy(TWO, ANA, BEN, 0, text="Zebra")
    assert "Zebra" not in texts(rendered(view))
    assert view.agenda[0].state is ItemState.PROPOSED


def test_a_commitment_without_a_space_is_shortened():
    """A long word is cut; all of it is one press away."""
    wall = busy(TWO, ANA, BEN, 1, text="x" * 500)
    assert "x" * 400 not in texts(rendered(wall))


# --- how far the objectives are --------------------------------------------------------------------------------------


def measured_by(text: str, reached: int, total: int) -> Measured:
    """An objective with some benchmarks."""
    objective = Objective(
        id=1, pair_id=1, owner_id=1, horizon=Horizon.SHORT, text=text, target_on=TODAY, set_at=NOW, shared=True
    )
    return Measured(objective, Progress(reached, total))


def test_C3_a_chart_of_the_objectives_says_what_the_words_below_say():
    """Two objectives with a benchmark reached make a chart; one alone is a line, and none is nothing."""
    exam, shift = measured_by("Pass the trainer exam", 1, 3), measured_by("Lead the night shift", 0, 2)
    shown = rendered(PairSnapshot(TWO, ANA, BEN, NOW), measured=[exam, shift])
    [chart] = [block for block in shown["blocks"] if block["type"] == "data_visualization"]
    assert chart["chart"]["axis_config"]["categories"] == ["1. Pass the…", "2. Lead the night…"]
    assert [[point["value"] for point in bars["data"]] for bars in chart["chart"]["series"]] == [[1, 0], [2, 2]]
    assert "1. Pass the trainer exam: ▰▱▱ 1 of 3 benchmarks reached" in said(shown)
    alone = rendered(PairSnapshot(TWO, ANA, BEN, NOW), measured=[exam])
    none_reached = rendered(PairSnapshot(TWO, ANA, BEN, NOW), measured=[shift, shift])
    assert "data_visualization" not in said(alone) + said(none_reached)
    assert "Pass the trainer exam: ▰▱▱ 1 of 3 benchmarks reached" in said(alone)
    assert "benchmark" not in said(rendered(PairSnapshot(TWO, ANA, BEN, NOW)))


@pytest.mark.parametrize("text", [LONG_TEXT, "👩🏽‍🚀" * 40, "أهداف المسيرة المهنية القادمة", " \n "])
def test_C3_charts_of_any_words_are_ones_that_slack_takes(text: str):
    """Labels are short, all different and never empty, whatever people write; two charts at most, five bars each."""
    many = [measured_by(text, number % 9, 8) for number in range(40)]
    pairs = [PairSnapshot(pair(ANA, BEN, id=key), ANA, BEN, NOW) for key in range(1, 6)]
    shown = rendered(*pairs, measured=many)
    charts = [block["chart"] for block in shown["blocks"] if block["type"] == "data_visualization"]
    assert len(charts) == 2
    for chart in charts:
        labels = chart["axis_config"]["categories"]
        assert len(set(labels)) == len(labels) == 5
        assert all(len(label.encode("utf-16-le")) <= 40 for label in labels)
    assert "And 35 objectives more, on the roadmap." in said(shown)
