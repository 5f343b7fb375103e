"""A credential is renewed before it ends, without anybody noticing."""

from clients.qt_kit.store import Store
from shared import frames
from tests.desktop.link.model_server import PASSWORD

WAIT_MS = 10_000


def test_a_jwt_is_renewed_before_it_ends(qtbot, server, make_link):
    server.lifetime_s = 1
    link = make_link()
    store = Store(link)
    statuses = []
    link.sign_in("maria", PASSWORD)
    qtbot.waitUntil(lambda: store.is_live, timeout=WAIT_MS)
    link.connection_changed.connect(statuses.append)
    renewed = frames.Renew(credential="access-2")
    qtbot.waitUntil(lambda: renewed in server.heard, timeout=WAIT_MS)
    again = frames.Renew(credential="access-3")
    qtbot.waitUntil(lambda: again in server.heard, timeout=WAIT_MS)
    assert statuses == []


def test_a_renewal_that_fails_is_tried_again(qtbot, server, make_link):
    server.lifetime_s = 1
    link = make_link()
    store = Store(link)
    link.sign_in("maria", PASSWORD)
    qtbot.waitUntil(lambda: store.is_live, timeout=WAIT_MS)
    server.faults.lost_refreshes = 1
    renewed = frames.Renew(credential="access-3")
    qtbot.waitUntil(lambda: renewed in server.heard, timeout=WAIT_MS)
