"""The morning that the mock-ups show: 10:43, fourteen waiting, Marta at counter 3."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID, uuid5

from clients.core.queue_state import QueueState
from shared.analytics import Day, HourCount
from shared.announcements import Announcement, AnnouncementSettings, Reader, Urgency
from shared.counters import LiveCounter
from shared.events import TokenCalled
from shared.frames import Receipts
from shared.ids import (
    AnnouncementId,
    Audience,
    CallId,
    CallOutcome,
    CounterId,
    Epoch,
    OrganizationId,
    Permission,
    Revision,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserId,
    UserRole,
)
from shared.live import LiveOrganization
from shared.queues import CustomerType, QueueReport, QueueStatus, UsualTimes, WaitRange
from shared.tokens import ChoiceRule, LiveToken, RecentCall, Why
from shared.users import Me, Person

NOW = datetime(2025, 10, 14, 8, 43, 0, tzinfo=UTC)  # 10:43 in Madrid
_SPACE = UUID("8c2f1d55-5a1f-4a57-9d4c-0c3b9a1d7e10")
ORGANIZATION = OrganizationId(uuid5(_SPACE, "city hall"))

INSTANT, BROWSER, RETAIL = TypeKey("instant"), TypeKey("browser"), TypeKey("retail")
TYPES = (
    CustomerType(key=INSTANT, name="Quick service", prefix="A", position=1, wait_limit_min=10),
    CustomerType(key=BROWSER, name="Information", prefix="B", position=2, wait_limit_min=15),
    CustomerType(key=RETAIL, name="Sales & payments", prefix="R", position=3, wait_limit_min=20),
)
_WAITING = (
    ("R007", 27), ("R008", 22), ("A013", 9), ("R009", 16), ("B005", 10), ("A014", 7), ("B006", 8),
    ("A015", 6), ("R010", 11), ("A016", 4), ("B007", 5), ("A017", 2), ("R011", 3), ("R012", 1),
)  # fmt: skip
_PEOPLE = ("Marta Ruiz", "Jonas Beck", "Amina Diallo", "Ravi Menon", "Lena Fischer")


def person_id(name: str) -> UserId:
    return UserId(uuid5(_SPACE, name))


def counter_id(label: str) -> CounterId:
    return CounterId(uuid5(_SPACE, f"counter {label}"))


def token_id(number: str) -> TokenId:
    return TokenId(uuid5(_SPACE, number))


def call_id(number: str) -> CallId:
    return CallId(uuid5(_SPACE, f"call of {number}"))


MARTA = Me(
    id=person_id("Marta Ruiz"),
    username="marta",
    display_name="Marta Ruiz",
    organization_id=ORGANIZATION,
    organization_name="City Hall",
    role=UserRole.STAFF,
    permissions=(Permission.COUNTERS_OPERATE, Permission.TOKENS_CREATE, Permission.TOKENS_UPDATE),
)
_BY_PREFIX = {"A": INSTANT, "B": BROWSER, "R": RETAIL}


def waiting_token(number: str, waited_min: float, *, priority: int = 0) -> LiveToken:
    taken = NOW - timedelta(minutes=waited_min, seconds=20)
    return LiveToken(
        id=token_id(number),
        number=number,
        customer_type=_BY_PREFIX[number[0]],
        status=TokenStatus.WAITING,
        created_at=taken,
        place_at=taken,
        priority=priority,
        source=TokenSource.KIOSK,
    )


def called_token(
    *, number: str = "A012", called_s: float = 6, revision: int = 100, served_s: float | None = None,
    label: str = "3", recall_count: int = 0,
) -> LiveToken:  # fmt: skip
    called_at = NOW - timedelta(seconds=called_s)
    return LiveToken(
        id=token_id(number),
        number=number,
        customer_type=_BY_PREFIX[number[0]],
        status=TokenStatus.CALLED if served_s is None else TokenStatus.SERVING,
        created_at=called_at - timedelta(minutes=8, seconds=36),
        place_at=called_at - timedelta(minutes=8, seconds=36),
        counter_id=counter_id(label),
        call_id=call_id(number),
        called_at=called_at,
        served_at=NOW - timedelta(seconds=served_s) if served_s is not None else None,
        announced_revision=Revision(revision),
        recall_count=recall_count,
        priority=0,
        source=TokenSource.KIOSK,
        served_by=MARTA.id,
        why=Why(rule=ChoiceRule.OLDEST, waiting=5, waited_s=516, passed_over=0, overtook=0),
    )


def call_of(
    token: LiveToken, *, outcome: CallOutcome | None = None, announced_at: datetime | None = None
) -> RecentCall:
    assert token.call_id is not None
    assert token.counter_id is not None
    assert token.called_at is not None
    assert token.announced_revision is not None
    return RecentCall(
        id=token.call_id,
        token_id=token.id,
        number=token.number,
        customer_type=token.customer_type,
        counter_id=token.counter_id,
        called_at=token.called_at,
        announced_at=announced_at or token.called_at,
        announced_revision=token.announced_revision,
        recall_count=token.recall_count,
        outcome=outcome,
    )


def counters(
    *, mine: str | None = "3", serves: Sequence[TypeKey] = (), on_break: str | None = None
) -> tuple[LiveCounter, ...]:
    """The six counters; `on_break` is why Marta is away from hers for four minutes now."""
    sitting = {"1": "Jonas Beck", "5": "Amina Diallo"}
    if mine is not None:
        sitting[mine] = "Marta Ruiz"
    return tuple(
        LiveCounter(
            id=counter_id(label),
            label=label,
            name=f"Counter {label}",
            position=int(label),
            serves=tuple(serves) if label == mine else (),
            opened_at=NOW - timedelta(hours=2, minutes=43) if label in sitting else None,
            opened_by=person_id(sitting[label]) if label in sitting else None,
            break_since=NOW - timedelta(minutes=4) if on_break and label == mine else None,
            break_reason=on_break if label == mine else None,
        )
        for label in "123456"
    )


def morning(
    *,
    active: LiveToken | None = None,
    waiting: Sequence[LiveToken] | None = None,
    mine: str | None = "3",
    serves: Sequence[TypeKey] = (),
    confirms_arrival: bool = True,
    revision: int = 100,
    levels: tuple[int, ...] = (0, 10, 30),
    parked: Sequence[LiveToken] = (),
    news: Sequence[Announcement] = (),
    on_break: str | None = None,
) -> QueueState:
    tokens = list(waiting) if waiting is not None else [waiting_token(*row) for row in _WAITING]
    tokens += parked
    if active is not None:
        tokens.append(active)
    return QueueState(
        audience=Audience.STAFF,
        epoch=Epoch(uuid5(_SPACE, "epoch")),
        revision=Revision(revision),
        organization=LiveOrganization(
            id=ORGANIZATION,
            name="City Hall",
            time_zone="Europe/Madrid",
            confirms_arrival=confirms_arrival,
            priority_levels=levels,
            park_reasons=("Filling in a form", "Missing document"),
            break_reasons=("Lunch", "Meeting"),
            cancel_reasons=("Visitor left", "Taken by mistake", "Cannot be served here"),
        ),
        customer_types=MappingProxyType({each.key: each for each in TYPES}),
        counters=MappingProxyType(
            {each.id: each for each in counters(mine=mine, serves=serves, on_break=on_break)}
        ),
        tokens=MappingProxyType({token.id: token for token in tokens}),
        recent_calls=(call_of(active),) if active is not None else (),
        people=MappingProxyType(
            {person_id(name): Person(id=person_id(name), display_name=name) for name in _PEOPLE}
        ),
        announcements=MappingProxyType({each.id: each for each in news}),
    )


def parked_token(
    number: str,
    *,
    reason: str = "Missing document",
    parked_min: float = 12,
    wakes_in_min: float | None = None,
) -> LiveToken:
    return waiting_token(number, parked_min + 20).model_copy(
        update={
            "status": TokenStatus.PARKED,
            "park_reason": reason,
            "parked_at": NOW - timedelta(minutes=parked_min),
            "wake_at": NOW + timedelta(minutes=wakes_in_min) if wakes_in_min is not None else None,
        }
    )


def no_show_token(number: str, *, called_min: float = 20) -> LiveToken:
    return waiting_token(number, called_min + 20).model_copy(
        update={"status": TokenStatus.NO_SHOW, "called_at": NOW - timedelta(minutes=called_min)}
    )


def announcement(
    text: str,
    *,
    priority: Urgency = Urgency.NORMAL,
    readers: tuple[Reader, ...] = (Reader.STAFF,),
    until_min: float | None = None,
) -> Announcement:
    return Announcement(
        id=AnnouncementId(uuid5(_SPACE, text)),
        version=1,
        settings=AnnouncementSettings(
            texts={"en": text},
            priority=priority,
            readers=readers,
            until_at=NOW + timedelta(minutes=until_min) if until_min is not None else None,
        ),
    )


def called_event(revision: int = 101) -> TokenCalled:
    token = called_token(number="R007", called_s=0, revision=revision)
    return TokenCalled(revision=Revision(revision), at=NOW, token=token, call=call_of(token))


def receipts(token: LiveToken, *, shown: int = 2, screens: int = 2) -> Receipts:
    assert token.call_id is not None
    assert token.counter_id is not None
    assert token.announced_revision is not None
    return Receipts(
        call_id=token.call_id,
        token_id=token.id,
        counter_id=token.counter_id,
        announced_revision=token.announced_revision,
        shown=shown,
        screens=screens,
    )


REPORT = QueueReport(
    at=NOW,
    queues=tuple(
        QueueStatus(
            customer_type=key,
            waiting=waiting,
            longest_wait_s=longest * 60,
            counters_open=3,
            served_today=20,
            estimate=WaitRange(low_s=low * 60, median_s=(low + high) * 30, high_s=high * 60),
            usual_service=UsualTimes(low_s=180, median_s=270, high_s=360),
        )
        for key, waiting, longest, low, high in (
            (INSTANT, 5, 9, 7, 12),
            (BROWSER, 3, 10, 8, 14),
            (RETAIL, 6, 27, 18, 26),
        )
    ),
)

DAY = Day(
    service_day=date(2025, 10, 14),
    served=23,
    no_shows=2,
    cancelled=1,
    created=60,
    average_service_s=252,
    average_wait_s=530,
    served_by_hour=(HourCount(hour=8, served=8), HourCount(hour=9, served=9), HourCount(hour=10, served=6)),
)
