"""A counter, as it is shown."""

from shared.base import Instant, Shown
from shared.ids import CounterId, TypeKey, UserId


class LiveCounter(Shown):
    """A counter: the desk a visitor is sent to.

    Args:
        label: what stands on its plate ("3").
        name: how it is spoken of ("Counter 3").
        customer_types: the types it may serve; empty means all.
        serves: the types chosen when it was opened; empty means all it may serve.
        opened_at: since when it is open; None while it is closed.
        opened_by: who sits there; staff and admin only.
    """

    id: CounterId
    label: str
    name: str
    position: int
    customer_types: tuple[TypeKey, ...] = ()
    serves: tuple[TypeKey, ...] = ()
    opened_at: Instant | None = None
    opened_by: UserId | None = None

    def for_display(self) -> "LiveCounter":
        """This counter without who sits there."""
        return self.model_copy(update={"opened_by": None})
