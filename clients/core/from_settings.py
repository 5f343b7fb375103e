"""The parts of a client as an app's settings ask for them."""

import ssl
from hashlib import sha256
from importlib.metadata import version

import platformdirs

from clients.core.client import ClientConfig
from clients.core.credentials import CredentialStore
from clients.core.settings import ClientSettings, SettingsError
from shared.ids import Audience


def client_config(settings: ClientSettings, audience: Audience) -> ClientConfig:
    """Whom to talk to, as what, and where the last snapshot is kept.

    Raises:
        SettingsError: the certificates cannot be read.
    """
    folder = platformdirs.user_cache_path("Callboard", appauthor=False)
    return ClientConfig(
        server=settings.server,
        audience=audience,
        app_version=version("callboard"),
        cache_directory=folder / settings.profile,
        tls=_tls(settings),
    )


def credential_store(settings: ClientSettings, audience: Audience) -> CredentialStore:
    """What this app remembers of this server, apart for each profile.

    A screen's key goes into a file where there is no keyring: nobody stands at a wall to type it again.
    A person's does not: without a keyring they sign in at each start.
    """
    fallback = None
    if audience is Audience.DISPLAY:
        config = platformdirs.user_config_path("Callboard", appauthor=False)
        # Of this server alone: a key is never shown to another.
        server = sha256(settings.server.encode()).hexdigest()[:12]
        fallback = config / f"device-key-{settings.profile}-{server}"
    return CredentialStore(
        service=f"Callboard {settings.server} ({settings.profile})",
        name="device key" if audience is Audience.DISPLAY else f"{audience} refresh JWT",
        fallback=fallback,
    )


def _tls(settings: ClientSettings) -> ssl.SSLContext | None:
    if settings.ca_file is None or settings.server.startswith("http:"):
        return None
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(settings.ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(f"The certificates in {settings.ca_file} cannot be used: {error}.") from error
    return context
