"""Who may change whose account; how long wrong passwords are waited for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.domain import accounts as rules
from server.domain.access import Grants
from server.domain.accounts import Holder
from server.domain.errors import Outranked, OwnAccount
from shared.ids import OrganizationId, Permission, UserId, UserRole

HERE, THERE = OrganizationId(uuid4()), OrganizationId(uuid4())


def holder(role: UserRole | None, there: UserRole | None = None, **grants: set[Permission]) -> Holder:
    roles = {place: role for place, role in ((HERE, role), (THERE, there)) if role is not None}
    given = Grants(**{name: frozenset(permissions) for name, permissions in grants.items()})
    return Holder(id=UserId(uuid4()), display_name="Marta", roles=roles, grants=given)


def may(editor: Holder, person: Holder) -> bool:
    try:
        rules.require_may_change(editor, person)
    except Outranked:
        return False
    return True


STAFF, ADMIN, SUPER = UserRole.STAFF, UserRole.ADMIN, UserRole.SUPER_ADMIN


class TestRequireMayChange:
    @pytest.mark.parametrize(
        ("editor", "person", "expected"),
        [
            (STAFF, STAFF, False),
            (ADMIN, STAFF, True),
            (ADMIN, ADMIN, True),
            (ADMIN, SUPER, False),
            (SUPER, SUPER, True),
        ],
    )
    def test_of_ones_own_role_or_below(self, editor: UserRole, person: UserRole, expected: bool) -> None:
        assert may(holder(editor), holder(person)) is expected

    def test_nobody_who_may_do_more_than_their_role(self) -> None:
        assert not may(holder(ADMIN), holder(STAFF, granted={Permission.SYSTEM_BACKUP}))
        assert may(holder(SUPER), holder(STAFF, granted={Permission.SYSTEM_BACKUP}))

    def test_whose_permission_was_taken_away_cannot_reach_who_has_it(self) -> None:
        assert not may(holder(ADMIN, revoked={Permission.QUEUES_UPDATE}), holder(ADMIN))

    def test_a_super_admin_stays_out_of_reach_whatever_was_taken_away(self) -> None:
        bound = holder(SUPER, revoked=set(Permission))
        assert not may(holder(ADMIN), bound)

    def test_staff_who_may_edit_people_reach_staff(self) -> None:
        editor = holder(STAFF, granted={Permission.USERS_UPDATE})
        assert may(editor, holder(STAFF))
        assert not may(editor, holder(ADMIN))

    def test_an_account_of_two_organizations_needs_both(self) -> None:
        assert not may(holder(SUPER), holder(STAFF, STAFF))
        assert not may(holder(SUPER, STAFF), holder(STAFF, STAFF))
        assert not may(holder(SUPER, ADMIN), holder(STAFF, SUPER))
        assert may(holder(SUPER, ADMIN), holder(STAFF, ADMIN))

    def test_nobody_decides_about_themselves(self) -> None:
        person = holder(SUPER)
        with pytest.raises(OwnAccount):
            rules.require_another(person, person)


class TestWaitsUntil:
    failed_at = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def waits_s(self, failures: int) -> float:
        until = rules.waits_until(failures, self.failed_at)
        return (until - self.failed_at).total_seconds() if until else 0.0

    def test_five_are_free_then_it_doubles_to_fifteen_minutes(self) -> None:
        waits = [self.waits_s(failures) for failures in range(17)]
        assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
        assert self.waits_s(10_000_000) == timedelta(minutes=15).total_seconds()


class TestNormalUsername:
    def test_capitals_and_compositions_are_the_same(self) -> None:
        assert rules.normal_username(" MARTA ") == "marta"
        assert rules.normal_username("Jose\u0301") == rules.normal_username("josé")
