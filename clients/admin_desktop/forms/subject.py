"""What is edited: the questions, the commands and the rules of one kind of settings."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from clients.core.commands import Command
from clients.core.questions import Question
from shared.base import Asked
from shared.ids import Permission
from shared.problems import Problem
from shared.users import Me

Values = Mapping[str, Any]
"""What stands in a form, by field."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing as it is saved. `version` grows with each edit; `key` tells it from the others."""

    key: str
    version: int
    settings: Any


class Deed(StrEnum):
    """What was done to an item; each is said in its own words."""

    MADE = "made"
    SAVED = "saved"
    SWITCHED_OFF = "switched_off"
    SWITCHED_ON = "switched_on"
    UNDONE = "undone"


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Why one item cannot be edited, or switched on and off, by who is signed in; "" where it can."""

    edit: str = ""
    switch: str = ""


class Subject(ABC):
    """One kind of settings that admins edit.

    A subject is without state. Where it is a single thing (the organization's settings), `items` gives
    one, and `is_single` opens it by itself.

    Attributes:
        name: what intents and views call it.
        question: what brings all of its items.
        permission: what saving needs.
        event_types: after which events it has to be asked for again.
    """

    name: ClassVar[str]
    question: ClassVar[Question]
    permission: ClassVar[Permission]
    event_types: ClassVar[tuple[type, ...]]
    settings_type: ClassVar[type[Asked]]
    is_single: ClassVar[bool] = False

    @abstractmethod
    def items(self, answer: Any) -> tuple[Item, ...]:
        """What the question's answer holds."""

    @abstractmethod
    def made(self, answer: Any) -> Item | None:
        """What an edit's answer says was saved; None if it is about something else."""

    @abstractmethod
    def command(self, settings: Any, item: Item | None) -> Command:
        """What saves these settings: over an item as it is now, or as a new one."""

    @abstractmethod
    def said(self, deed: Deed, settings: Any) -> str:
        """What was done, for the message that offers to undo it."""

    @abstractmethod
    def title(self, settings: Any) -> str:
        """What an item is called."""

    def values(self, settings: Any) -> dict[str, Any]:
        """What the form shows of settings: each of their fields."""
        return {name: getattr(settings, name) for name in type(settings).model_fields}

    def fresh(self, items: Sequence[Item]) -> dict[str, Any]:
        """What the form for a new one begins with."""
        raise NotImplementedError

    def payload(self, values: Values, base: Any | None) -> dict[str, Any]:
        """The settings to be validated: an item's (None: it is new), changed by the form."""
        kept = {} if base is None else {name: getattr(base, name) for name in type(base).model_fields}
        fields = self.settings_type.model_fields
        return kept | {name: value for name, value in values.items() if name in fields}

    def propose(self, values: Values, touched: frozenset[str], items: Sequence[Item]) -> dict[str, Any]:
        """A new one's values, with proposals in the fields that nobody has touched."""
        return dict(values)

    def check(self, values: Values, item: Item | None, items: Sequence[Item]) -> dict[str, str]:
        """What is wrong beside the settings' own rules, by field: what others have already."""
        return {}

    def refused(self, problem: Problem) -> tuple[str, str]:
        """A refusal in words: the field it belongs to ("" for the whole), and the sentence."""
        return str(problem.facts.get("field", "")), problem.title

    def field_of(self, path: str) -> str:
        """The field beside which an error at a dotted path stands; "" is a rule about several of them."""
        return path

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """What is wrong with a field, where the general words do not do; "" where they do.

        Args:
            kind: pydantic's type of the error.
            facts: its context.
        """
        return ""

    def bars(self, item: Item, me: Me, items: Sequence[Item]) -> Bars:
        """What this person may not do to this one item, beside what they may not do to any."""
        return Bars()

    def switched(self, settings: Any, *, on: bool) -> Any | None:
        """The settings switched on or off; None for what cannot be."""
        if "is_active" not in type(settings).model_fields:
            return None
        return settings.model_copy(update={"is_active": on})
