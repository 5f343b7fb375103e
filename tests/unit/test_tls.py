"""The local authority: what it signs, where it lies, what follows it, and what a kill leaves behind."""

import ssl
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.infra.tls import (
    AUTHORITY_LIFE,
    LEAF_LIFE,
    RENEW_AUTHORITY_BEFORE,
    RENEW_LEAF_BEFORE,
    Issued,
    Names,
    TlsError,
    allowed_names,
    announce,
    is_announced,
    is_host_name,
    names_of,
    new_authority,
    new_leaf,
    vouches_for,
)
from server.infra.tls_files import OVERLAP, Home, check_own_pair
from server.infra.tls_keeping import MachineNames, asked_names, is_loopback, server_tls
from server.settings import Settings
from shared.authorities import fingerprint, tidy_fingerprint
from tests.unit.killed_midway import NAMES, NOW

DAY = timedelta(days=1)


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str | None:
    """The version that both agree on, in memory; raises what the client raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    serving = server.wrap_bio(to_server, to_client, server_side=True)
    asking = client.wrap_bio(to_client, to_server, server_hostname=name)
    for _ in range(10):
        for side in (asking, serving):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return asking.version()


def contexts(authority: Issued, leaf: Issued, tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    (tmp_path / "shown.pem").write_bytes(leaf.to_pem())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "shown.pem")
    client = ssl.create_default_context(cadata=authority.certificate_pem)
    # The strictest that a newer Python asks for by itself.
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    return server, client


class TestAuthority:
    def test_what_it_signs_is_taken_for_each_name_and_no_other(self, tmp_path: Path) -> None:
        now = datetime.now(UTC)
        authority = new_authority(NAMES, now=now)
        server, client = contexts(authority, new_leaf(authority, NAMES, now=now), tmp_path)
        for name in ("localhost", "127.0.0.1", "queue.city.example"):
            assert handshake(server, client, name) == "TLSv1.3"
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            handshake(server, client, "www.city.example")
        with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
            handshake(server, client, "127.0.0.2")

    def test_nobody_is_believed_outside_its_limits(self, tmp_path: Path) -> None:
        """Whoever has stolen the key signs what they like; a computer that trusts it refuses."""
        now = datetime.now(UTC)
        authority, bank = new_authority(NAMES, now=now), Names.of(("bank.example",))
        wide = new_authority(bank, now=now)
        forged = new_leaf(Issued(certificate=wide.certificate, key=wide.key), bank, now=now)
        resigned = (
            x509.CertificateBuilder(extensions=list(forged.certificate.extensions)[:4])
            .subject_name(forged.certificate.subject)
            .issuer_name(authority.certificate.subject)
            .public_key(forged.key.public_key())
            .serial_number(7)
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
            .sign(authority.key, hashes.SHA256())
        )
        server, client = contexts(authority, Issued(certificate=resigned, key=forged.key), tmp_path)
        client.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the limits are what refuses, not a missing extension
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            handshake(server, client, "bank.example")
        assert allowed_names(authority, bank | NAMES) == NAMES
        with pytest.raises(TlsError, match=r"bank\.example"):
            new_leaf(authority, bank, now=now)

    def test_it_signs_no_other_authority(self) -> None:
        constraints = new_authority(NAMES, now=NOW).certificate.extensions.get_extension_for_class(
            x509.BasicConstraints
        )
        assert constraints.critical
        assert constraints.value.path_length == 0

    def test_private_names_and_addresses_need_no_new_one(self) -> None:
        authority = new_authority(Names.of(("box",)), now=NOW)
        private = Names.of(("box", "a.local", "desk.lan", "10.1.2.3", "192.168.0.9", "fd00::1", "127.0.0.1"))
        public = Names.of(("box2", "city.example", "8.8.8.8", "2a00::1"))
        assert allowed_names(authority, private | public) == private

    def test_a_certificate_ends_no_later_than_its_authority(self) -> None:
        authority = new_authority(NAMES, now=NOW)
        late = NOW + AUTHORITY_LIFE - DAY
        assert new_leaf(authority, NAMES, now=late).ends_at == authority.ends_at

    @pytest.mark.parametrize(
        ("text", "is_one"),
        [
            ("localhost", True), ("queue.city.example", True), ("my_box", True),
            ("xn--bcher-kva.example", True), ("", False), ("-a", False), ("a..b", False),
            ("*.city.example", False), ("a b", False), ("1.2.3", False), ("a" * 64, False),
        ],
    )  # fmt: skip
    def test_host_names(self, text: str, is_one: bool) -> None:
        assert is_host_name(text) is is_one


class TestAnnouncement:
    def test_only_the_old_ones_word_counts_and_only_while_it_lasts(self) -> None:
        old, new, stranger = (new_authority(NAMES, now=NOW) for _ in range(3))
        said = announce(old, new)
        assert is_announced(said, by=old, now=NOW)
        assert not is_announced(said, by=stranger, now=NOW)
        assert not is_announced(said, by=old, now=NOW + AUTHORITY_LIFE + DAY)
        forged = said.model_copy(update={"new": stranger.certificate_pem})
        assert not is_announced(forged, by=old, now=NOW)
        assert not is_announced(said.model_copy(update={"signature": "?"}), by=old, now=NOW)

    def test_fingerprints_are_read_as_people_write_them(self) -> None:
        shown = fingerprint(b"certificate")
        assert len(shown.split()) == 16
        digits = shown.replace(" ", "")
        colons = ":".join(digits[start : start + 2] for start in range(0, 64, 2))
        for text in (shown, shown.lower(), digits, colons, f"SHA256:{colons}", f" {shown}\n"):
            assert tidy_fingerprint(text) == shown
        for text in ("", digits[:-1], digits + "0", digits[:-1] + "G"):
            with pytest.raises(ValueError, match="64"):
                tidy_fingerprint(text)


class TestHome:
    def test_the_first_start_makes_it_and_the_second_keeps_it(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        assert home.look(now=NOW) is None
        first = home.tidy(NAMES, now=NOW)
        assert vouches_for(first.authority, first.leaf)
        assert home.tidy(NAMES, now=NOW + DAY).leaf.certificate == first.leaf.certificate
        seen = home.look(now=NOW)
        assert seen is not None
        assert seen.authority.fingerprint == first.authority.fingerprint

    def test_nobody_else_can_read_it(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.renew_authority(NAMES, now=NOW)
        assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.folder.iterdir()}
        assert set(modes) == {"authority.pem", "next.pem", "leaf.pem", "announcements.json", "lock"}
        assert set(modes.values()) == {0o600}

    def test_a_certificate_is_renewed_in_time_and_when_names_change(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        first = home.tidy(NAMES, now=NOW)
        almost = NOW + LEAF_LIFE - RENEW_LEAF_BEFORE
        assert home.tidy(NAMES, now=almost).leaf.certificate == first.leaf.certificate
        renewed = home.tidy(NAMES, now=almost + DAY)
        assert renewed.leaf.ends_at == almost + DAY + LEAF_LIFE
        assert renewed.authority.certificate == first.authority.certificate
        more = NAMES | Names.of(("desk.local", "10.0.0.7"))
        assert names_of(home.tidy(more, now=almost + DAY).leaf) == more

    def test_a_new_authority_takes_over_after_the_overlap(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        old = home.tidy(NAMES, now=NOW).authority
        during = home.renew_authority(NAMES, now=NOW)
        assert during.authority.certificate == old.certificate
        assert vouches_for(old, during.leaf)
        assert during.following is not None
        [said] = during.announcements
        assert is_announced(said, by=old, now=NOW)
        after = home.tidy(NAMES, now=NOW + OVERLAP)
        assert after.authority.certificate == during.following.certificate
        assert vouches_for(after.authority, after.leaf)
        assert after.following is None
        assert after.announcements == (said,)
        # The old key is gone; its last word stays for who was away, until the old one would have ended.
        assert not any(old.to_pem() == path.read_bytes() for path in home.folder.iterdir())
        much_later = home.tidy(NAMES, now=old.ends_at + DAY)
        assert said not in much_later.announcements

    def test_announcements_of_several_changes_lead_from_the_first_to_the_last(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        first = home.tidy(NAMES, now=NOW).authority
        for _ in range(3):
            last = home.renew_authority(NAMES, now=NOW, overlap=timedelta(0))
        pem = first.certificate_pem
        for said in last.announcements:
            assert said.old == pem
            pem = said.new
        assert pem == last.authority.certificate_pem
        assert len(last.announcements) == 3

    def test_renewing_twice_before_the_first_took_over_announces_only_the_last(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.renew_authority(NAMES, now=NOW)
        kept = home.renew_authority(NAMES, now=NOW + DAY)
        assert kept.following is not None
        assert [said.new for said in kept.announcements] == [kept.following.certificate_pem]

    def test_one_that_ends_is_renewed_by_itself(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        old = home.tidy(NAMES, now=NOW).authority
        at = old.ends_at - RENEW_AUTHORITY_BEFORE + DAY
        assert home.tidy(NAMES, now=at).following is not None
        assert home.tidy(NAMES, now=at + OVERLAP).authority.certificate != old.certificate

    def test_a_stolen_key_is_followed_by_nothing(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        old = home.renew_authority(NAMES, now=NOW).authority
        kept = home.replace_authority(NAMES, now=NOW)
        assert kept.authority.certificate != old.certificate
        assert (kept.announcements, kept.following) == ((), None)

    @pytest.mark.parametrize("name", ["authority.pem", "leaf.pem"])
    def test_a_damaged_file_is_never_replaced(self, tmp_path: Path, name: str) -> None:
        home = Home(tmp_path)
        home.tidy(NAMES, now=NOW)
        (home.folder / name).write_bytes(b"damaged")
        with pytest.raises(TlsError, match=name):
            home.tidy(NAMES, now=NOW)
        assert (home.folder / name).read_bytes() == b"damaged"

    def test_a_key_that_others_can_read_is_refused(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.tidy(NAMES, now=NOW)
        (home.folder / "authority.pem").chmod(0o640)
        with pytest.raises(TlsError, match="chmod 600"):
            home.tidy(NAMES, now=NOW)

    @pytest.mark.parametrize("what", ["tidy", "renew", "take-over"])
    def test_a_kill_at_any_step_leaves_pairs_that_fit(self, tmp_path: Path, what: str) -> None:
        before = tmp_path / "before"
        before.mkdir()
        old = None
        if what != "tidy":
            old = Home(before).tidy(NAMES, now=NOW).authority
        if what == "take-over":
            Home(before).renew_authority(NAMES, now=NOW)
        done = subprocess.run(
            [sys.executable, "-m", "tests.unit.killed_midway", str(tmp_path), what],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        copies = [path for path in tmp_path.iterdir() if path.name != "before"]
        assert len(copies) > 5
        for copy in copies:
            home = Home(copy)
            kept = home.tidy(NAMES, now=NOW + OVERLAP + DAY if what == "take-over" else NOW)
            assert vouches_for(kept.authority, kept.leaf), copy
            assert not list(home.folder.glob(".*")), copy
            if old is not None and kept.authority.certificate != old.certificate:
                assert what == "take-over"
                assert is_announced(kept.announcements[-1], by=old, now=NOW), copy
                assert kept.announcements[-1].new == kept.authority.certificate_pem
            if kept.following is not None:
                assert is_announced(kept.announcements[-1], by=kept.authority, now=NOW), copy
            if what == "take-over":
                assert kept.following is None, copy


def write_pair(folder: Path, issued: Issued, *, mode: int = 0o600) -> tuple[Path, Path]:
    certificate, key = folder / "own.pem", folder / "own.key"
    certificate.write_text(issued.certificate_pem)
    key.write_bytes(
        issued.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    key.chmod(mode)
    return certificate, key


class TestOwnFiles:
    def leaf(self, now: datetime = NOW) -> Issued:
        self.authority = new_authority(NAMES, now=now)
        return new_leaf(self.authority, NAMES, now=now)

    def test_a_pair_that_fits_is_taken(self, tmp_path: Path) -> None:
        check_own_pair(*write_pair(tmp_path, self.leaf()), now=NOW)

    def test_a_chain_in_order_is_taken_and_a_wrong_one_is_not(self, tmp_path: Path) -> None:
        certificate, key = write_pair(tmp_path, self.leaf())
        alone = certificate.read_text()
        certificate.write_text(alone + self.authority.certificate_pem)
        check_own_pair(certificate, key, now=NOW)
        certificate.write_text(alone + new_authority(NAMES, now=NOW).certificate_pem)
        with pytest.raises(TlsError, match="chain"):
            check_own_pair(certificate, key, now=NOW)

    def test_another_key_is_refused(self, tmp_path: Path) -> None:
        certificate, key = write_pair(tmp_path, self.leaf())
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key.write_bytes(
            other.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        with pytest.raises(TlsError, match="is not that of"):
            check_own_pair(certificate, key, now=NOW)

    def test_one_that_is_not_good_now_is_refused(self, tmp_path: Path) -> None:
        pair = write_pair(tmp_path, self.leaf())
        with pytest.raises(TlsError, match="ended on"):
            check_own_pair(*pair, now=NOW + LEAF_LIFE + DAY)
        with pytest.raises(TlsError, match="good from"):
            check_own_pair(*pair, now=NOW - 2 * DAY)

    def test_a_key_that_everybody_can_read_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TlsError, match="chmod"):
            check_own_pair(*write_pair(tmp_path, self.leaf(), mode=0o644), now=NOW)
        check_own_pair(*write_pair(tmp_path, self.leaf(), mode=0o640), now=NOW)

    @pytest.mark.parametrize("broken", ["own.pem", "own.key"])
    def test_files_that_are_missing_or_no_pem_are_said(self, tmp_path: Path, broken: str) -> None:
        pair = write_pair(tmp_path, self.leaf())
        (tmp_path / broken).write_text("nothing")
        with pytest.raises(TlsError, match=broken):
            check_own_pair(*pair, now=NOW)
        (tmp_path / broken).unlink()
        with pytest.raises(TlsError, match=f"{broken} cannot be read"):
            check_own_pair(*pair, now=NOW)

    def test_a_key_with_a_password_is_said(self, tmp_path: Path) -> None:
        certificate, key = write_pair(tmp_path, self.leaf())
        locked = serialization.BestAvailableEncryption(b"secret")
        some = ec.generate_private_key(ec.SECP256R1())
        key.write_bytes(
            some.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
        )
        with pytest.raises(TlsError, match="password"):
            check_own_pair(certificate, key, now=NOW)


class TestChoice:
    @pytest.mark.parametrize(
        ("host", "is_here"),
        [
            ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True),
            ("0.0.0.0", False), ("::", False), ("192.168.0.1", False), ("queue.city.example", False),
        ],
    )  # fmt: skip
    def test_tls_is_on_by_itself_beyond_this_machine_alone(
        self, tmp_path: Path, host: str, is_here: bool
    ) -> None:
        assert is_loopback(host) is is_here
        made = server_tls(Settings(data_dir=tmp_path, host=host))
        assert (made is None) is is_here
        assert (tmp_path / "tls").exists() is not is_here

    def test_off_is_off(self, tmp_path: Path) -> None:
        assert server_tls(Settings(data_dir=tmp_path, host="0.0.0.0", tls="off")) is None
        assert not (tmp_path / "tls").exists()

    def test_own_wants_its_files(self, tmp_path: Path) -> None:
        with pytest.raises(TlsError, match="tls_certificate"):
            server_tls(Settings(data_dir=tmp_path, tls="own"))

    def test_names_that_are_asked_for(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path, host="0.0.0.0", tls_names=("Queue.City.Example", "10.0.0.1"))
        assert asked_names(settings) == Names.of(("queue.city.example", "10.0.0.1"))
        assert "localhost" in MachineNames().now().hosts
