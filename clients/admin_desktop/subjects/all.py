"""Every subject of the console: adding one is one entry here."""

from clients.admin_desktop.forms.subject import Subject
from clients.admin_desktop.subjects.announcements import Announcements
from clients.admin_desktop.subjects.counter_plan import Plan
from clients.admin_desktop.subjects.counters import Counters
from clients.admin_desktop.subjects.displays import Displays
from clients.admin_desktop.subjects.organization import Hours, Settings
from clients.admin_desktop.subjects.people import People
from clients.admin_desktop.subjects.policy import Policy
from clients.admin_desktop.subjects.queues import Queues

SUBJECTS: tuple[Subject, ...] = (
    Queues(),
    Counters(),
    Policy(),
    Settings(),
    Hours(),
    Announcements(),
    Plan(),
    Displays(),
    People(),
)
