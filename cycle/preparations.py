"""Preparing: what each side brings to the talk (practices E2–E4, C8, L1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cycle import agendas
from cycle.access import may_see
from cycle.errors import FieldErrors, InvalidInput
from cycle.guards import lock_active_pair, open_discussion, side
from cycle.objectives import ObjectiveEntry, check_objectives, keep_objectives
from cycle.prompts import LONGEST_ANSWER, PROMPTS
from cycle.replanning import replan
from storage.agenda import AgendaItem, ItemState
from storage.discussions import Discussion
from storage.objectives import Objective
from storage.pairs import Pair, Side
from storage.people import Person
from storage.preparations import Answer, Level, Preparation
from storage.store import Store

FORM = "preparation"  # drafts are kept under this name, and by discussion
LEVEL = "level"  # fields of the form
QUESTIONS = "questions"


@dataclass(frozen=True)
class PreparationForm:
    """What somebody hands in. `answers` by prompt key; `shared` names the prompts whose answers the other may read."""

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
    """What somebody has prepared so far, for showing the form again."""

    pair: Pair
    discussion: Discussion
    side: Side
    other: Person
    preparation: Preparation | None
    answers: Mapping[str, Answer]
    objectives: Sequence[Objective]
    questions: Sequence[AgendaItem]
    asked_last_time: Sequence[str] = ()  # what stood on the agenda of the talk before, as first proposed


async def prepared_so_far(store: Store, me: Person, pair: Pair, discussion: Discussion) -> PreparationView:
    """My own preparation for a talk, as handed in; the other's is never part of it."""
    my_side = side(pair, me)
    preparation, answers = await store.preparations.of_author(discussion.pk, me.pk) or (None, ())
    items = await store.agenda.now_and_last_time(discussion.pk, pair.pk)
    this_time = [item for item in items if item.discussion_id == discussion.pk]
    last_time = [item for item in items if item.discussion_id != discussion.pk] if my_side is Side.EMPLOYEE else ()
    standing = await store.objectives.standing(pair.pk) if my_side is Side.EMPLOYEE else ()
    return PreparationView(
        pair=pair,
        discussion=discussion,
        side=my_side,
        other=await store.people.get(pair.other_than(me.pk)),
        preparation=preparation,
        answers={answer.question: answer for answer in answers},
        objectives=[objective for objective in standing if may_see(me.pk, objective, pair)],
        questions=_my_questions(this_time, me),
        asked_last_time=[item.first_text or item.text for item in last_time if may_see(me.pk, item, pair)],
    )


async def choose_set(store: Store, me: Person, pair_id: int, set_id: str | None) -> None:
    """Either of the two says along which set of the question bank they talk; None for none."""
    pair = await lock_active_pair(store, me, pair_id)
    (await open_discussion(store, pair)).question_set = set_id


async def submit(store: Store, me: Person, pair_id: int, form: PreparationForm, now: datetime) -> Preparation:
    """Hand a preparation in, or change one. Raises `Refused` with every field that needs another look."""
    pair = await lock_active_pair(store, me, pair_id)
    discussion = await open_discussion(store, pair)
    if form.is_empty:
        raise InvalidInput({LEVEL: "There is nothing here yet. One honest line is a good start."})
    standing = await store.objectives.standing(pair.pk)
    errors = FieldErrors()
    for key, text in form.answers.items():
        if len(text) > LONGEST_ANSWER:
            errors.add(key, f"Please keep it within {LONGEST_ANSWER} characters.")
    if side(pair, me) is Side.EMPLOYEE:
        check_objectives(form.objectives, standing, me, now, errors)
    errors.raise_if_any()
    preparation = await _keep(store, me, pair, discussion, form, now)
    if side(pair, me) is Side.EMPLOYEE:
        keep_objectives(store, me, pair, form.objectives, standing, now)
    await _ask_on_the_agenda(store, me, discussion, form.questions, now)
    await replan(store, pair.pk, now)
    return preparation


async def _keep(
    store: Store, me: Person, pair: Pair, discussion: Discussion, form: PreparationForm, now: datetime
) -> Preparation:
    preparation, answers = await store.preparations.of_author(discussion.pk, me.pk) or (None, ())
    if preparation is None:
        preparation = Preparation(
            pair_id=pair.pk, discussion_id=discussion.pk, author_id=me.pk, side=side(pair, me), submitted_at=now
        )
        store.add(preparation)
        await store.flush()
    preparation.level, preparation.submitted_at = form.level, now
    present = {answer.question: answer for answer in answers}
    for prompt in PROMPTS[preparation.side]:
        text, answer = form.answers.get(prompt.key, "").strip(), present.get(prompt.key)
        if not text:
            if answer is not None:
                await store.delete(answer)
            continue
        if answer is None:
            answer = Answer(
                pair_id=preparation.pair_id,
                preparation_id=preparation.pk,
                author_id=me.pk,
                question=prompt.key,
                text="",
                answered_at=now,
            )
            store.add(answer)
        if answer.text != text:
            answer.text, answer.answered_at = text, now
        answer.shared = prompt.key in form.shared
    return preparation


async def _ask_on_the_agenda(
    store: Store, me: Person, discussion: Discussion, questions: Sequence[str], now: datetime
) -> None:
    """E4: questions land on the agenda; one taken out of the form is withdrawn."""
    present = await store.agenda.of_discussions([discussion.pk])
    wanted = [text for text in dict.fromkeys(" ".join(question.split()) for question in questions) if text]
    for item in _my_questions(present, me):
        if item.text in wanted:
            continue
        if item.state is ItemState.AMENDED and item.first_text in wanted:
            wanted.remove(item.first_text)  # the other side amended it while the form was open; that stands
        else:
            item.state = ItemState.WITHDRAWN
    if wanted:
        try:
            store.add(*agendas.new_items(me, discussion, present, wanted, now, is_question=True))
        except InvalidInput as refused:
            raise InvalidInput({QUESTIONS: refused.sentence}) from refused


def _my_questions(items: Sequence[AgendaItem], me: Person) -> list[AgendaItem]:
    current = {ItemState.PROPOSED, ItemState.ACCEPTED, ItemState.AMENDED}
    return [item for item in items if item.is_question and item.author_id == me.id and item.state in current]
