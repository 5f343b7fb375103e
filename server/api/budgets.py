"""The budgets of those who ask, and who is refused."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from server.domain.accounts import normal_username
from server.domain.addresses import limited_as
from server.domain.errors import TooManyRequests, WrongCredentials
from server.infra.crypto import MasterKey
from server.infra.limits import Budget, Counts, UnderWay
from server.settings import Settings

_MINUTE_S = 60
SIGN_INS_PER_MIN = 30
"""Of one name from one address, good ones included: each costs a quarter of a second of bcrypt."""


_FROM_ADDRESS = "Too many requests have come from your address."
_FAILED = "Too many sign-ins have failed."
_TRIED = "There were too many sign-ins under this name."
_FROM_CREDENTIAL = "Too many requests have come under this sign-in."


@dataclass(frozen=True, kw_only=True)
class Budgets:
    """How much of each; see `Settings`."""

    anonymous: Budget
    anonymous_tokens: Budget
    sign_ins: Budget
    failed_by_name: Budget
    failed_by_address: Budget
    commands: Budget
    reads: Budget
    device: Budget

    @classmethod
    def of(cls, settings: Settings) -> "Budgets":
        """The budgets that the settings give."""

        def by_address(name: str, amount: int) -> Budget:
            return Budget(name=name, amount=amount, window_s=settings.limit_window_s)

        def by_credential(name: str, amount: int) -> Budget:
            return Budget(name=name, amount=amount, window_s=_MINUTE_S)

        return cls(
            anonymous=by_address("anonymous", settings.limit_anonymous),
            anonymous_tokens=by_address("anonymous-tokens", settings.limit_anonymous_tokens),
            sign_ins=by_credential("sign-ins", SIGN_INS_PER_MIN),
            failed_by_name=by_address("failed-by-name", settings.limit_failed_sign_ins),
            failed_by_address=by_address("failed-by-address", settings.limit_failed_sign_ins_per_address),
            commands=by_credential("commands", settings.limit_person_commands_per_min),
            reads=by_credential("reads", settings.limit_person_reads_per_min),
            device=by_credential("device", settings.limit_device_requests_per_min),
        )


def counts_of(settings: Settings, master_key: MasterKey) -> Counts:
    """The counts of one server; those with the same master key and Redis share them."""
    # Derived, so that no key has two uses.
    key = hashlib.blake2b(b"limits", key=master_key.key.secret).digest()
    return Counts(key=key, redis_url=settings.redis_url)


class Limits:
    """Grants and refuses, by the budgets of one server's settings."""

    def __init__(self, settings: Settings, counts: Counts) -> None:
        self._budgets = Budgets.of(settings)
        self._counts = counts
        self._under_way = UnderWay()

    async def spend_anonymous(self, address: str, *, creates_token: bool) -> None:
        """A request without a credential.

        Raises:
            TooManyRequests
        """
        if creates_token:
            await self._spend(self._budgets.anonymous_tokens, address, what=_FROM_ADDRESS)
        await self._spend(self._budgets.anonymous, address, what=_FROM_ADDRESS)

    async def spend_person(self, person: str, *, is_command: bool) -> None:
        """A request of a person.

        Raises:
            TooManyRequests
        """
        budget = self._budgets.commands if is_command else self._budgets.reads
        await self._spend(budget, person, what=_FROM_CREDENTIAL)

    async def spend_device(self, device: str) -> None:
        """A request of a display.

        Raises:
            TooManyRequests
        """
        await self._spend(self._budgets.device, device, what=_FROM_CREDENTIAL)

    @asynccontextmanager
    async def trying_to_sign_in(self, address: str) -> AsyncIterator["Outcome"]:
        """A request whose body says who asks; counted if it fails.

        Raises:
            TooManyRequests: too many have failed from this address.
        """
        async with self._trying(self._budgets.failed_by_address, address, what=_FAILED) as outcome:
            yield outcome

    @asynccontextmanager
    async def trying_secret(self, address: str) -> AsyncIterator["Outcome"]:
        """A request with a device key or pairing secret that is not known yet; counted if it is none.

        Raises:
            TooManyRequests: too many requests without a credential have come from this address.
        """
        async with self._trying(self._budgets.anonymous, address, what=_FROM_ADDRESS) as outcome:
            yield outcome

    @asynccontextmanager
    async def signing_in(self, host: str | None, username: str) -> AsyncIterator[None]:
        """A password is tried for a user name; counted if it is wrong, and a right one clears the count.

        Args:
            host: the client's address.

        Raises:
            TooManyRequests: too many were wrong, or tried at all, for this name from this address.
        """
        budget, who = self._budgets.failed_by_name, (limited_as(host), normal_username(username))
        await self._spend(self._budgets.sign_ins, *who, what=_TRIED)
        async with self._trying(budget, *who, what=_FAILED) as outcome:
            try:
                yield
            except WrongCredentials:
                outcome.has_failed = True
                raise
            await self._counts.forget(budget, *who)

    @asynccontextmanager
    async def _trying(self, budget: Budget, *who: str, what: str) -> AsyncIterator["Outcome"]:
        async with self._under_way.one_more(budget, *who) as under_way:
            left = await self._counts.left(budget, *who)
            if under_way > left.amount:
                # Where only those under way are too many, the next moment has room.
                wait_s = 1 if left.amount else left.room_in_s
                raise TooManyRequests(what=what, retry_after_s=wait_s)
            outcome = Outcome()
            try:
                yield outcome
            finally:
                if outcome.has_failed:
                    await self._counts.spend(budget, *who)

    async def _spend(self, budget: Budget, *who: str, what: str) -> None:
        if not await self._counts.spend(budget, *who):
            left = await self._counts.left(budget, *who)
            raise TooManyRequests(what=what, retry_after_s=left.room_in_s)


@dataclass
class Outcome:
    """What became of a try."""

    has_failed: bool = False
