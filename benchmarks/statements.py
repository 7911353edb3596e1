"""How many SQL statements a request takes, counted in an assembled bot in this process.

BEGIN and COMMIT are not counted, nor what the bot does afterwards in the background (it draws the Homes anew).
"""

import asyncio
import json
import statistics
import time
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final, Self

import sqlalchemy as sa
import structlog
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.fake_slack import FakeSlack
from benchmarks.history import save_history
from benchmarks.interactions import (
    TEAM_ID,
    Make,
    OpenForm,
    SlackRequest,
    going_to,
    is_rejected,
    open_home,
    prep_command,
    pressing,
    submit_preparation,
    turn_page,
    type_a_word,
    type_prep,
    typing,
)
from benchmarks.pairs import employee_slack_id, save_pairs
from benchmarks.postgres import postgres
from benchmarks.support import BOT_TOKEN, ENCRYPTION_KEY, SIGNING_SECRET, Row, Verdict, at_most, milliseconds
from bot.assembly import assemble
from bot.bot import Bot
from bot.clock import system_clock
from bot.settings import Settings
from cycle.guide import Part
from cycle.nudges import Action
from handlers.shared.ids import ActionId
from handlers.shared.services import BackgroundTasks

STATEMENTS_WANTED: Final = 6
"""The most statements that any other opening may take, after years of history."""
MORE: Final = {"A record": 2}
"""Beside those: a record has eleven nouns."""
TIMES_PREP: Final = 2.0
"""How many times as long as `/career prep` it may take."""
REPEATS: Final = 20
"""How often each opening is timed; they take turns, so that whatever slows the machine down hits all of them."""

READS_WANTED: Final = 4
"""The most reads that opening a preparation may take."""

PREP: Final = "/career prep"
CASES: Final[dict[str, Make]] = {
    PREP: type_prep, "A keystroke": type_a_word, "Home": open_home, "Submitting": submit_preparation,
}  # fmt: skip
READS: Final = frozenset({"SELECT", "WITH"})
WRITES: Final = frozenset({"INSERT", "UPDATE", "DELETE"})
WARNINGS_ONLY: Final = 30


def openings(discussion_id: int, held_id: int, objective_id: int) -> dict[str, Make]:
    """Each form in which a long history could show, and the way to open it."""
    return {
        PREP: type_prep,
        "/career roadmap": typing("roadmap"),
        "An objective": pressing(ActionId.OPEN_OBJECTIVE, objective_id),
        "/career guide": typing("guide"),
        **{f"Guide, {part}": going_to(part, discussion_id) for part in Part},
        "/career record": typing("record"),
        "A record": pressing(Action.OPEN_RECORD, held_id),
        "/career commitments": typing("commitments"),
        "/career agenda": typing("agenda"),
        "/career profile": typing("profile"),
        "/career history": typing("history"),
        "/career export": typing("export"),
    }


class Statements:
    """The statements that reach an engine while the block runs; one with many rows (executemany) counts once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.sync_engine
        self.executed: list[str] = []

    def __enter__(self) -> Self:
        sa.event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        sa.event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.executed.append(statement.lstrip())

    def starting(self, words: str) -> int:
        """How many begin with some words."""
        return sum(statement.startswith(words) for statement in self.executed)

    @property
    def reads(self) -> int:
        """How many read only."""
        return sum(count for word, count in self._words.items() if word in READS)

    @property
    def writes(self) -> int:
        """How many write."""
        return sum(count for word, count in self._words.items() if word in WRITES)

    @property
    def _words(self) -> Counter[str]:
        return Counter(statement.split(maxsplit=1)[0].upper() for statement in self.executed)

    def __str__(self) -> str:
        return f"{self.reads} reads, {self.writes} writes"


class HeldBack(BackgroundTasks):
    """Keeps the work that nobody waits for, until it is started."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[tuple[str, Coroutine[Any, Any, None]]] = []

    def run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Keep some work."""
        self._held.append((name, work))

    async def do_all(self) -> None:
        """Do what was kept."""
        for name, work in self._held:
            super().run(name, work)
        self._held.clear()
        await self.finish()


async def measure() -> list[Row]:
    """On both databases, and the writes of an idle tick."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNINGS_ONLY))
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        slack = FakeSlack()
        await slack.open()
        stack.push_async_callback(slack.close)
        urls = {
            "SQLite": f"sqlite:///{folder / 'career.sqlite3'}",
            "PostgreSQL": await stack.enter_async_context(postgres()),
        }
        for database, url in urls.items():
            rows += await _of_database(database, _settings(folder, url, slack), slack)
    return rows


def _settings(folder: Path, url: str, slack: FakeSlack) -> Settings:
    return Settings.model_validate(
        {
            "slack_bot_token": BOT_TOKEN, "slack_signing_secret": SIGNING_SECRET, "slack_api_url": slack.api_url,
            "career_data_dir": folder, "database_url": url, "career_encryption_keys": ENCRYPTION_KEY,
        }
    )  # fmt: skip


async def _of_database(name: str, settings: Settings, slack: FakeSlack) -> list[Row]:
    bot = await assemble(settings, clock=system_clock)
    bot.services.wake = lambda: None
    bot.services.background = background = HeldBack()
    database, now = bot.services.database, datetime.now(UTC)
    await save_pairs(database, bot.services.workspaces[TEAM_ID].workspace_id, 1, now)
    form = await _opened(bot, slack)
    rows = []
    for what, make in CASES.items():
        await _do(bot, slack, make(form))  # the first time makes statements that later ones find made
        await background.do_all()
        with Statements(database.engine) as statements:
            await _do(bot, slack, make(form))
        rows.append(_row(what, name, statements))
        with Statements(database.engine) as afterwards:
            await background.do_all()
        if afterwards.executed:
            rows.append(Row(f"Statements: {what}", f"{name}, in the background", str(afterwards)))
    await bot.catch_up()  # what the submissions have made due
    with Statements(database.engine) as statements:
        await bot.catch_up()
    began = statements.starting("BEGIN IMMEDIATE") + statements.writes
    case = f"{name}, {statements.reads} reads"
    rows.append(
        Row("Statements: an idle tick", case, f"{began} write transactions", wanted="none", verdict=at_most(began, 0))
    )
    rows += await _openings(name, bot, slack, form, now)
    await bot.stop(1)
    return rows


async def _openings(name: str, bot: Bot, slack: FakeSlack, form: OpenForm, now: datetime) -> list[Row]:
    """What each opening takes after three years, in statements, and in time beside `/career prep`."""
    database = bot.services.database
    held_id, objective_id = await save_history(database, bot.services.workspaces[TEAM_ID].workspace_id, 1, now)
    cases = openings(1, held_id, objective_id)
    counted: dict[str, Statements] = {}
    for what, make in cases.items():
        await _do(bot, slack, make(form))  # the first time makes statements that later ones find made
        with Statements(database.engine) as counted[what]:
            await _do(bot, slack, make(form))
    seconds: dict[str, list[float]] = {what: [] for what in cases}
    for _ in range(REPEATS):
        for what, make in cases.items():
            request = make(form)
            started = time.perf_counter()
            await _do(bot, slack, request)
            seconds[what].append(time.perf_counter() - started)
    medians = {what: statistics.median(taken) for what, taken in seconds.items()}
    return [_opening_row(what, name, counted[what], medians[what], medians[PREP]) for what in cases if what != PREP]


def _opening_row(what: str, database: str, statements: Statements, seconds: float, prep: float) -> Row:
    number, times = statements.reads + statements.writes, seconds / prep
    most = STATEMENTS_WANTED + sum(more for start, more in MORE.items() if what.startswith(start))
    met = number <= most and times <= TIMES_PREP
    return Row(
        f"Opening: {what}", f"{database}, after three years", f"{statements}, {milliseconds(seconds)}",
        f"/career prep {milliseconds(prep)}", f"{times:.1f}×",
        wanted=f"at most {most} statements, at most {TIMES_PREP:.0f}×",
        verdict=Verdict.MET if met else Verdict.MISSED,
    )  # fmt: skip


def _row(what: str, database: str, statements: Statements) -> Row:
    is_goal = what == PREP
    return Row(
        f"Statements: {what}", database, str(statements), "",
        wanted=f"at most {READS_WANTED} reads" if is_goal else "",
        verdict=at_most(statements.reads + statements.writes, READS_WANTED) if is_goal else Verdict.NO_GOAL,
    )  # fmt: skip


async def _do(bot: Bot, slack: FakeSlack, request: SlackRequest) -> Any:
    """Dispatch a request, and wait for its effect."""
    call = slack.call(request.awaited) if request.awaited else None
    answer = await bot.app.async_dispatch(AsyncBoltRequest(body=request.body, headers=dict(request.headers)))
    assert not is_rejected(answer.body or ""), answer.body
    if call is None:
        return json.loads(answer.body or "{}")
    async with asyncio.timeout(10):
        return (await call).arguments


async def _opened(bot: Bot, slack: FakeSlack) -> OpenForm:
    slack_id = employee_slack_id(1)
    form = OpenForm.of(slack_id, (await _do(bot, slack, prep_command(slack_id)))["view"])
    while not form.has_typed_field:
        form = OpenForm.of(slack_id, (await _do(bot, slack, turn_page(form)))["view"])
    return form
