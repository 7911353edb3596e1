"""The composition root: the one place where the parts meet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.directory import SlackDirectory
from bot.messenger import SlackMessenger
from bot.refusals import StartRefused
from bot.settings import Settings
from cycle.bank import load_bank
from handlers.registration import register
from handlers.shared.services import Services
from handlers.views import nudge_message
from scheduler.delivering import Deliverer
from scheduler.jobs import Jobs
from scheduler.refreshing import Refreshing
from storage.database import Database, DatabaseUnavailable
from storage.encryption import KEY_FILE, Cipher, WrongKey, key_from_file

log = structlog.get_logger(__name__)

# A call to Slack that takes longer than this is given up; the lease of a nudge is longer (see scheduler).
SLACK_TIMEOUT_SECONDS = 10


class Assembled:
    """The bot, ready to start. Everything in it was handed to it."""

    def __init__(
        self,
        app: AsyncApp,
        services: Services,
        jobs: Jobs,
        session: aiohttp.ClientSession,
        notices: Sequence[str] = (),
    ) -> None:
        self.app = app
        self.notices = notices
        self.services = services
        self.jobs = jobs
        self._session = session

    async def start(self) -> None:
        """Begin to deliver what is due."""
        self.jobs.start()

    async def stop(self, drain_seconds: float) -> None:
        """Take no more work, finish what is being sent, and close everything."""
        await self.jobs.stop(drain_seconds)
        await self.services.finish_background()
        await self._session.close()
        await self.services.database.close()

    async def next_moment(self) -> datetime | None:
        """When there is something to deliver next."""
        return await self.jobs.next_moment()

    async def catch_up(self) -> None:
        """Deliver what is due now."""
        await self.jobs.catch_up()

    async def database_answers(self) -> bool:
        """Whether the database can be asked."""
        return await self.services.database.answers()

    async def slack_answers(self) -> bool:
        """Whether the Slack API takes our token."""
        try:
            await self.app.client.auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return False
        return True


async def assemble(settings: Settings, *, clock: Clock) -> Assembled:
    """Open the database and meet the workspace. Raises `StartRefused` for what a person can mend."""
    bank, problems = load_bank(extra=settings.own_questions)
    for problem in problems:
        log.warning("questions.left_out", file=str(problem.file), line=problem.line, problem=problem.sentence)
    database = await _open_database(settings)
    # One session for all calls: it keeps connections open, and does not run out of files under load.
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS))
    try:
        client = _client(settings, session)
        workspace_id = await _meet_workspace(database, client)
        directory = SlackDirectory(client)
        jobs = _clockwork(database, workspace_id, client, directory, clock)
        services = Services(
            database=database,
            workspace_id=workspace_id,
            clock=clock,
            directory=directory,
            wake=jobs.wake,
            bank=bank,
            publish_home=_publisher(client),
        )
        app = _app(settings, client)
        register(app, services)
    except BaseException:
        await session.close()
        await database.close()
        raise
    return Assembled(app, services, jobs, session, [str(problem) for problem in problems])


async def _open_database(settings: Settings) -> Database:
    cipher = Cipher(settings.encryption_keys or _key_of_folder(settings))
    try:
        return await Database.open(settings.database_url.get_secret_value(), cipher)
    except DatabaseUnavailable as error:
        raise StartRefused(f"The database does not answer: {error}. Check DATABASE_URL.") from error
    except WrongKey as error:
        raise StartRefused(
            "The database was written with another encryption key. Set CAREER_ENCRYPTION_KEYS to the key of then "
            f"(several are possible, separated by commas), or put the old {KEY_FILE} back into the data folder."
        ) from error


def _key_of_folder(settings: Settings) -> tuple[str, ...]:
    try:
        key, made_now = key_from_file(settings.career_data_dir)
    except OSError as error:
        raise StartRefused(f"The encryption key in {settings.career_data_dir} cannot be read: {error}.") from error
    path = settings.career_data_dir / KEY_FILE
    if made_now:
        log.warning("encryption.key_made", file=str(path), hint="back it up: without it nothing written can be read")
    else:
        log.info("encryption.key_from_file", file=str(path))
    return (key,)


def _client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    token = settings.slack_bot_token
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        session=session,
        timeout=SLACK_TIMEOUT_SECONDS,
    )


async def _meet_workspace(database: Database, client: AsyncWebClient) -> int:
    try:
        me = await client.auth_test()
    except SlackApiError as error:
        raise StartRefused(f"Slack does not take SLACK_BOT_TOKEN: {error.response.get('error')}.") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StartRefused(f"Slack does not answer at {client.base_url}: {error}. Check SLACK_API_URL.") from error
    return await database.workspace(me["team_id"], me.get("team") or me["team_id"])


def _clockwork(
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
