"""What the first-run wizard shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class SetupView:
    """The wizard.

    Args:
        needs_code: whether the server asks for the code that it wrote.
        error: what was wrong as a whole, "" for nothing.
        errors: what was wrong with a field, by the names of `SetUp`.
        tries: how often it was sent; the errors are the last one's.
    """

    server: str
    needs_code: bool = False
    busy: bool = False
    error: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    tries: int = 0
