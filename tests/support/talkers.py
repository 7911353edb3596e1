"""Two people who have a talk with a date behind or ahead of them, and what they do, each in its own unit of work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from storage.database import Database
from storage.discussions import Discussion
from storage.nudges import Nudge
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store
from tests.support.builders import pair, person, saved, scheduled

LONDON = "Europe/London"


class Talkers:
    """Ana (Madrid) and her manager Ben (London); Chiyo has nothing to do with it."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.ana, self.ben, self.chiyo = person("Ana Ruiz"), person("Ben Okafor", LONDON), person("Chiyo Tanaka")
        self.pair: Pair
        self.discussion: Discussion

    async def meet(self, starts_at: datetime, **of_the_discussion: Any) -> Self:
        """They have a date."""
        async with self.database.unit(self.workspace_id) as store:
            await saved(store, self.ana, self.ben, self.chiyo)
            self.pair = pair(self.ana, self.ben)
            await saved(store, self.pair)
            self.discussion = scheduled(self.pair, starts_at, **of_the_discussion)
            await saved(store, self.discussion)
        return self

    async def do(self, use_case: Any, me: Person, *given: Any, **named: Any) -> Any:
        """One use case."""
        async with self.database.unit(self.workspace_id) as store:
            return await use_case(store, me, *given, **named)

    async def add(self, *rows: Any) -> None:
        """Rows that no use case of the test is about."""
        async with self.database.unit(self.workspace_id) as store:
            await saved(store, *rows)

    async def look(self, what: Any) -> Any:
        """Something as it is remembered: `what` takes the store."""
        async with self.database.reading(self.workspace_id) as store:
            return await what(store)

    async def waiting(self) -> Mapping[str, Nudge]:
        """The nudges that wait, by key."""

        async def of_pair(store: Store) -> Mapping[str, Nudge]:
            return {one.key: one for one in await store.nudges.of_pair(self.pair.pk)}

        found: Mapping[str, Nudge] = await self.look(of_pair)
        return found
