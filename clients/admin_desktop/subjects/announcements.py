"""Announcements: what visitors or staff are told."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from clients.admin_desktop.forms.subject import Deed, Item, Subject, Values
from clients.admin_desktop.words import tr
from clients.core.commands import SaveAnnouncement
from clients.core.questions import AskAnnouncements
from shared.announcements import Announcement, AnnouncementKind, AnnouncementSettings, Reader, Urgency
from shared.commands import Configured
from shared.events import AnnouncementConfigured
from shared.ids import AnnouncementId, Permission

ANNOUNCEMENTS = "announcements"
_TITLE_LENGTH = 48


class Announcements(Subject):
    """The newest announcements, also those that are over or were switched off."""

    name = ANNOUNCEMENTS
    question = AskAnnouncements()
    permission = Permission.ANNOUNCEMENTS_UPDATE
    event_types = (AnnouncementConfigured,)
    settings_type = AnnouncementSettings

    def items(self, answer: Any) -> tuple[Item, ...]:
        """Each announcement."""
        return tuple(_item(each) for each in answer)

    def made(self, answer: Configured) -> Item | None:
        """The announcement that was saved."""
        return _item(answer.announcement) if answer.announcement else None

    def command(self, settings: AnnouncementSettings, item: Item | None) -> SaveAnnouncement:
        """Write or edit it."""
        if item is None:
            return SaveAnnouncement(settings=settings)
        return SaveAnnouncement(
            settings=settings, announcement_id=AnnouncementId(UUID(item.key)), version=item.version
        )

    def title(self, settings: AnnouncementSettings) -> str:
        """The beginning of its text."""
        text = next(iter(settings.texts.values()))
        return text if len(text) <= _TITLE_LENGTH else f"{text[: _TITLE_LENGTH - 1].rstrip()}…"

    def said(self, deed: Deed, settings: AnnouncementSettings) -> str:
        """ "Announcement saved"."""
        undone = (
            tr("The announcement is as it was before")
            if settings.is_active
            else tr("The announcement is switched off")
        )
        return {
            Deed.MADE: tr("Announcement written"),
            Deed.SAVED: tr("Announcement saved"),
            Deed.SWITCHED_OFF: tr("The announcement is switched off"),
            Deed.SWITCHED_ON: tr("The announcement is switched on"),
            Deed.UNDONE: undone,
        }[deed]

    def values(self, settings: AnnouncementSettings) -> dict[str, Any]:
        """As the form has them: choices by key, readers in the order in which they are offered."""
        return {
            "kind": settings.kind.value,
            "texts": dict(settings.texts),
            "priority": str(settings.priority.value),
            "readers": tuple(reader.value for reader in Reader if reader in settings.readers),
            "from_at": settings.from_at,
            "until_at": settings.until_at,
        }

    def fresh(self, items: Sequence[Item]) -> dict[str, Any]:
        """News for visitors, from now on."""
        return {
            "kind": AnnouncementKind.NEWS.value,
            "texts": {},
            "priority": str(Urgency.NORMAL.value),
            "readers": (Reader.VISITORS.value,),
            "from_at": None,
            "until_at": None,
        }

    def payload(self, values: Values, base: Any | None) -> dict[str, Any]:
        """Urgency is a number."""
        written = super().payload(values, base)
        return written | {"priority": int(written["priority"])}

    def field_of(self, path: str) -> str:
        """That it ends before it begins is mended at its end."""
        return path or "until_at"

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """Texts, readers and the end in plain words."""
        if field == "texts":
            return tr("Write it in at least one language.")
        if field == "readers":
            return tr("Choose at least one.")
        if field == "until_at":
            return tr("It must end after it begins.")
        return ""


def _item(announcement: Announcement) -> Item:
    return Item(key=str(announcement.id), version=announcement.version, settings=announcement.settings)
