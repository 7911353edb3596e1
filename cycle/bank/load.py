"""Loading the bank: the packaged files and, after them, an admin's own.

Every mistake is a `BankProblem`; the entry it stands in is left out and the rest goes on.
"""

from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from cycle.bank.question import (
    OPTION_LINE,
    TALK_STAGES,
    TEXT_LIMIT,
    Asker,
    Bank,
    Clarity,
    FeedbackStyle,
    Question,
    QuestionSet,
    SetEntry,
    Stage,
    To,
    Topic,
)
from cycle.bank.reading import LISTEN_FOR_LIMIT, BankProblem, Entry, Source, entries, root_node

PACKAGED = Path(__file__).parent
"""The folder of the files that come with the bot."""

SHORTEST_TALK = 30
"""Minutes: below this a talk has no room for more than one side's view."""

LONGEST_TALK = 60
"""Minutes: beyond an hour people stop listening, and calendars stop having room."""

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

_PREPARING = {(Asker.EMPLOYEE, To.EMPLOYEE), (Asker.SELF, To.MANAGER)}
"""Who asks and answers alone, while preparing."""

_Item = TypeVar("_Item", Question, QuestionSet)


def load_bank(packaged: Path = PACKAGED, extra: Path | None = None) -> tuple[Bank, list[BankProblem]]:
    """Read the bank.

    Args:
        packaged: the folder with the bot's own questions.yaml and sets.yaml.
        extra: an admin's file, which may add questions, sets or both; it need not exist.

    Returns:
        The bank of all that is sound, and the problems in the order of the files and of their lines.
    """
    sources = [Source(packaged / "questions.yaml"), Source(packaged / "sets.yaml")]
    if extra is not None:
        sources.append(Source(extra, may_be_missing=True))
    found: dict[str, tuple[Question, Entry]] = {}
    set_entries: list[Entry] = []
    for source in sources:
        root = root_node(source)
        top = Entry.read(source, root, _FILE_FIELDS, "This file") if root is not None else None
        if top is None:
            continue
        for entry in entries(top, "questions", _QUESTION_FIELDS, "A question"):
            _add(found, _question(entry), entry)
        set_entries += entries(top, "sets", _SET_FIELDS, "A set")
    questions = _with_known_leader_questions(found)
    sets: dict[str, tuple[QuestionSet, Entry]] = {}
    for entry in set_entries:
        _add(sets, _question_set(entry, questions), entry)
    bank = Bank(tuple(questions.values()), tuple(question_set for question_set, _ in sets.values()))
    return bank, [problem for source in sources for problem in sorted(source.problems, key=attrgetter("line"))]


def _add(found: dict[str, tuple[_Item, Entry]], item: _Item, entry: Entry) -> None:
    """Add what is sound and new; of two with one id the first stays, so an admin's file never changes the bot's own."""
    earlier = found.get(item.id)
    if earlier is not None:
        at = earlier[1]
        entry.complain("id", f'The id "{item.id}" is taken: it stands in {at.source.file}, line {at.line}.')
    if entry.sound:
        found[item.id] = item, entry


def _question(entry: Entry) -> Question:
    """The question of an entry; only to be used if the entry is sound afterwards."""
    question = Question(
        id=entry.slug("id"),
        text=entry.question_text("text", TEXT_LIMIT),
        asker=entry.choice("asker", Asker),
        to=entry.choice("to", To),
        stage=entry.choice("stage", Stage),
        topic=entry.choice("topic", Topic),
        listen_for=entry.text("listen_for", LISTEN_FOR_LIMIT),
        coach_may_offer=entry.flag("coach_may_offer"),
        practices=entry.practices("practices"),
        clarity=entry.optional_choice("clarity", Clarity),
        feedback=entry.optional_choice("feedback", FeedbackStyle),
        leader_question=entry.optional_slug("leader_question"),
    )
    if entry.sound:
        _check_question(question, entry)
    return question


def _check_question(question: Question, entry: Entry) -> None:
    """Name what does not go together in a question whose fields are all right by themselves."""
    asks_oneself = (question.asker, question.to) in _PREPARING
    if question.asker is Asker.MANAGER and question.to is To.MANAGER:
        entry.complain("to", 'A manager asks the employee; what a leader answers alone has "self" as its asker.')
    elif question.asker is Asker.SELF and question.to is To.EMPLOYEE:
        entry.complain("to", '"self" is the leader preparing alone, so it goes to the manager.')
    elif asks_oneself and question.stage is not Stage.PREP:
        entry.complain("stage", "What people ask themselves belongs to the stage prep.")
    elif question.stage is Stage.PREP and not asks_oneself:
        entry.complain("stage", "The stage prep is for what people ask themselves: employee to employee or self.")
    elif question.coach_may_offer and asks_oneself:
        entry.complain("coach_may_offer", "The coach offers questions to ask somebody else, so this can only be false.")
    elif question.leader_question is not None and question.asker is not Asker.MANAGER:
        entry.complain("leader_question", "Only a question that the manager asks has a matching one for the leader.")


def _with_known_leader_questions(found: Mapping[str, tuple[Question, Entry]]) -> dict[str, Question]:
    """The questions without those that name a leader's question which is not there."""
    for question, entry in found.values():
        if question.leader_question is None:
            continue
        leader, _ = found.get(question.leader_question, (None, None))
        if leader is None or leader.asker is not Asker.SELF:
            entry.complain(
                "leader_question", f'There is no sound question "{question.leader_question}" with "self" as its asker.'
            )
    return {question.id: question for question, entry in found.values() if entry.sound}


def _question_set(entry: Entry, questions: Mapping[str, Question]) -> QuestionSet:
    """The set of an entry; only to be used if the entry is sound afterwards."""
    places = [
        (SetEntry(child.slug("id"), child.minutes("minutes", LONGEST_TALK)), child)
        for child in entries(entry, "questions", _SET_ENTRY_FIELDS, "A set's question", required=True)
    ]
    _check_places(places, questions)
    entry.sound = entry.sound and all(child.sound for _, child in places)
    question_set = QuestionSet(
        id=entry.slug("id"),
        title=entry.text("title", OPTION_LINE),
        about=entry.text("about", OPTION_LINE),
        entries=tuple(place for place, _ in places),
    )
    if entry.sound and not SHORTEST_TALK <= question_set.minutes <= LONGEST_TALK:
        entry.complain(
            "questions",
            f"The minutes add up to {question_set.minutes}; a talk takes {SHORTEST_TALK} to {LONGEST_TALK}.",
        )
    return question_set


def _check_places(places: list[tuple[SetEntry, Entry]], questions: Mapping[str, Question]) -> None:
    """Name the questions of a set that are unknown, there twice, not for the talk itself, or out of order (C14, E1)."""
    seen: set[str] = set()
    latest = (0, False)
    for place, entry in places:
        if not entry.sound:
            continue
        question = questions.get(place.question)
        if question is None:
            entry.complain("id", f'There is no sound question "{place.question}".')
        elif place.question in seen:
            entry.complain("id", f'"{place.question}" stands twice in this set.')
        elif question.stage not in TALK_STAGES:
            entry.complain("id", f'"{place.question}" belongs to the stage {question.stage}, not to the talk itself.')
        else:
            turn = (TALK_STAGES.index(question.stage), question.asker is not Asker.EMPLOYEE)
            if turn < latest:
                entry.complain(
                    "id",
                    f'"{place.question}" comes too late. Please order a set as opening, exploring, closing, and in '
                    "each of them the employee's questions before the manager's.",
                )
            latest = max(latest, turn)
        seen.add(place.question)
