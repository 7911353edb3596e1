"""What a person has open: a stack of modals, and the app's Home."""

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.errors import SlackError
from sandbox.messages import with_ids
from sandbox.page_events import PageEvents
from sandbox.people import slack_id
from sandbox.state_store import StateStore, restored
from sandbox.view_state import Values, state

STACK = 3
"""The most modals that can be stacked, as documented."""


@dataclass
class View:
    """One modal or Home. `content` is what the app sent, `values` what the person has entered so far.

    `errors` are shown beside the fields ({block_id: text}), `failure` above them. `replaced_blocks` are those that the
    last update replaced.
    """

    id: str
    user: str
    content: dict[str, Any]
    hash: str
    root_view_id: str
    previous_view_id: str | None
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    failure: str | None = None
    replaced_blocks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def clickable_blocks(self) -> list[dict[str, Any]]:
        """The blocks in which the person may click: the newest, and those that may still be on their screen."""
        return [*self.blocks, *self.replaced_blocks]

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The view's blocks; every id is filled in."""
        blocks: list[dict[str, Any]] = self.content["blocks"]
        return blocks

    def enter(self, values: Values) -> None:
        """Set what the person has entered; blocks that `values` does not have stay as they were."""
        self.values = state(self.blocks, {**self.values, **values})

    def show(self, content: dict[str, Any], hash_: str) -> None:
        """Replace the content, keeping what the person entered where both ids are the same."""
        self.replaced_blocks = self.content.get("blocks", [])
        self.content = {**content, "blocks": with_ids(content["blocks"])}
        self.values = state(self.blocks, self.values)
        self.hash = hash_
        self.errors = {}
        self.failure = None

    def as_slack(self, team_id: str, app_id: str, bot_id: str, *, closed: bool = False) -> dict[str, Any]:
        """The view object; `closed` leaves out the values, as Slack does in view_closed."""
        content = self.content
        return {
            "id": self.id,
            "team_id": team_id,
            "type": content["type"],
            "blocks": self.blocks,
            "private_metadata": content.get("private_metadata", ""),
            "callback_id": content.get("callback_id", ""),
            "state": {"values": {} if closed else self.values},
            "hash": self.hash,
            "title": content.get("title"),
            "clear_on_close": content.get("clear_on_close", False),
            "notify_on_close": content.get("notify_on_close", False),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "previous_view_id": self.previous_view_id,
            "root_view_id": self.root_view_id,
            "app_id": app_id,
            "external_id": content.get("external_id", ""),
            "app_installed_team_id": team_id,
            "bot_id": bot_id,
        }


class Views:
    """Everyone's modals and Homes. Open modals stay open across a restart."""

    def __init__(self, store: StateStore, clock: SandboxClock, events: PageEvents) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._stacks: dict[str, list[View]] = {
            user: [restored(View, body) for body in bodies] for user, bodies in store.load("modals").items()
        }
        self._homes = {user: restored(View, body) for user, body in store.load("home").items()}

    def stack(self, user: str) -> list[View]:
        """A person's open modals, the one on top last."""
        return list(self._stacks.get(user, ()))

    def home(self, user: str) -> View | None:
        """What the app has published to a person's Home; None before that."""
        return self._homes.get(user)

    def open(self, user: str, content: dict[str, Any]) -> View:
        """Open a modal in place of any that are open; raises `SlackError` duplicate_external_id."""
        self._check_external_id(content, None)
        view = self._new_view(user, content, under=None)
        self._stacks[user] = [view]
        self._save(user)
        self._events.publish("modal_opened", user=user, view_id=view.id)
        return view

    def push(self, user: str, content: dict[str, Any]) -> View:
        """Open a modal on top; raises `SlackError` not_found where none is open, push_limit_reached for the fourth."""
        stack = self._stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        self._check_external_id(content, None)
        view = self._new_view(user, content, under=stack[-1])
        stack.append(view)
        self._save(user)
        self._events.publish("modal_pushed", user=user, view_id=view.id)
        return view

    def update(self, view: View, content: dict[str, Any], hash_: str | None = None) -> None:
        """Replace the content of an open view; raises `SlackError` hash_conflict where `hash_` is not the newest."""
        if hash_ is not None and hash_ != view.hash:
            raise SlackError("hash_conflict")
        self._check_external_id(content, view)
        view.show(content, self._new_hash())
        self.save(view)

    def publish(self, user: str, content: dict[str, Any], hash_: str | None = None) -> View:
        """Publish a person's Home; raises `SlackError` hash_conflict where `hash_` is not the newest."""
        view = self._homes.get(user)
        if view is None:
            view = self._new_view(user, content, under=None)
            self._homes[user] = view
            self.save(view)
        else:
            self.update(view, content, hash_)
        return view

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """An open view by either id; raises `SlackError` not_found."""
        for view in self._all():
            if view_id == view.id if view_id else external_id and view.content.get("external_id") == external_id:
                return view
        raise SlackError("not_found")

    def is_open(self, view: View) -> bool:
        """Whether a view is still open."""
        return view in self._all()

    def close(self, view: View) -> list[View]:
        """Close a modal and those on top of it; returns the closed ones, the topmost first."""
        stack = self._stacks.get(view.user, [])
        if view not in stack:
            return []
        place = stack.index(view)
        closed = stack[place:][::-1]
        del stack[place:]
        self._save(view.user)
        self._events.publish("modal_closed", user=view.user, view_ids=[one.id for one in closed])
        return closed

    def clear(self, user: str) -> list[View]:
        """Close all modals of a person; returns them, the topmost first."""
        stack = self._stacks.get(user)
        return self.close(stack[0]) if stack else []

    def save(self, view: View) -> None:
        """Save a changed view, and notify the person's pages."""
        self._save(view.user)
        kind = "home" if view.content["type"] == "home" else "modal_updated"
        self._events.publish(kind, user=view.user, view_id=view.id)

    def enter(self, view: View, values: Values) -> None:
        """Save what a person has entered in a view."""
        view.enter(values)
        self._save(view.user)

    def _all(self) -> list[View]:
        return [*(view for stack in self._stacks.values() for view in stack), *self._homes.values()]

    def _check_external_id(self, content: dict[str, Any], own: View | None) -> None:
        wanted = content.get("external_id")
        if wanted and any(view is not own and view.content.get("external_id") == wanted for view in self._all()):
            raise SlackError("duplicate_external_id")

    def _save(self, user: str) -> None:
        self._store.save("modals", user, [asdict(view) for view in self._stacks.get(user, ())])
        if user in self._homes:
            self._store.save("home", user, asdict(self._homes[user]))

    def _new_view(self, user: str, content: dict[str, Any], under: View | None) -> View:
        name = slack_id("V", secrets.token_hex(8))
        view = View(
            id=name,
            user=user,
            content={},
            hash="",
            root_view_id=under.root_view_id if under else name,
            previous_view_id=under.id if under else None,
        )
        view.show(content, self._new_hash())
        return view

    def _new_hash(self) -> str:
        return f"{self._clock.now().timestamp():.0f}.{secrets.token_hex(4)}"
