"""The rules of what an admin may decide."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.configuring import (
    configure_counter,
    nearest_level,
    next_version,
    require_weights_of_levels,
)
from server.domain.counters import Counter
from server.domain.errors import EditedMeanwhile, InvalidField
from shared.counters import CounterSettings
from shared.ids import CounterId, OrganizationId, TypeKey
from shared.organizations import OrganizationSettings
from shared.policy import HEAD_START_MAX_MIN, CallingMode, CallingPolicy

LEVELS = st.sets(st.integers(0, HEAD_START_MAX_MIN), min_size=1, max_size=8)


class TestNextVersion:
    def test_follows_the_one_that_the_edit_was_made_from(self) -> None:
        assert next_version(4, made_from=4, what="counter") == 5

    @pytest.mark.parametrize("made_from", [3, 5])
    def test_any_other_is_refused(self, made_from: int) -> None:
        with pytest.raises(EditedMeanwhile) as refused:
            next_version(4, made_from=made_from, what="counter")
        assert refused.value.facts == {"what": "counter", "version": 4}
        assert "this counter" in refused.value.sentence


class TestNearestLevel:
    @given(priority=st.integers(0, HEAD_START_MAX_MIN), levels=LEVELS)
    def test_none_is_nearer(self, priority: int, levels: set[int]) -> None:
        found = nearest_level(priority, levels)
        assert found in levels
        assert abs(found - priority) == min(abs(level - priority) for level in levels)

    def test_of_two_it_is_the_one_that_is_better_for_the_visitor(self) -> None:
        assert nearest_level(10, (0, 20)) == nearest_level(10, (20, 0)) == 20


class TestWeights:
    def settings(self, *levels: int, mode: CallingMode = CallingMode.RATIO) -> OrganizationSettings:
        policy = CallingPolicy(mode=mode, ratio={0: 1, 30: 3})
        return OrganizationSettings(name="City Hall", priority_levels=levels, policy=policy)

    def test_a_level_need_not_have_one(self) -> None:
        require_weights_of_levels(self.settings(0, 10, 30))

    def test_only_a_level_has_one(self) -> None:
        with pytest.raises(InvalidField) as refused:
            require_weights_of_levels(self.settings(0, 10))
        assert refused.value.facts == {"field": "policy.ratio", "levels": [0, 10]}
        assert "30" in refused.value.sentence

    def test_what_is_kept_from_sharing_bars_no_other_mode(self) -> None:
        require_weights_of_levels(self.settings(0, 10, mode=CallingMode.HEAD_START))


class TestConfigureCounter:
    @pytest.mark.parametrize(
        ("chosen", "allowed", "serves"),
        [
            ("", "", ""),
            ("ab", "", "ab"),
            ("ab", "bc", "b"),
            ("ab", "c", ""),
            ("", "c", ""),
        ],
    )
    def test_an_open_one_goes_on_with_what_it_may_serve(self, chosen: str, allowed: str, serves: str) -> None:
        counter = Counter(
            id=CounterId(uuid4()),
            organization_id=OrganizationId(uuid4()),
            label="1",
            name="Counter 1",
            position=1,
            serves=tuple(map(TypeKey, chosen)),
        )
        settings = CounterSettings(label="2", name="Till", position=9, customer_types=tuple(allowed))
        after = configure_counter(counter, settings, version=3)
        assert after.serves == tuple(serves)
        assert all(after.serves_now(TypeKey(key)) for key in serves or allowed)
        assert (after.label, after.name, after.position, after.version) == ("2", "Till", 9, 3)
