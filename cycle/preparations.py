"""Preparations: what each side brings to the discussion (practices C4, C8, E2–E4, L1, L8, M5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from cycle import agendas
from cycle.drives import (
    DrivesForm,
    check_drives,
    drives_differ,
    here_and_before,
    objectives_and_drives,
    save_drives,
    shared_in,
)
from cycle.errors import FieldErrors, too_long
from cycle.guards import seen_discussion, side
from cycle.objectives import ObjectiveEntry, check_objectives, save_objectives
from cycle.prompts import LONGEST_ANSWER, MORE_ENERGISING_WORK, PROMPTS, Prompt
from cycle.replanning import replan
from storage.agenda import ACTIVE_ITEMS, AgendaItem, ItemState
from storage.discussions import Discussion
from storage.drafts import Draft
from storage.drives import Drive, DriveKind
from storage.objectives import Objective
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.store import Store

LEVEL = "level"  # fields of the pages
QUESTIONS = "questions"


class Page(StrEnum):
    """The pages of a preparation in their order. Drafts are saved under these names, by discussion."""

    STANDING = "prep_standing"
    DRIVES = "prep_drives"
    OBJECTIVES = "prep_objectives"
    QUESTIONS = "prep_questions"
    ANSWERS = "prep_answers"
    SHARING = "prep_sharing"  # something to read: what is shared


PAGES = {Side.EMPLOYEE: tuple(Page), Side.MANAGER: tuple(page for page in Page if page is not Page.OBJECTIVES)}
DRAFTS = tuple(page for page in Page if page is not Page.SHARING)


@dataclass(frozen=True)
class StandingForm:
    """Where the employee stands, as one side sees it (E2)."""

    level: Level | None = None


@dataclass(frozen=True)
class ObjectivesForm:
    """The objectives of the employee (E3)."""

    entries: Sequence[ObjectiveEntry] = ()


@dataclass(frozen=True)
class QuestionsForm:
    """What the employee wants to ask (E4)."""

    questions: Sequence[str] = ()


@dataclass(frozen=True)
class AnswersForm:
    """`answers` by prompt key; `shared` names the prompts whose answers the other side may read (C8, L1)."""

    answers: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    on_drives: bool = False  # the manager's page about what drives the employee, with a prompt of its own (M5)

    def prompts(self, side: Side) -> Sequence[Prompt]:
        """What the page asks."""
        if self.on_drives:
            return (MORE_ENERGISING_WORK,) if side is Side.MANAGER else ()
        return PROMPTS[side]


PageForm = StandingForm | DrivesForm | ObjectivesForm | QuestionsForm | AnswersForm
"""What a person submits: one page."""


@dataclass(frozen=True)
class Lists:
    """What a preparation is about, one below the other."""

    answers: Mapping[str, Answer] = field(default_factory=dict)  # mine, by prompt
    objectives: Sequence[Objective] = ()
    agenda: Sequence[AgendaItem] = ()  # of the discussion, whatever became of the items
    questions: Sequence[AgendaItem] = ()  # mine among them
    asked_last_time: Sequence[str] = ()  # the agenda of the discussion before, as first proposed
    drives: Mapping[DriveKind, Drive] = field(default_factory=dict)  # mine, as the employee
    drives_before: Mapping[DriveKind, Drive] = field(default_factory=dict)  # said to another manager, and not here yet


@dataclass(frozen=True)
class PreparationView:
    """What a person has prepared so far, for showing a page again."""

    pair: Pair
    discussion: Discussion
    side: Side
    other: Person
    preparation: Preparation | None
    drafts: Mapping[str, Draft] = field(default_factory=dict)  # what I typed since, by page
    read_lists: Lists | None = None  # None on the page about where the employee stands: it shows none of them

    @property
    def level(self) -> Level | None:
        """My own, as submitted."""
        return self.preparation.level if self.preparation else None

    @property
    def lists(self) -> Lists:
        """The lists. Raises `LookupError` where they have not been read, which is not the same as empty ones."""
        if self.read_lists is None:
            raise LookupError("the lists of this preparation have not been read")
        return self.read_lists


@dataclass(frozen=True)
class SharedWithMe:
    """What the other side has shared: answers by prompt key, the employee's objectives, and what drives them."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    objectives: Sequence[Objective] = ()
    drives: Mapping[DriveKind, Drive] = field(default_factory=dict)


async def prepared_so_far(store: Store, me: Person, pair: Pair, seen_id: int = 0) -> PreparationView:
    """My own preparation for the open discussion, as submitted; the other's is never part of it.

    `seen_id` is the discussion that the page was opened for; 0 for whichever is open. Raises `NotAvailable` when there
    is none, or when it is another one by now.
    """
    return await with_lists(store, me, await without_lists(store, me, pair, seen_id))


async def without_lists(store: Store, me: Person, pair: Pair, seen_id: int = 0) -> PreparationView:
    """My own preparation without its lists, as `prepared_so_far` finds it: the first page shows none of them."""
    my_side = side(pair, me)
    own = await store.preparations.for_open_discussion(pair.pk, me.pk, DRAFTS)
    return PreparationView(
        pair=pair,
        discussion=seen_discussion(own.discussion if own else None, seen_id),
        side=my_side,
        other=await store.people.get(pair.other_than(me.pk)),
        preparation=own.preparation if own else None,
        drafts=own.drafts if own else {},
    )


async def with_lists(store: Store, me: Person, prepared: PreparationView) -> PreparationView:
    """A preparation with its lists."""
    lists = await _with_agenda(store, me, prepared, await _with_answers(store, prepared, Lists()))
    return replace(prepared, read_lists=await _with_plans(store, prepared, lists))


async def read_again(
    store: Store, me: Person, before: PreparationView, form: PageForm, drafts: Mapping[str, Draft]
) -> PreparationView:
    """A preparation after a page was saved. `before` is how it was read for that, `drafts` are those there are now.

    Only what the page may have added or removed is read again: rows that it changed are changed in `before` as well.
    """
    saved, lists = before, before.lists
    if before.preparation is None or _nothing_is_left(form, before):
        saved = await without_lists(store, me, before.pair, before.discussion.pk)
    match form:
        case AnswersForm() if saved is not before or _adds_or_removes(form, before):
            lists = await _with_answers(store, saved, lists)
        case QuestionsForm():
            lists = await _with_agenda(store, me, saved, lists)
        case ObjectivesForm() | DrivesForm():
            lists = await _with_plans(store, saved, lists)
        case StandingForm() | AnswersForm():
            pass
    return replace(saved, drafts=drafts, read_lists=lists)


def _adds_or_removes(form: AnswersForm, before: PreparationView) -> bool:
    """Whether a page adds an answer or takes one away, instead of changing the words of those there are."""
    return any(
        bool(form.answers.get(prompt.key, "").strip()) != (prompt.key in before.lists.answers)
        for prompt in form.prompts(before.side)
    )


async def _with_answers(store: Store, prepared: PreparationView, lists: Lists) -> Lists:
    """The lists with my answers."""
    answers = await store.preparations.answers_of(prepared.preparation.pk) if prepared.preparation else ()
    return replace(lists, answers={answer.question: answer for answer in answers})


async def _with_plans(store: Store, prepared: PreparationView, lists: Lists) -> Lists:
    """The lists with what the employee wrote for themselves."""
    is_mine = prepared.side is Side.EMPLOYEE
    objectives, said = await objectives_and_drives(store, prepared.pair) if is_mine else ((), ())
    drives, drives_before = here_and_before(said, prepared.pair)
    return replace(lists, objectives=objectives, drives=drives, drives_before=drives_before)


async def _with_agenda(store: Store, me: Person, prepared: PreparationView, lists: Lists) -> Lists:
    """The lists with what is on the agenda, and was on the one before."""
    discussion = prepared.discussion
    items = await store.agenda.now_and_last_time(discussion.pk, prepared.pair.pk)
    now = [item for item in items if item.discussion_id == discussion.pk]
    before = [item.first_text or item.text for item in items if item.discussion_id != discussion.pk]
    asked_last_time = before if prepared.side is Side.EMPLOYEE else []
    return replace(lists, agenda=now, questions=_my_questions(now, me), asked_last_time=asked_last_time)


async def shared_with_me(store: Store, me: Person, prepared: PreparationView) -> SharedWithMe:
    """What the other side has shared so far; neither their level nor anything that they keep to themselves."""
    answers = await store.preparations.of_other_side(prepared.discussion.pk, me.pk)
    pair, is_theirs = prepared.pair, prepared.side is Side.MANAGER
    objectives, said = await objectives_and_drives(store, pair) if is_theirs else ((), ())
    return SharedWithMe(
        {one.question: one for one in answers if one.shared},
        [one for one in objectives if one.shared],
        shared_in(said, pair),
    )


def check(form: PageForm, prepared: PreparationView, me: Person, now: datetime) -> FieldErrors:
    """What is wrong with a page that is to be submitted: a sentence for each field. Pure."""
    errors = FieldErrors()
    match form:
        case AnswersForm():
            for key, text in form.answers.items():
                if len(text) > LONGEST_ANSWER:
                    errors.add(key, too_long(text, LONGEST_ANSWER))
        case DrivesForm() if prepared.side is Side.EMPLOYEE:
            errors.update(check_drives(form))
        case ObjectivesForm() if prepared.side is Side.EMPLOYEE:
            errors.update(check_objectives(form.entries, prepared.lists.objectives, me, now))
        case QuestionsForm():
            withdrawn = {item.pk for item in _no_longer_asked(form, prepared)}
            staying = [item for item in prepared.lists.agenda if item.pk not in withdrawn]
            errors.update(agendas.check_new_items(_new_questions(form, prepared), staying, QUESTIONS))
    return errors


def changes(form: PageForm, prepared: PreparationView) -> bool:
    """Whether a page says anything else than what is saved. Pure."""
    match form:
        case StandingForm():
            return form.level is not prepared.level
        case DrivesForm():
            return prepared.side is Side.EMPLOYEE and drives_differ(form, prepared.lists.drives)
        case ObjectivesForm():
            known = {one.pk: one for one in prepared.lists.objectives}
            return prepared.side is Side.EMPLOYEE and any(_differs(entry, known) for entry in form.entries)
        case QuestionsForm():
            asked = {item.text for item in prepared.lists.questions}
            return bool(set(_new_questions(form, prepared)) - asked or _no_longer_asked(form, prepared))
        case AnswersForm():
            asked = {prompt.key for prompt in form.prompts(prepared.side)}
            saved = {key: (one.text, one.shared) for key, one in prepared.lists.answers.items() if key in asked}
            return saved != {
                prompt.key: (text, prompt.key in form.shared)
                for prompt in form.prompts(prepared.side)
                if (text := form.answers.get(prompt.key, "").strip())
            }


def _differs(entry: ObjectiveEntry, known: Mapping[int, Objective]) -> bool:
    saved, text = known.get(entry.objective_id or 0), entry.text.strip()
    if saved is None:
        return bool(text)
    return (text, entry.target_on, entry.shared) != (saved.text, saved.target_on, saved.shared)


async def save(store: Store, me: Person, prepared: PreparationView, form: PageForm, now: datetime) -> bool:
    """Save a checked page. The pair is locked, and `prepared` was read after that.

    A page that says nothing new changes nothing; one that takes back the last there was takes the preparation back.
    Returns whether it changed what both see: who has prepared, or what is on the agenda. Nudges know no more than that.
    """
    if not changes(form, prepared):
        return False
    preparation = prepared.preparation or await _begin(store, me, prepared, now)
    preparation.submitted_at = now
    match form:
        case StandingForm():
            preparation.level = form.level
        case DrivesForm():
            await save_drives(store, me, prepared.pair, prepared.discussion, form, prepared.lists.drives, now)
        case ObjectivesForm():
            await save_objectives(store, me, prepared.pair, form.entries, prepared.lists.objectives, now)
        case QuestionsForm():
            _ask_on_the_agenda(store, me, prepared, form, now)
        case AnswersForm():
            await _save_answers(store, me, prepared, preparation, form, now)
    if taken_back := _nothing_is_left(form, prepared):
        await store.flush()
        await store.delete(preparation)
    await store.flush()
    both_see_it = prepared.preparation is None or taken_back or isinstance(form, QuestionsForm)
    if both_see_it or isinstance(form, ObjectivesForm):  # a question about an objective may be settled with it
        await replan(store, prepared.pair, now)
    return both_see_it


def choose_set(discussion: Discussion, set_id: str | None) -> None:
    """Choose the set of the question bank that the discussion follows; None for none. Either of the two may."""
    discussion.question_set = set_id


async def _begin(store: Store, me: Person, prepared: PreparationView, now: datetime) -> Preparation:
    preparation = Preparation(
        pair_id=prepared.pair.pk, discussion_id=prepared.discussion.pk, author_id=me.pk, side=prepared.side,
        submitted_at=now,
    )  # fmt: skip
    store.add(preparation)
    await store.flush()
    return preparation


async def _save_answers(
    store: Store, me: Person, prepared: PreparationView, preparation: Preparation, form: AnswersForm, now: datetime
) -> None:
    for prompt in form.prompts(prepared.side):
        text, answer = form.answers.get(prompt.key, "").strip(), prepared.lists.answers.get(prompt.key)
        if not text:
            if answer is not None:
                await store.delete(answer)
            continue
        if answer is None:
            answer = Answer(
                pair_id=prepared.pair.pk, preparation_id=preparation.pk, author_id=me.pk, question=prompt.key, text="",
                answered_at=now,
            )  # fmt: skip
            store.add(answer)
        if answer.text != text:
            answer.text, answer.answered_at = text, now
        answer.shared = prompt.key in form.shared


def _nothing_is_left(form: PageForm, prepared: PreparationView) -> bool:
    """Whether a preparation is empty once a page is saved over what it had."""
    level = form.level if isinstance(form, StandingForm) else prepared.level
    answers = {key: one.text for key, one in prepared.lists.answers.items()}
    if isinstance(form, AnswersForm):
        answers |= {prompt.key: form.answers.get(prompt.key, "") for prompt in form.prompts(prepared.side)}
    drives = (
        form.said.values() if isinstance(form, DrivesForm) else [one.text for one in prepared.lists.drives.values()]
    )
    goals = form.entries if isinstance(form, ObjectivesForm) else prepared.lists.objectives
    questions = form.questions if isinstance(form, QuestionsForm) else [item.text for item in prepared.lists.questions]
    return level is None and not any(
        text.strip() for text in (*answers.values(), *drives, *(one.text for one in goals), *questions)
    )


def _ask_on_the_agenda(store: Store, me: Person, prepared: PreparationView, form: QuestionsForm, now: datetime) -> None:
    """E4: questions land on the agenda; one taken out of the form is withdrawn."""
    for item in _no_longer_asked(form, prepared):
        item.state = ItemState.WITHDRAWN
    fresh = _new_questions(form, prepared)
    agendas.add_items(store, me, prepared.discussion, prepared.lists.agenda, fresh, now, are_questions=True)


def _new_questions(form: QuestionsForm, prepared: PreparationView) -> list[str]:
    """The questions of a page, less those that the other side amended while it was open: their words stay."""
    wanted = _texts(form.questions)
    amended = {item.first_text for item in prepared.lists.questions if _was_amended(item, wanted)}
    return [text for text in wanted if text not in amended]


def _no_longer_asked(form: QuestionsForm, prepared: PreparationView) -> list[AgendaItem]:
    wanted = _texts(form.questions)
    return [item for item in prepared.lists.questions if item.text not in wanted and not _was_amended(item, wanted)]


def _was_amended(item: AgendaItem, wanted: Sequence[str]) -> bool:
    return item.state is ItemState.AMENDED and item.text not in wanted and item.first_text in wanted


def _texts(questions: Sequence[str]) -> list[str]:
    return [text for text in dict.fromkeys(" ".join(question.split()) for question in questions) if text]


def _my_questions(items: Sequence[AgendaItem], me: Person) -> list[AgendaItem]:
    return [item for item in items if item.is_question and item.author_id == me.id and item.state in ACTIVE_ITEMS]
