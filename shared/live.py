"""The snapshot: the whole live state of one organization for one audience."""

from datetime import date

from shared.announcements import Announcement
from shared.base import Instant, Shown
from shared.counters import LiveCounter
from shared.ids import Audience, Epoch, OrganizationId, Revision
from shared.queues import CustomerType
from shared.tokens import LiveToken, RecentCall
from shared.users import Person

RECENT_CALLS = 24
"""How many calls a snapshot lists: two screens of a portrait display, and room for withdrawn ones."""


class LiveOrganization(Shown):
    """The organization, as far as every screen needs it.

    Args:
        time_zone: an IANA name; screens show its clock.
        confirms_arrival: whether staff press start when the visitor stands before them; where not,
            a called token can be completed at once.
        priority_levels: the head starts in minutes that a token may have.
        languages: in which announcements are written and spoken, the first one first.
        park_reasons, break_reasons, cancel_reasons: what staff are offered; empty for displays.
        closed_day: the service day that was closed early, if one was.
    """

    id: OrganizationId
    name: str
    time_zone: str
    confirms_arrival: bool = True
    priority_levels: tuple[int, ...] = (0,)
    languages: tuple[str, ...] = ("en",)
    park_reasons: tuple[str, ...] = ()
    break_reasons: tuple[str, ...] = ()
    cancel_reasons: tuple[str, ...] = ()
    closed_day: date | None = None

    def for_display(self) -> "LiveOrganization":
        """This organization without what is offered to staff."""
        return self.model_copy(update={"park_reasons": (), "break_reasons": (), "cancel_reasons": ()})


class Snapshot(Shown):
    """The live state at an epoch and revision.

    Tokens are those waiting, called, serving or parked, ordered by id; calls newest announcement
    first; customer types and counters by position. `people` is empty for displays. Announcements are
    those for this audience that are switched on and have not ended, also those still to come.
    """

    audience: Audience
    epoch: Epoch
    revision: Revision
    now: Instant
    organization: LiveOrganization
    customer_types: tuple[CustomerType, ...]
    counters: tuple[LiveCounter, ...]
    tokens: tuple[LiveToken, ...]
    recent_calls: tuple[RecentCall, ...]
    people: tuple[Person, ...] = ()
    announcements: tuple[Announcement, ...] = ()
