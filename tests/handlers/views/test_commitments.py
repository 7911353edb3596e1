import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from cycle.commitments import DUE_ON, TEXT, AnswerView, ChangeView, CommitmentEntry, CommitmentsView
from cycle.nudges import Action
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import ChangeMetadata, CommitmentsMetadata
from handlers.views import commitments
from sandbox.validation import problems
from storage.commitments import ChangeRequest, Commitment, CommitmentState
from storage.discussions import Discussion
from storage.pairs import Side
from storage.people import Person
from storage.wrap_ups import Notes
from tests.support.builders import MADRID, at, commitment, held, notes, pair, person

NOW = at(MADRID, 2026, 11, 26, 9)
FRIDAY = date(2026, 12, 4)
ABOUT = CommitmentsMetadata(pair_id=1)
CHANGING = ChangeMetadata(pair_id=1)
NASTY = "<!channel> & <@U1> " + "a & b < c > d " * 300
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 7 + "WolfeWolfe"  # 255 characters, one word

ANA, BEN = person("Ana", id=1), person("Ben", id=2)
TWO = pair(ANA, BEN, id=1)


def one(number: int = 1, owner: Person = ANA, due_on: date = FRIDAY, **also: Any) -> Commitment:
    """A commitment."""
    return commitment(TWO, owner, due_on, id=number, **also)


def asks(who: Person, of: Commitment, reason: str | None = None, text: str = "Write half of it") -> ChangeRequest:
    """A change that one of the two asks for."""
    return ChangeRequest(
        id=7, commitment_id=of.id, pair_id=1, asked_by_id=who.id, text=text, due_on=FRIDAY + timedelta(days=7),
        reason=reason, asked_at=NOW,
    )  # fmt: skip


def between(
    commitments: Sequence[Commitment] = (), asked: Sequence[ChangeRequest] = (), kept: Sequence[Commitment] = (),
    discussion: Discussion | None = None, ben: Person = BEN, written: Sequence[Notes] = (),
) -> CommitmentsView:  # fmt: skip
    """The commitments between Ana and Ben."""
    return CommitmentsView(
        TWO, ANA, ben, commitments, {request.commitment_id: request for request in asked}, kept, discussion, written
    )


def shown(
    view: CommitmentsView, me: Person = ANA, metadata: CommitmentsMetadata = ABOUT, values: FormValues | None = None
) -> dict[str, Any]:
    """The list that a person sees, which Slack takes."""
    modal = commitments.render(view, me, metadata, NOW, values)
    assert not problems("modal", modal)
    return modal


def said(view: dict[str, Any]) -> str:
    """Everything that a modal says."""
    return json.dumps(view, ensure_ascii=False)


def pressed(view: dict[str, Any]) -> list[str]:
    """The buttons of a modal, in order."""
    return [
        element["action_id"] for block in view["blocks"] if block["type"] == "actions" for element in block["elements"]
    ]


def ids(view: dict[str, Any]) -> list[str]:
    """The block ids of a modal."""
    return [block["block_id"] for block in view["blocks"] if "block_id" in block]


def test_E13_an_empty_list_still_takes_a_commitment():
    """An empty list says so and still has the row for a new one."""
    page = shown(between())
    assert "Nothing is open between you and Ben" in said(page)
    assert ids(page) == ["mine0.text", "mine0.due_on"]
    assert page["submit"]["text"] == "Add commitment"


def test_E13_only_my_own_commitments_can_be_marked_as_done():
    """“Done” is beside my own commitments, “New date” and “Write” beside both."""
    commitments, either = [one(), one(2, BEN)], [Action.NEW_DATE, Action.OPEN_UPDATES]
    assert pressed(shown(between(commitments))) == [Action.COMMITMENT_DONE, *either, *either]
    assert pressed(shown(between(commitments), BEN)) == [*either, Action.COMMITMENT_DONE, *either]


@pytest.mark.parametrize(("number", "pages"), [(1, 1), (10, 1), (11, 2), (50, 5)])
def test_E13_a_page_has_ten_commitments(number: int, pages: int):
    """Each commitment is on exactly one page, and each page leads to its neighbours by number."""
    commitments = [one(key, text=NASTY[:500]) for key in range(1, number + 1)]
    seen = []
    for page in range(pages):
        view = shown(between(commitments), metadata=ABOUT.updated(page=page))
        seen += [name for name in ids(view) if name.startswith("commitment.")]
        assert (f"Back to page {page} of {pages}" in said(view)) == (page > 0)
        assert (f"On to page {page + 2} of {pages}" in said(view)) == (page + 1 < pages)
    assert seen == [f"commitment.{key}" for key in range(1, number + 1)]


@pytest.mark.parametrize("page", [-3, 99])
def test_E13_beyond_the_last_page_the_last_one_is_shown(page: int):
    """Where commitments were kept meanwhile, a page beyond the end shows the last one."""
    view = shown(between([one()]), metadata=ABOUT.updated(page=page))
    assert CommitmentsMetadata.of(view).page == 0
    assert "commitment.1" in ids(view)


@pytest.mark.parametrize(
    ("me", "sentence"), [(ANA, "Done, or would a new date be better?"), (BEN, "You two could agree on a new date.")]
)
def test_E13_overdue_commitments_are_worded_kindly(me: Person, sentence: str):
    """The list says how long ago, in words, and what could be next; nothing of it for a date to come."""
    late = said(shown(between([one(due_on=date(2026, 11, 23))]), me))
    assert "was due on Mon 23 Nov, 3 days ago" in late
    assert sentence in late
    assert sentence not in said(shown(between([one()]), me))


def test_E13_a_change_that_waits_is_shown_to_both():
    """The asker reads that there is no answer yet; for the other side, answering is the first of all buttons."""
    hers = one()
    view = between([hers], [asks(BEN, hers)])
    assert "Ben asks for Fri 11 Dec" in said(shown(view))
    assert pressed(shown(view))[0] == Action.ANSWER_CHANGE
    assert "You asked for Fri 11 Dec; Ana has not answered yet" in said(shown(view, BEN))
    assert Action.ANSWER_CHANGE not in pressed(shown(view, BEN))


def test_E12_both_see_whether_both_have_confirmed():
    """A deliverable says so; what was added between discussions, or by the manager, needs no confirmation."""
    assert "not confirmed by both of you yet" in said(shown(between([one(discussion_id=1)]), BEN))
    assert "· confirmed by both of you" in said(shown(between([one(discussion_id=1, confirmed_at=NOW)])))
    assert "confirmed" not in said(shown(between([one(), one(2, BEN, discussion_id=1)])))


def test_E13_what_was_kept_recently_is_below():
    """A kept commitment is listed with its owner and the day."""
    kept = one(3, state=CommitmentState.DONE, settled_at=NOW)
    assert "• You: Write the proposal (Thu 26 Nov)" in said(shown(between(kept=[kept])))
    assert "• Ana: Write the proposal" in said(shown(between(kept=[kept]), BEN))


def test_E13_everything_at_its_longest_is_still_valid():
    """Names of 255 characters, markup, notes of 3000 characters, unanswered changes: Slack takes the list."""
    someone = person(LONG_NAME, id=2)
    open_ones = [one(key, someone, text=NASTY[:500], discussion_id=1) for key in range(1, 51)]
    kept = [one(key, someone, text=NASTY[:500], settled_at=NOW) for key in range(60, 65)]
    discussion = held(TWO, NOW, NOW)
    written = [notes(discussion, one, "&" * 2980 + " the very end") for one in (ANA, someone)]
    view = between(
        open_ones, [asks(someone, each, text=NASTY[:500]) for each in open_ones], kept, discussion, someone, written
    )
    assert said(shown(view)).count("the very end") == 2
    assert "<!channel>" not in said(
        {"blocks": [block for block in shown(view)["blocks"] if block["type"] == "section"]}
    )
    assert "the very end" not in said(shown(view, metadata=ABOUT.updated(page=1)))


def test_E11_a_commitment_of_my_own_keeps_its_words_until_it_is_added():
    """Turning the page keeps what is typed; after adding, the fields are new ones."""
    typed = FormValues({"mine0.text": {ActionId.TYPED: {"value": "Call Mara"}}, "mine0.due_on": {}})
    entry = commitments.own_entry(typed, ABOUT, Side.EMPLOYEE)
    assert entry == CommitmentEntry("mine0", Side.EMPLOYEE, "Call Mara")
    assert not entry.is_empty
    assert "Call Mara" in said(shown(between(), values=typed))
    assert commitments.own_entry(typed, ABOUT.updated(added=1), Side.EMPLOYEE).is_empty
    assert "Call Mara" not in said(shown(between(), metadata=ABOUT.updated(added=1), values=typed))


# --- a new date ------------------------------------------------------------------------------------------------------


def asking(view: ChangeView, me: Person = ANA, values: FormValues | None = None) -> dict[str, Any]:
    """The valid form that asks for a change, by block id."""
    form = commitments.change(view, me, CHANGING, NOW, values, NOW if values else None)
    assert not problems("modal", form)
    assert form["callback_id"] == FormId.CHANGE
    return {block["block_id"]: block for block in form["blocks"] if "block_id" in block} | {"said": said(form)}


def test_E13_a_change_starts_from_what_was_agreed():
    """Words and date are filled in; a date that has passed is not."""
    form = asking(ChangeView(one(), ANA, BEN, None))
    assert form[DUE_ON]["element"]["initial_date"] == "2026-12-04"
    assert form[TEXT]["element"]["initial_value"] == "Write the proposal"
    assert "Ben is asked to agree" in form["said"]
    late = asking(ChangeView(one(due_on=date(2026, 11, 23)), ANA, BEN, None))
    assert "initial_date" not in late[DUE_ON]["element"]


def test_E13_a_change_that_was_begun_is_resumed():
    """The form shows what was typed, with the offer to start over."""
    typed = FormValues(
        {TEXT: {ActionId.TYPED: {"value": "Half of it"}}, DUE_ON: {ActionId.TYPED: {"selected_date": "2026-12-09"}}}
    )
    form = asking(ChangeView(one(), ANA, BEN, None), values=typed)
    assert form[TEXT]["element"]["initial_value"] == "Half of it"
    assert form[DUE_ON]["element"]["initial_date"] == "2026-12-09"
    assert ActionId.DISCARD_DRAFT in form["said"]


def test_E13_the_form_for_a_change_names_the_one_that_is_not_answered():
    """A person who asks for another change reads that it takes the place of the first one."""
    assert "Ben has asked for Fri 11 Dec already" in asking(ChangeView(one(), ANA, BEN, asks(BEN, one())))["said"]
    assert "You have asked" in asking(ChangeView(one(), ANA, BEN, asks(ANA, one())))["said"]
    someone = person(LONG_NAME, id=2)
    assert "commitment, by" in asking(ChangeView(one(text=NASTY[:500]), someone, someone, None), BEN)["said"]


# --- the answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [None, "Mara is away", NASTY[:500]])
def test_E13_the_answer_shows_old_and_new(reason: str | None):
    """Both dates, both wordings, the reason where there is one, and the two answers."""
    page = commitments.answer(AnswerView(one(), asks(BEN, one(), reason), BEN), ANA, CHANGING, NOW)
    assert not problems("modal", page)
    for words in ("Now, by Fri 4 Dec", "Proposed, by Fri 11 Dec", "Write the proposal", "Write half of it"):
        assert words in said(page)
    assert ("*Why*" in said(page)) == (reason is not None)
    assert pressed(page) == [ActionId.AGREE, ActionId.KEEP_AS_IT_WAS]


def test_E13_after_an_answer_the_person_reads_what_holds_now():
    """The new date, or that the old one stays; after asking, that the other side is asked to agree."""
    for other in (BEN, person(LONG_NAME, id=2)):
        agreed, kept = (commitments.answered(one(), other, NOW.date(), agreed=each) for each in (True, False))
        assert not problems("modal", agreed)
        assert not problems("modal", kept)
        assert "the new date is Fri 4 Dec" in said(agreed)
        assert "stays as it was: Fri 4 Dec" in said(kept)
    assert "I'm asking Ben to agree" in said(commitments.asked(BEN))
