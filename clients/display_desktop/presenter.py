"""From what the link tells to what the lobby board shows, and back: which calls a paint has shown.

`board_of` is pure; `Presenter` has the timers: for the clock, for whose turn it is in the focus, and
for when a board is not current any more.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QObject, QTimer, Signal

from clients.core.clock import elapsed_s
from clients.core.connection import ConnectionStatus
from clients.core.queue_state import QueueState, counts
from clients.display_desktop.call_queue import CallQueue, InFocus, advance, observe
from clients.display_desktop.widgets.board_state import (
    BoardState,
    FocusCall,
    RecentRow,
    StaleInfo,
    TypeTile,
)
from clients.qt_kit.formats import MinuteRange, clock, long_date
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.ids import CounterId, Epoch, Revision, TypeKey
from shared.queues import QueueReport
from shared.tokens import RecentCall

STALE_AFTER_S = 10.0
REPORT_MAX_AGE_S = 120.0  # figures come every few seconds; older ones promise what nobody checked
RECEIPT_MAX_AGE_S = 120.0  # a no-show waits for a receipt 60 s at most
ROWS_SURELY_SEEN = 4  # of the recent calls: a portrait board has no more
TICK_MS = 1_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a display knows at one moment.

    Args:
        now: the server's time.
        elapsed: the stopwatch of the call queue.
    """

    state: QueueState | None
    queue: CallQueue
    report: QueueReport | None
    status: ConnectionStatus | None
    server: str
    now: datetime
    elapsed: float


def board_of(seen: Seen) -> BoardState:
    """What the board shows."""
    state = seen.state
    if state is None:
        here = datetime.now().astimezone()  # no organization yet, so this machine's own time zone
        return BoardState(loading=True, clock=clock(here), date=long_date(here), connecting_to=seen.server)
    local = seen.now.astimezone(zone_of(state))
    return BoardState(
        revision=state.revision,
        organization=state.organization.name,
        date=long_date(local),
        clock=clock(local),
        focus=tuple(_focus_call(each, state, seen.elapsed) for each in seen.queue.focus),
        recent=tuple(_recent_row(call, state) for call in seen.queue.recent),
        types=_tiles(state, seen.report, seen.now),
        stale=_stale(seen, local.tzinfo or UTC),
    )


def zone_of(state: QueueState) -> tzinfo:
    """The organization's time zone; UTC where this machine does not know it."""
    try:
        return ZoneInfo(state.organization.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("the time zone %s is not known here", state.organization.time_zone)
        return UTC


def shown_announcements(queue: CallQueue, now: datetime) -> set[Revision]:
    """The announcements that a visitor can read on a board painted from this queue."""
    readable = [*(each.call for each in queue.focus), *queue.recent[:ROWS_SURELY_SEEN]]
    return {call.announced_revision for call in readable if _can_be_confirmed(call, now)}


def _can_be_confirmed(call: RecentCall, now: datetime) -> bool:
    return call.outcome is None and (now - call.announced_at).total_seconds() < RECEIPT_MAX_AGE_S


def _focus_call(each: InFocus, state: QueueState, elapsed: float) -> FocusCall:
    call = each.call
    return FocusCall(
        call_id=f"{call.id}/{call.announced_revision}",  # a recall is announced as if it were new
        token=call.number,
        counter=_label(state, call.counter_id),
        type_name=_type_name(state, call.customer_type),
        fresh=each.is_fresh(elapsed),
    )


def _recent_row(call: RecentCall, state: QueueState) -> RecentRow:
    return RecentRow(call_id=str(call.id), token=call.number, counter=_label(state, call.counter_id))


def _label(state: QueueState, counter_id: CounterId) -> str:
    counter = state.counters.get(counter_id)
    return counter.label if counter else "–"


def _type_name(state: QueueState, key: TypeKey) -> str:
    kind = state.customer_types.get(key)
    return kind.name if kind else key


def _tiles(state: QueueState, report: QueueReport | None, now: datetime) -> tuple[TypeTile, ...]:
    waiting = counts(state).waiting_by_type
    estimates = dict(_estimates(report, now))
    return tuple(
        TypeTile(
            prefix=kind.prefix,
            name=kind.name,
            waiting=waiting[key],
            estimate=estimates.get(key),
        )
        for key, kind in state.customer_types.items()
        if kind.is_active or waiting[key]
    )


def _estimates(report: QueueReport | None, now: datetime) -> Iterable[tuple[TypeKey, tuple[int, int]]]:
    if report is None or now - report.at > timedelta(seconds=REPORT_MAX_AGE_S):
        return
    for queue in report.queues:
        if queue.estimate is not None:
            minutes = MinuteRange.from_seconds(queue.estimate.low_s, queue.estimate.high_s)
            yield queue.customer_type, (minutes.low, minutes.high)


def _stale(seen: Seen, zone: tzinfo) -> StaleInfo | None:
    status = seen.status
    if status is None or status.is_live:
        return None
    heard_at = status.heard_at or status.since
    if (seen.now - heard_at).total_seconds() < STALE_AFTER_S:
        return None
    local, today = heard_at.astimezone(zone), seen.now.astimezone(zone).date()
    since = clock(local) if local.date() == today else f"{long_date(local)}, {clock(local)}"
    return StaleInfo(since=since)


class Presenter(QObject):
    """Keeps the board's state right as the link tells and time passes."""

    board_changed = Signal(object)
    """The board looks different now; argument: BoardState."""

    def __init__(self, *, link: Link, store: Store, server: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._store = store
        self._server = server
        self._queue = CallQueue()
        self._shown: BoardState | None = None
        self._confirmed: set[tuple[Epoch, Revision]] = set()
        self._turn = QTimer(self, singleShot=True)
        self._turn.timeout.connect(self._on_time)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._on_time)
        self._tick.start()
        store.changed.connect(self._on_store)

    @property
    def queue(self) -> CallQueue:
        """The calls in focus and those that wait for it."""
        return self._queue

    def on_painted(self, revision: int) -> None:
        """A board of this revision is on the screen: tell the server which calls it has shown."""
        state = self._store.state
        if state is None or self._shown is None or revision != self._shown.revision:
            return
        now = self._store.server_now()
        for announced in sorted(shown_announcements(self._queue, now)):
            if announced <= revision and (state.epoch, announced) not in self._confirmed:
                self._confirmed.add((state.epoch, announced))
                self._link.confirm_shown(announced)

    def _on_store(self) -> None:
        state = self._store.state
        if state is None:
            self._queue = CallQueue()  # whose calls they were, this screen belongs to no longer
        else:
            self._queue = observe(
                self._queue,
                state.recent_calls,
                epoch=state.epoch,
                now=self._store.server_now(),
                elapsed=elapsed_s(),
            )
            self._forget_old_receipts(state)
        self._show()

    def _on_time(self) -> None:
        self._queue = advance(self._queue, elapsed_s())
        self._show()

    def _show(self) -> None:
        elapsed = elapsed_s()
        board = board_of(
            Seen(
                state=self._store.state,
                queue=self._queue,
                report=self._store.queues,
                status=self._store.status,
                server=self._server,
                now=self._store.server_now(),
                elapsed=elapsed,
            )
        )
        changes_at = self._queue.changes_at(elapsed)
        if changes_at is not None:
            # A millisecond later, so that the moment has surely come when the timer fires.
            self._turn.start(max(0, round((changes_at - elapsed) * 1000)) + 1)
        if board != self._shown:
            self._shown = board
            self.board_changed.emit(board)

    def _forget_old_receipts(self, state: QueueState) -> None:
        listed = {(state.epoch, call.announced_revision) for call in state.recent_calls}
        self._confirmed &= listed
