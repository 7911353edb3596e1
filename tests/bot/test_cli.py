import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app


def career(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """What the command line says and how it ends."""
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "bot", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_bad_settings_are_reported_together(tmp_path: Path):
    """`career run` with bad settings names every problem on standard error, ends with 2 and shows no traceback."""
    (tmp_path / ".env").write_text("SLACK_BOT_TOKN=xoxb-secret\nPORT=eighty\n")
    ended = career("run", cwd=tmp_path, SLACK_APP_TOKEN="xoxp-secret", LOG_FORMAT="xml")
    assert ended.returncode == 2
    for named in ("SLACK_BOT_TOKN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PORT", "LOG_FORMAT"):
        assert named in ended.stderr
    assert "Career cannot start until these 5 problems are fixed:" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "secret" not in ended.stderr + ended.stdout
    assert ended.stdout == ""


def here(*arguments: str) -> Result:
    """The same within this process, which takes a tenth of the time."""
    return CliRunner().invoke(app, arguments)


def test_manifest_is_printed_ready_to_paste(tmp_path: Path):
    """`career manifest` prints nothing but JSON."""
    ended = career("manifest", "--url", "https://career.example.com", cwd=tmp_path)
    made = json.loads(ended.stdout)
    assert made["settings"]["interactivity"]["request_url"] == "https://career.example.com/slack/events"
    made = json.loads(here("manifest", "--socket-mode", "--channels").stdout)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "channels:history" in made["oauth_config"]["scopes"]["bot"]


@pytest.mark.parametrize("arguments", [(), ("--url", "http://career.example.com")])
def test_a_manifest_without_an_address_is_refused(arguments: tuple[str, ...]):
    """Without an https address there is no manifest for HTTP; the message says so."""
    ended = here("manifest", *arguments)
    assert ended.exit_code == 2
    assert "https://" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_version_is_printed():
    """`career --version` prints the version."""
    assert here("--version").stdout.startswith("career 0.")


def test_the_demo_is_refused_where_there_is_a_real_workspace(tmp_path: Path):
    """`career demo` with Slack's tokens starts nothing, says why, and leaves no folder behind."""
    ended = career("demo", cwd=tmp_path, SLACK_BOT_TOKEN="xoxb-secret", SLACK_SIGNING_SECRET="secret")
    assert ended.returncode == 2
    assert "The demo runs in a sandbox workspace, and these settings connect to Slack." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []
