"""The bodies of commands, and their answer."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from shared.announcements import Announcement
from shared.base import Asked, Instant, Key, Label, Shown, printable
from shared.counters import CounterConfiguration, CounterPlanInForce, LiveCounter
from shared.devices import Device
from shared.ids import CounterId, OrganizationId, Revision, TokenId, UserId
from shared.organizations import OrganizationConfiguration
from shared.policy import Level
from shared.queues import QueueConfiguration
from shared.tokens import LiveToken, RecentCall, Visitor


class SignIn(Asked):
    """Sign in to an organization; without one, to the first of the person's memberships.

    `code` is of the second factor, where `second_factor_required` asked for it: of the authenticator app, or
    a recovery code.
    """

    username: Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(printable)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    organization_id: OrganizationId | None = None
    code: Annotated[str, StringConstraints(max_length=40)] | None = None


class Refresh(Asked):
    """Exchange a refresh JWT for new ones."""

    refresh_jwt: Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class SwitchOrganization(Asked):
    """Go on in another organization of one's memberships."""

    organization_id: OrganizationId


class _Meant(Asked):
    counter_id: CounterId | None = None
    user_id: UserId | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if self.counter_id is not None and self.user_id is not None:
            raise ValueError("a token is meant for a counter or for a person, not for both")
        return self


class CreateToken(_Meant):
    """Take a token.

    Args:
        priority: a head start in minutes, one of the organization's levels.
        emergency: why it goes before all others; None for everyone else.
        visitor: who waits, as far as they said.
        counter_id, user_id: the counter or person it is meant for, at most one of them.
        override: take it although the type is closed, or has given all tokens of its day.
    """

    customer_type: Key
    priority: Level = 0
    emergency: Label | None = None
    visitor: Visitor | None = None
    override: bool = False


class ChangeToken(Asked):
    """Change what is named here, and nothing else; None takes an emergency or the visitor away."""

    priority: Level | None = None
    emergency: Label | None = None
    visitor: Visitor | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one of priority, emergency and visitor")
        if "priority" in self.model_fields_set and self.priority is None:
            raise ValueError("a priority is a number of minutes")
        return self


class TransferToken(_Meant):
    """Send a token on: to a customer type, a counter or a person.

    Args:
        customer_type: the type it is of from now on; None leaves it.
        counter_id, user_id: whom it is meant for, at most one of them; neither means anybody.
        first_in_line: put it before all others of its new lane; else it keeps its place.
    """

    customer_type: Key | None = None
    first_in_line: bool = False

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.customer_type is None and self.counter_id is None and self.user_id is None:
            raise ValueError("name a customer type, a counter or a person")
        return self


class ParkToken(Asked):
    """Set a token aside, with a reason; at `wake_at` it goes back into its lane by itself."""

    reason: Label
    wake_at: Instant | None = None


class ResumeToken(Asked):
    """Take a parked token up again, at this counter."""

    counter_id: CounterId


class CancelWaiting(Asked):
    """Cancel every waiting token of a customer type. `confirm` says that this is meant."""

    customer_type: Key
    reason: Label
    confirm: Literal[True]


class CloseDay(Asked):
    """Take no more tokens this service day, and cancel whoever waits or is parked.

    `confirm` says that this is meant.
    """

    confirm: Literal[True]


class TakeBreak(Asked):
    """Take a break at one's open counter, with a reason."""

    reason: Label


class OpenCounter(Asked):
    """Open a counter for these types; none means all that it may serve.

    `take_over` closes it for the person who has it open, and closes one's own other counter.
    """

    customer_types: tuple[Key, ...] = ()
    take_over: bool = False


class CallToken(Asked):
    """Call this very token to the counter."""

    token_id: TokenId


class CancelToken(Asked):
    """Cancel a token, with a reason."""

    reason: Label


class Answer(Shown):
    """What a command changed, as it is afterwards, at this revision."""

    revision: Revision
    token: LiveToken | None = None
    call: RecentCall | None = None
    counter: LiveCounter | None = None


class BulkAnswer(Shown):
    """How many tokens a command on many of them has cancelled."""

    revision: Revision
    cancelled: int


class Configured(Shown):
    """What an edit made of a configuration; the one that was edited is set."""

    revision: Revision
    queue: QueueConfiguration | None = None
    counter: CounterConfiguration | None = None
    organization: OrganizationConfiguration | None = None
    announcement: Announcement | None = None
    plan: CounterPlanInForce | None = None
    device: Device | None = None
