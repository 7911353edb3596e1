"""The composition root: the one place that puts the parts together."""

from collections.abc import Sequence
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.bot import Bot
from bot.checks import Check, database_check, disk_check, slack_check
from bot.clock import Clock, system_clock
from bot.directory import SlackDirectory
from bot.errors import StartupError
from bot.installations import Installation, Installations, find_installations
from bot.messenger import SlackMessenger
from bot.settings import Settings
from cycle.bank import load_bank
from handlers.app_config import BOT_SCOPES
from handlers.registration import register
from handlers.shared.foreground import Foreground
from handlers.shared.homes import Homes
from handlers.shared.mailer import MAIL_SCOPE, Mailer
from handlers.shared.profiles import Profiles
from handlers.shared.services import Services, WorkspaceContext
from handlers.views import nudge_message
from scheduler.clocks import Clocks
from scheduler.jobs import Jobs, jobs_of
from scheduler.pace import Pace
from storage.database import Database, DatabaseUnavailable
from storage.encryption import Cipher, CipherSource, WrongKey
from storage.key_file import KEY_FILE, KeyFile, UnusableKeyFile
from storage.schema import NewerDatabase

log = structlog.get_logger(__name__)

# How long one call to Slack may take. The lease of a message is longer (see scheduler.claiming).
SLACK_TIMEOUT_SECONDS = 10


async def assemble(settings: Settings, *, clock: Clock) -> Bot:
    """Open the database, check the tokens with Slack and build the bot; nothing is started.

    Raises `StartupError` for what an admin can fix.
    """
    bank, problems = load_bank(extra=settings.own_questions)
    for problem in problems:
        log.warning("questions.skipped", file=str(problem.file), line=problem.line, problem=problem.sentence)
    database = await _open_database(settings)
    # One session for all calls: it reuses connections, and does not run out of file descriptors under load.
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS))
    try:
        installations = await find_installations(_clients(settings, session), _scopes(settings))
        foreground = Foreground()
        contexts = [await _context(each, database, clock, foreground) for each in installations]
        jobs = _jobs(database, contexts, clock, Pace.of(settings.messages_per_minute))
        workspaces = {context.team_id: context for context in contexts}
        services = Services(
            database=database, clock=clock, bank=bank, wake=jobs.wake, foreground=foreground, workspaces=workspaces,
            mailer=_mailer(settings),
        )  # fmt: skip
        app = _app(settings, installations, session)
        register(app, services)
    except BaseException:
        await session.close()
        await database.close()
        raise
    return Bot(
        app=app,
        services=services,
        jobs=jobs,
        session=session,
        checks=_checks(settings, database, installations),
        signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "",
        notices=[*(each.problem for each in installations if each.problem), *(str(problem) for problem in problems)],
    )


def _mailer(settings: Settings) -> Mailer | None:
    if settings.mail_server is None:
        return None
    # Not where no mail is sent: the library takes 9 MB.
    from bot.mailer import SmtpMailer  # noqa: PLC0415

    return SmtpMailer(settings.mail_server)


def _scopes(settings: Settings) -> tuple[str, ...]:
    return BOT_SCOPES if settings.mail_server is None else (*BOT_SCOPES, MAIL_SCOPE)


async def _open_database(settings: Settings) -> Database:
    try:
        return await Database.open(settings.database_url.get_secret_value(), _cipher_source(settings))
    except DatabaseUnavailable as error:
        raise StartupError(f"The database does not answer: {error}. Check DATABASE_URL.") from error
    except NewerDatabase as error:
        raise StartupError(
            f"A newer version of the bot has used this database (revision {error.revision}). Install that version "
            "again, or restore a backup from before the upgrade."
        ) from error
    except UnusableKeyFile as error:
        raise StartupError(
            f"The encryption key file {error}. Put it back from your backup, or set CAREER_ENCRYPTION_KEYS."
        ) from error
    except WrongKey as error:
        raise StartupError(
            "The database was written with another encryption key. Add that key to CAREER_ENCRYPTION_KEYS "
            f"(separated by commas), or put the old {KEY_FILE} back into the data folder."
        ) from error


def _cipher_source(settings: Settings) -> Cipher | CipherSource:
    if settings.encryption_keys:
        return Cipher(settings.encryption_keys)
    key_file = KeyFile(settings.career_data_dir)

    def from_key_file(*, is_new: bool) -> Cipher:
        existed = key_file.path.exists()
        try:
            cipher = key_file.cipher(is_new=is_new)
        except OSError as error:
            raise StartupError(f"The encryption key file {key_file.path} cannot be read: {error.strerror}.") from error
        if existed:
            log.info("encryption.key_loaded", file=str(key_file.path))
        else:
            hint = "back it up: without it no text can be read again"
            log.warning("encryption.key_created", file=str(key_file.path), hint=hint)
        return cipher

    return from_key_file


def _clients(settings: Settings, session: aiohttp.ClientSession) -> list[AsyncWebClient]:
    """A client per workspace; all share their connections."""
    return [_client(settings, session, token) for token in settings.bot_tokens]


def _client(settings: Settings, session: aiohttp.ClientSession, token: str | None) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session, timeout=SLACK_TIMEOUT_SECONDS)


async def _context(
    installation: Installation, database: Database, clock: Clock, foreground: Foreground
) -> WorkspaceContext:  # fmt: skip
    """The context of one workspace. A new workspace gets its row in the database."""
    client, team_id = installation.client, installation.team_id
    workspace_id = await database.workspace(team_id, installation.name)
    return WorkspaceContext(
        workspace_id=workspace_id,
        team_id=team_id,
        client=client,
        profiles=Profiles(database, workspace_id, SlackDirectory(client, team_id), clock),
        homes=Homes(database, workspace_id, _publisher(client), foreground),
    )


def _checks(settings: Settings, database: Database, installations: Installations) -> dict[str, Check]:
    checks = {"database": database_check(database), "slack": slack_check(installations)}
    if (file := settings.database_file) is not None:
        checks["disk"] = disk_check(file.parent)
    return checks


def _jobs(database: Database, contexts: Sequence[WorkspaceContext], clock: Clock, pace: Pace) -> Jobs:
    messengers = {each.workspace_id: SlackMessenger(each.client, nudge_message) for each in contexts}
    directories = {each.workspace_id: SlackDirectory(each.client, each.team_id) for each in contexts}
    clocks = Clocks(clock, moved_by_people=clock is not system_clock)
    return jobs_of(database, messengers.get, directories.get, clocks, pace)


def _publisher(client: AsyncWebClient) -> Any:
    async def publish(slack_id: str, view: dict[str, Any]) -> None:
        await client.views_publish(user_id=slack_id, view=view)

    return publish


def _app(settings: Settings, installations: Installations, session: aiohttp.ClientSession) -> AsyncApp:
    async def authorize(team_id: str | None, user_id: str | None) -> AuthorizeResult:
        return installations.authorization(team_id, user_id)

    secret = settings.slack_signing_secret
    return AsyncApp(
        name="career",  # without one, Bolt reads the source of the whole call stack to find one
        client=_client(settings, session, token=None),
        authorize=authorize,
        signing_secret=secret.get_secret_value() if secret else None,
        # `bot.slack_requests` has checked the signature already; this catches a route that bypasses it.
        request_verification_enabled=secret is not None,
        raise_error_for_unhandled_request=True,  # to our error handler, which logs it without the request
    )
