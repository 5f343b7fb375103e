"""Codes, and how long and how often."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from server.domain.errors import TooManyRequests
from server.domain.pairing import (
    CODE_LIVES,
    MOST_TRIES,
    TRIES_WITHIN,
    Pairing,
    Tries,
    neighbourhood,
    require_room,
    require_tries_left,
)
from shared.ids import DeviceId
from shared.pairing import CODE_LENGTH, CODE_LETTERS, PairingCode, PairingState, plain_code, shown_code

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CODES: TypeAdapter[str] = TypeAdapter(PairingCode)
codes = st.text(alphabet=CODE_LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


def pairing(**changes: object) -> Pairing:
    facts: dict[str, object] = {
        "code": "BCDFGHJK",
        "name": "LOBBY-2",
        "address": None,
        "created_at": NOW,
        "expires_at": NOW + CODE_LIVES,
    }
    return Pairing(**{**facts, **changes})  # type: ignore[arg-type]


class TestCode:
    def test_no_letter_looks_or_sounds_like_another_or_makes_a_word(self) -> None:
        assert len(CODE_LETTERS) == len(set(CODE_LETTERS)) == 20
        assert not set(CODE_LETTERS) & set("AEIOUY0123456789")

    @given(codes)
    def test_as_it_is_read_from_the_wall_or_pasted_it_is_the_same(self, code: str) -> None:
        shown = shown_code(code)
        assert (len(shown), shown[4]) == (9, "-")
        for typed in (code, shown, shown.lower(), f"  {shown.replace('-', ' ')}\n", shown.replace("-", "–")):
            assert CODES.validate_python(typed) == code

    @pytest.mark.parametrize(
        "text", ["", "BCDF", "BCDF-GHJKL", "ABCD-FGHJ", "BCDF-GHJ1", "BCDF_GHJK", "БCDFGHJK", "B" * 200]
    )
    def test_anything_else_is_none(self, text: str) -> None:
        with pytest.raises(ValidationError):
            CODES.validate_python(text)

    @given(st.text())
    def test_any_text_is_a_code_or_refused(self, text: str) -> None:
        try:
            code = CODES.validate_python(text)
        except ValidationError:
            return
        assert code == plain_code(text)
        assert set(code) <= set(CODE_LETTERS)


class TestState:
    def test_it_waits_until_its_time_is_over(self) -> None:
        waiting = pairing()
        assert waiting.state(NOW + CODE_LIVES - timedelta(microseconds=1)) is PairingState.PENDING
        assert waiting.state(NOW + CODE_LIVES) is PairingState.EXPIRED
        assert not waiting.is_open(NOW + CODE_LIVES)

    def test_approved_or_refused_nobody_decides_again(self) -> None:
        approved = pairing(device_id=DeviceId(uuid4()))
        refused = pairing(refused_at=NOW)
        assert approved.state(NOW) is PairingState.APPROVED
        assert refused.state(NOW) is PairingState.REFUSED
        assert not approved.is_open(NOW)
        assert not refused.is_open(NOW)

    def test_a_question_soon_after_another_is_too_soon(self) -> None:
        polled = pairing(polled_at=NOW)
        assert polled.is_polled_too_soon(NOW + timedelta(seconds=1.9))
        assert not polled.is_polled_too_soon(NOW + timedelta(seconds=2))
        assert not pairing().is_polled_too_soon(NOW)


class TestBounds:
    def test_the_sixth_wrong_code_is_refused_until_the_ten_minutes_are_over(self) -> None:
        for tries in range(1, MOST_TRIES + 1):
            require_tries_left(Tries(tries=tries, since=NOW), NOW)
        with pytest.raises(TooManyRequests) as caught:
            require_tries_left(
                Tries(tries=MOST_TRIES + 1, since=NOW), NOW + TRIES_WITHIN - timedelta(seconds=89.5)
            )
        assert caught.value.retry_after_s == 90
        assert caught.value.sentence == "5 codes were wrong. Try again in 90 seconds."

    def test_room_is_made_by_the_oldest(self) -> None:
        ends = NOW + timedelta(minutes=4)
        require_room(19, at_most=20, oldest_ends_at=ends, now=NOW)
        require_room(0, at_most=20, oldest_ends_at=None, now=NOW)
        with pytest.raises(TooManyRequests) as caught:
            require_room(20, at_most=20, oldest_ends_at=ends, now=NOW)
        assert caught.value.retry_after_s == 240

    def test_a_subscriber_of_ipv6_is_counted_as_one(self) -> None:
        assert neighbourhood("192.0.2.7") == "192.0.2.7/32"
        assert neighbourhood("2001:db8:1:2:3:4:5:6") == neighbourhood("2001:db8:1:2::1")
        assert neighbourhood("2001:db8:1:2::1") != neighbourhood("2001:db8:1:3::1")
