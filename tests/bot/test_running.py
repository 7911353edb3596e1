import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.folders import prepare_folder
from bot.refusals import StartRefused
from bot.running import Departure
from bot.sandboxed import claim_folder
from tests.bot.fake_career import FakeCareer, bare_app

HTTP = {"SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:1/api/", "PORT": "0"}

Child = subprocess.Popen[str]
Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the bot with a fake cycle in a process of its own; whatever still runs at the end is killed."""
    children: list[Child] = []

    def run(kind: str, **environ: str) -> Child:
        root = str(Path(__file__).parents[2])
        child = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.bot.child_run", kind],
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


def told(child: Child) -> str:
    """The next line that the child says."""
    assert child.stdout is not None
    return child.stdout.readline().strip()


def let_finish(child: Child) -> str:
    """Let the child finish what it is sending; the rest of what it says."""
    said, logged = child.communicate("go on\n", timeout=10)
    assert "Traceback" not in logged
    return said.strip()


def status(url: str) -> int:
    """The HTTP status of a page of ours."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - always http://127.0.0.1
        return int(answer.status)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_bot_finish(start: Start, number: signal.Signals):
    """After SIGTERM or SIGINT no request is taken, what is being sent is finished, and the exit status is 0."""
    child = start("slow", **HTTP)
    address = told(child).rpartition(" ")[2]
    assert status(f"{address}/healthz") == 200
    child.send_signal(number)
    assert told(child).startswith("draining for ")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) != 0
    child.send_signal(number)  # impatience changes nothing
    assert let_finish(child) == "finished"
    assert child.returncode == 0


def test_a_signal_ends_a_start_that_is_stuck(start: Start):
    """A bot that still waits for its database leaves at once."""
    child = start("stuck", **HTTP)
    assert told(child) == "assembling"
    child.send_signal(signal.SIGTERM)
    assert let_finish(child) == ""
    assert child.returncode == 0


def test_without_tokens_there_is_a_sandbox(start: Start, tmp_path: Path):
    """With no Slack setting the sandbox opens, says what to do first, and keeps its state in the data folder."""
    child = start("slow", SANDBOX_PORT="0", PORT="0")
    address = told(child).rpartition(" ")[2]
    assert "Ana" in told(child)
    assert "Ben" in told(child)
    assert status(address) == 200
    child.send_signal(signal.SIGTERM)
    assert let_finish(child).endswith("finished")
    assert child.returncode == 0
    assert (tmp_path / "data" / "sandbox" / "workspace.sqlite3").exists()


async def test_who_does_not_finish_is_cut_short():
    """A part that never ends, or breaks, does not hold up the others beyond the time there is."""
    departure = Departure(drain_seconds=0.05)

    async def never() -> None:
        await asyncio.Event().wait()

    async def broken() -> None:
        raise ConnectionError

    async with asyncio.timeout(1):
        await departure.within(broken)
        await departure.within(never)
    assert departure.left() == 0.0


async def test_the_bot_is_told_how_long_it_has():
    """What is kept back for closing is not promised to the bot."""
    career = FakeCareer(bare_app(signing_secret="s"))
    await Departure(drain_seconds=8).stop_career(career)
    assert career.asked == ["stop"]
    assert 6 < career.drain_seconds <= 7


def test_a_second_sandbox_gets_a_folder_of_its_own(tmp_path: Path):
    """Two sandboxes never share their state; the first folder is free again when its sandbox has ended."""
    first, lock = claim_folder(tmp_path)
    second, other_lock = claim_folder(tmp_path)
    assert (first.name, second.name) == ("sandbox", "sandbox-2")
    lock.close()
    third, lock = claim_folder(tmp_path)
    assert third == first
    lock.close()
    other_lock.close()


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path):
    """A data folder that is a file refuses the start and names the setting."""
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StartRefused, match="CAREER_DATA_DIR"):
        prepare_folder(tmp_path / "data" / "sandbox")


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path):
    """Nobody else on the machine may look into the data folder."""
    prepare_folder(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
