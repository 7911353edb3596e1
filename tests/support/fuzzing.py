"""Signed requests that nearly come from Slack, sent to the whole bot over HTTP.

The genuine ones are recorded: each listener's case of `tests.handlers.test_listeners`, with every request that leads to
it. A mutation changes some of what they hold; it is drawn from a seed, so that a run can be repeated.
"""

import asyncio
import copy
import io
import json
import logging
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import aiohttp
import structlog

from bot.assembly import assemble
from bot.http_server import HttpServer
from bot.logs import configure_logging
from bot.manifest import EVENTS_PATH
from bot.settings import load_settings
from storage.database import Database
from tests.handlers.conftest import NOW, Workspace
from tests.handlers.test_listeners import CASES
from tests.support.databases import KEY, Template, opened
from tests.support.harness import TEAM, BotHarness, FakeSlack, Outcome
from tests.support.signing import FORM, JSON, SECRET, signed

REQUESTS_PER_DATABASE: Final = 250
"""After this many requests the bot starts again on a fresh copy: otherwise little is left that can still change."""

SLOW_SECONDS: Final = 1.0
"""No request may take longer; Slack gives up after 3 s."""


@dataclass(frozen=True)
class Request:
    """The content of a request: the fields of a command, the payload of an interaction, or the body of an event."""

    payload: Any
    content_type: str

    @classmethod
    def parse(cls, body: str, content_type: str) -> "Request":
        """What a recorded body holds."""
        if content_type == JSON:
            return cls(json.loads(body), JSON)
        fields = dict(parse_qsl(body, keep_blank_values=True))
        return cls({"payload": json.loads(fields["payload"])} if "payload" in fields else fields, FORM)

    def answered_at(self, before: str, now: str) -> "Request":
        """The same with another address to answer at."""
        return Request(json.loads(json.dumps(self.payload).replace(before, now)), self.content_type)

    def body(self) -> bytes:
        """As Slack sends it."""
        if self.content_type == JSON:
            return json.dumps(self.payload).encode()
        fields = {key: value if isinstance(value, str) else json.dumps(value) for key, value in self.payload.items()}
        return urlencode(fields, errors="replace").encode()


class Recorder(BotHarness):
    """Keeps every request that is dispatched."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.requests: list[Request] = []

    async def _dispatch(self, body: str, content_type: str) -> Outcome:
        self.requests.append(Request.parse(body, content_type))
        return await super()._dispatch(body, content_type)


_recorded: list[Request] = []
_ANSWERED_AT: Final = "http://slack.invalid"
"""Where recorded requests are answered; each run has an address of its own."""


async def record(folder: Path, template: Template, slack: FakeSlack) -> list[Request]:
    """The genuine requests of every case, each case in a workspace of its own; all of them have the same keys.

    They are the same on either database, so a process records them once.
    """
    if not _recorded:
        for case in CASES.values():
            async with furnished(folder, template) as place:
                recorder = Recorder(place.database, place.workspace_id, NOW, slack)
                async with recorder.open():
                    recorder.directory.profiles = place.workspace.profiles()
                    await case(recorder, place.workspace)
            _recorded.extend(one.answered_at(slack.address, _ANSWERED_AT) for one in recorder.requests)
    return [one.answered_at(_ANSWERED_AT, slack.address) for one in _recorded]


@dataclass(frozen=True)
class Place:
    """A fresh database with the workspace of the listeners' tests in it."""

    url: str
    database: Database
    workspace_id: int
    workspace: Workspace


@asynccontextmanager
async def furnished(folder: Path, template: Template) -> AsyncIterator[Place]:
    """A place, until the block ends."""
    url, workspace = template.copy(folder), Workspace()
    async with opened(url) as database:
        workspace_id = await database.workspace(TEAM, "Acme")
        await workspace.furnish(database, workspace_id)
        yield Place(url, database, workspace_id, workspace)
    template.give_back(url)


# --- mutations -------------------------------------------------------------------------------------------------------

PRIVATE: Final = "Zqprivatewords"
"""A word that people typed: it may be saved and shown, but never logged."""

ODD: Final = (
    PRIVATE, f"{PRIVATE} {PRIVATE}", {PRIVATE: PRIVATE}, [PRIVATE],
    None, True, False, 0, -1, 2**31, 2**63, -(2**63), 10**30, 1.5, "", " ", "0", "-1", "abc", "NaN", "1e9", "9" * 400,
    "1:2", "accept:", "accept:abc", "accept:-1", "up:1", "٣", "½", "\u0000", "\ud800", "🙂" * 3_000, "a" * 10_000,
    "<!channel> *b* _i_ `c`", "' OR 1=1 --", "{}", "[]", [], {}, [[]], [None], {"": None}, ["a"] * 200,
    "0001-01-01", "9999-12-31", "2026-13-45", "U0BOT", "USLACKBOT", "T0OTHER", "null",
)  # fmt: skip

METADATA: Final = (
    PRIVATE, f'{{"words": "{PRIVATE}"}}', f'{{"pair_id": "{PRIVATE}"}}', f'{{"word": "{PRIVATE}"}}',
    "", "null", "[]", "7", "{", "not JSON", '"text"', "{}",
    '{"pair_id": "abc"}', '{"pair_id": -1}', '{"pair_id": null}',
    '{"pair_id": 99999999999999999999}', '{"discussion_id": 4711}', '{"long_gone": true, "pair_id": 1}',
    '{"seen": 1}', '{"seen": ["a", "b"], "kept": null}', '{"page": -5}', '{"page": 1000000}', '{"short_rows": -1}',
    '{"short_rows": 100000}', '{"commitment_rows": 100000}', '{"added": 100000}', '{"round": "x"}', "[" * 2_000,
    '{"form": "nowhere", "packed": "x"}', '{"word": "nowhere"}', '{"request_id": 1.5}',
)  # fmt: skip

Mutation = Callable[[random.Random, Any], None]


def nodes(payload: Any) -> list[tuple[Any, Any]]:
    """Every place in a payload, as a container and a key in it."""
    found: list[tuple[Any, Any]] = []
    pending = [payload]
    while pending:
        container = pending.pop()
        keys: Iterator[Any] = iter(container) if isinstance(container, dict) else iter(range(len(container)))
        for key in list(keys):
            found.append((container, key))
            if isinstance(container[key], dict | list):
                pending.append(container[key])
    return found


def _view(payload: Any) -> Any:
    inner = payload.get("payload")
    return inner.get("view") if isinstance(inner, dict) and isinstance(inner.get("view"), dict) else None


def odd_value(draw: random.Random, payload: Any) -> None:
    """Something odd in place of anything."""
    container, key = draw.choice(nodes(payload))
    container[key] = copy.deepcopy(draw.choice(ODD))


def missing(draw: random.Random, payload: Any) -> None:
    """Anything left out."""
    container, key = draw.choice(nodes(payload))
    del container[key]


def other_metadata(draw: random.Random, payload: Any) -> None:
    """A modal opened by another version, or by no version."""
    if (view := _view(payload)) is not None:
        view["private_metadata"] = draw.choice(METADATA)


def other_subject(draw: random.Random, payload: Any) -> None:
    """A button that carries another key, or none at all."""
    inner = payload.get("payload")
    if isinstance(inner, dict) and isinstance(inner.get("actions"), list):
        for action in inner["actions"]:
            if isinstance(action, dict):
                action["value"] = draw.choice(["", "0", "1", "2", "-1", "4711", PRIVATE, "9" * 30, "accept:1", None])


def other_field(draw: random.Random, payload: Any) -> None:
    """Something odd filled in, or a field that the form never had."""
    state = (_view(payload) or {}).get("state")
    values = state.get("values") if isinstance(state, dict) else None
    if not isinstance(values, dict):
        return
    element = {"type": draw.choice(["plain_text_input", "datepicker", "checkboxes", "static_select", "users_select"])}
    kinds = ["value", "selected_option", "selected_options", "selected_date", "selected_date_time", "selected_user"]
    element[draw.choice(kinds)] = copy.deepcopy(draw.choice([*ODD, {"value": "x"}, [{"value": "x"}], 2**40, -1]))
    block = draw.choice([*values, "unknown", "short.new7.text", "mine0.due_on", "commitment.99.text", ""])
    before = values.get(block)
    action = next(iter(before), "unknown") if isinstance(before, dict) else "unknown"
    values[block] = {action: element}


def other_listener(draw: random.Random, payload: Any) -> None:
    """A form, a button, a command or a kind of request that does not exist, or another one that does."""
    inner = payload.get("payload") if isinstance(payload.get("payload"), dict) else payload
    name = draw.choice(["type", "callback_id", "action_id", "command", "text"])
    value = draw.choice(
        ["unknown", PRIVATE, "", "view_closed", "block_suggestion", "shortcut", "message_action", "preparation",
         "wrap_up", "schedule", "agenda", "commitments", "/other", "help", "prep", "typed", "event_callback"]
    )  # fmt: skip
    targets = [container for container, key in nodes(inner) if key == name] or [inner]
    draw.choice(targets)[name] = value


def other_person(draw: random.Random, payload: Any) -> None:
    """Another person, of the workspace or not, and perhaps another workspace."""
    person = draw.choice(["U0ANA", "U0BEN", "U0CHIYO", "U0DEV", "U0ELIF", "U0FAY", "U0GUS", "U0EVE", "U0BOT", ""])
    for container, key in nodes(payload):
        if key in {"user_id", "user"} and isinstance(container[key], str):
            container[key] = person
        elif key == "user" and isinstance(container[key], dict):
            container[key]["id"] = person
    if draw.random() < 0.3:
        for container, key in nodes(payload):
            if key == "team_id" or (key == "team" and isinstance(container[key], str)):
                container[key] = draw.choice(["T0OTHER", "", TEAM])


MUTATIONS: Final[tuple[Mutation, ...]] = (
    odd_value, odd_value, missing,
    other_metadata, other_subject, other_field, other_field, other_listener, other_person,
)  # fmt: skip


def mutated(draw: random.Random, request: Request) -> tuple[str, bytes]:
    """What was done to a request, and its body. Now and then the bytes themselves are changed."""
    payload = copy.deepcopy(request.payload)
    done = [draw.choice(MUTATIONS) for _ in range(draw.choice([1, 1, 1, 2, 3]))]
    for mutation in done:
        if nodes(payload):
            mutation(draw, payload)
    names = "+".join(mutation.__name__ for mutation in done)
    body = Request(payload, request.content_type).body()
    if draw.random() < 0.05:
        at = draw.randrange(len(body) + 1)
        body = draw.choice([body[:at], body[:at] + bytes([draw.randrange(256)]) + body[at + 1 :]])
        names += "+bytes"
    return names, body


# --- the run ---------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What came of a run. `faults` has a line per request that was not answered as it should be."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, name: str, body: bytes, status: int, seconds: float, logged: Sequence[str]) -> None:
        """Count one request."""
        self.statuses[status] += 1
        self.slowest = max(self.slowest, seconds)
        for fault in (
            f"status {status}" if status >= 500 else "",
            f"{seconds:.2f} s" if seconds > SLOW_SECONDS else "",
            *logged,
        ):
            if fault:
                self.faults.append(f"{name}: {fault} <- {body[:3000].decode(errors='replace')}")


class _Log:
    """The bot's log, as it writes it in earnest."""

    def __init__(self) -> None:
        self._stream = io.StringIO()

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Log here; afterwards logging is as it was."""
        root, structured = logging.getLogger(), structlog.get_config()
        handlers, level = root.handlers[:], root.level
        configure_logging(load_settings({"LOG_FORMAT": "json"}, None), self._stream)
        structlog.configure(cache_logger_on_first_use=False)  # or the loggers would keep writing here after the run
        try:
            yield
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            logging.captureWarnings(capture=False)
            structlog.configure(**structured)

    def faults(self) -> list[str]:
        """What was logged since the last time that should not have been: tracebacks, errors, and people's words."""
        lines = self._stream.getvalue().splitlines()
        self._stream.seek(0)
        self._stream.truncate()
        return [fault for line in lines if (fault := _fault_in(line))]


def _fault_in(line: str) -> str:
    if PRIVATE in line:
        return f"people's words in the log: {line[:300]}"
    entry = json.loads(line)
    traceback = entry.get("exception", "")
    if not traceback and entry["level"] not in {"error", "critical"}:
        return ""
    places = re.findall(r'File "[^"]*/((?:handlers|cycle|storage|scheduler|bot)/[^"]+)", line (\d+)', traceback)
    last = traceback.splitlines()[-1][:120] if traceback else ""
    return f"{entry['event'][:80]}: {last} at {':'.join(places[-1]) if places else '?'}"


async def fuzz(count: int, seed: int, folder: Path, template: Template) -> Report:
    """Send `count` mutated requests one after the other, then check that the bot and its data are whole."""
    draw, report, log = random.Random(seed), Report(), _Log()  # noqa: S311 - needs no secrecy
    slack = FakeSlack()
    async with slack.running():
        genuine = await record(folder, template, slack)
        with log.collecting():
            for sent in range(0, count, REQUESTS_PER_DATABASE):
                async with furnished(folder, template) as place, _running(place, folder, slack) as send:
                    for _ in range(min(REQUESTS_PER_DATABASE, count - sent)):
                        request = draw.choice(genuine)
                        name, body = mutated(draw, request)
                        status, seconds = await send(body, request.content_type)
                        if seconds > SLOW_SECONDS:  # perhaps another program was busy
                            _, seconds = await send(body, request.content_type)
                        report.add(name, body, status, seconds, log.faults())
                    await _check_whole(report, send, place, slack)
    return report


Send = Callable[[bytes, str], Awaitable[tuple[int, float]]]
"""Sends a body of a content type; the status of the answer and the seconds until it came."""


@asynccontextmanager
async def _running(place: Place, folder: Path, slack: FakeSlack) -> AsyncIterator[Send]:
    """The bot as `career run` builds it, without its scheduler, on the database in a folder."""
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{slack.address}/api/",
        "DATABASE_URL": place.url, "CAREER_ENCRYPTION_KEYS": KEY,
        "CAREER_DATA_DIR": str(folder),
    }  # fmt: skip
    bot = await assemble(load_settings(environ, None), clock=lambda: NOW)
    server = HttpServer(bot)
    await server.open("127.0.0.1", 0)

    async def send(body: bytes, content_type: str) -> tuple[int, float]:
        headers = signed(body, content_type=content_type)
        started = time.monotonic()
        async with http.post(f"{server.address}{EVENTS_PATH}", data=body, headers=headers) as answer:
            await answer.read()
        seconds = time.monotonic() - started
        await _settled(bot)
        return answer.status, seconds

    async with aiohttp.ClientSession() as http:
        yield send
    await server.close()
    await bot.stop(1.0)


async def _settled(bot: Any) -> None:
    """Wait for listeners that go on after their acknowledgement, and for work in the background."""
    going_on = [task for task in asyncio.all_tasks() if "run_ack_function" in task.get_coro().__qualname__]
    await asyncio.gather(*going_on, return_exceptions=True)
    await bot.services.background.finish()


async def _check_whole(report: Report, send: Send, place: Place, slack: FakeSlack) -> None:
    """A known command still works, and the database is sound."""
    slack.calls.clear()
    command = {
        "command": "/career", "text": "prep", "user_id": "U0ANA", "team_id": TEAM, "trigger_id": "1.2",
        "response_url": f"{slack.address}/respond",
    }  # fmt: skip
    status, _ = await send(urlencode(command).encode(), FORM)
    if status != 200 or "views.open" not in [method for method, _ in slack.calls]:
        report.faults.append(f"afterwards `/career prep` no longer opens a form (status {status})")
    async with place.database.reading(place.workspace_id) as store:
        people = await store.people.by_ids([place.workspace.ana.pk, place.workspace.ben.pk])
        pair = await store.pairs.get(place.workspace.two.pk)
    if len(people) != 2 or {pair.employee_id, pair.manager_id} != set(people):
        report.faults.append("afterwards people or pairs are not what they were")
    if place.database.engine.dialect.name == "sqlite":
        async with place.database.engine.connect() as connection:
            checks = [await connection.exec_driver_sql(f"PRAGMA {name}_check") for name in ("integrity", "foreign_key")]
            found = [row for check in checks for row in check.fetchall()]
        if found != [("ok",)]:
            report.faults.append(f"afterwards the database is damaged: {found}")
