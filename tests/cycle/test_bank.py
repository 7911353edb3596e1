"""The questions and sets that come with the bot."""

import re
from collections import Counter
from operator import attrgetter

import pytest

from cycle.bank import (
    Addressee,
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    QuestionSet,
    Stage,
    Topic,
    load_bank,
    option_lines,
)

BANK, PROBLEMS = load_bank()

L1_FIVE = (
    "highest-role-you-can-picture",
    "two-experiences-needed",
    "three-strengths-with-examples",
    "need-for-the-next-three-months",
    "next-assignment-and-month",
)
L4_EIGHT = (
    "role-in-two-to-three-years",
    "role-after-the-next",
    "what-that-role-asks-for",
    "price-of-that-role",
    "strengths-people-come-for",
    "skill-missed-most",
    "steps-in-twelve-months",
    "assignment-wanted-next",
)

ASKING = r"(which|what|who|whom|whose|when|how|on which)"
OPEN = rf"{ASKING}\b"
"""How every question starts, so that yes or no is no answer to it."""

TWO_IN_ONE = re.compile(rf"\?.*\?|\b(and|or) {ASKING}\b|[,;] {ASKING}\b", re.IGNORECASE)
LEADING = re.compile(r"\b(don't|isn't|wouldn't|shouldn't|surely|agree that|of course|obviously)\b", re.IGNORECASE)
BROAD = re.compile(
    r"\b(life|career|future|dream|someday|one day|ultimate|overall|in general|ever|five years|ten years)\b"
    r"|see yourself|want to be\b",
    re.IGNORECASE,
)
SPECIFIC = re.compile(
    r"\b(month|months|week|weeks|year|years|quarter|day|date|today|tomorrow|next|last|first|now|time|january|before|since"
    r"|task|tasks|project|assignment|assignments|role|job|jobs|duty|decision|problem|commitment|commitments|step|steps"
    r"|piece of work|work|result|results|milestone|goal|goals|objectives|roadblock|meeting|team|colleague|colleagues"
    r"|who|whom|whose|person|skill|skills|strength|strengths|weakness|habits|subject|feedback|example|examples|answer"
    r"|topic|points|scale|or)\b",
    re.IGNORECASE,
)


def with_practice(practice: str) -> list[Question]:
    """The bank's questions for one practice."""
    return [question for question in BANK.questions if practice in question.practices]


each_set = pytest.mark.parametrize("question_set", BANK.sets, ids=attrgetter("id"))


def test_packaged_files_have_no_mistake():
    """The packaged files are valid, so a start without an admin's file reports nothing."""
    assert PROBLEMS == []


def test_there_are_enough_questions_and_sets():
    """The bank is large enough that people seldom see a question twice."""
    assert len(BANK.questions) >= 90
    assert len(BANK.sets) >= 8


def test_no_text_twice():
    """No two questions have the same text."""
    texts = Counter(question.text.casefold() for question in BANK.questions)
    assert [text for text, count in texts.items() if count > 1] == []


def test_M4_every_question_is_specific_and_single():
    """Each question is open, asks one thing, and names something specific."""
    texts = [question.text for question in BANK.questions]
    assert [text for text in texts if not re.match(OPEN, text, re.IGNORECASE)] == []
    assert [text for text in texts if not text.endswith("?")] == []
    assert [text for text in texts if any(wrong.search(text) for wrong in (TWO_IN_ONE, LEADING, BROAD))] == []
    assert [text for text in texts if not SPECIFIC.search(text)] == []


def test_every_question_is_shown_whole():
    """A question fits the two lines of an option, `listen_for` is one sentence, and its practices are named."""
    for question in BANK.questions:
        lines = option_lines(question.text)
        assert lines is not None, question.id
        assert " ".join(filter(None, lines)) == question.text
        assert question.listen_for.endswith("."), question.id
        assert question.listen_for.count(".") == 1, question.id
        assert question.practices, question.id


def test_M4_the_coach_has_enough_to_offer_either_side():
    """Each topic has questions that can replace a broad one, and each side has plenty."""
    offered = [question for question in BANK.questions if question.coach_may_offer]
    assert {question.topic for question in offered} == set(Topic)
    sides = Counter(question.asker for question in offered)
    assert min(sides[Asker.EMPLOYEE], sides[Asker.MANAGER]) >= 20


def test_E4_the_employee_can_ask_about_the_four_topics():
    """There are questions on how I am assessed, my strengths, my weaknesses and what makes me ready."""
    asked = with_practice("E4")
    for topic in (Topic.ASSESSMENT, Topic.STRENGTHS, Topic.GAPS, Topic.READINESS):
        assert [q for q in asked if q.topic is topic and (q.asker, q.to) == (Asker.EMPLOYEE, Addressee.MANAGER)], topic


def test_M5_energising_work_is_asked_for_and_more_of_it():
    """The manager asks what excites people, asks again between discussions, and prepares a way to add more of it."""
    found = {(question.asker, question.stage) for question in with_practice("M5")}
    assert {
        (Asker.MANAGER, Stage.OPENING),
        (Asker.MANAGER, Stage.EXPLORING),
        (Asker.MANAGER, Stage.FOLLOW_UP),
        (Asker.SELF, Stage.PREP),
    } <= found


def test_C7_the_manager_prepares_all_five_topics():
    """The manager looks up history, strengths, growth areas, what the organisation needs and past feedback."""
    prepared = {q.topic for q in with_practice("C7") if q.asker is Asker.SELF}
    assert {Topic.ACHIEVEMENTS, Topic.STRENGTHS, Topic.GAPS, Topic.ORGANISATION, Topic.FEEDBACK} <= prepared


def test_C8_the_employee_prepares_all_topics():
    """The employee prepares goals, achievements, challenges and roadblocks, growth areas and skills wanted."""
    prepared = Counter(q.topic for q in with_practice("C8") if (q.asker, q.to) == (Asker.EMPLOYEE, Addressee.EMPLOYEE))
    assert {Topic.ASPIRATIONS, Topic.ACHIEVEMENTS, Topic.ROADBLOCKS, Topic.GAPS} <= set(prepared)
    assert prepared[Topic.ROADBLOCKS] >= 2
    assert prepared[Topic.GAPS] >= 2


def test_C12_there_is_something_for_every_kind_of_person():
    """On both sides there are questions for every clarity of path and every feedback style."""
    for asker in (Asker.EMPLOYEE, Asker.MANAGER):
        mine = [question for question in BANK.questions if question.asker is asker]
        assert {question.clarity for question in mine} == {None, *Clarity}
        assert {question.feedback for question in mine} == {None, *FeedbackStyle}


def test_C14_the_job_is_asked_about_from_all_sides():
    """The manager asks about the job's qualities, duties to add, and skills to use."""
    ids = {question.id for question in with_practice("C14") if question.asker is Asker.MANAGER}
    assert {"three-qualities-of-the-job", "duty-to-add", "skill-to-use-every-week"} <= ids


def test_L1_the_manager_answers_five_questions_alone():
    """The bank has the five questions of the manager's preparation, and only the manager answers them."""
    assert [question.id for question in with_practice("L1")] == list(L1_FIVE)
    assert {(q.asker, q.to, q.stage) for q in with_practice("L1")} == {(Asker.SELF, Addressee.MANAGER, Stage.PREP)}


def test_L3_every_aspiration_question_has_the_managers_match():
    """Each of the eight names one of the manager's five, and each of the five is named."""
    partners = [question.leader_question for question in with_practice("L4")]
    assert set(partners) == set(L1_FIVE)


def test_L4_all_eight_are_in_the_aspiration_set():
    """The eight questions to the employee are in the set, in order."""
    assert [question.id for question in with_practice("L4")] == list(L4_EIGHT)
    in_set = [entry.question for entry in BANK.set_by_id["aspiration-discussion"].entries]
    assert [question for question in in_set if question in L4_EIGHT] == list(L4_EIGHT)


def test_the_eight_sets_are_there():
    """Each situation has its set."""
    assert list(BANK.set_by_id) == [
        "first-career-talk",
        "aspiration-discussion",
        "mid-year",
        "after-a-setback",
        "new-in-the-role",
        "expert-path",
        "leadership-path",
        "still-exploring",
    ]


@each_set
def test_C14_every_set_is_in_order_and_lets_the_employee_begin(question_set: QuestionSet):
    """A set takes 30 to 60 minutes, has an opening and a closing, and puts the employee first in each stage."""
    questions = BANK.questions_of(question_set)
    order = [Stage.OPENING, Stage.EXPLORING, Stage.CLOSING]
    places = [(order.index(question.stage), question.asker is Asker.MANAGER) for question in questions]
    assert places == sorted(places)
    assert {stage for stage, _ in places} == {0, 1, 2}
    assert questions[0].asker is Asker.EMPLOYEE
    assert 30 <= question_set.minutes <= 60


@each_set
def test_C12_no_set_contradicts_itself(question_set: QuestionSet):
    """No set mixes questions for people who know their path with questions for people who are unsure."""
    assert len({question.clarity for question in BANK.questions_of(question_set)} - {None}) <= 1


def test_an_empty_bank_is_a_bank():
    """Looking something up in an empty bank does not fail."""
    assert Bank().by_id == {}
    assert Bank().set_by_id == {}
