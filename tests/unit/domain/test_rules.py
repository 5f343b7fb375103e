"""The no-show rule, counters, the simple estimate, the matrix of permissions."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import counters
from server.domain.access import DEVICE
from server.domain.calling import require_no_show_open
from server.domain.counters import Counter
from server.domain.errors import (
    CounterBusy,
    CounterElsewhere,
    CounterNotOpen,
    CounterTaken,
    NoShowTooEarly,
    NotYourCounter,
    TypeNotServed,
)
from server.domain.estimates import wait_of_newcomer
from server.domain.tokens import Call
from shared.ids import CounterId, OrganizationId, Permission, TypeKey, UserId, UserRole
from shared.roles import MATRIX
from tests.unit.domain.factories import NOW, called_token, minutes

MARTA, JONAS = UserId(UUID(int=1)), UserId(UUID(int=2))


class TestNoShow:
    def rule(self, *, screens: int, shown: int, after_s: float) -> None:
        visit = called_token(at=NOW).call
        assert isinstance(visit, Call)
        require_no_show_open(
            visit,
            screens=screens,
            shown=shown,
            wait=timedelta(seconds=60),
            now=NOW + timedelta(seconds=after_s),
        )

    def test_opens_when_every_connected_screen_has_shown_the_call(self) -> None:
        self.rule(screens=2, shown=2, after_s=1)

    @pytest.mark.parametrize(("screens", "shown"), [(2, 1), (1, 0), (0, 0)])
    def test_is_too_early_before_that(self, screens: int, shown: int) -> None:
        with pytest.raises(NoShowTooEarly) as refused:
            self.rule(screens=screens, shown=shown, after_s=59.9)
        assert refused.value.facts["opens_at"] == (NOW + minutes(1)).isoformat()
        assert (refused.value.facts["shown"], refused.value.facts["screens"]) == (shown, screens)

    @pytest.mark.parametrize(("screens", "shown"), [(2, 1), (1, 0), (0, 0)])
    def test_opens_after_a_minute_whatever_the_screens_say(self, screens: int, shown: int) -> None:
        self.rule(screens=screens, shown=shown, after_s=60)


def counter(**changes: object) -> Counter:
    values: dict[str, object] = {
        "id": CounterId(UUID(int=3)),
        "organization_id": OrganizationId(UUID(int=1)),
        "label": "3",
        "name": "Counter 3",
        "position": 3,
    }
    return Counter(**(values | changes))


OPEN = counter(opened_by=MARTA, opened_at=NOW)


def open_as(
    user_id: UserId,
    place: Counter,
    *,
    take_over: bool = False,
    elsewhere: Counter | None = None,
    **more: object,
) -> Counter:
    return counters.open_counter(
        place,
        user_id=user_id,
        serves=more.pop("serves", ()),
        holder_name="Marta Ruiz",
        elsewhere=elsewhere,
        take_over=take_over,
        now=NOW + minutes(1),
    )


class TestCounters:
    def test_opening_a_closed_one(self) -> None:
        opened = open_as(JONAS, counter())
        assert (opened.opened_by, opened.opened_at) == (JONAS, NOW + minutes(1))

    def test_a_taken_one_is_refused_with_the_holders_name(self) -> None:
        with pytest.raises(CounterTaken) as refused:
            open_as(JONAS, OPEN)
        assert refused.value.sentence.startswith("Marta Ruiz has Counter 3 open")

    def test_taking_over(self) -> None:
        assert open_as(JONAS, OPEN, take_over=True).opened_by == JONAS

    def test_one_person_one_counter(self) -> None:
        other = counter(id=CounterId(UUID(int=4)), name="Counter 4", opened_by=JONAS, opened_at=NOW)
        with pytest.raises(CounterElsewhere):
            open_as(JONAS, counter(), elsewhere=other)

    def test_changing_what_ones_own_counter_serves_keeps_its_hour(self) -> None:
        again = open_as(MARTA, OPEN, serves=(TypeKey("retail"),))
        assert (again.opened_at, again.serves) == (NOW, ("retail",))

    def test_only_types_it_may_serve(self) -> None:
        with pytest.raises(TypeNotServed):
            open_as(JONAS, counter(customer_types=(TypeKey("instant"),)), serves=(TypeKey("retail"),))

    def test_it_serves_the_types_chosen_or_else_those_allowed(self) -> None:
        allowed = counter(customer_types=("a", "b"))
        chosen = counter(customer_types=("a", "b"), serves=("a",))
        assert [key for key in "abc" if allowed.serves_now(key)] == ["a", "b"]
        assert [key for key in "abc" if chosen.serves_now(key)] == ["a"]
        assert [key for key in "abc" if chosen.may_serve(key)] == ["a", "b"]

    def test_who_sits_there_serves_only_what_they_have_the_skill_for(self) -> None:
        skilled = counter(customer_types=("a", "b"), skills=("b", "c"))
        assert [key for key in "abc" if skilled.may_serve(key)] == ["b"]
        assert [key for key in "abc" if skilled.serves_now(key)] == ["b"]

    def test_closing_needs_an_open_counter_without_a_visitor(self) -> None:
        with pytest.raises(CounterNotOpen):
            counters.close_counter(counter(), active_number=None, now=NOW)
        with pytest.raises(CounterBusy):
            counters.close_counter(OPEN, active_number="A001", now=NOW)
        closed = counters.close_counter(OPEN, active_number=None, now=NOW)
        assert not closed.is_open
        assert closed.closed_at == NOW

    def test_work_needs_ones_own_open_counter(self) -> None:
        counters.require_worker(OPEN, MARTA, any_counter=False)
        counters.require_worker(OPEN, JONAS, any_counter=True)
        with pytest.raises(NotYourCounter):
            counters.require_worker(OPEN, JONAS, any_counter=False)
        with pytest.raises(CounterNotOpen):
            counters.require_worker(counter(), MARTA, any_counter=False)


class TestEstimates:
    def test_nobody_ahead_and_a_free_counter_is_no_wait(self) -> None:
        estimate = wait_of_newcomer(
            ahead=0, free_counters=1, open_counters=2, service_mean_s=300, service_cv=0.9
        )
        assert estimate is not None
        assert (estimate.low_s, estimate.median_s, estimate.high_s) == (0, 0, 0)

    def test_no_open_counter_is_no_estimate(self) -> None:
        assert (
            wait_of_newcomer(ahead=3, free_counters=0, open_counters=0, service_mean_s=300, service_cv=1)
            is None
        )

    @given(ahead=st.integers(0, 500), counters=st.integers(1, 40), cv=st.floats(0.1, 1.5))
    def test_is_a_range_around_the_mean_that_grows_with_the_queue(
        self, ahead: int, counters: int, cv: float
    ) -> None:
        def estimate(people: int) -> tuple[int, int, int]:
            found = wait_of_newcomer(
                ahead=people,
                free_counters=0,
                open_counters=counters,
                service_mean_s=300,
                service_cv=cv,
            )
            assert found is not None
            return found.low_s, found.median_s, found.high_s

        low, median, high = estimate(ahead)
        assert 0 <= low <= median <= high
        assert estimate(ahead + 1) >= (low, median, high)
        assert median <= 1.01 * (ahead + 1) * 300 / counters + 1


class TestMatrix:
    def test_each_role_has_what_the_one_below_has(self) -> None:
        assert MATRIX[UserRole.STAFF] < MATRIX[UserRole.ADMIN] < MATRIX[UserRole.SUPER_ADMIN]

    def test_a_super_admin_has_everything(self) -> None:
        assert MATRIX[UserRole.SUPER_ADMIN] == frozenset(Permission)

    @pytest.mark.parametrize(
        "permission",
        [
            Permission.USERS_READ,
            Permission.SETTINGS_READ,
            Permission.ANALYTICS_READ,
            Permission.TOKENS_DELETE,
        ],
    )
    def test_staff_do_not_have(self, permission: Permission) -> None:
        assert permission not in MATRIX[UserRole.STAFF]

    def test_a_display_only_looks(self) -> None:
        assert frozenset({Permission.BOARD_READ}) == DEVICE
