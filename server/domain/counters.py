"""Counters: who may open, close and work at one."""

from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.errors import (
    CounterBusy,
    CounterElsewhere,
    CounterNotOpen,
    CounterOnBreak,
    CounterTaken,
    NoSkill,
    NotOnBreak,
    NotYourCounter,
    TypeNotServed,
)
from shared.ids import CounterId, OrganizationId, TokenId, TypeKey, UserId


@dataclass(frozen=True, kw_only=True)
class Counter:
    """The desk a visitor is sent to.

    Args:
        label: what stands on its plate.
        customer_types: the types it may serve; empty means all.
        serves: the types chosen at opening; empty means all it may serve.
        skills: the types that who sits there has the skill for; empty means all.
        closed_at: since when it is closed; None while it is open, or if it never was.
        break_since: since when who sits there takes a break.
        token_id: the token that was called to it, or is served at it.
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
    skills: tuple[TypeKey, ...] = ()
    closed_at: datetime | None = None
    break_since: datetime | None = None
    break_reason: str | None = None
    token_id: TokenId | None = None
    is_active: bool = True
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether a person sits there."""
        return self.opened_by is not None

    def may_serve(self, key: TypeKey) -> bool:
        """Whether a token of this type may be called here, by who sits here."""
        return (not self.customer_types or key in self.customer_types) and (
            not self.skills or key in self.skills
        )

    def serves_now(self, key: TypeKey) -> bool:
        """Whether tokens of this type are called here in their turn."""
        return (not self.serves or key in self.serves) and self.may_serve(key)


def require_may_serve(counter: Counter, key: TypeKey, *, type_name: str, person: str) -> None:
    """Refuse a type that the counter, or who sits there, does not serve.

    Raises:
        TypeNotServed, NoSkill
    """
    if counter.customer_types and key not in counter.customer_types:
        raise TypeNotServed(counter=counter.name, customer_type=type_name)
    if counter.skills and key not in counter.skills:
        raise NoSkill(person=person, customer_type=type_name)


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
    opened = replace(counter, opened_by=user_id, opened_at=since, closed_at=None, serves=serves)
    return opened if counter.opened_by == user_id else _at_work(opened)


def begin_break(counter: Counter, *, reason: str, active_number: str | None, now: datetime) -> Counter:
    """Who sits there takes a break; a break under way only gets another reason.

    Raises:
        CounterNotOpen, CounterBusy
    """
    if not counter.is_open:
        raise CounterNotOpen(counter=counter.name)
    if active_number is not None:
        raise CounterBusy(counter=counter.name, number=active_number)
    return replace(counter, break_since=counter.break_since or now, break_reason=reason)


def end_break(counter: Counter) -> Counter:
    """The break is over.

    Raises:
        CounterNotOpen, NotOnBreak
    """
    if not counter.is_open:
        raise CounterNotOpen(counter=counter.name)
    if counter.break_since is None:
        raise NotOnBreak(counter=counter.name)
    return _at_work(counter)


def require_at_work(counter: Counter) -> None:
    """Refuse a call while who sits there takes a break.

    Raises:
        CounterOnBreak
    """
    if counter.break_since is not None:
        raise CounterOnBreak(counter=counter.name)


def _at_work(counter: Counter) -> Counter:
    return replace(counter, break_since=None, break_reason=None)


def close_counter(counter: Counter, *, active_number: str | None, now: datetime) -> Counter:
    """The person leaves.

    Raises:
        CounterNotOpen, CounterBusy
    """
    if not counter.is_open:
        raise CounterNotOpen(counter=counter.name)
    if active_number is not None:
        raise CounterBusy(counter=counter.name, number=active_number)
    return replace(_at_work(counter), opened_by=None, opened_at=None, closed_at=now, serves=(), skills=())
