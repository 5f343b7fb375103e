"""Reading the audit, page by page: the audit page's part of the presenter."""

from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from PySide6.QtCore import QObject, Signal

from clients.admin_desktop.audit_views import (
    AuditFilter,
    AuditFound,
    AuditIntent,
    FilterAudit,
    ReadAgain,
    ReadOlder,
    Span,
)
from clients.admin_desktop.facts import time_zone
from clients.core.messages import Answered, AskingFailed
from clients.core.questions import AskAudit, AskAuditActions
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.audit import AuditActions, AuditPage

_DAYS_BACK = {Span.TODAY: 0, Span.WEEK: 6, Span.MONTH: 29}


class AuditReading(QObject):
    """Asks for the newest rows under a filter, and for older ones on demand.

    An answer to an earlier question is passed over, however late it comes.
    """

    changed = Signal()
    """More has come, or it has not."""

    def __init__(self, link: Link, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store = link, store
        self.forget()
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_failed)
        link.connection_changed.connect(self._on_connection)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self.found = AuditFound()
        self._asked: AskAudit | None = None
        self._cursor: str | None = None
        self._is_stale = True

    def opened(self) -> None:
        """The page comes to the front: the newest rows are asked for again at the next `refresh`."""
        self._is_stale = True

    def act(self, intent: AuditIntent) -> None:
        """Do what a person asked for."""
        match intent:
            case FilterAudit(filter=wanted) if wanted != self.found.filter:
                self.found = AuditFound(filter=wanted, actions=self.found.actions)
                self.try_again()
            case ReadOlder() if self._cursor is not None and not self.found.is_coming:
                self._ask(self._question(cursor=self._cursor))
            case ReadAgain():
                self.try_again()

    def try_again(self) -> None:
        """Ask for the newest rows at once."""
        self._is_stale = True
        self.found = replace(self.found, error="")
        self.refresh()

    def refresh(self) -> None:
        """Ask for the newest rows, if that was not done."""
        if not self._is_stale or self.found.error or not self._store.is_live or self._zone() is None:
            return
        self._is_stale = False
        self._link.ask(AskAuditActions())
        self._ask(self._question())

    def _ask(self, question: AskAudit) -> None:
        self._asked = question
        self.found = replace(self.found, is_coming=True, error="")
        self._link.ask(question)
        self.changed.emit()

    def _question(self, cursor: str | None = None) -> AskAudit:
        if cursor is not None and self._asked is not None:
            # Older ones of the same: what "today" is must not move between two pages.
            return replace(self._asked, cursor=cursor)
        wanted = self.found.filter
        since, until = self._bounds(wanted)
        return AskAudit(
            since=since,
            until=until,
            user_id=wanted.user_id,
            by_server=wanted.by_server,
            action=wanted.action or None,
            entity_type=wanted.entity_type or None,
            entity_id=wanted.entity_id,
        )

    def _bounds(self, wanted: AuditFilter) -> tuple[datetime | None, datetime | None]:
        """From when, and before when, by the organization's calendar."""
        zone = self._zone()
        if zone is None or wanted.span is Span.EVER:
            return None, None
        if wanted.span is Span.DAYS:
            first, last = wanted.first, wanted.last
            return (
                _begin(first, zone) if first else None,
                _begin(last + timedelta(days=1), zone) if last else None,
            )
        today = self._store.server_now().astimezone(zone).date()
        return _begin(today - timedelta(days=_DAYS_BACK[wanted.span]), zone), None

    def _zone(self) -> tzinfo | None:
        state = self._store.state
        return time_zone(state.organization.time_zone) if state is not None else None

    def _on_answered(self, answered: Answered) -> None:
        match answered.question, answered.value:
            case AskAuditActions(), AuditActions(actions=actions):
                self.found = replace(self.found, actions=actions)
            case AskAudit() as question, AuditPage() as page if self._is_wanted(question):
                before = self.found.rows or () if question.cursor is not None else ()
                self._cursor = page.next_cursor
                self.found = replace(
                    self.found,
                    rows=(*before, *page.items),
                    has_older=page.next_cursor is not None,
                    is_coming=False,
                )
            case _:
                return
        self.changed.emit()

    def _is_wanted(self, question: AskAudit) -> bool:
        """Whether it is the newest, and its rows are not here yet: one may be asked twice."""
        return question == self._asked and question.cursor in (None, self._cursor)

    def _on_failed(self, failed: AskingFailed) -> None:
        if failed.question == self._asked and self.found.is_coming:
            # Not asked again by itself: a refusal would come back each second.
            self.found = replace(self.found, is_coming=False, error=failed.sentence)
            self.changed.emit()

    def _on_connection(self) -> None:
        # What is read stays: it does not change any more. What was on the way may be lost.
        self.found = replace(self.found, is_coming=False, error="")
        self._is_stale = self._is_stale or self.found.rows is None


def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
