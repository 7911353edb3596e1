"""The working days of the whole workspace, set by an admin, as signed requests."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cycle import workspace_days
from cycle.calendar import DayOff, calendar_of
from cycle.countries import NOWHERE
from cycle.people import Profile, save_profile
from cycle.preferences import AS_USUAL, COUNTRY
from cycle.workspace_days import WorkspaceTime
from handlers.shared.ids import ActionId
from storage.people import Person
from tests.support.harness import BotHarness
from tests.support.views import said

ANA, BEN, CHIYO = "U0ANA", "U0BEN", "U0CHIYO"
NEW_YEARS_EVE = date(2026, 12, 31)


async def saved(harness: BotHarness, slack_id: str) -> Person:
    """A person as they are saved."""
    async with harness.database.reading(harness.workspace_id) as store:
        found = await store.people.by_slack_id(slack_id)
    assert found is not None
    return found


async def opened(harness: BotHarness) -> dict[str, Any]:
    """The form, as Chiyo opens it, whom Slack calls an admin."""
    harness.directory.profiles[CHIYO] = replace(harness.directory.profiles[CHIYO], is_admin=True)
    await harness.home_opened(CHIYO)
    settings = (await harness.command(CHIYO, "settings")).modal
    return (await harness.press(CHIYO, settings, ActionId.OPEN_WORKSPACE_DAYS)).modal


async def test_closed_days_count_for_everyone_at_once(harness: BotHarness, workspace: Any):
    """Nobody is at work on them; whoever plans a discussion then reads so; the form shows them and ends them."""
    form = await opened(harness)
    done = await harness.submit(CHIYO, form, closed_from=date(2026, 12, 28), closed_until=NEW_YEARS_EVE)
    assert "The workspace is closed from Mon 28 Dec to Thu 31 Dec." in said(done.modal)
    for who in (ANA, BEN, CHIYO):
        assert calendar_of(await saved(harness, who)).day_off(NEW_YEARS_EVE) is DayOff.CLOSED
    schedule = (await harness.command(ANA, "schedule")).modal
    warned = await harness.submit(
        ANA, schedule, starts_at=calendar_of(await saved(harness, ANA)).opening(NEW_YEARS_EVE)
    )
    assert "Your workspace is closed on Thu 31 Dec." in said(warned.modal)
    again = await opened(harness)
    await harness.submit(CHIYO, again, closed_days=[])
    assert calendar_of(await saved(harness, ANA)).is_working_day(NEW_YEARS_EVE)


async def test_the_country_of_the_workspace_counts_for_those_who_chose_none(harness: BotHarness, workspace: Any):
    """An admin chooses the United States: the Fourth of July is Ana's holiday, and not Ben's, who chose Britain."""
    for who, country in ((ANA, AS_USUAL), (BEN, "GB")):
        await harness.submit(who, (await harness.command(who, "settings")).modal, country=country)
    done = await harness.submit(CHIYO, await opened(harness), country="US")
    assert "People keep the public holidays of United States, unless they chose another country." in said(done.modal)
    independence_day = date(2028, 7, 4)
    assert not calendar_of(await saved(harness, ANA)).is_working_day(independence_day)
    assert calendar_of(await saved(harness, BEN)).is_working_day(independence_day)
    assert "Those of United States, as in the whole workspace" in str((await harness.command(ANA, "settings")).modal)
    await harness.submit(CHIYO, await opened(harness), country=NOWHERE)
    assert calendar_of(await saved(harness, ANA)).is_working_day(independence_day)
    await harness.submit(CHIYO, await opened(harness), country=AS_USUAL)
    assert not calendar_of(await saved(harness, ANA)).is_working_day(date(2026, 10, 12))  # Spain's national day


async def test_whoever_comes_later_keeps_the_same_days(harness: BotHarness, workspace: Any):
    """A person whom the bot meets after an admin has closed a day is off on it as well."""
    await harness.submit(CHIYO, await opened(harness), closed_from=NEW_YEARS_EVE, country="US")
    async with harness.database.unit(harness.workspace_id) as store:
        new = await save_profile(store, Profile("U0NEW", "Noor Haddad", "Europe/Paris"), harness.now)
    assert (new.workspace_country, calendar_of(new).day_off(NEW_YEARS_EVE)) == ("US", DayOff.CLOSED)


async def test_only_admins_set_them(sqlite_harness: BotHarness, workspace: Any):
    """Others see no button; one who was an admin when the form was opened reads who sets it, and nothing changes."""
    assert ActionId.OPEN_WORKSPACE_DAYS not in str((await sqlite_harness.command(ANA, "settings")).modal)
    form = await opened(sqlite_harness)
    sqlite_harness.directory.profiles[CHIYO] = replace(sqlite_harness.directory.profiles[CHIYO], is_admin=False)
    await sqlite_harness.event(
        {"type": "user_change", "user": {"id": CHIYO, "real_name": "Chiyo", "tz": "Asia/Tokyo", "is_admin": False}}
    )
    outcome = await sqlite_harness.submit(CHIYO, form, closed_from=NEW_YEARS_EVE)
    assert workspace_days.FOR_ADMINS in str(outcome.answer)
    assert (await saved(sqlite_harness, ANA)).closed_days == ""


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"closed_until": NEW_YEARS_EVE}, workspace_days.CLOSED_FROM, "From when?"),
        ({"closed_from": date(2026, 1, 4)}, workspace_days.CLOSED_FROM, "That day is over"),
        (
            {"closed_from": date(2027, 1, 4), "closed_until": NEW_YEARS_EVE},
            workspace_days.CLOSED_UNTIL,
            "before the first day",
        ),
        (
            {"closed_from": date(2027, 1, 4), "closed_until": date(2027, 6, 4)},
            workspace_days.CLOSED_UNTIL,
            "more than 60 days",
        ),
    ],
)
async def test_what_cannot_be_is_said_beside_the_field(
    sqlite_harness: BotHarness, workspace: Any, typed: dict[str, Any], field: str, sentence: str
):
    """The form stays open, and nothing is saved."""
    outcome = await sqlite_harness.submit(CHIYO, await opened(sqlite_harness), **typed)
    assert sentence in outcome.answer["errors"][field]
    assert (await saved(sqlite_harness, ANA)).closed_days == ""


def test_a_country_that_no_menu_offers_is_refused():
    """What comes from somewhere else than the form's menu."""
    assert list(workspace_days.check(WorkspaceTime("Atlantis"), NEW_YEARS_EVE)) == [COUNTRY]
