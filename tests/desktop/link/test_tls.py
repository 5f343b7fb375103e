"""Over TLS: the certificates that IT names are trusted, others are not, and nothing falls back to plain."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clients.core.errors import ServerNotTrusted
from clients.core.from_settings import client_config
from clients.core.settings import ClientSettings, SettingsError
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.ids import Audience
from tests.desktop.link.model_server import PASSWORD, ModelServer

WAIT_MS = 10_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "callboard test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return folder / "cert.pem", folder / "key.pem"


def link_to(server: ModelServer, ca_file: Path | None, qapp: object) -> Link:
    settings = ClientSettings(server=server.address, ca_file=ca_file)
    return Link(client_config(settings, Audience.STAFF))


def test_both_ways_go_through_tls(qtbot, qapp, certificate, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with ModelServer(certificate=certificate) as server:
        assert server.address.startswith("https:")
        link = link_to(server, certificate[0], qapp)
        store = Store(link)
        link.sign_in("maria", PASSWORD)
        qtbot.waitUntil(lambda: store.is_live, timeout=WAIT_MS)
        link.stop()


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    qtbot, qapp, certificate, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with ModelServer(certificate=certificate) as server:
        link = link_to(server, None, qapp)
        with qtbot.waitSignal(link.sign_in_refused, timeout=WAIT_MS) as refused:
            link.sign_in("maria", PASSWORD)
        link.stop()
    assert isinstance(refused.args[0], ServerNotTrusted)
    assert "not trusted" in str(refused.args[0])


def test_certificates_that_cannot_be_read_are_said_at_the_start(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    settings = ClientSettings(server="https://callboard.example", ca_file=tmp_path / "ca.pem")
    with pytest.raises(SettingsError, match=r"ca\.pem"):
        client_config(settings, Audience.STAFF)
