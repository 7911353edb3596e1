import pytest

from cycle.coach import RemarkKind, review_question


@pytest.mark.parametrize(
    "text",
    [
        "Which two skills would you want to see before I take charge of a night shift?",
        "What did you notice about how I handled the complaint last Thursday?",
        "Who could advise me on moving into key accounts?",
        "Should I do the Azure or the AWS certificate first?",
        "Could you tell me which of my reports was the clearest?",
        "Tell me which client you would give me next quarter",
        "In two to three years, would you see me as head of dispatch or as a trainer?",
        "What would you change in my handovers, and why?",
        "When and where could I sit in on a hearing?",
        "Can I take the Friday stand-up for a month?",
        "Which of my files do you not trust yet?",
        "What do you think, who could teach me to read a tide table?",
        "How did I handle the angry guests at table nine?",
    ],
)
def test_M4_a_question_with_a_handle_passes(text: str):
    """A time, a task, a person, a skill or a choice is something to hold on to."""
    assert review_question(text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (RemarkKind.FAR, "Where do you see yourself in five years?"),
        (RemarkKind.FAR, "What legacy do you want to leave?"),
        (RemarkKind.CLOSED, "Are you happy with me?"),
        (RemarkKind.CLOSED, "I know you are busy, but is there any chance for me to move up?"),
        (RemarkKind.LEADING, "Don't you think I have earned a band 6 by now?"),
        (RemarkKind.LEADING, "You would not give the pass to anyone else, would you?"),
        (RemarkKind.FAR, "What would you like to be doing when you turn sixty?"),
        (RemarkKind.LEADING, "After all my late shifts, wouldn't you say I have earned it?"),
        (RemarkKind.TWO_IN_ONE, "Who decides about training and why was mine refused?"),
        (RemarkKind.TWO_IN_ONE, "How do I get on the show and why did Nadia get the slot?"),
        (RemarkKind.LIFE, "What makes life worth living for you?"),
        (RemarkKind.BROAD, "What should I be aiming for?"),
        (RemarkKind.LIFE, "What do you want to do with your life?"),
        (RemarkKind.BROAD, "How can I improve?"),
        (RemarkKind.BROAD, "What motivates you?"),
    ],
)
def test_M4_an_unlucky_question_is_named(kind: RemarkKind, text: str):
    """Each kind of question that brings little is told apart."""
    assert [remark.kind for remark in review_question(text)] == [kind]


def test_C14_E4_the_example_suits_who_is_asked_about():
    """Where a question is about the asker the example is too; else it asks the other for their own work."""
    (about_me,), (about_you,) = review_question("Am I any good?"), review_question("Do you enjoy your work?")
    assert " me " in about_me.suggestion
    assert " you " in about_you.suggestion
    assert " me " not in about_you.suggestion


def test_M4_of_two_questions_the_first_is_kept():
    """The wording offered for two in one is the person's own first question."""
    text = "Which exam comes next, and how much more will I earn?"
    (remark,) = review_question(text)
    assert text[remark.start : remark.end] == "and how much more will I earn"
    assert remark.suggestion == "Which exam comes next?"
