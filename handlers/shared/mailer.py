"""Sending mail, as far as listeners know it; `bot.mailer` does it."""

from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final, Protocol

MAIL_SCOPE: Final = "users:read.email"
"""The scope for looking up a recipient's address; needed only where a mail server is set up."""


class NotMailed(Exception):
    """The mail server certainly does not have the mail. `reached` says whether it answered at all."""

    def __init__(self, *, reached: bool) -> None:
        super().__init__()
        self.reached = reached


class Mailer(Protocol):
    """A mail server that is set up."""

    @property
    def sender(self) -> Address:
        """Whose mail it is: the bot's own address."""

    async def send(self, message: EmailMessage) -> None:
        """Hand a mail to the server.

        Raises `NotMailed` where the server certainly has not taken it. After any other error, it may have.
        """
