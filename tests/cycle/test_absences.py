"""What a status in Slack says about a person's days off."""

from datetime import date, datetime

import pytest

from cycle.people import Profile, absence_of, has_changed
from tests.support.builders import MADRID, TOKYO, at, person

NOON = at(MADRID, 2026, 12, 1, 12)


def profile(away_until: datetime | None, tz: str = MADRID) -> Profile:
    """Ana as Slack describes her."""
    return Profile("U1", "Ana Ruiz", tz, away_until=away_until)


@pytest.mark.parametrize(
    ("until", "tz", "absence"),
    [
        (None, MADRID, (None, None)),
        (at(MADRID, 2026, 12, 1, 11), MADRID, (None, None)),  # it has ended
        (at(MADRID, 2026, 12, 4, 23, 59), MADRID, (date(2026, 12, 1), date(2026, 12, 4))),
        (at(MADRID, 2026, 12, 5), MADRID, (date(2026, 12, 1), date(2026, 12, 4))),  # midnight ends the day before
        (at(MADRID, 2026, 12, 5, 9), MADRID, (date(2026, 12, 1), date(2026, 12, 4))),  # back that morning
        (at(MADRID, 2026, 12, 1, 18), MADRID, (date(2026, 12, 1), date(2026, 12, 1))),
        (at(MADRID, 2026, 12, 2, 9), MADRID, (date(2026, 12, 1), date(2026, 12, 1))),
        (at(MADRID, 2026, 12, 2, 9), TOKYO, (date(2026, 12, 1), date(2026, 12, 2))),  # 17:00 there
    ],
)
def test_an_absence_is_days_of_the_persons_own(until: datetime | None, tz: str, absence: tuple[date, date]):
    """From the day on which the status is seen to the last on which it lasts beyond noon."""
    ana = person("Ana Ruiz", tz)
    assert absence_of(ana, profile(until, tz), NOON) == absence
    assert has_changed(ana, profile(until, tz), NOON) is (absence != (None, None))


def test_an_absence_that_goes_on_keeps_its_first_day():
    """A status seen again, or made longer, is the same absence; one after a day back is another."""
    ana = person("Ana Ruiz", status_from=date(2026, 11, 24), status_until=date(2026, 12, 2))
    longer = profile(at(MADRID, 2026, 12, 11, 20))
    assert absence_of(ana, longer, NOON) == (date(2026, 11, 24), date(2026, 12, 11))
    back = person("Ana Ruiz", status_from=date(2026, 11, 24), status_until=date(2026, 11, 27))
    assert absence_of(back, longer, NOON) == (date(2026, 12, 1), date(2026, 12, 11))
    assert absence_of(ana, profile(None), NOON) == (None, None)
    assert has_changed(ana, profile(None), NOON)
