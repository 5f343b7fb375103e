"""When a called visitor may be said not to have come."""

from datetime import datetime, timedelta

from server.domain.errors import NoShowTooEarly
from server.domain.tokens import Call


def require_no_show_open(call: Call, *, screens: int, shown: int, wait: timedelta, now: datetime) -> None:
    """Refuse a no-show before the visitor could have seen the call.

    It opens with the first receipt of every screen that is connected now and shows this counter, or
    `wait` after the call, whichever is first. With no screen connected only the wait opens it.

    Args:
        screens: how many connected screens show this counter.
        shown: how many of them have painted the call.

    Raises:
        NoShowTooEarly
    """
    opens_at = call.called_at + wait
    if now >= opens_at or (screens > 0 and shown >= screens):
        return
    raise NoShowTooEarly(number=call.number, opens_at=opens_at, shown=shown, screens=screens)
