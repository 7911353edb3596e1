"""A real SMTP server on 127.0.0.1, which keeps what it gets or misbehaves as a test wants."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from bot.settings import MailServer, Tls

SENDER = Address("Career", addr_spec="career@example.com")


@dataclass
class FakeMailServer:
    """Answers commands. `answers` are its refusals, by command; it `hangs` or `drops` the connection at one of them.

    "DATA" is the moment when it has the whole mail, so a server that drops the connection there may have taken it.
    """

    envelopes: list[Envelope] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    drops: str = ""
    hangs: str = ""
    logins: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    has_mail: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def mails(self) -> list[EmailMessage]:
        """What it has taken."""
        policy = email.policy.default
        return [
            cast("EmailMessage", email.message_from_bytes(one.content, policy=policy))  # type: ignore[arg-type]
            for one in self.envelopes
        ]

    def address(self, **also: Any) -> MailServer:
        """As settings name it."""
        return MailServer(**({"host": "127.0.0.1", "port": self.port, "tls": Tls.NONE, "sender": SENDER} | also))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeMailServer"]:
        """Serve on a free port."""
        loop = asyncio.get_running_loop()

        def connection() -> SMTP:
            return SMTP(
                self, hostname="mail.example.com", authenticator=self._sign_in, auth_require_tls=False, loop=loop
            )

        server = await loop.create_server(connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await asyncio.sleep(0)

    async def handle_MAIL(self, server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        """The sender."""
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(self, server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        """A recipient."""
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:
        """The whole mail."""
        if "DATA" not in self.answers:
            self.envelopes.append(envelope)
            self.has_mail.set()
        return await self._answer("DATA", server)

    async def _answer(self, command: str, server: SMTP) -> str:
        if self.hangs == command:
            await asyncio.sleep(600)
        if self.drops == command and server.transport is not None:
            server.transport.abort()
        return self.answers.get(command, "250 OK")

    def _sign_in(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        login = data.login.decode(), data.password.decode()
        self.logins.append(login)
        return AuthResult(success=login == ("career", "right"), handled=False)


class TakingMailer:
    """A mailer without a server, which takes everything."""

    sender = SENDER

    async def send(self, message: EmailMessage) -> None:
        """Take a mail."""
