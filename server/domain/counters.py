"""Counters: who may open, close and work at one."""

from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.errors import (
    CounterBusy,
    CounterElsewhere,
    CounterNotOpen,
    CounterTaken,
    NotYourCounter,
    TypeNotServed,
)
from shared.ids import CounterId, OrganizationId, TypeKey, UserId


@dataclass(frozen=True, kw_only=True)
class Counter:
    """The desk a visitor is sent to.

    Args:
        label: what stands on its plate.
        customer_types: the types it may serve; empty means all.
        serves: the types chosen at opening; empty means all it may serve.
    """

    id: CounterId
    organization_id: OrganizationId
    label: str
    name: str
    position: int
    customer_types: tuple[TypeKey, ...] = ()
    serves: tuple[TypeKey, ...] = ()
    opened_at: datetime | None = None
    opened_by: UserId | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person sits there."""
        return self.opened_by is not None

    @property
    def serving_types(self) -> tuple[TypeKey, ...]:
        """The types it serves now; empty means every type."""
        return self.serves or self.customer_types


def require_worker(counter: Counter, user_id: UserId, *, any_counter: bool) -> None:
    """Refuse work at a counter that is closed, or that another person has open.

    Args:
        any_counter: the person may act at every counter (admins).

    Raises:
        CounterNotOpen, NotYourCounter
    """
    if not counter.is_open:
        raise CounterNotOpen(counter=counter.name)
    if counter.opened_by != user_id and not any_counter:
        raise NotYourCounter(counter=counter.name)


def open_counter(
    counter: Counter,
    *,
    user_id: UserId,
    serves: tuple[TypeKey, ...],
    holder_name: str | None,
    elsewhere: Counter | None,
    take_over: bool,
    now: datetime,
) -> Counter:
    """A person sits down at a counter; opening one's own open counter changes what it serves.

    Args:
        holder_name: the name of the other person who has it open, if one has.
        elsewhere: the other counter that this person has open, if any.

    Raises:
        CounterTaken, CounterElsewhere: unless `take_over`.
        TypeNotServed: for a type that the counter may not serve.
    """
    for key in serves:
        if counter.customer_types and key not in counter.customer_types:
            raise TypeNotServed(counter=counter.name, customer_type=key)
    if not take_over and counter.opened_by not in (None, user_id):
        raise CounterTaken(counter=counter.name, person=holder_name or "Somebody")
    if not take_over and elsewhere is not None:
        raise CounterElsewhere(counter=elsewhere.name)
    since = counter.opened_at if counter.opened_by == user_id else now
    return replace(counter, opened_by=user_id, opened_at=since, serves=serves)


def close_counter(counter: Counter, *, active_number: str | None) -> Counter:
    """The person leaves.

    Raises:
        CounterNotOpen, CounterBusy
    """
    if not counter.is_open:
        raise CounterNotOpen(counter=counter.name)
    if active_number is not None:
        raise CounterBusy(counter=counter.name, number=active_number)
    return replace(counter, opened_by=None, opened_at=None, serves=())
