"""Mail through an SMTP server: one attempt, within a time, after which it is clear what is known of it."""

import asyncio
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from bot.settings import MailServer, Tls
from handlers.shared.mailer import NotMailed

log = structlog.get_logger(__name__)

SECONDS: Final = 30
"""How long connecting may take, and as long for sending."""

SECONDS_PER_COMMAND: Final = 15
SECONDS_TO_QUIT: Final = 3

REFUSALS_FROM: Final = 400
"""Codes from here on say no. A lower one that was not expected says nothing."""


class SmtpMailer:
    """Sends mail through one server, with a connection of its own for each: they are few."""

    def __init__(self, server: MailServer, seconds: float = SECONDS) -> None:
        self._server = server
        self._seconds = seconds

    @property
    def sender(self) -> Address:
        """Whose mail it is."""
        return self._server.sender

    async def send(self, message: EmailMessage) -> None:
        """Hand a mail to the server. The log gets the kind of error only: a server's words may repeat addresses.

        Raises `NotMailed` where the server certainly has not taken it, and `TimeoutError` or `SMTPException` where it
        may have.
        """
        client = self._client()
        try:
            await self._connect(client)
            async with asyncio.timeout(self._seconds):
                await self._hand_over(client, message)
            with suppress(SMTPException, OSError):  # the server has the mail; the rest is a courtesy
                await client.quit(timeout=SECONDS_TO_QUIT)
        finally:
            client.close()

    async def _connect(self, client: SMTP) -> None:
        """Connect and sign in. Nothing is sent before, so whatever goes wrong here leaves no mail behind."""
        try:
            async with asyncio.timeout(self._seconds):
                await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            code = getattr(error, "code", None)
            log.warning("mail.not_connected", error=type(error).__name__, code=code)
            raise NotMailed(reached=code is not None) from None

    @staticmethod
    async def _hand_over(client: SMTP, message: EmailMessage) -> None:
        """Send the mail. Only an answer that says no, to sender, recipient or words, is a refusal: not a lost one."""
        try:
            await client.send_message(message)
        except (SMTPResponseException, SMTPRecipientsRefused) as error:
            code = error.code if isinstance(error, SMTPResponseException) else error.recipients[0].code
            log.warning("mail.refused", error=type(error).__name__, code=code)
            if code < REFUSALS_FROM:
                raise
            raise NotMailed(reached=True) from None

    def _client(self) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls is Tls.TLS,
            start_tls=server.tls is Tls.STARTTLS,  # refused where the server does not offer it
            username=server.user,
            password=server.password.get_secret_value() if server.password else None,
            timeout=SECONDS_PER_COMMAND,
        )
