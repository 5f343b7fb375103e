"""Is a new password good enough: the domain's rule, with the lists and with the names of an account."""

import asyncio
from collections.abc import Iterable
from functools import partial

from server.domain import passwords as rules
from server.infra.passwords import is_common


async def require_good_password(
    password: str, *, field: str, names: Iterable[str], second_factor: bool = False
) -> None:
    """Refuse a new password that is not good enough.

    Args:
        field: where it was given.
        names: what belongs to the account.
        second_factor: whether the account has one.

    Raises:
        PasswordRefused
    """
    # In a thread: the long list lies on the disk.
    await asyncio.to_thread(
        partial(
            rules.require_good,
            password,
            field=field,
            second_factor=second_factor,
            names=tuple(names),
            is_common=is_common,
        )
    )
