"""Since when counters are ready or closed: the state does not say, but the events do. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from shared.events import (
    CounterClosed,
    CounterOpened,
    Event,
    ServiceCompleted,
    TokenCalled,
    TokenCancelled,
    TokenNoShow,
)
from shared.ids import CounterId


class QuietCounters:
    """Remembers when a counter last became ready or closed while the console watched."""

    def __init__(self) -> None:
        self._since: dict[CounterId, datetime] = {}

    @property
    def since(self) -> Mapping[CounterId, datetime]:
        """The moments that were seen; a counter that was not seen is absent."""
        return MappingProxyType(dict(self._since))

    def watch(self, events: Iterable[Event]) -> None:
        """Take note of what happened."""
        for event in events:
            match event:
                case CounterOpened(counter=counter) | CounterClosed(counter=counter):
                    self._since[counter.id] = event.at
                case ServiceCompleted(call=call) | TokenNoShow(call=call):
                    self._since[call.counter_id] = event.at
                case TokenCancelled(call=call) if call is not None:
                    self._since[call.counter_id] = event.at
                case TokenCalled(call=call):
                    self._since.pop(call.counter_id, None)

    def forget(self) -> None:
        """Know nothing: another snapshot may hide what happened in between."""
        self._since.clear()
