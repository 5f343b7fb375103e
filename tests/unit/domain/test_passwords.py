"""What a new password is refused for, and what not."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import PasswordRefused
from server.domain.passwords import (
    AT_LEAST_WITH_SECOND_FACTOR,
    PasswordFlaw,
    flaws_of,
    prepared,
    require_good,
)
from server.infra import passwords as infra
from shared.users import PASSWORD_AT_LEAST

NAMES = ("City Hall", "marta", "Marta Ruiz Zoë", "marta.ruiz@example.org")


def flaws(
    password: str, *, at_least: int = PASSWORD_AT_LEAST, common: tuple[str, ...] = ()
) -> set[PasswordFlaw]:
    return set(flaws_of(password, at_least=at_least, names=NAMES, is_common=common.__contains__))


class TestLength:
    @pytest.mark.parametrize(
        ("length", "expected"), [(14, {PasswordFlaw.TOO_SHORT}), (15, set()), (72, set())]
    )
    def test_fifteen_characters_are_enough_and_fourteen_are_not(
        self, length: int, expected: set[PasswordFlaw]
    ) -> None:
        assert flaws(("xkwq7 pv" * 20)[: length - 1] + "9") - {PasswordFlaw.REPETITIVE} == expected

    def test_beside_a_second_factor_eight_are_enough(self) -> None:
        assert flaws("xkwq7pv", at_least=AT_LEAST_WITH_SECOND_FACTOR) == {PasswordFlaw.TOO_SHORT}
        assert flaws("xkwq7pv2", at_least=AT_LEAST_WITH_SECOND_FACTOR) == set()

    def test_code_points_are_counted_not_bytes_nor_how_they_were_typed(self) -> None:
        composed, apart = "é" * 5 + "brûlées ça", "e\u0301" * 5 + "bru\u0302le\u0301es c\u0327a"
        assert prepared(composed) == prepared(apart)
        assert len(prepared(apart)) == 15
        assert PasswordFlaw.TOO_SHORT not in flaws(apart)

    def test_signs_that_only_look_alike_stay_what_they_are(self) -> None:
        assert prepared("m² ﬁn") == "m² ﬁn"

    def test_any_space_is_a_space(self) -> None:
        assert prepared("a\u00a0b\u3000c") == "a b c"

    def test_more_bytes_than_bcrypt_looks_at_are_refused(self) -> None:
        words = "Žluťoučký kůň úpěl ďábelské ódy při setkání s "
        assert flaws(words[:46]) == set()
        assert flaws(words + words) == {PasswordFlaw.TOO_LONG}


class TestKnownPasswords:
    @pytest.mark.parametrize(
        "password",
        [
            "correcthorsebatterystaple",
            "Correct Horse Battery Staple",  # the signs between make no other password
            "PasswordPassword",
            "q1w2e3r4t5y6u7i8",
            "trustno1trustno1",  # the text that is written twice is known
        ],
    )
    def test_the_shipped_lists_know_it(self, password: str) -> None:
        found = flaws_of(password, at_least=8, names=(), is_common=infra.is_common)
        assert PasswordFlaw.COMMON in found

    @pytest.mark.parametrize("password", ["12345678", "trustno1", "iloveyou"])
    def test_short_ones_too(self, password: str) -> None:
        assert infra.is_common(password)

    def test_a_good_one_is_in_none(self) -> None:
        assert not infra.is_common("a long sentence that only I know")


class TestRepetition:
    @pytest.mark.parametrize(
        "password",
        [
            "aaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "abcdefghijklmnopqr",
            "12345678901234567890",
            "98765432109876543210",
            "qwertyuiopasdfghjkl",
            "qwertz12345asdfgh",
            "aaaaaaaabbbbbbbbbcc",
            "wolke7 wolke7 wolke7",
        ],
    )
    def test_over_and_over_or_along_the_keyboard(self, password: str) -> None:
        assert PasswordFlaw.REPETITIVE in flaws(password)

    @pytest.mark.parametrize(
        "password", ["kzpm-t4wq-9hxc-bn7e", "no 11 bus passes here", "würzige Suppe um 12"]
    )
    def test_but_nothing_that_only_has_some_of_it(self, password: str) -> None:
        assert flaws(password) == set()


class TestNames:
    @pytest.mark.parametrize(
        "password",
        [
            "callboard-callboard",
            "CityHall-City-Hall",
            "Marta.Ruiz.2026!!!",
            "zoe marta callboard 12",  # accents make no other name
            "marta.ruiz@example.org",
        ],
    )
    def test_little_more_than_names(self, password: str) -> None:
        assert PasswordFlaw.NAMES in flaws(password)

    def test_a_sentence_may_have_a_name_in_it(self) -> None:
        assert flaws("marta planted nine walnut trees") == set()


class TestRefusal:
    def test_it_tells_all_reasons_in_words_and_as_data_and_nothing_of_the_password(self) -> None:
        with pytest.raises(PasswordRefused) as refused:
            require_good("abcabcabc", field="new", names=(), is_common=lambda _: False)
        error = refused.value
        assert error.facts["flaws"] == ["too_short", "repetitive"]
        assert error.facts["field"] == "new"
        assert (error.facts["characters"], error.facts["at_least"]) == (9, 15)
        assert "9 characters" in error.sentence
        assert "abcabc" not in f"{error.sentence}{error.facts}"

    @given(st.text(max_size=80))
    def test_any_text_is_judged(self, password: str) -> None:
        for flaw in flaws(password):
            assert isinstance(flaw, PasswordFlaw)

    def test_random_ones_pass(self) -> None:
        dice = random.Random(1)
        signs = string.ascii_letters + string.digits
        for _ in range(500):
            assert flaws("".join(dice.choice(signs) for _ in range(PASSWORD_AT_LEAST))) == set()

    def test_those_that_the_server_makes_pass(self) -> None:
        made = [infra.new_password() for _ in range(200)]
        assert len(set(made)) == 200
        for password in made:
            assert (
                flaws_of(password, at_least=PASSWORD_AT_LEAST, names=NAMES, is_common=infra.is_common) == ()
            )


class TestHashing:
    async def test_however_it_was_composed_it_is_the_same(self) -> None:
        stored = infra.hash_password("une brûlée à côté")
        assert await infra.verify_password("une bru\u0302le\u0301e a\u0300 co\u0302te\u0301", stored)
        assert not await infra.verify_password("une brulee a cote", stored)

    async def test_nothing_is_right_for_nobody(self) -> None:
        assert not await infra.verify_password("", None)

    async def test_what_is_too_long_is_never_cut(self) -> None:
        stored = infra.hash_password("x" * 72)
        assert not await infra.verify_password("x" * 73, stored)
        with pytest.raises(ValueError, match="72 bytes"):
            infra.hash_password("x" * 73)
