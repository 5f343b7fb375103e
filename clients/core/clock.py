"""The server's clock, told by a stopwatch that also runs while the machine sleeps."""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A frame that was under way longer says an earlier time. Within this it is the delay that differs,
# beyond it the server's clock was set.
_DELAY_MAX_S = 1.0


def elapsed_s() -> float:
    """Seconds on a stopwatch that nobody sets, from an arbitrary start.

    Linux stops the monotonic clock while a machine sleeps; a screen woken after an hour would then
    take an hour-old call for a new one.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, kw_only=True)
class ServerClock:
    """What time it is for the server, by which every age is measured.

    Args:
        offset: the server's time at stopwatch zero.
        is_heard: whether a server said so, or it is this machine's own clock.
    """

    offset: datetime
    is_heard: bool

    @classmethod
    def from_this_machine(cls, *, elapsed: float, now: datetime) -> "ServerClock":
        """The best guess before a server was heard: this machine's own clock."""
        return cls(offset=now.astimezone(UTC) - timedelta(seconds=elapsed), is_heard=False)

    def at(self, elapsed: float) -> datetime:
        """The server's time at this reading of the stopwatch, aware, in UTC."""
        return self.offset + timedelta(seconds=elapsed)

    def heard(self, *, elapsed: float, now: datetime) -> "ServerClock":
        """The clock after a frame that said `now` arrived at this reading of the stopwatch."""
        offset = now.astimezone(UTC) - timedelta(seconds=elapsed)
        behind_s = (self.offset - offset).total_seconds()
        if self.is_heard and 0 <= behind_s < _DELAY_MAX_S:
            return self
        return ServerClock(offset=offset, is_heard=True)
