"""One interaction: a person pressed, typed or opened something, at a moment."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from cycle.access import Viewer
from cycle.errors import NotAvailable
from cycle.guards import lock_pair
from handlers.shared.form_values import FormValues
from handlers.shared.ids import HIGHEST_KEY
from handlers.shared.services import Services, WorkspaceContext
from handlers.views import kit, nudge_message
from storage.base import PairScoped
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

# Slack's words for a modal that was redrawn or closed since: nothing is lost, and nothing needs to be said.
STALE_VIEW_ERRORS = frozenset({"hash_conflict", "not_found"})

UNREADABLE_BUTTON = "I can't tell what this button is about. The App Home shows what you can do now."
Partners = Sequence[tuple[Pair, Person]]
"""The pairs of a person, and the other side of each."""


@dataclass
class Interaction:
    """Given to every listener through Bolt's context."""

    services: Services
    workspace: WorkspaceContext
    body: dict[str, Any]
    slack_id: str
    now: datetime

    @classmethod
    def of(cls, context: AsyncBoltContext) -> Self:
        """The interaction that this request is."""
        interaction = context["interaction"]
        if not isinstance(interaction, cls):
            raise TypeError("the interaction is put into the context before any listener runs")
        return interaction

    @property
    def client(self) -> AsyncWebClient:
        """The client of the workspace."""
        return self.workspace.client

    # --- transactions ----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[Store, Person]]:
        """Look things up, as this person."""
        async with self._entered(self.services.database.reading) as found:
            yield found

    @asynccontextmanager
    async def reading_with_partners(self) -> AsyncIterator[tuple[Store, Person, Partners]]:
        """Look things up, as this person, with their pairs and the other side of each."""
        async with self._entered_with_partners(self.services.database.reading) as found:
            yield found

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[tuple[Store, Person]]:
        """Write something that is not between two people. All of it is saved, or none."""
        async with self._entered(self.services.database.unit) as found:
            yield found

    @asynccontextmanager
    async def writing_with_partners(self) -> AsyncIterator[tuple[Store, Person, Partners]]:
        """Write something that is not between two people, where what is shown next needs their pairs."""
        async with self._entered_with_partners(self.services.database.unit) as found:
            yield found

    @asynccontextmanager
    async def changing(
        self, key: int, noun: type[Pair | PairScoped] = Pair, *, booking: bool = False
    ) -> AsyncIterator[tuple[Store, Person, Pair]]:
        """Change something between two people: locks their pair first, so what is read afterwards stays true.

        Args:
            key: the key of a pair, or of a row that belongs to one.
            noun: the type of that row; `Pair` for the pair itself.
            booking: locks both people as well, since a date is also checked against their other discussions.

        Raises `NotAllowed` where the pair is between other people, or gone.
        """
        async with self.writing() as (store, me):
            yield store, me, await lock_pair(store, key, noun, with_people=booking)

    @asynccontextmanager
    async def changing_me(self) -> AsyncIterator[tuple[Store, Person]]:
        """Change what is saved about this person."""
        async with self.writing() as (store, me):
            people = await store.people.lock(me.pk)
            yield store, people[me.pk]

    @asynccontextmanager
    async def _entered(self, opened: Any) -> AsyncIterator[tuple[Store, Person]]:
        """A transaction as this person. Slack is asked about a new person first."""
        for is_known in (False, True):
            viewer = Viewer()
            transaction: AbstractAsyncContextManager[Store] = opened(self.workspace.workspace_id, gate=viewer)
            async with transaction as store:
                me = await store.people.by_slack_id(self.slack_id)
                if me is not None:
                    self._enter(viewer, me)
                    yield store, me
                    return
            await self._ensure_known(tried=is_known)

    @asynccontextmanager
    async def _entered_with_partners(self, opened: Any) -> AsyncIterator[tuple[Store, Person, Partners]]:
        """The same, with their pairs and the other side of each, all in one statement."""
        for is_known in (False, True):
            viewer = Viewer()
            transaction: AbstractAsyncContextManager[Store] = opened(self.workspace.workspace_id, gate=viewer)
            async with transaction as store:
                found = await store.people.with_partners(self.slack_id, partial(self._enter, viewer))
                if found is not None:
                    yield store, *found
                    return
            await self._ensure_known(tried=is_known)

    def _enter(self, viewer: Viewer, me: Person) -> None:
        """Read as this person from now on, and ask Slack about them again if that is due."""
        viewer.is_person(me)
        if self.workspace.profiles.is_due(me):
            self.services.background.run("profile", self.workspace.profiles.sync_once(self.slack_id))

    async def _ensure_known(self, *, tried: bool) -> None:
        if tried:
            raise NotAvailable("I can't find you in this workspace. Please try again in a minute.")
        await self.workspace.profiles.ensure(self.slack_id, self._known_as)

    @property
    def _known_as(self) -> str:
        """What Slack calls this person in this very request."""
        user = self.body.get("user")
        name = user.get("name") or user.get("username") if isinstance(user, dict) else self.body.get("user_name")
        return str(name or "")

    async def is_repeat(self, store: Store) -> bool:
        """Whether this very submission has had its effect. Ask right before the effect, in its transaction."""
        state = f"{self.view.get('id')}:{self.view.get('hash')}"
        return not await store.requests.is_first(f"submission:{state}", self.now)

    # --- what was pressed ------------------------------------------------------------------------------------------

    @property
    def view(self) -> dict[str, Any]:
        """The modal (or Home) in which something happened; empty outside one."""
        return self.body.get("view") or {}

    @property
    def view_id(self) -> str:
        """The id of that view. Raises `NotAvailable` outside one."""
        view_id = self.view.get("id")
        if view_id is None:
            raise NotAvailable(UNREADABLE_BUTTON)
        return str(view_id)

    @property
    def values(self) -> FormValues:
        """What is filled in there."""
        return FormValues.of(self.view)

    @property
    def value(self) -> str:
        """The value of the button, or of the option chosen, that was pressed."""
        action = self.body["actions"][0]
        return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")

    @property
    def subject_id(self) -> int:
        """The key that the pressed button carries; 0 where it carries none. Raises `NotAvailable` for anything else."""
        return read_key(self.value or "0")

    @property
    def typed_at(self) -> datetime | None:
        """When this was pressed or typed, by Slack's clock; None for a submission, which Slack does not date."""
        actions = self.body.get("actions") or [{}]
        try:
            return datetime.fromtimestamp(float(actions[0].get("action_ts", "")), UTC)
        except (ValueError, OverflowError, OSError):
            return None

    @property
    def in_modal(self) -> bool:
        """Whether it happened inside a modal."""
        return self.view.get("type") == "modal"

    # --- showing ---------------------------------------------------------------------------------------------------

    @property
    def is_third(self) -> bool:
        """Whether this modal lies on top of two others: Slack takes no fourth."""
        below = self.view.get("previous_view_id")
        return bool(below) and below != self.view.get("root_view_id")

    async def show(self, view: dict[str, Any]) -> None:
        """Open a modal: on top of the one in which the person is, if any. The trigger lives 3 seconds.

        On top of two others it takes the place of the one that is shown; what is typed there is kept as its draft.
        """
        trigger_id = self.body["trigger_id"]
        if self.in_modal and self.is_third:
            await self.client.views_update(view_id=self.view_id, view=view)
        elif self.in_modal:
            await self.client.views_push(trigger_id=trigger_id, view=view)
        else:
            await self.client.views_open(trigger_id=trigger_id, view=view)

    async def redraw(self, view: dict[str, Any], view_id: str | None = None) -> None:
        """Show the modal anew; fields with the same ids keep what was typed. A newer one wins over ours (`hash`)."""
        try:
            if view_id is not None:
                await self.client.views_update(view_id=view_id, view=view)
            else:
                await self.client.views_update(view_id=self.view_id, hash=self.view.get("hash"), view=view)
        except SlackApiError as error:
            if error.response.get("error") not in STALE_VIEW_ERRORS:
                raise

    async def say(self, sentence: str) -> None:
        """Say something that only this person sees, wherever they are. The caller has escaped people's words."""
        if self.body.get("response_url"):
            await self._respond(text=sentence, response_type="ephemeral", replace_original=False)
        elif self.body.get("trigger_id"):
            await self.show(kit.notice("Career", sentence))

    async def replace_message(self, sentence: str, next_steps: Sequence[kit.Element] = ()) -> None:
        """Replace the buttons or the menu used in a message by what came of it, and by what could be done next.

        The caller has escaped people's words. In a modal or the Home there is nothing to replace.
        """
        if not self.body.get("response_url"):
            return
        message = self.body.get("message")
        if message is None:  # Slack does not show us an ephemeral message again
            blocks = nudge_message.outcome_blocks(sentence, next_steps)
        else:
            pressed = str(self.body["actions"][0].get("block_id"))
            blocks = nudge_message.answered(message.get("blocks", []), pressed, sentence, next_steps)
        await self._respond(text=sentence, blocks=blocks, replace_original=True)

    async def _respond(self, **answer: Any) -> None:
        await AsyncWebhookClient(self.body["response_url"], session=self.client.session).send(**answer)

    # --- afterwards ------------------------------------------------------------------------------------------------

    def changed(self, pair: Pair) -> None:
        """Something between two people changed: nudges may be due, and both App Homes show it."""
        self.services.wake()
        self.refresh_homes(pair.employee_id, pair.manager_id)

    def replanned(self, person: Person) -> None:
        """Something about a person changed their nudges: some may be due, and their App Home shows it."""
        self.services.wake()
        self.refresh_homes(person.pk)

    def refresh_homes(self, *person_ids: int) -> None:
        """Publish some people's App Homes anew, in the background; a failure with one does not affect the others."""
        for person_id in person_ids:
            self.services.background.run("home", self.workspace.homes.refresh_when_quiet(person_id, self.now))


def read_key(text: str) -> int:
    """A key as a button carries it. Raises `NotAvailable` for anything else."""
    if not text.isascii() or not text.isdecimal() or int(text[:20]) > HIGHEST_KEY or len(text) > len(str(HIGHEST_KEY)):
        raise NotAvailable(UNREADABLE_BUTTON)
    return int(text)
