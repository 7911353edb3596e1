"""The composition root: the one place that puts the parts together."""

from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.bot import Bot
from bot.clock import Clock
from bot.directory import SlackDirectory
from bot.errors import StartupError
from bot.messenger import SlackMessenger
from bot.settings import Settings
from cycle.bank import load_bank
from handlers.registration import register
from handlers.shared.homes import Homes
from handlers.shared.profiles import Profiles
from handlers.shared.services import Services, WorkspaceContext
from handlers.views import nudge_message
from scheduler.delivering import Deliverer
from scheduler.jobs import Jobs
from scheduler.refreshing import Refreshing
from storage.database import Database, DatabaseUnavailable
from storage.encryption import KEY_FILE, Cipher, WrongKey, key_from_file

log = structlog.get_logger(__name__)

# How long one call to Slack may take. The lease of a message is longer (see scheduler.claiming).
SLACK_TIMEOUT_SECONDS = 10


async def assemble(settings: Settings, *, clock: Clock) -> Bot:
    """Open the database, check the token with Slack and build the bot; nothing is started.

    Raises `StartupError` for what an admin can fix.
    """
    bank, problems = load_bank(extra=settings.own_questions)
    for problem in problems:
        log.warning("questions.skipped", file=str(problem.file), line=problem.line, problem=problem.sentence)
    database = await _open_database(settings)
    # One session for all calls: it reuses connections, and does not run out of file descriptors under load.
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS))
    try:
        client = _client(settings, session)
        workspace_id, team_id = await _workspace_of(database, client)
        directory = SlackDirectory(client, team_id)
        jobs = _jobs(database, workspace_id, client, directory, clock)
        services = Services(database=database, clock=clock, bank=bank, wake=jobs.wake)
        services.workspaces[team_id] = WorkspaceContext(
            workspace_id=workspace_id,
            team_id=team_id,
            client=client,
            profiles=Profiles(database, workspace_id, directory, clock),
            homes=Homes(database, workspace_id, _publisher(client)),
        )
        app = _app(settings, client)
        register(app, services)
    except BaseException:
        await session.close()
        await database.close()
        raise
    return Bot(
        app,
        services,
        jobs,
        session,
        signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "",
        notices=[str(problem) for problem in problems],
    )


async def _open_database(settings: Settings) -> Database:
    cipher = Cipher(settings.encryption_keys or _key_of_folder(settings))
    try:
        return await Database.open(settings.database_url.get_secret_value(), cipher)
    except DatabaseUnavailable as error:
        raise StartupError(f"The database does not answer: {error}. Check DATABASE_URL.") from error
    except WrongKey as error:
        raise StartupError(
            "The database was written with another encryption key. Add that key to CAREER_ENCRYPTION_KEYS "
            f"(separated by commas), or put the old {KEY_FILE} back into the data folder."
        ) from error


def _key_of_folder(settings: Settings) -> tuple[str, ...]:
    try:
        key, created = key_from_file(settings.career_data_dir)
    except OSError as error:
        raise StartupError(f"The encryption key in {settings.career_data_dir} cannot be read: {error}.") from error
    path = settings.career_data_dir / KEY_FILE
    if created:
        log.warning("encryption.key_created", file=str(path), hint="back it up: without it no text can be read again")
    else:
        log.info("encryption.key_loaded", file=str(path))
    return (key,)


def _client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    token = settings.slack_bot_token
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        session=session,
        timeout=SLACK_TIMEOUT_SECONDS,
    )


async def _workspace_of(database: Database, client: AsyncWebClient) -> tuple[int, str]:
    try:
        me = await client.auth_test()
    except SlackApiError as error:
        raise StartupError(f"Slack does not accept SLACK_BOT_TOKEN: {error.response.get('error')}.") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StartupError(f"Slack does not answer at {client.base_url}: {error}. Check SLACK_API_URL.") from error
    team_id = str(me["team_id"])
    return await database.workspace(team_id, me.get("team") or team_id), team_id


def _jobs(
    database: Database, workspace_id: int, client: AsyncWebClient, directory: SlackDirectory, clock: Clock
) -> Jobs:
    messenger = SlackMessenger(client, lambda parcel: nudge_message.render(parcel.notes, late=parcel.late))
    deliverer = Deliverer(database, workspace_id, messenger)
    return Jobs(database, workspace_id, deliverer, Refreshing(database, workspace_id, directory), clock)


def _publisher(client: AsyncWebClient) -> Any:
    async def publish(slack_id: str, view: dict[str, Any]) -> None:
        await client.views_publish(user_id=slack_id, view=view)

    return publish


def _app(settings: Settings, client: AsyncWebClient) -> AsyncApp:
    secret = settings.slack_signing_secret
    return AsyncApp(
        client=client,
        signing_secret=secret.get_secret_value() if secret else None,
        request_verification_enabled=secret is not None,
        raise_error_for_unhandled_request=False,
    )
