"""The binding we pin: emitting a Python-side signal must not cost a reference to True."""

import sys

from PySide6.QtCore import QObject, Signal

EMITS = 20_000


class Sender(QObject):
    happened = Signal(bool)


class TestEmit:
    def test_many_emits_keep_the_references_to_true(self) -> None:
        # PySide6 6.12.0 on Python 3.11 lost one at each emit and aborted the process some time later.
        sender = Sender()
        received: list[int] = []
        sender.happened.connect(lambda _value: received.append(1))
        before = sys.getrefcount(True)
        for _ in range(EMITS):
            sender.happened.emit(True)
        lost = before - sys.getrefcount(True)
        assert len(received) == EMITS
        # Immortal objects (Python 3.12 on) keep a constant count; a handful may come and go elsewhere.
        assert lost < EMITS / 100
