"""The mailer against a real SMTP server on loopback: what is known of a mail after each kind of accident."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot.mailer import SmtpMailer
from bot.settings import Tls
from handlers.shared.mailer import NotMailed
from tests.support.mail_server import FakeMailServer


@pytest.fixture
async def server() -> AsyncIterator[FakeMailServer]:
    """A mail server."""
    async with FakeMailServer().running() as running:
        yield running


def mail() -> EmailMessage:
    """A mail to Ben."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "career@example.com", "ben@example.com", "Secret matters"
    message.set_content("Secret words\n")
    return message


async def test_a_mail_arrives_once_for_its_recipient_alone(server: FakeMailServer):
    """One mail, with the sender of the settings, and the password signs in."""
    login = {"user": "career", "password": SecretStr("right")}
    await SmtpMailer(server.address(**login)).send(mail())
    [envelope] = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("career@example.com", ["ben@example.com"])
    assert server.logins == [("career", "right")]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_refusal_is_certain_and_the_log_has_no_words(server: FakeMailServer, command: str):
    """Whatever the server refuses, it has no mail; its answer, which may repeat an address, is not logged."""
    server.answers[command] = "550 no ben@example.com here"
    with structlog.testing.capture_logs() as logged, pytest.raises(NotMailed) as failed:
        await SmtpMailer(server.address()).send(mail())
    assert failed.value.reached
    assert server.envelopes == []
    assert [(one["event"], one["code"]) for one in logged] == [("mail.refused", 550)]
    assert not any(word in str(logged) for word in ("ben", "Secret"))


@pytest.mark.parametrize(
    ("also", "reached"),
    [
        ({"port": 1}, False),
        ({"host": "mail.invalid"}, False),
        ({"tls": Tls.STARTTLS}, False),
        ({"tls": Tls.TLS}, False),
        ({"user": "career", "password": SecretStr("a-wrong-secret")}, True),
    ],
    ids=["no server", "no such host", "no STARTTLS", "no TLS", "wrong password"],
)
async def test_without_a_connection_nothing_was_sent(server: FakeMailServer, also: dict[str, Any], reached: bool):  # noqa: FBT001
    """Certain as well: no server, no encryption where it is wanted (nothing goes in the clear), a wrong password."""
    with structlog.testing.capture_logs() as logged, pytest.raises(NotMailed) as failed:
        await SmtpMailer(server.address(**also), seconds=5).send(mail())
    assert failed.value.reached is reached
    assert server.envelopes == []
    assert "secret" not in str(logged)


async def test_a_lost_answer_leaves_it_open(server: FakeMailServer):
    """The server drops the connection once it has the mail, or says nothing: neither is taken for a refusal."""
    server.drops = "DATA"
    with pytest.raises(ConnectionError):
        await SmtpMailer(server.address()).send(mail())
    assert len(server.envelopes) == 1
    server.drops, server.hangs = "", "DATA"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(SmtpMailer(server.address(), seconds=0.3).send(mail()), 5)
    assert len(server.envelopes) == 2
