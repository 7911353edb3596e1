import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cycle import wrap_up as use_case
from cycle.wrap_up import Outcome, WrapUpView
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import wrap_up
from sandbox.validation import problems
from storage.agenda import AgendaItem
from storage.commitments import Commitment
from storage.discussions import Discussion
from storage.pairs import Cadence, NotesBy, Place, Side
from storage.people import Person
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, commitment, held, pair, person, planning, scheduled

DISCUSSION = at(MADRID, 2026, 11, 24, 10)
NOW = DISCUSSION + timedelta(hours=1)
NEXT = at(MADRID, 2027, 5, 20, 10)
ABOUT = WrapUpMetadata(pair_id=1, discussion_id=1, round=1)
NASTY = "<!channel> & <@U1> " + "a & b < c > d " * 300
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 7 + "WolfeWolfe"  # 255 characters, one word


def values(**fields: Any) -> FormValues:
    """What Slack reports: by field, the one element in it."""
    return FormValues({field.replace("__", "."): {ActionId.TYPED: element} for field, element in fields.items()})


def said(yes: str) -> dict[str, Any]:
    """The first question, answered."""
    return {"selected_option": {"value": yes}}


def things(
    discussion: Any = None, agenda: int = 0, text: str = "Mentoring", names: tuple[str, str] = ("Ana", "Ben")
) -> Any:
    """A discussion to wrap up, with a number of agenda items."""
    ana, ben = person(names[0], id=1), person(names[1], TOKYO, id=2)
    two = pair(ana, ben, id=1)
    known = {"pair_id": 1, "discussion_id": 1, "author_id": 1, "proposed_at": LONG_AGO, "text": text}
    items = [AgendaItem(id=number, position=number, **known) for number in range(1, agenda + 1)]
    return WrapUpView(two, discussion or scheduled(two, DISCUSSION, id=1), ana, ben, items, None)


def blocks(view: dict[str, Any]) -> dict[str, Any]:
    """The blocks of a modal that have an id, by that id; Slack takes the modal."""
    assert not problems("modal", view)
    return {block["block_id"]: block for block in view["blocks"] if "block_id" in block}


def text_of(view: dict[str, Any]) -> str:
    """Everything that a modal says."""
    return json.dumps(view, ensure_ascii=False)


def test_the_first_question_comes_alone():
    """Before it is answered nothing else is asked, and answering it redraws the form."""
    shown = wrap_up.render(things(agenda=3), things().employee, ABOUT, None, NOW)
    assert list(blocks(shown)) == [use_case.HAPPENED]
    assert blocks(shown)["happened"]["element"]["action_id"] == ActionId.HAPPENED
    assert shown["callback_id"] == FormId.WRAP_UP


def test_E17_no_asks_for_another_date_or_later():
    """A discussion that did not happen gets a new moment or is left for later on purpose."""
    shown = blocks(wrap_up.render(things(), things().employee, ABOUT, values(happened=said("no")), NOW))
    assert list(shown) == ["happened", "starts_at", "later"]
    assert shown["starts_at"]["element"]["type"] == "datetimepicker"


@pytest.mark.parametrize("items", [0, 1, 10, 11, 30])
def test_C9_yes_asks_what_was_discussed_and_what_each_will_do(items: int):
    """The form has notes, ten items per element, one row per side to begin with, and a box for no commitments."""
    shown = blocks(wrap_up.render(things(agenda=items), things().manager, ABOUT, values(happened=said("yes")), NOW))
    boxes = [len(block["element"]["options"]) for name, block in shown.items() if name.startswith("discussed.")]
    assert sum(boxes) == items
    assert all(1 <= number <= 10 for number in boxes)
    assert shown["notes"]["label"]["text"] == "Shared notes (Ana and Ben see these)"
    owners = [shown[f"commitment.{row}.owner"]["element"]["initial_option"]["value"] for row in (0, 1)]
    assert owners == [Side.EMPLOYEE, Side.MANAGER]
    assert {"no_commitments", "next_starts_at", "next_later", "more.commitments"} <= set(shown)


def test_L6_the_format_starts_at_every_six_months():
    """A pair that has agreed on nothing else is offered half a year and an hour."""
    shown = blocks(wrap_up.render(things(), things().employee, ABOUT, values(happened=said("yes")), NOW))
    assert shown["cadence"]["element"]["initial_option"]["text"]["text"] == "Every six months"
    assert shown["minutes"]["element"]["initial_option"]["value"] == "60"


def test_E9_the_whole_format_is_on_offer():
    """Every cadence, place and note taker can be chosen."""
    shown = blocks(wrap_up.render(things(), things().employee, ABOUT, values(happened=said("yes")), NOW))
    for field, options in (("cadence", Cadence), ("place", Place), ("notes_by", NotesBy)):
        assert [option["value"] for option in shown[field]["element"]["options"]] == list(options)


@pytest.mark.parametrize(("asked", "shown"), [(0, 2), (2, 2), (5, 5), (8, 8), (99, 8)])
def test_E11_there_are_two_to_eight_rows_of_commitments(asked: int, shown: int):
    """There are two rows at least and eight at most, and no button for a ninth."""
    answers = values(happened=said("yes"))
    found = blocks(wrap_up.render(things(), things().employee, ABOUT.updated(commitment_rows=asked), answers, NOW))
    assert sum(name.endswith(".due_on") for name in found) == shown
    assert ("more.commitments" in found) == (shown < wrap_up.MOST_COMMITMENTS)


def test_everything_at_its_longest_is_still_a_valid_modal():
    """Names of 255 characters, thirty long items, eight long commitments, and notes full of markup: Slack takes it."""
    typed = values(happened=said("yes"), notes={"value": NASTY[:3000]}, commitment__7__text={"value": NASTY[:500]})
    view = things(agenda=30, text=NASTY[:500], names=(LONG_NAME, LONG_NAME))
    shown = wrap_up.render(view, view.employee, ABOUT.updated(commitment_rows=8), typed, NOW, kept_at=NOW)
    assert "<!channel>" not in text_of({"blocks": [one for one in shown["blocks"] if one["type"] == "section"]})
    assert blocks(shown)["notes"]["element"]["initial_value"] == NASTY[:3000]


def test_an_item_is_cut_between_words():
    """A long item takes the two lines of an option, without losing a word that fits."""
    text = "How much of my week could go into the migration project from January on, and who takes over tickets?"
    shown = blocks(
        wrap_up.render(things(agenda=1, text=text), things().employee, ABOUT, values(happened=said("yes")), NOW)
    )
    (option,) = shown["discussed.0"]["element"]["options"]
    assert f"{option['text']['text']} {option['description']['text']}" == text


def test_a_discussion_without_a_date_and_one_that_is_still_to_come_are_asked_about_kindly():
    """Both can be wrapped up, and the form says whether there is a date and that it is still to come."""
    no_date = things(planning(things().pair, date(2026, 12, 1), id=1))
    assert "spontaneously" in text_of(wrap_up.render(no_date, no_date.employee, ABOUT, None, NOW))
    early = wrap_up.render(things(), things().employee, ABOUT, None, DISCUSSION - timedelta(days=1))
    assert "still to come. Did you two meet earlier?" in text_of(early)
    assert "still to come" not in text_of(wrap_up.render(things(), things().employee, ABOUT, None, NOW))


def test_the_form_right_after_a_wrap_up_says_which_discussion_it_is_about():
    """The form for the next discussion names the day on which the last one was wrapped up."""
    known = things(planning(things().pair, date(2027, 5, 1), id=2))
    view = WrapUpView(
        known.pair, known.discussion, known.employee, known.manager, [], held(known.pair, DISCUSSION, NOW, id=1)
    )
    assert "wrapped up on Tue 24 Nov" in text_of(wrap_up.render(view, view.manager, ABOUT, None, NOW))


def test_what_is_filled_in_is_what_is_submitted():
    """Each field of the form arrives where it belongs; untouched menus keep what the pair has."""
    ticked = {"selected_options": [{"value": wrap_up.TICKED}]}
    typed = values(
        happened=said("yes"), notes={"value": "We met."}, no_commitments=ticked, next_later=ticked,
        commitment__0__text={"value": "Write it"}, commitment__0__due_on={"selected_date": "2026-12-01"},
        commitment__0__owner={"selected_option": {"value": "manager"}}, cadence={"selected_option": {"value": "3m"}},
        discussed__0={"selected_options": [{"value": "3"}]}, discussed__1={"selected_options": [{"value": "14"}]},
        next_starts_at={"selected_date_time": int(NEXT.timestamp())},
    )  # fmt: skip
    form = wrap_up.read(typed, things().pair, ABOUT)
    first, second = form.commitments
    assert (first.slot, first.owner, first.text, first.due_on) == (
        "commitment.0",
        Side.MANAGER,
        "Write it",
        date(2026, 12, 1),
    )
    assert (second.owner, second.text) == (Side.MANAGER, "")
    assert (form.cadence, form.minutes, form.place, form.notes_by) == (Cadence.QUARTERLY, 60, None, None)
    assert (form.no_commitments, form.next_later, form.next_starts_at, form.notes) == (True, True, NEXT, "We met.")
    assert (form.discussed, form.seen_round) == ({3, 14}, 1)


def test_a_form_submitted_before_its_redraw_is_recognised():
    """The fields that its redraw would have added are missing."""
    assert wrap_up.answered(FormValues()) is None
    assert not wrap_up.asks_the_rest(values(happened=said("yes")))
    assert wrap_up.asks_the_rest(values(happened=said("yes"), notes={"value": None}))
    assert not wrap_up.asks_the_rest(values(happened=said("no"), notes={"value": None}))
    assert wrap_up.asks_the_rest(values(happened=said("no"), starts_at={}))


# --- afterwards ------------------------------------------------------------------------------------------------------


def agreed(
    coming: Discussion | None = None, commitments: int = 0, notes: str | None = None, text: str = "Write it",
    name: str = "Ana",
) -> Outcome:  # fmt: skip
    """What came of a discussion."""
    ana, ben = person(name, id=1), person("Ben", TOKYO, id=2)
    two = pair(ana, ben, id=1)
    found: list[Commitment] = [commitment(two, ana, date(2026, 12, 1), id=one, text=text) for one in range(commitments)]
    return Outcome(two, held(two, DISCUSSION, NOW, id=1, notes=notes), ana, ben, found, coming, NOW.date())


def test_E10_the_summary_says_when_next():
    """It has the next date on both clocks, with what is unusual about it; or by when, and that a reminder comes."""
    two = agreed().pair
    dated = text_of(wrap_up.wrapped_up(agreed(scheduled(two, NEXT, id=2)), agreed().employee))
    assert "Thu 20 May 2027 at 10:00 for you, 17:00 for Ben (Tokyo)" in dated
    assert "outside Ben's working hours" in dated
    later = text_of(wrap_up.wrapped_up(agreed(planning(two, date(2027, 5, 24), id=2)), agreed().employee))
    assert "due by Mon 24 May" in later


@pytest.mark.parametrize(("who", "said_to_them"), [("employee", "I'll bring you a draft"), ("manager", "Ana gets")])
def test_E12_the_summary_says_that_a_thank_you_follows(who: str, said_to_them: str):
    """Each side reads what it means for them."""
    outcome = agreed(planning(agreed().pair, date(2027, 5, 24), id=2))
    assert said_to_them in text_of(wrap_up.wrapped_up(outcome, getattr(outcome, who)))


def test_E11_the_summary_shows_all_of_what_was_agreed():
    """Eight commitments and notes at their longest are all there, in full, in a modal that Slack takes."""
    name, tail = LONG_NAME, " the very end"
    outcome = agreed(planning(agreed().pair, date(2027, 5, 24), id=2), 8, "&" * 2980 + tail, "<" * 480 + tail, name)
    shown = wrap_up.wrapped_up(outcome, outcome.manager)
    assert not problems("modal", shown)
    assert text_of(shown).count("the very end") == 9


def test_the_side_that_wraps_up_second_finds_their_own_words():
    """What they had typed is below what was agreed, to copy from."""
    typed = values(notes={"value": "My own notes"}, commitment__1__text={"value": "My own commitment"})
    shown = wrap_up.already(agreed(), agreed().manager, "Ana has wrapped up this discussion already.", typed)
    assert not problems("modal", shown)
    for words in ("Ana has wrapped", "My own notes", "My own commitment"):
        assert words in text_of(shown)
    assert "copy from" not in text_of(wrap_up.already(agreed(), agreed().manager, "Ana was first.", None))


def test_after_moving_a_discussion_its_new_date_is_named():
    """The answer has the new date on both clocks, or by when one is wanted."""
    ana, ben = person("Ana", id=1), person("Ben", TOKYO, id=2)
    people: list[Person] = [ana, ben]
    for discussion, words in (
        (scheduled(pair(ana, ben), NEXT), "17:00 for Ben"),
        (planning(pair(ana, ben), date(2026, 12, 15)), "due by Tue 15 Dec"),
    ):
        shown = wrap_up.moved(discussion, ana, people, NOW.date())
        assert not problems("modal", shown)
        assert words in text_of(shown)


def test_a_moment_is_shown_again_as_it_was_chosen():
    """The date chosen for the answer “no” is in its field when the form is redrawn."""
    typed = values(happened=said("no"), starts_at={"selected_date_time": int(NEXT.timestamp())})
    element = blocks(wrap_up.render(things(), things().employee, ABOUT, typed, NOW))["starts_at"]["element"]
    assert datetime.fromtimestamp(element["initial_date_time"], UTC) == NEXT
