"""A year (or more) of a whole company: pairs all over the world who do what people do, or forget it.

Everything runs as in production, nightly jobs included, on a clock that jumps from one moment to the next. A witness
stands where Slack would and checks each message against what it knows of the person from other sources than the bot:
the library of holidays and the zone database themselves, and what the simulation has told it.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays
import sqlalchemy as sa

from cycle import agendas, commitments, preferences, preparations, scheduling, thanks, wrap_up
from cycle.day_spans import DaySpan, days_in
from cycle.guards import lock_pair
from cycle.nudges import KINDS, Urgency
from cycle.people import Profile, save_profile
from cycle.preferences import AS_USUAL, WorkingTime
from cycle.wrap_up import WrapUpForm
from scheduler.clocks import Clocks
from scheduler.confirmation import Confirmation
from scheduler.delivery import Delivery
from scheduler.dispatch import Dispatch
from scheduler.editing import Editing
from scheduler.housekeeping import Housekeeping
from scheduler.jobs import HOUSEKEEPING_AT_HOUR, REPLAN_AT_HOUR, Jobs
from scheduler.messenger import OutgoingMessage, Posted, RateLimited, Unknown
from scheduler.nightly import Nightly, NightlyJob
from scheduler.profile_check import ProfileCheck
from scheduler.replanning import Replanning
from storage.agenda import ItemState
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.nudges import NUDGE, NudgeState
from storage.pairs import Cadence, Pair, Side
from storage.people import Person
from storage.preparations import Level
from storage.store import Store
from tests.support.builders import pair, person, planning, saved
from tests.support.directories import FakeDirectory
from tests.support.messengers import Accident, FakeMessenger

PLACES: Final[Mapping[str, str]] = {
    "Europe/Madrid": "ES", "Europe/London": "GB", "America/New_York": "US", "Asia/Tokyo": "JP", "Asia/Kolkata": "IN",
    "Asia/Kathmandu": "NP", "Australia/Sydney": "AU", "Australia/Eucla": "AU", "Australia/Adelaide": "AU",
    "Pacific/Chatham": "NZ", "Pacific/Auckland": "NZ", "Pacific/Apia": "WS", "Pacific/Kiritimati": "KI",
    "Pacific/Honolulu": "US", "America/St_Johns": "CA", "America/Vancouver": "CA", "America/Sao_Paulo": "BR",
    "America/Santiago": "CL", "America/Bogota": "CO", "America/Mexico_City": "MX", "America/Caracas": "VE",
    "America/Argentina/Buenos_Aires": "AR", "Africa/Casablanca": "MA", "Africa/Cairo": "EG", "Africa/Lagos": "NG",
    "Africa/Johannesburg": "ZA", "Africa/Nairobi": "KE", "Asia/Riyadh": "SA", "Asia/Jerusalem": "IL",
    "Asia/Dubai": "AE", "Asia/Dhaka": "BD", "Asia/Karachi": "PK", "Asia/Bangkok": "TH", "Asia/Seoul": "KR",
    "Asia/Shanghai": "CN", "Asia/Singapore": "SG", "Asia/Manila": "PH", "Europe/Istanbul": "TR",
    "Europe/Berlin": "DE", "Europe/Paris": "FR", "Europe/Warsaw": "PL", "Europe/Stockholm": "SE",
    "Europe/Dublin": "IE", "Atlantic/Azores": "PT", "Europe/Kyiv": "UA", "Asia/Colombo": "LK",
}  # fmt: skip
"""Zones of every kind, quarters of an hour and both sides of the date line among them, and the country of each."""

BEGINS: Final = datetime(2027, 1, 4, 3, tzinfo=UTC)
ACTS_EVERY: Final = timedelta(hours=6)
TOGETHER: Final = 50
"""Pairs that act in one transaction: a simulation need not wait for each."""

LATEST_MESSAGES: Final = 20_000
UNSENT: Final = (NudgeState.PLANNED, NudgeState.CLAIMED, NudgeState.FAILED)
LAST_NIGHTLY_HOUR: Final = max(HOUSEKEEPING_AT_HOUR, REPLAN_AT_HOUR)
OPENS: Final = time(9)
CLOSES: Final = time(17)
IN_ORDER: Final = ("propose_agenda", "prepare_manager", "day_before", "wrap_up")
"""Reminders of one date of a discussion, each of which makes sense only before the ones after it."""

LONGEST_SILENCE: Final = timedelta(days=330)
"""A pair that nothing is said to for longer has been forgotten: the floor is ten months."""


@dataclass
class Known:
    """What the simulation knows of a person, whatever the bot has made of it."""

    id: int
    slack_id: str
    tz: str
    country: str
    weekdays: frozenset[int]
    away: frozenset[date] = frozenset()
    opens: time = OPENS
    closes: time = CLOSES

    def why_not(self, moment: datetime, closed: frozenset[date]) -> str | None:
        """Why the person must not be written to at a moment; None where they may."""
        here = moment.astimezone(ZoneInfo(self.tz))
        if not self.opens <= here.time() < self.closes:
            return f"outside hours ({here:%a %H:%M} in {self.tz})"
        if here.weekday() not in self.weekdays:
            return f"on a day that is no working day ({here:%a} in {self.country})"
        if here.date() in self.away:
            return f"during time off ({here:%d %b})"
        if here.date() in closed:
            return f"on a closed day ({here:%d %b})"
        holiday = _holidays(self.country, here.year).get(here.date())
        return None if holiday is None else f"on {holiday} in {self.country}"


@cache
def _holidays(country: str, year: int) -> Mapping[date, str]:
    return holidays.country_holidays(country, years=year, language="en_US")


def weekend_of(country: str) -> frozenset[int]:
    """The days on which a country does not work."""
    return frozenset(holidays.country_holidays(country).weekend)


@dataclass(frozen=True)
class Seen:
    """A message that a person got."""

    at: datetime
    kinds: tuple[str, ...]

    @property
    def may_wait(self) -> bool:
        """Whether all of it may wait."""
        return all(KINDS[kind].urgency is Urgency.MAY_WAIT for kind in self.kinds)


class Witness(FakeMessenger):
    """Stands in for Slack, and writes down whatever should not have happened."""

    def __init__(self, clock: Callable[[], datetime], rng: random.Random, accidents: float) -> None:
        super().__init__(clock)
        self.now = clock
        self.rng = rng
        self.accidents_at = accidents
        self.people: dict[str, Known] = {}
        self.closed: frozenset[date] = frozenset()
        self.faults: list[str] = []
        self.seen: dict[str, list[Seen]] = defaultdict(list)
        self.places: dict[tuple[str, str], int] = {}
        self.times: Counter[tuple[str, str]] = Counter()
        self.counts: Counter[str] = Counter()

    async def post(self, message: OutgoingMessage) -> Posted:
        """Take a message, now and then with an accident: Slack is too busy, or the answer is lost on its way."""
        if self.rng.random() < self.accidents_at:
            lost, taken = Unknown("dropped"), self.rng.random() < 0.5
            self.will(self.rng.choice([Accident(RateLimited(timedelta(seconds=7))), Accident(lost, taken=taken)]))
            self.counts["accidents"] += 1
        return await super().post(message)

    def _show(self, message: OutgoingMessage) -> None:
        super()._show(message)
        reader = self.people[message.recipient.slack_id]
        moment = self.now()
        keys = [part.key for part in message.parts]
        one = Seen(moment, tuple(key.partition(":")[0] for key in keys))
        if (why := reader.why_not(moment, self.closed)) is not None:
            self._fault(reader, moment, f"{', '.join(keys)} {why}")
        for key in keys:
            self.times[reader.slack_id, key] += 1
            if self.times[reader.slack_id, key] > 1:
                self._fault(reader, moment, f"{key} twice")
            self._check_order(reader, moment, key)
        self._check_budget(reader, one)
        self.seen[reader.slack_id].append(one)
        self.counts["messages"] += 1
        self.counts["nudges"] += len(keys)
        self._forget()

    def _forget(self) -> None:
        """A year of messages is a lot: those that nobody edits any more go."""
        self.shown.clear()
        self.asked.clear()
        while len(self.blocks) > LATEST_MESSAGES:
            del self.blocks[next(iter(self.blocks))]
            del self._places[next(iter(self._places))]

    def _check_order(self, reader: Known, moment: datetime, key: str) -> None:
        kind, _, rest = key.partition(":")
        if kind not in IN_ORDER:
            return
        discussion, round_ = rest.split(":")[:2]
        place, about = IN_ORDER.index(kind), (reader.slack_id, f"{discussion}:{round_}")
        if place < self.places.get(about, 0):
            self._fault(reader, moment, f"{key} after {IN_ORDER[self.places[about]]}")
        self.places[about] = place

    def _check_budget(self, reader: Known, one: Seen) -> None:
        if not one.may_wait:
            return
        zone, today = ZoneInfo(reader.tz), one.at.astimezone(ZoneInfo(reader.tz)).date()
        days = [(before, before.at.astimezone(zone).date()) for before in self.seen[reader.slack_id][-20:]]
        if any(day == today for _before, day in days):
            self._fault(reader, one.at, f"{', '.join(one.kinds)} beside another message of the day")
        if sum(before.may_wait and today - day < timedelta(days=7) for before, day in days) >= 3:
            self._fault(reader, one.at, f"{', '.join(one.kinds)} after three in a week")

    def _fault(self, reader: Known, moment: datetime, what: str) -> None:
        self.faults.append(f"{moment:%Y-%m-%d %H:%M} {reader.slack_id} ({reader.tz}): {what}")


@dataclass(frozen=True)
class Habits:
    """How likely people do something when the simulation looks at them."""

    plans: float = 0.2
    moves: float = 0.06
    cancels: float = 0.02
    proposes: float = 0.3
    wraps_up: float = 0.5
    thanks: float = 0.3
    keeps: float = 0.12
    goes_away: float = 0.03
    relocates: float = 0.003


@dataclass
class Year:
    """The company, its clock and its bot."""

    database: Database
    workspace_id: int
    pairs: int
    seed: int = 20270104
    accidents: float = 0.01
    begins: datetime = BEGINS
    looked_at: float = 1.0  # a day, of all pairs: people do something or other only when the simulation looks at them
    habits: Habits = field(default_factory=Habits)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - a simulation
        self.now = self.begins
        self.night: date | None = None
        self.seconds = 0.0
        self.clocks = Clocks(lambda: self.now, lambda: self.seconds)
        self.slack = Witness(lambda: self.now, self.rng, self.accidents)
        self.directory = FakeDirectory()
        self.jobs = self._new_process()
        self.pair_ids: list[int] = []
        self.done: Counter[str] = Counter()
        self.last_word: dict[int, datetime] = {}

    def _new_process(self) -> Jobs:
        """Another process takes over. It is put together as in production, but for the nightly look at all profiles.

        Who moves is announced at once here, as Slack does it; and recipients are looked at before messages go out.
        """
        messenger_of = {self.workspace_id: self.slack}.get
        directory_of = {self.workspace_id: self.directory}.get
        database, clocks = self.database, self.clocks
        dispatch = Dispatch(
            database,
            Delivery(database, messenger_of, clocks, ProfileCheck(database, directory_of, clocks)),
            Confirmation(database, messenger_of, clocks),
            Editing(database, messenger_of, clocks),
            clocks,
        )
        nightly = (
            NightlyJob("replan", REPLAN_AT_HOUR, Replanning(database, clocks).replan),
            NightlyJob("housekeeping", HOUSEKEEPING_AT_HOUR, Housekeeping(database, clocks).tidy_up),
        )
        return Jobs(database, dispatch, Nightly(database, nightly, clocks), clocks)

    async def founds(self) -> None:
        """Everyone is there, paired, and without a date."""
        places = list(PLACES)
        async with self.database.unit(self.workspace_id) as store:
            everyone = [
                person(f"Person {number}", places[number % len(places)], country=None, per_day=1, per_week=3)
                for number in range(2 * self.pairs)
            ]
            await saved(store, *everyone)
            made = [
                pair(everyone[number], everyone[self.pairs + number], cadence=Cadence.QUARTERLY)
                for number in range(self.pairs)
            ]
            await saved(store, *made)
            due = [self.begins.date() + timedelta(days=self.rng.randrange(20, 60)) for _ in made]
            await saved(store, *(planning(two, day) for two, day in zip(made, due, strict=True)))
        for one in everyone:
            country = PLACES[one.tz]
            self.slack.people[one.slack_id] = Known(
                one.pk, one.slack_id, one.tz, country, frozenset(range(7)) - weekend_of(country)
            )
            self.directory.known[one.slack_id] = Profile(one.slack_id, one.name, one.tz)
        self.pair_ids = [two.pk for two in made]

    async def passes(self, length: timedelta) -> None:
        """Time goes by."""
        end = self.now + length
        acts_at = self.now
        while self.now < end:
            await self._works()
            moment = await self.jobs.next_moment()
            soonest = min(acts_at, end, moment or end)
            self._goes_to(max(soonest, self.now + timedelta(seconds=1)))
            if self.now >= acts_at:
                acts_at = self.now + ACTS_EVERY
                await self._everyone_acts()
                if self.rng.random() < 0.02:
                    self.jobs = self._new_process()
                    self.done["restarts"] += 1
        await self._works()

    async def _works(self) -> None:
        """The bot does what is due: nightly jobs as well, once a night."""
        night = (self.now - timedelta(hours=LAST_NIGHTLY_HOUR)).date()
        if night == self.night:
            await self.jobs.catch_up()
        else:
            self.night = night
            await self.jobs.do_due()

    def _goes_to(self, moment: datetime) -> None:
        self.seconds += (moment - self.now).total_seconds()
        self.now = moment

    async def closes(self, first: date, last: date) -> None:
        """An admin closes the workspace for some days."""
        span = DaySpan(first, last)
        self.slack.closed = frozenset(days_in([span]))
        async with self.database.unit(self.workspace_id) as store:
            days = await store.people.workspace_days()
            await store.people.set_workspace_days(days._replace(closed_days=str(span)))

    async def _everyone_acts(self) -> None:
        at_once = self.looked_at * (ACTS_EVERY / timedelta(days=1))
        chosen = [pair_id for pair_id in self.pair_ids if self.rng.random() < at_once]
        for first in range(0, len(chosen), TOGETHER):
            async with self.database.unit(self.workspace_id) as store:
                for pair_id in chosen[first : first + TOGETHER]:
                    await self._acts(store, pair_id)

    def _happens(self, what: str) -> bool:
        """Whether somebody does something now, which is then counted."""
        does = bool(self.rng.random() < getattr(self.habits, what))
        self.done[what] += does
        return does

    async def _acts(self, store: Store, pair_id: int) -> None:
        two = await lock_pair(store, pair_id, Pair, with_people=True)
        both = await store.people.by_ids([two.employee_id, two.manager_id])
        employee, manager = both[two.employee_id], both[two.manager_id]
        me = self.rng.choice([employee, manager])
        if self._happens("goes_away"):
            await self._goes_away(store, me)
        if self._happens("relocates"):
            await self._relocates(store, me)
        await self._goes_on(store, two, me, (employee, manager))
        if self._happens("thanks"):
            await self._thanks(store, employee, manager, two)
        if self._happens("keeps"):
            await self._keeps(store, me, two)

    async def _goes_on(self, store: Store, two: Pair, me: Person, both: tuple[Person, Person]) -> None:
        """Someone does what the open discussion needs, or forgets it."""
        discussion = await store.discussions.open_of(two.pk)
        assert discussion is not None, f"pair {two.pk} has lost its cycle"
        if discussion.state is DiscussionState.PLANNING:
            if self._happens("plans"):
                await self._finds_a_date(store, me, two, discussion)
        elif discussion.starts_at is not None and discussion.ends_at is not None:
            if discussion.ends_at < self.now:
                if self._happens("wraps_up"):
                    await self._wraps_up(store, me, two, discussion)
            elif self._happens("moves"):
                await self._finds_a_date(store, me, two, discussion)
            elif self._happens("cancels"):
                await scheduling.cancel(store, me, two, discussion, "Something came up", self.now)
            elif discussion.starts_at - self.now < timedelta(days=14) and self._happens("proposes"):
                await self._prepares(store, *both, two)

    async def _finds_a_date(self, store: Store, me: Person, two: Pair, discussion: Discussion) -> None:
        zone = ZoneInfo(self.slack.people[me.slack_id].tz)
        day = self.now.astimezone(zone).date() + timedelta(days=self.rng.randrange(2, 40))
        starts_at = datetime.combine(day, time(self.rng.randrange(9, 17)), zone).astimezone(UTC)
        if not await scheduling.check_date(store, me, two, starts_at, 60, now=self.now, besides=discussion):
            await scheduling.set_date(store, me, two, discussion, starts_at, 60, self.now)

    async def _prepares(self, store: Store, employee: Person, manager: Person, two: Pair) -> None:
        for me in (employee, manager):
            prepared = await preparations.prepared_so_far(store, me, two)
            await preparations.save(store, me, prepared, preparations.StandingForm(Level.DEVELOPING), self.now)
        agenda = await agendas.coming_agenda(store, employee, two.pk)
        await agendas.propose(store, employee, agenda, [f"Item {self.rng.random()}"], self.now)
        await store.flush()
        if self.rng.random() < 0.5:
            agenda = await agendas.coming_agenda(store, manager, two.pk)
            read = {item.pk: agendas.mark_of(item) for item in agenda.all_items if item.state is ItemState.PROPOSED}
            await agendas.accept_all(store, manager, agenda, read, self.now)

    async def _wraps_up(self, store: Store, me: Person, two: Pair, discussion: Discussion) -> None:
        view = await wrap_up.about_to_wrap_up(store, two, discussion)
        today = self.now.date()
        entries = [
            commitments.CommitmentEntry(f"{side}", side, f"What {side} does", today + timedelta(days=days))
            for side, days in ((Side.EMPLOYEE, self.rng.randrange(5, 40)), (Side.MANAGER, self.rng.randrange(5, 40)))
        ]
        await wrap_up.wrap_up(store, me, view, WrapUpForm(Cadence.QUARTERLY, 60, commitments=entries), self.now)

    async def _thanks(self, store: Store, employee: Person, manager: Person, two: Pair) -> None:
        for held in await store.discussions.latest_held(two.pk, limit=1):
            if held.state is DiscussionState.HELD:
                view = await thanks.thanks_for(store, employee, two, held, self.now)
                await thanks.send(store, employee, view, "Thank you!", self.now)
            else:
                await thanks.confirm(store, manager, two, held, self.now)

    async def _keeps(self, store: Store, me: Person, two: Pair) -> None:
        mine = [one for one in await store.commitments.open_of([two.pk]) if one.owner_id == me.pk]
        if mine:
            await commitments.done(store, me, two, self.rng.choice(mine).pk, self.now)

    async def _goes_away(self, store: Store, me: Person) -> None:
        known = self.slack.people[me.slack_id]
        today = self.now.astimezone(ZoneInfo(known.tz)).date()
        first = today + timedelta(days=self.rng.randrange(1, 30))
        last = first + timedelta(days=self.rng.randrange(1, 16))
        before = preferences.working_time_of(me, today).time_off
        wanted = WorkingTime(sorted(known.weekdays), known.opens, known.closes, AS_USUAL, before, first, last)
        if not preferences.check(wanted, today):
            await preferences.set_working_time(store, me, wanted, self.now)
            known.away |= frozenset(days_in([DaySpan(first, last)]))

    async def _relocates(self, store: Store, me: Person) -> None:
        known = self.slack.people[me.slack_id]
        known.tz = self.rng.choice(list(PLACES))
        known.country = PLACES[known.tz]
        known.weekdays = frozenset(range(7)) - weekend_of(known.country)
        if me.weekdays is not None:
            known.weekdays = frozenset(map(int, me.weekdays))
        profile = Profile(me.slack_id, me.name, known.tz)
        self.directory.known[me.slack_id] = profile
        await save_profile(store, profile, self.now)

    async def forgotten(self) -> Sequence[str]:
        """Pairs without an open discussion, or to whom nothing was said for too long."""
        found = []
        async with self.database.reading(self.workspace_id) as store:
            everyone = {one.id: slack_id for slack_id, one in self.slack.people.items()}
            for two in await store.pairs.by_ids(self.pair_ids):
                if await store.discussions.open_of(two.pk) is None:
                    found.append(f"pair {two.pk} has no open discussion")
                both = [everyone[two.employee_id], everyone[two.manager_id]]
                moments = sorted(one.at for slack_id in both for one in self.slack.seen[slack_id])
                gaps = zip([self.begins, *moments], [*moments, self.now], strict=True)
                found += [f"pair {two.pk} heard nothing after {a:%d %b %Y}" for a, b in gaps if b - a > LONGEST_SILENCE]
        return found

    async def left_lying(self) -> Sequence[str]:
        """Nudges that failed, or that have been due for two weeks although their person was at work."""
        found = []
        by_id = {one.id: one for one in self.slack.people.values()}
        async with self.database.engine.connect() as connection:
            rows = (await connection.execute(sa.select(NUDGE).where(NUDGE.c.state.in_(UNSENT)))).all()
        for row in rows:
            if row.state == NudgeState.FAILED:
                found.append(f"{row.key} failed: {row.failure}")
            elif row.due_at < self.now - timedelta(days=14):
                days = (row.due_at + timedelta(days=number, hours=1) for number in range((self.now - row.due_at).days))
                open_days = sum(by_id[row.person_id].why_not(day, self.slack.closed) is None for day in days)
                found += [f"{row.key} is {row.state}, due {row.due_at:%d %b}"] if open_days > 5 else []
        return found
