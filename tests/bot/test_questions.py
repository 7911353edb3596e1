"""The admin's own questions at a real start: `career run` in a process of its own, in the sandbox."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bot.settings import Settings

SOUND = """
  - id: shift-you-would-lead
    text: "Which shift next month would you like to lead?"
    asker: employee
    to: manager
    stage: opening
    topic: role_design
    listen_for: "A shift."
    coach_may_offer: true
"""
BROKEN = f"""questions:{SOUND}
  - id: half-a-question
    text: "Which report would you like to own?"
    asker: nobody
"""
UNREADABLE = 'questions: "'


def started(folder: Path) -> subprocess.Popen[str]:
    """The bot with a data folder."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=environ | {"CAREER_DATA_DIR": str(folder), "SANDBOX_PORT": "0", "PORT": "0"},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def printed(child: subprocess.Popen[str]) -> tuple[list[str], str]:
    """The lines that the bot prints before its address, and the address."""
    assert child.stdout is not None
    lines: list[str] = []
    while line := child.stdout.readline():
        if "http://127.0.0.1:" in line:
            return lines, line.split()[-1]
        lines.append(line.strip())
    pytest.fail(child.communicate()[1])


@pytest.mark.parametrize(
    ("text", "problem"),
    [(BROKEN, 'line 13: "asker" is "nobody"'), (UNREADABLE, "line 1: From here on")],
    ids=["a question", "the whole file"],
)
def test_E4_a_broken_file_is_named_and_the_bot_runs(tmp_path: Path, text: str, problem: str):
    """The terminal and the log name file and line, without a traceback; the sandbox still starts."""
    own = tmp_path / "questions.yaml"
    own.write_text(text)
    child = started(tmp_path)
    try:
        lines, address = printed(child)
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - always http://127.0.0.1
            assert answer.status == 200
        child.send_signal(signal.SIGTERM)
        _, logged = child.communicate(timeout=10)
    finally:
        child.kill()
        child.wait()
    assert any(line.startswith(f"{own}, {problem}") for line in lines), lines
    assert any("questions.skipped" in line and str(own) in line for line in logged.splitlines())
    assert "Traceback" not in logged


def test_a_sandbox_reads_the_questions_of_the_folder_that_was_named(tmp_path: Path):
    """The sandbox keeps its state in a folder within the data folder; the admin's file stays beside that."""
    settings = Settings(career_data_dir=tmp_path)
    assert settings.own_questions == tmp_path / "questions.yaml"
    inside = settings.moved_to(tmp_path / "sandbox")
    assert inside.own_questions == tmp_path / "questions.yaml"
    assert inside.moved_to(tmp_path / "sandbox-2").own_questions == tmp_path / "questions.yaml"
    assert inside.career_data_dir == tmp_path / "sandbox"
