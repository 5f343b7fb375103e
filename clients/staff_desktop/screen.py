"""Facts -> what the window shows. Pure: the same facts give the same view."""

from clients.core.connection import Phase as LinkPhase
from clients.qt_kit import formats
from clients.staff_desktop import active_screen, waiting_screen, words
from clients.staff_desktop.facts import Act, Facts
from clients.staff_desktop.line import waited_s
from clients.staff_desktop.offer_screen import counter_view, news_view, offer_view, type_view, type_views
from clients.staff_desktop.view_parts import CommandView
from clients.staff_desktop.view_state import (
    BreakView,
    ClosedView,
    DayView,
    HourBar,
    LaneView,
    NewTokenView,
    NextView,
    Phase,
    Reach,
    ReadyView,
    StaffView,
    TopBarView,
    TypeCardView,
)
from shared.ids import TokenStatus, TypeKey

GAUGE_STEP_S = 300  # gauges end at whole five minutes, so that they do not stretch every second
DAY_HOURS = 9


def staff_view(facts: Facts) -> StaffView:
    """The whole window."""
    phase = phase_of(facts)
    if phase in (Phase.SIGN_IN, Phase.LOADING):
        return StaffView(
            phase=phase,
            sign_in=facts.sign_in,
            top=TopBarView(person=facts.me.display_name if facts.me else ""),
            offline=_offline(facts),
        )
    return StaffView(
        phase=phase,
        sign_in=facts.sign_in,
        top=_top(facts, phase),
        offline=_offline(facts),
        closed=_closed(facts) if phase is Phase.CLOSED else None,
        ready=_ready(facts) if phase is Phase.READY else None,
        rest=_break(facts) if phase is Phase.ON_BREAK else None,
        active=active_screen.active_view(facts) if phase in (Phase.CALLED, Phase.SERVING) else None,
        waiting=waiting_screen.waiting_view(facts, type_views(facts)),
        day=_day(facts),
        lane=_lane(facts),
        new_token=_new_token(facts),
        offers=offer_view(facts),
        news=news_view(facts),
    )


def phase_of(facts: Facts) -> Phase:
    """What the window is about now."""
    if facts.me is None:
        return Phase.SIGN_IN
    if facts.state is None:
        return Phase.LOADING
    if facts.counter is None:
        return Phase.CLOSED
    active = facts.active
    if active is None:
        return Phase.ON_BREAK if facts.is_on_break else Phase.READY
    return Phase.SERVING if active.status is TokenStatus.SERVING else Phase.CALLED


def _lane(facts: Facts) -> LaneView:
    offer = facts.offer
    return LaneView(
        last=facts.last or _since(facts),
        notice=facts.notice,
        offer=offer.text if offer else "",
        undo_left_ms=max(0, round((offer.until - facts.now).total_seconds() * 1000)) if offer else 0,
        undo=active_screen.command(facts, Act.UNDO),
    )


def _since(facts: Facts) -> str:
    """The quiet line before anything was done."""
    counter = facts.counter
    if counter is None or counter.opened_at is None:
        return words.translate("staff", "Choose a counter to begin.")
    since = formats.clock(facts.local(counter.opened_at))
    return words.translate("staff", "{counter} open since {time}").format(counter=counter.name, time=since)


def _offline(facts: Facts) -> str:
    status = facts.status
    if status is None or facts.me is None or status.phase not in (LinkPhase.OFFLINE, LinkPhase.CONNECTING):
        return ""
    if status.phase is LinkPhase.CONNECTING and status.heard_at is None:
        return ""  # the first try: nothing is lost yet
    left_s = (status.next_try_at - facts.now).total_seconds() if status.next_try_at else None
    return words.no_connection(formats.clock(facts.local(status.since)), next_try_s=left_s)


def _top(facts: Facts, phase: Phase) -> TopBarView:
    assert facts.state is not None
    counter = facts.counter
    served = facts.line.served if facts.line is not None and counter is not None else frozenset()
    return TopBarView(
        counter_label=counter.label if counter else "",
        counter_name=counter.name if counter else "",
        organization=facts.state.organization.name,
        serves=tuple(each for each in type_views(facts) if each.key in served),
        reach=_reach(facts),
        person=facts.me.display_name if facts.me else "",
        is_remembered=facts.is_remembered,
        waiting=len(facts.line.ordered) if facts.line else 0,
        new_token=active_screen.command(facts, Act.CREATE),
        close=_close(facts, phase),
        rest=_rest(facts, phase) if counter is not None else None,
        is_on_break=phase is Phase.ON_BREAK,
    )


def _rest(facts: Facts, phase: Phase) -> CommandView:
    """Taking a break, or ending it."""
    if phase is Phase.ON_BREAK:
        return active_screen.command(facts, Act.END_BREAK)
    if phase in (Phase.CALLED, Phase.SERVING) and facts.is_live:
        return CommandView(is_enabled=False, reason=words.translate("staff", "End this visit first."))
    return active_screen.command(facts, Act.TAKE_BREAK)


def _reach(facts: Facts) -> Reach:
    if facts.is_live:
        return Reach.LIVE
    if facts.status is not None and facts.status.phase is LinkPhase.OFFLINE:
        return Reach.OFFLINE
    return Reach.CONNECTING if facts.status is None or facts.status.heard_at is None else Reach.OFFLINE


def _close(facts: Facts, phase: Phase) -> CommandView:
    if phase in (Phase.CALLED, Phase.SERVING):
        return CommandView(is_enabled=False, reason=words.translate("staff", "End this visit first."))
    return active_screen.command(facts, Act.CLOSE)


def _closed(facts: Facts) -> ClosedView:
    assert facts.state is not None
    return ClosedView(
        counters=tuple(counter_view(facts, each) for each in facts.state.counters.values()),
        suggested=facts.suggested,
        suggested_types=facts.suggested_types,
        open=active_screen.command(facts, Act.OPEN),
    )


def _ready(facts: Facts) -> ReadyView:
    call_next = active_screen.command(facts, Act.CALL_NEXT)
    if facts.line is not None and facts.line.next is None and call_next.is_enabled:
        call_next = CommandView(
            is_enabled=False, reason=words.translate("staff", "Nobody is waiting for your types.")
        )
    return ReadyView(call_next=call_next, next=_next(facts), types=_type_cards(facts))


def _break(facts: Facts) -> BreakView:
    counter = facts.counter
    assert counter is not None
    assert counter.break_since is not None
    return BreakView(
        reason=counter.break_reason or "",
        since=formats.clock(facts.local(counter.break_since)),
        elapsed_s=max(0.0, (facts.now - counter.break_since).total_seconds()),
        waiting=facts.line.waiting if facts.line else 0,
        resume=active_screen.command(facts, Act.END_BREAK),
    )


def _next(facts: Facts) -> NextView | None:
    if facts.line is None or facts.line.next is None or facts.state is None:
        return None
    token = facts.line.next
    waited = waited_s(token, facts.now)
    customer_type = facts.state.customer_types.get(token.customer_type)
    return NextView(
        number=token.number,
        type_name=customer_type.name if customer_type else token.customer_type,
        why=words.why_next(facts.line.rule, waiting=facts.line.waiting, waited_s=waited),
        waited_s=waited,
        limit_s=customer_type.wait_limit_min * 60 if customer_type else 0,
    )


def _type_cards(facts: Facts) -> tuple[TypeCardView, ...]:
    if facts.line is None:
        return ()
    types = [each for each in type_views(facts) if each.key in facts.line.served]
    longest = {each.key: _longest_s(facts, each.key) for each in types}
    needed = max(
        [*(each.limit_s * 1.1 for each in types), *(wait or 0 for wait in longest.values())], default=0
    )
    scale_s = (int(needed) // GAUGE_STEP_S + 1) * GAUGE_STEP_S
    return tuple(
        TypeCardView(
            type=each,
            waiting=facts.line.by_type[each.key].waiting if each.key in facts.line.by_type else 0,
            longest_s=longest[each.key],
            scale_s=scale_s,
            estimate_s=estimate_of(facts, each.key),
        )
        for each in types
    )


def _longest_s(facts: Facts, key: TypeKey) -> float | None:
    of_type = facts.line.by_type.get(key) if facts.line else None
    return max(0.0, (facts.now - of_type.oldest_at).total_seconds()) if of_type else None


def estimate_of(facts: Facts, key: TypeKey) -> tuple[float, float] | None:
    """Low and high of the wait of someone who arrives now."""
    queue = facts.queue(key)
    if queue is None or queue.estimate is None:
        return None
    return (queue.estimate.low_s, queue.estimate.high_s)


def _day(facts: Facts) -> DayView | None:
    day = facts.day
    if day is None:
        return None
    return DayView(
        served=day.served,
        no_shows=day.no_shows,
        average_service_s=day.average_service_s,
        average_wait_s=day.average_wait_s,
        bars=_bars(facts),
    )


def _bars(facts: Facts) -> tuple[HourBar, ...]:
    """The last hours with work and the coming ones, nine in all; the present one is always among them."""
    assert facts.day is not None
    served = {each.hour: each.served for each in facts.day.served_by_hour if each.served}
    present = facts.local(facts.now).hour
    first = min([*served, present])
    first = max(first, present - DAY_HOURS + 1)
    first = min(first, 24 - DAY_HOURS)
    return tuple(
        HourBar(hour=hour, served=served.get(hour, 0), is_now=hour == present)
        for hour in range(first, first + DAY_HOURS)
    )


def _new_token(facts: Facts) -> NewTokenView:
    asked = facts.token_try
    token = asked.token
    known = facts.state.customer_types if facts.state else {}
    of_token = known.get(token.customer_type) if token else None
    return NewTokenView(
        types=tuple(type_view(each) for each in known.values() if each.is_active),
        levels=facts.state.organization.priority_levels if facts.state else (0,),
        create=active_screen.command(facts, Act.CREATE),
        number=token.number if token else "",
        type_name=of_token.name if of_token else "",
        estimate_s=estimate_of(facts, token.customer_type) if token else None,
        error=asked.error,
        can_override=asked.can_override,
    )
