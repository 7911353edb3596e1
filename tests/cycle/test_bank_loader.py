"""Loading the bank: an admin's own file adds to it, and a mistake costs only the question or set it is in."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycle.bank import Bank, BankProblem, Clarity, FeedbackStyle, load_bank, option_lines

PACKAGED_BANK, _ = load_bank()

GOOD_QUESTION = """\
  - id: shift-you-would-lead
    text: "Which shift next month would you like to lead?"
    asker: manager
    to: employee
    stage: exploring
    topic: role_design
    listen_for: "A shift, and what they would do differently in it."
    coach_may_offer: true
    clarity: knows
    feedback: gentle
    leader_question: next-assignment-and-month
"""

GOOD_SET = """\
  - id: shift-leads
    title: "Shift leads"
    about: "On the way to leading a shift"
    questions:
      - {id: where-you-see-my-level, minutes: 10}
      - {id: shift-you-would-lead, minutes: 15}
      - {id: first-step-next-week, minutes: 10}
"""

OWN = f"questions:\n{GOOD_QUESTION}sets:\n{GOOD_SET}"


def load(folder: Path, text: str | bytes) -> tuple[Bank, list[BankProblem]]:
    """The bank with an admin's file of this content."""
    file = folder / "questions.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_bank(extra=file)


def own_ids(bank: Bank) -> list[str]:
    """What the admin's file added."""
    items = [*bank.questions, *bank.sets]
    return [item.id for item in items if item.id not in {**PACKAGED_BANK.by_id, **PACKAGED_BANK.set_by_id}]


def test_an_admin_adds_questions_and_sets(tmp_path: Path):
    """A valid file adds to the bank, every field is read, and nothing is reported."""
    bank, problems = load(tmp_path, OWN)
    assert problems == []
    assert own_ids(bank) == ["shift-you-would-lead", "shift-leads"]
    question = bank.by_id["shift-you-would-lead"]
    assert (question.clarity, question.feedback) == (Clarity.KNOWS, FeedbackStyle.GENTLE)
    assert question.leader_question == "next-assignment-and-month"
    assert question.practices == ()
    assert bank.set_by_id["shift-leads"].minutes == 35


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "questions:\nsets:\n", "questions: []\n", "\ufeff" + OWN])
def test_harmless_files_are_fine(tmp_path: Path, text: str):
    """Empty files, empty lists and a byte order mark are not reported."""
    _, problems = load(tmp_path, text)
    assert problems == []


def test_a_missing_own_file_is_no_problem(tmp_path: Path):
    """Without an admin's file the bank is the packaged one, and nothing is reported."""
    bank, problems = load_bank(extra=tmp_path / "questions.yaml")
    assert problems == []
    assert bank == PACKAGED_BANK


def test_missing_packaged_files_are_reported(tmp_path: Path):
    """An installation without its files is reported instead of failing."""
    bank, problems = load_bank(tmp_path)
    assert bank == Bank()
    assert [problem.file.name for problem in problems] == ["questions.yaml", "sets.yaml"]


def test_a_problem_reads_as_file_line_and_sentence(tmp_path: Path):
    """A reader of the log sees where to look and what is wrong."""
    _, problems = load(tmp_path, OWN.replace("role_design", "holidays"))
    assert str(problems[0]).startswith(f'{tmp_path / "questions.yaml"}, line 7: "topic" is "holidays". It can be ')


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("id: shift-you", "id: Shift You", 2, "lower-case letters"),
        ("id: shift-you-would-lead", "id: 2024", 2, "double quotes"),
        ("id: shift-you-would-lead", "id: skill-missed-most", 2, "already used"),
        ("Which shift next month", "Which " + 20 * "shift or ", 3, "at most 150"),
        ("Which shift next month", "Which " + 80 * "w", 3, "two lines of 75"),
        ('text: "Which shift next month would you like to lead?"', 'text: " "', 3, "empty"),
        ("asker: manager", "asker: boss", 4, "employee, manager or self"),
        ("asker: manager", "asker: [manager]", 4, "a list"),
        ("to: employee", "to: manager", 5, 'write "asker: self"'),
        ("asker: manager", "asker: self", 5, 'write "to: manager"'),
        ("stage: exploring", "stage: prep", 6, "ask themselves"),
        ("listen_for:", "lisen_for:", 8, 'Did you mean "listen_for"?'),
        ("listen_for:", "lisen_for:", 2, '"listen_for" is missing'),
        ("listen_for:", "zzz:", 8, "The fields are id, text,"),
        ("coach_may_offer: true", "coach_may_offer: yes", 9, "true or false"),
        ("coach_may_offer: true", "topic: gaps", 9, "given twice"),
        ("clarity: knows", "clarity: sometimes", 10, "knows or unsure"),
        ("clarity: knows", "practices: [E4, X1]", 10, '"X1"'),
        ("clarity: knows", "practices: E4", 10, "a list"),
        ("leader_question: next-assignment-and-month", "leader_question: skill-missed-most", 12, "no valid question"),
        ("leader_question: next-assignment-and-month", "leader_question: nowhere", 12, '"nowhere"'),
    ],
)
def test_an_invalid_question_is_reported_and_left_out(tmp_path: Path, old: str, new: str, line: int, words: str):
    """A mistake in a question is reported with its line; the question and the set that needs it are left out."""
    bank, problems = load(tmp_path, OWN.replace(old, new, 1))
    assert [problem for problem in problems if problem.line == line and words in problem.sentence], problems
    assert own_ids(bank) == []
    assert len(bank.questions) == len(PACKAGED_BANK.questions)


@pytest.mark.parametrize(("asker", "to"), [("employee", "employee"), ("self", "manager")])
def test_asking_oneself_belongs_to_preparation(tmp_path: Path, asker: str, to: str):
    """A question that people ask themselves is refused at any other stage."""
    own = OWN.replace("asker: manager", f"asker: {asker}").replace("to: employee", f"to: {to}")
    _, problems = load(tmp_path, own)
    assert problems[0].sentence == 'A question that people ask themselves belongs to the stage "prep".'
    assert problems[0].line == 6


def test_what_only_some_questions_can_have(tmp_path: Path):
    """The coach offers no preparation questions, and only a question by the manager has a `leader_question`."""
    prep = OWN.replace("asker: manager", "asker: employee").replace("exploring", "prep")
    assert "The coach only offers" in load(tmp_path, prep)[1][0].sentence
    assert "Only a question with" in load(tmp_path, prep.replace("true", "false"))[1][0].sentence


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("minutes: 15", "minutes: 5", 18, "add up to 25. A discussion takes 30 to 60"),
        ("minutes: 15", "minutes: 41", 18, "add up to 61"),
        ("minutes: 15", "minutes: 1:30", 19, "whole number from 1 to 60"),
        ("minutes: 15", "minutes: -3", 19, "whole number"),
        ("{id: shift-you-would-lead, minutes: 15}", "shift-you-would-lead", 19, "needs fields"),
        ("{id: shift-you-would-lead, minutes: 15}", "{id: shift-you-would-lead}", 19, '"minutes" is missing'),
        ("{id: shift-you-would-lead", "{id: nothing-like-it", 19, "no valid question"),
        ("{id: shift-you-would-lead", "{id: where-you-see-my-level", 19, "in this set twice"),
        ("{id: shift-you-would-lead", "{id: results-to-show", 19, 'for the stage "prep"'),
        ("{id: shift-you-would-lead", "{id: first-step-next-week", 20, "in this set twice"),
        ("{id: where-you-see-my-level", "{id: date-for-next-talk", 19, "comes too late"),
        ("{id: first-step-next-week", "{id: skill-to-build-first", 20, "comes too late"),
        ("id: shift-leads", "id: mid-year", 14, "sets.yaml, line"),
        ('title: "Shift leads"', 'title: "' + 76 * "x" + '"', 15, "at most 75"),
        ("about:", "abuot:", 16, 'Did you mean "about"?'),
    ],
)
def test_C14_an_invalid_set_is_reported_and_left_out(tmp_path: Path, old: str, new: str, line: int, words: str):
    """A mistake in a set is reported with its line, and only the set is left out."""
    bank, problems = load(tmp_path, OWN.replace(old, new, 1))
    found = [problem for problem in problems if words in problem.sentence]
    assert [problem.line for problem in found] == [line]
    assert own_ids(bank) == ["shift-you-would-lead"]


def test_all_mistakes_in_an_entry_are_reported_at_once(tmp_path: Path):
    """Three mistakes in one question, and the set that needs it, are all reported at the first start."""
    own = OWN.replace("asker: manager", "asker: boss").replace("exploring", "middle").replace("true", "maybe")
    _, problems = load(tmp_path, own)
    assert [problem.line for problem in problems] == [4, 6, 9, 19]


def test_one_mistake_leaves_the_neighbours_alone(tmp_path: Path):
    """A valid question next to an invalid one is loaded."""
    wrong = GOOD_QUESTION.replace("shift-you-would-lead", "wrong-one").replace("exploring", "middle")
    bank, problems = load(tmp_path, OWN.replace("questions:\n", f"questions:\n{wrong}", 1))
    assert len(problems) == 1
    assert own_ids(bank) == ["shift-you-would-lead", "shift-leads"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('questions:\n  - id: "open\n    text: x\n', 2),
        ("questions:\n  - id: a\n\ttext: x\n", 3),
        ("questions:\n  - id: a: b\n", 2),
        ("questions: [\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("questions:\n  - *nobody\n", 2),
        ("questions:\n  - id: \x07\n", 2),
        (b"questions:\n  - id: caf\xe9\n", 2),
        ("just a sentence\n", 1),
        ("- a\n- list\n", 1),
        ("questions: many\n", 1),
        ("question:\n  - id: a\n", 1),
        ("questions:\n  - a word\n", 2),
        ("? [a, b]\n: c\n", 1),
        ("questions: " + 3000 * "[", None),
    ],
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, text: str | bytes, line: int | None):
    """Broken YAML, encoding or structure is reported with its line, and the packaged bank is loaded."""
    bank, problems = load(tmp_path, text)
    assert len(problems) == 1
    assert line is None or abs(problems[0].line - line) <= 1
    assert problems[0].sentence.endswith((".", "?"))
    assert bank == PACKAGED_BANK


def test_a_folder_in_place_of_the_file_is_reported(tmp_path: Path):
    """A path that cannot be opened is reported with the cause."""
    bank, problems = load_bank(extra=tmp_path)
    assert "cannot be opened" in problems[0].sentence
    assert bank == PACKAGED_BANK


def test_nothing_in_a_file_is_ever_run(tmp_path: Path):
    """A tag that asks for a Python object is only an invalid value."""
    made = tmp_path / "made"
    call = f'!!python/object/apply:pathlib.Path.mkdir ["{made}"]'
    _, problems = load(tmp_path, OWN.replace("id: shift-leads", f"id: {call}"))
    assert [problem.line for problem in problems] == [14]
    assert not made.exists()


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_file_stops_the_bot(tmp_path_factory: pytest.TempPathFactory, content: bytes | str):
    """Any content loads without an exception; each problem has a line and a sentence."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    bank, problems = load_bank(packaged=tmp_path_factory.getbasetemp() / "none", extra=_written(tmp_path_factory, data))
    assert bank == Bank()
    assert all(problem.line >= 1 and problem.sentence for problem in problems)


def _written(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> Path:
    """A file with this content, overwritten for each example."""
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(data)
    return file


@settings(max_examples=25, deadline=None)  # each reads the whole bank
@given(st.sampled_from(OWN.splitlines()), st.integers(0, 30), st.text(max_size=5))
def test_a_typing_error_never_stops_the_bot(tmp_path_factory: pytest.TempPathFactory, line: str, at: int, typed: str):
    """A few characters typed anywhere in a valid file cost at most that file's own entries."""
    own = OWN.replace(line, line[:at] + typed + line[at:], 1)
    bank, problems = load_bank(extra=_written(tmp_path_factory, own.encode("utf-8", "surrogatepass")))
    assert bank.questions[: len(PACKAGED_BANK.questions)] == PACKAGED_BANK.questions
    assert all(problem.line <= own.count("\n") + 1 for problem in problems)


@given(st.text(alphabet="ab ", max_size=160).map(lambda text: " ".join(text.split())))
def test_option_lines_lose_nothing(text: str):
    """The two lines of an option show the whole text, and only a text too long for them is refused."""
    lines = option_lines(text)
    if lines is None:
        assert len(text) > 75
    else:
        assert max(map(len, lines)) <= 75
        assert " ".join(filter(None, lines)) == text


def test_the_example_for_admins_is_valid(tmp_path: Path):
    """The example in docs/question-bank.md can be used unchanged."""
    guide = Path(__file__).parents[2] / "docs" / "question-bank.md"
    example = re.search(r"```yaml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    bank, problems = load(tmp_path, example[1])
    assert problems == []
    assert own_ids(bank) == ["shift-you-would-lead", "shift-leads"]
