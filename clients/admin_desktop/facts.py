"""Everything the console knows at one moment; the views are worked out from it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clients.admin_desktop.account_values import OneTimeView
from clients.admin_desktop.audit_views import AuditFound
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.holiday_picking import HolidayPickView
from clients.admin_desktop.pairing_views import PairingView
from clients.admin_desktop.skill_views import SkillsView
from clients.admin_desktop.trial_views import Tried
from clients.core.commands import AccountCommand, Command
from clients.core.messages import Fetch
from clients.core.queue_state import QueueState
from shared.analytics import Day
from shared.devices import Device
from shared.frames import Receipts
from shared.ids import CallId, CounterId, Permission, UserId
from shared.queues import QueueReport
from shared.tokens import LiveToken
from shared.users import Me, UserAccount


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known.

    Args:
        state: the live state.
        at: the moment it holds for: now, or when the server was last heard. Waits are counted up to
            here, since nobody knows what happened after.
        quiet_since: since when a counter has been in its present state without a token, as far as it
            was seen happening.
        errors: why something that was asked for has not come, in a sentence.
        edited: what the page in front edits, by subject.
        picking: national holidays to pick from, while they are looked up.
        no_shows: those who did not come today; None until they have come, and `no_shows_error` says why
            they have not.
        tried: rules that are tried on a past day.
        skills: the dialog about what a person serves, while it is open.
        pairing: the dialog that pairs a display, while it is open.
        audit: what has come of the audit.
        permissions: what the person may do.
        me: who is signed in.
        one_time: a password that was made just now, until it is read.
        account_commands: what is under way about people's accounts.
        under_way: commands that were sent and are not answered.
    """

    state: QueueState
    at: datetime
    queues: QueueReport | None = None
    day: Day | None = None
    devices: tuple[Device, ...] | None = None
    users: tuple[UserAccount, ...] | None = None
    receipts: Mapping[CallId, Receipts] = field(default_factory=dict)
    quiet_since: Mapping[CounterId, datetime] = field(default_factory=dict)
    errors: Mapping[Fetch, str] = field(default_factory=dict)
    edited: Mapping[str, Edited] = field(default_factory=dict)
    picking: HolidayPickView | None = None
    no_shows: tuple[LiveToken, ...] | None = None
    no_shows_error: str = ""
    tried: Tried = field(default_factory=Tried)
    skills: SkillsView | None = None
    pairing: PairingView | None = None
    audit: AuditFound = field(default_factory=AuditFound)
    permissions: frozenset[Permission] = frozenset()
    me: Me | None = None
    one_time: OneTimeView | None = None
    account_commands: tuple[AccountCommand, ...] = ()
    under_way: tuple[Command, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """A moment in the organization's time zone."""
        return moment.astimezone(time_zone(self.state.organization.time_zone))

    def name_of(self, user_id: UserId) -> str | None:
        """A colleague's name; None for one who came after the live state was fetched, until asked for."""
        if person := self.state.people.get(user_id):
            return person.display_name
        return next((user.display_name for user in self.users or () if user.id == user_id), None)

    @property
    def has_strangers(self) -> bool:
        """Whether somebody works at a counter whose name is not known."""
        at_counters = {counter.opened_by for counter in self.state.counters.values()} - {None}
        known = self.state.people.keys() | {user.id for user in self.users or ()}
        return not at_counters <= known

    def age_s(self, moment: datetime) -> int:
        """How long ago a moment was, in whole seconds; never negative."""
        return max(0, int((self.at - moment).total_seconds()))


def time_zone(name: str) -> tzinfo:
    """An IANA time zone; UTC for one that this machine's data does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
