"""A floor on a Tuesday morning, as values: six counters, fourteen waiting, three displays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from clients.admin_desktop.audit_views import AuditFound
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited, EditorView
from clients.admin_desktop.forms.subject import Item
from clients.admin_desktop.pages import PAGES
from clients.admin_desktop.skill_views import SkillsView
from clients.admin_desktop.subjects.counters import Counters
from clients.admin_desktop.subjects.displays import Displays
from clients.admin_desktop.subjects.policy import Policy
from clients.admin_desktop.subjects.queues import Queues
from clients.admin_desktop.view_state import AdminView, ConsoleView, Link
from clients.core.queue_state import from_snapshot
from shared.analytics import Day
from shared.audit import AuditRow
from shared.counters import CounterSettings, LiveCounter
from shared.devices import Device
from shared.frames import Receipts
from shared.ids import (
    Audience,
    CallId,
    CounterId,
    DeviceId,
    Epoch,
    OrganizationId,
    Revision,
    TokenId,
    TokenStatus,
    TypeKey,
    UserId,
    UserRole,
)
from shared.live import LiveOrganization, Snapshot
from shared.organizations import OrganizationSettings
from shared.policy import CallingMode, CallingPolicy, DayOfWaits, SimulationReport, WaitFigures
from shared.queues import CustomerType, QueueReport, QueueSettings, QueueStatus, WaitRange
from shared.tokens import LiveToken, RecentCall
from shared.users import Person, UserAccount

SPACE = UUID("5a3e1d0a-0000-4000-8000-00000000c0de")
NOW = datetime(2025, 10, 14, 8, 43, tzinfo=UTC)  # 10:43 in Madrid
PEOPLE = ("Jonas Beck", "Amina Diallo", "Marta Ruiz", "Ravi Menon", "Lena Fischer", "Ines Kovač")
TYPES = (
    ("instant", "Quick service", "A", 12),
    ("browser", "Information", "B", 15),
    ("retail", "Sales & payments", "R", 20),
)
WAITS_MIN = {"instant": (9, 8, 5, 3, 1), "browser": (10, 6, 2), "retail": (27, 24, 11, 8, 5, 1)}
SERVES = {
    "1": ("instant",),
    "2": ("browser",),
    "3": ("instant", "browser", "retail"),
    "4": ("instant",),
    "5": (),
}


def an_id(*parts: object) -> UUID:
    """A fixed id for a name."""
    return uuid5(SPACE, " ".join(map(str, parts)))


def counter_id(label: str) -> CounterId:
    return CounterId(an_id("counter", label))


def before(minutes: float = 0, seconds: float = 0) -> datetime:
    return NOW - timedelta(minutes=minutes, seconds=seconds)


def counter(label: str, *, person: str | None, opened_min: float = 90) -> LiveCounter:
    return LiveCounter(
        id=counter_id(label),
        label=label,
        name=f"Counter {label}",
        position=int(label),
        customer_types=tuple(map(TypeKey, ("instant", "browser"))) if label == "1" else (),
        serves=tuple(map(TypeKey, SERVES.get(label, ()))),
        opened_at=before(opened_min) if person else None,
        opened_by=UserId(an_id("person", person)) if person else None,
    )


def active(number: str, kind: str, label: str, status: TokenStatus, seconds: float, **more) -> LiveToken:
    moment = before(seconds=seconds)
    return LiveToken(
        id=TokenId(an_id("token", number)),
        number=number,
        customer_type=TypeKey(kind),
        status=status,
        created_at=moment - timedelta(minutes=8),
        place_at=moment - timedelta(minutes=8),
        priority=0,
        counter_id=counter_id(label),
        call_id=CallId(an_id("call", number)),
        called_at=moment,
        served_at=moment if status is TokenStatus.SERVING else None,
        announced_revision=Revision(400),
        **more,
    )


def waiting(kind: str, prefix: str, first: int) -> list[LiveToken]:
    return [
        LiveToken(
            id=TokenId(an_id("waiting", kind, place)),
            number=f"{prefix}{first + place:03}",
            customer_type=TypeKey(kind),
            status=TokenStatus.WAITING,
            created_at=before(minutes),
            place_at=before(minutes),
            priority=0,
        )
        for place, minutes in enumerate(WAITS_MIN[kind])
    ]


def snapshot(*, counters: int = 6, waits: bool = True) -> Snapshot:
    """The floor; `counters` above six repeat the people, `waits` False leaves the queues empty."""
    tokens = [
        active("A010", "instant", "1", TokenStatus.SERVING, 348),
        active("B004", "browser", "2", TokenStatus.CALLED, 41, recall_count=1),
        active("A012", "instant", "3", TokenStatus.SERVING, 204),
    ]
    if counters > 6:
        tokens += [
            active(f"R{n:03}", "retail", str(n), TokenStatus.SERVING, 30 * n) for n in range(7, counters, 2)
        ]
    if waits:
        tokens += waiting("instant", "A", 13) + waiting("browser", "B", 5) + waiting("retail", "R", 7)
    return Snapshot(
        audience=Audience.ADMIN,
        epoch=Epoch(an_id("epoch")),
        revision=Revision(400),
        now=NOW,
        organization=LiveOrganization(
            id=OrganizationId(an_id("org")),
            name="City Hall",
            time_zone="Europe/Madrid",
            priority_levels=(0, 10, 30),
        ),
        customer_types=tuple(
            CustomerType(key=TypeKey(key), name=name, prefix=prefix, position=place, wait_limit_min=limit)
            for place, (key, name, prefix, limit) in enumerate(TYPES)
        ),
        counters=tuple(
            counter(str(n), person=None if n % 6 == 0 else PEOPLE[(n - 1) % 6])
            for n in range(1, counters + 1)
        ),
        tokens=tuple(sorted(tokens, key=lambda token: token.id)),
        recent_calls=(
            RecentCall(
                id=CallId(an_id("call", "A012")),
                token_id=TokenId(an_id("token", "A012")),
                number="A012",
                customer_type=TypeKey("instant"),
                counter_id=counter_id("3"),
                called_at=before(seconds=204),
                announced_at=before(seconds=204),
                announced_revision=Revision(398),
            ),
        ),
        people=tuple(Person(id=UserId(an_id("person", name)), display_name=name) for name in PEOPLE),
    )


def device(
    name: str, *, online: bool = True, seen_min: float | None = 0, address: str | None = None
) -> Device:
    return Device(
        id=DeviceId(an_id("device", name)),
        name=name,
        is_online=online,
        last_seen_at=None if seen_min is None else before(seen_min),
        address=address,
        created_at=before(60 * 24 * 40),
    )


DEVICES = (
    device("Entrance", online=False, seen_min=12, address="192.0.2.11"),
    device("Lobby, left", address="192.0.2.12"),
    device("Lobby, right", address="192.0.2.13"),
)


def account(
    name: str, role: UserRole, *, login_min: float | None = 95, is_active: bool = True
) -> UserAccount:
    return UserAccount(
        id=UserId(an_id("person", name)),
        username=name.split(maxsplit=1)[0].lower(),
        display_name=name,
        role=role,
        is_active=is_active,
        last_login=None if login_min is None else before(login_min),
        created_at=before(60 * 24 * 40),
    )


ACCOUNTS = (
    *(account(name, UserRole.STAFF) for name in PEOPLE[:4]),
    account(PEOPLE[4], UserRole.STAFF, login_min=60 * 24),
    account(PEOPLE[5], UserRole.SUPER_ADMIN, login_min=30),
    account("Tom Haddad", UserRole.STAFF, login_min=None, is_active=False),
)

DAY = Day(
    service_day=date(2025, 10, 14),
    served=186,
    no_shows=3,
    cancelled=2,
    created=205,
    average_service_s=312.0,
    average_wait_s=504.0,
    served_by_hour=(),
)

ESTIMATES = {"instant": (430, 700), "browser": (480, 840), "retail": (1080, 1560)}


def report() -> QueueReport:
    return QueueReport(
        at=NOW,
        queues=tuple(
            QueueStatus(
                customer_type=TypeKey(key),
                waiting=0,
                longest_wait_s=0,
                counters_open=0,
                served_today=0,
                estimate=WaitRange(low_s=low, median_s=(low + high) // 2, high_s=high),
            )
            for key, (low, high) in ESTIMATES.items()
        ),
    )


def facts(shown: Snapshot | None = None, **changes) -> Facts:
    """What the console knows of the floor."""
    call = CallId(an_id("call", "A012"))
    known = Facts(
        state=from_snapshot(shown or snapshot()),
        at=NOW,
        queues=report(),
        day=DAY,
        devices=DEVICES,
        users=ACCOUNTS,
        receipts={
            call: Receipts(
                call_id=call,
                token_id=TokenId(an_id("token", "A012")),
                counter_id=counter_id("3"),
                announced_revision=Revision(398),
                shown=2,
                screens=2,
            )
        },
        quiet_since={
            counter_id("6"): before(38),
            counter_id("5"): before(seconds=20),
            counter_id("4"): before(seconds=75),
        },
    )
    return replace(known, **changes)


def queue_settings(kind: str, **changes) -> QueueSettings:
    """A customer type of the sample as it is set up."""
    place, (key, name, prefix, limit) = next(
        (place, each) for place, each in enumerate(TYPES) if each[0] == kind
    )
    values = {"key": key, "name": name, "prefix": prefix, "position": place, "wait_limit_min": limit}
    return QueueSettings(**(values | changes))


def edited_queues(**editor) -> Edited:
    """The customer types, Information switched off; one in an editor where its `key` is given (None: new)."""
    subject = Queues()
    off = {"browser": {"is_active": False}}
    items = tuple(
        Item(key=kind, version=3, settings=queue_settings(kind, **off.get(kind, {}))) for kind, *_ in TYPES
    )
    if "key" not in editor:
        return Edited(items=items)
    item = next((item for item in items if item.key == editor["key"]), None)
    values = subject.values(item.settings) if item else subject.fresh(items)
    known = {
        "title": item.settings.name if item else "",
        "values": values,
        "is_active": True if item else None,
        "cannot_save": "" if editor.get("is_dirty") or not item else "Nothing was changed",
    }
    return Edited(items=items, editor=EditorView(**(known | editor)))


def edited_counters(**editor) -> Edited:
    """The counters, the sixth switched off; one in an editor where its label is given as `key`."""
    subject = Counters()
    items = tuple(
        Item(
            key=str(counter_id(label)),
            version=3,
            settings=CounterSettings(
                label=label,
                name=f"Counter {label}",
                position=int(label),
                customer_types=("instant", "browser") if label == "1" else (),
                is_active=label != "7",
            ),
        )
        for label in "1234567"
    )
    item = next((item for item in items if item.settings.label == editor.get("key")), None)
    if item is None:
        return Edited(items=items)
    known = {"title": item.settings.name, "values": subject.values(item.settings), "is_active": True}
    return Edited(items=items, editor=EditorView(**(known | editor | {"key": item.key})))


def edited_displays(**editor) -> Edited:
    """The displays; one in an editor where its name is given as `key`."""
    subject = Displays()
    items = subject.items(DEVICES)
    item = next((item for item in items if item.settings.name == editor.get("key")), None)
    if item is None:
        return Edited(items=items)
    known = {"title": item.settings.name, "values": subject.values(item.settings)}
    return Edited(items=items, editor=EditorView(**(known | editor | {"key": item.key})))


def edited_policy() -> Edited:
    """Rules with shares, changed and not saved."""
    settings = OrganizationSettings(
        name="City Hall", policy=CallingPolicy(mode=CallingMode.RATIO, ratio={0: 1, 10: 1, 30: 3})
    )
    editor = EditorView(
        key="organization", title="The rules", values=Policy().values(settings), is_dirty=True
    )
    return Edited(items=(Item(key="organization", version=3, settings=settings),), editor=editor)


def trial_figures(called: int, half_min: float, late: int) -> WaitFigures:
    """Waits whose other figures follow from the median."""
    return WaitFigures(
        called=called,
        left=0,
        unserved=0,
        mean_s=60 * half_min,
        p50_s=60 * half_min,
        p90_s=120 * half_min,
        p95_s=150 * half_min,
        max_s=200 * half_min,
        beyond_limit=late,
    )


def trial_waits(half_min: float, late: int) -> DayOfWaits:
    """A day of two types."""
    return DayOfWaits(
        all=trial_figures(200, half_min, late),
        by_type={
            TypeKey("instant"): trial_figures(120, half_min - 2, 0),
            TypeKey("retail"): trial_figures(80, half_min, late),
        },
        by_level={0: trial_figures(200, half_min, late)},
    )


def report_of_a_trial() -> SimulationReport:
    """Yesterday, replayed."""
    return SimulationReport(
        day=date(2025, 10, 13),
        tokens=212,
        actual=trial_waits(11, 22),
        now=trial_waits(10, 20),
        then=trial_waits(8, 30),
    )


SKILLS = SkillsView(
    user_id=UserId(an_id("person", "Amina Diallo")),
    person="Amina Diallo",
    customer_types=tuple(map(TypeKey, ("instant", "retail"))),
)


def audit_row(action: str, minutes: float = 0, **more) -> AuditRow:
    """A row of the audit; by Ines from her own machine, unless it says otherwise."""
    values = {
        "id": an_id("audit", action, minutes),
        "at": before(minutes),
        "user_id": UserId(an_id("person", "Ines Kovač")),
        "person": "Ines Kovač",
        "action": action,
        "entity_type": None,
        "entity_id": None,
        "entity": None,
        "before": {},
        "after": {},
        "details": {},
        "address": "10.4.20.17",
        "user_agent": "callboard-admin/0.1 (Windows 11)",
        "is_sealed": minutes > 1,
    }
    return AuditRow.model_validate(values | more)


def by(name: str, **more) -> dict[str, object]:
    """Who did it, for `audit_row`."""
    return {"user_id": UserId(an_id("person", name)), "person": name, **more}


BY_SERVER = {"user_id": None, "person": None, "address": None, "user_agent": None}
CONFIGURED = audit_row(
    "configure_queue", 4, entity_type="queue", entity_id=an_id("org"), entity="Quick service",
    before={"name": "Express desk", "wait_limit_min": 10, "prefix": "A", "is_active": True,
            "opening_hours": None},
    after={"name": "Quick service", "wait_limit_min": 12, "prefix": "Q", "is_active": False,
           "opening_hours": {"monday": [{"opens": "08:30", "closes": "14:00"}]}},
    details={"customer_type": "instant"},
)  # fmt: skip
CALLED = audit_row(
    "call_next", 0.5, entity_type="token", entity_id=an_id("token", "B004"), entity="B004",
    before={"status": "waiting", "call": None},
    after={"status": "called", "call": {"counter_id": str(counter_id("2")),
                                        "called_at": before(0.5).isoformat()}},
    details={"number": "B004", "counter_id": str(counter_id("2"))},
    **by("Amina Diallo", address="10.4.20.31", user_agent="callboard-staff/0.1 (Debian 12)"),
)  # fmt: skip
AUDIT = (
    CALLED,
    audit_row("complete", 2, entity_type="token", entity_id=an_id("token", "A011"), entity="A011",
              before={"status": "serving"}, after={"status": "completed"}, details={"number": "A011"},
              **by("Marta Ruiz", address="10.4.20.32")),
    CONFIGURED,
    audit_row("permission_refused", 7, entity_type="user", entity_id=an_id("person", "Jonas Beck"),
              entity="Jonas Beck", **by("Jonas Beck", address="10.4.20.30"),
              details={"refused": "system:monitor", "method": "GET", "path": "/api/v1/audit"}),
    audit_row("sign_in", 12, entity_type="user", entity_id=an_id("person", "Ines Kovač"),
              entity="Ines Kovač"),
    audit_row("sign_in_refused", 13, user_id=None, person=None, entity_type="user",
              details={"known": False, "username_length": 14}, address="2001:db8:4:20::5f1c"),
    audit_row("close_lost_counter", 55, entity_type="counter", entity_id=counter_id("5"),
              entity="Counter 5", details={"left_by": str(an_id("person", "Ravi Menon"))}, **BY_SERVER),
    audit_row("open_counter", 92, entity_type="counter", entity_id=counter_id("3"), entity="Counter 3",
              **by("Marta Ruiz", address="10.4.20.32")),
    audit_row("pair_device", 60 * 20, entity_type="device", entity_id=an_id("device", "Entrance"),
              entity="Entrance", details={"machine": "lobby-pi-3"}),
    audit_row("configure_organization", 60 * 24 * 4, entity_type="organization", entity_id=an_id("org"),
              entity="City Hall", before={"park_reasons": ["Form"]},
              after={"park_reasons": ["Filling in a form", "Missing document"]}),
)  # fmt: skip


def audit(**found) -> AuditFound:
    """What has come of the audit."""
    values = {"rows": AUDIT, "actions": tuple(sorted({row.action for row in AUDIT}))} | found
    return AuditFound(**values)


def view(page: str = "floor", known: Facts | None = None, **changes) -> AdminView:
    """The whole console with one page in front; `known` None gives the sample."""
    known = known or facts()
    spec = next(spec for spec in PAGES if spec.key == page)
    console = ConsoleView(
        organization="City Hall",
        person="Ines Kovač",
        role=UserRole.ADMIN,
        is_remembered=True,
        link=Link.LIVE,
        now=known.local(NOW),
        offline_since=None,
        has_figures=True,
        page=page,
        page_view=spec.view(known),
    )
    return AdminView(console=replace(console, **changes))
