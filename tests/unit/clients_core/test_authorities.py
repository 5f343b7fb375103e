"""Which authority an app follows: only one that an authority it trusts has announced."""

from datetime import UTC, datetime, timedelta

from clients.core.authorities import fingerprint_of, followed, present, vouched_by
from server.infra.tls import AUTHORITY_LIFE, Issued, Names, announce, new_authority, new_leaf
from shared.authorities import Announcement, Authorities

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = Names.of(("localhost",))
FIRST, SECOND, THIRD, STRANGER = (new_authority(NAMES, now=NOW) for _ in range(4))


def pems(*authorities: Issued) -> tuple[str, ...]:
    return tuple(each.certificate_pem for each in authorities)


def told(now_by: Issued, *announcements: Announcement) -> Authorities:
    return Authorities(authority=now_by.certificate_pem, announcements=announcements)


class TestFollowed:
    def test_one_leads_to_the_next(self) -> None:
        chain = told(THIRD, announce(FIRST, SECOND), announce(SECOND, THIRD))
        assert followed(pems(FIRST), chain, now=NOW) == pems(FIRST, SECOND, THIRD)
        assert followed(pems(SECOND), chain, now=NOW) == pems(SECOND, THIRD)

    def test_a_stranger_announces_nothing(self) -> None:
        for said in (announce(STRANGER, SECOND), announce(SECOND, FIRST)):
            assert followed(pems(FIRST), told(SECOND, said), now=NOW) == pems(FIRST)

    def test_a_borrowed_or_broken_signature_counts_for_nothing(self) -> None:
        genuine = announce(FIRST, SECOND)
        for forged in (
            genuine.model_copy(update={"new": STRANGER.certificate_pem}),
            genuine.model_copy(update={"signature": announce(STRANGER, SECOND).signature}),
            genuine.model_copy(update={"signature": "not base64"}),
            genuine.model_copy(update={"signature": ""}),
            genuine.model_copy(update={"new": "no certificate"}),
            genuine.model_copy(update={"old": "no certificate"}),
        ):
            assert followed(pems(FIRST), told(STRANGER, forged), now=NOW) == pems(FIRST)
        # One that is broken does not hide another.
        both = told(SECOND, genuine.model_copy(update={"signature": ""}), genuine)
        assert followed(pems(FIRST), both, now=NOW) == pems(FIRST, SECOND)

    def test_one_that_has_ended_announces_nothing_any_more(self) -> None:
        late = NOW + AUTHORITY_LIFE + timedelta(days=1)
        assert followed(pems(FIRST), told(SECOND, announce(FIRST, SECOND)), now=late) == pems(FIRST)

    def test_a_servers_certificate_is_no_authority(self) -> None:
        leaf = new_leaf(FIRST, NAMES, now=NOW)
        assert followed(pems(FIRST), told(FIRST, announce(FIRST, leaf)), now=NOW) == pems(FIRST)
        # Nor does it announce one, though an authority that is trusted signed it.
        assert followed(pems(FIRST), told(FIRST, announce(leaf, SECOND)), now=NOW) == pems(FIRST)


class TestPresent:
    def test_what_was_followed_goes_once_its_follower_is_in_use(self) -> None:
        trusted = pems(FIRST, SECOND, THIRD)
        assert present(trusted, told(FIRST)) == trusted
        assert present(trusted, told(SECOND)) == pems(SECOND, THIRD)
        assert present(trusted, told(STRANGER)) == trusted
        assert present(trusted, Authorities(authority="no certificate")) == trusted


class TestVouchedBy:
    def test_an_old_fingerprint_still_finds_its_authority(self) -> None:
        chain = told(SECOND, announce(FIRST, SECOND))
        for authority in (FIRST, SECOND):
            assert vouched_by(authority.fingerprint, chain) == authority.certificate_pem
            assert fingerprint_of(authority.certificate_pem) == authority.fingerprint
        assert vouched_by(STRANGER.fingerprint, chain) is None
