"""Loads the bank: the packaged files and, after them, an admin's own.

Every mistake becomes a `BankProblem`. The question or set that contains it is left out, and everything else is loaded.
"""

from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from cycle.bank.question import (
    DISCUSSION_STAGES,
    OPTION_LINE,
    TEXT_LIMIT,
    Addressee,
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    QuestionSet,
    SetEntry,
    Stage,
    Topic,
)
from cycle.bank.yaml_reader import LISTEN_FOR_LIMIT, BankProblem, Entry, SourceFile, read_entries, read_root

PACKAGED_FOLDER = Path(__file__).parent
"""The folder of the files that come with the bot."""

SHORTEST_DISCUSSION = 30
"""Minutes. A shorter discussion has no room for both sides' views."""

LONGEST_DISCUSSION = 60
"""Minutes. After an hour people stop listening, and longer slots are hard to find in calendars."""

_FILE_FIELDS = ("questions", "sets")
_QUESTION_FIELDS = (
    "id",
    "text",
    "asker",
    "to",
    "stage",
    "topic",
    "listen_for",
    "coach_may_offer",
    "practices",
    "clarity",
    "feedback",
    "leader_question",
)
_SET_FIELDS = ("id", "title", "about", "questions")
_SET_ENTRY_FIELDS = ("id", "minutes")

_ALONE = {(Asker.EMPLOYEE, Addressee.EMPLOYEE), (Asker.SELF, Addressee.MANAGER)}
"""Asker and addressee of a question that people ask themselves while preparing."""

_Item = TypeVar("_Item", Question, QuestionSet)


def load_bank(packaged: Path = PACKAGED_FOLDER, extra: Path | None = None) -> tuple[Bank, list[BankProblem]]:
    """Load the bank.

    Args:
        packaged: the folder with the bot's own questions.yaml and sets.yaml.
        extra: an admin's file, which may add questions, sets or both. It may be missing.

    Returns:
        The bank with everything that is valid, and the problems in order of files and lines.
    """
    sources = [SourceFile(packaged / "questions.yaml"), SourceFile(packaged / "sets.yaml")]
    if extra is not None:
        sources.append(SourceFile(extra, may_be_missing=True))
    found: dict[str, tuple[Question, Entry]] = {}
    set_entries: list[Entry] = []
    for source in sources:
        root = read_root(source)
        top = Entry.parse(source, root, _FILE_FIELDS, "This file") if root is not None else None
        if top is None:
            continue
        for entry in read_entries(top, "questions", _QUESTION_FIELDS, "A question"):
            _add(found, _question(entry), entry)
        set_entries += read_entries(top, "sets", _SET_FIELDS, "A set")
    questions = _with_known_leader_questions(found)
    sets: dict[str, tuple[QuestionSet, Entry]] = {}
    for entry in set_entries:
        _add(sets, _question_set(entry, questions), entry)
    bank = Bank(tuple(questions.values()), tuple(question_set for question_set, _ in sets.values()))
    return bank, [problem for source in sources for problem in sorted(source.problems, key=attrgetter("line"))]


def _add(found: dict[str, tuple[_Item, Entry]], item: _Item, entry: Entry) -> None:
    """Add an item if it is valid. Of two with the same id the first counts, so an admin cannot change the bot's own."""
    earlier = found.get(item.id)
    if earlier is not None:
        at = earlier[1]
        entry.report("id", f'The id "{item.id}" is already used in {at.source.file}, line {at.line}.')
    if entry.valid:
        found[item.id] = item, entry


def _question(entry: Entry) -> Question:
    """The question in an entry. Use it only if the entry is valid afterwards."""
    question = Question(
        id=entry.slug("id"),
        text=entry.question_text("text", TEXT_LIMIT),
        asker=entry.choice("asker", Asker),
        to=entry.choice("to", Addressee),
        stage=entry.choice("stage", Stage),
        topic=entry.choice("topic", Topic),
        listen_for=entry.text("listen_for", LISTEN_FOR_LIMIT),
        coach_may_offer=entry.flag("coach_may_offer"),
        practices=entry.practices("practices"),
        clarity=entry.optional_choice("clarity", Clarity),
        feedback=entry.optional_choice("feedback", FeedbackStyle),
        leader_question=entry.optional_slug("leader_question"),
    )
    if entry.valid:
        _check_question(question, entry)
    return question


def _check_question(question: Question, entry: Entry) -> None:
    """Report fields that contradict each other, in a question whose fields are valid one by one."""
    asks_oneself = (question.asker, question.to) in _ALONE
    if question.asker is Asker.MANAGER and question.to is Addressee.MANAGER:
        entry.report("to", 'A manager asks the employee. If managers answer it alone, write "asker: self".')
    elif question.asker is Asker.SELF and question.to is Addressee.EMPLOYEE:
        entry.report("to", '"asker: self" is a manager who prepares alone, so write "to: manager".')
    elif asks_oneself and question.stage is not Stage.PREP:
        entry.report("stage", 'A question that people ask themselves belongs to the stage "prep".')
    elif question.stage is Stage.PREP and not asks_oneself:
        entry.report(
            "stage",
            'The stage "prep" is for questions that people ask themselves: with "asker: self", or with "employee" for '
            'both "asker" and "to".',
        )
    elif question.coach_may_offer and asks_oneself:
        entry.report("coach_may_offer", 'The coach only offers questions to ask someone else, so write "false" here.')
    elif question.leader_question is not None and question.asker is not Asker.MANAGER:
        entry.report("leader_question", 'Only a question with "asker: manager" can have a "leader_question".')


def _with_known_leader_questions(found: Mapping[str, tuple[Question, Entry]]) -> dict[str, Question]:
    """The valid questions by id, without those whose `leader_question` is missing or is not for a manager alone."""
    for question, entry in found.values():
        if question.leader_question is None:
            continue
        leader, _ = found.get(question.leader_question, (None, None))
        if leader is None or leader.asker is not Asker.SELF:
            entry.report(
                "leader_question", f'There is no valid question "{question.leader_question}" with "asker: self".'
            )
    return {question.id: question for question, entry in found.values() if entry.valid}


def _question_set(entry: Entry, questions: Mapping[str, Question]) -> QuestionSet:
    """The set in an entry. Use it only if the entry is valid afterwards."""
    places = [
        (SetEntry(child.slug("id"), child.minutes("minutes", LONGEST_DISCUSSION)), child)
        for child in read_entries(entry, "questions", _SET_ENTRY_FIELDS, "A set's question", required=True)
    ]
    _check_places(places, questions)
    entry.valid = entry.valid and all(child.valid for _, child in places)
    question_set = QuestionSet(
        id=entry.slug("id"),
        title=entry.text("title", OPTION_LINE),
        about=entry.text("about", OPTION_LINE),
        entries=tuple(place for place, _ in places),
    )
    if entry.valid and not SHORTEST_DISCUSSION <= question_set.minutes <= LONGEST_DISCUSSION:
        entry.report(
            "questions",
            f"The minutes add up to {question_set.minutes}. A discussion takes {SHORTEST_DISCUSSION} to "
            f"{LONGEST_DISCUSSION}.",
        )
    return question_set


def _check_places(places: list[tuple[SetEntry, Entry]], questions: Mapping[str, Question]) -> None:
    """Report questions of a set that are unknown, repeated, not for a discussion, or out of order (C14, E1)."""
    seen: set[str] = set()
    latest = (0, False)
    for place, entry in places:
        if not entry.valid:
            continue
        question = questions.get(place.question)
        if question is None:
            entry.report("id", f'There is no valid question "{place.question}".')
        elif place.question in seen:
            entry.report("id", f'"{place.question}" is in this set twice.')
        elif question.stage not in DISCUSSION_STAGES:
            entry.report(
                "id",
                f'"{place.question}" is for the stage "{question.stage}". A set takes questions for opening, exploring '
                "and closing.",
            )
        else:
            position = (DISCUSSION_STAGES.index(question.stage), question.asker is not Asker.EMPLOYEE)
            if position < latest:
                entry.report(
                    "id",
                    f'"{place.question}" comes too late. Put opening before exploring and exploring before closing, '
                    "and within each of them the employee's questions before the manager's.",
                )
            latest = max(latest, position)
        seen.add(place.question)
