"""The way to Redis, for what several servers share. Imported only where a Redis is set: it takes 0.15 s."""

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

TIMEOUT_S = 0.5
"""A Redis that takes longer is as good as away: a clerk waits for the answer."""

_CONNECTIONS = 16

AWAY: tuple[type[Exception], ...] = (RedisError, OSError)
"""What a question to Redis fails with, whatever is wrong with it."""


def connection_pool(url: str) -> BlockingConnectionPool:
    """Connections that are opened when they are needed.

    Args:
        url: redis:// or rediss://; with the latter, certificate and host name are verified.
    """
    return BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=TIMEOUT_S,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        # Once again at once: an idle connection may have been closed. Not three times with pauses.
        retry=Retry(NoBackoff(), 1),
    )
