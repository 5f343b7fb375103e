"""Announcements: what an organization tells its visitors or its staff."""

from enum import IntEnum, StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared.base import Asked, Instant, Shown, printable
from shared.ids import AnnouncementId
from shared.organizations import Language


class AnnouncementKind(StrEnum):
    """What an announcement does to a screen."""

    NEWS = "news"  # runs in the ticker, stands in the staff app
    MAINTENANCE = "maintenance"  # displays show the maintenance screen while it lasts


class Urgency(IntEnum):
    """An announcement's priority: the higher comes first."""

    NORMAL = 0
    IMPORTANT = 1
    URGENT = 2


class Reader(StrEnum):
    """Whom an announcement is for."""

    VISITORS = "visitors"  # on the lobby displays
    STAFF = "staff"  # in the counter apps


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(printable),
]


class AnnouncementSettings(Asked):
    """What an admin writes.

    Args:
        texts: the text by language; a reader of another language sees the first of the organization's.
        readers: whom it is for.
        from_at, until_at: while it is shown; None is from now on, until it is switched off.
    """

    kind: AnnouncementKind = AnnouncementKind.NEWS
    texts: Annotated[dict[Language, Text], Field(min_length=1, max_length=6)]
    priority: Urgency = Urgency.NORMAL
    readers: Annotated[tuple[Reader, ...], Field(min_length=1, max_length=2)] = (Reader.VISITORS,)
    from_at: Instant | None = None
    until_at: Instant | None = None
    is_active: bool = True

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.from_at is not None and self.until_at is not None and self.until_at <= self.from_at:
            raise ValueError("an announcement must end after it begins")
        return self


class Announcement(Shown):
    """An announcement as it is now; `version` grows with each edit (If-Match)."""

    id: AnnouncementId
    version: int
    settings: AnnouncementSettings

    def is_current(self, now: Instant) -> bool:
        """Whether it is to be shown at this moment."""
        settings = self.settings
        begun = settings.from_at is None or settings.from_at <= now
        ended = settings.until_at is not None and settings.until_at <= now
        return settings.is_active and begun and not ended
