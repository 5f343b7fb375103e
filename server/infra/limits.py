"""Counting what somebody did lately: in Redis where several servers share it, else in this process.

MUST: a request never fails because Redis is away. Then each server counts for itself, says so once, and
goes back to the shared counts when they answer again.

Windows move: "100 in 15 minutes" holds for any 15 minutes. Keys are keyed hashes: who can read Redis
learns no address, no user name and no credential.
"""

import asyncio
import contextlib
import hashlib
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.storage.memory import Entry
from limits.aio.strategies import MovingWindowRateLimiter

if TYPE_CHECKING:
    from redis.asyncio import BlockingConnectionPool

_log = structlog.get_logger(__name__)

LONGEST_PAUSE_S = 10.0
"""Between two looks whether Redis is back."""

_SWEEP_S = 10.0
_PREFIX = "callboard:limits"

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, kw_only=True)
class Budget:
    """So many of something in any window of so many seconds.

    Args:
        name: tells budgets apart in the keys.
    """

    name: str
    amount: int
    window_s: int

    @property
    def item(self) -> RateLimitItem:
        """The budget as the library knows it."""
        return RateLimitItemPerSecond(self.amount, self.window_s, namespace=self.name)


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left of a budget.

    Args:
        amount: 0 when it is used up.
        room_in_s: after so many whole seconds there is room for one more; at least 1.
    """

    amount: int
    room_in_s: int


class Counts:
    """The counts of one server, or of all that share a Redis.

    Args:
        key: what names are hashed with; the same for all servers that share a Redis.
        redis_url: redis:// or rediss://, with a verified certificate; None counts in this process.
    """

    def __init__(self, *, key: bytes, redis_url: str | None) -> None:
        self._key = key
        self._own = MovingWindowRateLimiter(_OwnMemory())
        self._pool: BlockingConnectionPool | None = None
        self._shared: MovingWindowRateLimiter | None = None
        self._away_errors: tuple[type[Exception], ...] = ()
        self._is_away = False
        self._coming_back: asyncio.Task[None] | None = None
        if redis_url is not None:
            self._share(redis_url)

    def _share(self, redis_url: str) -> None:
        from server.infra import redis

        self._pool, self._away_errors = redis.connection_pool(redis_url), redis.AWAY
        storage = RedisStorage(
            redis_url,
            implementation="redispy",
            key_prefix=_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]  # documented, and not annotated
        )
        self._shared = MovingWindowRateLimiter(storage)

    @property
    def are_shared(self) -> bool:
        """Whether they are counted in Redis at the moment."""
        return self._shared is not None and not self._is_away

    async def spend(self, budget: Budget, *who: str) -> bool:
        """Take one from a budget; False, and nothing taken, when none is left."""
        name = self._hashed(who)
        return await self._ask(lambda limiter: limiter.hit(budget.item, name))

    async def left(self, budget: Budget, *who: str) -> Left:
        """What is left of a budget, without taking from it."""
        name = self._hashed(who)
        reset_at, amount = await self._ask(lambda limiter: limiter.get_window_stats(budget.item, name))
        return Left(amount=max(0, amount), room_in_s=max(1, math.ceil(reset_at - time.time())))

    async def forget(self, budget: Budget, *who: str) -> None:
        """Give all of a budget back."""
        name = self._hashed(who)
        await self._ask(lambda limiter: limiter.clear(budget.item, name))

    async def close(self) -> None:
        """Let go of Redis."""
        if self._coming_back is not None:
            self._coming_back.cancel()
            await asyncio.gather(self._coming_back, return_exceptions=True)
        if self._pool is not None:
            await self._pool.aclose()

    async def _ask(self, question: Callable[[MovingWindowRateLimiter], Awaitable[_Answer]]) -> _Answer:
        if self._shared is not None and not self._is_away:
            try:
                return await question(self._shared)
            except self._away_errors as error:
                self._note_away(error)
        return await question(self._own)

    def _note_away(self, error: Exception) -> None:
        if self._is_away:
            return  # another request that was under way has said so
        self._is_away = True
        _log.warning("redis_away", reason=type(error).__name__, effect="limits are counted by each server")
        self._coming_back = asyncio.create_task(self._wait_until_back())

    async def _wait_until_back(self) -> None:
        assert self._shared is not None, "it was there"
        probe = RateLimitItemPerSecond(1, 1, namespace="probe")
        pause_s = 0.25
        while True:
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            # What is done for requests: one that only answers pings (no memory left, a replica) is not back.
            with contextlib.suppress(*self._away_errors):
                await self._shared.hit(probe, "back")
                break
        self._is_away = False
        _log.info("redis_back")

    def _hashed(self, who: tuple[str, ...]) -> str:
        text = "\x00".join(who).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._key, digest_size=16).hexdigest()


class UnderWay:
    """Tries whose outcome is not known yet, so that many at once are not more than a budget allows.

    Only failures are counted, and whether one fails is known afterwards: a hundred tries that are sent
    together would all find the budget untouched.
    """

    def __init__(self) -> None:
        self._tries: Counter[tuple[str, ...]] = Counter()

    @asynccontextmanager
    async def one_more(self, budget: Budget, *who: str) -> AsyncIterator[int]:
        """How many are under way for this budget, this one included."""
        key = (budget.name, *who)
        self._tries[key] += 1
        try:
            yield self._tries[key]
        finally:
            self._tries[key] -= 1
            if not self._tries[key]:
                del self._tries[key]


class _OwnMemory(MemoryStorage):
    """The library's memory of a process, which forgets in passing.

    Its own way starts a task with each hit that walks all keys, by a thread for each: 82 ms at 1,000
    addresses, and 61 µs a hit. This one walks them every ten seconds, and takes 9 µs a hit.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sweep_at = 0.0

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """See `MovingWindowSupport`; the newest entry stands first."""
        now = time.time()
        if now >= self._sweep_at:
            self._sweep_at = now + _SWEEP_S
            self.events = {each: kept for each, kept in self.events.items() if kept[0].expiry > now}
        entries = self.events.setdefault(key, [])
        if len(entries) > limit - amount and entries[limit - amount].atime >= now - expiry:
            return False
        entries[:0] = [Entry(expiry)] * amount
        del entries[limit:]
        return True
