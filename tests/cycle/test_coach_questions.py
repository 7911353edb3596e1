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
def test_M4_a_specific_question_passes(text: str):
    """A time, a task, a person, a skill or a choice makes a question specific."""
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
def test_M4_each_kind_of_weak_question_is_recognised(kind: RemarkKind, text: str):
    """Each weak question gets exactly the remark of its kind."""
    assert [remark.kind for remark in review_question(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "What was good about the last year?",
        "What have you learned this year?",
        "What surprised you most this year?",
        "How would you sum up the past twelve months?",
        "How have you changed over the years?",
        "Which highlights do you remember from your career?",
        "Which emotions come up when you think about your job?",
        "What makes you sad or happy at work?",
        "What worries you?",
        "Which skills are important?",
        "How satisfied are you on a scale of one to ten?",
    ],
)
def test_M4_a_question_without_a_handle_is_broad(text: str):
    """A whole year or career, feelings at large and "which" with a common word give an answer nothing to start from."""
    assert [remark.kind for remark in review_question(text)] == [RemarkKind.BROAD]


@pytest.mark.parametrize(
    "text",
    [
        "What have you learned this year about grafting?",
        "Which project this year would you hand to me again?",
        "What have my first six months on the desk shown you?",
        "What did last year's appraisal miss about my lab work?",
        "What emotions did the redundancy talks stir up in your team?",
        "What worries you about the Leeds move?",
        "Which skill do you want to learn first, welding or bending?",
        "How happy are you with my handover notes?",
        "What mood was the crew in after the night pour?",
    ],
)
def test_M4_a_look_back_or_a_feeling_with_a_handle_passes(text: str):
    """A task, a period or an event makes a look back or a question about feelings specific."""
    assert review_question(text) == []


@pytest.mark.parametrize(
    "text",
    ["And in thirty or forty years, what then?", "What do you imagine for the last part of your working years?"],
)
def test_M4_far_ahead_stays_far_with_two_numbers(text: str):
    """A range of years is no choice."""
    assert [remark.kind for remark in review_question(text)] == [RemarkKind.FAR]


def test_C14_E4_the_example_is_about_the_same_person():
    """If a question is about the asker, so is the example; otherwise it is about the other person's work."""
    (about_me,), (about_you,) = review_question("Am I any good?"), review_question("Do you enjoy your work?")
    assert " me " in about_me.suggestion
    assert " you " in about_you.suggestion
    assert " me " not in about_you.suggestion


def test_M4_of_two_questions_the_first_is_kept():
    """The wording suggested for two questions in one is the person's own first question."""
    text = "Which exam comes next, and how much more will I earn?"
    (remark,) = review_question(text)
    assert text[remark.start : remark.end] == "and how much more will I earn"
    assert remark.suggestion == "Which exam comes next?"


@pytest.mark.parametrize(
    "text",
    [
        "Is there anything in the new price list you'd drop?",
        "Was the induction day any use to you?",
        "Do you have enough hands for the harvest?",
        "Has the scanner made your mornings easier?",
        "When can I start the forklift course?",
        "When may I join the night crew?",
    ],
)
def test_M4_a_question_about_one_known_thing_passes(text: str):
    """A yes or a no about something both know, or the date of a step, is a specific answer."""
    assert review_question(text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (RemarkKind.BROAD, "What difficulties do you come across?"),
        (RemarkKind.BROAD, "What puts you off?"),
        (RemarkKind.BROAD, "What went wrong in the past year?"),
        (RemarkKind.BROAD, "What lessons have you learned?"),
        (RemarkKind.BROAD, "Who inspires you?"),
        (RemarkKind.BROAD, "How do you deal with pressure?"),
        (RemarkKind.BROAD, "If you could change one thing, what would it be?"),
        (RemarkKind.CLOSED, "Am I doing all right on the phones?"),
        (RemarkKind.FAR, "Eight years from today, where will you be?"),
        (RemarkKind.FAR, "Looking ahead eight or nine years, what do you see?"),
        (RemarkKind.FAR, "Where would you like to be by the age of forty?"),
        (RemarkKind.FAR, "What is the highest post you want to reach?"),
        (RemarkKind.LEADING, "You must be proud of the launch, mustn't you?"),
        (RemarkKind.LEADING, "Given how the audit went, shouldn't someone else lead the next one?"),
        (RemarkKind.LEADING, "How can you still defend the old rota?"),
        (RemarkKind.TWO_IN_ONE, "Which course is next, also could I have Friday off?"),
        (RemarkKind.TWO_IN_ONE, "What is the plan for the kiosk, then who leads it?"),
        (RemarkKind.LIFE, "What would you do if you were rich?"),
        (RemarkKind.LIFE, "What would your mother say about you?"),
    ],
)
def test_M4_weak_questions_in_other_words_are_recognised(kind: RemarkKind, text: str):
    """Each kind is found in more than its usual words."""
    assert [remark.kind for remark in review_question(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "What difficulties did the flood cause on your round?",
        "Who taught you to read a tide table?",
        "What's one thing about the night desk you'd change?",
        "Who else works by the old drawings, and which ones?",
        "What did last week's highest bid tell you?",
    ],
)
def test_M4_the_same_words_about_something_specific_pass(text: str):
    """A common word next to a task, an event or a person does not make a question broad."""
    assert review_question(text) == []
