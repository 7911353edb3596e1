"""Whose turn it is in a discussion: questions and agenda in one order, within the time (C14, E6, E15)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cycle.bank import Asker, Stage
from cycle.bank.question import DISCUSSION_STAGES
from cycle.suggestions import Step
from storage.agenda import AgendaItem
from storage.pairs import Side

ITEM_MINUTES: Final = 5
"""What an agenda item gets: one thought from each, and what follows from it."""

SHORTEST_TURN: Final = 2
"""Minutes below which nothing is said properly; where even this does not fit, fewer things do."""


@dataclass(frozen=True)
class Turn:
    """A question or an agenda item, whose it is, and its minutes."""

    stage: Stage
    side: Side
    text: str
    minutes: int
    on_agenda: bool = False


@dataclass(frozen=True)
class Order:
    """The turns that fit into the time, in order, and those that do not."""

    turns: Sequence[Turn]
    left_out: Sequence[Turn]

    @property
    def minutes(self) -> int:
        """What the turns take together."""
        return sum(turn.minutes for turn in self.turns)


def order_of(steps: Sequence[Step], agenda: Sequence[AgendaItem], employee_id: int, minutes: int) -> Order:
    """The turns of a discussion of some minutes; in each part the employee's lead and the manager's follow. Pure.

    Where the time is too short for everything, the manager's questions from the set are left out first, then their
    agenda items, then the employee's questions from the set; the first turn of each part always stays. A question of
    the set that is on the agenda already has one turn.
    """
    everything = list(_turns(steps, agenda, employee_id))
    firsts = {next(n for n, turn in enumerate(everything) if turn.stage is stage) for stage in _stages(everything)}
    granted, left, still_first = dict[int, int](), minutes, len(firsts)
    for number in sorted(range(len(everything)), key=lambda n: (n not in firsts, _rank(everything[n]), n)):
        still_first -= number in firsts
        room, wanted = left - SHORTEST_TURN * still_first, everything[number].minutes
        given = min(wanted, room) if number in firsts else wanted
        if SHORTEST_TURN <= given <= room:
            granted[number] = given
            left -= given
    return Order(
        [replace(turn, minutes=granted[n]) for n, turn in enumerate(everything) if n in granted],
        [turn for n, turn in enumerate(everything) if n not in granted],
    )


def _turns(steps: Sequence[Step], agenda: Sequence[AgendaItem], employee_id: int) -> Iterator[Turn]:
    """Everything, in order: by part, in each the employee's first, in those the agenda first."""
    items = {" ".join(item.text.split()).casefold(): item for item in agenda}
    asked = {step.question.text.casefold() for step in steps}
    for stage in DISCUSSION_STAGES:
        for side in Side:
            if stage is Stage.EXPLORING:
                for item in agenda:
                    if _side(item, employee_id) is side and " ".join(item.text.split()).casefold() not in asked:
                        yield Turn(stage, side, item.text, ITEM_MINUTES, on_agenda=True)
            for step in steps:
                question = step.question
                if question.stage is stage and (question.asker is Asker.EMPLOYEE) is (side is Side.EMPLOYEE):
                    yield Turn(stage, side, question.text, step.minutes, on_agenda=question.text.casefold() in items)


def _side(item: AgendaItem, employee_id: int) -> Side:
    return Side.EMPLOYEE if item.author_id == employee_id else Side.MANAGER


def _stages(turns: Sequence[Turn]) -> list[Stage]:
    return [stage for stage in DISCUSSION_STAGES if any(turn.stage is stage for turn in turns)]


def _rank(turn: Turn) -> int:
    """What is kept first where the time is short."""
    if turn.side is Side.EMPLOYEE:
        return 0 if turn.on_agenda else 1
    return 2 if turn.on_agenda else 3
