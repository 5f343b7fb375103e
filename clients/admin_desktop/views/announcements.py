"""The announcements: what is shown now first, then what is to come, then what was."""

from datetime import datetime

from clients.admin_desktop.edit_views import AnnouncementRow, AnnouncementStanding, AnnouncementsView
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.announcements import ANNOUNCEMENTS
from shared.announcements import AnnouncementSettings

_ORDER = tuple(AnnouncementStanding)


def announcements_view(facts: Facts) -> AnnouncementsView:
    """The announcements page."""
    edited = facts.edited.get(ANNOUNCEMENTS, Edited(items=None))
    rows = [_row(facts, item.key, item.settings) for item in edited.items or ()]
    # Stable: within a standing the most urgent first, and among equals the newest, as they come.
    rows.sort(key=lambda row: (_ORDER.index(row.standing), -row.priority))
    return AnnouncementsView(
        edited=edited,
        rows=None if edited.items is None else tuple(rows),
        languages=facts.state.organization.languages,
        now=facts.local(facts.at),
    )


def standing(settings: AnnouncementSettings, now: datetime) -> AnnouncementStanding:
    """Whether an announcement is shown at a moment."""
    if not settings.is_active:
        return AnnouncementStanding.OFF
    if settings.until_at is not None and settings.until_at <= now:
        return AnnouncementStanding.OVER
    if settings.from_at is not None and settings.from_at > now:
        return AnnouncementStanding.PLANNED
    return AnnouncementStanding.CURRENT


def _row(facts: Facts, key: str, settings: AnnouncementSettings) -> AnnouncementRow:
    texts = settings.texts
    first = next((code for code in facts.state.organization.languages if code in texts), next(iter(texts)))
    return AnnouncementRow(
        key=key,
        text=texts[first],
        all_texts=" ".join(texts.values()),
        kind=settings.kind,
        priority=settings.priority,
        readers=settings.readers,
        standing=standing(settings, facts.at),
        from_at=facts.local(settings.from_at) if settings.from_at else None,
        until_at=facts.local(settings.until_at) if settings.until_at else None,
    )
