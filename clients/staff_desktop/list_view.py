"""What the list at the end of the desk shows: who waits, who is parked, who did not come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from clients.staff_desktop.view_parts import CommandView, TypeView
from shared.ids import TokenId, TypeKey
from shared.tokens import LiveToken

MINE = "mine"
"""The segment of the types that this counter serves, and of what was sent to it."""


class Section(StrEnum):
    """Whom the list shows."""

    WAITING = "waiting"  # in the order in which they are likely called
    PARKED = "parked"  # set aside; the first to wake first
    NO_SHOWS = "no_shows"  # of today, the latest first


class RowCommand(StrEnum):
    """What can be asked of a row; `waiting_list.py` gives each its key."""

    CALL = "call"
    RESUME = "resume"
    REINSTATE = "reinstate"
    RETURN = "return"
    TRANSFER = "transfer"
    PRIORITY = "priority"
    EMERGENCY = "emergency"
    NOTES = "notes"
    CANCEL = "cancel"


COMMANDS: dict[Section, tuple[RowCommand, ...]] = {
    Section.WAITING: (
        RowCommand.CALL,
        RowCommand.TRANSFER,
        RowCommand.PRIORITY,
        RowCommand.EMERGENCY,
        RowCommand.NOTES,
        RowCommand.CANCEL,
    ),
    Section.PARKED: (
        RowCommand.RESUME,
        RowCommand.RETURN,
        RowCommand.TRANSFER,
        RowCommand.NOTES,
        RowCommand.CANCEL,
    ),
    Section.NO_SHOWS: (RowCommand.REINSTATE,),
}
"""What a row offers; the first is what Enter does."""


@dataclass(frozen=True, kw_only=True)
class SegmentView:
    """A part of the list; an empty key means all, `MINE` what this counter calls."""

    key: str
    text: str
    waiting: int


@dataclass(frozen=True, kw_only=True)
class RowView:
    """What a row says beside its number, where that is not its type and the time waited.

    Args:
        words: in the place of the type's name, "" for that name.
        chip: a word in a frame, "" for none.
        end: in the place of the time waited, "" for that time.
        about: all of it in a sentence or two, for tooltip and screen reader.
    """

    words: str = ""
    chip: str = ""
    end: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class SectionView:
    """One section of the list.

    Args:
        tokens: from the top; None while they are not known.
        error: why they are not known, "" while they are merely on their way.
    """

    tokens: tuple[LiveToken, ...] | None = ()
    segments: tuple[SegmentView, ...] = ()
    error: str = ""

    @property
    def count(self) -> int:
        """How many there are in all."""
        return len(self.tokens or ())


@dataclass(frozen=True, kw_only=True)
class WaitingView:
    """The list.

    Args:
        served: the types that this counter serves now; all of them without a counter.
        mine: those sent to this counter or its person, whatever their type.
        others: those sent to another counter or person.
        rows: what single rows say; most say nothing of their own.
        next_id: who is likely next.
        now: by which ages are counted.
        commands: whether a row's command can be given.
    """

    sections: Mapping[Section, SectionView]
    types: Mapping[TypeKey, TypeView]
    served: frozenset[TypeKey] = frozenset()
    mine: frozenset[TokenId] = frozenset()
    others: frozenset[TokenId] = frozenset()
    rows: Mapping[TokenId, RowView] = field(default_factory=dict)
    next_id: TokenId | None = None
    now: datetime
    commands: Mapping[RowCommand, CommandView] = field(default_factory=dict)

    @property
    def tokens(self) -> tuple[LiveToken, ...]:
        """All who wait."""
        return self.sections[Section.WAITING].tokens or ()
