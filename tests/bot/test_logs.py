import io
import json
import logging
import warnings
from collections.abc import Iterator
from string import ascii_letters, digits

import pytest
import structlog
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import configure_logging, masking, only_errors
from bot.settings import load_settings

# No word of the log line itself can be one of these: “postgresql” is a poor password.
words = st.text(ascii_letters + digits, min_size=10, max_size=30).map(lambda word: f"Zq{word}")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Logging belongs to the process: leave it as it was found."""
    root = logging.getLogger()
    handlers, level, structured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.configure(**structured)


def logging_to(stream: io.StringIO, **environ: str) -> None:
    """Log to `stream` with these settings."""
    configure_logging(load_settings(environ, None), stream)


def test_every_json_line_has_an_event():
    """Our lines and a library's are JSON objects of one shape, with event, level, logger and time."""
    out = io.StringIO()
    logging_to(out, LOG_FORMAT="json")
    structlog.get_logger("bot.example").info("nudge.sent", nudge=7)
    logging.getLogger("asyncio").warning("Slow %s", "callback")
    ours, theirs = (json.loads(line) for line in out.getvalue().splitlines())
    assert (ours["event"], ours["nudge"], ours["level"], ours["logger"]) == ("nudge.sent", 7, "info", "bot.example")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "Slow callback",
        "warning",
        "asyncio",
    )
    assert ours["timestamp"].endswith("Z")


def test_console_lines_are_for_people():
    """On the console a line holds the event and its values, without colours where there is no terminal."""
    out = io.StringIO()
    logging_to(out)
    structlog.get_logger("bot.example").info("nudge.sent", nudge=7)
    assert "nudge.sent" in out.getvalue()
    assert "nudge=7" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_libraries_never_log_details():
    """At DEBUG the Slack libraries log what people typed; that stays out, while our own details are logged."""
    out = io.StringIO()
    logging_to(out, LOG_LEVEL="debug")
    for name in ("slack_sdk.web.async_client", "slack_bolt.AsyncApp", "aiohttp.access"):
        library = logging.getLogger(name)
        library.setLevel(logging.DEBUG)
        library.debug("my manager is difficult")
        library.setLevel(logging.NOTSET)
    logging.getLogger("apscheduler.executors.default").info("Running job")
    structlog.get_logger("bot.example").debug("detail")
    assert "detail" in out.getvalue()
    assert "difficult" not in out.getvalue()
    assert "Running job" not in out.getvalue()


def test_the_level_is_a_floor():
    """Nothing below the chosen level is logged."""
    out = io.StringIO()
    logging_to(out, LOG_LEVEL="warning")
    structlog.get_logger("bot.example").info("quiet")
    assert out.getvalue() == ""


@pytest.mark.parametrize("form", ["json", "console"])
def test_tracebacks_show_no_values(form: str):
    """A traceback names places, never the values of variables: they are people's words and tokens."""
    out = io.StringIO()
    logging_to(out, LOG_FORMAT=form)
    private_words = "I would like " + "another manager"
    try:
        _ = 1 / (len(private_words) - len(private_words))
    except ZeroDivisionError:
        structlog.get_logger("bot.example").exception("failed")
    assert "ZeroDivisionError" in out.getvalue()
    assert private_words not in out.getvalue()


def test_warnings_are_logged():
    """Python's warnings are logged like everything else."""
    out = io.StringIO()
    logging_to(out, LOG_FORMAT="json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)
    assert json.loads(out.getvalue())["logger"] == "py.warnings"


@given(words, words, words)
def test_secrets_are_masked_wherever_they_occur(token: str, signing: str, password: str):
    """Known secrets and what looks like one never reach a log, not even within other values or a traceback."""
    out = io.StringIO()
    key = Fernet.generate_key().decode()
    logging_to(
        out,
        SLACK_BOT_TOKEN=f"xoxb-0,{token}",
        SLACK_API_URL="http://127.0.0.1:1/",
        SLACK_SIGNING_SECRET=f"s{signing}",
        LOG_FORMAT="json",
    )
    log = structlog.get_logger("bot.example")
    log.info("asked", headers={"Authorization": f"Bearer {token}"}, secret=[f"s{signing}"])
    lost = ConnectionError(f"cannot reach postgresql://me:{password}@db/career with {key}, wss://x/?ticket={token}&a=1")
    log.error("failed", exc_info=lost, app=f"xapp-1-{token}", other=f"xoxe.xoxp-1-{token}")
    for secret in (token, signing, password, key):
        assert secret not in out.getvalue()
    assert "@db/career" in out.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        "nudge.sent nudge=7 person=U012AB3CD at https://slack.com/api/chat.postMessage",
        "sandbox.running address=http://127.0.0.1:8787 bot=http://127.0.0.1:3000 by ana@example.com",
    ],
)
def test_ordinary_lines_stay_as_they_are(line: str):
    """Masking leaves a line without secrets unchanged."""
    assert masking()(None, "info", line) == line


def test_for_a_while_only_errors_are_logged():
    """What ten weeks of the demo report is left out, errors are not, and afterwards all is as before."""
    out = io.StringIO()
    logging_to(out)
    log = structlog.get_logger("bot.test")
    with only_errors():
        log.warning("demo.week")
        log.error("demo.broken")
    log.info("demo.filled")
    assert [word for word in ("demo.week", "demo.broken", "demo.filled") if word in out.getvalue()] == [
        "demo.broken",
        "demo.filled",
    ]
