"""What is seen of the dialog about what a person serves, as values."""

from dataclasses import dataclass

from shared.ids import TypeKey, UserId


@dataclass(frozen=True, kw_only=True)
class OpenSkills:
    """An intent: what a person serves is to be seen, and perhaps edited."""

    user_id: UserId


@dataclass(frozen=True, kw_only=True)
class SaveSkills:
    """An intent: these are what the person serves; none means all types, None that nothing is chosen."""

    customer_types: tuple[TypeKey, ...] | None


@dataclass(frozen=True, kw_only=True)
class CloseSkills:
    """An intent: the dialog was closed."""


@dataclass(frozen=True, kw_only=True)
class SkillsView:
    """The dialog.

    Args:
        customer_types: what the person serves as it is saved; none means all.
        read_only: why it cannot be changed, "" where it can.
        offline: why it cannot be saved now, "" where it can.
        field_error, error: what is wrong with the choice, and with the whole.
    """

    user_id: UserId
    person: str
    customer_types: tuple[TypeKey, ...]
    read_only: str = ""
    offline: str = ""
    busy: bool = False
    field_error: str = ""
    error: str = ""
