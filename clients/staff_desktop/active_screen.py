"""The token called to, or served at, one's own counter: facts -> view. Pure."""

from datetime import datetime

from clients.core.connection import ConnectionStatus
from clients.qt_kit import formats
from clients.staff_desktop import words
from clients.staff_desktop.facts import Act, Facts
from clients.staff_desktop.view_parts import CommandView
from clients.staff_desktop.view_state import ActiveView, Screens
from shared.frames import Receipts
from shared.ids import TokenStatus
from shared.queues import UsualTimes
from shared.tokens import LiveToken, RecentCall

NO_SHOW_AFTER_S = 60  # the server's rule, told beforehand; it decides
SHOWN_WITHIN_S = 5  # a screen that lives has painted a call by then
translate = words.translate


def command(facts: Facts, act: Act) -> CommandView:
    """Whether anything can be asked now: not offline, and one thing at a time."""
    if not facts.is_live:
        status = facts.status
        since = formats.clock(facts.local(status.since)) if status is not None and status.heard_at else ""
        return CommandView(is_enabled=False, reason=words.offline_reason(since))
    if act in facts.under_way:
        return CommandView(is_busy=True)
    if facts.under_way - {Act.CREATE} and act is not Act.CREATE:
        # Not greyed: it would flicker at each press. Busy: a press does nothing.
        return CommandView(is_busy=True)
    return CommandView()


def active_view(facts: Facts) -> ActiveView:
    """The active token; there must be one."""
    token, state = facts.active, facts.state
    assert token is not None
    assert state is not None
    is_called = token.status is TokenStatus.CALLED
    call = next((each for each in state.recent_calls if each.id == token.call_id), None)
    customer_type = state.customer_types.get(token.customer_type)
    began_at = token.called_at if is_called else token.served_at
    screens, screens_text = _screens(facts, token)
    usual = _usual(facts, token) if not is_called else None
    only_before = translate("staff", "Only before service starts")
    later = CommandView(is_enabled=False, reason=only_before)
    no_show = _no_show(facts, token) if is_called else later
    confirms = state.organization.confirms_arrival
    promise = token.promise
    return ActiveView(
        token=token,
        token_id=token.id,
        number=token.number,
        type_name=customer_type.name if customer_type else token.customer_type,
        is_called=is_called,
        screens=screens,
        screens_text=screens_text,
        announced_text=_announced(facts, token, call),
        elapsed_s=max(0.0, (facts.now - began_at).total_seconds()) if began_at else 0.0,
        usual_s=(usual.low_s, usual.high_s) if usual else None,
        remark=_remark(facts, token, usual, is_called=is_called),
        details=words.details(token, formats.clock(facts.local(token.created_at))),
        waited_s=_waited_s(token),
        why=words.why_called(token.why) if token.why else "",
        start=command(facts, Act.START) if is_called else None,
        complete=command(facts, Act.COMPLETE) if not is_called or not confirms else None,
        recall=command(facts, Act.RECALL) if is_called else later,
        no_show=no_show,
        cancel=command(facts, Act.CANCEL) if is_called else later,
        transfer=command(facts, Act.TRANSFER),
        park=command(facts, Act.PARK),
        send_back=command(facts, Act.RETURN) if is_called else later,
        change=command(facts, Act.NOTES),
        promised_s=(promise.low_s, promise.high_s) if promise else None,
        hint=(no_show.reason if facts.is_live else "") if is_called else only_before,
    )


def _waited_s(token: LiveToken) -> float:
    if token.why is not None:
        return token.why.waited_s
    began = token.place_at or token.created_at
    return max(0.0, ((token.called_at or began) - began).total_seconds())


def _announced_at(token: LiveToken, call: RecentCall | None) -> datetime | None:
    return call.announced_at if call is not None else token.called_at


def _announced(facts: Facts, token: LiveToken, call: RecentCall | None) -> str:
    moment = _announced_at(token, call)
    if moment is None:
        return ""
    return translate("staff", "announced {time}").format(time=formats.clock(facts.local(moment)))


def _remark(facts: Facts, token: LiveToken, usual: UsualTimes | None, *, is_called: bool) -> str:
    if is_called and token.called_at is not None:
        return words.called(formats.clock(facts.local(token.called_at)), recalls=token.recall_count)
    if usual is None:
        return ""
    bounds = formats.MinuteRange.from_seconds(usual.low_s, usual.high_s)
    return translate("staff", "Usually {low} to {high} min").format(low=bounds.low, high=bounds.high)


def _usual(facts: Facts, token: LiveToken) -> UsualTimes | None:
    queue = facts.queue(token.customer_type)
    return queue.usual_service if queue else None


def _receipts(facts: Facts, token: LiveToken) -> Receipts | None:
    # A screen gives one receipt a call; a recall asks for no other.
    return facts.receipts.get(token.call_id) if token.call_id is not None else None


def _screens(facts: Facts, token: LiveToken) -> tuple[Screens, str]:
    receipts = _receipts(facts, token)
    if receipts is not None and receipts.shown:
        text = translate("staff", "Shown on {shown} of {screens} screens")
        return Screens.SHOWN, text.format(shown=receipts.shown, screens=receipts.screens)
    called_at = token.called_at
    if token.status is not TokenStatus.CALLED or called_at is None or not _heard(facts.status, called_at):
        return Screens.UNKNOWN, ""
    if (facts.now - called_at).total_seconds() < SHOWN_WITHIN_S:
        return Screens.PENDING, ""
    return Screens.NONE, translate("staff", "No screen has shown this call. Call out the number.")


def _heard(status: ConnectionStatus | None, called_at: datetime) -> bool:
    """Whether a receipt of that call would have been heard: they are not repeated."""
    return status is not None and status.is_live and status.since <= called_at


def _no_show(facts: Facts, token: LiveToken) -> CommandView:
    asked = command(facts, Act.NO_SHOW)
    if not asked.is_enabled or asked.is_busy or token.called_at is None:
        return asked
    receipts = _receipts(facts, token)
    left_s = NO_SHOW_AFTER_S - (facts.now - token.called_at).total_seconds()
    if left_s <= 0 or (receipts is not None and receipts.screens and receipts.shown >= receipts.screens):
        return asked
    seconds = max(1, round(left_s))
    if receipts is None or not receipts.screens:
        reason = translate("staff", "No-show opens once a screen has shown the call, or in {seconds} s")
        return CommandView(is_enabled=False, reason=reason.format(seconds=seconds))
    reason = translate("staff", "Shown on {shown} of {screens} screens: no-show opens in {seconds} s")
    return CommandView(
        is_enabled=False,
        reason=reason.format(shown=receipts.shown, screens=receipts.screens, seconds=seconds),
    )
