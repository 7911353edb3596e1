import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.errors import StartupError
from bot.runner import Share, run, tick
from bot.settings import load_settings
from sandbox import Sandbox, SandboxSettings
from sandbox.filling import IN_USE
from sandbox.people import slack_id
from tests.bot.fake_bot import assemble_fake

HTTP = {"SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:1/api/", "PORT": "0"}

Child = subprocess.Popen[str]
Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a fake bot in a process of its own; processes that still run at the end are killed."""
    children: list[Child] = []

    def run(kind: str, **environ: str) -> Child:
        root = str(Path(__file__).parents[2])
        child = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.bot.child_bot", kind],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": root, **environ},
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


def next_line(child: Child) -> str:
    """The next line that the child prints."""
    assert child.stdout is not None
    return child.stdout.readline().strip()


def let_finish(child: Child) -> str:
    """Let the child finish what it is sending; the rest of what it prints."""
    printed, logged = child.communicate("go on\n", timeout=10)
    assert "Traceback" not in logged
    return printed.strip()


def status(url: str) -> int:
    """The HTTP status of an address on this machine."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - always http://127.0.0.1
        return int(answer.status)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_bot_finish(start: Start, number: signal.Signals):
    """After SIGTERM or SIGINT no request is accepted, what is being sent is finished, and the exit status is 0."""
    child = start("slow", **HTTP)
    address = next_line(child).rpartition(" ")[2]
    assert status(f"{address}/healthz") == 200
    child.send_signal(number)
    assert next_line(child).startswith("draining for ")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) != 0
    child.send_signal(number)  # a second one changes nothing
    assert let_finish(child) == "finished"
    assert child.returncode == 0


def test_a_web_process_answers_and_delivers_nothing(start: Start):
    """It listens at once, and never begins to deliver."""
    child = start("web", **HTTP)
    address = next_line(child).rpartition(" ")[2]
    assert status(f"{address}/healthz") == 200
    child.send_signal(signal.SIGTERM)
    assert "delivers" not in let_finish(child)
    assert child.returncode == 0


def test_a_worker_delivers_and_answers_nothing(start: Start):
    """It opens no port, and drains when it is stopped."""
    child = start("worker", **HTTP)
    assert [next_line(child), next_line(child)] == ["delivers", "Delivering what is due."]
    child.send_signal(signal.SIGTERM)
    assert next_line(child).startswith("draining for ")
    assert let_finish(child) == "finished"
    assert child.returncode == 0


def test_a_tick_does_what_is_due_and_leaves(start: Start):
    """Nobody has to stop it: for cron."""
    child = start("tick", **HTTP)
    assert next_line(child) == "does what is due"
    assert let_finish(child).endswith("finished")
    assert child.returncode == 0


@pytest.mark.parametrize("start", [tick, partial(run, share=Share.ANSWER), partial(run, share=Share.DELIVER)])
async def test_a_sandbox_has_no_shares(start: Callable[..., Awaitable[None]]):
    """Without tokens there is only the sandbox, in which one process does everything; nothing is opened."""
    with pytest.raises(StartupError, match="does everything by itself"):
        await start(load_settings({}, None), assemble_fake, announce=print)


def test_notices_are_printed_before_the_address(start: Start):
    """What the admin should know is on the terminal, not only in the log."""
    child = start("lacking", **HTTP)
    assert next_line(child) == "In Acme the app lacks users:read."
    assert "http://127.0.0.1:" in next_line(child)
    child.send_signal(signal.SIGTERM)
    assert let_finish(child).endswith("finished")


def test_a_signal_ends_a_start_that_is_stuck(start: Start):
    """A bot that still waits for its database exits at once."""
    child = start("stuck", **HTTP)
    assert next_line(child) == "assembling"
    child.send_signal(signal.SIGTERM)
    assert let_finish(child) == ""
    assert child.returncode == 0


def test_without_tokens_there_is_a_sandbox(start: Start, tmp_path: Path):
    """Without Slack settings the sandbox starts, prints what to do first, and keeps its state in the data folder."""
    child = start("slow", SANDBOX_PORT="0", PORT="0")
    address = next_line(child).rpartition(" ")[2]
    assert "Ana" in next_line(child)
    assert "Ben" in next_line(child)
    assert status(address) == 200
    child.send_signal(signal.SIGTERM)
    assert let_finish(child).endswith("finished")
    assert child.returncode == 0
    assert (tmp_path / "data" / "sandbox" / "workspace.sqlite3").exists()


def test_the_demo_goes_on_where_it_was_left(start: Start, tmp_path: Path):
    """It has a folder of its own, leaves a workspace in use as it is, and prints an address that opens as Ben."""
    folder = tmp_path / "data" / "demo"
    left = Sandbox(settings=SandboxSettings(state_file=folder / "workspace.sqlite3"))
    left._workspace.post(left.people.by_name("Ana Ruiz"), left._workspace.bot, {"text": "Hello"})
    left._workspace.store.close()
    child = start("demo", SANDBOX_PORT="0", PORT="0", DATABASE_URL="postgresql://nobody@127.0.0.1:1/other")
    assert next_line(child) == IN_USE
    address, _, rest = next_line(child).rpartition(" ")[2].partition("/#")
    assert rest == f"as={slack_id('U', 'Ben Okafor')}&tab=home"
    assert "You are Ben Okafor" in next_line(child)
    assert status(address) == 200
    child.send_signal(signal.SIGTERM)
    assert let_finish(child).endswith("finished")
    assert child.returncode == 0
    assert not (tmp_path / "data" / "sandbox").exists()
