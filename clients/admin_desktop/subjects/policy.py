"""Who is next: the calling policy, a part of the organization's settings."""

from collections.abc import Mapping
from typing import Any

from clients.admin_desktop.forms.subject import Deed, Values
from clients.admin_desktop.subjects.organization import OrganizationPart
from clients.admin_desktop.words import tr
from shared.organizations import OrganizationSettings
from shared.policy import CallingMode

POLICY = "policy"


class Policy(OrganizationPart):
    """The mode, and what the chosen one needs. Weights stand by level, for each level there is."""

    name = POLICY
    fields = ("policy",)

    def title(self, settings: OrganizationSettings) -> str:
        """What the form is about."""
        return tr("The rules")

    def said(self, deed: Deed, settings: OrganizationSettings) -> str:
        """ "The rules are saved"."""
        if deed is Deed.UNDONE:
            return tr("The rules are as they were before")
        return tr("The rules are saved and hold from the next call on")

    def values(self, settings: OrganizationSettings) -> dict[str, Any]:
        """Mode, bound, and each level's weight."""
        policy = settings.policy
        return {
            "policy.mode": policy.mode.value,
            "policy.bound": policy.bound,
            "policy.ratio": {str(level): policy.ratio.get(level, 1) for level in settings.priority_levels},
        }

    def payload(self, values: Values, base: OrganizationSettings | None) -> dict[str, Any]:
        """The settings with these rules; what another mode needs stays as it is."""
        payload = super().payload({}, base)
        if base is None:
            return payload
        mode = values["policy.mode"]
        kept = {level: weight for level, weight in base.policy.ratio.items() if level in base.priority_levels}
        payload["policy"] = {
            "mode": mode,
            "bound": values["policy.bound"] if mode == CallingMode.BOUND else base.policy.bound,
            "ratio": values["policy.ratio"] if mode == CallingMode.RATIO else kept,
        }
        return payload

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """What an empty number should be."""
        if kind in ("int_type", "int_parsing") and field.startswith(("policy.bound", "policy.ratio")):
            return tr("Write a whole number.")
        return ""
