from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.checks import LEAST_FREE_BYTES, NO_ANSWER, OK, State, database_check, disk_check, slack_check
from bot.installations import Installation
from storage.database import Database
from tests.bot.fake_api import Answer, FakeApi, installed, refusal


async def state(api: FakeApi, *teams: str) -> State:
    """The state of Slack for the app in these workspaces."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(api.client()) for _ in teams]
        for team, client in zip(teams, clients, strict=True):
            client.token = f"xoxb-{team}"
        return await slack_check(
            [Installation(team, team, "U1", "B1", client) for team, client in zip(teams, clients, strict=True)]
        )()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (installed("T1"), OK),
        (installed("T1", None), OK),  # a server that lists no scopes
        (
            installed("T1", ["im:write", "commands", "chat:write"]),
            State("missing scopes: files:write, im:history, users:read", is_ready=True),
        ),
        (
            installed("T1", ["commands", "files:write", "im:history", "im:write", "users:read"]),
            State("missing scopes: chat:write"),
        ),
        (refusal("token_revoked"), State("token_revoked")),
        (refusal("ratelimited", 429), State("ratelimited", is_ready=True)),
        (Answer("<html>", 503, {"Content-Type": "text/html"}), State("HTTP 503")),
    ],
)  # fmt: skip
async def test_trouble_at_slack_is_reported_in_slacks_own_word(api: FakeApi, answer: Answer, expected: State):
    """A refused token shows Slack's word for it, one that lacks scopes shows which; only `chat:write` is needed."""
    api.answers["auth.test"] = answer
    assert await state(api, "T1") == expected


async def test_of_several_workspaces_only_those_in_trouble_are_named(api: FakeApi):
    """Only those in trouble are named, by their ids; the bot is ready as long as it can serve one of them."""
    api.answers["auth.test"] = installed("T1")
    assert await state(api, "T1", "T2", "T3") == OK
    api.answers["auth.test", "xoxb-T2"] = refusal("account_inactive")
    api.answers["auth.test", "xoxb-T3"] = installed("T3", ["commands"])
    words = "T2 account_inactive; T3 missing scopes: chat:write, files:write, im:history, im:write, users:read"
    assert await state(api, "T1", "T2", "T3") == State(words, is_ready=True)
    assert await state(api, "T2", "T3") == State(words)


async def test_an_unreachable_slack_gives_no_answer():
    """Without a connection there is no word of Slack's to show."""
    async with FakeApi.running() as api, api.client() as client:
        client.base_url = "http://127.0.0.1:1/api/"
        assert await slack_check([Installation("T1", "Acme", "U1", "B1", client)])() == NO_ANSWER


async def test_a_writer_does_not_make_the_database_unready(database: Database, workspace_id: int):
    """The check waits for no writer, on SQLite either, where there is one at a time."""
    async with database.unit(workspace_id) as store:
        await store.people.by_slack_id("U0ANA")  # from its first statement on it is the writer
        assert await database_check(database)() == OK


async def test_a_database_that_is_gone_gives_no_answer(database: Database):
    """A table that is missing counts as no answer."""
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE workspace RENAME TO elsewhere")
    assert await database_check(database)() == NO_ANSWER


async def test_a_full_disk_is_reported(tmp_path: Path):
    """Below the floor the report has the figures; at the floor all is well."""
    assert await disk_check(tmp_path, lambda _: LEAST_FREE_BYTES)() == OK
    assert await disk_check(tmp_path, lambda _: 12 * 2**20)() == State("12 MiB free, 64 needed")


async def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path):
    """A folder that is gone, as after an unmounted disk, cannot be written."""
    assert await disk_check(tmp_path / "gone")() == State("cannot be written (No such file or directory)")
