"""What several views are made of."""

from dataclasses import dataclass

from shared.ids import TypeKey


@dataclass(frozen=True, kw_only=True)
class CommandView:
    """Whether a command can be given; `reason` says why not, `is_busy` that it is on its way."""

    is_enabled: bool = True
    reason: str = ""
    is_busy: bool = False


AVAILABLE = CommandView()
"""It can be given."""


@dataclass(frozen=True, kw_only=True)
class TypeView:
    """A customer type; `limit_s` is the promised wait."""

    key: TypeKey
    prefix: str
    name: str
    limit_s: float
