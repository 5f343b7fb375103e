"""The list of who waits, is parked or did not come: facts -> view. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from clients.qt_kit import formats
from clients.staff_desktop import active_screen, words
from clients.staff_desktop.facts import Act, Facts
from clients.staff_desktop.line import is_for_anybody, is_meant_for, place_of
from clients.staff_desktop.list_view import (
    MINE,
    RowCommand,
    RowView,
    Section,
    SectionView,
    SegmentView,
    WaitingView,
)
from clients.staff_desktop.view_parts import CommandView, TypeView
from shared.ids import TokenId, TokenStatus, TypeKey
from shared.tokens import LiveToken

translate = words.translate

_ACTS = {
    RowCommand.RETURN: Act.RETURN,
    RowCommand.TRANSFER: Act.TRANSFER,
    RowCommand.PRIORITY: Act.PRIORITY,
    RowCommand.EMERGENCY: Act.EMERGENCY,
    RowCommand.NOTES: Act.NOTES,
    RowCommand.CANCEL: Act.CANCEL,
    RowCommand.REINSTATE: Act.REINSTATE,
}


def waiting_view(facts: Facts, types: tuple[TypeView, ...]) -> WaitingView | None:
    """The list; None while the queue is not known."""
    line, state = facts.line, facts.state
    if line is None or state is None:
        return None
    parked = sorted(
        (token for token in state.tokens.values() if token.status is TokenStatus.PARKED), key=_wakes
    )
    no_shows = facts.no_shows.tokens
    by_type = {key: of_type.waiting for key, of_type in line.by_type.items()}
    return WaitingView(
        sections={
            Section.WAITING: SectionView(
                tokens=line.ordered, segments=_segments(facts, types, by_type, mine=line.waiting)
            ),
            Section.PARKED: SectionView(
                tokens=tuple(parked), segments=_segments(facts, types, _by_type(parked))
            ),
            Section.NO_SHOWS: SectionView(
                tokens=no_shows,
                segments=_segments(facts, types, _by_type(no_shows or ())),
                error=facts.no_shows.error,
            ),
        },
        types={each.key: each for each in types},
        served=line.served,
        mine=line.mine,
        others=line.others,
        rows=dict(_rows(facts, line.telling, parked, no_shows or ())),
        next_id=line.next.id if line.next is not None and facts.counter is not None else None,
        now=facts.now,
        commands=_commands(facts),
    )


def _commands(facts: Facts) -> dict[RowCommand, CommandView]:
    asked = {row: active_screen.command(facts, act) for row, act in _ACTS.items()}
    for row, act in ((RowCommand.CALL, Act.CALL_THIS_ONE), (RowCommand.RESUME, Act.RESUME)):
        asked[row] = _to_counter(facts, act)
    return asked


def _to_counter(facts: Facts, act: Act) -> CommandView:
    asked = active_screen.command(facts, act)
    if not asked.is_enabled:
        return asked
    if (reason := calls_nobody(facts)) != "":
        return CommandView(is_enabled=False, reason=reason)
    return asked


def calls_nobody(facts: Facts) -> str:
    """Why no visitor can be called to this counter now, "" where one can."""
    if facts.counter is None:
        return translate("staff", "Open a counter first.")
    if facts.active is not None:
        return translate("staff", "End this visit first.")
    if facts.is_on_break:
        return translate("staff", "You are on a break. Resume work first.")
    return ""


def _by_type(tokens: Iterable[LiveToken]) -> Mapping[TypeKey, int]:
    return Counter(token.customer_type for token in tokens)


def _segments(
    facts: Facts, types: tuple[TypeView, ...], by_type: Mapping[TypeKey, int], *, mine: int | None = None
) -> tuple[SegmentView, ...]:
    """All or mine, then each type. `mine`: None for those of the served types."""
    line = facts.line
    assert line is not None
    if all(each.key in line.served for each in types):
        whole = SegmentView(key="", text=translate("staff", "All"), waiting=sum(by_type.values()))
    else:
        served = sum(count for key, count in by_type.items() if key in line.served)
        whole = SegmentView(
            key=MINE, text=translate("staff", "Mine"), waiting=served if mine is None else mine
        )
    parts = (SegmentView(key=each.key, text=each.prefix, waiting=by_type.get(each.key, 0)) for each in types)
    return (whole, *parts)


# What single rows say


def _rows(
    facts: Facts, waiting: Iterable[LiveToken], parked: Iterable[LiveToken], no_shows: Iterable[LiveToken]
) -> Iterable[tuple[TokenId, RowView]]:
    for token in waiting:
        yield token.id, _waiting_row(facts, token)
    for token in parked:
        yield token.id, _parked_row(facts, token)
    for token in no_shows:
        yield token.id, _no_show_row(facts, token)


def _waiting_row(facts: Facts, token: LiveToken) -> RowView:
    name = _name(token)
    target = _target(facts, token)
    about = [_notes(token)]
    chip = target
    if target:
        about.append(translate("staff", "Sent to {target}.").format(target=target))
    if token.emergency is not None:
        chip = translate("staff", "Emergency")
        about.append(translate("staff", "Emergency: {reason}.").format(reason=token.emergency))
    return RowView(words=name, chip=chip, about=" ".join(part for part in (name, *about) if part))


def _target(facts: Facts, token: LiveToken) -> str:
    if is_for_anybody(token) or facts.state is None:
        return ""
    if is_meant_for(token, facts.counter):
        return translate("staff", "For you")
    if token.target_counter_id is not None:
        counter = facts.state.counters.get(token.target_counter_id)
        return counter.name if counter is not None else translate("staff", "Another counter")
    person = facts.state.people.get(token.target_user_id) if token.target_user_id else None
    return person.display_name if person else translate("staff", "A colleague")


def _parked_row(facts: Facts, token: LiveToken) -> RowView:
    reason = token.park_reason or ""
    since = formats.clock(facts.local(token.parked_at)) if token.parked_at else ""
    about = [translate("staff", "Parked at {time}: {reason}.").format(time=since, reason=reason)]
    if token.wake_at is None:
        end = formats.minutes((facts.now - token.parked_at).total_seconds()) if token.parked_at else ""
    else:
        end = formats.clock(facts.local(token.wake_at))
        about.append(translate("staff", "Back in line at {time}.").format(time=end))
        end = translate("staff", "until {time}").format(time=end)
    if name := _name(token):
        about.insert(0, f"{name}.")
    return RowView(words=reason, end=end, about=" ".join(about))


def _no_show_row(facts: Facts, token: LiveToken) -> RowView:
    called = formats.clock(facts.local(token.called_at)) if token.called_at else ""
    said = translate("staff", "Called at {time} and did not come.").format(time=called)
    name = _name(token)
    return RowView(words=name, end=called, about=f"{name}. {said}" if name else said)


def _name(token: LiveToken) -> str:
    return (token.visitor.name or "") if token.visitor is not None else ""


def _notes(token: LiveToken) -> str:
    return (token.visitor.notes or "") if token.visitor is not None else ""


def _wakes(token: LiveToken) -> tuple[bool, float, str]:
    """The first to wake first; then those without a time, the longest parked first."""
    moment = token.wake_at or token.parked_at or place_of(token)
    return (token.wake_at is None, moment.timestamp(), token.number)
