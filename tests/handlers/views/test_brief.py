from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from cycle.bank import QuestionSet, load_bank
from cycle.brief import Brief, Check
from cycle.brief_document import brief_document
from cycle.nudges import Action
from cycle.prompts import PROMPTS
from cycle.suggestions import Step, order_of_discussion
from handlers.shared.view_metadata import PairMetadata
from handlers.views import brief as view
from sandbox.validation import problems
from storage.agenda import AgendaItem
from storage.discussions import DiscussionState
from storage.objectives import Horizon, Objective
from storage.pairs import NotesBy, Place, Side
from storage.people import Person
from storage.preparations import Answer, Level
from tests.support.builders import MADRID, TOKYO, at, commitment, held, notes, pair, person, planning, scheduled

NOW = at(MADRID, 2026, 11, 23, 10)
THEN = at(MADRID, 2026, 11, 24, 9)
LAST = at(MADRID, 2026, 5, 12, 9)
TODAY = date(2026, 11, 23)
ANA, CHIYO = person("Ana Ruiz", id=1), person("Chiyo Tanaka", TOKYO, id=2)
TWO = pair(ANA, CHIYO, id=1, place=Place.WALK)
LAST_HELD = held(TWO, LAST, LAST, id=3)
BANK, _ = load_bank()


def brief(me: Person = ANA, **also: Any) -> Brief:
    """A brief in which only what a test is about is known."""
    known = {
        "pair": TWO, "discussion": scheduled(TWO, THEN, id=7), "me": me,
        "other": CHIYO if me is ANA else ANA, "today": TODAY,
        "agenda": (), "commitments": (), "notes": (), "mine": (), "theirs": (), "levels": {}, "objectives": (),
        "checklist": (),
    }  # fmt: skip
    return Brief(**(known | also))


def render(shown: Brief, chosen: QuestionSet | None = None, order: Sequence[Step] = ()) -> dict[str, Any]:
    """The modal of a brief."""
    return view.render(brief_document(shown, chosen, order), PairMetadata(pair_id=1, discussion_id=shown.discussion.pk))


def item(text: str, author: Person = ANA) -> AgendaItem:
    """An agenda item."""
    return AgendaItem(pair_id=1, discussion_id=7, author_id=author.pk, text=text, position=1, proposed_at=NOW)


def answer(question: str, text: str, author: Person = ANA, **also: Any) -> Answer:
    """An answer."""
    return Answer(
        pair_id=1, preparation_id=1, author_id=author.pk, question=question, text=text, answered_at=NOW, **also
    )


def said(shown: dict[str, Any]) -> str:
    """Everything a reader sees, a paragraph per block."""
    lines = []
    for block in shown["blocks"]:
        if "text" in block:
            lines.append(block["text"]["text"])
        lines += [one["text"] for one in block.get("elements", ()) if one["type"] == "mrkdwn"]
    return "\n".join(lines)


def test_E16_an_empty_brief_is_still_a_brief():
    """When, how long and where come first; each missing part is named in a word; buttons lead to what can be done."""
    shown = render(brief())
    assert problems("modal", shown) == []
    text = said(shown)
    assert "You meet Chiyo on *Tue 24 Nov at 09:00 for you, 17:00 for Chiyo (Tokyo)*, 60 minutes, on a walk." in text
    assert "No items yet." in text
    assert "submit" not in shown
    does = [element["action_id"] for element in shown["blocks"][-1]["elements"]]
    assert does == [
        Action.OPEN_GUIDE,
        Action.OPEN_PREPARATION,
        Action.OPEN_AGENDA,
        Action.OPEN_COMMITMENTS,
        Action.OPEN_SCHEDULE,
        Action.CALENDAR_FILE,
    ]


@pytest.mark.parametrize(
    ("who", "to_ana", "to_chiyo"),
    [
        (NotesBy.EMPLOYEE, "You take notes.", "Ana takes notes."),
        (NotesBy.MANAGER, "Chiyo takes notes.", "You take notes."),
        (NotesBy.BOTH, "You both take notes.", "You both take notes."),
    ],
)
def test_E9_the_brief_says_who_takes_notes(who: NotesBy, to_ana: str, to_chiyo: str):
    """What the two agreed on is read by each from their own side; where they did not, nothing is said."""
    two = pair(ANA, CHIYO, id=1, notes_by=who)
    assert to_ana in said(render(brief(pair=two)))
    assert to_chiyo in said(render(brief(CHIYO, pair=two)))
    assert "notes." not in said(render(brief()))


def test_E16_the_checklist_is_in_words():
    """Each line says in words whether it is done; the sign in front of it only repeats that."""
    checks = [Check(done=True, sentence="You have prepared."), Check(done=False, sentence="Propose an item.")]
    text = said(render(brief(checklist=checks)))
    assert "Done: You have prepared." in text
    assert "Open: Propose an item." in text


def test_E16_commitments_agenda_notes_and_objectives_are_read_in_one_go():
    """Everything is in the order of the discussion, people's words escaped, dates as they are spoken."""
    objective = Objective(
        pair_id=1,
        owner_id=1,
        horizon=Horizon.SHORT,
        text="Pass <the> exam",
        target_on=date(2027, 6, 1),
        set_at=NOW,
        id=1,
    )
    shown = render(
        brief(
            agenda=[item("My <course>"), item("The audit", CHIYO)],
            commitments=[
                commitment(TWO, ANA, date(2026, 11, 20)),
                commitment(TWO, CHIYO, date(2027, 1, 8), text="Ask & tell"),
            ],
            objectives=[objective],
            notes=[notes(LAST_HELD, ANA, "More Thai"), notes(LAST_HELD, CHIYO, "More <b>")],
        )
    )
    text = said(shown)
    for line in (
        "1. My &lt;course&gt; _(you, proposed)_\n2. The audit _(Chiyo, proposed)_",
        "• *You*: Write the proposal (was due Fri 20 Nov)\n• *Chiyo*: Ask &amp; tell (by Fri 8 Jan 2027)",
        "• Pass &lt;the&gt; exam (by Tue 1 Jun 2027, only you see this)",
        "*You*\n> More Thai\n*Chiyo*\n> More &lt;b&gt;",
    ):
        assert line in text


def test_E2_an_assessment_is_hidden_until_both_are_in():
    """My own level is shown as visible to me alone; the other's is hidden, whether it was given or not."""
    text = said(render(brief(levels={Side.EMPLOYEE: Level.STRONG})))
    assert "*You*: Strong performer (only you see this until both are in)" in text
    assert "*Chiyo*: hidden until both are in" in text
    text = said(render(brief(CHIYO)))
    assert "*Ana*: hidden until both are in\n*You*: not given yet" in text


@pytest.mark.parametrize(
    ("employee", "manager", "to_ana", "to_chiyo"),
    [
        (Level.STRONG, Level.STRONG, "the same way", "the same way"),
        (
            Level.STRONG,
            Level.OUTSTANDING,
            "Chiyo sees you one step further along than you see yourself.",
            "You see Ana one step further along than they see themselves",
        ),
        (
            Level.OUTSTANDING,
            Level.DEVELOPING,
            "You see yourself two steps further along than Chiyo does.",
            "Ana is two steps further along in their own eyes than in yours.",
        ),
    ],
)
def test_E6_both_levels_are_side_by_side_with_the_difference_named(
    employee: Level, manager: Level, to_ana: str, to_chiyo: str
):
    """The employee's comes first; each reads the difference from their own side, and how to bring it up."""
    levels = {Side.EMPLOYEE: employee, Side.MANAGER: manager}
    for me, sentence, first in ((ANA, to_ana, "*You*: "), (CHIYO, to_chiyo, "*Ana*: ")):
        text = said(render(brief(me, levels=levels)))
        assert sentence in text
        assert "until both are in" not in text
        assert text.index(first) < text.index(sentence) < text.index("When you meet, first")
    assert "first ask where Chiyo sees you, then share your view" in said(render(brief(levels=levels)))


def test_L1_each_answer_says_who_can_read_it():
    """My answers say who sees them; the other's answers appear with their question."""
    mine = [answer("challenges", "The noise"), answer("achievements", "The launch", shared=True)]
    theirs = [answer("strengths", "Calm under <pressure>", CHIYO, shared=True)]
    text = said(render(brief(mine=mine, theirs=theirs)))
    assert "*What went well* · Chiyo can read this\n> The launch" in text
    assert "*What was hard* · only you see this\n> The noise" in text
    assert text.index("What went well") < text.index("What was hard")
    assert "*Key strengths*\n> Calm under &lt;pressure&gt;" in text


def test_E1_the_employees_preparation_comes_first_for_both():
    """The employee's answers are above the manager's for either reader."""
    mine, theirs = [answer("strengths", "Calm", CHIYO)], [answer("achievements", "The launch")]
    text = said(render(brief(CHIYO, mine=mine, theirs=theirs)))
    assert text.index("The launch") < text.index("Calm")


def test_the_brief_of_a_past_discussion_looks_back():
    """The brief of a past discussion says what came of it, and leads to its record, not to the coming discussion."""
    shown = render(
        brief(
            discussion=LAST_HELD,
            notes=[notes(LAST_HELD, ANA, "More Thai")],
            commitments=[commitment(TWO, ANA, date(2026, 6, 1), state="done")],
        )
    )
    assert problems("modal", shown) == []
    text = said(shown)
    assert "Your discussion with Chiyo on *Tue 12 May at 09:00* took place." in text
    assert "(Mon 1 Jun, done)" in text
    assert "> More Thai" in text
    [actions] = [block for block in shown["blocks"] if block["type"] == "actions"]
    assert [(one["action_id"], one["value"]) for one in actions["elements"]] == [(Action.OPEN_RECORD, "3")]


def test_a_cancelled_discussion_says_why():
    """A brief opened from an old message says that the discussion was cancelled, and why."""
    discussion = scheduled(TWO, THEN, id=7, state=DiscussionState.CANCELLED, cancel_reason="The audit moved")
    text = said(render(brief(discussion=discussion)))
    assert "was cancelled." in text
    assert "> The audit moved" in text


def test_a_discussion_without_a_date_leads_to_one():
    """The brief can be read before there is a date."""
    shown = render(brief(discussion=planning(TWO, date(2026, 12, 7), id=7)))
    assert problems("modal", shown) == []
    assert "has no date yet. It is due by *Mon 7 Dec*." in said(shown)
    assert "Find a time" in str(shown["blocks"][-1])


@pytest.mark.parametrize("sign", ["x", "&", "<", "\n", " ", "名", "x y "])
def test_the_longest_brief_fits(sign: str):
    """30 items, 50 commitments, all answers and both's notes at 3,000 characters, the longest names: Slack takes it."""
    long_text = (sign * 3000)[:3000]
    ana, chiyo = person((sign * 255)[:255], id=1), person((sign * 255)[:255], TOKYO, id=2)
    objective = {
        "pair_id": 1,
        "owner_id": 1,
        "text": long_text[:1000],
        "target_on": date(2027, 6, 1),
        "set_at": NOW,
        "support_asked": long_text[:500],
    }
    shown = render(
        brief(
            ana,
            other=chiyo,
            agenda=[item(long_text[:500], ana if n % 2 else chiyo) for n in range(30)],
            commitments=[commitment(TWO, ana, TODAY, text=long_text[:500]) for _ in range(50)],
            mine=[answer(one.key, long_text, ana) for one in PROMPTS[Side.EMPLOYEE]],
            theirs=[answer(one.key, long_text, chiyo, shared=True) for one in PROMPTS[Side.MANAGER]],
            levels={Side.EMPLOYEE: Level.STRONG, Side.MANAGER: Level.DEVELOPING},
            objectives=[Objective(id=key, horizon=Horizon.SHORT, **objective) for key in range(8)],
            notes=[notes(LAST_HELD, one, long_text) for one in (ana, chiyo)],
            checklist=[Check(done=False, sentence=sign * 400)] * 4,
        )
    )
    assert problems("modal", shown) == []
    if sign.strip():
        assert "And 40 commitments more." in said(shown)


@pytest.mark.parametrize("me", [ANA, CHIYO])
@pytest.mark.parametrize("chosen", BANK.sets, ids=lambda chosen: chosen.id)
def test_C14_the_order_of_the_discussion_begins_with_the_employee(me: Person, chosen: QuestionSet):
    """In each part the employee asks first; the set is within the time that there is, and says how much it takes."""
    steps = order_of_discussion(BANK, chosen.id)
    shown = render(brief(me, discussion=scheduled(TWO, THEN, id=7, minutes=120)), chosen, steps)
    assert problems("modal", shown) == []
    text = said(shown)
    assert f"{chosen.title} and your agenda: about {chosen.minutes} of 120 minutes." in text
    first = "You ask" if me is ANA else "Ana asks"
    assert f"*Opening*\n• {first}: {steps[0].question.text} _({steps[0].minutes} min)_" in text
    assert all(step.question.text in text for step in steps)


def test_C14_the_agenda_shares_the_time_of_the_set():
    """Ana's items lead the exploring part; what half an hour does not hold is named for the end."""
    chosen = BANK.sets[0]
    steps = order_of_discussion(BANK, chosen.id)
    agenda = [item("My <course>"), item("Your week", CHIYO)]
    shown = said(render(brief(CHIYO, discussion=scheduled(TWO, THEN, id=7, minutes=30), agenda=agenda), chosen, steps))
    assert "*Exploring*\n• Ana's agenda item: My &lt;course&gt; _(5 min)_" in shown
    assert "minutes." in shown
    assert "*If there is time left*" in shown
    assert shown.index("Ana's agenda item") < shown.index("If there is time left")


def test_C14_without_a_set_or_after_the_discussion_there_is_no_order():
    """Without a chosen set there is no order to show, and looking back at a discussion needs none."""
    assert "Order of the discussion" not in said(render(brief()))
    over = brief(discussion=held(TWO, LAST, LAST, id=6))
    assert "Order of the discussion" not in said(render(over, BANK.sets[0], order_of_discussion(BANK, BANK.sets[0].id)))
