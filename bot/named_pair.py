"""The two people whom an admin has named at the terminal, by their names or Slack's ids."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bot.errors import StartupError
from cycle import formatting
from cycle.pairing import why_not
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

BETWEEN: Final = re.compile(r"[,:]")
HOW_TO_NAME: Final = (
    "Name two people, by their names or Slack's ids: --pair 'Ana Ruiz, Ben Okafor' or --pair U024BE7LH:U0G9QF9C6."
)
MOST_LISTED: Final = 10  # of those who match


@dataclass(frozen=True)
class Two:
    """Two people, and their pair; None where they have no career discussions yet."""

    employee: Person
    manager: Person
    pair: Pair | None = None


async def find_two(store: Store, wanted: str) -> Two:
    """Those whom an admin means, the employee first where they are no pair yet. Raises `StartupError`."""
    asked = [part.strip() for part in BETWEEN.split(wanted) if part.strip()]
    if len(asked) != 2:  # noqa: PLR2004 - a pair
        raise StartupError(HOW_TO_NAME)
    people = {person.pk: person for person in await store.people.everyone()}
    pairs = await store.pairs.by_ids(await store.pairs.current_ids())
    twos = [Two(people[pair.employee_id], people[pair.manager_id], pair) for pair in pairs]
    for is_named in (_is_exactly, _is_like):
        found = [
            two
            for two in twos
            if (is_named(two.employee, asked[0]) and is_named(two.manager, asked[1]))
            or (is_named(two.employee, asked[1]) and is_named(two.manager, asked[0]))
        ]
        if len(found) > 1:
            raise StartupError(f"Several pairs match: {_listed([_both(two) for two in found])}. {HOW_TO_NAME}")
        if found:
            return found[0]
    return _not_a_pair_yet(people.values(), *asked)


def _not_a_pair_yet(people: Collection[Person], first: str, second: str) -> Two:
    employee, manager = _person(people, first), _person(people, second)
    if employee is manager:
        raise StartupError(f"Both of them are {_one(employee)}. {HOW_TO_NAME}")
    for person in (employee, manager):
        if (sentence := why_not(person, is_me=False)) is not None:
            raise StartupError(printable(sentence))
    return Two(employee, manager)


def _person(people: Collection[Person], wanted: str) -> Person:
    found = [one for one in people if _is_exactly(one, wanted)] or [one for one in people if _is_like(one, wanted)]
    if len(found) > 1:
        names = _listed([_one(person) for person in found])
        raise StartupError(f"Several people match “{printable(wanted)}”: {names}. {HOW_TO_NAME}")
    if not found:
        raise StartupError(
            f"I know nobody called “{printable(wanted)}”: only people who have used me, or whom someone has asked."
        )
    return found[0]


def _is_exactly(person: Person, wanted: str) -> bool:
    return wanted.casefold() in {person.slack_id.casefold(), person.name.strip().casefold()}


def _is_like(person: Person, wanted: str) -> bool:
    """Whether all words of what is wanted are words of the name."""
    words = person.name.casefold().split()
    return all(word in words for word in wanted.casefold().split())


def _listed(found: Sequence[str]) -> str:
    more = [f"{len(found) - MOST_LISTED} more"] if len(found) > MOST_LISTED else []
    return formatting.listed([*found[:MOST_LISTED], *more])


def _one(person: Person) -> str:
    return f"{printable(person.name)} ({person.slack_id})"


def _both(two: Two) -> str:
    return f"{_one(two.employee)} with {_one(two.manager)}"


def printable(text: str) -> str:
    """A text that does nothing to a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
