import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database
from tests.support.builders import person, saved


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["unit", "reading"])
async def test_after_a_restart_of_the_server_the_next_unit_works(postgres_database: Database, way: str):
    """Connections that the server has ended are replaced before anything is asked on them."""
    workspace_id = await postgres_database.workspace("T0ACME", "Acme")
    begin = postgres_database.unit if way == "unit" else postgres_database.reading
    async with postgres_database.unit(workspace_id) as store, postgres_database.reading(workspace_id) as other:
        await saved(store, person(slack_id="U0ANA"))
        await other.people.by_slack_id("U0ANA")  # now there are two connections to lose
    ended = await end_all_connections(postgres_database)
    assert ended >= 2  # and any that a test before has closed, which the server may not have noticed yet
    for _ in range(2):
        async with begin(workspace_id) as store:
            assert await store.people.by_slack_id("U0ANA")


async def end_all_connections(database: Database) -> int:
    """What a restart of the server does to those who are connected; how many there were."""
    end = sa.text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    engine = create_async_engine(database.engine.url)
    async with engine.connect() as connection:
        ended: int = (await connection.execute(end)).scalar_one()
    await engine.dispose()
    return ended
