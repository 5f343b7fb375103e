"""What is to be seen of an editor, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class EditorView:
    """An open editor.

    Args:
        key: which one of the list; None for a new one.
        title: its name as it is saved.
        values: what stands in the form, by field.
        is_active: whether it is switched on; None for what cannot be switched off, and for a new one.
        is_dirty: whether something was changed and not saved.
        errors: what is wrong, by field, dotted.
        attempts: grows with each press of Save that found something wrong: go to the first such field.
        sentence: what is wrong with the whole, "" for nothing.
        conflict: what somebody else did meanwhile, "" for nothing; it asks whose version to go on from.
        cannot_save: why Save cannot be pressed, "" where it can.
        cannot_switch: why it cannot be switched on or off, "" where it can.
        read_only: why nothing can be changed, "" where it can.
        asks_to_leave: something else was opened while changes are not saved: ask what becomes of them.
    """

    key: str | None
    title: str
    values: Mapping[str, Any]
    is_active: bool | None = None
    is_dirty: bool = False
    busy: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
    sentence: str = ""
    conflict: str = ""
    cannot_save: str = ""
    cannot_switch: str = ""
    read_only: str = ""
    asks_to_leave: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it is being made."""
        return self.key is None


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A subject as the console knows it.

    Args:
        items: what is saved, None until it has come.
        error: why it has not come, in a sentence.
        editor: None while nothing is being edited.
        cannot_add: why no new one can be made, "" where it can.
    """

    items: tuple[Any, ...] | None
    error: str = ""
    editor: EditorView | None = None
    cannot_add: str = ""
