"""The workspace: people, messages, views and everything else that a sandbox holds."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sandbox.channels import Channel, Channels
from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.incidents import Incidents
from sandbox.messages import Message, Messages, with_ids
from sandbox.page_events import PageEvents
from sandbox.people import People, Person, slack_id
from sandbox.settings import SandboxSettings
from sandbox.state_store import StateStore
from sandbox.traffic import Traffic
from sandbox.triggers import ResponseUrls, Triggers
from sandbox.views import View, Views


@dataclass(frozen=True)
class Keys:
    """The secrets that the sandbox and the bot share. `verification` is the deprecated token in every payload."""

    bot_token: str
    app_token: str
    signing_secret: str
    verification: str


class Workspace:
    """Holds the state of a sandbox. `address` is the page's URL, empty until the server listens."""

    team_name = "Sandbox"
    team_domain = "sandbox"

    def __init__(self, settings: SandboxSettings, real: Callable[[], datetime]) -> None:
        self.settings = settings
        self.real = real
        self.address = ""
        self.store = StateStore(settings.state_file)
        self.keys = _keys(self.store)
        self.clock = SandboxClock(self.store, settings.start_at, real)
        self.people = People(self.store, settings.bot_name, settings.people, self.clock.started_at)
        self.team_id = slack_id("T", self.team_name)
        self.app_id = slack_id("A", settings.bot_name)
        self.channels = Channels(self.store)
        self.messages = Messages(self.store, self.clock)
        self.files = Files(self.store)
        self.triggers = Triggers(real)
        self.response_urls = ResponseUrls(self.clock.now)
        self.events = PageEvents()
        self.views = Views(self.store, self.clock, self.events)
        self.socket_tickets: set[str] = set()
        self.traffic = Traffic()
        self.faults = Faults()
        self.incidents = Incidents(self.people, self.channels, self.messages)

    @property
    def bot(self) -> Person:
        """Our bot as a member of the workspace."""
        return self.people.bot

    def timestamp(self) -> float:
        """The workspace's time in seconds since 1970."""
        return self.clock.now().timestamp()

    def post(self, person: Person, author: Person, content: dict[str, Any], *, ephemeral: bool = False) -> Message:
        """Post a message in a person's direct messages with the app, and notify the open pages."""
        return self.post_in(person.dm, author, content, only_for=person if ephemeral else None)

    def post_in(
        self, channel: str, author: Person, content: dict[str, Any], *, only_for: Person | None = None
    ) -> Message:
        """Post a message in a channel, by D… or C… id, and notify the open pages; `only_for` makes it ephemeral.

        `content` has the fields of a message: text, blocks, metadata, thread_ts, files, attachments.
        """
        content = {**content, "blocks": with_ids(content.get("blocks") or [])}
        sees = only_for.id if only_for else ""
        message = Message(channel=channel, ts=self.messages.new_ts(), user=author.id, only_for=sees, **content)
        if message.ephemeral:
            self.messages.post_ephemeral(message)
        else:
            self.messages.post(message)
        self._publish_change(message, "ephemeral" if message.ephemeral else "message")
        if not self.channels.has(channel):  # to all pages, which show who else has unread messages
            self.events.publish("unread", of=self.people.of_channel(channel).id)
        return message

    def update(self, message: Message, changes: dict[str, Any]) -> None:
        """Change fields of a message, and notify the open pages."""
        for name, value in changes.items():
            setattr(message, name, with_ids(value) if name == "blocks" else value)
        self.messages.save(message)
        self._publish_change(message, "message_changed")

    def delete(self, message: Message) -> None:
        """Delete a message, and notify the open pages."""
        self.messages.delete(message)
        self._publish_change(message, "message_deleted")

    def set_app_in(self, channel: Channel, *, is_member: bool) -> None:
        """Let the app join a public channel or leave it, and notify all pages."""
        self.channels.set_app(channel, is_member=is_member)
        self.events.publish("channels")

    def change_person(self, person: Person, **changes: Any) -> Person:
        """Change fields of a person, and notify all pages. Returns the person as they are now."""
        changed = replace(person, **changes, updated=int(self.timestamp()))
        self.people.update(changed)
        self.events.publish("people")
        return changed

    def user_as_slack(self, person: Person) -> dict[str, Any]:
        """The user object, with the e-mail address where the app has the scope for it."""
        return person.as_slack(self.team_id, self.clock.now(), with_email=self._sees_email)

    def profile_as_slack(self, person: Person) -> dict[str, Any]:
        """The profile object, with the e-mail address where the app has the scope for it."""
        return person.profile(self.team_id, self.clock.now(), with_email=self._sees_email)

    @property
    def _sees_email(self) -> bool:
        return "users:read.email" in self.settings.scopes

    def message_as_slack(self, message: Message) -> dict[str, Any]:
        """The message object."""
        return message.as_slack(self.bot, self.app_id, self.team_id)

    def view_as_slack(self, view: View, *, closed: bool = False) -> dict[str, Any]:
        """The view object."""
        return view.as_slack(self.team_id, self.app_id, self.bot.bot_id, closed=closed)

    def _publish_change(self, message: Message, kind: str) -> None:
        """Notify those who see the message: one person, or everyone where it is in a public channel."""
        if self.channels.has(message.channel):
            self.events.publish(kind, user=message.only_for or None, ts=message.ts)
        else:
            self.events.publish(kind, user=self.people.of_channel(message.channel).id, ts=message.ts)


def _keys(store: StateStore) -> Keys:
    """The secrets, generated once and stored, so that a running bot can still connect after a restart."""
    stored = store.load("keys").get("keys")
    if stored is None:
        stored = {
            "bot_token": f"xoxb-sandbox-{secrets.token_hex(16)}",
            "app_token": f"xapp-1-sandbox-{secrets.token_hex(16)}",
            "signing_secret": secrets.token_hex(16),
            "verification": secrets.token_hex(12),
        }
        store.save("keys", "keys", stored)
    return Keys(**stored)
