"""The command line: `career run`, or `web`, `worker` and `tick` for a share of it; `demo`, and what only prints."""

import os
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import garbage
from bot.errors import StartupError

EXIT_STARTUP_ERROR = 2
"""Exit status when the settings, or what they point to, need fixing first."""

# Typer's own tracebacks would print local variables, tokens among them.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A Slack bot that walks employees and managers through career discussions.",
)


def main() -> None:
    """Run the command line."""
    garbage.pause()
    app()


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - would slow every start down

        typer.echo(f"career {version('career-discussions')}")
        raise typer.Exit


@app.callback()
def career(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """A Slack bot that walks employees and managers through career discussions."""


@app.command()
def run() -> None:
    """Run the bot: in a sandbox workspace on this machine, or in Slack once .env has its tokens."""
    _run(lambda runner: runner.run)


@app.command()
def web() -> None:
    """Answer what people do in Slack, and deliver nothing: for several processes on one PostgreSQL database."""
    _run(lambda runner: partial(runner.run, share=runner.Share.ANSWER))


@app.command()
def worker() -> None:
    """Deliver what is due, and answer nothing: for several processes on one PostgreSQL database."""
    _run(lambda runner: partial(runner.run, share=runner.Share.DELIVER))


@app.command()
def tick() -> None:
    """Deliver what is due now, and leave: for cron, beside `career web`."""
    _run(lambda runner: runner.tick)


@app.command()
def demo() -> None:
    """Run the bot in a sandbox workspace with a small team, ten weeks into its career discussions."""
    _run(lambda runner: runner.run_demo)


def _run(what: Callable[[Any], Callable[..., Coroutine[Any, Any, None]]]) -> None:
    import asyncio  # noqa: PLC0415 - not needed for --help

    from bot.settings import load_settings  # noqa: PLC0415

    try:
        settings = load_settings(os.environ, Path(".env"))
        from bot import runner  # noqa: PLC0415
        from bot.assembly import assemble  # noqa: PLC0415 - heavy; wrong settings are reported before it
        from bot.logs import configure_logging  # noqa: PLC0415

        configure_logging(settings)
        asyncio.run(what(runner)(settings, assemble, announce=_announce))
    except StartupError as error:
        _explain(error)
        raise typer.Exit(EXIT_STARTUP_ERROR) from None


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="The bot's public address, for example https://career.example.com.")
    ] = None,
    *,
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="For Socket Mode, which needs no public address.")
    ] = False,
    mail: Annotated[
        bool,
        typer.Option(
            "--mail",
            help="Add the scope users:read.email, to look up addresses. Needed only where SMTP_HOST is set.",
        ),
    ] = False,
    channels: Annotated[
        bool,
        typer.Option(
            "--channels",
            help="Add the scopes channels:history and groups:history. Needed only where channels get digests.",
        ),
    ] = False,
) -> None:
    """Print the Slack app manifest. Paste it at api.slack.com/apps: Create New App, From a manifest."""
    import json  # noqa: PLC0415 - only needed here

    from bot.manifest import manifest as make_manifest  # noqa: PLC0415

    if url is None and not socket_mode:
        raise typer.BadParameter("Pass --url https://… or --socket-mode.")
    try:
        made = make_manifest(url, socket_mode=socket_mode, mail=mail, channels=channels)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--url") from None
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))


@app.command()
def status() -> None:
    """Show what is waiting, unconfirmed or failed in each workspace. It works while the bot is running."""
    import asyncio  # noqa: PLC0415 - not needed for --help
    from datetime import UTC, datetime  # noqa: PLC0415

    from bot.settings import load_settings  # noqa: PLC0415

    try:
        settings = load_settings(os.environ, Path(".env"))
        from bot.status import status_of  # noqa: PLC0415 - heavy; wrong settings are reported before it

        typer.echo(asyncio.run(status_of(settings, datetime.now(UTC))))
    except StartupError as error:
        _explain(error, "Career cannot show its status")
        raise typer.Exit(EXIT_STARTUP_ERROR) from None


@app.command()
def schedule(
    pair: Annotated[
        str,
        typer.Option(
            "--pair",
            help="The two people, by their names or Slack's ids: 'Ana Ruiz, Ben Okafor' or U024BE7LH:U0G9QF9C6.",
        ),
    ],
    days: Annotated[int, typer.Option(help="How many days to look ahead.", min=1, max=365)] = 90,
    workspace: Annotated[str, typer.Option(help="The workspace, by its id or name, where there are several.")] = "",
) -> None:
    """Show what one pair would be sent in the coming days, and why. It works while the bot is running."""
    import asyncio  # noqa: PLC0415 - not needed for --help
    from datetime import UTC, datetime  # noqa: PLC0415

    from bot.settings import load_settings  # noqa: PLC0415

    try:
        settings = load_settings(os.environ, Path(".env"))
        from bot.schedule import schedule_of  # noqa: PLC0415 - heavy; wrong settings are reported before it

        shown = schedule_of(settings, pair, datetime.now(UTC), days=days, workspace=workspace)
        typer.echo(asyncio.run(shown))
    except StartupError as error:
        _explain(error, "Career cannot show this schedule")
        raise typer.Exit(EXIT_STARTUP_ERROR) from None


def _announce(text: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - only when something is printed

    Console(soft_wrap=True, highlight=False, markup=False).print(text)


def _explain(error: StartupError, what_fails: str = "Career cannot start") -> None:
    """Print on standard error everything that needs fixing."""
    from rich.console import Console  # noqa: PLC0415 - only when something is wrong
    from rich.text import Text  # noqa: PLC0415

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    count = len(error.problems)
    what = "this problem is fixed" if count == 1 else f"these {count} problems are fixed"
    console.print(Text(f"{what_fails} until {what}:", style="bold red"))
    for problem in error.problems:
        console.print(Text(f"  • {problem}"))
