"""Sending a thank-you by mail, after the listener has answered: once, and written down before and after (practice E12).

What can happen in between, and what the author then hears, is in docs/decisions/0019.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final
from uuid import UUID, uuid5

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from cycle import thanks_mail
from cycle.thanks import ThanksView
from cycle.thanks_document import thanks_document
from cycle.thanks_mail import Attempt
from handlers.shared.interaction import Interaction
from handlers.shared.mailer import MAIL_SCOPE, Mailer, NotMailed
from rendering.mail import Envelope, mail
from rendering.mail_address import address
from storage.people import Person
from storage.thanks import MailFailure, ThankYou

log = structlog.get_logger()

NAMESPACE: Final = UUID("0f5b2c1e-7d0a-4c52-8d6e-3c0b8d1f4a77")
"""Of the mails' ids. The same note has the same id in every attempt: many mail programs then show it once."""

SCOPES_HEADER: Final = "X-OAuth-Scopes"
NO_PERMISSION: Final = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})


def start(interaction: Interaction, attempt: Attempt) -> None:
    """Send a mail that is written down, in the background."""
    if (mailer := interaction.services.mailer) is not None:
        interaction.services.background.run("mail", _send(interaction, mailer, attempt))


async def _send(interaction: Interaction, mailer: Mailer, attempt: Attempt) -> None:
    """One attempt. If the process ends in the middle, what is written down so far decides what the author hears."""
    message = await _message(interaction, mailer.sender, attempt)
    if isinstance(message, MailFailure):
        await _failed(interaction, attempt, message)
        return
    clock = interaction.services.clock
    async with interaction.changing(attempt.thank_you_id, ThankYou) as (store, _me, _pair):
        if not await thanks_mail.begin(store, attempt, clock()):
            return
    try:
        await mailer.send(message)
    except NotMailed as error:
        await _failed(interaction, attempt, MailFailure.REFUSED if error.reached else MailFailure.NOT_REACHED)
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the server may have the mail
        log.warning("mail.unconfirmed", error=type(error).__name__)
        is_sent = False
    else:
        log.info("mail.sent")
        is_sent = True
    async with interaction.changing(attempt.thank_you_id, ThankYou) as (store, _me, pair):
        await thanks_mail.end(store, pair, attempt, clock(), is_sent=is_sent)
    interaction.services.wake()


async def _failed(interaction: Interaction, attempt: Attempt, failure: MailFailure) -> None:
    log.warning("mail.failed", failure=failure.value)
    async with interaction.changing(attempt.thank_you_id, ThankYou) as (store, _me, pair):
        await thanks_mail.fail(store, pair, attempt, failure, interaction.services.clock())
    interaction.services.wake()


async def _message(interaction: Interaction, sender: Address, attempt: Attempt) -> EmailMessage | MailFailure:
    """The mail, or why there can be none. Addresses are looked up each time, and not saved."""
    async with interaction.reading() as (store, me):
        pair = await store.pairs.of(ThankYou, attempt.thank_you_id)
        view = await thanks_mail.to_mail(store, me, pair, attempt, interaction.now)
    recipient = await _address(interaction, view.manager)
    if isinstance(recipient, MailFailure):
        return recipient
    author = await _address(interaction, view.employee)
    key = f"{interaction.workspace.team_id}:{attempt.thank_you_id}"
    envelope = Envelope(
        sender=sender,
        recipient=recipient,
        reply_to=None if isinstance(author, MailFailure) else author,
        subject=f"A thank-you from {view.employee.name}",
        message_id=f"<{uuid5(NAMESPACE, key)}@{sender.domain}>",
    )
    return mail(thanks_document(view), _closing(view), envelope, interaction.now)


def _closing(view: ThanksView) -> list[str]:
    if view.deliverables:
        return ["You can confirm these in Slack: the note is in your messages with Career, and in /career thanks."]
    return ["The note is in Slack as well: in your messages with Career, and in /career thanks."]


async def _address(interaction: Interaction, person: Person) -> Address | MailFailure:
    """A person's address, as Slack has it; or why there is none. The log has no address."""
    try:
        answer = await interaction.client.users_info(user=person.slack_id)
    except SlackApiError as error:
        word = str(error.response.get("error", ""))
        log.warning("mail.no_address", error=word)
        return MailFailure.NO_PERMISSION if word in NO_PERMISSION else MailFailure.NO_LOOKUP
    except (SlackClientError, ClientError, OSError, TimeoutError) as error:
        log.warning("mail.no_address", error=type(error).__name__)
        return MailFailure.NO_LOOKUP
    granted = answer.headers.get(SCOPES_HEADER)
    if granted is not None and MAIL_SCOPE not in {scope.strip() for scope in granted.split(",")}:
        return MailFailure.NO_PERMISSION
    profile = (answer.get("user") or {}).get("profile") or {}
    try:
        return address(person.name, str(profile.get("email") or ""))
    except ValueError:
        return MailFailure.NO_ADDRESS
