"""What a person can ask of the server, as values: each knows its path and its body.

Commands carry no id: whoever sends one gives it a `RequestId`, and a retry keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shared import commands as bodies
from shared import pairing
from shared.announcements import AnnouncementSettings
from shared.base import Asked
from shared.commands import Answer
from shared.counters import CounterPlan, CounterSettings
from shared.devices import DeviceSettings
from shared.ids import AnnouncementId, CounterId, DeviceId, TokenId, TypeKey, UserId
from shared.organizations import OrganizationSettings
from shared.queues import QueueSettings
from shared.tokens import Visitor
from shared.users import AccountConfigured, AccountSettings, NewAccount, Skills

AnyAnswer = Answer | bodies.BulkAnswer | bodies.Configured | AccountConfigured
"""What the server answers to one command or another."""


class Command:
    """Something that a person asks of the server, done exactly once.

    Attributes:
        method: of HTTP.
        answer_type: what comes back.
        version: the version that an edit was made from; None for what is no edit.
    """

    method: ClassVar[str] = "POST"
    answer_type: ClassVar[type[AnyAnswer]] = Answer
    version: int | None = None

    @property
    def path(self) -> str:
        """The path below the API's base."""
        raise NotImplementedError

    def body(self) -> Asked | None:
        """What is sent along."""
        return None


@dataclass(frozen=True, kw_only=True)
class Create(Command):
    """Take a token; `priority` is a head start in minutes, `emergency` why it goes before all others.

    `override` takes it although the type is closed, or has given all tokens of its day.
    """

    customer_type: TypeKey
    priority: int = 0
    emergency: str | None = None
    visitor: Visitor | None = None
    counter_id: CounterId | None = None
    user_id: UserId | None = None
    override: bool = False

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "tokens"

    def body(self) -> Asked | None:
        """What is posted."""
        said = {
            "emergency": self.emergency,
            "visitor": self.visitor,
            "counter_id": self.counter_id,
            "user_id": self.user_id,
            "override": self.override or None,
        }
        named = {name: value for name, value in said.items() if value is not None}
        return bodies.CreateToken.model_validate(
            {"customer_type": self.customer_type, "priority": self.priority, **named}
        )


@dataclass(frozen=True, kw_only=True)
class _OfToken(Command):
    token_id: TokenId
    verb: ClassVar[str] = ""

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"tokens/{self.token_id}/{self.verb}"


@dataclass(frozen=True, kw_only=True)
class Recall(_OfToken):
    """Call a called token again."""

    verb = "recall"


@dataclass(frozen=True, kw_only=True)
class Start(_OfToken):
    """The visitor stands at the counter."""

    verb = "start"


@dataclass(frozen=True, kw_only=True)
class Complete(_OfToken):
    """The visitor is served."""

    verb = "complete"


@dataclass(frozen=True, kw_only=True)
class NoShow(_OfToken):
    """The called visitor did not come."""

    verb = "no-show"


@dataclass(frozen=True, kw_only=True)
class Cancel(_OfToken):
    """The token will not be served."""

    reason: str
    verb = "cancel"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.CancelToken(reason=self.reason)


@dataclass(frozen=True, kw_only=True)
class Return(_OfToken):
    """A called or parked token goes back to its place."""

    verb = "return"


@dataclass(frozen=True, kw_only=True)
class Park(_OfToken):
    """Set the visitor at the counter aside; at `wake_at` the token goes back by itself."""

    reason: str
    wake_at: datetime | None = None
    verb = "park"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.ParkToken(reason=self.reason, wake_at=self.wake_at)


@dataclass(frozen=True, kw_only=True)
class Resume(_OfToken):
    """Take a parked token up again, at this counter."""

    counter_id: CounterId
    verb = "resume"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.ResumeToken(counter_id=self.counter_id)


@dataclass(frozen=True, kw_only=True)
class Transfer(_OfToken):
    """Send a token on: to a customer type, a counter or a person."""

    customer_type: TypeKey | None = None
    counter_id: CounterId | None = None
    user_id: UserId | None = None
    first_in_line: bool = False
    verb = "transfer"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.TransferToken(
            customer_type=self.customer_type,
            counter_id=self.counter_id,
            user_id=self.user_id,
            first_in_line=self.first_in_line,
        )


@dataclass(frozen=True, kw_only=True)
class Reinstate(_OfToken):
    """A late visitor is back in the line."""

    verb = "reinstate"


@dataclass(frozen=True, kw_only=True)
class UndoOnToken(_OfToken):
    """Take back one's own last command on a token, given from no counter."""

    verb = "undo"


@dataclass(frozen=True, kw_only=True)
class Change(Command):
    """Change a token's priority, emergency, visitor or notes: those that `changes` names.

    Args:
        changes: values of `ChangeToken`, by field; None takes an emergency or the visitor away.
    """

    token_id: TokenId
    changes: Mapping[str, Any]
    method: ClassVar[str] = "PATCH"

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"tokens/{self.token_id}"

    def body(self) -> Asked | None:
        """What is sent."""
        return bodies.ChangeToken.model_validate(dict(self.changes))


@dataclass(frozen=True, kw_only=True)
class CancelWaiting(Command):
    """Cancel every waiting token of a customer type."""

    customer_type: TypeKey
    reason: str
    answer_type = bodies.BulkAnswer

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "tokens/cancel-waiting"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.CancelWaiting(customer_type=self.customer_type, reason=self.reason, confirm=True)


@dataclass(frozen=True, kw_only=True)
class CloseDay(Command):
    """Take no more tokens today, and cancel who waits or is parked."""

    answer_type = bodies.BulkAnswer

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "organization/close-day"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.CloseDay(confirm=True)


@dataclass(frozen=True, kw_only=True)
class ReopenDay(Command):
    """Take tokens again today."""

    answer_type = bodies.BulkAnswer

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "organization/reopen-day"


@dataclass(frozen=True, kw_only=True)
class _OfCounter(Command):
    counter_id: CounterId
    verb: ClassVar[str] = ""

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"counters/{self.counter_id}/{self.verb}"


@dataclass(frozen=True, kw_only=True)
class Open(_OfCounter):
    """Open a counter for these types (none: all it may serve), from another person if need be."""

    customer_types: tuple[TypeKey, ...] = ()
    take_over: bool = False
    verb = "open"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.OpenCounter(customer_types=self.customer_types, take_over=self.take_over)


@dataclass(frozen=True, kw_only=True)
class Close(_OfCounter):
    """Close a counter."""

    verb = "close"


@dataclass(frozen=True, kw_only=True)
class CallNext(_OfCounter):
    """Call whoever is next to the counter."""

    verb = "call-next"


@dataclass(frozen=True, kw_only=True)
class CallThisOne(_OfCounter):
    """Call this very token to the counter."""

    token_id: TokenId
    verb = "call"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.CallToken(token_id=self.token_id)


@dataclass(frozen=True, kw_only=True)
class TakeBreak(_OfCounter):
    """Take a break at one's open counter."""

    reason: str
    verb = "break"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.TakeBreak(reason=self.reason)


@dataclass(frozen=True, kw_only=True)
class EndBreak(_OfCounter):
    """Work at the counter again."""

    verb = "resume-work"


@dataclass(frozen=True, kw_only=True)
class Undo(_OfCounter):
    """Take back the last command of a counter."""

    verb = "undo"


# What an admin decides. Without an id (or a version) something new is made.


class _Edit(Command):
    answer_type = bodies.Configured

    @property
    def method(self) -> str:  # type: ignore[override]  # depends on whether it is new
        """Of HTTP."""
        return "POST" if self.version is None else "PUT"


@dataclass(frozen=True, kw_only=True)
class SaveQueue(_Edit):
    """Make or edit a customer type."""

    settings: QueueSettings
    version: int | None = None

    @property
    def path(self) -> str:
        """The path below the API's base."""
        base = "queue-configurations"
        return base if self.version is None else f"{base}/{self.settings.key}"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.settings


@dataclass(frozen=True, kw_only=True)
class SaveCounter(_Edit):
    """Make or edit a counter."""

    settings: CounterSettings
    counter_id: CounterId | None = None
    version: int | None = None

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "counters" if self.version is None else f"counters/{self.counter_id}"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.settings


@dataclass(frozen=True, kw_only=True)
class SaveDevice(_Edit):
    """Rename a display."""

    settings: DeviceSettings
    device_id: DeviceId
    version: int | None

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"devices/{self.device_id}"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.settings


@dataclass(frozen=True, kw_only=True)
class RevokeDevice(Command):
    """Take a display's key back."""

    device_id: DeviceId
    answer_type = bodies.Configured
    method: ClassVar[str] = "DELETE"

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"devices/{self.device_id}"


@dataclass(frozen=True, kw_only=True)
class ApprovePairing(Command):
    """Make the screen that shows a code a display, and call it this."""

    pairing: pairing.ApprovePairing
    answer_type = bodies.Configured

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "devices/pairings/approve"

    def body(self) -> Asked | None:
        """What is posted."""
        return self.pairing


@dataclass(frozen=True, kw_only=True)
class RefusePairing(Command):
    """Say that the screen that shows a code is none of ours."""

    code: str

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "devices/pairings/refuse"

    def body(self) -> Asked | None:
        """What is posted."""
        return pairing.RefusePairing(code=self.code)


@dataclass(frozen=True, kw_only=True)
class SaveAnnouncement(_Edit):
    """Write or edit an announcement."""

    settings: AnnouncementSettings
    announcement_id: AnnouncementId | None = None
    version: int | None = None

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "announcements" if self.version is None else f"announcements/{self.announcement_id}"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.settings


@dataclass(frozen=True, kw_only=True)
class SaveOrganization(_Edit):
    """Edit the organization's settings."""

    settings: OrganizationSettings
    version: int | None

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "organization"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.settings


@dataclass(frozen=True, kw_only=True)
class SaveCounterPlan(_Edit):
    """Write the weekly counter plan."""

    plan: CounterPlan
    version: int | None

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "counter-plan"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.plan


@dataclass(frozen=True, kw_only=True)
class LearnCounterPlan(Command):
    """Let the weekly counter plan be learned again, in the place of what an admin wrote."""

    answer_type = bodies.Configured

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "counter-plan/learn"


@dataclass(frozen=True, kw_only=True)
class SetSkills(Command):
    """Say which customer types a person can serve; none means all."""

    user_id: UserId
    customer_types: tuple[TypeKey, ...]
    method: ClassVar[str] = "PUT"

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"users/{self.user_id}/skills"

    def body(self) -> Asked | None:
        """What is sent along."""
        return Skills(customer_types=self.customer_types)


class AccountCommand(Command):
    """About somebody's account."""

    answer_type = AccountConfigured


@dataclass(frozen=True, kw_only=True)
class AddPerson(AccountCommand):
    """Make an account; the answer has the password for the first sign-in."""

    settings: NewAccount
    path: ClassVar[str] = "users"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.settings


@dataclass(frozen=True, kw_only=True)
class SavePerson(AccountCommand):
    """Edit an account."""

    user_id: UserId
    settings: AccountSettings
    version: int | None
    method: ClassVar[str] = "PUT"

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"users/{self.user_id}"

    def body(self) -> Asked | None:
        """What is sent along."""
        return self.settings


@dataclass(frozen=True, kw_only=True)
class OfPerson(AccountCommand):
    """What needs nothing but the person."""

    user_id: UserId
    verb: ClassVar[str]

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"users/{self.user_id}/{self.verb}"


@dataclass(frozen=True, kw_only=True)
class DisablePerson(OfPerson):
    """Switch an account off."""

    verb = "disable"


@dataclass(frozen=True, kw_only=True)
class EnablePerson(OfPerson):
    """Switch an account on."""

    verb = "enable"


@dataclass(frozen=True, kw_only=True)
class ResetPassword(OfPerson):
    """Give a one-time password."""

    verb = "reset-password"


@dataclass(frozen=True, kw_only=True)
class SignPersonOut(OfPerson):
    """Sign all of a person's devices out."""

    verb = "sign-out"


@dataclass(frozen=True, kw_only=True)
class DeletePerson(OfPerson):
    """Delete an account."""

    method: ClassVar[str] = "DELETE"

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"users/{self.user_id}"
