import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from slack_sdk.errors import SlackApiError

from cycle.nudges import Action
from cycle.people import LOOKS_AT_HOME_FOR
from handlers.shared.foreground import Foreground
from handlers.shared.homes import Homes
from storage.database import Database
from storage.objectives import Benchmark, Horizon, Objective
from tests.support.builders import MADRID, at, commitment, pair, person, saved
from tests.support.harness import TEAM, BotHarness
from tests.support.views import said

NOW = at(MADRID, 2026, 11, 23, 10)


class Slack:
    """Publishes Homes, each only once it is let through."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str]] = []
        self.arrived: defaultdict[str, asyncio.Queue[asyncio.Event]] = defaultdict(asyncio.Queue)

    async def publish(self, slack_id: str, view: dict[str, Any]) -> None:
        """Publish a Home as soon as the test says so."""
        let_through = asyncio.Event()
        self.arrived[slack_id].put_nowait(let_through)
        await let_through.wait()
        self.published.append((slack_id, json.dumps(view)))


class AnaAndBen:
    """Ana and her manager Ben, whose Homes show what Ana commits to."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.ana, self.ben = (
            person(name, slack_id=slack_id, home_opened_at=NOW)
            for name, slack_id in (("Ana Ruiz", "U0ANA"), ("Ben Okafor", "U0BEN"))
        )

    async def write(self) -> None:
        """They are a pair."""
        async with self.database.unit(self.workspace_id) as store:
            await saved(store, self.ana, self.ben)
            self.pair = pair(self.ana, self.ben)
            await saved(store, self.pair)

    async def commit_to(self, text: str) -> None:
        """Ana commits to something."""
        async with self.database.unit(self.workspace_id) as store:
            await saved(store, commitment(self.pair, self.ana, NOW.date(), text=text))


@pytest.fixture
async def two(database: Database, workspace_id: int) -> AnaAndBen:
    """The two of them."""
    two = AnaAndBen(database, workspace_id)
    await two.write()
    return two


async def test_an_older_home_never_replaces_a_newer_one(two: AnaAndBen):
    """A refresh reads and publishes after those before it, however many there are; those of other people don't wait."""
    slack = Slack()
    homes = Homes(two.database, two.workspace_id, slack.publish, Foreground())

    async def begin(text: str) -> asyncio.Task[None]:
        """Refresh Ana's Home after a change, and let Ben's through meanwhile: it takes as long as hers would."""
        await two.commit_to(text)
        anas = asyncio.create_task(homes.refresh(two.ana.pk, NOW))
        bens = asyncio.create_task(homes.refresh(two.ben.pk, NOW))
        (await slack.arrived[two.ben.slack_id].get()).set()
        await bens
        return anas

    arrived = slack.arrived[two.ana.slack_id]
    await two.commit_to("The first")
    refreshes = [asyncio.create_task(homes.refresh(two.ana.pk, NOW))]
    first = await arrived.get()
    refreshes.append(await begin("The second"))
    assert arrived.empty()
    first.set()
    second = await arrived.get()
    refreshes.append(await begin("The third"))
    assert arrived.empty()
    second.set()
    (await arrived.get()).set()
    await asyncio.gather(*refreshes)
    anas = [view for slack_id, view in slack.published if slack_id == two.ana.slack_id]
    assert [("The second" in view, "The third" in view) for view in anas] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert not homes._turns


async def test_trouble_with_one_home_leaves_the_other_alone(harness: BotHarness, workspace: Any):
    """Slack refuses Ana's Home after a change of hers: Ben's is published, and the log has the trouble."""
    for who in ("U0ANA", "U0BEN"):
        await harness.home_opened(who)
    published = []

    async def publish(slack_id: str, _view: dict[str, Any]) -> None:
        if slack_id == workspace.ana.slack_id:
            raise OSError("no connection")
        published.append(slack_id)

    homes = Homes(harness.database, harness.workspace_id, publish, harness.services.foreground)
    harness.services.workspaces[TEAM] = replace(harness.services.workspaces[TEAM], homes=homes)
    with structlog.testing.capture_logs() as logged:
        await harness.press_in_message("U0ANA", Action.COMMITMENT_DONE, workspace.commitments[1].pk)
    assert published == [workspace.ben.slack_id]
    assert [entry["event"] for entry in logged] == ["background.failed"]


async def test_requests_go_before_homes(two: AnaAndBen):
    """While a request is being answered no Home is drawn in the background; one that is opened is."""
    slack, foreground = Slack(), Foreground()
    homes = Homes(two.database, two.workspace_id, slack.publish, foreground)
    with foreground.request(), foreground.request():
        background = asyncio.create_task(homes.refresh_when_quiet(two.ana.pk, NOW))
        opened = asyncio.create_task(homes.refresh(two.ben.pk, NOW))
        (await slack.arrived[two.ben.slack_id].get()).set()
        await opened
        assert slack.arrived[two.ana.slack_id].empty()
    (await slack.arrived[two.ana.slack_id].get()).set()
    await background
    assert [slack_id for slack_id, _view in slack.published] == [two.ben.slack_id, two.ana.slack_id]


async def test_many_changes_at_once_draw_a_home_once(two: AnaAndBen):
    """Changes that come while a Home waits to be drawn are all in the one that is published."""
    published, foreground = [], Foreground()

    async def publish(_slack_id: str, view: dict[str, Any]) -> None:
        published.append(json.dumps(view))

    homes = Homes(two.database, two.workspace_id, publish, foreground)
    refreshes = []
    with foreground.request():
        for text in ("The first", "The second"):
            await two.commit_to(text)
            refreshes.append(asyncio.create_task(homes.refresh_when_quiet(two.ana.pk, NOW)))
    await asyncio.gather(*refreshes)
    [view] = published
    assert ("The first" in view, "The second" in view) == (True, True)


async def test_a_home_is_drawn_under_a_load_that_does_not_end(two: AnaAndBen, monkeypatch: pytest.MonkeyPatch):
    """Once its patience is over a Home no longer lets requests go first."""
    monkeypatch.setattr("handlers.shared.homes.PATIENCE_SECONDS", 0)
    published, foreground = [], Foreground()

    async def publish(slack_id: str, _view: dict[str, Any]) -> None:
        published.append(slack_id)

    homes = Homes(two.database, two.workspace_id, publish, foreground)
    with foreground.request():
        await homes.refresh_when_quiet(two.ana.pk, NOW)
    assert published == [two.ana.slack_id]


@pytest.mark.parametrize(
    ("opened_at", "drawn"), [(None, 0), (NOW - LOOKS_AT_HOME_FOR, 0), (NOW - timedelta(days=29), 1)]
)
async def test_only_a_home_that_is_looked_at_is_drawn_after_a_change(
    two: AnaAndBen, opened_at: datetime | None, drawn: int
):
    """Someone who never opened the Home, or not for a month, gets it when they open it, and not before."""
    slack = Slack()
    homes = Homes(two.database, two.workspace_id, slack.publish, Foreground())
    async with two.database.unit(two.workspace_id) as store:
        (await store.people.get(two.ana.pk)).home_opened_at = opened_at
    task = asyncio.create_task(homes.refresh_when_quiet(two.ana.pk, NOW))
    if drawn:
        (await slack.arrived["U0ANA"].get()).set()
    async with asyncio.timeout(5):
        await task
    assert len(slack.published) == drawn
    opened = asyncio.create_task(homes.refresh(two.ana.pk, NOW))
    (await slack.arrived["U0ANA"].get()).set()
    await opened


async def test_a_cancelled_refresh_stops_no_later_one(two: AnaAndBen):
    """A Home whose refresh was cancelled while it waited is drawn at the next change."""
    published, foreground = [], Foreground()

    async def publish(slack_id: str, _view: dict[str, Any]) -> None:
        published.append(slack_id)

    homes = Homes(two.database, two.workspace_id, publish, foreground)
    with foreground.request():
        waiting = asyncio.create_task(homes.refresh_when_quiet(two.ana.pk, NOW))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    await homes.refresh_when_quiet(two.ana.pk, NOW)
    assert published == [two.ana.slack_id]


@pytest.mark.parametrize("word", ["invalid_blocks", "invalid_arguments"])
async def test_C3_where_slack_takes_no_charts_the_home_comes_without_them(
    sqlite_harness: BotHarness, workspace: Any, word: str
):
    """One retry with the same words, remembered: later Homes are sent without a chart at once."""
    for short in (True, False):
        await with_measured(sqlite_harness, workspace, f"Objective {short}")
    sent: list[dict[str, Any]] = []

    async def publish(_slack_id: str, view: dict[str, Any]) -> None:
        sent.append(view)
        if charts_in(view):
            raise SlackApiError("refused", {"ok": False, "error": word})

    homes = Homes(sqlite_harness.database, sqlite_harness.workspace_id, publish, Foreground())
    await homes.refresh(workspace.ana.pk, NOW)
    assert [len(charts_in(view)) for view in sent] == [1, 0]
    assert all("1. Objective True: ▰▱ 1 of 2 benchmarks reached" in said(view) for view in sent)
    await homes.refresh(workspace.ben.pk, NOW)
    assert [len(charts_in(view)) for view in sent] == [1, 0, 0]


async def test_C3_a_home_refused_for_another_reason_says_so_and_charts_stay(sqlite_harness: BotHarness, workspace: Any):
    """What is no fault of the chart is raised as before, and the next Home has its chart."""
    for number in range(2):
        await with_measured(sqlite_harness, workspace, f"Objective {number}")
    sent: list[dict[str, Any]] = []

    async def publish(_slack_id: str, view: dict[str, Any]) -> None:
        sent.append(view)
        if len(sent) < 4:
            raise SlackApiError("refused", {"ok": False, "error": "invalid_blocks" if len(sent) > 1 else "ratelimited"})

    homes = Homes(sqlite_harness.database, sqlite_harness.workspace_id, publish, Foreground())
    for _ in range(2):  # the second is refused with its chart and without: the chart was not to blame
        with pytest.raises(SlackApiError):
            await homes.refresh(workspace.ana.pk, NOW)
    await homes.refresh(workspace.ana.pk, NOW)
    assert [len(charts_in(view)) for view in sent] == [1, 1, 0, 1]


def charts_in(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The charts of a Home."""
    return [block for block in view["blocks"] if block["type"] == "data_visualization"]


async def with_measured(harness: BotHarness, workspace: Any, text: str) -> None:
    """Ana shares an objective with two benchmarks, one of them reached."""
    two, ana = workspace.two.pk, workspace.ana.pk
    async with harness.database.unit(harness.workspace_id) as store:
        one = Objective(
            pair_id=two, owner_id=ana, horizon=Horizon.SHORT, text=text, target_on=NOW.date(), shared=True, set_at=NOW
        )
        await saved(store, one)
        first = Benchmark(pair_id=two, objective_id=one.pk, text="First", set_at=NOW, reached_at=NOW)
        await saved(store, first, Benchmark(pair_id=two, objective_id=one.pk, text="Second", set_at=NOW))
