"""Preparations: what each side brings to the discussion (practices E2–E4, C8, L1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cycle import agendas
from cycle.errors import FieldErrors
from cycle.guards import seen_discussion, side
from cycle.objectives import ObjectiveEntry, check_objectives, save_objectives
from cycle.prompts import LONGEST_ANSWER, PROMPTS
from cycle.replanning import replan
from storage.agenda import ACTIVE_ITEMS, AgendaItem, ItemState
from storage.discussions import Discussion
from storage.drafts import Draft
from storage.objectives import Objective
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.store import Store

FORM = "preparation"  # drafts are saved under this name, by discussion

LEVEL = "level"  # fields of the form
QUESTIONS = "questions"


@dataclass(frozen=True)
class PreparationForm:
    """What a person submits: `answers` by prompt key; `shared` names the prompts whose answers the other may read."""

    level: Level | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    objectives: Sequence[ObjectiveEntry] = ()
    questions: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was filled in."""
        written = [*self.answers.values(), *self.questions, *(entry.text for entry in self.objectives)]
        return self.level is None and not any(text.strip() for text in written)


@dataclass(frozen=True)
class PreparationView:
    """What a person has prepared so far, for showing the form again."""

    pair: Pair
    discussion: Discussion
    side: Side
    other: Person
    preparation: Preparation | None
    answers: Mapping[str, Answer]
    objectives: Sequence[Objective]
    agenda: Sequence[AgendaItem]  # of the discussion, whatever became of the items
    questions: Sequence[AgendaItem]  # mine among them
    asked_last_time: Sequence[str] = ()  # the agenda of the discussion before, as first proposed
    draft: Draft | None = None  # what I typed since


async def prepared_so_far(store: Store, me: Person, pair: Pair, seen_id: int = 0) -> PreparationView:
    """My own preparation for the open discussion, as submitted; the other's is never part of it.

    `seen_id` is the discussion that the form was opened for; 0 for whichever is open. Raises `NotAvailable` when there
    is none, or when it is another one by now.
    """
    my_side = side(pair, me)
    own = await store.preparations.for_open_discussion(pair.pk, me.pk, FORM)
    discussion = seen_discussion(own.discussion if own else None, seen_id)
    preparation, answers = (own.preparation, own.answers) if own else (None, ())
    items = await store.agenda.now_and_last_time(discussion.pk, pair.pk)
    last_time = [item for item in items if item.discussion_id != discussion.pk] if my_side is Side.EMPLOYEE else ()
    return PreparationView(
        pair=pair,
        discussion=discussion,
        side=my_side,
        other=await store.people.get(pair.other_than(me.pk)),
        preparation=preparation,
        answers={answer.question: answer for answer in answers},
        objectives=await store.objectives.current(pair.pk) if my_side is Side.EMPLOYEE else (),
        agenda=[item for item in items if item.discussion_id == discussion.pk],
        questions=_my_questions([item for item in items if item.discussion_id == discussion.pk], me),
        asked_last_time=[item.first_text or item.text for item in last_time],
        draft=own.draft if own else None,
    )


def check(form: PreparationForm, prepared: PreparationView, me: Person, now: datetime) -> FieldErrors:
    """What is wrong with a preparation that is to be submitted: a sentence for each field. Pure."""
    if form.is_empty:
        return FieldErrors({LEVEL: "There is nothing here yet. One honest line is a good start."})
    errors = FieldErrors()
    for key, text in form.answers.items():
        if len(text) > LONGEST_ANSWER:
            errors.add(key, f"Please keep it within {LONGEST_ANSWER} characters.")
    if prepared.side is Side.EMPLOYEE:
        errors.update(check_objectives(form.objectives, prepared.objectives, me, now))
    withdrawn = {item.pk for item in _no_longer_asked(form, prepared)}
    staying = [item for item in prepared.agenda if item.pk not in withdrawn]
    errors.update(agendas.check_new_items(_new_questions(form, prepared), staying, QUESTIONS))
    return errors


async def submit(
    store: Store, me: Person, prepared: PreparationView, form: PreparationForm, now: datetime
) -> Preparation:
    """Submit a checked preparation, or change one. The pair is locked, and `prepared` was read after that."""
    preparation = await _save_answers(store, me, prepared, form, now)
    if prepared.side is Side.EMPLOYEE:
        save_objectives(store, me, prepared.pair, form.objectives, prepared.objectives, now)
    _ask_on_the_agenda(store, me, prepared, form, now)
    await replan(store, prepared.pair, now)
    return preparation


def choose_set(discussion: Discussion, set_id: str | None) -> None:
    """Choose the set of the question bank that the discussion follows; None for none. Either of the two may."""
    discussion.question_set = set_id


async def _save_answers(
    store: Store, me: Person, prepared: PreparationView, form: PreparationForm, now: datetime
) -> Preparation:
    discussion, preparation = prepared.discussion, prepared.preparation
    if preparation is None:
        preparation = Preparation(
            pair_id=prepared.pair.pk, discussion_id=discussion.pk, author_id=me.pk, side=prepared.side,
            submitted_at=now,
        )  # fmt: skip
        store.add(preparation)
        await store.flush()
    preparation.level, preparation.submitted_at = form.level, now
    for prompt in PROMPTS[prepared.side]:
        text, answer = form.answers.get(prompt.key, "").strip(), prepared.answers.get(prompt.key)
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
    return preparation


def _ask_on_the_agenda(
    store: Store, me: Person, prepared: PreparationView, form: PreparationForm, now: datetime
) -> None:
    """E4: questions land on the agenda; one taken out of the form is withdrawn."""
    for item in _no_longer_asked(form, prepared):
        item.state = ItemState.WITHDRAWN
    fresh = _new_questions(form, prepared)
    agendas.add_items(store, me, prepared.discussion, prepared.agenda, fresh, now, are_questions=True)


def _new_questions(form: PreparationForm, prepared: PreparationView) -> list[str]:
    """The questions of a form, less those that the other side amended while it was open: their words stay."""
    wanted = _texts(form.questions)
    amended = {item.first_text for item in prepared.questions if _was_amended(item, wanted)}
    return [text for text in wanted if text not in amended]


def _no_longer_asked(form: PreparationForm, prepared: PreparationView) -> list[AgendaItem]:
    wanted = _texts(form.questions)
    return [item for item in prepared.questions if item.text not in wanted and not _was_amended(item, wanted)]


def _was_amended(item: AgendaItem, wanted: Sequence[str]) -> bool:
    return item.state is ItemState.AMENDED and item.text not in wanted and item.first_text in wanted


def _texts(questions: Sequence[str]) -> list[str]:
    return [text for text in dict.fromkeys(" ".join(question.split()) for question in questions) if text]


def _my_questions(items: Sequence[AgendaItem], me: Person) -> list[AgendaItem]:
    return [item for item in items if item.is_question and item.author_id == me.id and item.state in ACTIVE_ITEMS]
