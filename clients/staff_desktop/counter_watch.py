"""Notices when a person's counter is no longer theirs."""

from clients.core.queue_state import QueueState
from shared.counters import LiveCounter
from shared.ids import CounterId


class CounterWatch:
    """Remembers which counter one had."""

    def __init__(self) -> None:
        self._had: CounterId | None = None

    def lost(self, state: QueueState | None, counter: LiveCounter | None) -> LiveCounter | None:
        """The counter one had a moment ago and has no more, as it is now; None where nothing was lost.

        Args:
            state: the newest one.
            counter: one's own counter in it.
        """
        had, self._had = self._had, counter.id if counter is not None else None
        if state is None or had is None or counter is not None:
            return None
        return state.counters.get(had)

    def forget(self) -> None:
        """Another person sits down."""
        self._had = None
