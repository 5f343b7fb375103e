"""What a person does on a page, as values on their way to the presenter.

Pages emit them by `Page.intended`; the presenter gives each to whoever handles its class.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class GuardAnswer(StrEnum):
    """What becomes of changes that were not saved."""

    SAVE = "save"
    DISCARD = "discard"
    STAY = "stay"  # go on editing


@dataclass(frozen=True, kw_only=True)
class EditIntent:
    """Something about one subject's editor; `subject` is its name."""

    subject: str


@dataclass(frozen=True, kw_only=True)
class OpenItem(EditIntent):
    """One of the list is to be edited."""

    key: str


@dataclass(frozen=True, kw_only=True)
class AddItem(EditIntent):
    """A new one is to be made."""


@dataclass(frozen=True, kw_only=True)
class ChangeDraft(EditIntent):
    """A field was edited: its name, and all the form's values as they are now."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class LeaveField(EditIntent):
    """A field lost the focus."""

    name: str


@dataclass(frozen=True, kw_only=True)
class SaveDraft(EditIntent):
    """What stands in the form is to be saved."""


@dataclass(frozen=True, kw_only=True)
class CloseEditor(EditIntent):
    """Cancel; for a single thing, the form goes back to what is saved.

    `discard` drops changes without a question: the button says so, a key may be pressed by mistake.
    """

    discard: bool


@dataclass(frozen=True, kw_only=True)
class Switch(EditIntent):
    """It is to be switched off, or on again."""

    on: bool


@dataclass(frozen=True, kw_only=True)
class PutSettings(EditIntent):
    """What is open is to be saved with these settings, whatever stands in the form."""

    settings: Any


@dataclass(frozen=True, kw_only=True)
class AnswerGuard(EditIntent):
    """What becomes of the changes, before something else is opened."""

    answer: GuardAnswer


@dataclass(frozen=True, kw_only=True)
class AnswerConflict(EditIntent):
    """Somebody else's edit came first: go on from theirs, with one's own changes on top or without."""

    keep_mine: bool
