"""Countries: their public holidays and weekends, and which of them a time zone belongs to.

The library takes a third of a second to load, so it is loaded for the first person who has a country.
"""

from collections.abc import Container, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

NOWHERE: Final = "none"
"""A person's country where they keep no public holidays."""

SATURDAY_AND_SUNDAY: Final = frozenset({5, 6})  # 0 is Monday

ZONE_FILES: Final = files("tzdata") / "zoneinfo"


class PublicHolidays(Container[date]):
    """The days on which the whole of a country is off, of any year; reckoned when a year is first asked for."""

    def __init__(self, country: str) -> None:
        self._country = country
        self._years: dict[int, Mapping[date, str]] = {}

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        known = self._years.get(day.year)  # asked for each day that a night looks at
        return day in (self._of(day.year) if known is None else known)

    def name(self, day: date) -> str | None:
        """What the holiday is called in English, as far as the library knows; None for an ordinary day."""
        return self._of(day.year).get(day)

    def _of(self, year: int) -> Mapping[date, str]:
        if year not in self._years:
            self._years[year] = _reckoned(self._country, year)
        return self._years[year]


@cache
def public_holidays(country: str) -> PublicHolidays:
    """The public holidays of a country (two letters, ISO 3166); none where the library does not know it."""
    return PublicHolidays(country)


@cache
def weekend(country: str) -> frozenset[int]:
    """The days of the week on which a country does not work."""
    if not _is_known(country):
        return SATURDAY_AND_SUNDAY
    from holidays import country_holidays  # noqa: PLC0415 - see above

    return frozenset(country_holidays(country).weekend) or SATURDAY_AND_SUNDAY


@cache
def country_names() -> Mapping[str, str]:
    """The countries whose public holidays are known, by their two letters, in the order of their English names."""
    names = {code: name for code, name in _rows("iso3166.tab") if _is_known(code)}
    return dict(sorted(names.items(), key=lambda one: one[1]))


@cache
def country_of_zone(tz: str) -> str | None:
    """The country whose time an IANA zone is; None for zones of no country, and for names that are no zone's."""
    return _countries_by_zone().get(_links().get(tz, tz))


@cache
def _countries_by_zone() -> Mapping[str, str]:
    return {zone: code for code, _place, zone, *_comment in _rows("zone.tab")}


@cache
def _links() -> Mapping[str, str]:
    """The present names of zones, by the names that some systems still use for them."""
    lines = (ZONE_FILES / "tzdata.zi").read_text(encoding="utf-8").splitlines()
    links = (line.split(" ") for line in lines if line.startswith("L "))
    known = _countries_by_zone()
    return {old: new for _link, new, old in links if old not in known}


def _rows(name: str) -> list[list[str]]:
    lines = (ZONE_FILES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def _known() -> frozenset[str]:
    from holidays import list_supported_countries  # noqa: PLC0415 - see above

    return frozenset(list_supported_countries())


def _is_known(country: str) -> bool:
    return country != NOWHERE and country in _known()


def _reckoned(country: str, year: int) -> Mapping[date, str]:
    if not _is_known(country):
        return {}
    from holidays import country_holidays  # noqa: PLC0415 - see above

    return dict(country_holidays(country, years=year, language="en_US").items())
