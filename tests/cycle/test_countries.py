from datetime import date
from zoneinfo import available_timezones

import pytest

from cycle.countries import NOWHERE, country_names, country_of_zone, public_holidays, weekend


@pytest.mark.parametrize(
    ("tz", "country"),
    [
        ("Europe/Madrid", "ES"), ("Asia/Kolkata", "IN"), ("Asia/Calcutta", "IN"), ("US/Eastern", "US"),
        ("Europe/Amsterdam", "NL"), ("UTC", None), ("Etc/GMT+3", None), ("Mars/Olympus", None), ("", None),
    ],
)  # fmt: skip
def test_a_time_zone_tells_a_country(tz: str, country: str | None):
    """Also under a name that it had once; zones of no country tell none."""
    assert country_of_zone(tz) == country


def test_every_place_has_a_country_with_working_days():
    """No zone that Slack may name leaves a person without a working day, and nearly all tell a country we know."""
    zones = [zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix", "right", "Etc"))]
    without = {zone for zone in zones if (country := country_of_zone(zone)) is None or country not in country_names()}
    assert len(without) < len(zones) // 50, without
    assert all(len(weekend(country)) in {1, 2} for country in country_names())


def test_holidays_are_known_year_by_year():
    """Fixed ones, movable ones and names, of any year; an unknown country has none."""
    spain = public_holidays("ES")
    assert date(2026, 12, 25) in spain
    assert date(2027, 3, 26) in spain  # Good Friday
    assert date(2027, 3, 27) not in spain
    assert spain.name(date(2031, 1, 6)) == "Epiphany"
    assert date(2026, 12, 25) not in public_holidays(NOWHERE)
    assert "Christmas" not in spain


def test_countries_are_listed_by_name():
    """As people look for them, two letters each."""
    names = list(country_names().values())
    assert names == sorted(names)
    assert {"ES": "Spain", "JP": "Japan"}.items() <= country_names().items()
    assert all(len(code) == 2 for code in country_names())
