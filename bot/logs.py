"""Logging: every line has an `event` key, on the console for people or as JSON for machines, and never a secret."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO

import structlog

from bot.settings import Settings

OWN: Final = ("bot", "cycle", "handlers", "rendering", "scheduler", "storage", "sandbox")

FLOORS: Final = {
    "aiohttp": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "fontTools": logging.WARNING,
    "fpdf": logging.ERROR,
    "slack_bolt": logging.ERROR,
}
"""Libraries that log every request, migration context, tick or table of a font at INFO. Bolt's lines below ERROR
contain the request, and with it what people typed: about a wrong signature, or a request that no listener takes. We log
both ourselves. Those of the PDF library may quote what it writes."""

SLACK_CALLS: Final = "slack_sdk.web.async_base_client"
"""The logger of the calls to Slack. The SDK looks at this logger's own level only, not at its parents'. While it has
none, the SDK formats every request and answer in full before discarding them: 14 µs per message."""

MASK: Final = "•••"

SECRET_LOOKING: Final = (
    re.compile(r"xox[a-z](?:\.xox[a-z])?-[\w.-]+"),  # bot, user, refresh and configuration tokens
    re.compile(r"xapp-[\w-]+"),  # app-level tokens
    re.compile(r"(?<![\w-])[A-Za-z0-9_-]{43}=(?!=)"),  # Fernet keys
    re.compile(r"(?<=://)[^/\s:@]*:\S+(?=@)"),  # user and password in an address
    re.compile(r"(?<=ticket=)[^&\s\"']+"),  # opens a Socket Mode connection
)

Step = Callable[[Any, str, Any], Any]
"""One of structlog's processors."""


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Write our own and all libraries' log lines to `stream` (standard error by default) in one format."""
    shared = _shared_steps()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.addFilter(_is_relevant)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(settings, handler.stream),
                masking(_secrets_of(settings)),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    logging.getLogger(SLACK_CALLS).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


@contextmanager
def only_errors() -> Iterator[None]:
    """Log nothing but errors until the block ends."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(max(level, logging.ERROR))
    try:
        yield
    finally:
        root.setLevel(level)


def masking(secrets: tuple[str, ...] = ()) -> Step:
    """A processor that masks, in the finished line, every known secret and everything that looks like one."""
    exact = [re.compile(re.escape(secret)) for secret in sorted(secrets, key=len, reverse=True)]
    patterns = (*exact, *SECRET_LOOKING)

    def mask(_logger: Any, _method: str, line: str) -> str:
        for pattern in patterns:
            line = pattern.sub(MASK, line)
        return line

    return mask


def _secrets_of(settings: Settings) -> tuple[str, ...]:
    named = (settings.slack_app_token, settings.slack_signing_secret)
    single = (secret.get_secret_value() for secret in named if secret is not None)
    return (*settings.bot_tokens, *single, *settings.encryption_keys)


def _is_relevant(record: logging.LogRecord) -> bool:
    """Drop libraries' details at any level: at DEBUG the Slack libraries log what people typed."""
    family = record.name.partition(".")[0]
    return family in OWN or record.levelno >= FLOORS.get(family, logging.INFO)


def _shared_steps() -> list[Step]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _rendering(settings: Settings, stream: TextIO) -> list[Step]:
    # Plain tracebacks: with local variables they would show tokens and people's words.
    if settings.log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    ]
