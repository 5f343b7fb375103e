"""Past days of a site, played through its commands with a clock of the test's own."""

from datetime import UTC, datetime, timedelta

from shared.ids import TokenId
from tests.site import Desk, Site

SERVICE_MIN = 5
EVERY_MIN = 3


async def play_day(
    site: Site, days_ago: int, *, visitors: int = 12, urgent_every: int | None = None
) -> datetime:
    """A day at the first counter: somebody comes every three minutes, each is served for five.

    Args:
        days_ago: counted from today, by the database's clock.
        urgent_every: each visitor of that number has a head start of half an hour.

    Returns:
        When the counter opened.
    """
    async with site.database.unit_of_work() as tx:
        today = await tx.now()
    opens_at = (
        (today - timedelta(days=days_ago)).astimezone(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    )
    site.stop_clock(opens_at)
    desk = await site.person_at(0)
    arrivals = [opens_at + timedelta(minutes=EVERY_MIN * index) for index in range(visitors)]
    free_at, under_way, waiting, taken = opens_at, None, 0, 0
    while arrivals or waiting or under_way:
        comes = arrivals[0] if arrivals else None
        if under_way and (comes is None or free_at <= comes):
            site.now = free_at
            await desk.complete(under_way)
            under_way = None
        elif waiting and not under_way:
            under_way = await _call(site, desk)
            waiting, free_at = waiting - 1, _now(site) + timedelta(minutes=SERVICE_MIN)
        else:
            assert comes is not None, "somebody comes, waits or is served"
            site.now = arrivals.pop(0)
            taken += 1
            is_urgent = urgent_every is not None and taken % urgent_every == 0
            await desk.take(priority=30 if is_urgent else 0)
            waiting += 1
    await desk.close()
    return opens_at


async def _call(site: Site, desk: Desk) -> TokenId:
    token = (await desk.call_next()).token
    assert token is not None, "somebody waits"
    await desk.start(token.id)
    return token.id


def _now(site: Site) -> datetime:
    assert site.now is not None, "the clock is stopped"
    return site.now
