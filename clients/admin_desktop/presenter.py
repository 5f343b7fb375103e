"""What the console knows and decides: what is known -> what is shown, what a person does -> the link.

MUST: widgets learn everything from `view_changed`, and everything they do comes in by a method here.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from clients.admin_desktop import words
from clients.admin_desktop.account_acting import AccountActing
from clients.admin_desktop.account_values import CloseOneTime, DoToPerson
from clients.admin_desktop.acting import Acting
from clients.admin_desktop.audit_reading import AuditReading
from clients.admin_desktop.audit_views import AuditIntent
from clients.admin_desktop.display_pairing import DisplayPairing
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.first_run import FirstRun
from clients.admin_desktop.forms.editing import Editing
from clients.admin_desktop.forms.intents import CloseEditor, EditIntent
from clients.admin_desktop.holiday_picking import HolidayPicking, LookHolidaysUp, StopLookingUp
from clients.admin_desktop.no_shows import NoShows
from clients.admin_desktop.notices import Notices
from clients.admin_desktop.pages import AUDIT, NO_SHOWS, PAGES, PageSpec
from clients.admin_desktop.pairing_views import PairingIntent
from clients.admin_desktop.quiet_counters import QuietCounters
from clients.admin_desktop.refresh import PACES, Refresh
from clients.admin_desktop.skill_setting import SkillSetting
from clients.admin_desktop.skill_views import CloseSkills, OpenSkills, SaveSkills
from clients.admin_desktop.subjects.all import SUBJECTS
from clients.admin_desktop.subjects.displays import DISPLAYS
from clients.admin_desktop.subjects.people import PEOPLE, item_of
from clients.admin_desktop.subjects.policy import POLICY
from clients.admin_desktop.token_making import TokenMaking
from clients.admin_desktop.trial_views import Tried, TryRules
from clients.admin_desktop.trying import Trying
from clients.admin_desktop.view_state import AdminView, ConsoleView
from clients.admin_desktop.view_state import Link as LinkStanding
from clients.core.commands import Command
from clients.core.connection import Phase
from clients.core.errors import ClientError
from clients.core.messages import Fetch, Fetched, FetchFailed, PersonSignedIn, SignOutReason
from clients.core.session_actions import EventsApplied
from clients.qt_kit.link import Link
from clients.qt_kit.signing_in import SigningIn
from clients.qt_kit.store import Store
from shared.analytics import Day
from shared.devices import Device
from shared.events import DeviceConfigured, PersonConfigured
from shared.ids import TypeKey, UserId, UserRole
from shared.setup import SetUp
from shared.users import AccountConfigured, UserAccount

GATHER_MS = 30  # a burst of events is drawn once
TICK_MS = 1_000  # ages and timers
ROLES = frozenset({UserRole.ADMIN, UserRole.SUPER_ADMIN})


class _Part(Protocol):
    """What looks after one matter of the console."""

    @property
    def changed(self) -> SignalInstance:
        """What it shows is new."""

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""


class _Reader(Protocol):
    """What keeps a list that only some pages show."""

    def opened(self) -> None:
        """A page with it comes to the front."""

    def refresh(self) -> None:
        """Ask for it, if it may be another by now."""

    def try_again(self) -> None:
        """Ask once more after it did not come."""


class Presenter(QObject):
    """One link's console, from the sign-in form on.

    Args:
        server: the address, as the form shows it.
        monotonic_s: a clock that never jumps.
    """

    view_changed = Signal(object)
    """What is to be seen changed; argument: AdminView."""
    not_remembered = Signal()
    """Somebody signed in by hand, and the next start will ask again."""

    def __init__(
        self,
        link: Link,
        store: Store,
        *,
        server: str,
        monotonic_s: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._store = link, store
        self._monotonic_s = monotonic_s
        self.signing_in = SigningIn(link, server=server, monotonic_s=monotonic_s, parent=self)
        self.signing_in.changed.connect(self.show)
        self.first_run = FirstRun(link, server=server, parent=self)
        self.first_run.changed.connect(self.show)
        self._typed_in = False
        self._is_remembered = True
        self._page = PAGES[0]
        self._forget()
        self.notices = Notices(self)
        self.editings = {
            subject.name: Editing(subject, link, store, self.notices, self) for subject in SUBJECTS
        }
        self.acting = Acting(link, store, self.notices, self)
        self.no_shows = NoShows(link, store, self)
        self.audit = AuditReading(link, store, self)
        self.picking = HolidayPicking(link, store, self)
        self.skills = SkillSetting(link, store, self.notices, self)
        self.pairing = DisplayPairing(link, store, self.notices, self)
        self.accounts = AccountActing(link, store, self.notices, self)
        self.trying = Trying(link, store, monotonic_s=monotonic_s, parent=self)
        self.making = TokenMaking(link, store, self)
        self._parts: tuple[_Part, ...] = (
            self.notices,
            *self.editings.values(),
            self.acting,
            self.no_shows,
            self.audit,
            self.picking,
            self.skills,
            self.pairing,
            self.accounts,
            self.trying,
            self.making,
        )
        self._readers: dict[str, _Reader] = {NO_SHOWS: self.no_shows, AUDIT: self.audit}
        self._follow_parts()
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.show)
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self.tick)
        self._clock.start()
        store.changed.connect(self._plan)
        link.events_applied.connect(self._on_events)
        link.connection_changed.connect(self._on_connection)
        link.receipts_received.connect(lambda _: self._refresh.mark_stale(Fetch.DEVICES))
        link.fetched.connect(self._on_fetched)
        link.fetch_failed.connect(self._on_fetch_failed)
        link.signed_in.connect(self._on_signed_in)
        link.sign_in_refused.connect(self._on_sign_in_refused)
        link.signed_out.connect(self._on_signed_out)

    def _follow_parts(self) -> None:
        for part in self._parts:
            part.changed.connect(self._plan)
        self.skills.skills_set.connect(lambda: self._refresh.hurry(Fetch.USERS))
        self.pairing.displays_changed.connect(lambda: self._refresh.hurry(Fetch.DEVICES))
        self.pairing.revoked.connect(self._close_display)
        self.accounts.account_told.connect(self._on_account_told)
        self.accounts.person_deleted.connect(self._on_person_deleted)

    def _readers_here(self) -> tuple[_Reader, ...]:
        return tuple(self._readers[name] for name in self._page.reads)

    # What a person does

    def resume(self) -> None:
        """Try what is remembered."""
        self.signing_in.resume()

    def sign_in(self, username: str, password: str, *, typed: bool = True) -> None:
        """Sign in; `typed` by the person, or given by the settings."""
        self._typed_in = typed
        self.signing_in.sign_in(username, password)

    def set_up(self, body: SetUp) -> None:
        """Set the empty server up, and sign in as its first super admin."""
        self._typed_in = True
        self.first_run.set_up(body)

    def sign_out(self) -> None:
        """Leave."""
        self._link.sign_out()

    def open_page(self, key: str) -> None:
        """Bring a page to the front."""
        self._page = next(page for page in PAGES if page.key == key)
        for reader in self._readers_here():
            reader.opened()
        self.tick()

    def try_again(self) -> None:
        """Ask at once for what the page in front is missing."""
        for kind in self._page.wants:
            self._refresh.hurry(kind)
            self._errors.pop(kind, None)
        for name in self._page.subjects:
            self.editings[name].try_again()
        for reader in self._readers_here():
            reader.try_again()
        self.tick()

    def act(self, intent: object) -> None:
        """Do what a person did on a page; shown at once, so that a form and its draft never drift apart."""
        if isinstance(intent, EditIntent):
            self.editings[intent.subject].act(intent)
        elif isinstance(intent, Command):
            self.acting.act(intent)
        elif isinstance(intent, OpenSkills | SaveSkills | CloseSkills):
            self.skills.act(intent, self._accounts() or ())
        elif isinstance(intent, PairingIntent):
            self.pairing.act(intent)
        elif isinstance(intent, DoToPerson | CloseOneTime):
            self.accounts.act(intent)
        elif isinstance(intent, TryRules):
            self._try_rules(intent)
        elif isinstance(intent, AuditIntent):
            self.audit.act(intent)
        elif isinstance(intent, LookHolidaysUp):
            self.picking.look_up(intent)
        elif isinstance(intent, StopLookingUp):
            self.picking.stop()
        self.show()

    def _try_rules(self, intent: TryRules) -> None:
        settings = self.editings[POLICY].check()
        if settings is not None:
            self.trying.run(intent, settings.policy)

    def _close_display(self, key: str) -> None:
        """It is no longer one: nothing of it is edited."""
        editing = self.editings[DISPLAYS]
        editor = editing.view().editor
        if editor is not None and editor.key == key:
            editing.act(CloseEditor(subject=DISPLAYS, discard=True))

    def undo(self) -> None:
        """Take back what the message says."""
        self.notices.undo()

    def new_token(self) -> None:
        """Open the new-token dialog."""
        self.making.begin()

    def create_token(self, key: str, priority: int) -> None:
        """Create a token of a type from the dialog; `priority` is a head start in minutes."""
        self.making.create(TypeKey(key), priority)

    def close_new_token(self) -> None:
        """The dialog was closed."""
        self.making.end()

    # What is shown

    def show(self) -> None:
        """Tell what is to be seen now."""
        self._gather.stop()
        self.view_changed.emit(self.view())

    def view(self) -> AdminView:
        """What is to be seen now."""
        me = self._store.me
        if me is None or me.role not in ROLES:
            setup = self.first_run.view()
            return AdminView(setup=setup, sign_in=None if setup else self.signing_in.state)
        facts = self._facts()
        return AdminView(
            console=ConsoleView(
                organization=facts.state.organization.name if facts else me.organization_name,
                person=me.display_name,
                role=me.role,
                is_remembered=self._is_remembered,
                link=self._standing(),
                now=facts.local(self._store.server_now()) if facts else None,
                offline_since=self._offline_since(facts),
                has_figures=facts is not None,
                page=self._page.key,
                page_view=self._page.view(facts) if facts else None,
                new_token=self.making.view(facts),
                notice=self.notices.view,
            )
        )

    @property
    def unsaved(self) -> tuple[str, ...]:
        """The titles of the pages where something was changed and not saved."""
        return tuple(
            page.title() for page in PAGES if page.subjects and self.editings[page.subjects[0]].is_dirty
        )

    @property
    def page(self) -> PageSpec:
        """The page in front."""
        return self._page

    def _facts(self) -> Facts | None:
        store = self._store
        if store.state is None:
            return None
        return Facts(
            state=store.state,
            at=self._facts_hold_at(),
            queues=store.queues,
            day=self._day,
            devices=self._devices,
            users=self._accounts(),
            receipts=store.receipts,
            quiet_since=self._quiet.since,
            errors=self._errors,
            edited={name: self.editings[name].view() for name in self._page.subjects},
            picking=self.picking.view(),
            tried=self._tried(),
            skills=self.skills.view(self._accounts() or ()),
            pairing=self.pairing.view(),
            audit=self.audit.found,
            no_shows=self.no_shows.tokens,
            no_shows_error=self.no_shows.error,
            permissions=frozenset(store.me.permissions if store.me else ()),
            under_way=self.acting.under_way,
            me=store.me,
            one_time=self.accounts.one_time,
            account_commands=self.accounts.under_way,
        )

    def _accounts(self) -> tuple[UserAccount, ...] | None:
        """The accounts; what each person serves is known live."""
        state = self._store.state
        if self._users is None or state is None:
            return self._users
        people = state.people
        return tuple(
            user.model_copy(update={"customer_types": people[user.id].customer_types})
            if user.id in people
            else user
            for user in self._users
        )

    def _tried(self) -> Tried:
        if POLICY not in self._page.subjects:
            return Tried()
        settings = self.editings[POLICY].drafted()
        return self.trying.view(settings.policy if settings is not None else None)

    def _facts_hold_at(self) -> datetime:
        status = self._store.status
        if status is None or status.is_live or status.heard_at is None:
            return self._store.server_now()
        return status.heard_at

    def _standing(self) -> LinkStanding:
        status = self._store.status
        if status is not None and status.is_live:
            return LinkStanding.LIVE
        if status is None or (status.phase is Phase.CONNECTING and status.heard_at is None):
            return LinkStanding.CONNECTING
        return LinkStanding.OFFLINE

    def _offline_since(self, facts: Facts | None) -> datetime | None:
        status = self._store.status
        if facts is None or status is None or status.is_live or status.heard_at is None:
            return None
        return facts.local(status.heard_at)

    def _plan(self) -> None:
        if not self._gather.isActive():
            self._gather.start()

    def tick(self) -> None:
        """A second has passed, or another page is in front: ask for what is due, and show."""
        if self._store.is_live:
            for kind in self._refresh.due(self._wanted(), self._monotonic_s()):
                self._link.fetch(kind)
            for name in self._page.subjects:
                self.editings[name].refresh()
            for reader in self._readers_here():
                reader.refresh()
        self.show()

    def _wanted(self) -> tuple[Fetch, ...]:
        facts = self._facts()
        wants = self._page.wants
        if facts is None or not facts.has_strangers or Fetch.USERS in wants:
            return wants
        # Somebody was added after the live state was fetched, and works already.
        self._refresh.mark_stale(Fetch.USERS)
        return (*wants, Fetch.USERS)

    # What the link tells

    def _forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._day: Day | None = None
        self._devices: tuple[Device, ...] | None = None
        self._users: tuple[UserAccount, ...] | None = None
        self._errors: dict[Fetch, str] = {}
        self._quiet = QuietCounters()
        self._refresh = Refresh()

    def _forget_person(self) -> None:
        self._forget()
        for part in self._parts:
            part.forget()

    def _on_events(self, applied: EventsApplied) -> None:
        self._quiet.watch(applied.events)
        self._refresh.mark_stale(Fetch.TODAY)
        if any(isinstance(event, DeviceConfigured) for event in applied.events):
            self._refresh.hurry(Fetch.DEVICES)
        if any(isinstance(event, PersonConfigured) for event in applied.events):
            self._refresh.hurry(Fetch.USERS)

    def _on_account_told(self, told: AccountConfigured) -> None:
        """What an answer says is newer than the list, which comes again all the same."""
        user = told.user
        if user is not None and self._users is not None:
            others = tuple(each for each in self._users if each.id != user.id)
            self._users = (*others, user)
        if user is not None:
            self.editings[PEOPLE].saw(item_of(user))
        self._refresh.hurry(Fetch.USERS)

    def _on_person_deleted(self, user_id: UserId) -> None:
        self._users = tuple(each for each in self._users or () if each.id != user_id)
        self.editings[PEOPLE].gone(str(user_id))

    def _on_connection(self) -> None:
        self._refresh.mark_stale(*PACES)
        if self._store.is_live:
            self.tick()
        else:
            self._quiet.forget()

    def _on_fetched(self, fetched: Fetched) -> None:
        self._refresh.settle(fetched.kind)
        self._errors.pop(fetched.kind, None)
        match fetched.value:
            case Day() as day if fetched.kind is Fetch.TODAY:
                self._day = day
            case tuple() as found if fetched.kind is Fetch.DEVICES:
                self._devices = found
            case tuple() as found if fetched.kind is Fetch.USERS:
                self._users = found
        self._plan()

    def _on_fetch_failed(self, failed: FetchFailed) -> None:
        self._refresh.settle(failed.kind)
        self._errors[failed.kind] = failed.sentence
        self._plan()

    def _on_signed_in(self, signed_in: PersonSignedIn) -> None:
        self._forget_person()
        self.first_run.end()
        self._is_remembered = signed_in.is_remembered
        if signed_in.me.role not in ROLES:
            self.signing_in.refuse(words.not_for_staff())
            self._link.sign_out()
        elif self._typed_in and not signed_in.is_remembered:
            self.not_remembered.emit()
        self.show()

    def _on_sign_in_refused(self, error: ClientError) -> None:
        if self.first_run.take_refusal(error):
            self.signing_in.refuse("")  # it is told in the wizard
        elif not self._typed_in:
            # What is remembered, or was given, may be another database's.
            self.first_run.look()

    def _on_signed_out(self, reason: SignOutReason) -> None:
        if reason is SignOutReason.ENDED and not self.signing_in.state.error:
            self.signing_in.refuse(words.session_ended())
        self._forget_person()
        self.first_run.look()
        self.show()
