"""The console's pages: adding one is one entry here.

A page is a key, a place in the sidebar, what it asks the server for, a pure function from facts to what
it shows, and a widget with `render(console_view)` and the signals of `widgets.page.Page`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.subjects.announcements import ANNOUNCEMENTS
from clients.admin_desktop.subjects.counter_plan import COUNTER_PLAN
from clients.admin_desktop.subjects.counters import COUNTERS
from clients.admin_desktop.subjects.displays import DISPLAYS
from clients.admin_desktop.subjects.organization import HOURS, SETTINGS
from clients.admin_desktop.subjects.people import PEOPLE
from clients.admin_desktop.subjects.policy import POLICY
from clients.admin_desktop.subjects.queues import QUEUES
from clients.admin_desktop.views.announcements import announcements_view
from clients.admin_desktop.views.audit import audit_view
from clients.admin_desktop.views.counter_plan import plan_view
from clients.admin_desktop.views.counters import counters_view
from clients.admin_desktop.views.displays import displays_view
from clients.admin_desktop.views.floor import floor_view
from clients.admin_desktop.views.hours import hours_view
from clients.admin_desktop.views.people import people_view
from clients.admin_desktop.views.policy import policy_view
from clients.admin_desktop.views.queues import queues_view
from clients.admin_desktop.views.settings import settings_view
from clients.admin_desktop.views.tokens import tokens_view
from clients.admin_desktop.widgets.announcements_page import AnnouncementsPage
from clients.admin_desktop.widgets.audit_page import AuditPage
from clients.admin_desktop.widgets.counters_page import CountersPage
from clients.admin_desktop.widgets.displays_page import DisplaysPage
from clients.admin_desktop.widgets.floor_page import FloorPage
from clients.admin_desktop.widgets.hours_page import HoursPage
from clients.admin_desktop.widgets.page import Page
from clients.admin_desktop.widgets.people_page import PeoplePage
from clients.admin_desktop.widgets.plan_page import PlanPage
from clients.admin_desktop.widgets.policy_page import PolicyPage
from clients.admin_desktop.widgets.queues_page import QueuesPage
from clients.admin_desktop.widgets.settings_page import SettingsPage
from clients.admin_desktop.widgets.tokens_page import TokensPage
from clients.admin_desktop.words import tr
from clients.core.messages import Fetch

NO_SHOWS = "no_shows"  # who did not come today
AUDIT = "audit"


@dataclass(frozen=True, kw_only=True)
class PageSpec:
    """One page.

    Args:
        icon: Lucide name.
        title: its noun, in the interface's language when called.
        group: pages of one group stand together in the sidebar.
        wants: what it shows beside the live state.
        view: what it shows, from what is known.
        make: its widget.
        subjects: what it edits, by name (`subjects/all.py`).
        reads: which lists of its own it shows, by the names below.
    """

    key: str
    icon: str
    title: Callable[[], str]
    group: int
    wants: tuple[Fetch, ...]
    view: Callable[[Facts], object]
    make: Callable[[], Page]
    subjects: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


PAGES: tuple[PageSpec, ...] = (
    PageSpec(
        key="floor",
        icon="layout-grid",
        title=lambda: tr("Floor"),
        group=0,
        wants=(Fetch.TODAY, Fetch.DEVICES),
        view=floor_view,
        make=FloorPage,
    ),
    PageSpec(
        key="tokens",
        icon="ticket",
        title=lambda: tr("Tokens"),
        group=0,
        wants=(),
        view=tokens_view,
        make=TokensPage,
        reads=(NO_SHOWS,),
    ),
    PageSpec(
        key="queues",
        icon="tags",
        title=lambda: tr("Customer types"),
        group=1,
        wants=(),
        view=queues_view,
        make=QueuesPage,
        subjects=(QUEUES,),
    ),
    PageSpec(
        key="policy",
        icon="list",
        title=lambda: tr("Who is next"),
        group=1,
        wants=(),
        view=policy_view,
        make=PolicyPage,
        subjects=(POLICY, QUEUES),
    ),
    PageSpec(
        key="counters",
        icon="app-window",
        title=lambda: tr("Counters"),
        group=1,
        wants=(),
        view=counters_view,
        make=CountersPage,
        subjects=(COUNTERS,),
    ),
    PageSpec(
        key="plan",
        icon="chart-column",
        title=lambda: tr("Counter plan"),
        group=1,
        wants=(),
        view=plan_view,
        make=PlanPage,
        subjects=(COUNTER_PLAN,),
    ),
    PageSpec(
        key="people",
        icon="users",
        title=lambda: tr("People"),
        group=1,
        wants=(Fetch.USERS,),
        view=people_view,
        make=PeoplePage,
        subjects=(PEOPLE,),
    ),
    PageSpec(
        key="displays",
        icon="monitor",
        title=lambda: tr("Displays"),
        group=1,
        wants=(Fetch.DEVICES,),
        view=displays_view,
        make=DisplaysPage,
        subjects=(DISPLAYS,),
    ),
    PageSpec(
        key="announcements",
        icon="megaphone",
        title=lambda: tr("Announcements"),
        group=1,
        wants=(),
        view=announcements_view,
        make=AnnouncementsPage,
        subjects=(ANNOUNCEMENTS,),
    ),
    PageSpec(
        key="hours",
        icon="clock",
        title=lambda: tr("Hours and holidays"),
        group=2,
        wants=(),
        view=hours_view,
        make=HoursPage,
        subjects=(HOURS,),
    ),
    PageSpec(
        key="audit",
        icon="scroll-text",
        title=lambda: tr("Audit log"),
        group=2,
        wants=(),
        view=audit_view,
        make=AuditPage,
        reads=(AUDIT,),
    ),
    PageSpec(
        key="settings",
        icon="settings",
        title=lambda: tr("Settings"),
        group=2,
        wants=(),
        view=settings_view,
        make=SettingsPage,
        subjects=(SETTINGS,),
    ),
)
