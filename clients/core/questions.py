"""What an app may ask of the server beside the live state, as values: each knows its path and its answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import TypeAdapter

from shared.announcements import Announcement
from shared.audit import AuditActions, AuditPage
from shared.counters import CounterConfiguration, CounterPlanInForce
from shared.devices import Device
from shared.hours import Holiday, HolidayCountry
from shared.ids import TokenId, TokenStatus, TypeKey, UserId
from shared.organizations import OrganizationConfiguration
from shared.pairing import PairingRequest
from shared.policy import Simulate, SimulationReport
from shared.queues import QueueConfiguration
from shared.setup import SetupState
from shared.tokens import TokenDetails, TokenPage
from shared.users import UserPage


class Question:
    """Something that is asked and changes nothing.

    Attributes:
        method: of HTTP; a question too long for a path is posted.
        answer: reads what comes back.
    """

    method: ClassVar[str] = "GET"
    answer: ClassVar[TypeAdapter[Any]]

    @property
    def path(self) -> str:
        """The path below the API's base."""
        raise NotImplementedError

    def query(self) -> list[tuple[str, str]]:
        """What stands behind the question mark."""
        return []

    def body(self) -> Simulate | None:
        """What is posted, if it is."""
        return None

    def more(self, value: Any) -> "Question | None":
        """What asks for the rest, where an answer is not all; None where it is."""
        return None

    def joined(self, value: Any, rest: Any) -> Any:
        """An answer with what came after it."""
        raise NotImplementedError


@dataclass(frozen=True)
class AskSetup(Question):
    """Whether the server wants to be set up; refused where it has been."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(SetupState)
    path: ClassVar[str] = "setup"


@dataclass(frozen=True)
class AskOrganization(Question):
    """The organization's settings."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(OrganizationConfiguration)
    path: ClassVar[str] = "organization"


@dataclass(frozen=True)
class AskQueues(Question):
    """The settings of every customer type."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[QueueConfiguration, ...])
    path: ClassVar[str] = "queue-configurations"


@dataclass(frozen=True)
class AskCounters(Question):
    """The settings of every counter, also those that were switched off."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[CounterConfiguration, ...])
    path: ClassVar[str] = "counters/configurations"


@dataclass(frozen=True, kw_only=True)
class AskAccounts(Question):
    """Every account of the organization, page by page."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(UserPage)
    path: ClassVar[str] = "users"
    cursor: str | None = None

    def query(self) -> list[tuple[str, str]]:
        """What stands behind the question mark."""
        return [("limit", "200"), *([("cursor", self.cursor)] if self.cursor else [])]

    def more(self, value: UserPage) -> "AskAccounts | None":
        """The next page."""
        return AskAccounts(cursor=value.next_cursor) if value.next_cursor else None

    def joined(self, value: UserPage, rest: UserPage) -> UserPage:
        """Both pages as one."""
        return UserPage(items=(*value.items, *rest.items), next_cursor=rest.next_cursor)


@dataclass(frozen=True)
class AskDevices(Question):
    """All displays, but those that were revoked."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[Device, ...])
    path: ClassVar[str] = "devices"


@dataclass(frozen=True, kw_only=True)
class AskPairing(Question):
    """The screen that shows a code; `code` is plain."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(PairingRequest)
    code: str

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"devices/pairings/{self.code}"


@dataclass(frozen=True)
class AskAnnouncements(Question):
    """The newest announcements, also those that were switched off."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[Announcement, ...])
    path: ClassVar[str] = "announcements"


@dataclass(frozen=True)
class AskCounterPlan(Question):
    """The weekly counter plan."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(CounterPlanInForce)
    path: ClassVar[str] = "counter-plan"


@dataclass(frozen=True, kw_only=True)
class AskHolidayCountries(Question):
    """The countries whose national holidays are known, named in a language (ISO 639-1)."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[HolidayCountry, ...])
    path: ClassVar[str] = "national-holidays"
    language: str = "en"

    def query(self) -> list[tuple[str, str]]:
        """What stands behind the question mark."""
        return [("language", self.language)]


@dataclass(frozen=True, kw_only=True)
class AskHolidays(Question):
    """The national holidays of a country in a year; `country` as ISO 3166 names it."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[Holiday, ...])
    country: str
    year: int
    language: str = "en"

    def query(self) -> list[tuple[str, str]]:
        """What stands behind the question mark."""
        return [("language", self.language)]

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"national-holidays/{self.country}/{self.year}"


@dataclass(frozen=True, kw_only=True)
class AskSimulation(Question):
    """How a past day would have gone under other rules."""

    method: ClassVar[str] = "POST"
    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(SimulationReport)
    path: ClassVar[str] = "queue-configurations/simulate"
    simulate: Simulate

    def body(self) -> Simulate | None:
        """What is posted."""
        return self.simulate


@dataclass(frozen=True, kw_only=True)
class AskTokens(Question):
    """The tokens of a service day (None: today), newest first, from where an earlier page ended."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(TokenPage)
    path: ClassVar[str] = "tokens"
    day: date | None = None
    statuses: tuple[TokenStatus, ...] = ()
    customer_type: TypeKey | None = None
    number: str | None = None
    cursor: str | None = None

    def query(self) -> list[tuple[str, str]]:
        """What stands behind the question mark."""
        named = {
            "day": self.day and self.day.isoformat(),
            "customer_type": self.customer_type,
            "number": self.number,
            "cursor": self.cursor,
        }
        return [
            *((name, value) for name, value in named.items() if value),
            *(("status", status.value) for status in self.statuses),
        ]


@dataclass(frozen=True, kw_only=True)
class AskToken(Question):
    """A token with its whole story."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(TokenDetails)
    token_id: TokenId

    @property
    def path(self) -> str:
        """The path below the API's base."""
        return f"tokens/{self.token_id}"


@dataclass(frozen=True, kw_only=True)
class AskAudit(Question):
    """The audit, newest first, from where an earlier page ended.

    Args:
        since, until: from then on, and before then; aware.
        by_server: only what no person did.
    """

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(AuditPage)
    path: ClassVar[str] = "audit"
    since: datetime | None = None
    until: datetime | None = None
    user_id: UserId | None = None
    by_server: bool = False
    action: str | None = None
    entity_type: str | None = None
    entity_id: UUID | None = None
    cursor: str | None = None

    def query(self) -> list[tuple[str, str]]:
        """What stands behind the question mark."""
        named = {
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "user_id": self.user_id and str(self.user_id),
            "by_server": "true" if self.by_server else None,
            "action": self.action,
            "entity_type": self.entity_type,
            "entity_id": self.entity_id and str(self.entity_id),
            "cursor": self.cursor,
        }
        return [(name, value) for name, value in named.items() if value]


@dataclass(frozen=True)
class AskAuditActions(Question):
    """What the audit knows of, for a filter."""

    answer: ClassVar[TypeAdapter[Any]] = TypeAdapter(AuditActions)
    path: ClassVar[str] = "audit/actions"
