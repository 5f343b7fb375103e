"""What is seen of rules that are tried on a past day, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clients.admin_desktop.forms.editor_view import Edited
from shared.policy import SimulationReport, WaitFigures


@dataclass(frozen=True, kw_only=True)
class TryRules:
    """An intent: replay a day under the rules that stand in the form.

    Args:
        multipliers: by customer type, those that are to be others than they are.
        head_starts: other minutes, by level.
    """

    day: date
    multipliers: Mapping[str, object]
    head_starts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How trying stands: what runs, and what came out last.

    Args:
        running_s: how long a replay has been running; None while none is.
        errors: what is wrong with what was asked, by field, dotted.
        error: why nothing came, in a sentence.
        is_outdated: the rules in the form are others than those the report is about.
    """

    running_s: int | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    report: SimulationReport | None = None
    is_outdated: bool = False


@dataclass(frozen=True, kw_only=True)
class TrialRow:
    """One customer type's waits; `name` is "" for all of them."""

    name: str
    actual: WaitFigures
    now: WaitFigures
    then: WaitFigures


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """What came out.

    Args:
        is_outdated: the rules in the form are others by now.
    """

    day: date
    tokens: int
    rows: tuple[TrialRow, ...]
    is_outdated: bool


@dataclass(frozen=True, kw_only=True)
class TrialView:
    """The card beside the rules.

    Args:
        days: to choose from, newest first.
        multipliers: each type's own, and `type_names` what they are called.
        levels: the head starts there are, in minutes.
        running_s: how long it has been running; None while nothing runs.
        errors: what is wrong, by field, dotted.
        error: why nothing came, in a sentence.
    """

    days: tuple[date, ...]
    multipliers: Mapping[str, float]
    type_names: Mapping[str, str]
    levels: tuple[int, ...]
    running_s: int | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    result: TrialResult | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyView:
    """The page about who is next."""

    edited: Edited
    trial: TrialView
