"""When a live session says that it is there and how far it has come, and when its peer counts as silent."""

from dataclasses import dataclass

from shared.frames import Ack, ClientFrame, ClientHeartbeat
from shared.ids import Revision

SILENT_HEARTBEATS = 2.5  # two may be lost on the way, not three
ACK_PAUSE_S = 1.0  # 2,000 screens that acknowledge each event would be heard before anybody else


@dataclass(kw_only=True)
class Pace:
    """The timetable of one socket, from its welcome on. All times on the session's stopwatch.

    Args:
        beat_at: when the next heartbeat is due.
        silence_s: after this long without a sign of life the peer counts as silent; None: 2.5
            heartbeats.
        ack_at: when what was applied is acknowledged; None: nothing is new.
    """

    heartbeat_s: float
    beat_at: float
    silence_s: float | None
    ack_at: float | None = None
    acked: Revision | None = None

    def applied(self, now: float) -> None:
        """Something was applied: acknowledge it soon, together with what follows."""
        if self.ack_at is None:
            self.ack_at = now + ACK_PAUSE_S

    def due(self, now: float, revision: Revision | None) -> list[ClientFrame]:
        """What must be said now.

        Args:
            revision: how far the state is; None while it is not whole.
        """
        frames: list[ClientFrame] = []
        if now >= self.beat_at:
            self.beat_at = now + self.heartbeat_s
            frames.append(ClientHeartbeat(revision=revision or 0))
        if self.ack_at is not None and now >= self.ack_at:
            self.ack_at = None
            if revision is not None and revision != self.acked:
                self.acked = revision
                frames.append(Ack(revision=revision))
        return frames

    def silent_at(self, heard_at: float) -> float:
        """When a peer last heard at this time counts as silent."""
        return heard_at + (self.silence_s or SILENT_HEARTBEATS * self.heartbeat_s)
