"""The lobby display in a real window, over real sockets."""

import json
from datetime import timedelta

from PySide6.QtGui import QImage
from PySide6.QtNetwork import QLocalSocket

from shared import frames
from tests.desktop.link.model_server import ModelServer
from tests.unit.clients_core.floor import counter_id

WAIT_MS = 10_000


def call(server: ModelServer, counter: int = 0):
    return server.change(lambda floor: floor.call(floor.create(), counter_id(counter)))


def focus(app) -> list[tuple[str, str, bool]]:
    return [(each.token, each.counter, each.fresh) for each in app.window.board.state.focus]


class TestCalls:
    def test_a_call_is_painted_and_the_server_hears_of_it(self, qtbot, server, make_app):
        app = make_app()
        qtbot.waitUntil(lambda: not app.window.board.state.loading, timeout=WAIT_MS)
        made = call(server, 2)
        qtbot.waitUntil(lambda: focus(app) == [("A001", "3", True)], timeout=WAIT_MS)
        receipt = frames.ShownReceipt(revision=made.announced_revision)
        qtbot.waitUntil(lambda: receipt in server.heard, timeout=WAIT_MS)

    def test_each_of_many_calls_at_once_is_confirmed_once(self, qtbot, server, make_app):
        app = make_app()
        qtbot.waitUntil(lambda: not app.window.board.state.loading, timeout=WAIT_MS)
        made = [call(server, counter) for counter in range(4)]
        qtbot.waitUntil(lambda: len(shown(server)) == 4, timeout=WAIT_MS)
        assert sorted(shown(server)) == [each.announced_revision for each in made]
        assert [token for token, _, _ in focus(app)] == ["A002", "A001"]
        assert [row.token for row in app.window.board.state.recent] == ["A004", "A003"]

    def test_the_pixels_of_a_fresh_call_are_yellow(self, qtbot, server, make_app):
        app = make_app()
        qtbot.waitUntil(lambda: not app.window.board.state.loading, timeout=WAIT_MS)
        assert not has_yellow(app.window.grab().toImage())
        call(server)
        qtbot.waitUntil(lambda: focus(app) != [], timeout=WAIT_MS)
        assert has_yellow(app.window.grab().toImage())

    def test_a_recall_is_confirmed_anew(self, qtbot, server, make_app):
        app = make_app()
        call(server)
        qtbot.waitUntil(lambda: len(shown(server)) == 1, timeout=WAIT_MS)
        again = server.change(lambda floor: floor.recall(next(iter(floor.tokens.values()))))
        qtbot.waitUntil(lambda: again.announced_revision in shown(server), timeout=WAIT_MS)
        assert len(focus(app)) == 1

    def test_an_old_call_is_no_news_and_not_confirmed_late(self, qtbot, server, make_app):
        made = call(server)
        server.change(lambda floor: setattr(floor, "now", floor.now + timedelta(minutes=3)))
        app = make_app()
        qtbot.waitUntil(lambda: focus(app) == [("A001", "1", False)], timeout=WAIT_MS)
        newer = call(server, 1)
        qtbot.waitUntil(lambda: newer.announced_revision in shown(server), timeout=WAIT_MS)
        assert made.announced_revision not in shown(server)


class TestBoard:
    def test_who_waits_is_counted_by_type_with_the_estimate(self, qtbot, server, make_app):
        server.change(lambda floor: [floor.create(kind) for kind in (0, 0, 2)])
        app = make_app()
        qtbot.waitUntil(
            lambda: [tile.waiting for tile in app.window.board.state.types] == [2, 0, 1],
            timeout=WAIT_MS,
        )
        estimate = {"low_s": 430, "median_s": 600, "high_s": 700}
        report = server.report(waiting=2)
        queue = report.queues[0].model_copy(update={"estimate": estimate})
        told = report.model_copy(update={"queues": (queue, *report.queues[1:])})
        server.send(
            frames.QueuesFrame.model_validate_json(
                frames.QueuesFrame.model_construct(report=told).model_dump_json(warnings=False)
            )
        )
        qtbot.waitUntil(lambda: app.window.board.state.types[0].estimate == (7, 12), timeout=WAIT_MS)

    def test_the_clock_is_the_organizations(self, qtbot, server, make_app):
        server.floor.time_zone = "Asia/Kathmandu"
        app = make_app()
        qtbot.waitUntil(lambda: not app.window.board.state.loading, timeout=WAIT_MS)
        local = app.link.server_now() + timedelta(hours=5, minutes=45)
        assert app.window.board.state.clock in {
            f"{moment:%H:%M}" for moment in (local, local - timedelta(seconds=2))
        }


class TestTrouble:
    def test_without_a_server_the_board_is_stale_and_comes_back_by_itself(
        self, qtbot, server, make_app, monkeypatch
    ):
        monkeypatch.setattr("clients.display_desktop.presenter.STALE_AFTER_S", 1.0)
        app = make_app()
        call(server)
        qtbot.waitUntil(lambda: focus(app) != [], timeout=WAIT_MS)
        server.stop()
        qtbot.waitUntil(lambda: app.window.board.state.stale is not None, timeout=WAIT_MS)
        assert not has_yellow(app.window.grab().toImage())
        with ModelServer(port=server.port, floor=server.floor) as again:
            qtbot.waitUntil(lambda: app.window.board.state.stale is None, timeout=3 * WAIT_MS)
            call(again, 4)
            qtbot.waitUntil(lambda: ("A002", "5", True) in focus(app), timeout=WAIT_MS)

    def test_a_short_cut_shows_nothing(self, qtbot, server, make_app):
        app = make_app()
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WAIT_MS)
        boards = []
        app.presenter.board_changed.connect(boards.append)
        with qtbot.waitSignal(app.link.connection_changed, timeout=WAIT_MS):
            server.cut()
        qtbot.waitUntil(lambda: app.store.is_live, timeout=WAIT_MS)
        assert all(board.stale is None for board in boards)

    def test_a_start_without_a_server_shows_the_last_board_as_stale(
        self, qtbot, server, make_app, monkeypatch
    ):
        call(server, 5)
        first = make_app()
        qtbot.waitUntil(lambda: focus(first) != [], timeout=WAIT_MS)
        first.stop()
        server.stop()
        monkeypatch.setattr("clients.display_desktop.presenter.STALE_AFTER_S", 0.1)
        second = make_app()
        qtbot.waitUntil(lambda: second.window.board.state.stale is not None, timeout=WAIT_MS)
        assert focus(second)[0][:2] == ("A001", "6")

    def test_a_server_that_cannot_pair_screens_is_explained(self, qtbot, make_app):
        app = make_app(device_key=None)
        qtbot.waitUntil(lambda: app.window.currentWidget() is app.window.pairing, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: "Check the address" in app.window.pairing.accessibleName(), timeout=WAIT_MS)


class TestDemoSocket:
    def test_the_window_can_be_grabbed_and_paints_are_told(self, qtbot, server, make_app, tmp_path):
        app = make_app(demo_socket=str(tmp_path / "demo"))
        call(server)
        qtbot.waitUntil(lambda: len(shown(server)) == 1, timeout=WAIT_MS)
        client = QLocalSocket()
        client.connectToServer(str(tmp_path / "demo"))
        assert ask(qtbot, client, {"grab": str(tmp_path / "a.png")}) == {"grabbed": True}
        assert QImage(str(tmp_path / "a.png")).width() == 1280
        notes = ask(qtbot, client, {"notes": True})["notes"]
        assert server.floor.revision in [note["revision"] for note in notes]
        assert "error" in ask(qtbot, client, {"press": "anything"})
        client.disconnectFromServer()
        assert app.window.isVisible()


def ask(qtbot, client: QLocalSocket, question: dict) -> dict:
    client.write(json.dumps(question).encode() + b"\n")
    qtbot.waitUntil(client.canReadLine, timeout=WAIT_MS)
    return json.loads(bytes(client.readLine().data()))


def shown(server: ModelServer) -> list[int]:
    return [frame.revision for frame in server.heard if isinstance(frame, frames.ShownReceipt)]


def has_yellow(image: QImage) -> bool:
    points = [(x, y) for x in range(60, 800, 20) for y in range(120, 420, 20)]
    colours = [image.pixelColor(x, y) for x, y in points]
    return any(c.red() > 230 and 150 < c.green() < 230 and c.blue() < 90 for c in colours)
