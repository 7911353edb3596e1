import json
from datetime import date
from typing import Any

import pytest

from cycle.nudges import Action
from cycle.thanks import LONGEST_NOTE, NOTE, ThanksView
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PairMetadata
from handlers.views import thanks
from sandbox.validation import problems
from storage.pairs import Side
from storage.thanks import ThankYou
from tests.support.builders import MADRID, at, commitment, held, pair, person

DISCUSSION = at(MADRID, 2026, 11, 24, 10)
NOW = at(MADRID, 2026, 11, 26, 9)
ABOUT = PairMetadata(pair_id=1, discussion_id=1)
NASTY = "<!channel> & <@U1> " + "a & b < c > d " * 300
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 7 + "WolfeWolfe"  # 255 characters, one word


def discussed(
    side: Side, note: str | None = None, owed: int = 1, *, confirmed: bool = False, name: str = "Ben",
    text: str = "Write the proposal",
) -> ThanksView:  # fmt: skip
    """The thank-you after a discussion, as one side sees it."""
    ana, ben = person("Ana", id=1), person(name, id=2)
    two = pair(ana, ben, id=1)
    sent = ThankYou(id=1, pair_id=1, discussion_id=1, author_id=1, text=note, sent_at=NOW) if note else None
    confirmed_at = NOW if confirmed else None
    due_on = date(2026, 12, 4)
    commitments = [commitment(two, ana, due_on, id=one, text=text, confirmed_at=confirmed_at) for one in range(owed)]
    return ThanksView(two, held(two, DISCUSSION, DISCUSSION, id=1), side, ana, ben, sent, commitments, NOW.date())


def shown(view: ThanksView, values: FormValues | None = None) -> dict[str, Any]:
    """The modal that this side sees, which Slack takes."""
    me = view.employee if view.side is Side.EMPLOYEE else view.manager
    modal = thanks.render(view, me, ABOUT, values, NOW if values else None)
    assert not problems("modal", modal)
    return modal


def said(view: dict[str, Any]) -> str:
    """Everything that a modal says."""
    return json.dumps(view, ensure_ascii=False)


def written(view: dict[str, Any]) -> str:
    """What is in the field of the note."""
    text: str = next(block for block in view["blocks"] if block.get("block_id") == NOTE)["element"]["initial_value"]
    return text


def test_E12_the_draft_has_the_deliverables_and_says_where_it_goes():
    """The employee starts from a note with the deliverables, and reads that it becomes a direct message."""
    form = shown(discussed(Side.EMPLOYEE))
    assert "• Write the proposal (by Fri 4 Dec)" in written(form)
    assert "Ben gets it as a direct message" in said(form)
    assert form["callback_id"] == FormId.THANK_YOU


def test_E12_what_was_typed_takes_the_place_of_our_words():
    """A note that was begun is resumed, with the offer to start over."""
    form = shown(discussed(Side.EMPLOYEE), FormValues({NOTE: {ActionId.TYPED: {"value": "Dear Ben, thanks!"}}}))
    assert written(form) == "Dear Ben, thanks!"
    assert ActionId.DISCARD_DRAFT in said(form)


@pytest.mark.parametrize("owed", [0, 1, 50])
def test_E12_any_number_of_deliverables_makes_a_valid_form(owed: int):
    """Where there is none the form says so; fifty long ones are shortened to what can be sent."""
    form = shown(discussed(Side.EMPLOYEE, owed=owed, text=NASTY[:500], name=LONG_NAME))
    assert len(written(form)) <= LONGEST_NOTE
    assert ("names none" in said(form)) == (owed == 0)


def test_E12_a_manager_without_a_note_reads_who_writes_it():
    """For the manager the modal explains the note kindly, with nothing to fill in."""
    page = shown(discussed(Side.MANAGER))
    assert "Ana writes this note" in said(page)
    assert "submit" not in page


def test_E12_the_manager_reads_the_note_and_confirms():
    """The manager reads the note in full and today's deliverables, and confirms them with one press."""
    page = shown(discussed(Side.MANAGER, "Thanks, Ben!"))
    assert "Thanks, Ben!" in said(page)
    assert Action.CONFIRM_DELIVERABLES in said(page)
    assert Action.CHANGE_DELIVERABLES in said(page)


def test_E12_once_confirmed_there_is_nothing_to_press():
    """Both read that all deliverables are confirmed by both of them."""
    for side in Side:
        page = shown(discussed(side, "Thanks!", confirmed=True))
        assert "confirmed by both of you" in said(page)
        assert Action.CONFIRM_DELIVERABLES not in said(page)


def test_E12_the_employee_sees_what_was_sent_and_what_is_not_confirmed():
    """After sending, the form gives way to the note and whether its deliverables are confirmed."""
    page = shown(discussed(Side.EMPLOYEE, "Thanks, Ben!"))
    assert "You sent this" in said(page)
    assert "Ben has not confirmed" in said(page)
    assert "on its way: Ben" in said(thanks.sent(discussed(Side.EMPLOYEE)))


@pytest.mark.parametrize("owed", [0, 50])
def test_E12_a_note_at_its_longest_is_read_in_full(owed: int):
    """With markup and fifty deliverables, a note of the greatest length is within Slack's limits."""
    note = f"{NASTY[: LONGEST_NOTE - 20]} the very end"
    page = shown(discussed(Side.MANAGER, note, owed, text=NASTY[:500], name=LONG_NAME))
    assert "the very end" in said(page)
    assert "<!channel>" not in said(page)
    assert not problems("modal", thanks.sent(discussed(Side.EMPLOYEE, name=LONG_NAME)))
