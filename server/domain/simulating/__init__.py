"""A past day, replayed under other rules: what would they have done to the waits?"""

from server.domain.simulating.facts import DayRecord, DayToken, Rules, Shift, Turn
from server.domain.simulating.replaying import Outcome, SimulatedDay, as_it_was, simulate
from server.domain.simulating.reporting import report, waits

__all__ = [
    "DayRecord",
    "DayToken",
    "Outcome",
    "Rules",
    "Shift",
    "SimulatedDay",
    "Turn",
    "as_it_was",
    "report",
    "simulate",
    "waits",
]
