"""A pair, and what its two people do: each use case in a transaction of its own, entered as the listeners enter it.

The pair is locked first, what is read passes the gate, a form is checked and then applied. What a check finds is raised
as `InvalidInput`, so that a test can say which fields it is about.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self, TypeVar

from cycle import agendas, commitments, pairing, preparations, scheduling, thanks
from cycle import wrap_up as wrapping_up
from cycle.access import Viewer
from cycle.brief import Brief, brief
from cycle.commitments import ChangeForm, CommitmentEntry
from cycle.errors import FieldErrors, InvalidInput, NotAvailable
from cycle.guards import active_pair, in_use, lock_pair, open_discussion, own_pair_of, pair_of
from cycle.preparations import AnswersForm, ObjectivesForm, PageForm, PreparationView, QuestionsForm, StandingForm
from cycle.wrap_up import AnotherTime, Outcome, WrapUpForm, WrapUpView
from storage.agenda import AgendaItem
from storage.base import PairScoped
from storage.commitments import ChangeRequest, Commitment
from storage.database import Database
from storage.discussions import Discussion
from storage.nudges import Nudge
from storage.pairs import Pair, Side
from storage.people import Person
from storage.store import Store
from tests.support.builders import MADRID, TOKYO, at, pair, person, planning, saved, scheduled
from tests.support.databases import until_waiting

T = TypeVar("T")

LONDON = "Europe/London"
# A Monday morning in Madrid, late afternoon in Tokyo.
NOW = at(MADRID, 2026, 11, 2, 10)


def raise_if_any(errors: FieldErrors) -> None:
    """Raise what a check found."""
    if errors:
        raise InvalidInput(errors)


class PairFixture:
    """Ana (Madrid) and her manager Chiyo (Tokyo) or Ben (London); the third of them has nothing to do with it."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database, self.workspace_id = database, workspace_id
        self.ana, self.chiyo = person("Ana Ruiz"), person("Chiyo Tanaka", TOKYO)
        self.ben = person("Ben Okafor", LONDON)
        self.pair: Pair
        self.discussion: Discussion

    @classmethod
    async def unpaired(cls, database: Database, workspace_id: int) -> Self:
        """The bot knows the three; no two of them are a pair."""
        fixture = cls(database, workspace_id)
        await fixture.write(fixture.ana, fixture.chiyo, fixture.ben)
        return fixture

    @classmethod
    async def planning(cls, database: Database, workspace_id: int) -> Self:
        """Ana and Chiyo, whose first discussion has no date yet."""
        fixture = await cls.unpaired(database, workspace_id)
        fixture.pair = pair(fixture.ana, fixture.chiyo)
        await fixture.write(fixture.pair)
        fixture.discussion = planning(fixture.pair, at(MADRID, 2026, 11, 30).date())
        await fixture.write(fixture.discussion)
        return fixture

    @classmethod
    async def scheduled(cls, database: Database, workspace_id: int, starts_at: datetime, **also: Any) -> Self:
        """Ana and Ben, whose discussion has a date, ahead of them or behind."""
        fixture = await cls.unpaired(database, workspace_id)
        fixture.pair = pair(fixture.ana, fixture.ben)
        await fixture.write(fixture.pair)
        fixture.discussion = scheduled(fixture.pair, starts_at, **also)
        await fixture.write(fixture.discussion)
        return fixture

    # --- transactions ----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def changing(
        self, who: Person, key: int | None = None, noun: type[Pair | PairScoped] = Pair, *, booking: bool = False
    ) -> AsyncIterator[tuple[Store, Person, Pair]]:
        """Change something as a person: the pair of a row (or this pair) is locked before anything else is read."""
        async with self.writing(who) as (store, me):
            yield store, me, await lock_pair(store, self.pair.pk if key is None else key, noun, with_people=booking)

    @asynccontextmanager
    async def writing(self, who: Person) -> AsyncIterator[tuple[Store, Person]]:
        """Write something as a person, who is read first, as in every interaction."""
        viewer = Viewer()
        async with self.database.unit(self.workspace_id, gate=viewer) as store:
            me = await store.people.get(who.pk)
            viewer.is_person(me)
            yield store, me

    @asynccontextmanager
    async def reading(self, who: Person) -> AsyncIterator[tuple[Store, Person]]:
        """Look things up as a person."""
        viewer = Viewer()
        async with self.database.reading(self.workspace_id, gate=viewer) as store:
            me = await store.people.get(who.pk)
            viewer.is_person(me)
            yield store, me

    async def in_turn(self, *use_cases: Coroutine[Any, Any, Any], people: Sequence[Person] = ()) -> list[Any]:
        """What comes of use cases that have all begun before the first goes on: results, or the errors raised.

        Each waits for a lock on the pair (or on `people`) that is held until the last one waits, and they get it in
        their order. PostgreSQL only: on SQLite a use case begins when the one before it has ended.
        """
        tasks: list[asyncio.Task[Any]] = []
        async with self.database.unit(self.workspace_id) as store:
            if people:
                await store.people.lock(*(one.pk for one in people))
            else:
                await store.pairs.lock(self.pair.pk)
            for use_case in use_cases:
                tasks.append(asyncio.create_task(use_case))
                await until_waiting(self.database, len(tasks))
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self, what: Callable[[Store], Awaitable[T]]) -> T:
        """Something as it is saved, past the gate."""
        async with self.database.reading(self.workspace_id) as store:
            return await what(store)

    async def write(self, *rows: Any) -> None:
        """Rows that no use case of the test is about."""
        async with self.database.unit(self.workspace_id) as store:
            await saved(store, *rows)

    async def open_discussion(self) -> Discussion:
        """The discussion that the two have open."""
        found = await self.look(lambda store: store.discussions.open_of(self.pair.pk))
        assert found is not None
        return found

    async def waiting(self) -> Mapping[str, Nudge]:
        """The nudges of the pair that wait, by key."""
        rows = await self.look(lambda store: store.nudges.of_pair(self.pair.pk, ()))
        return {row.key: row for row in rows if row.ready_at is not None}

    async def recipients(self) -> dict[str, int]:
        """The recipient of each nudge that waits, by kind; of several of a kind, the last."""
        return {row.kind: row.person_id for row in (await self.waiting()).values()}

    # --- pairing ---------------------------------------------------------------------------------------------------

    async def ask(
        self, who: Person, other: Person, side: Side = Side.EMPLOYEE, words: str = "", *, now: datetime
    ) -> Pair:
        """Ask a person to pair."""
        async with self.writing(who) as (store, me):
            asked = (await store.people.lock(me.pk, other.pk))[other.pk]
            mine = await pairing.pairs_to_check(store, me, now)
            raise_if_any(pairing.check(me, asked, side, mine, words, now=now))
            return await pairing.ask(store, me, asked, side, words, now)

    async def accept(self, who: Person, pair_id: int, now: datetime) -> Pair:
        """Say yes."""
        async with self.changing(who, pair_id, booking=True) as (store, me, locked):
            await pairing.accept(store, me, locked, now)
        return locked

    async def decline(self, who: Person, pair_id: int, now: datetime, reason: str = "") -> Pair:
        """Say no."""
        raise_if_any(pairing.check_reason(reason))
        async with self.changing(who, pair_id) as (store, me, locked):
            await pairing.decline(store, me, locked, reason, now)
        return locked

    async def take_back(self, who: Person, pair_id: int, now: datetime) -> Pair:
        """Take a request back."""
        async with self.changing(who, pair_id) as (store, me, locked):
            await pairing.withdraw(store, me, locked, now)
        return locked

    # --- preparing -------------------------------------------------------------------------------------------------

    async def prepare(self, who: Person, now: datetime = NOW, *, seen_id: int = 0, **form: Any) -> None:
        """Submit the pages of a preparation that have these fields, each for itself."""
        for page in pages_of(**form):
            async with self.changing(who) as (store, me, locked):
                prepared = await preparations.prepared_so_far(store, me, in_use(locked, me), seen_id)
                raise_if_any(preparations.check(page, prepared, me, now))
                await preparations.save(store, me, prepared, page, now)

    async def prepared(self, who: Person) -> PreparationView:
        """A preparation as its form shows it."""
        async with self.reading(who) as (store, me):
            found = await active_pair(store, me, self.pair.pk)
            return await preparations.prepared_so_far(store, me, found)

    async def choose_set(self, who: Person, set_id: str | None, pair_id: int | None = None) -> None:
        """Choose the set of questions that the discussion follows."""
        async with self.changing(who, pair_id) as (store, me, locked):
            preparations.choose_set(await open_discussion(store, in_use(locked, me)), set_id)

    async def brief(self, who: Person, discussion_id: int | None = None, now: datetime = NOW) -> Brief:
        """The brief as a person sees it."""
        discussion_id = discussion_id or (await self.open_discussion()).pk
        async with self.reading(who) as (store, me):
            found = await own_pair_of(store, discussion_id, Discussion)
            return await brief(store, me, found, await store.discussions.get(discussion_id), now)

    # --- agenda ----------------------------------------------------------------------------------------------------

    async def agenda(self, who: Person) -> agendas.AgendaView:
        """The agenda as a person sees it."""
        async with self.reading(who) as (store, me):
            return await agendas.coming_agenda(store, me, self.pair.pk)

    async def propose(self, who: Person, *texts: str, now: datetime = NOW, seen_id: int = 0) -> list[AgendaItem]:
        """Propose agenda items; the new ones."""
        async with self.changing(who) as (store, me, locked):
            agenda = await agendas.agenda_of(store, locked, await open_discussion(store, in_use(locked, me), seen_id))
            raise_if_any(agendas.check_proposal(texts, agenda))
            await agendas.propose(store, me, agenda, texts, now)
            after = await store.agenda.of_discussions([agenda.discussion.pk])
        known = {item.pk for item in agenda.all_items}
        return [item for item in after if item.pk not in known]

    async def accept_all(self, who: Person, read: Sequence[AgendaItem], now: datetime = NOW) -> agendas.Accepted:
        """Accept all of some items, as they were when they were read: how many."""
        marks = {item.pk: agendas.mark_of(item) for item in read}
        async with self.changing(who) as (store, me, locked):
            agenda = await agendas.agenda_of(store, locked, await open_discussion(store, in_use(locked, me)))
            return await agendas.accept_all(store, me, agenda, marks, now)

    async def change_item(self, use_case: Any, who: Person, item_id: int, *given: Any) -> None:
        """Accept, reword, withdraw, carry over or move an agenda item, as it is now."""
        if use_case is agendas.amend:
            raise_if_any(agendas.check_text(given[0]))
        async with self.changing(who, item_id, AgendaItem) as (store, me, locked):
            if use_case is agendas.accept:
                given = (agendas.mark_of(await store.agenda.get(item_id)), *given)
            await use_case(store, me, locked, item_id, *given)

    # --- scheduling ------------------------------------------------------------------------------------------------

    async def set_date(
        self, who: Person, starts_at: datetime, *, seen_round: int = 0, seen_id: int = 0, minutes: int = 60,
        pair_id: int | None = None, now: datetime = NOW,
    ) -> Discussion:  # fmt: skip
        """Set or move the date."""
        async with self.changing(who, pair_id, booking=True) as (store, me, locked):
            discussion = await open_discussion(store, in_use(locked, me), seen_id)
            other = await store.people.get(locked.other_than(me.pk))
            if (sentence := scheduling.moved_since(discussion, seen_round, me, other, now)) is not None:
                raise InvalidInput({scheduling.STARTS_AT: sentence})
            given = {"now": now, "besides": discussion}
            raise_if_any(await scheduling.check_date(store, me, locked, starts_at, minutes, **given))
            await scheduling.set_date(store, me, locked, discussion, starts_at, minutes, now)
        return discussion

    async def cancel(
        self, who: Person, reason: str, now: datetime = NOW, *, seen_id: int = 0, seen_round: int | None = None
    ) -> Discussion:
        """Cancel the date, the one that the person saw if any is named; the successor."""
        raise_if_any(scheduling.check_cancelling(reason))
        async with self.changing(who) as (store, me, locked):
            discussion = await open_discussion(store, in_use(locked, me), seen_id)
            other = await store.people.get(locked.other_than(me.pk))
            seen = discussion.round if seen_round is None else seen_round
            if (sentence := scheduling.moved_since(discussion, seen, me, other, now)) is not None:
                raise NotAvailable(sentence)
            return await scheduling.cancel(store, me, locked, discussion, reason, now)

    async def schedule(self, who: Person) -> scheduling.ScheduleView:
        """What a person sees before choosing a date."""
        async with self.reading(who) as (store, me):
            found = await active_pair(store, me, self.pair.pk)
            return await scheduling.schedule_of(store, me, found, await open_discussion(store, found), NOW)

    # --- wrapping up -----------------------------------------------------------------------------------------------

    async def wrap_up(
        self, who: Person, form: WrapUpForm, now: datetime, discussion_id: int | None = None
    ) -> Discussion:
        """Wrap the discussion up; the next one."""
        async with self._wrapping_up(who, discussion_id) as (store, me, view):
            raise_if_any(await wrapping_up.check(store, me, view, form, now))
            return await wrapping_up.wrap_up(store, me, view, form, now)

    async def add_to(
        self, who: Person, now: datetime, discussion_id: int | None = None, **form: Any
    ) -> wrapping_up.Added:  # fmt: skip
        """Add to a discussion that is wrapped up; how the two meet stays as it is where nothing is given."""
        key = discussion_id or self.discussion.pk
        async with self.changing(who, key, Discussion, booking=True) as (store, me, locked):
            discussion = await store.discussions.get(key)
            record = await wrapping_up.outcome(store, me, in_use(locked, me), discussion, now)
            known = {name: getattr(locked, name) for name in ("cadence", "minutes", "place", "notes_by")}
            seen = {"seen_round": record.coming.round if record.coming else 0}
            given = wrapping_up.AdditionForm(**(known | seen | form))
            raise_if_any(await wrapping_up.check_addition(store, me, record, given, now))
            return await wrapping_up.add_to(store, me, record, given, now)

    async def did_not_happen(self, who: Person, form: AnotherTime, now: datetime) -> Discussion:
        """Move a discussion that did not happen, or leave its date open."""
        async with self._wrapping_up(who, None) as (store, me, view):
            raise_if_any(await wrapping_up.check_another_time(store, me, view, form, now))
            await wrapping_up.did_not_happen(store, me, view, form, now)
        return view.discussion

    @asynccontextmanager
    async def _wrapping_up(
        self, who: Person, discussion_id: int | None
    ) -> AsyncIterator[tuple[Store, Person, WrapUpView]]:
        key = discussion_id or self.discussion.pk
        async with self.changing(who, key, Discussion, booking=True) as (store, me, locked):
            discussion = await open_discussion(store, in_use(locked, me), key)
            yield store, me, await wrapping_up.about_to_wrap_up(store, locked, discussion)

    async def about_to_wrap_up(self, who: Person) -> WrapUpView:
        """What the form shows."""
        async with self.reading(who) as (store, me):
            found = await pair_of(store, me, self.discussion.pk, Discussion)
            return await wrapping_up.about_to_wrap_up(store, found, await open_discussion(store, found))

    async def outcome(self, who: Person, discussion_id: int | None = None, now: datetime = NOW) -> Outcome:
        """What came of a discussion."""
        key = discussion_id or self.discussion.pk
        async with self.reading(who) as (store, me):
            found = await pair_of(store, me, key, Discussion)
            return await wrapping_up.outcome(store, me, found, await store.discussions.get(key), now)

    # --- thanks ----------------------------------------------------------------------------------------------------

    async def thanks_for(self, who: Person, discussion_id: int | None = None, now: datetime = NOW) -> thanks.ThanksView:
        """The thank-you for a discussion."""
        key = discussion_id or self.discussion.pk
        async with self.reading(who) as (store, me):
            found = await pair_of(store, me, key, Discussion)
            return await thanks.thanks_for(store, me, found, await store.discussions.get(key), now)

    async def send_thanks(self, who: Person, text: str, now: datetime, discussion_id: int | None = None) -> None:
        """Send the note."""
        raise_if_any(thanks.check(text))
        key = discussion_id or self.discussion.pk
        async with self.changing(who, key, Discussion) as (store, me, locked):
            view = await thanks.thanks_for(store, me, in_use(locked, me), await store.discussions.get(key), now)
            await thanks.send(store, me, view, text, now)

    async def confirm(self, who: Person, now: datetime, discussion_id: int | None = None) -> int:
        """Confirm the deliverables; how many."""
        key = discussion_id or self.discussion.pk
        async with self.changing(who, key, Discussion) as (store, me, locked):
            return await thanks.confirm(store, me, locked, await store.discussions.get(key), now)

    # --- commitments -----------------------------------------------------------------------------------------------

    async def between(self, who: Person, now: datetime) -> commitments.CommitmentsView:
        """The commitments of the two."""
        async with self.reading(who) as (store, me):
            return await commitments.between(store, me, self.pair.pk, now)

    async def add(self, who: Person, entry: CommitmentEntry, now: datetime) -> Commitment:
        """Add a commitment of one's own."""
        async with self.changing(who) as (store, me, locked):
            raise_if_any(commitments.check_own(entry, me, now))
            await commitments.add(store, me, locked, entry, now)
            added = await store.commitments.open_of([locked.pk])
        return max(added, key=lambda one: one.pk)

    async def done(self, who: Person, commitment_id: int, now: datetime) -> None:
        """Mark a commitment as done."""
        async with self.changing(who, commitment_id, Commitment) as (store, me, locked):
            await commitments.done(store, me, locked, commitment_id, now)

    async def to_change(self, who: Person, commitment_id: int, now: datetime) -> commitments.ChangeView:
        """A commitment about to be changed."""
        async with self.reading(who) as (store, me):
            return await commitments.to_change(store, me, commitment_id, now)

    async def ask_change(self, who: Person, commitment_id: int, form: ChangeForm, now: datetime) -> ChangeRequest:
        """Ask for a change; the request."""
        async with self.changing(who, commitment_id, Commitment) as (store, me, locked):
            commitment = await commitments.open_commitment(store, me, locked, commitment_id)
            raise_if_any(commitments.check_change(form, commitment, me, now))
            await commitments.ask_change(store, me, locked, commitment, form, now)
            requests: Sequence[ChangeRequest] = await store.commitments.requests_of([locked.pk], now)
        return max(requests, key=lambda one: one.pk)

    async def to_answer(self, who: Person, request_id: int) -> commitments.AnswerView:
        """A change that waits for an answer."""
        async with self.reading(who) as (store, me):
            return await commitments.to_answer(store, me, request_id)

    async def answer_change(self, who: Person, request_id: int, now: datetime, *, agree: bool) -> Commitment:
        """Answer a change; the commitment as it is from then on."""
        async with self.changing(who, request_id, ChangeRequest) as (store, me, locked):
            return await commitments.answer_change(store, me, locked, request_id, now, agree=agree)


def pages_of(**form: Any) -> list[PageForm]:
    """The pages of a preparation that have some fields."""
    pages: list[PageForm] = []
    if "level" in form:
        pages.append(StandingForm(form.pop("level")))
    if "drives" in form:
        pages.append(form.pop("drives"))
    if "objectives" in form:
        pages.append(ObjectivesForm(form.pop("objectives")))
    if "questions" in form:
        pages.append(QuestionsForm(form.pop("questions")))
    return [*pages, AnswersForm(**form)] if form else pages
