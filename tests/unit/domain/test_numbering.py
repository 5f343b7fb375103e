"""The numbers of a series: within a day, over the days, and when they run out."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import numbering
from server.domain.numbering import Series
from shared.ids import TypeKey

TODAY, YESTERDAY = date(2026, 3, 10), date(2026, 3, 9)


def series(*, current: int = 0, day: date | None = TODAY, top: int = 5, daily: bool = True) -> Series:
    return Series(
        customer_type=TypeKey("instant"),
        prefix="A",
        current=current,
        day=day,
        max_number=top,
        reset_daily=daily,
    )


class TestLabel:
    @pytest.mark.parametrize(
        ("number", "shown"), [(1, "A001"), (7, "A007"), (999, "A999"), (1000, "A1000"), (99_999, "A99999")]
    )
    def test_pads_to_three_and_keeps_longer_numbers_whole(self, number: int, shown: str) -> None:
        assert numbering.label(series(), number) == shown


class TestCandidates:
    @pytest.mark.parametrize("daily", [True, False])
    def test_begin_at_one_in_a_series_that_is_new(self, daily: bool) -> None:
        assert list(numbering.candidates(series(day=None, daily=daily), TODAY)) == [1, 2, 3, 4, 5]

    def test_go_on_within_the_day(self) -> None:
        assert list(numbering.candidates(series(current=3), TODAY)) == [4, 5]

    @pytest.mark.parametrize("current", [1, 5, 9])
    def test_start_anew_with_the_first_token_of_a_day(self, current: int) -> None:
        yesterdays = series(current=current, day=YESTERDAY)
        assert list(islice(numbering.candidates(yesterdays, TODAY), 2)) == [1, 2]

    def test_start_anew_on_the_first_day_of_a_year(self) -> None:
        last_years = series(current=4, day=date(2026, 12, 31))
        assert list(islice(numbering.candidates(last_years, date(2027, 1, 1)), 1)) == [1]

    def test_are_none_at_the_maximum_of_a_day(self) -> None:
        assert list(numbering.candidates(series(current=5), TODAY)) == []

    def test_are_none_beyond_a_maximum_that_was_lowered(self) -> None:
        assert list(numbering.candidates(series(current=9), TODAY)) == []

    def test_go_on_beyond_a_maximum_that_was_raised(self) -> None:
        assert list(numbering.candidates(series(current=5, top=7), TODAY)) == [6, 7]

    def test_wrap_where_the_series_runs_on(self) -> None:
        running = series(current=4, day=YESTERDAY, daily=False)
        assert list(numbering.candidates(running, TODAY)) == [5, 1, 2, 3, 4]

    @pytest.mark.parametrize("current", [5, 9])
    def test_wrap_at_the_maximum_and_beyond_one_that_was_lowered(self, current: int) -> None:
        running = series(current=current, daily=False)
        assert list(numbering.candidates(running, TODAY)) == [1, 2, 3, 4, 5]

    @given(current=st.integers(0, 60), top=st.integers(1, 50), daily=st.booleans())
    def test_are_each_offered_once_and_none_beyond_the_maximum(
        self, current: int, top: int, daily: bool
    ) -> None:
        offered = list(numbering.candidates(series(current=current, top=top, daily=daily), TODAY))
        assert len(offered) == len(set(offered))
        assert all(1 <= number <= top for number in offered)

    @given(current=st.integers(0, 60), top=st.integers(1, 50), days=st.integers(0, 3))
    def test_of_a_series_that_runs_on_are_all_of_them_whatever_the_day(
        self, current: int, top: int, days: int
    ) -> None:
        running = series(current=current, top=top, daily=False)
        offered = list(numbering.candidates(running, TODAY + timedelta(days=days)))
        assert sorted(offered) == list(range(1, top + 1))
