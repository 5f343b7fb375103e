"""Times as people read them."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from clients.qt_kit import formats
from clients.qt_kit.formats import MinuteRange

DAY_MS = 86_400_000


class TestMinutes:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(0, "0 min"), (59, "0 min"), (60, "1 min"), (1659, "27 min"), (-5, "0 min")],
    )
    def test_counts_whole_minutes(self, seconds: float, text: str) -> None:
        assert formats.minutes(seconds) == text


class TestMinuteRange:
    def test_rounds_outwards(self) -> None:
        assert formats.minute_range(MinuteRange.from_seconds(7 * 60 + 50, 11 * 60 + 1)) == "7–12 min"

    def test_one_number_where_both_ends_are_the_same(self) -> None:
        assert formats.minute_range(MinuteRange.from_seconds(300, 300)) == "5 min"

    def test_has_no_dash_from_right_to_left(self) -> None:
        assert "–" not in formats.minute_range(MinuteRange(low=7, high=12), right_to_left=True)

    @given(st.integers(0, DAY_MS), st.integers(0, DAY_MS))
    def test_never_excludes_what_was_promised(self, first_ms: int, second_ms: int) -> None:
        first, second = first_ms / 1000, second_ms / 1000
        bounds = MinuteRange.from_seconds(first, second)
        assert bounds.low * 60 <= min(first, second)
        assert max(first, second) <= bounds.high * 60


class TestTimer:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(0, "0:00"), (6, "0:06"), (204.9, "3:24"), (3725, "1:02:05"), (-1, "0:00")],
    )
    def test_shows_minutes_and_seconds(self, seconds: float, text: str) -> None:
        assert formats.timer(seconds) == text


class TestDuration:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(520, "8 min 40 s"), (45, "45 s"), (480, "8 min"), (59.7, "1 min")],
    )
    def test_leaves_out_what_is_zero(self, seconds: float, text: str) -> None:
        assert formats.duration(seconds) == text


class TestClockAndDate:
    def test_clock_has_two_digits_each(self) -> None:
        assert formats.clock(time(9, 5)) == "09:05"
        assert formats.clock(datetime(2025, 10, 14, 10, 43)) == "10:43"

    def test_date_is_written_out(self) -> None:
        assert formats.long_date(date(2025, 10, 14), QLocale("en_GB")) == "Tuesday 14 October"

    def test_digits_are_western_in_arabic(self) -> None:
        text = formats.long_date(date(2025, 10, 14), QLocale("ar_EG"))
        assert "14" in text
        assert not any("\u0660" <= char <= "\u0669" for char in text)
