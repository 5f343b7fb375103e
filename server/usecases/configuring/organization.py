"""The organization's settings, read and edited."""

from dataclasses import replace
from datetime import datetime

from server.domain import configuring as rules
from server.domain.errors import InUse
from server.store import lanes, sweeps
from server.store import organizations as organization_store
from server.store.engine import Database
from server.store.organizations import Organization
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.editing import audit_edit, edit_of
from server.usecases.views import organization_view
from shared.commands import Configured
from shared.events import OrganizationConfigured
from shared.ids import OrganizationId, Permission, TokenStatus
from shared.organizations import OrganizationConfiguration, OrganizationSettings


async def read_organization(database: Database, organization_id: OrganizationId) -> OrganizationConfiguration:
    """The settings as they are now.

    Raises:
        NotFound, DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        organization = await organization_store.load(tx, organization_id)
        return _configuration(organization, now=await tx.now())


async def configure_organization(
    commands: Commands, request: Request, body: OrganizationSettings, *, made_from: int
) -> Configured:
    """Edit the settings.

    Args:
        made_from: the version that the edit was made from.

    Raises:
        EditedMeanwhile
        InvalidField: the calls are shared with a level that is none.
        InUse: a level goes that waiting tokens have, or their service day would be over at once.
    """

    async def decide(desk: Desk) -> Configured:
        before = await organization_store.load(desk.tx, desk.organization_id)
        version = rules.next_version(before.version, made_from=made_from, what="organization")
        after = replace(before, settings=body, version=version)
        rules.require_weights_of_levels(body)
        await _require_levels_unused(desk, before, after)
        await _require_day_goes_on(desk, before, after)
        if before.closed_day == before.service_day(desk.now):
            # A day that was closed early stays closed when its date is another one from now on.
            after = replace(after, closed_day=after.service_day(desk.now))
        await organization_store.configure(desk.tx, after)
        revision = desk.next_revision
        desk.record(
            OrganizationConfigured(revision=revision, at=desk.now, organization=organization_view(after))
        )
        audit_edit(desk, "organization", desk.organization_id, before.settings, after.settings)
        return Configured(revision=revision, organization=_configuration(after, now=desk.now))

    return await commands.run(
        request,
        name="configure_organization",
        permission=Permission.SETTINGS_UPDATE,
        body=body,
        target=edit_of(request.actor.organization_id, made_from=made_from),
        answer_type=Configured,
        decide=decide,
    )


async def _require_levels_unused(desk: Desk, before: Organization, after: Organization) -> None:
    """Calling reads the lanes of the organization's levels alone: who waits must be in one of them.

    A token that comes back into the line later gets the nearest level: `moves.move` sees to that.
    """
    gone = set(before.settings.priority_levels) - set(after.settings.priority_levels)
    for level, waiting in (await lanes.waiting_at_levels(desk.tx, desk.organization_id, gone)).items():
        by = "1 waiting token has it" if waiting == 1 else f"{waiting} waiting tokens have it"
        raise InUse(what=f"The level {level}", by=by, field="priority_levels", level=level, waiting=waiting)


async def _require_day_goes_on(desk: Desk, before: Organization, after: Organization) -> None:
    """Another time zone or reset time must not end the day of those who wait: they would be cancelled."""
    today, moved_to = before.service_day(desk.now), after.service_day(desk.now)
    if moved_to <= today or after.settings.keeps_overnight:
        return
    left = await sweeps.with_status(
        desk.tx, desk.organization_id, (TokenStatus.WAITING, TokenStatus.PARKED), before_day=moved_to
    )
    if left:
        is_zone = before.settings.time_zone != after.settings.time_zone
        count = "1 token waits" if len(left) == 1 else f"{len(left)} tokens wait"
        raise InUse(
            what="The service day",
            by=f"{count} or are parked, and this would end their day",
            field="time_zone" if is_zone else "reset_time",
            waiting=len(left),
        )


def _configuration(organization: Organization, *, now: datetime) -> OrganizationConfiguration:
    closed_day = organization.closed_day
    return OrganizationConfiguration(
        id=organization.id,
        version=organization.version,
        settings=organization.settings,
        closed_day=closed_day if closed_day == organization.service_day(now) else None,
    )
