"""What a person chose in the staff app: what the kit keeps, and the counter with its types."""

from uuid import UUID

from clients.qt_kit import choices
from shared.ids import CounterId, TypeKey

_COUNTER, _TYPES = "counter", "counter_types"


class Choices(choices.Choices):
    """One profile's choices."""

    @property
    def counter_id(self) -> CounterId | None:
        """The counter last opened here."""
        try:
            return CounterId(UUID(self._kept.value(_COUNTER)))
        except ValueError:
            return None

    @property
    def types(self) -> tuple[TypeKey, ...]:
        """What it served; empty: all."""
        return tuple(TypeKey(key) for key in self._kept.value(_TYPES).split(" ") if key)

    def types_at(self, counter_id: CounterId) -> tuple[TypeKey, ...]:
        """What was last chosen at this very counter; empty: all."""
        return self.types if counter_id == self.counter_id else ()

    def keep_counter(self, counter_id: CounterId, types: tuple[TypeKey, ...]) -> None:
        """Begin with this counter next time."""
        self._kept.set_value(_COUNTER, str(counter_id))
        self._kept.set_value(_TYPES, " ".join(types))
