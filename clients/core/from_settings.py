"""The parts of a client as an app's settings ask for them."""

from hashlib import sha256
from importlib.metadata import version

import platformdirs

from clients.core.addresses import is_secured
from clients.core.authorities import certificates_in, fingerprint_of
from clients.core.client import ClientConfig
from clients.core.credentials import CredentialStore, silent_keyring
from clients.core.settings import ClientSettings, SettingsError
from clients.core.trust import Vouched
from shared.ids import Audience


def client_config(settings: ClientSettings, audience: Audience) -> ClientConfig:
    """Whom to talk to, as what, and where the last snapshot is kept.

    Raises:
        SettingsError: the certificates cannot be read.
    """
    folder = platformdirs.user_cache_path("Callboard", appauthor=False)
    state = platformdirs.user_state_path("Callboard", appauthor=False)
    return ClientConfig(
        server=settings.server,
        audience=audience,
        app_version=version("callboard"),
        cache_directory=folder / settings.profile,
        vouched=_vouched(settings) if is_secured(settings.server) else Vouched(),
        trust_directory=state / "trust",
    )


def credential_store(settings: ClientSettings, audience: Audience) -> CredentialStore:
    """What this app remembers of this server, apart for each profile.

    A screen's key goes into a file where there is no keyring: nobody stands at a wall to type it again.
    A person's does not: without a keyring they sign in at each start.
    """
    service = f"Callboard {settings.server} ({settings.profile})"
    if audience is not Audience.DISPLAY:
        return CredentialStore(service=service, name=f"{audience} refresh JWT")
    # Not among the settings: those may follow a person from machine to machine, and a key is one screen's.
    state = platformdirs.user_state_path("Callboard", appauthor=False)
    # Of this server alone: a key is never shown to another.
    server = sha256(settings.server.encode()).hexdigest()[:12]
    return CredentialStore(
        service=service,
        name="device key",
        fallback=state / f"device-key-{settings.profile}-{server}",
        find_keyring=silent_keyring,
    )


def _vouched(settings: ClientSettings) -> Vouched:
    if settings.ca_file is None:
        return Vouched(fingerprint=settings.ca_fingerprint)
    try:
        named = certificates_in(settings.ca_file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(f"The certificates in {settings.ca_file} cannot be used: {error}.") from error
    if settings.ca_fingerprint is None:
        return Vouched(authorities=named)
    # Both: the fingerprint says which of the file's certificates are meant.
    meant = tuple(each for each in named if fingerprint_of(each) == settings.ca_fingerprint)
    if not meant:
        raise SettingsError(f"No certificate in {settings.ca_file} has the fingerprint of ca_fingerprint.")
    return Vouched(authorities=meant)
