"""The organization's settings: one thing on the server, edited on several pages, a part on each."""

from collections.abc import Mapping
from typing import Any, ClassVar

from clients.admin_desktop.forms.subject import Deed, Item, Subject
from clients.admin_desktop.words import tr
from clients.core.commands import SaveOrganization
from clients.core.questions import AskOrganization
from shared.commands import Configured
from shared.events import OrganizationConfigured
from shared.ids import Permission
from shared.organizations import OrganizationConfiguration, OrganizationSettings
from shared.problems import Problem, ProblemCode

SETTINGS, HOURS = "settings", "hours"


class OrganizationPart(Subject):
    """A part of the organization's settings; saving it leaves the others as they are.

    Attributes:
        fields: the settings of this part.
    """

    question = AskOrganization()
    permission = Permission.SETTINGS_UPDATE
    event_types = (OrganizationConfigured,)
    settings_type = OrganizationSettings
    is_single = True
    fields: ClassVar[tuple[str, ...]]

    def items(self, answer: Any) -> tuple[Item, ...]:
        """The organization."""
        return (_item(answer),)

    def made(self, answer: Configured) -> Item | None:
        """The organization as it was saved."""
        return _item(answer.organization) if answer.organization else None

    def command(self, settings: OrganizationSettings, item: Item | None) -> SaveOrganization:
        """Edit it."""
        return SaveOrganization(settings=settings, version=item.version if item else None)

    def values(self, settings: OrganizationSettings) -> dict[str, Any]:
        """The settings of this part."""
        return {name: getattr(settings, name) for name in self.fields}


class Settings(OrganizationPart):
    """What the organization is called, where it is, and how its counters work."""

    name = SETTINGS
    fields = (
        "name",
        "time_zone",
        "reset_time",
        "languages",
        "confirms_arrival",
        "priority_levels",
        "reinstate_behind",
        "falls_back_after_min",
        "keeps_overnight",
        "park_reasons",
        "break_reasons",
        "cancel_reasons",
    )

    def title(self, settings: OrganizationSettings) -> str:
        """The organization's name."""
        return settings.name

    def said(self, deed: Deed, settings: OrganizationSettings) -> str:
        """ "Settings saved"."""
        return tr("The settings are as they were before") if deed is Deed.UNDONE else tr("Settings saved")

    def refused(self, problem: Problem) -> tuple[str, str]:
        """A level that somebody waits with cannot go."""
        if problem.code is ProblemCode.IN_USE:
            return "priority_levels", tr("Tokens that wait have one of the levels you took away.")
        return super().refused(problem)

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """Time zones and languages in plain words."""
        if field == "time_zone":
            return tr("There is no such time zone. Type a city, and choose.")
        if field == "languages" and kind == "too_short":
            return tr("Add at least one language.")
        return ""


class Hours(OrganizationPart):
    """When tokens may be taken: the week, and the days that are different."""

    name = HOURS
    fields = ("opening_hours", "holidays")

    def title(self, settings: OrganizationSettings) -> str:
        """What the form is about."""
        return tr("When tokens may be taken")

    def said(self, deed: Deed, settings: OrganizationSettings) -> str:
        """ "Hours and holidays saved"."""
        if deed is Deed.UNDONE:
            return tr("Hours and holidays are as they were before")
        return tr("Hours and holidays saved")

    def values(self, settings: OrganizationSettings) -> dict[str, Any]:
        """Holidays by date, as the form has them."""
        return super().values(settings) | {
            "holidays": tuple(sorted(settings.holidays, key=lambda holiday: holiday.day))
        }

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """A day without a name."""
        if field.endswith(".name") and kind == "string_too_short":
            return tr("Give the day a name: the lobby reads it.")
        return ""


def _item(configuration: OrganizationConfiguration) -> Item:
    return Item(key=str(configuration.id), version=configuration.version, settings=configuration.settings)
