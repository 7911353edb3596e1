import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cycle import wrap_up as use_case
from cycle.scheduling import Heard
from cycle.wrap_up import Outcome, WrapUpView
from handlers.shared.form_values import FormValues, at_texts
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import WrapUpMetadata
from handlers.views import kit, wrap_up, wrap_up_addition, wrap_up_fields, wrap_up_outcome
from sandbox.validation import problems
from storage.agenda import AgendaItem
from storage.commitments import Commitment
from storage.discussions import Discussion
from storage.pairs import Cadence, NotesBy, Place, Side
from storage.people import Person
from tests.support.builders import (
    LONG_AGO,
    MADRID,
    TOKYO,
    at,
    commitment,
    held,
    notes,
    pair,
    person,
    planning,
    scheduled,
)

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


def again(shown: WrapUpView) -> WrapUpView:
    """The same, of a pair that has met before."""
    return dataclasses.replace(shown, before=held(shown.pair, LONG_AGO, LONG_AGO, id=9))


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
    """The form has a ticked box per item, my notes, one row per side to begin with, and a box for no commitments."""
    shown = blocks(wrap_up.render(things(agenda=items), things().manager, ABOUT, values(happened=said("yes")), NOW))
    boxes = [block["elements"][0] for name, block in shown.items() if name.startswith("discussed.")]
    assert len(boxes) == items
    assert all(box["initial_options"] == box["options"] for box in boxes)
    assert shown["notes"]["label"]["text"] == "Your notes, which Ana can read"
    whose = [shown[f"commitment.{row}.text"]["label"]["text"] for row in (0, 1)]
    assert whose == ["What will Ana do?", "What will Ben do?"]
    assert not any(name.endswith(".owner") for name in shown)
    assert {"no_commitments", "next_starts_at", "next_later", "more.commitments"} <= set(shown)


def test_E9_how_the_two_meet_is_asked_the_first_time_and_behind_a_button_later():
    """The first wrap-up of a pair asks; later ones say what holds, and a button shows the fields, with that in them."""
    answers = values(happened=said("yes"))
    first = blocks(wrap_up.render(things(), things().employee, ABOUT, answers, NOW))
    assert list(first)[-4:] == ["cadence", "minutes", "place", "notes_by"]
    later = again(things())
    shown = wrap_up.render(later, later.employee, ABOUT, answers, NOW)
    assert "cadence" not in blocks(shown)
    assert "You meet every six months for 60 minutes." in blocks(shown)["format"]["text"]["text"]
    assert blocks(shown)["format"]["accessory"]["action_id"] == ActionId.CHANGE_FORMAT
    opened = blocks(wrap_up.render(later, later.employee, ABOUT.updated(format_shown=True), answers, NOW))
    assert opened["cadence"]["element"]["initial_option"]["value"] == Cadence.HALF_YEARLY
    assert "format" not in opened
    drafted = blocks(
        wrap_up.render(later, later.employee, ABOUT, values(happened=said("yes"), cadence=said("12m")), NOW)
    )
    assert drafted["cadence"]["element"]["initial_option"]["value"] == Cadence.YEARLY


def test_what_is_required_is_never_called_optional():
    """Slack calls a field optional that can be left empty: the form says when that is not so, beside the field."""
    shown = blocks(wrap_up.render(things(), things().employee, ABOUT, values(happened=said("yes")), NOW))
    needed = {name for name, block in shown.items() if block["type"] == "input" and not block["optional"]}
    assert needed == {"happened", "cadence", "minutes"}
    assert shown["commitment.0.due_on"]["text"]["text"] == "*By when?* It needs a day."
    assert shown["commitment.0.due_on"]["type"] == "section"  # Slack calls nothing optional that is in no input
    assert shown["next_starts_at"]["label"]["text"] == "Next date, or decide later"


def test_a_box_that_was_unticked_stays_so():
    """Redrawing the form, or opening it again, ticks nothing that the person has unticked."""
    answers = values(happened=said("yes"), discussed__2={"selected_options": []})
    shown = blocks(wrap_up.render(things(agenda=2), things().employee, ABOUT, answers, NOW))
    assert "initial_options" in shown["discussed.1"]["elements"][0]
    assert "initial_options" not in shown["discussed.2"]["elements"][0]


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
    assert ("more.commitments" in found) == (shown < wrap_up_fields.MOST_COMMITMENTS)


def test_everything_at_its_longest_is_still_a_valid_modal():
    """Names of 255 characters, thirty long items, eight long commitments, and notes full of markup: Slack takes it."""
    typed = values(happened=said("yes"), notes={"value": NASTY[:3000]}, commitment__7__text={"value": NASTY[:500]})
    view = things(agenda=30, text=NASTY[:500], names=(LONG_NAME, LONG_NAME))
    shown = wrap_up.render(view, view.employee, ABOUT.updated(commitment_rows=8), typed, NOW, kept_at=NOW)
    assert "<!channel>" not in text_of({"blocks": [one for one in shown["blocks"] if one["type"] == "section"]})
    assert blocks(shown)["notes"]["element"]["initial_value"] == NASTY[:3000]


def test_an_item_is_shown_whole():
    """A long item is not cut to the size of an option: it is a paragraph, with a box beside it."""
    text = "How much of my week could go into the migration project from January on, and who takes over tickets? " * 4
    shown = blocks(
        wrap_up.render(things(agenda=1, text=text), things().employee, ABOUT, values(happened=said("yes")), NOW)
    )
    assert shown["discussed.1"]["text"]["text"] == text.strip()
    short = text[: kit.OPTION_TEXT].strip()
    shown = blocks(
        wrap_up.render(things(agenda=1, text=short), things().employee, ABOUT, values(happened=said("yes")), NOW)
    )
    assert shown["discussed.1"]["elements"][0]["options"][0]["text"]["text"] == short


def test_E11_whose_a_further_commitment_is_can_be_chosen():
    """The first two rows have their owners; the third asks, and so does one whose owner was changed before."""
    answers = values(happened=said("yes"), commitment__0__owner=said("manager"))
    about = ABOUT.updated(commitment_rows=3)
    shown = blocks(wrap_up.render(things(), things().employee, about, answers, NOW))
    owners = {name: block["accessory"]["initial_option"]["value"] for name, block in shown.items() if "owner" in name}
    assert owners == {"commitment.0.owner": Side.MANAGER, "commitment.2.owner": Side.EMPLOYEE}


def test_what_is_wrong_with_a_day_is_said_at_the_words_above_it():
    """Slack shows errors at inputs only; two about one row are read together."""
    errors = {"commitment.0.due_on": "By when?", "commitment.1.text": "Shorter?", "commitment.1.due_on": "Later?"}
    assert at_texts(errors | {"notes": "Long."}, "due_on") == {
        "commitment.0.text": "By when?", "commitment.1.text": "Shorter? Later?", "notes": "Long."
    }  # fmt: skip


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
    ticked = {"selected_options": [{"value": kit.TICKED}]}
    typed = values(
        happened=said("yes"), notes={"value": "We met."}, no_commitments=ticked, next_later=ticked,
        commitment__0__text={"value": "Write it"}, commitment__0__due_on={"selected_date": "2026-12-01"},
        commitment__0__owner={"selected_option": {"value": "manager"}}, cadence={"selected_option": {"value": "3m"}},
        discussed__3={"selected_options": [{"value": "3"}]}, discussed__14={"selected_options": [{"value": "14"}]},
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
    coming: Discussion | None = None, commitments: int = 0, hers: str = "", his: str = "", text: str = "Write it",
    name: str = "Ana", by: int = 1,
) -> Outcome:  # fmt: skip
    """What came of a discussion."""
    ana, ben = person(name, id=1), person("Ben", TOKYO, id=2)
    two = pair(ana, ben, id=1)
    found: list[Commitment] = [commitment(two, ana, date(2026, 12, 1), id=one, text=text) for one in range(commitments)]
    discussion = held(two, DISCUSSION, NOW, id=1, wrapped_up_by_id=by)
    written = [notes(discussion, author, words) for author, words in ((ana, hers), (ben, his)) if words]
    return Outcome(two, discussion, ana, ben, written, found, coming, NOW.date())


def test_E10_the_summary_says_when_next():
    """It has the next date on both clocks, with what is unusual about it; or by when, and that a reminder comes."""
    two = agreed().pair
    dated = text_of(wrap_up_outcome.wrapped_up(agreed(scheduled(two, NEXT, id=2)), agreed().employee))
    assert "Thu 20 May 2027 at 10:00 for you, 17:00 for Ben (Tokyo)" in dated
    assert "outside Ben's working hours" in dated
    later = text_of(wrap_up_outcome.wrapped_up(agreed(planning(two, date(2027, 5, 24), id=2)), agreed().employee))
    assert "due by Mon 24 May" in later


@pytest.mark.parametrize(("who", "said_to_them"), [("employee", "I'll bring you a draft"), ("manager", "Ana gets")])
def test_E12_the_summary_says_that_a_thank_you_follows(who: str, said_to_them: str):
    """Each side reads what it means for them."""
    outcome = agreed(planning(agreed().pair, date(2027, 5, 24), id=2))
    assert said_to_them in text_of(wrap_up_outcome.wrapped_up(outcome, getattr(outcome, who)))


def test_E11_the_summary_shows_all_of_what_was_agreed():
    """Eight commitments and the notes of both at their longest are all there, in full, in a modal that Slack takes."""
    name, tail = LONG_NAME, " the very end"
    notes, words = "&" * 2980 + tail, "<" * 480 + tail
    outcome = agreed(planning(agreed().pair, date(2027, 5, 24), id=2), 8, notes, notes, words, name)
    shown = wrap_up_outcome.wrapped_up(outcome, outcome.manager)
    assert not problems("modal", shown)
    assert text_of(shown).count("the very end") == 10


def test_what_was_typed_for_a_discussion_long_ago_can_be_copied():
    """Where nothing is added any more, what a person had typed is below what was agreed."""
    typed = values(notes={"value": "My own notes"}, commitment__1__text={"value": "My own commitment"})
    shown = wrap_up_outcome.already(agreed(), agreed().manager, "Ana has wrapped up this discussion already.", typed)
    assert not problems("modal", shown)
    for words in ("Ana has wrapped", "My own notes", "My own commitment"):
        assert words in text_of(shown)
    assert "copy from" not in text_of(wrap_up_outcome.already(agreed(), agreed().manager, "Ana was first.", None))


# --- to add to it ----------------------------------------------------------------------------------------------------

ADDING = WrapUpMetadata(pair_id=1, discussion_id=1, round=1, commitment_rows=1, adds=True)


def test_E11_the_second_person_reads_what_the_first_wrote_and_adds_to_it():
    """What Ana wrote is above; below are Ben's notes and a row for a commitment of his, as he had typed them."""
    record = agreed(scheduled(agreed().pair, NEXT, id=2), 2, hers="Hers")
    typed = values(
        notes={"value": "His"}, commitment__0__text={"value": "Call Mara"},
        next_starts_at={"selected_date_time": int((NEXT + timedelta(days=2)).timestamp())},
    )  # fmt: skip
    shown = wrap_up_addition.render(record, record.manager, ADDING, typed, NOW)
    found = blocks(shown)
    assert shown["submit"]["text"] == "Add"
    text = text_of(shown)
    assert "*Ana wrapped up your discussion on Tue 24 Nov first.*" in text
    assert "> Hers" in text
    assert text.count("> Write it") == 2
    assert found["notes"]["element"]["initial_value"] == "His"
    assert found["commitment.0.text"]["element"]["initial_value"] == "Call Mara"
    assert found["agreed_starts_at"]["element"]["initial_date_time"] == int(NEXT.timestamp())
    assert "You had picked Sat 22 May 2027 at 17:00." in text
    assert found["again"]["accessory"]["value"] == "2"
    assert "no_commitments" not in found


def test_my_own_notes_are_in_their_field_to_change():
    """Whoever was first adds to their own record; what they wrote is in the field, not above it."""
    record = agreed(planning(agreed().pair, date(2027, 5, 24), id=2), hers="Hers", his="His")
    shown = wrap_up_addition.render(record, record.employee, ADDING, None, NOW)
    assert blocks(shown)["notes"]["element"]["initial_value"] == "Hers"
    assert "> Hers" not in text_of(shown)
    assert "> His" in text_of(shown)
    assert "*You wrapped up your discussion on Tue 24 Nov.*" in text_of(shown)
    assert "due by Mon 24 May 2027" in blocks(shown)["agreed_starts_at"]["hint"]["text"]


def test_the_format_that_was_agreed_on_is_shown_and_can_be_changed():
    """The first person's choice is in the fields, not what the second had chosen in the form they had open."""
    record = agreed()
    typed = values(cadence={"selected_option": {"value": "12m"}})
    closed = blocks(wrap_up_addition.render(record, record.manager, ADDING, typed, NOW))
    assert closed["format"]["text"]["text"] == "You meet every six months for 60 minutes."
    opened = blocks(wrap_up_addition.render(record, record.manager, ADDING.updated(format_shown=True), typed, NOW))
    assert opened["agreed_cadence"]["element"]["initial_option"]["value"] == Cadence.HALF_YEARLY


def test_a_next_discussion_that_has_begun_is_not_moved_from_here():
    """Once it has begun there is no field for its date."""
    record = agreed(scheduled(agreed().pair, NOW - timedelta(minutes=1), id=2))
    assert "agreed_starts_at" not in blocks(wrap_up_addition.render(record, record.manager, ADDING, None, NOW))


@pytest.mark.parametrize("words", [NASTY, "שלום & <b> " * 300, "\n" * 3000, "名" * 3000])
def test_the_longest_record_can_still_be_added_to(words: str):
    """Eight commitments, notes of both at 3,000 characters, eight more rows and every field: Slack takes it."""
    record = agreed(scheduled(agreed().pair, NEXT, id=2), 8, words[:3000], words[:3000], words[:500], LONG_NAME)
    rows = {f"commitment__{row}__text": {"value": words[:500]} for row in range(8)}
    typed = values(notes={"value": words[:3000]}, **rows)
    about = ADDING.updated(commitment_rows=8, format_shown=True)
    for me in (record.employee, record.manager):
        shown = wrap_up_addition.render(record, me, about, typed, NOW, kept_at=NOW)
        assert blocks(shown)["notes"]["element"]["initial_value"] == words[:3000]
        assert "<b>" not in text_of({"blocks": [one for one in shown["blocks"] if one["type"] == "section"]})


def test_what_is_filled_in_is_what_is_added():
    """Fields that are not shown, or were left alone, stay as agreed; those of the form of before say nothing."""
    record = agreed(scheduled(agreed().pair, NEXT, id=2))
    typed = values(
        notes={"value": "His"}, commitment__0__text={"value": "Call Mara"},
        commitment__0__due_on={"selected_date": "2026-12-01"}, cadence={"selected_option": {"value": "12m"}},
        agreed_minutes={"selected_option": {"value": "45"}},
        agreed_starts_at={"selected_date_time": int(NEXT.timestamp())},
    )  # fmt: skip
    form = wrap_up_addition.read(typed, record, ADDING)
    assert form.format == (Cadence.HALF_YEARLY, 45, None, None)
    assert (form.notes, form.starts_at, form.seen_round) == ("His", NEXT, 1)
    as_shown = ADDING.updated(agreed_at=int(NEXT.timestamp()))
    assert wrap_up_addition.read(typed, record, as_shown).starts_at is None
    assert [(one.text, one.due_on) for one in form.commitments] == [("Call Mara", date(2026, 12, 1)), ("", None)]


@pytest.mark.parametrize(
    ("what", "heard", "lead"),
    [
        (use_case.Added(notes=True), None, "Added: your notes. I'll let Ana know. Here is what you two have now."),
        (
            use_case.Added(notes=True, for_employee=1, for_manager=1, format=True),
            None,
            "Added: your notes, 2 commitments and how you meet. I'll let Ana know. Here is what you two have now.",
        ),
        (
            use_case.Added(date=True),
            Heard.BY_MESSAGE,
            "Your next date is set. I'll let Ana know. Here is what you two have now.",
        ),
        (
            use_case.Added(date=True),
            Heard.BY_EDIT,
            (
                "Your next date is set. I'll update the message about it that Ana already has. "
                "Here is what you two have now."
            ),
        ),
        (
            use_case.Added(notes=True, date=True),
            Heard.BY_MESSAGE,
            "Added: your notes. Your next date is set. I'll let Ana know. Here is what you two have now.",
        ),
        (
            use_case.Added(notes=True, date=True),
            Heard.NOT,
            (
                "Added: your notes. I'll let Ana know. Your next date is set. It is before Ana's next working hours, "
                "so please tell Ana yourself. Here is what you two have now."
            ),
        ),
        (use_case.Added(), None, "There was nothing new to add. Here is what you two have."),
    ],
)
def test_whoever_adds_reads_what_was_added(what: use_case.Added, heard: Heard | None, lead: str):
    """The answer says what is new and who hears of it, above all that the two have now."""
    record = agreed(scheduled(agreed().pair, NEXT, id=2), 1, his="His")
    shown = wrap_up_outcome.added(record, record.manager, what, heard)
    assert not problems("modal", shown)
    assert shown["blocks"][0]["text"]["text"] == lead
    assert "> His" in text_of(shown)
    assert "You meet again on" in text_of(shown)


def test_after_moving_a_discussion_its_new_date_is_named():
    """The answer has the new date on both clocks, or by when one is wanted, and says who hears of it."""
    ana, ben = person("Ana", id=1), person("Ben", TOKYO, id=2)
    people: list[Person] = [ana, ben]
    for discussion, words in (
        (scheduled(pair(ana, ben), NEXT), "17:00 for Ben (Tokyo), 60 minutes. I'll let Ben know."),
        (planning(pair(ana, ben), date(2026, 12, 15), moved_from=DISCUSSION), "I'll let Ben know. It is due by Tue 15"),
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
