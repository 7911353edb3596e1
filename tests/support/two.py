"""Two people with a first talk ahead of them, and what they do, each time in a unit of work of its own."""

from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

from storage.database import Database
from storage.discussions import Discussion
from tests.support.builders import MADRID, TOKYO, at, pair, person, planning, saved

T = TypeVar("T")

# A Monday morning in Madrid, late afternoon in Tokyo.
NOW = at(MADRID, 2026, 11, 2, 10)


class Two:
    """Ana (Madrid) and her manager Chiyo (Tokyo); their first talk has no date yet. Ben (Madrid) is neither."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.ana, self.chiyo, self.ben = person("Ana Ruiz"), person("Chiyo Tanaka", TOKYO), person("Ben Okafor")

    @classmethod
    async def meet(cls, database: Database, workspace_id: int) -> Self:
        """The three are known, the two are paired."""
        two = cls(database, workspace_id)
        async with database.unit(workspace_id) as store:
            await saved(store, two.ana, two.chiyo, two.ben)
            two.pair = pair(two.ana, two.chiyo)
            await saved(store, two.pair)
            two.discussion = planning(two.pair, at(MADRID, 2026, 11, 30).date())
            await saved(store, two.discussion)
        return two

    async def do(self, what: Callable[..., Awaitable[T]], *given: Any, **also: Any) -> T:
        """One use case."""
        async with self.database.unit(self.workspace_id) as store:
            return await what(store, *given, **also)

    async def see(self, what: Callable[..., Awaitable[T]], *given: Any) -> T:
        """One look."""
        async with self.database.reading(self.workspace_id) as store:
            return await what(store, *given)

    async def write(self, *rows: Any) -> None:
        """Rows that no use case of the test is about."""
        async with self.database.unit(self.workspace_id) as store:
            await saved(store, *rows)

    async def open_discussion(self) -> Discussion:
        """The talk that the two are heading for."""
        async with self.database.reading(self.workspace_id) as store:
            found = await store.discussions.open_of(self.pair.pk)
        assert found is not None
        return found

    async def waiting(self) -> dict[str, int]:
        """Who is to get which nudge that waits, by kind; the last of a kind counts."""
        async with self.database.reading(self.workspace_id) as store:
            rows = await store.nudges.of_pair(self.pair.pk, ())
        return {row.kind: row.person_id for row in rows if row.ready_at is not None}
