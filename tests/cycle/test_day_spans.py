import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cycle.day_spans import DaySpan, days_in, merged, not_over, spans_from_text, spans_to_text

spans = st.lists(
    st.builds(
        lambda first, length: DaySpan(first, first + timedelta(days=length)),
        st.dates(date(2026, 1, 1), date(2026, 3, 1)),
        st.integers(0, 20),
    )
)


@given(spans)
def test_merging_keeps_the_days(written: list[DaySpan]):
    """The same days come back from a column, in spans that neither overlap nor touch."""
    fewer = merged(written)
    assert spans_from_text(spans_to_text(fewer)) == tuple(fewer)
    assert days_in(fewer) == days_in(written)
    assert all(one.last + timedelta(days=1) < other.first for one, other in itertools.pairwise(fewer))
    assert sum(span.length for span in fewer) == len(days_in(written))


@given(spans, st.dates(date(2026, 1, 1), date(2026, 3, 20)))
def test_what_is_over_is_left_out(written: list[DaySpan], today: date):
    """A span that reaches into today is kept whole."""
    assert days_in(not_over(written, today)) >= {day for day in days_in(written) if day >= today}
    assert all(span.last >= today for span in not_over(written, today))
