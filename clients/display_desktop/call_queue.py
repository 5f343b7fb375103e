"""Which calls stand in the focus of the lobby board, and which wait for it. Pure.

- A call stays in focus at least 5 s: the next one takes the second panel, a third one waits. In the
  list of recent calls all of them stand at once.
- What was announced 30 s ago or more when it arrived is shown, but not as news.
- A recall is news again; a withdrawn call leaves; one that ended before its turn has no turn any more.

It is fed with the state's recent calls, not with events: after an outage, a new snapshot or a busy
moment the same question is asked of the same list, so no way of arriving can lose or repeat a call.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from clients.core.session_actions import FRESH_MAX_S
from shared.ids import CallId, Epoch, Revision
from shared.tokens import RecentCall

PANELS = 2
HELD_S = 5.0
FRESH_SHOWN_S = 30.0
NOTHING_SEEN = Revision(-1)


@dataclass(frozen=True, kw_only=True)
class InFocus:
    """A call in a panel.

    Args:
        shown_at: since when, on the stopwatch.
        is_news: announced by light, chime and voice; otherwise the last call that was known.
    """

    call: RecentCall
    shown_at: float
    is_news: bool

    def is_held(self, elapsed: float) -> bool:
        """Whether it must not be replaced yet."""
        return self.is_news and elapsed - self.shown_at < HELD_S

    def is_fresh(self, elapsed: float) -> bool:
        """Whether it still stands out as the newest call."""
        return self.is_news and elapsed - self.shown_at < FRESH_SHOWN_S


@dataclass(frozen=True, kw_only=True)
class CallQueue:
    """The calls in focus, newest first, and those that wait, oldest first.

    Args:
        calls: all calls that may be shown, newest announcement first, one a token.
        seen: up to which announcement all were looked at.
    """

    focus: tuple[InFocus, ...] = ()
    waiting: tuple[RecentCall, ...] = ()
    calls: tuple[RecentCall, ...] = ()
    epoch: Epoch | None = None
    seen: Revision = NOTHING_SEEN

    @property
    def recent(self) -> tuple[RecentCall, ...]:
        """What stands in the list beside the focus, newest first; those that wait are in it."""
        in_focus = {each.call.id for each in self.focus}
        return tuple(call for call in self.calls if call.id not in in_focus)

    def changes_at(self, elapsed: float) -> float | None:
        """When the focus looks different by time alone, on the stopwatch; None: not by itself."""
        times = [each.shown_at + FRESH_SHOWN_S for each in self.focus if each.is_fresh(elapsed)]
        if self.waiting:
            times += [each.shown_at + HELD_S for each in self.focus]
        return min(times, default=None)


def observe(
    queue: CallQueue, calls: Iterable[RecentCall], *, epoch: Epoch, now: datetime, elapsed: float
) -> CallQueue:
    """The queue after a look at the state's recent calls.

    Args:
        calls: newest announcement first, withdrawn ones included.
        now: the server's time, for ages.
        elapsed: the stopwatch, for how long something is shown.
    """
    shown = _one_a_token(call for call in calls if not call.withdrawn)
    by_id = {call.id: call for call in shown}
    is_same_epoch = epoch == queue.epoch
    arrived = [
        call
        for call in reversed(shown)
        if not (is_same_epoch and call.announced_revision <= queue.seen)
        and call.outcome is None
        and (now - call.announced_at).total_seconds() < FRESH_MAX_S
        and not _is_known(queue, call)
    ]
    looked_at = CallQueue(
        focus=tuple(_renewed(queue.focus, by_id, {call.id for call in arrived}, elapsed)),
        waiting=tuple(by_id[call.id] for call in queue.waiting if _has_a_turn(by_id.get(call.id))),
        calls=shown,
        epoch=epoch,
        seen=max((call.announced_revision for call in shown), default=NOTHING_SEEN),
    )
    in_hand = {each.call.id for each in looked_at.focus} | {call.id for call in looked_at.waiting}
    line = (*looked_at.waiting, *(call for call in arrived if call.id not in in_hand))
    return advance(replace(looked_at, waiting=line), elapsed)


def advance(queue: CallQueue, elapsed: float) -> CallQueue:
    """The queue after time passed: who waits takes a panel as soon as one may be taken."""
    focus, waiting = queue.focus, queue.waiting
    while waiting:
        held = tuple(each for each in focus if each.is_held(elapsed))
        if len(held) == PANELS:
            break
        focus = (InFocus(call=waiting[0], shown_at=elapsed, is_news=True), *held)
        waiting = waiting[1:]
    if not focus and queue.calls:
        # Better the last call that is known than an empty wall.
        focus = (InFocus(call=queue.calls[0], shown_at=elapsed, is_news=False),)
    return replace(queue, focus=focus, waiting=waiting)


def _one_a_token(calls: Iterable[RecentCall]) -> tuple[RecentCall, ...]:
    # A token that was returned and called elsewhere must not send its visitor to two counters.
    newest: dict[object, RecentCall] = {}
    for call in calls:
        newest.setdefault(call.token_id, call)
    return tuple(newest.values())


def _is_known(queue: CallQueue, call: RecentCall) -> bool:
    known = [*(each.call for each in queue.focus), *queue.waiting]
    return any((each.id, each.announced_at) == (call.id, call.announced_at) for each in known)


def _has_a_turn(call: RecentCall | None) -> bool:
    return call is not None and call.outcome is None


def _renewed(
    focus: tuple[InFocus, ...],
    by_id: dict[CallId, RecentCall],
    announced_again: set[CallId],
    elapsed: float,
) -> Iterable[InFocus]:
    for each in focus:
        call = by_id.get(each.call.id)
        if call is None:
            continue
        if call.id in announced_again:
            yield InFocus(call=call, shown_at=elapsed, is_news=True)
        else:
            yield replace(each, call=call)
