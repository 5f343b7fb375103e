"""What a person can ask of the server, as values: each knows its path and its body.

Commands carry no id: whoever sends one gives it a `RequestId`, and a retry keeps it.
"""

from dataclasses import dataclass

from shared import commands as bodies
from shared.base import Asked
from shared.ids import CounterId, TokenId, TypeKey


@dataclass(frozen=True, kw_only=True)
class Create:
    """Take a token; `priority` is a head start in minutes."""

    customer_type: TypeKey
    priority: int = 0

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return "tokens"

    def body(self) -> Asked | None:
        """What is posted."""
        return bodies.CreateToken(customer_type=self.customer_type, priority=self.priority)


@dataclass(frozen=True, kw_only=True)
class _OfToken:
    token_id: TokenId
    verb = ""

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"tokens/{self.token_id}/{self.verb}"

    def body(self) -> Asked | None:
        """What is posted."""
        return None


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
class _OfCounter:
    counter_id: CounterId
    verb = ""

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"counters/{self.counter_id}/{self.verb}"

    def body(self) -> Asked | None:
        """What is posted."""
        return None


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


Command = Create | Recall | Start | Complete | NoShow | Cancel | Open | Close | CallNext | CallThisOne
