"""A model server and links to it."""

from collections.abc import Callable, Iterator

import pytest

from clients.core.client import ClientConfig
from clients.core.credentials import CredentialStore
from clients.qt_kit.link import Link
from shared.ids import Audience
from tests.desktop.link.model_server import ModelServer

MakeLink = Callable[..., Link]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def make_link(server: ModelServer, qapp: object) -> Iterator[MakeLink]:
    links: list[Link] = []

    def make(
        audience: Audience = Audience.STAFF,
        *,
        credentials: CredentialStore | None = None,
        **config: object,
    ) -> Link:
        settings = {"server": server.address, "app_version": "1.0", **config}
        link = Link(ClientConfig(audience=audience, **settings), credentials)
        links.append(link)
        return link

    yield make
    for link in links:
        link.stop()
