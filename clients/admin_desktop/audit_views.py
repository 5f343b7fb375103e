"""What is seen of the audit, and what a person may ask of it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.audit import AuditRow
from shared.ids import UserId


class Span(StrEnum):
    """How far back to look."""

    TODAY = "today"
    WEEK = "week"  # today and the six days before
    MONTH = "month"  # today and the 29 days before
    EVER = "ever"
    DAYS = "days"  # from one day to another


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which rows are wanted.

    Args:
        first, last: the days of `Span.DAYS`, both included.
        user_id: what this person did, who is called `person`; `by_server`: what nobody did.
        action: by the command's name, "" for any.
        entity_type: by what was changed, "" for anything.
        entity_id: exactly one thing, which is called `entity`.
    """

    span: Span = Span.WEEK
    first: date | None = None
    last: date | None = None
    user_id: UserId | None = None
    person: str = ""
    by_server: bool = False
    action: str = ""
    entity_type: str = ""
    entity_id: UUID | None = None
    entity: str = ""


class AuditIntent:
    """Something that a person asks of the audit."""


@dataclass(frozen=True, kw_only=True)
class FilterAudit(AuditIntent):
    """Other rows are wanted."""

    filter: AuditFilter


@dataclass(frozen=True)
class ReadOlder(AuditIntent):
    """The next older page is wanted."""


@dataclass(frozen=True)
class ReadAgain(AuditIntent):
    """The newest rows are wanted, whatever has come."""


@dataclass(frozen=True, kw_only=True)
class AuditFound:
    """What has come of the audit.

    Args:
        rows: newest first; None until the first page has come.
        actions: what there is to filter by.
        has_older: whether there are more behind the last one.
        is_coming: whether some are on the way.
        error: why they have not come, "" for no reason.
    """

    filter: AuditFilter = field(default_factory=AuditFilter)
    rows: tuple[AuditRow, ...] | None = None
    actions: tuple[str, ...] = ()
    has_older: bool = False
    is_coming: bool = False
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditView:
    """The audit page.

    Args:
        people: whose doings can be asked for, by name.
        names: what is behind ids that stand in the details: counters, people.
        now: the organization's clock.
    """

    found: AuditFound
    people: tuple[tuple[UserId, str], ...]
    names: Mapping[str, str]
    now: datetime
