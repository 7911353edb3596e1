from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.bank import Asker, load_bank
from cycle.coach import Remark, RemarkKind, review_goal, review_question
from cycle.coach_remarks import (
    MOST_LOOKED_AT,
    MOST_SEEN,
    MOST_SHOWN,
    Seen,
    Wording,
    advice,
    lines,
    new_words,
    replaced,
    unseen,
)  # fmt: skip

BANK, _ = load_bank()
BROAD = "Where do you see me in five years?"
CLEAR = "Who reviews my first design in March?"
VAGUE = "Get better at SQL"


def grumble(text: str) -> Sequence[Remark]:
    """A review that has a remark on every text."""
    return [Remark(RemarkKind.BROAD, "Hm.", 0, 1, "Better")] if text.strip() else []


def question(text: str) -> Wording:
    """Words in the field of own questions."""
    return Wording("questions", text, review_question, Asker.EMPLOYEE)


def goal(text: str, field: str = "short.new0.text") -> Wording:
    """Words in the field of an objective."""
    return Wording(field, text, review_goal)


def test_M6_E3_a_vague_goal_holds_a_form_back_once():
    """Words with remarks are news once; once seen, the remarks are under the field, and the form can be submitted."""
    written = [goal(VAGUE), question(CLEAR)]
    keys = unseen(written, Seen())
    assert keys == [written[0].key]
    assert advice(written, Seen(), BANK) == []
    assert unseen(written, Seen(keys)) == []
    (shown,) = advice(written, Seen(keys), BANK)
    assert (shown.wording.text, shown.instead) == (VAGUE, ())


def test_M4_other_words_are_looked_at_again():
    """A reworded question is news again if there is something to say, and passes if not; capitals make no new words."""
    keys = unseen([question(BROAD)], Seen())
    assert unseen([question("Where do you see me in ten years?")], Seen(keys))
    assert not unseen([question(CLEAR)], Seen(keys))
    assert not unseen([question("  where do you see me  in five years? ")], Seen(keys))
    assert unseen([Wording("elsewhere", BROAD, review_question)], Seen(keys))


def test_M4_E4_three_specific_questions_are_offered_for_a_broad_one():
    """They are of the asker's side, pass the coach, and are offered only to the side that asks."""
    written = [
        question(BROAD),
        Wording("new_items", BROAD, review_question, Asker.MANAGER),
        Wording("x", BROAD, review_question),
    ]
    employee, manager, nobody = advice(written, Seen([one.key for one in written]), BANK)
    for shown, asker in ((employee, Asker.EMPLOYEE), (manager, Asker.MANAGER)):
        assert len(shown.instead) == 3
        assert {one.asker for one in shown.instead} == {asker}
        assert not any(review_question(one.text) for one in shown.instead)
    assert nobody.instead == ()


def test_M4_two_questions_in_one_need_no_others():
    """Where a question only has to be split, the person has the better words already."""
    double = question("Which skill should I learn this year, and who pays for my course in March?")
    (shown,) = advice([double], Seen([double.key]), BANK)
    assert [remark.kind for remark in shown.remarks] == [RemarkKind.TWO_IN_ONE]
    assert shown.instead == ()


def test_C14_kept_words_and_a_coach_that_is_off_say_nothing():
    """“Keep mine” takes the remark away for these words; the switch takes all away."""
    written = [question(BROAD), goal(VAGUE)]
    keys = [one.key for one in written]
    assert [one.wording.text for one in advice(written, Seen(keys, kept=keys[:1]), BANK)] == [VAGUE]
    assert unseen(written, Seen(keys, kept=keys[:1])) == []
    assert unseen(written, Seen(off=True)) == []
    assert advice(written, Seen(keys, off=True), BANK) == []


def test_M6_what_was_submitted_before_is_not_looked_at_again():
    """A person who kept a vague goal is not asked about it at every change of their preparation."""
    assert new_words([goal(VAGUE), question(BROAD)], [f" {VAGUE} "]) == [question(BROAD)]


def test_M4_what_was_picked_takes_the_place_of_its_line():
    """One or more questions replace the line they were ticked for; the others stay where they are."""
    written = lines("questions", f"{CLEAR}\n\n  {BROAD} \nMy course", review_question)
    assert [one.text for one in written] == [CLEAR, BROAD, "My course"]
    assert replaced(written, {written[1].key: ["A?", "B?"], written[0].key: []}) == [CLEAR, "A?", "B?", "My course"]


def test_M4_what_was_picked_for_words_that_changed_since_is_not_lost():
    """The reworded line stays, and what was ticked comes after it."""
    old = question(BROAD)
    assert replaced([question(CLEAR)], {old.key: ["A?"]}) == [CLEAR, "A?"]


@given(st.lists(st.text(max_size=60), max_size=120))
def test_M4_nothing_is_ever_blocked(texts: list[str]):
    """Whatever is written and however much of it, the same words go through the second time."""
    written = [Wording("field", text, grumble) for text in texts]
    keys = unseen(written, Seen())
    assert unseen(written, Seen(keys)) == []
    assert len(keys) <= MOST_LOOKED_AT
    assert len(advice(written, Seen(keys), BANK)) <= MOST_SHOWN


@given(st.integers(min_value=0, max_value=9))
def test_M4_the_coach_knows_when_it_has_said_enough(rounds: int):
    """However often a person rewords a text, a form remembers a limited number of keys."""
    seen: list[str] = []
    for number in range(rounds):
        seen += unseen([Wording("field", f"{number} {line}", grumble) for line in range(MOST_LOOKED_AT)], Seen(seen))
    assert len(seen) < MOST_SEEN + MOST_LOOKED_AT


@given(st.text(), st.sampled_from(["field", "other"]))
def test_a_key_is_short_and_holds_no_words(text: str, field: str):
    """Eight hexadecimal digits for any text: a form carries keys, never what people wrote (C10)."""
    key = Wording(field, text, grumble).key
    assert len(key) == 8
    assert set(key) <= set("0123456789abcdef")
    assert (
        Wording(field, f"  {text.upper().lower()} ", grumble).key == Wording(field, text.upper().lower(), grumble).key
    )


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_empty_fields_are_no_words(text: str):
    """An empty field gets no remark."""
    assert unseen([Wording("field", text, grumble)], Seen()) == []
    assert lines("field", text, grumble) == []
