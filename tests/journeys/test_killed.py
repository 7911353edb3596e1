"""The bot's process dies while it sends a message: after the restart nothing is lost and nothing comes twice."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.chromium import Pages
from tests.support.stage import Actor, Stage
from tests.support.steps import asks, waits_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ADD_FAULT = """async (fault) => {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fault) };
  return (await (await fetch("/sandbox/faults", init)).json()).faults;
}"""
# Looks whether the fault has happened; the one that it adds in order to look never does.
FAULT_IS_MET = f"""async () => {{
  const waiting = await ({ADD_FAULT})({{ method: "nothing", kind: "error" }});
  return waiting.every((fault) => fault.method === "nothing");
}}"""


class Runs:
    """`career run` in a process of its own, as often as a test likes, on one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Starts it, and returns the address of the sandbox's page."""
        root = str(Path(__file__).parents[2])
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "SANDBOX_PORT": "0", "PORT": "0"}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env=environ, cwd=self._folder, stdout=subprocess.PIPE, text=True
        )
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if found := re.search(r"on this machine: (http://\S+)", line):
                return found[1]
        raise AssertionError("the bot ended before it said where it is")

    def kill(self) -> None:
        """Ends it as a power cut would."""
        if self._child is not None:
            self._child.send_signal(signal.SIGKILL)
            self._child.communicate()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """A runner whose process is killed at the end of the test."""
    runs = Runs(tmp_path)
    yield runs
    runs.kill()


@pytest.mark.parametrize(
    ("fault", "posted"),
    [({"kind": "delay", "seconds": 60}, 0), ({"kind": "drop"}, 1)],
    ids=["before Slack has it", "after Slack has it"],
)
async def test_a_message_survives_the_death_of_its_sender(
    pages: Pages, runs: Runs, fault: dict[str, object], posted: int
):
    """Killed between asking Slack to post and reading its answer: the other side gets the message once."""
    before = Stage(runs.start(), pages)
    ana, ben = await before.enter("Ana"), await before.enter("Ben")
    await ana.page.evaluate(ADD_FAULT, {"method": "chat.postMessage", **fault})
    await asks(ana, "Ben")
    await ana.page.wait_for_function(FAULT_IS_MET)
    await expect(ben.messages).to_have_count(posted)
    runs.kill()
    await before.close()
    after = Stage(runs.start(), pages)
    ana, ben = await after.enter("Ana"), await after.enter("Ben")
    await expect(await ana.opens_home()).to_contain_text("You asked, and Ben has not answered yet.")
    await waits_until(ben, "Ana Ruiz would like to have")
    await _settles(ben)
    await ben.press("Yes, let's", ben.message("Ana Ruiz would like to have"))
    await waits_until(ana, "Ben said yes.")
    await after.close()


async def _settles(ben: Actor) -> None:
    """Long after every lease has run out there is still one message."""
    await ben.move_clock("hour")
    await ben.move_clock("hour")
    await expect(ben.messages).to_have_count(1)
