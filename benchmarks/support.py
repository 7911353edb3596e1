"""What the benchmarks share: rows of the table, figures, and child processes."""

import asyncio
import os
import signal
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import aiohttp
from slack_sdk.signature import SignatureVerifier

ROOT: Final = Path(__file__).resolve().parent.parent
BOT_TOKEN: Final = "xoxb-benchmark"  # noqa: S105 - only our fake Slack accepts it
SIGNING_SECRET: Final = "benchmark"  # noqa: S105
EVENTS_PATH: Final = "/slack/events"
FORM: Final = "application/x-www-form-urlencoded"
ENCRYPTION_KEY: Final = "YmVuY2htYXJrcy1vbmx5LWJlbmNobWFya3Mtb25seSE="
"""A Fernet key, for databases that one process fills and another one serves."""

STARTS_WITHIN: Final = 20.0
"""Seconds after which a child that does not answer is given up."""

POLL_SECONDS: Final = 0.002
"""How often a starting child is asked; adds at most this much to its time."""

ENDS_WITHIN: Final = 10.0
"""Seconds a child has to exit after SIGTERM."""

USABLE_CORES: Final = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()
"""Before this process is kept on one of them."""


class Verdict(StrEnum):
    """Whether a goal was met. In words: the table is read without colours, too."""

    MET = "met"
    MISSED = "MISSED"
    NO_GOAL = "–"  # the figure explains another
    NOT_MEASURED = "NOT MEASURED"


@dataclass(frozen=True)
class Row:
    """One line of the table; figures are written with their units."""

    what: str
    case: str
    ours: str = ""
    peer: str = ""
    ratio: str = ""
    wanted: str = ""
    verdict: Verdict = Verdict.NO_GOAL


def at_most(value: float, limit: float) -> Verdict:
    """Whether a figure stays within a limit."""
    return Verdict.MET if value <= limit else Verdict.MISSED


def at_least(value: float, limit: float) -> Verdict:
    """Whether a figure reaches a limit."""
    return Verdict.MET if value >= limit else Verdict.MISSED


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile between 1 and 99 of two or more values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def milliseconds(seconds: float) -> str:
    """A duration for the table."""
    return f"{seconds * 1000:.2f} ms" if seconds < 0.01 else f"{seconds * 1000:.1f} ms"


def cores() -> tuple[int | None, int | None]:
    """A core for the measured process and one for the load on it; both None where processes cannot be pinned.

    On a machine with a single core they are the same, and everything takes longer.
    """
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    usable = sorted(USABLE_CORES)
    return usable[0], usable[-1]


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Keep this process, and those that it starts, on one core until the block ends; None changes nothing."""
    if core is None:
        yield
        return
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, usable)


def signed(body: str, content_type: str = FORM) -> dict[str, str]:
    """The headers of a request as Slack signs it."""
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=timestamp, body=body)
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
    }


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


class Child:
    """A program in a process of its own, known by its process id."""

    def __init__(self, process: asyncio.subprocess.Process, started: float) -> None:
        self.process = process
        self.started = started

    async def answers(self, address: str) -> float:
        """Seconds from the start until an address answers with 200. Raises `TimeoutError` or `ChildProcessError`."""
        timeout = aiohttp.ClientTimeout(total=1)
        async with asyncio.timeout(STARTS_WITHIN), aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                if self.process.returncode is not None:
                    raise ChildProcessError(f"it ended with {self.process.returncode} instead of answering")
                try:
                    async with session.get(address) as answer:
                        if answer.ok:
                            return time.perf_counter() - self.started
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(POLL_SECONDS)

    def resident_megabytes(self) -> float:
        """The memory it holds now, in MB of 1,000,000 bytes."""
        return megabytes("VmRSS", self.process.pid)

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far, in all of its threads; Linux counts hundredths of a second."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(name: str, process_id: int | str = "self") -> float:
    """A figure of a process' memory in MB of 1,000,000 bytes: `VmRSS` is what it holds, `VmHWM` the most it held."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024 / 1_000_000


@asynccontextmanager
async def child(
    folder: Path, *arguments: str, core: int | None = None, **environment: str
) -> AsyncIterator[Child]:  # fmt: skip
    """Run a Python module from an otherwise empty `folder`, with these settings alone; it ends with the block."""
    surroundings = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    with (folder / "output.log").open("ab") as output:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments,
            cwd=folder, env={**surroundings, "PYTHONPATH": str(ROOT), **environment},
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
        if core is not None:  # threads that it starts from now on are on the same core
            os.sched_setaffinity(process.pid, {core})
        try:
            yield Child(process, started)
        finally:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(ENDS_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@asynccontextmanager
async def running_bot(
    folder: Path, port: int, *, core: int | None = None, **environment: str
) -> AsyncIterator[Child]:  # fmt: skip
    """`career run`, listening on a port, with its data in `folder`."""
    settings = {"PORT": str(port), "CAREER_DATA_DIR": str(folder / "data"), **environment}
    async with child(folder, "bot", "run", core=core, **settings) as bot:
        yield bot


def slack_settings(api_url: str) -> dict[str, str]:
    """Settings for HTTP mode with a fake Slack."""
    return {"SLACK_API_URL": api_url, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET}
