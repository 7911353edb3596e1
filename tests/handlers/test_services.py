from datetime import timedelta

from cycle.people import PROFILE_GOOD_FOR, LookupFailure, Profile
from handlers.shared.services import Services
from storage.database import Database
from tests.support.builders import MADRID, at

NOW = at(MADRID, 2026, 9, 7, 10)


class FakeDirectory:
    """Slack's directory, which can be silent and counts how often it was asked."""

    def __init__(self, *profiles: Profile) -> None:
        self.known = {profile.slack_id: profile for profile in profiles}
        self.asked: list[str] = []

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """What is known of somebody."""
        self.asked.append(slack_id)
        return self.known.get(slack_id, LookupFailure.UNAVAILABLE)


async def an_office(database: Database, directory: FakeDirectory) -> tuple[Services, list]:
    """An office on a database, and the moments of its clock: the last one is now."""
    moments = [NOW]
    services = Services(
        database=database,
        workspace_id=await database.workspace("T1", "Here"),
        clock=lambda: moments[-1],
        directory=directory,
        wake=lambda: None,
        bank=None,
        publish_home=None,
    )
    return services, moments


async def known(services: Services, slack_id: str):
    """Who is remembered by an id."""
    async with services.database.reading(services.workspace_id) as store:
        return await store.people.by_slack_id(slack_id)


async def test_slack_is_asked_about_somebody_once_a_day(database: Database):
    """The first meeting asks; the same day nothing more; the day after it asks again, and nobody waits for it."""
    directory = FakeDirectory(Profile("U1", "Ana Ruiz", "Europe/Madrid"))
    services, moments = await an_office(database, directory)
    for _ in range(3):
        await services.ensure_person("U1", "ana")
    assert directory.asked == ["U1"]
    directory.known["U1"] = Profile("U1", "Ana Ruiz", "Asia/Tokyo")
    moments.append(NOW + PROFILE_GOOD_FOR + timedelta(minutes=1))
    await services.ensure_person("U1", "ana")
    await services.finish_background()
    assert directory.asked == ["U1", "U1"]
    assert (await known(services, "U1")).tz == "Asia/Tokyo"


async def test_a_silent_directory_keeps_nobody_out(database: Database):
    """While Slack tells nothing of a newcomer they are known by the name in their request, until it does."""
    directory = FakeDirectory()
    services, _ = await an_office(database, directory)
    await services.ensure_person("U1", "ana")
    assert ((await known(services, "U1")).name, (await known(services, "U1")).tz) == ("ana", "UTC")
    directory.known["U1"] = Profile("U1", "Ana Ruiz", "Europe/Madrid")
    await services.ensure_person("U1", "ana")
    await services.finish_background()
    assert ((await known(services, "U1")).name, (await known(services, "U1")).tz) == ("Ana Ruiz", "Europe/Madrid")


async def test_two_first_requests_at_once_meet_one_person(database: Database):
    """A command and an opened Home come together; nobody is remembered twice, nothing fails."""
    directory = FakeDirectory(Profile("U1", "Ana Ruiz", "Europe/Madrid"))
    services, _ = await an_office(database, directory)
    services.run_in_background("one", services.ensure_person("U1", "ana"))
    services.run_in_background("two", services.ensure_person("U1", "ana"))
    await services.finish_background()
    assert directory.asked == ["U1"]
