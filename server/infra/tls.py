"""The server's own certificate authority (CA): pure cryptography, without files, clock or network.

    Authority    vouches for this server: ECDSA P-256, ten years, may sign server certificates only
    Leaf         the certificate that the server shows, ninety days, signed by the authority
    announce     the old authority's signature under a new one, which apps that pin the old one believe

Private keys are values of `cryptography` here, and leave this module only as the PEM that `tls_files`
keeps. Moments are aware datetimes, given by the caller.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.authorities import Announcement, announced, fingerprint

AUTHORITY_LIFE = timedelta(days=3652)
LEAF_LIFE = timedelta(days=90)
RENEW_LEAF_BEFORE = timedelta(days=30)
"""A server that is switched off for a month still comes back with a certificate that is good."""

RENEW_AUTHORITY_BEFORE = timedelta(days=365)
BACKDATED = timedelta(days=1)
"""A wall PC whose clock is some hours behind must not find a new certificate "not yet valid"."""

_PRIVATE_NAMES = ("localhost", "local", "lan", "internal", "home.arpa")
"""Names that nobody can own in public."""

_PRIVATE_NETWORKS = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")


class TlsError(Exception):
    """Certificates or keys cannot be used; the text is one sentence for IT."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a certificate vouches for: host names (small letters) and addresses."""

    hosts: frozenset[str] = frozenset()
    addresses: frozenset[IPv4Address | IPv6Address] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Names:
        """Sort texts into host names and addresses; what is neither is left out."""
        hosts: set[str] = set()
        addresses: set[IPv4Address | IPv6Address] = set()
        for text in texts:
            try:
                addresses.add(ip_address(text.strip("[]")))
            except ValueError:
                name = text.strip().rstrip(".").lower()
                if is_host_name(name):
                    hosts.add(name)
        return cls(hosts=frozenset(hosts), addresses=frozenset(addresses))

    def __or__(self, other: Names) -> Names:
        return Names(hosts=self.hosts | other.hosts, addresses=self.addresses | other.addresses)

    def __sub__(self, other: Names) -> Names:
        return Names(hosts=self.hosts - other.hosts, addresses=self.addresses - other.addresses)

    def __bool__(self) -> bool:
        return bool(self.hosts or self.addresses)

    def __str__(self) -> str:
        return ", ".join([*sorted(self.hosts), *sorted(map(str, self.addresses))])


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def ends_at(self) -> datetime:
        """When it is good no more."""
        return self.certificate.not_valid_after_utc

    @property
    def fingerprint(self) -> str:
        """SHA-256 in groups of four."""
        return fingerprint(self.certificate.public_bytes(Encoding.DER))

    @property
    def certificate_pem(self) -> str:
        """The public half."""
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")

    def to_pem(self) -> bytes:
        """Key and certificate in one text: whoever has it has both, or neither."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + (
            self.certificate.public_bytes(Encoding.PEM)
        )

    @classmethod
    def from_pem(cls, pem: bytes) -> Issued:
        """Read `to_pem`'s text.

        Raises:
            TlsError: it is not whole, or the halves do not belong together.
        """
        try:
            key = load_pem_private_key(pem, password=None)
            certificate = x509.load_pem_x509_certificate(pem)
        except (ValueError, TypeError) as error:
            raise TlsError("does not hold a key and a certificate") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise TlsError("holds a key that is not its certificate's")
        return cls(certificate=certificate, key=key)


def is_host_name(text: str) -> bool:
    """Whether a text can stand in a certificate as a host name; without a wildcard."""
    return _HOST_NAME.fullmatch(text) is not None and not text.rpartition(".")[2].isdigit()


def new_authority(names: Names, *, now: datetime) -> Issued:
    """A new authority, which may vouch for these names and for private ones.

    The limits (X.509 name constraints) are for whoever lets a whole computer trust it: with its key no
    bank's page can be forged. A server that gets another public name needs another authority.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    # No two authorities of one name: what was signed by one is never looked for at the other.
    subject = _name(f"Callboard local CA {secrets.token_hex(4)}")
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    certificate = (
        _dated(subject, key, now=now, ends_at=now + AUTHORITY_LIFE)
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_constraints(names), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(issuer, critical=False)
        .sign(key, hashes.SHA256())
    )
    return Issued(certificate=certificate, key=key)


def new_leaf(authority: Issued, names: Names, *, now: datetime) -> Issued:
    """A new key and certificate for a server of these names; it never outlives its authority.

    Raises:
        TlsError: the authority may vouch for none of them.
    """
    vouched = allowed_names(authority, names)
    if not vouched:
        raise TlsError(f"the authority may vouch for none of {names or 'no names at all'}")
    key = ec.generate_private_key(ec.SECP256R1())
    shown: list[x509.GeneralName] = [x509.DNSName(host) for host in sorted(vouched.hosts)]
    shown += [x509.IPAddress(address) for address in sorted(vouched.addresses, key=str)]
    issuer = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        # No common name of a machine: whoever still looks there would miss the others.
        _dated(_name("Callboard server"), key, now=now, ends_at=min(now + LEAF_LIFE, authority.ends_at))
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(shown), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Issued(certificate=certificate, key=key)


def vouches_for(authority: Issued, leaf: Issued) -> bool:
    """Whether this authority signed that certificate."""
    try:
        leaf.certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def names_of(leaf: Issued) -> Names:
    """What a certificate vouches for."""
    names = leaf.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return Names(
        hosts=frozenset(names.get_values_for_type(x509.DNSName)),
        addresses=frozenset(each for each in addresses if isinstance(each, IPv4Address | IPv6Address)),
    )


def allowed_names(authority: Issued, names: Names) -> Names:
    """Those of the names that this authority may vouch for."""
    found = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = found.permitted_subtrees or []
    trees = [each.value for each in permitted if isinstance(each, x509.DNSName)]
    networks = [
        each.value
        for each in permitted
        if isinstance(each, x509.IPAddress) and isinstance(each.value, IPv4Network | IPv6Network)
    ]
    return Names(
        hosts=frozenset(host for host in names.hosts if any(_is_in(host, tree) for tree in trees)),
        addresses=frozenset(each for each in names.addresses if any(each in network for network in networks)),
    )


def announce(old: Issued, new: Issued) -> Announcement:
    """The old authority's word for the new one."""
    signature = old.key.sign(
        announced(
            old.certificate.public_bytes(Encoding.DER),
            new.certificate.public_bytes(Encoding.DER),
        ),
        ec.ECDSA(hashes.SHA256()),
    )
    return Announcement(
        old=old.certificate_pem,
        new=new.certificate_pem,
        signature=base64.b64encode(signature).decode("ascii"),
    )


def is_announced(announcement: Announcement, *, by: Issued, now: datetime) -> bool:
    """Whether an announcement is this authority's own word, and still counts."""
    try:
        old = x509.load_pem_x509_certificate(announcement.old.encode())
        new = x509.load_pem_x509_certificate(announcement.new.encode())
        by.key.public_key().verify(
            base64.b64decode(announcement.signature, validate=True),
            announced(old.public_bytes(Encoding.DER), new.public_bytes(Encoding.DER)),
            ec.ECDSA(hashes.SHA256()),
        )
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return old == by.certificate and now < old.not_valid_after_utc


def ends_of(pem: str) -> datetime:
    """When a certificate in PEM is good no more.

    Raises:
        TlsError: it is none.
    """
    try:
        return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    except ValueError as error:
        raise TlsError("does not hold a certificate") from error


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Callboard"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _dated(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, now: datetime, ends_at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(ends_at)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _constraints(names: Names) -> x509.NameConstraints:
    trees = {*_PRIVATE_NAMES, *names.hosts}
    networks = {*_PRIVATE_NETWORKS, *(ip_network(address) for address in names.addresses)}
    permitted: list[x509.GeneralName] = [x509.DNSName(tree) for tree in sorted(trees)]
    permitted += [x509.IPAddress(network) for network in sorted(networks, key=str)]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _is_in(host: str, tree: str) -> bool:
    return host == tree or host.endswith("." + tree)
