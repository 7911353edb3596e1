"""A visit: somebody pressed, typed or opened something, at a moment."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from cycle.errors import NotAvailable
from handlers.shared.form_values import FormValues
from handlers.shared.homes import home_of
from handlers.shared.ids import FormId
from handlers.shared.services import Services
from handlers.shared.view_metadata import ViewMetadata
from handlers.views import kit
from storage.pairs import Pair
from storage.people import Person
from storage.preparations import Draft
from storage.store import Store

# Forms that fill up over days; the rest are too short to be worth resuming.
KEEPS_DRAFT = frozenset(
    {FormId.PREPARATION, FormId.AGENDA, FormId.WRAP_UP, FormId.THANK_YOU, FormId.CHANGE, FormId.CANCEL}
)

# What a draft remembers beside its fields: what was seen of the coach (see `handlers.coaching`).
SEEN, KEPT = "coach.seen", "coach.kept"

# Slack's words for a modal that was redrawn or closed since: nothing is lost, and nothing needs to be said.
STALE_VIEW_ERRORS = frozenset({"hash_conflict", "not_found"})


@dataclass
class Interaction:
    """Given to every listener through Bolt's context."""

    services: Services
    client: AsyncWebClient
    body: dict[str, Any]
    slack_id: str
    now: datetime

    @classmethod
    def of(cls, context: AsyncBoltContext) -> Self:
        """The visit that this request is."""
        interaction = context["visit"]
        if not isinstance(interaction, cls):
            raise TypeError("the visit is put into the context before any listener runs")
        return interaction

    # --- units of work ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[Store, Person]]:
        """Look things up, as myself."""
        async with self.services.database.reading(self.services.workspace_id) as store:
            me = await store.people.by_slack_id(self.slack_id)
            if me is not None:
                self.services.refresh(me)
                yield store, me
                return
        await self.services.ensure_person(self.slack_id, self._known_as)
        async with self.services.database.reading(self.services.workspace_id) as store:
            yield store, await self.person(store, self.slack_id)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[tuple[Store, Person]]:
        """Change things, as myself: all of it is kept or none."""
        await self.services.ensure_person(self.slack_id, self._known_as)
        async with self.services.database.unit(self.services.workspace_id) as store:
            yield store, await self.person(store, self.slack_id)

    @property
    def _known_as(self) -> str:
        """What Slack calls me in this very request."""
        user = self.body.get("user")
        named = user.get("name") or user.get("username") if isinstance(user, dict) else self.body.get("user_name")
        return str(named or "")

    async def person(self, store: Store, slack_id: str) -> Person:
        """Somebody whom the office has met."""
        person = await store.people.by_slack_id(slack_id)
        if person is None:
            raise NotAvailable("I cannot find that person in this workspace.")
        return person

    # --- what was pressed ------------------------------------------------------------------------------------------

    @property
    def view(self) -> dict[str, Any]:
        """The modal (or Home) in which something happened; empty outside one."""
        return self.body.get("view") or {}

    @property
    def metadata(self) -> ViewMetadata:
        """What that modal is about."""
        return ViewMetadata.of(self.view)

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
        """The key that the pressed button carries; 0 where it carries none."""
        return int(self.value or 0)

    @property
    def in_modal(self) -> bool:
        """Whether it happened inside a modal."""
        return self.view.get("type") == "modal"

    # --- showing ---------------------------------------------------------------------------------------------------

    async def show(self, view: dict[str, Any]) -> None:
        """Open a modal: on top of the one in which the person is, if any. The trigger lives 3 seconds."""
        trigger_id = self.body["trigger_id"]
        if self.in_modal:
            await self.client.views_push(trigger_id=trigger_id, view=view)
        else:
            await self.client.views_open(trigger_id=trigger_id, view=view)

    async def redraw(self, view: dict[str, Any], view_id: str | None = None) -> None:
        """Show the modal anew; fields with the same ids keep what was typed. A newer one wins over ours (`hash`)."""
        try:
            if view_id is not None:
                await self.client.views_update(view_id=view_id, view=view)
            else:
                await self.client.views_update(view_id=self.view["id"], hash=self.view.get("hash"), view=view)
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
        """Replace the buttons that were pressed in a message by what came of it, and by what could be done next.

        The caller has escaped people's words. In a modal or the Home there is nothing to replace.
        """
        if not self.body.get("response_url"):
            return
        settled = [kit.context(f":white_check_mark: {sentence}")]
        if next_steps:
            settled.append(kit.actions(next_steps))
        message = self.body.get("message")
        if message is None:  # Slack does not show us an ephemeral message again
            await self._respond(text=sentence, blocks=settled, replace_original=True)
            return
        pressed = self.body["actions"][0].get("block_id")
        blocks: list[kit.Block] = []
        for block in message.get("blocks", []):
            blocks += settled if block.get("block_id") == pressed else [block]
        await self._respond(text=sentence, blocks=blocks, replace_original=True)

    async def _respond(self, **answer: Any) -> None:
        await AsyncWebhookClient(self.body["response_url"], session=self.client.session).send(**answer)

    # --- drafts ----------------------------------------------------------------------------------------------------

    async def draft(self, store: Store, me: Person, form: FormId, subject_id: int) -> Draft | None:
        """What I typed into a form about a subject and did not hand in."""
        draft = await store.preparations.draft(me.pk, form, subject_id)
        return draft if draft and draft.state else None

    async def keep_draft(self, metadata: ViewMetadata | None = None) -> None:
        """Keep what is filled in, and what was seen of the coach there, if this form is one to resume."""
        metadata = metadata or self.metadata
        callback = self.view.get("callback_id")
        if callback not in KEEPS_DRAFT:
            return
        async with self.unit() as (store, me):
            draft = await self._locked_draft(store, me)
            if draft.view_id == self.view["id"] and not draft.state and draft.id is not None:
                return  # a keystroke that arrives after the form was handed in
            values = self.values.over(FormValues.unpack(draft.state))
            values = values.noting(SEEN, " ".join(metadata.seen)).noting(KEPT, " ".join(metadata.kept))
            draft.state, draft.view_id, draft.saved_at = values.pack(), self.view["id"], self.now
            store.add(draft)

    async def drop_draft(self, store: Store, me: Person) -> None:
        """Empty the draft of the form that was just handed in, in the same unit of work."""
        draft = await self._locked_draft(store, me)
        draft.state, draft.view_id, draft.saved_at = "", self.view["id"], self.now
        store.add(draft)

    async def expect_draft(self, store: Store, me: Person, form: FormId, subject_id: int) -> None:
        """Keep what is typed from now on, also in the modal in which the draft was dropped."""
        await store.people.lock(me.pk)
        if (dropped := await store.preparations.draft(me.pk, form, subject_id)) and not dropped.state:
            dropped.view_id = ""

    async def _locked_draft(self, store: Store, me: Person) -> Draft:
        await store.people.lock(me.pk)
        form, subject_id = str(self.view["callback_id"]), draft_key(self.metadata)
        draft = await store.preparations.draft(me.pk, form, subject_id)
        return draft or Draft(
            person_id=me.pk, form=form, subject_id=subject_id, state="", view_id="", saved_at=self.now
        )

    # --- afterwards ------------------------------------------------------------------------------------------------

    def changed(self, pair: Pair) -> None:
        """Something between two people changed: nudges may be due, and both App Homes show it."""
        self.services.wake()
        self.refresh_homes(pair.employee_id, pair.manager_id)

    def refresh_homes(self, *person_ids: int) -> None:
        """Show some people's App Homes anew."""
        self.services.run_in_background("home", self._refresh_homes(person_ids))

    async def _refresh_homes(self, person_ids: tuple[int, ...]) -> None:
        async with self.services.database.reading(self.services.workspace_id) as store:
            people = await store.people.by_ids(person_ids)
            views = {person.slack_id: await home_of(store, person, self.now) for person in people.values()}
        for slack_id, view in views.items():
            await self.services.publish_home(slack_id, view)


def draft_key(metadata: ViewMetadata) -> int:
    """The subject under which a form's draft is kept: what it is most precisely about."""
    return metadata.commitment_id or metadata.discussion_id or metadata.pair_id
